"""A decision in words: every answer of every case, amounts with formulas, nothing recomputed, assumptions marked."""

from datetime import date
from typing import Any

import msgspec
import pytest

from tests.subsidy.ordinary import CLASS, ENTERPRISE, LINE, case_of, claim_of
from training_admin.kit.rulebook import Case, Rule
from training_admin.subsidy.assess import assess
from training_admin.subsidy.explain import (
    ANSWER_WORDS,
    NOT_ASSESSED,
    ONLY_REPEATED,
    OUTCOME_WORDS,
    describe_rule,
    explain_claim,
    explain_class,
    explain_line,
    reasons_in_short,
)
from training_admin.subsidy.explained import RuleAnswer
from training_admin.subsidy.facts import PaidLine
from training_admin.subsidy.record import AssessmentRecord, LineOutcome
from training_admin.subsidy.rules import RULES

CASES = [pytest.param(rule, case, id=f"{rule.id} {case.label}") for rule in RULES for case in rule.cases]


def everything(record: AssessmentRecord) -> tuple[RuleAnswer, ...]:
    """All answers about the only class and line of a record."""
    line = explain_line(record, record.lines[0])
    return line.answers or (*explain_class(record.classes[0]).answers, *explain_claim(record).answers)


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_every_answer_of_every_case_is_explained(rule: Rule[Any, Any], case: Case) -> None:
    record = assess(case_of(case.given))
    found = [answer for answer in everything(record) if answer.rule == rule.id]
    assert found, "the rule is not shown"
    assert any(answer.answer == case.answer.partition(":")[0] for answer in found)
    for answer in found:
        assert answer.sentence.endswith("。")
        assert "{" not in answer.sentence + answer.would_pass
        assert "None" not in answer.sentence + answer.would_pass
        assert bool(answer.would_pass) is (answer.answer in {"failed", "unknown"})
        assert bool(answer.effect_words) is (answer.answer in {"failed", "unknown"})


def test_an_ordinary_line_shows_every_rule_in_reading_order_with_its_numbers() -> None:
    record = assess(claim_of())
    shown = explain_line(record, record.lines[0])
    assert [answer.rule for answer in shown.answers] == [rule.id for rule in RULES]
    assert shown.reasons == ()
    assert shown.outcome_words == "可补"
    said = {answer.rule: answer.sentence for answer in shown.answers}
    assert said["ATT-01"] == "出勤 120 课时，实际授课 120 课时。"
    assert said["TR-01"] == "劳动合同 2020年1月1日 至 2027年12月31日；已缴费月份：2026-03、2026-04。"
    assert said["TR-02"] == "开班日 36岁。"
    assert [step.label for step in shown.steps] == ["课时核定", "按标准计算", "按费用计算", "人均补贴"]
    assert shown.steps[-1].result_fen == shown.computed_fen == shown.payable_fen


def test_figures_carry_paper_period_and_both_standings() -> None:
    record = assess(claim_of())
    (attendance,) = [answer for answer in everything(record) if answer.rule == "ATT-01"]
    (figure,) = attendance.figures
    assert (figure.name, figure.value, figure.unit) == ("个人出勤率", "80.00%", "")
    assert figure.period.endswith("起")
    assert figure.assumed
    assert figure.local_standing == "暂定（非政策规定）"
    assert attendance.clause.standing == "有据"
    assert attendance.clause.assumed


def test_an_endless_contract_and_a_document_without_birth_are_said_so() -> None:
    line = msgspec.structs.replace(LINE, contract_end=None, birth=None, sex=None, insured_here=("2026-03", "2026-04"))
    record = assess(claim_of((line,)))
    said = {answer.rule: answer.sentence for answer in everything(record)}
    assert "至 无固定期限" in said["TR-01"]
    assert said["TR-02"].startswith("证件上没有出生日期")


def test_a_row_with_a_wrong_cell_ran_no_rule() -> None:
    record = assess(claim_of((msgspec.structs.replace(LINE, readable=False),)))
    shown = explain_line(record, record.lines[0])
    assert (shown.note, shown.answers, shown.steps) == (NOT_ASSESSED, (), ())
    assert shown.outcome_words == "单元格待更正"


def test_a_row_of_no_class_is_shown_without_clauses() -> None:
    record = assess(claim_of())
    stray = msgspec.structs.replace(record.lines[0], class_no="XX", outcome=LineOutcome.CELL, basis=None)
    assert explain_line(record, stray).figures == ()
    assert reasons_in_short(record, stray) == ()


def test_a_repeated_row_ran_one_rule_only() -> None:
    again = msgspec.structs.replace(LINE, row=6, first_row=5)
    record = assess(claim_of((LINE, again)))
    shown = explain_line(record, record.lines[1])
    assert shown.note == ONLY_REPEATED
    own = [answer.rule for answer in shown.answers if answer.scope == "line"]
    assert own == ["CLAIM-04"]
    assert shown.reasons[0].sentence == "该证件号码在本班第 5 行已出现。"


