"""企业新型学徒制 (P-APP): standard by level and months, advance, outcome of each apprentice, settlement (policy.md part 4).

Per person rounded half up to fen, then summed; the advance is rounded down (policy.md part 15).
"""

from collections.abc import Iterable

import msgspec

from training_admin.apprenticeship.facts import Completion, Programme, ProgrammeContext, Settlement
from training_admin.apprenticeship.parameters import (
    APP_ADVANCE_MAX,
    APP_COMPLETION_ONLY_FACTOR,
    APP_STANDARD_L1,
    APP_STANDARD_L2,
    APP_STANDARD_L3,
    APP_STANDARD_L4,
    APP_STANDARD_L5,
    MENTOR_AMOUNT_PER_FULL_12_MONTHS,
    MENTOR_APPRENTICES_MAX,
    MENTOR_MONTHS_MAX,
)
from training_admin.apprenticeship.rules import COMPLETION_RULES, FILING_RULES
from training_admin.catalog.facts import LEVEL_RANKS
from training_admin.kit.dated import FiguresOn, Parameter, Policy
from training_admin.kit.money import WHOLE_BP
from training_admin.kit.rulebook import Failed, Number, Rule
from training_admin.kit.steps import Entitlement, FailedRule, Step, failed_rule
from training_admin.kit.workdays import MONTHS_PER_YEAR
from training_admin.policy.rounding import cost_part, standard_part

STANDARDS: dict[str, Parameter[int]] = {
    "5": APP_STANDARD_L5,
    "4": APP_STANDARD_L4,
    "3": APP_STANDARD_L3,
    "2": APP_STANDARD_L2,
    "1": APP_STANDARD_L1,
}
LEVELS = tuple(STANDARDS)


class ProgrammeDecision(msgspec.Struct, frozen=True):
    """What a programme is entitled to and how it settles against the advance."""

    entitlement: Entitlement
    settlement: Settlement

    @property
    def outcome(self) -> str:
        """PAY or a refusal, or CLAWBACK when more was advanced than is due (APP-24)."""
        outcome = self.entitlement.outcome
        return "CLAWBACK" if outcome == "PAY" and self.settlement.final_fen < 0 else outcome


def person_fen(policy: Policy, programme: Programme, level: str, factor_bp: int = WHOLE_BP) -> int:
    """Standard of a level x months / 12 x outcome for one person, rounded half up once (APP-20, APP-22)."""
    yearly_fen = policy.at(STANDARDS[level], programme.day)
    return standard_part(policy, programme.day, yearly_fen, programme.months * factor_bp, MONTHS_PER_YEAR * WHOLE_BP)


def planned_advance(programme: Programme, policy: Policy) -> tuple[int, tuple[Step, ...]]:
    """The most that may be advanced after filing approval, in fen, rounded down (APP-21)."""
    each_fen = person_fen(policy, programme, programme.level)
    share_bp = policy.at(APP_ADVANCE_MAX, programme.day)
    planned_fen = each_fen * programme.filed
    advance_fen = cost_part(policy, programme.day, planned_fen, share_bp, WHOLE_BP)
    figures = {"each_fen": each_fen, "filed": programme.filed, "planned_fen": planned_fen, "share_bp": share_bp}
    return advance_fen, (Step("APP-21", "app_advance", {**figures}, advance_fen, (APP_ADVANCE_MAX.key,)),)


def failures_of(
    rules: Iterable[Rule[Programme, ProgrammeContext]], programme: Programme, completion: Completion, policy: Policy
) -> tuple[FailedRule, ...]:
    """The rules that refuse a programme, in reading order, with the effect the pack gives them."""
    context = ProgrammeContext(completion, FiguresOn(policy, programme.day))
    asked = ((rule, rule.check(programme, context)) for rule in rules if rule.id not in policy.rules_off)
    return tuple(failed_rule(policy, rule.id, rule.effect, outcome.figures) for rule, outcome in asked if isinstance(outcome, Failed))


