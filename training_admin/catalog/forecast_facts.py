"""What the dry run of a later claim says of a class on one day: per person what is to be expected, why, and until when it can be mended.

Amounts are fen. Persons are hexadecimal keyed hashes, never numbers. The forecast decides nothing; the claim does.
"""

from collections.abc import Iterable
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
    """One person: the expectation, the outcome that the claim's own assessment gives today, price before and after the ceiling."""

    person: str
    verdict: Verdict
    outcome: str
    computed_fen: int
    payable_fen: int
    hints: tuple[Hint, ...]


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """A class as the later claim would be decided; `sessions_left` are counted as held and attended by everybody."""

    class_no: str
    version: int
    as_of: date
    closed: bool
    sessions_left: int
    budget_fen: int
    per_head_fen: int
    class_hints: tuple[Hint, ...]
    people: tuple[PersonForecast, ...]

    def count(self, verdict: str) -> int:
        """How many people have an expectation, named by its value."""
        return sum(each.verdict == verdict for each in self.people)

    @property
    def payable_fen(self) -> int:
        """What the claim would pay for everybody of whom it is certain."""
        return sum(each.payable_fen for each in self.people if each.verdict is Verdict.PAYABLE)


def newly_refused(before: Forecast | None, now: Forecast) -> int:
    """How many people are refused now who were not when it was computed before."""
    known = _refused(() if before is None else before.people)
    return len(_refused(now.people) - known)


def _refused(people: Iterable[PersonForecast]) -> frozenset[str]:
    return frozenset(each.person for each in people if each.verdict is Verdict.REFUSED)
