"""Measured quality as pure data: faults of filling in per field, rates with Wilson's interval, the seeded sample for second reviews."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from enum import StrEnum
from typing import TypeVar

import msgspec

from training_admin.kit.digest import sha256_hex
from training_admin.kit.money import WHOLE_BP, ratio_half_up
from training_admin.subsidy.determination import LineSaid, LineWord
from training_admin.subsidy.form import CellProblem
from training_admin.subsidy.record import PAYING, AssessmentRecord, LineOutcome

# Two-sided 95 %: E. B. Wilson, 1927.
Z = Decimal("1.959964")
MOST_FAULTS = 10
Key = TypeVar("Key", tuple[str, str], tuple[str, str, str])
_FIELD = re.compile(r"“([^”]{1,40})”")


class Rate(msgspec.Struct, frozen=True):
    """How many of how many, as basis points rounded half up, with the 95 % interval rounded outwards; None of nothing."""

    wrong: int
    count: int
    bp: int | None
    low_bp: int | None
    high_bp: int | None


def rate_of(wrong: int, count: int) -> Rate:
    """A share with Wilson's interval."""
    assert 0 <= wrong <= count
    if count == 0:
        return Rate(0, 0, None, None, None)
    with localcontext(prec=40):
        n, p, z2 = Decimal(count), Decimal(wrong) / count, Z * Z
        middle = p + z2 / (2 * n)
        half = Z * (p * (1 - p) / n + z2 / (4 * n * n)).sqrt()
        whole = 1 + z2 / n
        low = max(Decimal(0), (middle - half) / whole * WHOLE_BP)
        high = min(Decimal(WHOLE_BP), (middle + half) / whole * WHOLE_BP)
        edges = int(low.to_integral_value(ROUND_FLOOR)), int(high.to_integral_value(ROUND_CEILING))
    return Rate(wrong, count, ratio_half_up(WHOLE_BP, wrong, count), *edges)


class FilledIn(msgspec.Struct, frozen=True):
    """A claim as handed in first, at an instant: how many cells were asked for and which were wrong."""

    number: str
    uscc: str
    enterprise: str
    street: str
    cells: int
    problems: tuple[CellProblem, ...]
    at: datetime

    @property
    def wrong(self) -> int:
        """Wrong cells, each once, however much is wrong with it."""
        return len({(each.sheet, each.cell) for each in self.problems})


class Fault(msgspec.Struct, frozen=True):
    """One sort of fault: the field, the code, how often, and the sentence that says how to mend it."""

    sheet: str
    field: str
    code: str
    count: int
    message: str


class FillingQuality(msgspec.Struct, frozen=True):
    """填报失误率: over all, by enterprise, by street, by field; and the most frequent faults."""

    whole: Rate
    enterprises: tuple[tuple[str, Rate], ...]
    streets: tuple[tuple[str, Rate], ...]
    fields: tuple[tuple[str, str, int], ...]
    faults: tuple[Fault, ...]


def field_of(problem: CellProblem) -> str:
    """The field of a wrong cell: what its sentence calls it, else the letter of its column."""
    found = _FIELD.search(problem.message)
    return found[1] if found else problem.cell.rstrip("0123456789") or "（整表）"


def filling_quality(claims: Iterable[FilledIn]) -> FillingQuality:
    """The rates over claims as handed in first."""
    known = list(claims)
    problems = [problem for claim in known for problem in claim.problems]
    fields = Counter((each.sheet, field_of(each)) for each in problems)
    faults = Counter((each.sheet, field_of(each), each.code) for each in problems)
    sentence = {(each.sheet, field_of(each), each.code): each.message for each in reversed(problems)}
    return FillingQuality(
        whole=_rate(known),
        enterprises=_by([(each.enterprise, each) for each in known]),
        streets=_by([(each.street or "未登记街镇", each) for each in known]),
        fields=tuple((sheet, field, count) for (sheet, field), count in _ordered(fields)),
        faults=tuple(Fault(key[0], key[1], key[2], count, sentence[key]) for key, count in _ordered(faults)[:MOST_FAULTS]),
    )


