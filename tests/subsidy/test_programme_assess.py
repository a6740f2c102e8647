"""A programme assessed: groups of equal price, lines that sum to the claim, words that change it, and every answer explained."""

from datetime import date
from typing import Any

import msgspec
import pytest

from tests.apprenticeship.ordinary import POLICY, case_of
from tests.subsidy.programmes import apprentice, claim_of
from training_admin.apprenticeship.facts import PersonOutcome, Stage
from training_admin.apprenticeship.rules import RULES, rules_at
from training_admin.kit.dated import Period, Policy
from training_admin.kit.rulebook import Case, Rule
from training_admin.subsidy.causes import cause_groups
from training_admin.subsidy.explain import describe_rule, explain_claim, explain_class, explain_line
from training_admin.subsidy.explained import RuleAnswer
from training_admin.subsidy.programme_assess import assess_programme
from training_admin.subsidy.record import AssessmentRecord, LineOutcome, programme_step

CASES = [pytest.param(rule, case, id=f"{rule.id} {case.label}") for rule in RULES for case in rule.cases]
LEFT = {"outcome": PersonOutcome.LEFT, "left_on": date(2026, 8, 8)}
MIXED = (
    apprentice(1, outcome=PersonOutcome.FAILED),
    apprentice(2, obtained_level="5"),
    apprentice(3),
    apprentice(4, outcome=PersonOutcome.COMPLETED),
    apprentice(5, **LEFT, excused=True, months_done=5),
    apprentice(6),
    apprentice(7, **LEFT),
)


def only_later(policy: Policy, key: str) -> Policy:
    """The policy with a figure that comes into force long after."""
    rows = tuple(msgspec.structs.replace(row, period=Period(date(2030, 1, 1))) for row in policy.values[key])
    return msgspec.structs.replace(policy, values={**policy.values, key: rows})


def test_apprentices_of_one_price_are_one_group_in_the_order_of_groups() -> None:
    record = assess_programme(claim_of(MIXED, advance_fen=1_000_000))
    assert [(each.class_no, each.item_code, each.enrolled, each.per_head_fen, each.computed_fen) for each in record.classes] == [
        ("XT2026-001-1", "四级/中级工 取得证书", 2, 600_000, 1_200_000),
        ("XT2026-001-2", "五级/初级工 取得证书（低于备案等级）", 1, 500_000, 500_000),
        ("XT2026-001-3", "四级/中级工 仅结业", 1, 480_000, 480_000),
        ("XT2026-001-4", "四级/中级工 因工伤或企业关闭离职（已培养5个月）", 1, 250_000, 250_000),
        ("XT2026-001-5", "未完成培养", 2, 0, 0),
    ]
    assert {each.stream for each in record.classes} == {"新型学徒制"}
    assert [line.computed_fen for line in record.lines] == [0, 500_000, 600_000, 480_000, 250_000, 600_000, 0]
    assert {line.outcome for line in record.lines} == {LineOutcome.PAY}
    ceiling = record.ceiling
    assert (ceiling.ceiling_fen, ceiling.computed_fen, ceiling.left_fen, ceiling.payable_fen) == (None, 2_430_000, 1_430_000, 1_430_000)
    assert sum(line.payable_fen for line in record.lines) == 1_430_000
    (step,) = ceiling.steps
    assert (step.rule, step.figures) == ("APP-24", {"entitled_fen": 2_430_000, "advance_fen": 1_000_000, "final_fen": 1_430_000})


def test_an_advance_is_half_of_the_plan_of_those_who_pass() -> None:
    people = (apprentice(1), apprentice(2, contract_end=None), apprentice(3, skilled_post=False), apprentice(4, skilled_post=None))
    record = assess_programme(claim_of(people, Stage.ADVANCE, taught=None))
    assert [line.outcome.value for line in record.lines] == ["PAY", "PAY", "REJECT_LINE", "HOLD"]
    assert [line.computed_fen for line in record.lines] == [600_000, 600_000, 0, 600_000]
    assert [line.payable_fen for line in record.lines] == [300_000, 300_000, 0, 0]
    assert [(each.class_no, each.item_code, each.payable_people) for each in record.classes] == [
        ("XT2026-001-0", "四级/中级工 备案计划", 2)
    ]
    step = programme_step(record.ceiling)
    assert step is not None
    assert (step.rule, step.figures, step.result_fen) == ("APP-21", {"planned_fen": 1_200_000, "share_bp": 5000}, 600_000)
    assert [figure.key for figure in record.ceiling.figures] == ["app.advance_max"]


def test_more_advanced_than_due_pays_nothing_and_says_what_comes_back() -> None:
    record = assess_programme(claim_of((apprentice(1), apprentice(2, **LEFT)), advance_fen=700_000))
    assert (record.ceiling.left_fen, record.ceiling.payable_fen, record.ceiling.computed_fen) == (0, 0, 600_000)
    shown = explain_claim(record)
    assert "应退回" in shown.steps[0].formula
    assert shown.steps[0].result_fen == -100_000
    assert "全部预拨" in shown.ceiling_words


