"""自动核验: every rule on every line, prices with steps, the ceiling – one pure function from facts to a record.

The order of work follows the waterfall of policy.md 2.2; how answers combine into outcomes is policy.md part 15.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from training_admin.catalog.facts import STREAM_PROFESSIONAL
from training_admin.fund.facts import PaidTraining
from training_admin.kit.dated import FiguresOn, NotInForce
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.kit.rulebook import Effect, Rule
from training_admin.kit.workdays import age_in_months
from training_admin.subsidy.amounts import FORMULAS
from training_admin.subsidy.answers import Answers, LineAnswers, LineRules, ask, in_force, note_gap
from training_admin.subsidy.ceiling import apply_ceiling
from training_admin.subsidy.context import ClassContext
from training_admin.subsidy.facts import ClaimFacts, ClassFacts, LineFacts
from training_admin.subsidy.figures import figures_used
from training_admin.subsidy.parameters import ENT_COST_DENOMINATOR
from training_admin.subsidy.pricing import ClassPrice, PricingCase
from training_admin.subsidy.record import (
    ENGINE_VERSION,
    PAYING,
    AssessmentRecord,
    ClassResult,
    LineBasis,
    LineOutcome,
    LineResult,
)
from training_admin.subsidy.rules import CLAIM_RULES, CLASS_RULES, LINE_RULES
from training_admin.subsidy.rules.exam_01_passed import PASS_WORD

NO_PRICE = ClassPrice(per_head_fen=None, steps=())
BY_PASSED = "PASSED"
OUTCOMES = (LineOutcome.PAY, LineOutcome.PAY, *(LineOutcome(each.name) for each in Effect if each > Effect.WARN))


class ClassWork(msgspec.Struct, frozen=True):
    """What is worked out once per class before its lines are looked at."""

    facts: ClassFacts
    context: ClassContext
    answers: Answers
    price: ClassPrice
    line_rules: LineRules
    rule_ids: tuple[str, ...]
    figure_keys: tuple[str, ...]


def assess(facts: ClaimFacts) -> AssessmentRecord:
    """Assess a claim; the same facts give the same record, byte for byte."""
    policy = facts.policy
    claim_rules, claim_answers = _ask_claim(facts)
    earlier: dict[str, list[PaidTraining]] = {}
    works = class_works(facts, earlier)
    decided = _decide_lines(facts, works, claim_answers, earlier)
    lines, ceiling = apply_ceiling(facts, decided)
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
        findings=tuple(claim_answers.findings),
        not_applicable=tuple(claim_answers.not_applicable),
        rules=tuple(each.id for each in claim_rules),
        lines=lines,
        classes=_class_results(facts, works, lines),
        ceiling=ceiling,
        cells=facts.cells,
    )


def class_works(facts: ClaimFacts, earlier: Mapping[str, list[PaidTraining]]) -> dict[str, ClassWork]:
    """Everything that is worked out once per class, by class number; `earlier` fills while lines are decided."""
    return {klass.class_no: _class_work(facts, klass, earlier) for klass in facts.classes}


def _ask_claim(facts: ClaimFacts) -> tuple[list[Rule[ClaimFacts, FiguresOn]], Answers]:
    claim_rules = [each for each in CLAIM_RULES if in_force(each, facts.as_of, facts.policy)]
    return claim_rules, ask(claim_rules, facts, FiguresOn(facts.policy, facts.as_of), facts.policy)


def _class_work(facts: ClaimFacts, klass: ClassFacts, earlier: Mapping[str, list[PaidTraining]]) -> ClassWork:
    policy = facts.policy
    context = ClassContext(facts, klass, earlier)
    class_rules = [each for each in CLASS_RULES if in_force(each, klass.start, policy)]
    line_rules = tuple(each for each in LINE_RULES if in_force(each, klass.start, policy))
    answers = ask(class_rules, klass, context, policy)
    price = _price(facts, klass, context, answers)
    rules: list[Rule[Any, Any]] = [*class_rules, *line_rules]
    keys = {key for each in rules for key in each.figures}
    keys.update(key for step in price.steps for key in step.keys)
    return ClassWork(
        facts=klass,
        context=context,
        answers=answers,
        price=price,
        line_rules=LineRules(line_rules, context),
        rule_ids=tuple(each.id for each in rules),
        figure_keys=tuple(keys),
    )


def _price(facts: ClaimFacts, klass: ClassFacts, context: ClassContext, answers: Answers) -> ClassPrice:
    """The price of a filed class by the formula the pack chose for its stream; a figure not in force is noted (VER-01)."""
    formula = FORMULAS.get(facts.policy.formulas.get(klass.stream, ""))
    if not klass.registered or formula is None:
        return NO_PRICE
    try:
        return formula(_pricing_case(facts, klass, context), facts.policy)
    except NotInForce as gap:
        note_gap(answers, gap, facts.policy)
        return NO_PRICE


def _pricing_case(facts: ClaimFacts, klass: ClassFacts, context: ClassContext) -> PricingCase:
    heads = klass.enrolled
    if context.figures.at(ENT_COST_DENOMINATOR) == BY_PASSED:
        heads = sum(1 for line in facts.lines if line.class_no == klass.class_no and line.exam_result == PASS_WORD)
    item = klass.item
    return PricingCase(
        day=klass.start,
        heads=max(heads, 1),
        eligible_cost_fen=klass.eligible_cost_fen,
        planned_centihours=klass.planned_centihours,
        delivered_centihours=klass.delivered_centihours,
        online_centihours=klass.online_centihours,
        mode=klass.mode,
        theory_test=klass.theory_test,
        practical_test=klass.practical_test,
        std_centihours=None if item is None else item.std_centihours,
        std_fen=None if item is None else item.std_fen,
        base_fen=None if item is None else item.base_fen,
        urgent=item is not None and item.urgent,
        pilot=item is not None and item.pilot,
    )


def _decide_lines(
    facts: ClaimFacts,
    works: Mapping[str, ClassWork],
    claim_answers: Answers,
    earlier: dict[str, list[PaidTraining]],
) -> list[LineResult]:
    """Results before the ceiling, in sheet order; lines are decided by class start, then sheet order (FREQ-01…03)."""
    results: list[LineResult] = []
    asked = ask_lines(facts.lines, works)
    in_order = sorted((line for line in facts.lines if line.readable), key=lambda line: (works[line.class_no].facts.start, line.row))
    for line in in_order:
        work = works[line.class_no]
        answers = asked[line.row]
        if line.person in earlier and line.first_row is None:
            answers = work.line_rules.ask_again(line)
        result, pays = _decide_line(line, work, answers, claim_answers)
        results.append(result)
        if pays:
            earlier.setdefault(line.person, []).append(_as_paid(line, work, result.computed_fen))
    results.extend(_unreadable(line) for line in facts.lines if not line.readable)
    results.sort(key=lambda result: result.row)
    return results


def ask_lines(lines: Iterable[LineFacts], works: Mapping[str, ClassWork]) -> dict[int, LineAnswers]:
    """What the line rules say of each readable line, by row, before any class of the claim is decided; class by class."""
    asked: dict[int, LineAnswers] = {}
    by_class: dict[str, list[LineFacts]] = {class_no: [] for class_no in works}
    for line in lines:
        if line.readable:
            by_class[line.class_no].append(line)
    for class_no, of_class in by_class.items():
        rules = works[class_no].line_rules
        fresh = [line for line in of_class if line.first_row is None]
        asked.update(zip([line.row for line in fresh], rules.ask(fresh), strict=True))
        if len(fresh) < len(of_class):
            asked.update((line.row, rules.repeated(line)) for line in of_class if line.first_row is not None)
    return asked


def _decide_line(line: LineFacts, work: ClassWork, answers: LineAnswers, claim_answers: Answers) -> tuple[LineResult, bool]:
    """The result before the ceiling, and whether the line counts as paying for later classes of the claim.

    A claim that only waits for a register (CEIL-01) still counts, so that its arrival changes no other outcome.
    """
    own_effect = max(answers.effect, work.answers.effect)
    effect = max(own_effect, claim_answers.effect)
    cap_left = _cap_left(line, work)
    price = work.price.per_head_fen or 0
    if cap_left is not None:
        price = min(price, cap_left)
    outcome = OUTCOMES[effect]
    computed = price if effect <= Effect.HOLD else 0
    result = LineResult(
        row=line.row,
        person=line.person,
        class_no=line.class_no,
        outcome=outcome,
        computed_fen=computed,
        payable_fen=computed if outcome is LineOutcome.PAY else 0,
        findings=answers.findings,
        not_applicable=answers.not_applicable,
        basis=_basis(line, work),
        cap_left_fen=cap_left,
    )
    return result, own_effect <= Effect.WARN and claim_answers.effect <= Effect.HOLD


def _cap_left(line: LineFacts, work: ClassWork) -> int | None:
    """What is left of the person's yearly cap of the stream (PRO-01), or None where the price has no such cap."""
    cap_fen = work.price.person_year_cap_fen
    if cap_fen is None:
        return None
    year = work.facts.start.year
    history = work.context.history(line)
    used = sum(
        payment.amount_fen
        for payment in (*history.before, *history.earlier)
        if payment.stream == STREAM_PROFESSIONAL and payment.paid_on.year == year
    )
    return max(0, cap_fen - used)


