"""Rates with Wilson's interval against published values, faults by field, and a sample that anybody can draw again."""

from datetime import UTC, datetime

import pytest

from training_admin.subsidy.determination import LineSaid, LineWord
from training_admin.subsidy.form import CellProblem
from training_admin.subsidy.quality_facts import (
    DecidedLine,
    FilledIn,
    FirstOutcome,
    Rate,
    Reviewed,
    draw,
    error_rates,
    field_of,
    filling_quality,
    rate_of,
)

PROBLEMS = (
    CellProblem("花名册", "C14", "E1", "“证件号码”未通过校验"),
    CellProblem("花名册", "C14", "E2", "“证件号码”被存为数字"),
    CellProblem("花名册", "C15", "E1", "“证件号码”未通过校验（第二处）"),
    CellProblem("培训班级", "D3", "E3", "没有内容"),
    CellProblem("费用明细", "", "E4", "缺少工作表"),
)


# R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3 (score without correction); here edges are rounded outwards.
@pytest.mark.parametrize(
    ("wrong", "count", "low", "high"), [(81, 263, 2553, 3662), (15, 148, 624, 1605), (0, 20, 0, 1611), (1, 29, 61, 1718)]
)
def test_intervals_are_those_of_the_literature(wrong: int, count: int, low: int, high: int) -> None:
    found = rate_of(wrong, count)
    assert found.low_bp in {low - 1, low}
    assert found.high_bp in {high, high + 1}
    mirrored = rate_of(count - wrong, count)
    assert found.low_bp is not None
    assert mirrored.high_bp == 10_000 - found.low_bp


AT = datetime(2026, 6, 1, tzinfo=UTC)


def test_a_rate_of_nothing_says_nothing() -> None:
    assert rate_of(0, 0) == Rate(0, 0, None, None, None)
    with pytest.raises(AssertionError):
        rate_of(2, 1)


def test_faults_are_counted_by_cell_field_and_sort() -> None:
    claims = [
        FilledIn("1", "A", "甲厂", "", 100, PROBLEMS, AT),
        FilledIn("2", "A", "甲厂", "岳阳街道", 100, (), AT),
        FilledIn("3", "B", "乙厂", "岳阳街道", 50, (), AT),
    ]
    found = filling_quality(claims)
    assert (found.whole.wrong, found.whole.count) == (4, 250)
    assert [(name, rate.wrong, rate.bp) for name, rate in found.enterprises] == [("甲厂", 4, 200), ("乙厂", 0, 0)]
    assert [name for name, _rate in found.streets] == ["未登记街镇", "岳阳街道"]
    assert found.fields == (("花名册", "证件号码", 3), ("培训班级", "D", 1), ("费用明细", "（整表）", 1))
    assert (found.faults[0].code, found.faults[0].count, found.faults[0].message) == ("E1", 2, "“证件号码”未通过校验")
    assert field_of(PROBLEMS[3]) == "D"
    assert filling_quality([]).whole.bp is None


def test_a_sample_is_the_same_for_everybody_and_takes_both_sorts() -> None:
    lines = [DecidedLine("SJ1", row, FirstOutcome.PAID if row % 3 else FirstOutcome.REFUSED_BY_HAND) for row in range(60)]
    first = draw("seed", lines, approvals=5, refusals=3)
    assert first == draw("seed", reversed(lines), approvals=5, refusals=3)
    assert [each.outcome.approves for each in first] == [True] * 5 + [False] * 3
    assert first != draw("other", lines, approvals=5, refusals=3)
    assert len(draw("seed", lines, approvals=0, refusals=100)) == 20


def test_error_rates_by_decision_step_and_rule() -> None:
    reviewed = [
        Reviewed(FirstOutcome.PAID, paid=True, rule=""),
        Reviewed(FirstOutcome.PAID, paid=False, rule="ATT-01"),
        Reviewed(FirstOutcome.REFUSED_BY_HAND, paid=True, rule=""),
        Reviewed(FirstOutcome.REFUSED, paid=False, rule="TR-01"),
    ]
    found = {(kind, words): (rate.wrong, rate.count) for kind, words, rate in error_rates(reviewed)}
    assert found == {
        ("全部", "全部"): (2, 4),
        ("决定", "准予补贴"): (1, 2),
        ("决定", "不予补贴"): (1, 2),
        ("环节", "自动核验"): (1, 3),
        ("环节", "人工审核"): (1, 1),
        ("规则", "ATT-01"): (1, 4),
        ("规则", "未指明"): (1, 4),
    }
    assert LineSaid(1, LineWord.HOLD, "", "", None, "").word is LineWord.HOLD
