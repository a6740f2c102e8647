"""What the dry run of a later claim says of a class on one day: per person what is to be expected, why, and until when it can be mended.

Amounts are fen. Persons are hexadecimal keyed hashes, never numbers. The forecast decides nothing; the claim does.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """What is to be expected of one person's line in the later claim."""

    PAYABLE = "payable"
    REFUSED = "refused"
    PENDING = "pending"


VERDICT_WORDS = {Verdict.PAYABLE: "可补", Verdict.REFUSED: "将不可补", Verdict.PENDING: "待比对"}


class Hint(msgspec.Struct, frozen=True):
    """One rule that stands between a person and the subsidy: what was found, what would pass, and the last day to mend it (None: none)."""

    rule: str
    words: str
    would_pass: str
    mend_by: date | None = None


class PersonForecast(msgspec.Struct, frozen=True):
    """One person: the expectation, the outcome that the claim's own assessment gives today, price before and after the ceiling.

    `enterprise` is the firm of a pooled class that claims him, "" in any other class.
    """

    person: str
    verdict: Verdict
    outcome: str
    computed_fen: int
    payable_fen: int
    hints: tuple[Hint, ...]
    enterprise: str = ""


class FirmForecast(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one firm's claim of a pooled class as a whole: its number in the register, its part of the budget."""

    enterprise: str
    class_no: str
    budget_fen: int
    per_head_fen: int
    class_hints: tuple[Hint, ...]


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """A class as the later claim would be decided; `sessions_left` are counted as held and attended by everybody.

    A pooled class is claimed by each of its `firms`: then it has the people of all, and no price per head nor hints of its own.
    """

    class_no: str
    version: int
    as_of: date
    closed: bool
    sessions_left: int
    budget_fen: int
    per_head_fen: int
    class_hints: tuple[Hint, ...]
    people: tuple[PersonForecast, ...]
    firms: tuple[FirmForecast, ...] = ()

    def of_firm(self, enterprise: str) -> "Forecast":
        """The firm's own part of a pooled class, empty for a firm that has none; any other class is wholly its enterprise's."""
        if not self.firms:
            return self
        people = tuple(each for each in self.people if each.enterprise == enterprise)
        own = next((each for each in self.firms if each.enterprise == enterprise), None)
        if own is None:
            return msgspec.structs.replace(self, budget_fen=0, people=people, firms=())
        return msgspec.structs.replace(
            self,
            class_no=own.class_no,
            budget_fen=own.budget_fen,
            per_head_fen=own.per_head_fen,
            class_hints=own.class_hints,
            people=people,
            firms=(),
        )

    def count(self, verdict: str) -> int:
        """How many people have an expectation, named by its value."""
        return sum(each.verdict == verdict for each in self.people)

    @property
    def payable_fen(self) -> int:
        """What the claim would pay for everybody of whom it is certain."""
        return sum(each.payable_fen for each in self.people if each.verdict is Verdict.PAYABLE)


def joined(class_no: str, budget_fen: int, parts: Sequence[tuple[str, Forecast]]) -> Forecast:
    """The forecast of a pooled class from that of each firm's own claim."""
    _first, whole = parts[0]
    return msgspec.structs.replace(
        whole,
        class_no=class_no,
        budget_fen=budget_fen,
        per_head_fen=0,
        class_hints=(),
        people=tuple(msgspec.structs.replace(each, enterprise=firm) for firm, part in parts for each in part.people),
        firms=tuple(
            FirmForecast(
                enterprise=firm,
                class_no=part.class_no,
                budget_fen=part.budget_fen,
                per_head_fen=part.per_head_fen,
                class_hints=part.class_hints,
            )
            for firm, part in parts
        ),
    )


def newly_refused(before: Forecast | None, now: Forecast) -> int:
    """How many people are refused now who were not when it was computed before."""
    known = _refused(() if before is None else before.people)
    return len(_refused(now.people) - known)


def _refused(people: Iterable[PersonForecast]) -> frozenset[str]:
    return frozenset(each.person for each in people if each.verdict is Verdict.REFUSED)