def test_a_row_that_another_claim_was_paid_for_says_by_which_and_when() -> None:
    row = msgspec.structs.replace(LINE, first_row=9)
    record = assess(claim_of((PaidLine(*msgspec.structs.astuple(row), paid_in="SJ2026000007", paid_on=date(2026, 4, 3)),)))
    (reason,) = explain_line(record, record.lines[0]).reasons
    assert reason.sentence == "该人员在本班的补贴已随申报 SJ2026000007（第 9 行）于 2026年4月3日 拨付。"
    assert "只能补贴一次" in reason.would_pass
    assert record.lines[0].payable_fen == 0


def test_a_line_without_basis_says_nothing_of_its_facts() -> None:
    record = assess(claim_of())
    bare = msgspec.structs.replace(record.lines[0], basis=None)
    said = {answer.rule: answer.sentence for answer in explain_line(record, bare).answers}
    assert said["ATT-01"] == "符合本条要求。"


def test_a_cut_by_the_ceiling_is_a_step_of_the_line() -> None:
    poor = msgspec.structs.replace(ENTERPRISE, surcharge_paid_fen={"2025": 100_000})
    record = assess(claim_of(enterprise=poor))
    line = record.lines[0]
    shown = explain_line(record, line)
    assert shown.outcome_words == "核减"
    assert shown.steps[-1].label == "限额内分摊"
    assert shown.steps[-1].result_fen == line.payable_fen
    claim = explain_claim(record)
    assert claim.steps[-1].label == "限额核减"
    assert claim.ceiling_words == "测算合计超过剩余限额，已按比例核减。"


def test_what_is_left_of_a_yearly_cap_is_a_step_of_the_line() -> None:
    professional = msgspec.structs.replace(CLASS, stream="专业技术类", item_code=None, item=None)
    record = assess(claim_of(classes=(professional,)))
    shown = explain_line(record, record.lines[0])
    assert shown.steps[-1].label == "本人剩余额度"
    assert shown.steps[-1].result_fen == record.lines[0].computed_fen


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"surcharge_years": frozenset()}, "不按零处理", id="surcharge not delivered"),
        pytest.param({}, "未核减", id="within the ceiling"),
    ],
)
def test_the_ceiling_is_told_in_words(changes: dict[str, Any], words: str) -> None:
    assert words in explain_claim(assess(claim_of(**changes))).ceiling_words


def test_a_policy_without_ceiling_says_so() -> None:
    facts = claim_of()
    record = assess(msgspec.structs.replace(facts, policy=msgspec.structs.replace(facts.policy, ceiling_mode="NONE")))
    assert explain_claim(record).ceiling_words == "本政策不设补贴限额。"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"filed": False}, "没有查到本企业对该班级的开班备案", id="no filing"),
        pytest.param({"filed": False, "filed_by_other": True}, "由其他企业办理", id="filed by another"),
        pytest.param({"filed_at": date(2026, 3, 5)}, "备案日 2026年3月5日", id="filed late"),
    ],
)
def test_a_class_without_filing_is_told_without_dates_it_has_not(changes: dict[str, Any], words: str) -> None:
    record = assess(claim_of(classes=(msgspec.structs.replace(CLASS, **changes),)))
    (answer,) = [each for each in explain_class(record.classes[0]).answers if each.rule == "FILE-01"]
    assert words in answer.sentence
    assert "无 " not in answer.sentence + answer.would_pass


def test_an_unknown_fact_that_holds_nothing_is_said_to_hold_nothing() -> None:
    record = assess(claim_of((msgspec.structs.replace(LINE, group="P_CARE_PLATFORM", insured_here=()),)))
    (answer,) = explain_line(record, record.lines[0]).reasons
    assert (answer.rule, answer.answer, answer.effect_words) == ("TR-01", "unknown", "不影响本次核验")
    assert answer.sentence == "待比对：平台登记信息。"


def test_reasons_in_short_name_claim_class_and_line_in_reading_order() -> None:
    late = msgspec.structs.replace(CLASS, filed_at=date(2026, 3, 5))
    outside = msgspec.structs.replace(ENTERPRISE, tax_district="310115")
    failed = msgspec.structs.replace(LINE, exam_result="缺考")
    record = assess(claim_of((failed,), (late,), enterprise=outside))
    assert [rule for rule, _ in reasons_in_short(record, record.lines[0])] == ["ENT-01", "FILE-01", "EXAM-01"]
    assert "浦东新区" in reasons_in_short(record, record.lines[0])[0][1]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_described_for_an_officer(rule: Rule[Any, Any]) -> None:
    shown = describe_rule(rule)
    assert shown.title == rule.title
    assert "{" not in shown.reason + shown.would_pass + shown.unknown
    assert [label for label, _ in shown.cases] == [case.label for case in rule.cases]
    assert all(words.partition("（")[0] in ANSWER_WORDS.values() for _, words in shown.cases)
    assert [key for key, _ in shown.figures] == list(rule.figures)


def test_every_outcome_has_words() -> None:
    assert OUTCOME_WORDS.keys() == set(LineOutcome)
