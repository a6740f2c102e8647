"""The conditions of all line rules in one plain loop: what the rulebook's order and explanations are measured against.

The same facts, the same conditions with the same short cuts, and the same ids in the same order as the rulebook finds; no
findings, no figures, no effects. What a class alone decides is worked out once per class, as the rulebook does.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from training_admin.catalog.facts import LEVEL_RANKS
from training_admin.catalog.parameters import ATT_PERSON_MIN
from training_admin.fund.facts import EMPLOYMENT_FUND, LES
from training_admin.kit.dated import FiguresOn
from training_admin.kit.workdays import add_months, age_in_months, months_touched
from training_admin.parties.retirement_age import limit_months, lowest_limit_months
from training_admin.subsidy.facts import CARE_PLATFORM_GROUP, DISPATCHED_HERE, DISPATCHED_TO_OTHER, PLATFORM_WORKER, ClaimFacts, LineFacts
from training_admin.subsidy.parameters import (
    DUP_CROSS_FUND,
    ENT_DISPATCH_ONLY_EXCLUDED,
    EXAM_REQUIRED,
    FREQ_MAX_LIFETIME_EMPFUND,
    FREQ_MAX_PER_YEAR,
    FREQ_NO_LOWER_AFTER_HIGHER,
    FREQ_SAME_OCC_LEVEL_ONCE,
    TR_AGE_MIN,
)


class InlinedClass(msgspec.Struct, frozen=True):
    """What the conditions need of one class."""

    start: date
    end: date
    months: tuple[str, ...]
    agency_refused: bool
    oldest_man: date
    oldest_woman: date
    youngest: date
    min_months: int
    needed_centihours: int
    exam_required: bool
    fund: str
    occupation: str | None
    level: str | None
    rank: int | None
    once_a_level: bool
    never_lower: bool
    cross_fund: bool
    most_a_year: int
    most_ever: int


def inlined_classes(facts: ClaimFacts) -> dict[str, InlinedClass]:
    """What the conditions need of each class."""
    classes = {}
    agency = facts.enterprise is not None and facts.enterprise.kind == "DISPATCH_AGENCY"
    for klass in facts.classes:
        figures = FiguresOn(facts.policy, klass.start)
        occupation, level = (None, None) if klass.item is None else (klass.item.occupation, klass.item.level)
        rank = LEVEL_RANKS.get(level or "")
        taught = occupation is not None
        min_months = figures.at(TR_AGE_MIN) * 12
        classes[klass.class_no] = InlinedClass(
            start=klass.start,
            end=klass.end,
            months=months_touched(klass.start, klass.end),
            agency_refused=agency and figures.at(ENT_DISPATCH_ONLY_EXCLUDED),
            oldest_man=add_months(klass.start.replace(day=1), 1 - lowest_limit_months("M")),
            oldest_woman=add_months(klass.start.replace(day=1), 1 - lowest_limit_months("F50")),
            youngest=add_months(klass.start, -min_months),
            min_months=min_months,
            needed_centihours=-(-klass.delivered_centihours * figures.at(ATT_PERSON_MIN) // 10_000),
            exam_required=figures.at(EXAM_REQUIRED),
            fund=LES if klass.item is None else klass.item.fund,
            occupation=occupation,
            level=level,
            rank=rank,
            once_a_level=taught and figures.at(FREQ_SAME_OCC_LEVEL_ONCE),
            never_lower=taught and rank is not None and figures.at(FREQ_NO_LOWER_AFTER_HIGHER),
            cross_fund=taught and figures.at(DUP_CROSS_FUND),
            most_a_year=figures.at(FREQ_MAX_PER_YEAR),
            most_ever=figures.at(FREQ_MAX_LIFETIME_EMPFUND),
        )
    return classes


def found_rows(  # noqa: C901, PLR0912, PLR0915 - inlined on purpose
    lines: Sequence[LineFacts], classes: Mapping[str, InlinedClass]
) -> dict[int, list[str]]:
    """Rows with the ids of the line rules that found something, in the order of the registry."""
    found: dict[int, list[str]] = {}
    for line in lines:
        if line.first_row is not None:
            found[line.row] = ["CLAIM-04"]
            continue
        klass = classes[line.class_no]
        ids = []
        relation = line.relation
        if relation == DISPATCHED_TO_OTHER or (relation == DISPATCHED_HERE and klass.agency_refused):
            ids.append("ENT-04")
        if line.group == CARE_PLATFORM_GROUP or relation == PLATFORM_WORKER:
            ids.append("TR-01")
        else:
            begun, ended = line.contract_start, line.contract_end
            if begun is None or begun > klass.start or (ended is not None and ended < klass.end):
                ids.append("TR-01")
            elif line.insured_here != klass.months:
                paid = (*line.insured_here, *line.insured_elsewhere) if relation == DISPATCHED_HERE else line.insured_here
                # A month that was paid elsewhere or not at all is lacking, one that was not delivered unknown: both are findings.
                if any(month not in paid for month in klass.months):
                    ids.append("TR-01")
        birth = line.birth
        if birth is not None and not (klass.oldest_woman if line.sex == "F" else klass.oldest_man) <= birth <= klass.youngest:
            reached = (klass.start.year - birth.year) * 12 + klass.start.month - birth.month
            if age_in_months(birth, klass.start) < klass.min_months or reached >= limit_months("F50" if line.sex == "F" else "M", birth):
                ids.append("TR-02")
        if line.attended_centihours < klass.needed_centihours:
            ids.append("ATT-01")
        if klass.exam_required and line.exam_result != "合格":
            ids.append("EXAM-01")
        if line.payments:
            paid_ever = paid_in_year = 0
            other_fund = same_level = higher_level = False
            for payment in line.payments:
                same_occupation = payment.occupation == klass.occupation
                if payment.fund != klass.fund:
                    other_fund = other_fund or (same_occupation and payment.level == klass.level)
                    continue
                paid_ever += 1
                if payment.paid_on.year == klass.start.year:
                    paid_in_year += 1
                if same_occupation:
                    same_level = same_level or payment.level == klass.level
                    higher_level = higher_level or LEVEL_RANKS.get(payment.level or "", -1) > (klass.rank or 0)
            if other_fund and klass.cross_fund:
                ids.append("DUP-01")
            if paid_in_year >= klass.most_a_year:
                ids.append("FREQ-01")
            if same_level and klass.once_a_level:
                ids.append("FREQ-02")
            if higher_level and klass.never_lower:
                ids.append("FREQ-03")
            if klass.fund == EMPLOYMENT_FUND and paid_ever >= klass.most_ever:
                ids.append("FREQ-04")
        if ids:
            found[line.row] = ids
    return found
