"""The conditions of all line rules in one plain loop: what the rulebook's order and explanations are measured against."""

from collections.abc import Mapping, Sequence
from datetime import date

from training_admin.catalog.facts import LEVEL_RANKS
from training_admin.kit.dated import FiguresOn
from training_admin.kit.workdays import months_touched
from training_admin.parties.retirement_age import limit_months
from training_admin.subsidy.facts import ClaimFacts, LineFacts
from training_admin.subsidy.parameters import ATT_PERSON_MIN, FREQ_MAX_PER_YEAR, TR_AGE_MIN

ClassTuple = tuple[date, date, tuple[str, ...], int, int, int, int, str | None, str | None, str]


def inlined_classes(facts: ClaimFacts) -> dict[str, ClassTuple]:
    """What the conditions need of each class, worked out once as the rulebook does."""
    classes: dict[str, ClassTuple] = {}
    for klass in facts.classes:
        figures = FiguresOn(facts.policy, klass.start)
        item = klass.item
        classes[klass.class_no] = (
            klass.start,
            klass.end,
            months_touched(klass.start, klass.end),
            klass.delivered_centihours,
            figures.at(ATT_PERSON_MIN),
            figures.at(FREQ_MAX_PER_YEAR),
            figures.at(TR_AGE_MIN) * 12,
            None if item is None else item.occupation,
            None if item is None else item.level,
            "LES" if item is None else item.fund,
        )
    return classes


def refused_rows(  # noqa: C901, PLR0912 - inlined on purpose
    lines: Sequence[LineFacts], classes: Mapping[str, ClassTuple], delivered_months: frozenset[str]
) -> dict[int, list[str]]:
    """Rows with the ids of the line rules they fail: the same answers as the rulebook gives, without findings or figures."""
    refused: dict[int, list[str]] = {}
    for line in lines:
        start, end, months, delivered, attended_bp, most, youngest, occupation, level, fund = classes[line.class_no]
        failed = []
        if line.first_row is not None:
            refused[line.row] = ["CLAIM-04"]
            continue
        lacking = [month for month in months if month not in line.insured_here and month in delivered_months]
        if (
            lacking
            or line.contract_start is None
            or line.contract_start > start
            or (line.contract_end is not None and line.contract_end < end)
        ):
            failed.append("TR-01")
        if line.birth is not None and _outside(line.birth, line.sex, start, youngest):
            failed.append("TR-02")
        if delivered and line.attended_centihours * 10_000 < delivered * attended_bp:
            failed.append("ATT-01")
        if line.exam_result != "合格":
            failed.append("EXAM-01")
        paid = 0
        for payment in line.payments:
            if payment.fund != fund:
                if occupation is not None and payment.occupation == occupation and payment.level == level:
                    failed.append("DUP-01")
                continue
            if payment.paid_on.year == start.year:
                paid += 1
            if occupation is not None and payment.occupation == occupation:
                if payment.level == level:
                    failed.append("FREQ-02")
                elif LEVEL_RANKS[payment.level or "0"] > LEVEL_RANKS[level or "0"]:
                    failed.append("FREQ-03")
        if paid >= most:
            failed.append("FREQ-01")
        if failed:
            refused[line.row] = failed
    return refused


def _outside(birth: date, sex: str | None, start: date, youngest: int) -> bool:
    whole = (start.year - birth.year) * 12 + start.month - birth.month
    full = whole if start.day >= birth.day else whole - 1
    return full < youngest or whole >= limit_months("F55" if sex == "F" else "M", birth)
