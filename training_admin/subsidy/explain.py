"""From an assessment record to what a person reads: each clause with its answer, its numbers, and what would make it pass.

Nothing is computed again: amounts, outcomes and figures are those of the record.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from training_admin.apprenticeship.amounts import ADVANCE_RULE, SETTLEMENT_RULE
from training_admin.kit import wording
from training_admin.kit.dated import Citation, Standing
from training_admin.kit.rulebook import Effect, Rule, Scope
from training_admin.kit.steps import Step
from training_admin.policy.wording import is_assumed, unit_words, value_words
from training_admin.subsidy.explained import (
    ClaimShown,
    ClassShown,
    ClauseShown,
    FigureShown,
    LineShown,
    RuleAnswer,
    RuleShown,
    StepShown,
)
from training_admin.subsidy.phrases import PARAMETERS, pattern, sentence, step_words
from training_admin.subsidy.record import (
    AssessmentRecord,
    CeilingResult,
    ClassResult,
    FigureUsed,
    Finding,
    LineBasis,
    LineOutcome,
    LineResult,
    programme_step,
)
from training_admin.subsidy.rules import ORDER, RULES_BY_ID
from training_admin.subsidy.rules.claim_04_repeated_person import PAID_HERE

OUTCOME_WORDS = {
    LineOutcome.PAY: "可补",
    LineOutcome.REDUCE: "核减",
    LineOutcome.HOLD: "暂缓",
    LineOutcome.REJECT_LINE: "不予补贴（本人）",
    LineOutcome.REJECT_CLASS: "不予补贴（整班）",
    LineOutcome.REJECT_CLAIM: "不予补贴（整份）",
    LineOutcome.CELL: "单元格待更正",
}
EFFECT_WORDS = {
    Effect.WARN: "提示",
    Effect.HOLD: "暂缓",
    Effect.REJECT_LINE: "不予补贴（本人）",
    Effect.REJECT_CLASS: "不予补贴（整班）",
    Effect.REJECT_CLAIM: "不予补贴（整份）",
}
SCOPE_WORDS = {Scope.CLAIM: "整份申报", Scope.CLASS: "班级", Scope.LINE: "个人"}
PASSED, FAILED, NOT_APPLICABLE, UNKNOWN = "passed", "failed", "not_applicable", "unknown"
ANSWER_WORDS = {PASSED: "通过", FAILED: "未通过", NOT_APPLICABLE: "不适用", UNKNOWN: "待比对"}
REPEATED = "CLAIM-04"
WARN, HOLD = Effect.WARN.name, Effect.HOLD.name
STAGE_WORDS = {
    ADVANCE_RULE: "新型学徒制不占用企业年度补贴限额；预拨为备案计划补贴合计的规定比例，分到每名学徒。",
    SETTLEMENT_RULE: "新型学徒制不占用企业年度补贴限额；结算为应得合计减去全部预拨，不足部分由企业退回或从以后拨付中抵扣。",
}
NOT_ASSESSED = "本行有单元格待更正，更正后才能核验。"
ONLY_REPEATED = "本行与同班前面的行或已拨付的申报是同一人，未再核验其他条款。"
# CLAIM-04 where the earlier row stands in a claim that was paid.
PAID_IN_CLASS = (
    "该人员在本班的补贴已随申报 {paid_in}（第 {first_row} 行）于 {paid_on} 拨付。",
    "同一人员在同一班级只能补贴一次，请删除本行；如为不同人员，请更正证件号码。",
)
# A class without filing has no dates to speak of, so the sentences of FILE-01 that name dates do not fit.
WITHOUT_FILING: Mapping[str, tuple[str, str]] = {
    "NOT_FILED": (
        "没有查到本企业对该班级的开班备案。",
        "由本企业在开班前按时备案、并在开班日前审核通过的班级可通过；如已备案，请核对班级编号。",
    ),
    "OTHER_ENTERPRISE": (
        "该班级的开班备案由其他企业办理。",
        "请由备案企业申报；如班级编号填写有误，请更正后重新提交。",
    ),
}


def explain_line(record: AssessmentRecord, line: LineResult) -> LineShown:
    """The decision on one row; `reasons` are the answers that decide it or must be seen with it."""
    klass = _class_of(record, line)
    answers = _line_answers(record, klass, line)
    used = () if klass is None else klass.figures
    return LineShown(
        row=line.row,
        class_no=line.class_no,
        outcome=line.outcome.value,
        outcome_words=OUTCOME_WORDS[line.outcome],
        computed_fen=line.computed_fen,
        payable_fen=line.payable_fen,
        note=_note(line),
        reasons=tuple(answer for answer in answers if answer.answer in {FAILED, UNKNOWN}),
        answers=answers,
        steps=_line_steps(record, klass, line),
        figures=_figures(used),
    )


def explain_class(klass: ClassResult) -> ClassShown:
    """The decision on one class and its price."""
    return ClassShown(
        class_no=klass.class_no,
        answers=_answers(_ids(klass.rules, Scope.CLASS), klass.findings, klass.not_applicable, klass.figures, _class_facts(klass)),
        steps=_steps(klass.steps),
        figures=_figures(klass.figures),
    )


def explain_claim(record: AssessmentRecord) -> ClaimShown:
    """The answers of claim scope and the ceiling of the year."""
    return ClaimShown(
        answers=_claim_answers(record),
        steps=_steps(record.ceiling.steps),
        figures=_figures(record.ceiling.figures),
        ceiling_words=_ceiling_words(record.ceiling),
    )


def describe_rule(rule: Rule[Any, Any]) -> RuleShown:
    """A rule for the list of rules; the figures in its sentences are open places."""
    return RuleShown(
        rule=rule.id,
        version=rule.version,
        title=rule.title,
        scope_words=SCOPE_WORDS[rule.scope],
        effect=rule.effect.name,
        effect_words=EFFECT_WORDS[rule.effect],
        period=wording.period(rule.period.start, rule.period.end),
        clause=_clause(rule.cite),
        reason=pattern(rule.reason),
        would_pass=pattern(rule.would_pass),
        unknown=pattern(rule.unknown),
        figures=tuple((key, PARAMETERS[key].meaning) for key in rule.figures),
        cases=tuple((case.label, _case_words(case.answer)) for case in rule.cases),
    )


def reasons_in_short(record: AssessmentRecord, line: LineResult) -> tuple[tuple[str, str], ...]:
    """Rule and sentence of everything that failed or is unknown for a row: what a table cell holds."""
    klass = _class_of(record, line)
    above = () if klass is None else klass.findings
    found = sorted((*line.findings, *above, *record.findings), key=lambda finding: ORDER[finding.rule])
    return tuple((finding.rule, _sentences(finding)[0]) for finding in found)


def reason_of(finding: Finding) -> str:
    """What one finding says, with its recorded numbers."""
    return _sentences(finding)[0]


def _class_of(record: AssessmentRecord, line: LineResult) -> ClassResult | None:
    return next((klass for klass in record.classes if klass.class_no == line.class_no), None)


def _note(line: LineResult) -> str:
    if line.outcome is LineOutcome.CELL:
        return NOT_ASSESSED
    return ONLY_REPEATED if _is_repeated(line) else ""


def _is_repeated(line: LineResult) -> bool:
    return any(finding.rule == REPEATED for finding in line.findings)


def _line_answers(record: AssessmentRecord, klass: ClassResult | None, line: LineResult) -> tuple[RuleAnswer, ...]:
    """A row that could not be read ran no rule; a repeated row ran CLAIM-04 alone; class and claim decide with it."""
    if klass is None or line.outcome is LineOutcome.CELL:
        return ()
    own = _ids(klass.rules, Scope.LINE)
    if _is_repeated(line):
        own = tuple(each for each in own if each == REPEATED)
    facts = {} if line.basis is None else _line_facts(line.basis, klass)
    answers = _answers(own, line.findings, line.not_applicable, klass.figures, facts)
    return tuple(sorted((*answers, *explain_class(klass).answers, *_claim_answers(record)), key=lambda answer: ORDER[answer.rule]))


def _claim_answers(record: AssessmentRecord) -> tuple[RuleAnswer, ...]:
    return _answers(record.rules, record.findings, record.not_applicable, record.ceiling.figures, {})


def _ids(rules: Sequence[str], scope: Scope) -> tuple[str, ...]:
    return tuple(each for each in rules if RULES_BY_ID[each].scope is scope)


def _answers(
    rules: Sequence[str],
    findings: Sequence[Finding],
    not_applicable: Sequence[str],
    used: Sequence[FigureUsed],
    facts: Mapping[str, str],
) -> tuple[RuleAnswer, ...]:
    """One answer for each rule that ran, and one for each further finding (VER-01 may name several missing figures)."""
    answers = [_found(RULES_BY_ID[finding.rule], finding, used) for finding in findings]
    seen = {finding.rule for finding in findings}
    for each in rules:
        rule = RULES_BY_ID[each]
        if each in not_applicable:
            answers.append(_plain(rule, NOT_APPLICABLE, _exceptions(rule), used))
        elif each not in seen:
            answers.append(_plain(rule, PASSED, facts.get(each, "符合本条要求。"), used))
    return tuple(sorted(answers, key=lambda answer: ORDER[answer.rule]))


def _found(rule: Rule[Any, Any], finding: Finding, used: Sequence[FigureUsed]) -> RuleAnswer:
    reason, would_pass = _sentences(finding)
    effect_words = EFFECT_WORDS[Effect[finding.effect]] if finding.effect else "不影响本次核验"
    return _answer(rule, finding.answer, (finding.effect, effect_words), (reason, would_pass), used)


def _sentences(finding: Finding) -> tuple[str, str]:
    rule = RULES_BY_ID[finding.rule]
    if finding.answer == UNKNOWN:
        return rule.unknown.format(missing=finding.missing), "登记数据交付后系统自动重新核验，无需重新申报。"
    cause = finding.figures.get("cause")
    if isinstance(cause, str) and cause in WITHOUT_FILING and finding.figures["start"] is None:
        return WITHOUT_FILING[cause]
    if cause == PAID_HERE:
        return sentence(PAID_IN_CLASS[0], finding.figures), PAID_IN_CLASS[1]
    return sentence(rule.reason, finding.figures), sentence(rule.would_pass, finding.figures)


def _exceptions(rule: Rule[Any, Any]) -> str:
    labels = [case.label for case in rule.cases if case.answer == NOT_APPLICABLE]
    return f"本条不适用于此情形（不适用的情形如：{'；'.join(labels)}）。" if labels else "本条不适用于此情形。"


def _plain(rule: Rule[Any, Any], answer: str, text: str, used: Sequence[FigureUsed]) -> RuleAnswer:
    return _answer(rule, answer, ("", ""), (text, ""), used)


def _answer(rule: Rule[Any, Any], answer: str, effect: tuple[str, str], texts: tuple[str, str], used: Sequence[FigureUsed]) -> RuleAnswer:
    return RuleAnswer(
        rule=rule.id,
        title=rule.title,
        scope=rule.scope.value,
        scope_words=SCOPE_WORDS[rule.scope],
        answer=answer,
        answer_words=ANSWER_WORDS[answer],
        effect=effect[0],
        effect_words=effect[1],
        sentence=texts[0],
        would_pass=texts[1],
        clause=_clause(rule.cite),
        figures=_figures(figure for figure in used if figure.key in rule.figures),
    )


def _clause(cite: Citation) -> ClauseShown:
    return ClauseShown(
        paper=cite.paper,
        article=cite.article,
        text=cite.text,
        standing=cite.standing.words,
        local_standing=cite.local_standing.words,
        assumed=is_assumed(cite.standing, cite.local_standing),
    )


def _figures(used: Iterable[FigureUsed]) -> tuple[FigureShown, ...]:
    return tuple(_figure(figure) for figure in used)


def _figure(figure: FigureUsed) -> FigureShown:
    parameter = PARAMETERS[figure.key]
    standing, local_standing = Standing(figure.standing), Standing(figure.local_standing)
    return FigureShown(
        key=figure.key,
        name=parameter.meaning,
        value=value_words(parameter.unit, figure.value),
        unit=unit_words(parameter.unit),
        period=wording.period(figure.start, figure.end),
        paper=figure.paper,
        standing=standing.words,
        local_standing=local_standing.words,
        assumed=is_assumed(standing, local_standing),
    )


def _steps(steps: Sequence[Step]) -> tuple[StepShown, ...]:
    return tuple(_step(step) for step in steps)


def _step(step: Step) -> StepShown:
    words = step_words(step)
    return StepShown(step.rule, words.label, words.formula, step.result_fen, step.keys)


def _line_steps(record: AssessmentRecord, klass: ClassResult | None, line: LineResult) -> tuple[StepShown, ...]:
    """The steps of the class price, what is left of a yearly cap, and the share of a ceiling cut or of what a stage pays."""
    if klass is None or line.outcome is LineOutcome.CELL:
        return ()
    steps = list(klass.steps)
    if line.cap_left_fen is not None:
        figures = {"per_head_fen": klass.per_head_fen, "cap_left_fen": line.cap_left_fen}
        steps.append(Step("PRO-01", "person_cap_left", {**figures}, min(klass.per_head_fen, line.cap_left_fen)))
    if line.outcome is LineOutcome.REDUCE:
        figures = {"computed_fen": line.computed_fen, "cut_fen": line.computed_fen - line.payable_fen}
        steps.append(Step("CEIL-03", "line_cut", {**figures}, line.payable_fen))
    stage = programme_step(record.ceiling)
    if stage is not None and line.outcome is LineOutcome.PAY:
        whole = {"stage_fen": record.ceiling.payable_fen, "all_fen": record.ceiling.computed_fen}
        steps.append(Step(stage.rule, f"{stage.code}_share", {**whole, "computed_fen": line.computed_fen}, line.payable_fen))
    return _steps(steps)


def _ceiling_words(ceiling: CeilingResult) -> str:
    if ceiling.payable_fen is None:
        return "补贴限额的依据尚未交付，暂不能确定；交付后自动重新核验，不按零处理。"
    if (stage := programme_step(ceiling)) is not None:
        return STAGE_WORDS[stage.rule]
    if ceiling.ceiling_fen is None:
        return "本政策不设补贴限额。"
    return "测算合计超过剩余限额，已按比例核减。" if ceiling.cut_fen else "测算合计在剩余限额之内，未核减。"


def _line_facts(basis: LineBasis, klass: ClassResult) -> dict[str, str]:
    """The numbers of a row behind a rule that passed."""
    days = {"contract_start": _iso(basis.contract_start), "contract_end": _iso(basis.contract_end)}
    contract = sentence("{contract_start} 至 {contract_end}", days)
    attended, delivered = wording.hundredths(basis.attended_centihours), wording.hundredths(klass.delivered_centihours)
    paid = f"此前补贴记录 {basis.paid_before} 次，符合本条要求。"
    return {
        **dict.fromkeys(("TR-01", "APP-02"), f"劳动合同 {contract}；已缴费月份：{'、'.join(basis.insured_months) or wording.NOTHING}。"),
        "TR-02": "证件未载明出生日期。" if basis.age_months is None else f"开班日 {wording.age(basis.age_months)}。",
        "ATT-01": f"出勤 {attended} 课时，实际授课 {delivered} 课时。",
        **dict.fromkeys(("EXAM-01", "APP-16"), f"考核结果为“{basis.exam_result}”。"),
        **dict.fromkeys(("DUP-01", "FREQ-01", "FREQ-02", "FREQ-03", "FREQ-04", "APP-17"), paid),
    }


def _iso(day: Any) -> str | None:
    return None if day is None else day.isoformat()


def _class_facts(klass: ClassResult) -> dict[str, str]:
    """The numbers of a class behind a rule that passed."""
    return {
        "ENT-06": f"备案类别为{klass.stream}。",
        "CLS-02": f"备案人数 {klass.enrolled} 人。",
        "CLAIM-01": f"结业日 {wording.day(klass.end)}，在申请期限内。",
    }


def _case_words(answer: str) -> str:
    tag, _, effect = answer.partition(":")
    return f"{ANSWER_WORDS[tag]}（{EFFECT_WORDS[Effect[effect]]}）" if effect else ANSWER_WORDS[tag]