def _as_paid(line: LineFacts, work: ClassWork, amount_fen: int) -> PaidTraining:
    klass = work.facts
    return PaidTraining(
        person=line.person,
        occupation=work.context.occupation,
        level=work.context.level,
        paid_on=klass.start,
        fund=work.context.fund,
        amount_fen=amount_fen,
        stream=klass.stream,
    )


def _basis(line: LineFacts, work: ClassWork) -> LineBasis:
    months = insured = work.context.months
    if line.insured_here != months:
        insured = tuple(month for month in months if month in line.insured_here or month in line.insured_elsewhere)
    return LineBasis(
        attended_centihours=line.attended_centihours,
        exam_result=line.exam_result,
        group=line.group,
        contract_start=line.contract_start,
        contract_end=line.contract_end,
        insured_months=insured,
        age_months=None if line.birth is None else age_in_months(line.birth, work.facts.start),
        paid_before=len(line.payments),
    )


def _unreadable(line: LineFacts) -> LineResult:
    return LineResult(
        row=line.row,
        person=line.person,
        class_no=line.class_no,
        outcome=LineOutcome.CELL,
        computed_fen=0,
        payable_fen=0,
        findings=(),
        not_applicable=(),
        basis=None,
    )


def _class_results(facts: ClaimFacts, works: Mapping[str, ClassWork], lines: tuple[LineResult, ...]) -> tuple[ClassResult, ...]:
    paying: dict[str, list[int]] = {class_no: [] for class_no in works}
    for line in lines:
        if line.outcome in PAYING:
            paying[line.class_no].append(line.computed_fen)
    return tuple(_class_result(facts, works[klass.class_no], paying[klass.class_no]) for klass in facts.classes)


def _class_result(facts: ClaimFacts, work: ClassWork, paying: list[int]) -> ClassResult:
    klass = work.facts
    return ClassResult(
        class_no=klass.class_no,
        stream=klass.stream,
        item_code=klass.item_code,
        start=klass.start,
        end=klass.end,
        enrolled=klass.enrolled,
        delivered_centihours=klass.delivered_centihours,
        eligible_cost_fen=klass.eligible_cost_fen,
        refused_cost_fen=klass.refused_cost_fen,
        per_head_fen=work.price.per_head_fen or 0,
        payable_people=len(paying),
        computed_fen=sum(paying),
        findings=tuple(work.answers.findings),
        not_applicable=tuple(work.answers.not_applicable),
        rules=work.rule_ids,
        steps=work.price.steps,
        figures=figures_used(facts.policy, work.figure_keys, klass.start),
    )
