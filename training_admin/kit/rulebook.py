"""The grammar of a rule: what it is, and the four answers it can give. A failure is a value, never an exception."""

from collections.abc import Callable
from enum import IntEnum, StrEnum
from typing import Any, Generic, TypeVar

import msgspec

from training_admin.kit.dated import Citation, Period

Number = int | str | bool | None


class Effect(IntEnum):
    """What a failed rule does, weakest first; a line's outcome is the strongest effect (policy.md 2.2, part 15)."""

    WARN = 1
    HOLD = 2
    REJECT_LINE = 3
    REJECT_CLASS = 4
    REJECT_CLAIM = 5


class Scope(StrEnum):
    """What a rule looks at."""

    CLAIM = "claim"
    CLASS = "class"
    LINE = "line"


class Passed(msgspec.Struct, frozen=True, tag="passed"):
    """The rule holds."""


class Failed(msgspec.Struct, frozen=True, tag="failed", gc=False):
    """The rule does not hold; `figures` are the numbers that show it, `effect` overrides the rule's own effect."""

    figures: dict[str, Number]
    effect: Effect | None = None


class NotApplicable(msgspec.Struct, frozen=True, tag="not_applicable"):
    """The rule does not speak about this case, for the named reason."""

    reason: str


class Unknown(msgspec.Struct, frozen=True, tag="unknown", gc=False):
    """A fact the rule needs has not been delivered: `fact` is its stable name, `missing` says which (months, year)."""

    fact: str
    missing: str


Outcome = Passed | Failed | NotApplicable | Unknown
PASSED = Passed()
Subject = TypeVar("Subject")
Surroundings = TypeVar("Surroundings")


class Case(msgspec.Struct, frozen=True):
    """An officer-readable case of a rule: a label, what differs from the ordinary claim, and the answer expected.

    `given` maps `line.field`, `class.field` or `claim.field` to a value; `answer` is the tag of the outcome, with
    `:EFFECT` behind it where the failure's effect differs from the rule's own.
    """

    label: str
    answer: str
    given: dict[str, Any] = {}


class Rule(msgspec.Struct, Generic[Subject, Surroundings], frozen=True):
    """One rule of the policy: id, Chinese title, clause, effect, period in force, and the pure check.

    `reason` and `would_pass` are Chinese templates filled from the recorded figures, `unknown` from the missing fact.
    `figures` are the keys of the policy figures the check reads. `version` grows when the meaning changes.
    """

    id: str
    title: str
    scope: Scope
    cite: Citation
    effect: Effect
    period: Period
    reason: str
    would_pass: str
    cases: tuple[Case, ...]
    check: Callable[[Subject, Surroundings], Outcome]
    figures: tuple[str, ...] = ()
    unknown: str = ""
    version: int = 1


def rule(  # noqa: PLR0913 - a rule is declared once, with all its parts by name
    *,
    id: str,  # noqa: A002 - the word of the field
    title: str,
    scope: Scope,
    cite: Citation,
    effect: Effect,
    period: Period,
    reason: str,
    would_pass: str,
    cases: tuple[Case, ...],
    figures: tuple[str, ...] = (),
    unknown: str = "",
    version: int = 1,
) -> Callable[[Callable[[Subject, Surroundings], Outcome]], Rule[Subject, Surroundings]]:
    """Declare the decorated check as a rule."""

    def declare(check: Callable[[Subject, Surroundings], Outcome]) -> Rule[Subject, Surroundings]:
        return Rule(
            id=id,
            title=title,
            scope=scope,
            cite=cite,
            effect=effect,
            period=period,
            reason=reason,
            would_pass=would_pass,
            cases=cases,
            check=check,
            figures=figures,
            unknown=unknown,
            version=version,
        )

    return declare
