"""自动核验 of apprentices: every rule on every apprentice, prices with steps, advance or settlement – one pure function (policy.md part 4).

The record has the shape of every other: a line per apprentice, a class per group of equal price, and for the ceiling what the stage pays.
"""

from collections.abc import Mapping

import msgspec

from training_admin.apprenticeship.amounts import HeadPrice, PriceGroup, advance_step, group_of, head_price, settlement_step
from training_admin.apprenticeship.facts import ApprenticeFacts, PersonOutcome, ProgrammeContext, Stage
from training_admin.apprenticeship.parameters import APP_ADVANCE_MAX
from training_admin.apprenticeship.rules import rules_at
from training_admin.catalog.facts import STREAM_APPRENTICE
from training_admin.kit.dated import FiguresOn, NotInForce
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.kit.money import spread
from training_admin.kit.rulebook import Effect, Scope
from training_admin.kit.workdays import age_in_months
from training_admin.subsidy.answers import Answers, ask, in_force, note_gap
from training_admin.subsidy.assess import OUTCOMES
from training_admin.subsidy.figures import figures_used
from training_admin.subsidy.programme_facts import ProgrammeClaimFacts
from training_admin.subsidy.record import (
    ENGINE_VERSION,
    AssessmentRecord,
    CeilingResult,
    ClassResult,
    LineBasis,
    LineOutcome,
    LineResult,
)

OUTCOME_WORDS = {
    PersonOutcome.OPEN: "未登记",
    PersonOutcome.CERTIFIED: "取得证书",
    PersonOutcome.COMPLETED: "仅结业",
    PersonOutcome.FAILED: "未通过",
    PersonOutcome.LEFT: "离职",
}
# The one group of an advance is no group of the settlement: nobody who is settled was claimed for before under the same number.
FIRST_NUMBER = {Stage.ADVANCE: 0, Stage.SETTLEMENT: 1}
NO_PRICE = HeadPrice(0, ())


class ProgrammeWork(msgspec.Struct, frozen=True):
    """What is worked out once: answers about the programme, the price of each group with its number, the share of the advance."""

    context: ProgrammeContext
    answers: Answers
    prices: Mapping[PriceGroup, HeadPrice]
    numbers: Mapping[PriceGroup, str]
    share_bp: int
    rule_ids: tuple[str, ...]
    rule_figures: tuple[str, ...]


def assess_programme(facts: ProgrammeClaimFacts) -> AssessmentRecord:
    """Assess a claim for a programme at its stage; the same facts give the same record, byte for byte."""
    policy, programme = facts.policy, facts.programme
    context = ProgrammeContext(programme, facts.stage, FiguresOn(policy, programme.day))
    rules = [each for each in rules_at(facts.stage) if in_force(each, programme.day, policy)]
    answers = ask([each for each in rules if each.scope is Scope.CLASS], programme, context, policy)
    prices = _prices(facts, context, answers)
    work = ProgrammeWork(
        context=context,
        answers=answers,
        prices=prices,
        numbers={group: f"{programme.number}-{place}" for place, group in enumerate(prices, start=FIRST_NUMBER[facts.stage])},
        share_bp=_advance_share(facts, context, answers),
        rule_ids=tuple(each.id for each in rules),
        rule_figures=tuple(key for each in rules for key in each.figures),
    )
    line_rules = [each for each in rules if each.scope is Scope.LINE]
    people = sorted(programme.apprentices, key=lambda each: each.row)
    lines = [_line(each, work, ask(line_rules, each, context, policy)) for each in people]
    ceiling = _stage_result(facts, work, lines)
    lines = _shared(lines, ceiling)
    return AssessmentRecord(
        engine=ENGINE_VERSION,
        claim_number=facts.claim_number,
        uscc=facts.uscc,
        claim_year=facts.claim_year,
        as_of=facts.as_of,
        known_at=facts.known_at,
        pack=policy.pack,
        pack_version=policy.version,
        facts_sha256=sha256_hex(canonical_json(facts)),
        findings=(),
        not_applicable=(),
        rules=(),
        lines=tuple(lines),
        classes=tuple(_group_result(facts, work, group, lines) for group in prices),
        ceiling=ceiling,
    )


def _prices(facts: ProgrammeClaimFacts, context: ProgrammeContext, answers: Answers) -> dict[PriceGroup, HeadPrice]:
    """The price of each group there is, in the order of groups; a figure not in force is noted (VER-01)."""
    groups = {group_of(facts.programme, each, facts.stage) for each in facts.programme.apprentices}
    prices: dict[PriceGroup, HeadPrice] = {}
    for group in sorted(groups, key=lambda each: each.place):
        try:
            prices[group] = head_price(context.figures, group)
        except NotInForce as gap:
            note_gap(answers, gap, facts.policy)
            prices[group] = NO_PRICE
    return prices