def _ordered(counted: Counter[Key]) -> list[tuple[Key, int]]:
    return sorted(counted.items(), key=lambda each: (-each[1], each[0]))


def _rate(claims: Sequence[FilledIn]) -> Rate:
    return rate_of(sum(each.wrong for each in claims), sum(each.cells for each in claims))


def _by(claims: Sequence[tuple[str, FilledIn]]) -> tuple[tuple[str, Rate], ...]:
    grouped: dict[str, list[FilledIn]] = {}
    for name, claim in claims:
        grouped.setdefault(name, []).append(claim)
    rates = [(name, _rate(own)) for name, own in grouped.items()]
    return tuple(sorted(rates, key=lambda each: (-(each[1].bp or 0), each[0])))


class FirstOutcome(StrEnum):
    """What the first decision said of a row, and whether the rules or a person said it."""

    PAID = "paid"
    PAID_BY_HAND = "paid_by_hand"
    REFUSED = "refused"
    REFUSED_BY_HAND = "refused_by_hand"

    @property
    def approves(self) -> bool:
        """Whether the row is paid."""
        return self in {FirstOutcome.PAID, FirstOutcome.PAID_BY_HAND}

    @property
    def by_hand(self) -> bool:
        """Whether a reviewer's word decided, not the rules alone."""
        return self in {FirstOutcome.PAID_BY_HAND, FirstOutcome.REFUSED_BY_HAND}


class DecidedLine(msgspec.Struct, frozen=True):
    """A decided row: claim, row, first outcome."""

    number: str
    row: int
    outcome: FirstOutcome


def decided_lines(record: AssessmentRecord, said: dict[int, LineSaid], *, refused_whole: bool) -> list[DecidedLine]:
    """The rows of a decided claim that a second review can be about; held and unreadable ones are not decided."""
    found = []
    for line in record.lines:
        word = said[line.row].word if line.row in said else None
        if line.outcome in {LineOutcome.CELL, LineOutcome.HOLD} or word is LineWord.HOLD:
            continue
        if refused_whole or word is LineWord.REFUSE:
            outcome = FirstOutcome.REFUSED_BY_HAND
        elif line.outcome in PAYING:
            outcome = FirstOutcome.PAID if word is None else FirstOutcome.PAID_BY_HAND
        else:
            outcome = FirstOutcome.REFUSED
        found.append(DecidedLine(record.claim_number, line.row, outcome))
    return found


def draw(seed: str, lines: Iterable[DecidedLine], *, approvals: int, refusals: int) -> list[DecidedLine]:
    """The sample: by the order of SHA-256 over seed, claim and row, so many approvals and so many refusals."""
    ordered = sorted(lines, key=lambda each: (sha256_hex(f"{seed}:{each.number}:{each.row}".encode()), each.number, each.row))
    chosen = [each for each in ordered if each.outcome.approves][:approvals]
    return chosen + [each for each in ordered if not each.outcome.approves][:refusals]


class Reviewed(msgspec.Struct, frozen=True):
    """A row that was reviewed again: what was said first, whether it is paid after the second review, and the rule named."""

    outcome: FirstOutcome
    paid: bool
    rule: str

    @property
    def wrong(self) -> bool:
        """Whether the two reviews differ."""
        return self.outcome.approves is not self.paid


def error_rates(reviewed: Iterable[Reviewed]) -> list[tuple[str, str, Rate]]:
    """审核差错率: over all, by decision, by step, and by the rule that the second review named, each with its interval."""
    known = list(reviewed)
    parts: list[tuple[str, str, list[Reviewed]]] = [
        ("全部", "全部", known),
        ("决定", "准予补贴", [each for each in known if each.outcome.approves]),
        ("决定", "不予补贴", [each for each in known if not each.outcome.approves]),
        ("环节", "自动核验", [each for each in known if not each.outcome.by_hand]),
        ("环节", "人工审核", [each for each in known if each.outcome.by_hand]),
    ]
    rates = [(kind, words, rate_of(sum(each.wrong for each in own), len(own))) for kind, words, own in parts]
    rules = Counter(each.rule or "未指明" for each in known if each.wrong)
    return rates + [("规则", rule, rate_of(count, len(known))) for rule, count in sorted(rules.items())]
