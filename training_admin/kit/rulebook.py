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


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The rule does not hold; `figures` are the numbers that show it, `effect` overrides the rule's own effect."""

    figures: dict[str, Number]
    effect: Effect | None = None


class NotApplicable(msgspec.Struct, frozen=True, tag="not_applicable"):
    """The rule does not speak about this case, for the named reason."""

    reason: str


class Unknown(msgspec.Struct, frozen=True, tag="unknown"):
    """A fact the rule needs has not been delivered: `fact` is its stable name, `missing` says which (months, year)."""

    fact: str
    missing: str


Outcome = Passed | Failed | NotApplicable | Unknown
PASSED = Passed()
Subject = TypeVar("Subject")
Surroundings = TypeVar("Surroundings")


class Case(msgspec.Struct, frozen=True):
    """An officer-readable case of a rule: a label, facts that differ from the ordinary case, and the answer expected."""

    label: str
    given: dict[str, Any]
    answer: str


class Rule(msgspec.Struct, Generic[Subject, Surroundings], frozen=True):
    """One rule of the policy: id, Chinese title, clause, effect, period in force, and the pure check.

    `reason` and `would_pass` are Chinese templates filled from the recorded figures; `version` grows when the meaning
    changes, old versions stay runnable.
    """

    id: str
    title: str
    scope: Scope
    cite: Citation
    effect: Effect
    period: Period
    reason: str
    would_pass: str
    check: Callable[[Subject, Surroundings], Outcome]
    figures: tuple[str, ...] = ()
    unknown: str = ""
    version: int = 1
