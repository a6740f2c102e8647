"""Formulas of other districts and published fixed rates: they prove that another rule set is data plus named formulas.

Tianjin 津人社局发〔2022〕20号 (policy.md 5.3), Songjiang G60 2018/19, Luliang 2021, directed training in two payments.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from training_admin.catalog.facts import CENTIHOURS_PER_HOUR
from training_admin.kit.dated import Parameter, Policy
from training_admin.kit.money import WHOLE_BP
from training_admin.kit.rulebook import Effect, Number
from training_admin.kit.steps import Entitlement, Step, failed_rule
from training_admin.policy.rounding import standard_part
from training_admin.subsidy.parameters import (
    ASSESSMENT_FEE,
    DIRECTED_AMOUNT,
    DIRECTED_EMPLOYED_WITHIN_MONTHS,
    DIRECTED_FIRST_SHARE,
    DIRECTED_HOURS_MIN,
    DIRECTED_STABLE_MONTHS,
    FIXED_CERTIFICATE,
    FIXED_PER_PERSON_PASSING,
    FREQ_MAX_PER_YEAR,
    LIVING_SUBSIDY,
    PROJECT_AMOUNT,
    PROJECT_HOURS_MIN,
    SAFETY_INITIAL,
    SAFETY_RECHECK,
    SAFETY_TIMES_PER_YEAR,
    TRAINING_BLENDED_FACTOR,
    TRAINING_PUBLIC_BASE_UPLIFT,
    TRAINING_SHARE_BY_URGENCY,
    TRAINING_SHARE_LEVEL_2_1,
)

HIGH_LEVELS = ("2", "1")
SAFETY_AMOUNTS: dict[str, Parameter[int]] = {"INITIAL": SAFETY_INITIAL, "RECHECK": SAFETY_RECHECK}


class TianjinTraining(msgspec.Struct, frozen=True):
    """One course of a class: standard in fen, level, urgency of the occupation, blended online/offline, public base."""

    day: date
    standard_fen: int
    level: str
    urgency: str
    blended: bool = False
    public_base: bool = False
    people: int = 1
    used_this_year: int = 0


def tianjin_training(course: TianjinTraining, policy: Policy) -> Entitlement:
    """Share of the standard by level and urgency, times the blended factor, with the uplift of a public base (TJ-09, TJ-14).

    The uplift is rounded to fen first; share and factor are then applied and rounded once (policy.md part 15).
    """
    most = policy.at(FREQ_MAX_PER_YEAR, course.day)
    if course.used_this_year >= most:
        failed = failed_rule(policy, "TJ-15", Effect.REJECT_LINE, {"used": course.used_this_year, "maximum": most})
        return Entitlement(payable_fen=0, steps=(), failed=(failed,))
    steps: list[Step] = []
    amount_fen = course.standard_fen
    if course.public_base:
        uplift_bp = policy.at(TRAINING_PUBLIC_BASE_UPLIFT, course.day)
        amount_fen = standard_part(policy, course.day, amount_fen, WHOLE_BP + uplift_bp, WHOLE_BP)
        figures = {"amount_fen": course.standard_fen, "uplift_bp": uplift_bp}
        steps.append(Step("TJ-14", "public_base_uplift", {**figures}, amount_fen, (TRAINING_PUBLIC_BASE_UPLIFT.key,)))
    share = TRAINING_SHARE_LEVEL_2_1 if course.level in HIGH_LEVELS else TRAINING_SHARE_BY_URGENCY[course.urgency]
    share_bp = policy.at(share, course.day)
    factor_bp = policy.at(TRAINING_BLENDED_FACTOR, course.day) if course.blended else WHOLE_BP
    each_fen = standard_part(policy, course.day, amount_fen, share_bp * factor_bp, WHOLE_BP * WHOLE_BP)
    figures = {"amount_fen": amount_fen, "share_bp": share_bp, "factor_bp": factor_bp}
    steps.append(Step("TJ-09", "share_of_standard", {**figures}, each_fen, (share.key, TRAINING_BLENDED_FACTOR.key)))
    return _for_people("TJ-09", steps, each_fen, course.people)


def _for_people(rule: str, steps: Sequence[Step], each_fen: int, people: int) -> Entitlement:
    payable_fen = each_fen * people
    last = Step(rule, "for_people", {"each_fen": each_fen, "people": people}, payable_fen)
    return Entitlement(payable_fen=payable_fen, steps=(*steps, last))


def assessment_fee(policy: Policy, day: date, *, kind: str, level: str, passed: int) -> Entitlement:
    """Assessment fee by class of occupation and level for each person who passed (TJ-10)."""
    parameter = ASSESSMENT_FEE[kind, level]
    each_fen = policy.at(parameter, day)
    figures: dict[str, Number] = {"kind": kind, "level": level}
    return _for_people("TJ-10", [Step("TJ-10", "assessment_fee", figures, each_fen, (parameter.key,))], each_fen, passed)


def living_subsidy(policy: Policy, day: date, *, people: int) -> Entitlement:
    """Living subsidy once for each person of a hardship group (TJ-11)."""
    each_fen = policy.at(LIVING_SUBSIDY, day)
    return _for_people("TJ-11", [Step("TJ-11", "fixed_amount", {}, each_fen, (LIVING_SUBSIDY.key,))], each_fen, people)


def directed_training(policy: Policy, day: date, *, people: int, centihours: int) -> Entitlement:
    """Directed pre-job training: a fixed sum per person from the least hours on (TJ-17)."""
    return _from_least_hours(policy, day, "TJ-17", (DIRECTED_AMOUNT, DIRECTED_HOURS_MIN), people, centihours)


def project_training(policy: Policy, day: date, *, people: int, centihours: int) -> Entitlement:
    """Project training for chain enterprises: a fixed sum per person from the least hours on (TJ-19)."""
    return _from_least_hours(policy, day, "TJ-19", (PROJECT_AMOUNT, PROJECT_HOURS_MIN), people, centihours)


def _from_least_hours(
    policy: Policy, day: date, rule: str, figures: tuple[Parameter[int], Parameter[int]], people: int, centihours: int
) -> Entitlement:
    amount, least = figures
    least_hours = policy.at(least, day)
    if centihours < least_hours * CENTIHOURS_PER_HOUR:
        failed = failed_rule(policy, rule, Effect.REJECT_CLASS, {"centihours": centihours, "least_hours": least_hours})
        return Entitlement(payable_fen=0, steps=(), failed=(failed,))
    each_fen = policy.at(amount, day)
    return _for_people(rule, [Step(rule, "fixed_amount", {}, each_fen, (amount.key, least.key))], each_fen, people)


def safety_certificates(policy: Policy, day: date, events: Sequence[str], *, same_year: bool) -> Entitlement:
    """Safety certificates of one person in order of time: as many a year as allowed, the first ones count (TJ-20)."""
    times = policy.at(SAFETY_TIMES_PER_YEAR, day)
    steps = []
    for place, event in enumerate(events):
        parameter = SAFETY_AMOUNTS[event]
        paid = not same_year or place < times
        amount_fen = policy.at(parameter, day) if paid else 0
        keys = (parameter.key, SAFETY_TIMES_PER_YEAR.key)
        steps.append(Step("TJ-20", "safety_paid" if paid else "safety_used_up", {"event": event, "times": times}, amount_fen, keys))
    return Entitlement(payable_fen=sum(step.result_fen for step in steps), steps=tuple(steps))


def by_certificates(policy: Policy, day: date, counts: Mapping[str, int]) -> Entitlement:
    """A fixed sum for each certificate by level (SJ-G60)."""
    steps = []
    for level, people in counts.items():
        parameter = FIXED_CERTIFICATE[level]
        each_fen = policy.at(parameter, day)
        figures: dict[str, Number] = {"level": level, "people": people, "each_fen": each_fen}
        steps.append(Step("SJ-G60", "fixed_certificates", figures, each_fen * people, (parameter.key,)))
    return Entitlement(payable_fen=sum(step.result_fen for step in steps), steps=tuple(steps))


def by_passing(policy: Policy, day: date, *, passed: int, rate_fen: int | None = None) -> Entitlement:
    """A rate for each person who passed, not for each person trained (HIST); the pack's rate unless another is given."""
    each_fen = policy.at(FIXED_PER_PERSON_PASSING, day) if rate_fen is None else rate_fen
    figures = {"people": passed, "each_fen": each_fen}
    step = Step("HIST", "per_person_passing", {**figures}, each_fen * passed, (FIXED_PER_PERSON_PASSING.key,))
    return Entitlement(payable_fen=step.result_fen, steps=(step,))