def test_a_refused_programme_pays_nothing_and_still_shows_its_prices() -> None:
    record = assess_programme(claim_of((apprentice(1), apprentice(2)), months=37, advance_fen=100))
    assert {line.outcome for line in record.lines} == {LineOutcome.REJECT_CLASS}
    assert (record.classes[0].per_head_fen, record.ceiling.computed_fen, record.ceiling.steps[0].result_fen) == (1_850_000, 0, -100)
    assert [finding.rule for finding in record.classes[0].findings] == ["APP-10", "APP-12"]


@pytest.mark.parametrize("key", ["app.standard.L4", "app.advance_max", "app.mentor.max"])
def test_a_figure_not_in_force_holds_everybody(key: str) -> None:
    record = assess_programme(claim_of((apprentice(1),), Stage.ADVANCE, policy=only_later(POLICY, key)))
    assert record.lines[0].outcome is LineOutcome.HOLD
    assert record.ceiling.payable_fen == 0
    assert [finding.figures["key"] for finding in record.classes[0].findings] == [key]
    assert [answer.rule for answer in explain_line(record, record.lines[0]).reasons] == ["VER-01"]


def test_the_record_follows_the_facts_byte_for_byte_and_the_rows_not_their_order() -> None:
    facts = claim_of(MIXED)
    record = assess_programme(facts)
    assert assess_programme(facts) == record
    turned = assess_programme(claim_of(tuple(reversed(MIXED))))
    assert turned.lines == record.lines
    assert turned.classes == record.classes


def test_a_denial_holds_the_programme_and_names_nobody() -> None:
    record = assess_programme(claim_of((apprentice(1), apprentice(2, denied=True)), Stage.ADVANCE))
    assert {line.outcome for line in record.lines} == {LineOutcome.HOLD}
    assert [line.findings for line in record.lines] == [(), ()]
    (finding,) = record.classes[0].findings
    assert (finding.rule, finding.figures) == ("CONF-01", {})


def everything(record: AssessmentRecord) -> tuple[RuleAnswer, ...]:
    return explain_line(record, record.lines[0]).answers


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_every_answer_of_every_case_is_explained(rule: Rule[Any, Any], case: Case) -> None:
    made = case_of(case.given)
    stage = made.stage if case.given.get("stage") or rule not in rules_at(Stage.ADVANCE) else Stage.SETTLEMENT
    claim = claim_of(made.programme.apprentices, stage, policy=made.policy)
    record = assess_programme(msgspec.structs.replace(claim, programme=made.programme))
    found = [answer for answer in everything(record) if answer.rule == rule.id]
    assert [answer.answer for answer in found] == [case.answer]
    for answer in found:
        assert answer.sentence.endswith("。")
        assert "{" not in answer.sentence + answer.would_pass
        assert "None" not in answer.sentence + answer.would_pass
        assert bool(answer.would_pass) is (answer.answer in {"failed", "unknown"})
    for step in (*explain_line(record, record.lines[0]).steps, *explain_claim(record).steps, *explain_class(record.classes[0]).steps):
        assert step.formula.endswith("元")
        assert "{" not in step.formula


def test_every_rule_is_described_and_every_finding_has_a_cause() -> None:
    for rule in RULES:
        shown = describe_rule(rule)
        assert shown.figures == tuple((key, name) for key, name in shown.figures if name)
        assert shown.clause.standing
    record = assess_programme(claim_of((apprentice(1, skilled_post=None), apprentice(2, months=())), student_status=False))
    assert [(each.rule, each.rows) for each in cause_groups(record)] == [
        ("APP-01", (1,)),
        ("APP-05", (2,)),
        ("APP-15", (2,)),
        ("APP-11", (1, 2)),
    ]


def test_a_line_shows_how_its_money_comes_about() -> None:
    record = assess_programme(claim_of(MIXED, advance_fen=1_000_000))
    labels = [[step.label for step in explain_line(record, line).steps] for line in record.lines]
    assert labels[0] == ["人均补贴", "本人结算"]
    assert labels[1] == labels[2] == ["补贴标准", "人均补贴", "本人结算"]
    shown = explain_line(record, record.lines[1])
    assert "取得的等级低于备案等级，按五级/初级工每人每年标准" in shown.steps[0].formula
    assert shown.steps[-1].result_fen == record.lines[1].payable_fen
    said = {answer.rule: answer.sentence for answer in shown.answers}
    assert said["APP-16"] == "考核结果为“取得证书”。"
    assert said["APP-02"].startswith("劳动合同 2026年1月1日 至 2026年12月31日；已缴费月份：2026-03、")
    advance = assess_programme(claim_of((apprentice(1),), Stage.ADVANCE))
    assert explain_line(advance, advance.lines[0]).steps[-1].label == "本人预拨"
    nobody = assess_programme(claim_of((apprentice(1, birth=None),), Stage.ADVANCE))
    assert nobody.lines[0].basis is not None
    assert nobody.lines[0].basis.age_months is None