def settle(programme: Programme, completion: Completion, policy: Policy) -> ProgrammeDecision:
    """Entitlement and settlement of a programme; a programme refused at filing was never advanced anything."""
    refused = failures_of(FILING_RULES, programme, completion, policy)
    if refused:
        return _decision(0, 0, (), refused)
    advance_fen, steps = planned_advance(programme, policy)
    if completion.advance_paid_fen is not None:
        advance_fen = completion.advance_paid_fen
    failed = failures_of(COMPLETION_RULES, programme, completion, policy)
    if failed:
        return _decision(0, advance_fen, steps, failed)
    outcome_steps = _outcome_steps(programme, completion, policy)
    entitled_fen = sum(step.result_fen for step in outcome_steps)
    return _decision(entitled_fen, advance_fen, (*steps, *outcome_steps), ())


def _decision(entitled_fen: int, advance_fen: int, steps: tuple[Step, ...], failed: tuple[FailedRule, ...]) -> ProgrammeDecision:
    final_fen = entitled_fen - advance_fen
    if steps:
        figures = {"entitled_fen": entitled_fen, "advance_fen": advance_fen}
        steps = (*steps, Step("APP-24", "app_settlement", {**figures}, final_fen))
    return ProgrammeDecision(
        entitlement=Entitlement(payable_fen=entitled_fen, steps=steps, failed=failed),
        settlement=Settlement(entitled_fen=entitled_fen, advance_fen=advance_fen, final_fen=final_fen),
    )


def _outcome_steps(programme: Programme, completion: Completion, policy: Policy) -> list[Step]:
    """Certified apprentices at the level obtained, completed ones at the filed level; the rest get nothing.

    Of those who finished at most `wage_ok` are payable; they are counted on the better outcome first (APP-05).
    """
    certified = min(completion.certified, completion.wage_ok)
    completed = min(completion.completed_only, completion.wage_ok - certified)
    level = paid_level(programme.level, completion.obtained_level)
    steps = []
    if completion.certified:
        each_fen = person_fen(policy, programme, level)
        figures: dict[str, Number] = {"people": certified, "each_fen": each_fen, "level": level, "filed_level": programme.level}
        rule = "APP-25" if level != programme.level else "APP-22"
        steps.append(Step(rule, "app_certified", figures, each_fen * certified, (STANDARDS[level].key,)))
    if completion.completed_only:
        factor_bp = policy.at(APP_COMPLETION_ONLY_FACTOR, programme.day)
        each_fen = person_fen(policy, programme, programme.level, factor_bp)
        keys = (STANDARDS[programme.level].key, APP_COMPLETION_ONLY_FACTOR.key)
        step_figures = {"people": completed, "each_fen": each_fen, "factor_bp": factor_bp}
        steps.append(Step("APP-23", "app_completed_only", {**step_figures}, each_fen * completed, keys))
    return steps


def paid_level(filed_level: str, obtained_level: str) -> str:
    """The level whose standard is paid: a lower level obtained replaces the filed one, a higher does not (APP-25)."""
    return obtained_level if LEVEL_RANKS[obtained_level] < LEVEL_RANKS[filed_level] else filed_level


def mentor_grant(programme: Programme, policy: Policy) -> Entitlement:
    """Master-apprentice grant of Tianjin: for every full 12 months, apprentices and months within their limits (TJ-22).

    `filed` of the programme counts the apprentices of one mentor.
    """
    each_fen = policy.at(MENTOR_AMOUNT_PER_FULL_12_MONTHS, programme.day)
    people = min(programme.filed, policy.at(MENTOR_APPRENTICES_MAX, programme.day))
    periods = min(programme.months, policy.at(MENTOR_MONTHS_MAX, programme.day)) // MONTHS_PER_YEAR
    payable_fen = each_fen * people * periods
    figures = {"each_fen": each_fen, "people": people, "periods": periods}
    keys = (MENTOR_AMOUNT_PER_FULL_12_MONTHS.key, MENTOR_APPRENTICES_MAX.key, MENTOR_MONTHS_MAX.key)
    return Entitlement(payable_fen=payable_fen, steps=(Step("TJ-22", "mentor_grant", {**figures}, payable_fen, keys),))


def certified_grant(programme: Programme, certified: int, policy: Policy) -> Entitlement:
    """Apprenticeship without advance: standard of the level x months / 12 for each certified apprentice (TJ-21)."""
    each_fen = person_fen(policy, programme, programme.level)
    payable_fen = each_fen * certified
    figures: dict[str, Number] = {"people": certified, "each_fen": each_fen, "level": programme.level}
    step = Step("TJ-21", "app_certified", figures, payable_fen, (STANDARDS[programme.level].key,))
    return Entitlement(payable_fen=payable_fen, steps=(step,))