def directed_in_two(policy: Policy, day: date, *, each_fen: int, employed_after_months: int | None, stable_months: int = 0) -> Entitlement:
    """Directed training of December 2024 for one person: a first share when employed in time, the rest after stable employment."""
    within = policy.at(DIRECTED_EMPLOYED_WITHIN_MONTHS, day)
    first_bp = policy.at(DIRECTED_FIRST_SHARE, day)
    if employed_after_months is None or employed_after_months > within:
        failed = failed_rule(policy, "P-DIR", Effect.REJECT_LINE, {"within_months": within, "after": employed_after_months})
        return Entitlement(payable_fen=0, steps=(), failed=(failed,))
    first_fen = standard_part(policy, day, each_fen, first_bp, WHOLE_BP)
    keys = (DIRECTED_FIRST_SHARE.key, DIRECTED_EMPLOYED_WITHIN_MONTHS.key)
    steps = [Step("P-DIR", "directed_first", {"each_fen": each_fen, "share_bp": first_bp}, first_fen, keys)]
    needed = policy.at(DIRECTED_STABLE_MONTHS, day)
    if stable_months >= needed:
        figures = {"each_fen": each_fen, "first_fen": first_fen, "stable_months": stable_months}
        steps.append(Step("P-DIR", "directed_rest", {**figures}, each_fen - first_fen, (DIRECTED_STABLE_MONTHS.key,)))
    return Entitlement(payable_fen=sum(step.result_fen for step in steps), steps=tuple(steps))