def _advance_share(facts: ProgrammeClaimFacts, context: ProgrammeContext, answers: Answers) -> int:
    """The share of the plan that is advanced, 0 at the settlement and where it is not in force, which is noted (VER-01)."""
    if facts.stage is Stage.SETTLEMENT:
        return 0
    try:
        return context.figures.at(APP_ADVANCE_MAX)
    except NotInForce as gap:
        note_gap(answers, gap, facts.policy)
        return 0


def _line(apprentice: ApprenticeFacts, work: ProgrammeWork, answers: Answers) -> LineResult:
    """The result of one apprentice before the advance is taken out of it or off it."""
    group = group_of(work.context.programme, apprentice, work.context.stage)
    effect = max(answers.effect, work.answers.effect)
    return LineResult(
        row=apprentice.row,
        person=apprentice.person,
        class_no=work.numbers[group],
        outcome=OUTCOMES[effect],
        computed_fen=work.prices[group].fen if effect <= Effect.HOLD else 0,
        payable_fen=0,
        findings=tuple(answers.findings),
        not_applicable=tuple(answers.not_applicable),
        basis=_basis(apprentice, work.context),
    )


def _basis(apprentice: ApprenticeFacts, context: ProgrammeContext) -> LineBasis:
    programme = context.programme
    return LineBasis(
        attended_centihours=sum(each.hours.total for each in apprentice.months),
        exam_result=OUTCOME_WORDS[apprentice.outcome],
        group="",
        contract_start=apprentice.contract_start,
        contract_end=apprentice.contract_end,
        insured_months=tuple(month for month in programme.term_months if month in apprentice.insured_here),
        age_months=None if apprentice.birth is None else age_in_months(apprentice.birth, programme.start),
        paid_before=len(apprentice.payments),
    )


def _stage_result(facts: ProgrammeClaimFacts, work: ProgrammeWork, lines: list[LineResult]) -> CeilingResult:
    """What the stage pays of the lines that pay: the advance of the plan (APP-21), or what is left after the advance (APP-24)."""
    computed_fen = sum(line.computed_fen for line in lines if line.outcome is LineOutcome.PAY)
    if facts.stage is Stage.ADVANCE:
        step = advance_step(computed_fen, work.share_bp)
    else:
        step = settlement_step(computed_fen, facts.programme.advance_fen or 0)
    left_fen = max(0, step.result_fen)
    return CeilingResult(
        ceiling_fen=None,
        left_fen=left_fen,
        computed_fen=computed_fen,
        payable_fen=left_fen,
        cut_fen=0,
        steps=(step,),
        figures=figures_used(facts.policy, step.keys, facts.programme.day),
    )


def _shared(lines: list[LineResult], ceiling: CeilingResult) -> list[LineResult]:
    """Each line that pays with its share of what the stage pays, pro rata with largest remainders."""
    weights = [line.computed_fen if line.outcome is LineOutcome.PAY else 0 for line in lines]
    parts = spread(ceiling.payable_fen or 0, weights)
    return [msgspec.structs.replace(line, payable_fen=part) for line, part in zip(lines, parts, strict=True)]


def _group_result(facts: ProgrammeClaimFacts, work: ProgrammeWork, group: PriceGroup, lines: list[LineResult]) -> ClassResult:
    programme, price = facts.programme, work.prices[group]
    own = [line for line in lines if line.class_no == work.numbers[group]]
    paying = [line.computed_fen for line in own if line.outcome is LineOutcome.PAY]
    held = programme.planned if programme.taught is None else programme.taught
    return ClassResult(
        class_no=work.numbers[group],
        stream=STREAM_APPRENTICE,
        item_code=group.words,
        start=programme.start,
        end=programme.end,
        enrolled=len(own),
        delivered_centihours=held.total,
        eligible_cost_fen=0,
        refused_cost_fen=0,
        per_head_fen=price.fen,
        payable_people=len(paying),
        computed_fen=sum(paying),
        findings=tuple(work.answers.findings),
        not_applicable=tuple(work.answers.not_applicable),
        rules=work.rule_ids,
        steps=price.steps,
        figures=figures_used(facts.policy, [*work.rule_figures, *(key for step in price.steps for key in step.keys)], programme.day),
    )
