"""Colours, expectations, targets and points of steering, each by hand."""

from datetime import date

import pytest

from training_admin.audit.performance_facts import Asked, Block, OrganisationCounted, Targets, evaluation, of_fund, of_organisation
from training_admin.audit.steering_charts import METER, bars, meter
from training_admin.audit.steering_facts import (
    Colour,
    Counted,
    Indicator,
    Lines,
    Money,
    Rest,
    Target,
    colour_of,
    expected,
    figures_of,
    newest_targets,
    own_target,
    shown,
)
from training_admin.audit.steering_meanings import MEANINGS
from training_admin.kit.dated import Standing, Unit
from training_admin.policy.packs import load_pack

LINES = Lines(9500, 8000, 6000)
WEIGHTS = {Block.EXECUTION: 10, Block.OUTPUT: 50, Block.BENEFIT: 30, Block.SATISFACTION: 10}
GRADES = {"优": 90, "良": 80, "中": 60, "差": 0}


@pytest.mark.parametrize(
    ("done", "due", "least", "colour"),
    [
        pytest.param(None, 100, True, None, id="no data"),
        pytest.param(100, 100, True, Colour.GREEN, id="reached"),
        pytest.param(95, 100, True, Colour.GREEN, id="on the yellow line"),
        pytest.param(94, 100, True, Colour.YELLOW, id="below the yellow line"),
        pytest.param(80, 100, True, Colour.YELLOW, id="on the orange line"),
        pytest.param(79, 100, True, Colour.ORANGE, id="below the orange line"),
        pytest.param(60, 100, True, Colour.ORANGE, id="on the red line"),
        pytest.param(59, 100, True, Colour.RED, id="below the red line"),
        pytest.param(0, 0, True, Colour.GREEN, id="nothing expected yet"),
        pytest.param(100, 100, False, Colour.GREEN, id="a ceiling kept"),
        pytest.param(200, 100, False, Colour.RED, id="a ceiling passed twice over"),
    ],
)
def test_a_colour_follows_the_lines(done: int | None, due: int, least: bool, colour: Colour | None) -> None:
    assert colour_of(done, due, least=least, lines=LINES) is colour


@pytest.mark.parametrize(
    ("indicator", "today", "due"),
    [
        pytest.param(Indicator.TRAINED, date(2026, 1, 1), 1, id="first day"),
        pytest.param(Indicator.TRAINED, date(2026, 12, 31), 365, id="last day"),
        pytest.param(Indicator.TRAINED, date(2027, 1, 1), 365, id="over"),
        pytest.param(Indicator.TRAINED, date(2025, 12, 31), 0, id="not begun"),
        pytest.param(Indicator.PASS_RATE, date(2026, 1, 1), 365, id="a rate is whole from the first day"),
    ],
)
def test_what_adds_up_is_expected_day_by_day(indicator: Indicator, today: date, due: int) -> None:
    assert expected(365, MEANINGS[indicator], today, 2026) == due


def test_figures_are_filled_from_what_was_counted() -> None:
    counted = Counted(enrolled=10, passed=9, people=12, own=8, others=5, levelled=8, certified=6, high=3)
    money = Money(granted_fen=10_000, committed_fen=1, paid_fen=4_000, firms=2, due=4, in_time=3)
    rest = Rest(7, followed=5, still_employed=4, trainee_points=45, trainee_possible=50, firm_points=4, firm_possible=5)
    done = {each.indicator.value: each.done for each in figures_of(counted, money, rest)}
    assert done == {
        "trained": 12,
        "apprentices": 7,
        "pass_rate": 9000,
        "certificate_rate": 7500,
        "paid_in_time": 7500,
        "average": 500,
        "high_skilled": 5000,
        "still_employed": 8000,
        "firms": 2,
        "trainees_satisfied": 9000,
        "firms_satisfied": 8000,
        "execution": 4000,
        "top_talent": None,
    }
    assert counted.both == 1
    assert {each.indicator for each in figures_of(counted, money, rest)} == set(Indicator) == set(MEANINGS)
    empty = {each.indicator.value: each.done for each in figures_of(Counted(), Money(), Rest())}
    assert {name for name, value in empty.items() if value is not None} == {"trained", "apprentices", "firms"}


def test_figures_are_shown_in_their_unit() -> None:
    assert [shown(None, Unit.FEN), shown(1234567, Unit.FEN), shown(8333, Unit.SHARE_BP), shown(30000, Unit.PEOPLE)] == [
        *("—", "12,345.67", "83.33%", "30,000")
    ]


def test_the_policy_gives_a_target_until_its_plan_ends() -> None:
    policy = load_pack("sj-default-2026")
    target, over = own_target(Indicator.TRAINED, MEANINGS[Indicator.TRAINED], policy, 2025)
    assert target is not None
    assert (target.value, target.standing, over) == (30_000, Standing.FOUND, None)
    assert own_target(Indicator.TRAINED, MEANINGS[Indicator.TRAINED], policy, 2026) == (None, date(2025, 12, 31))
    assert own_target(Indicator.TRAINED, MEANINGS[Indicator.TRAINED], policy, 2020) == (None, None)
    assert own_target(Indicator.AVERAGE, MEANINGS[Indicator.AVERAGE], policy, 2026) == (None, None)
    assumed, _over = own_target(Indicator.PASS_RATE, MEANINGS[Indicator.PASS_RATE], policy, 2026)
    assert assumed is not None
    assert (assumed.value, assumed.standing) == (9000, Standing.ASSUMED)


def test_the_newest_target_counts_until_it_is_taken_back() -> None:
    first = Target(Indicator.TRAINED, 1, "a", Standing.FOUND)
    second, street = Target(Indicator.TRAINED, 2, "b", Standing.FOUND), Target(Indicator.TRAINED, 3, "c", Standing.FOUND, street="某镇")
    found = newest_targets([(first, False), (street, False), (second, False), (street, True), (street, True)])
    assert found == {(Indicator.TRAINED, "", ""): second}


def test_points_follow_what_was_reached_and_want_of_data_is_named() -> None:
    asked = (
        Asked(Block.EXECUTION, "", "执行", 10_000, 5000, "", "%"),
        Asked(Block.OUTPUT, "", "人数", 100, 200, "", "人"),
        Asked(Block.OUTPUT, "", "人均", 500, 1000, "", "元", least=False),
        Asked(Block.OUTPUT, "", "学徒", None, 3, "", "人"),
        Asked(Block.BENEFIT, "", "就业", 8000, None, "", "%"),
        Asked(Block.SATISFACTION, "", "满意", 9000, 9000, "", "%"),
        Asked(Block.SATISFACTION, "", "不花钱", 5, 0, "", "元", least=False),
    )
    found = evaluation(asked, WEIGHTS, GRADES)
    assert [line.points for line in found.lines] == [1000, 1667, 1667, 1666, 3000, 500, 500]
    assert [line.score for line in found.lines] == [500, 1667, 833, 0, 0, 500, 500]
    assert (found.total, found.grade, found.unknown) == (4000, "差", 4666)
    assert [line.reason for line in found.lines] == ["完成目标的 50.00%", "", "完成目标的 50.00%", "未设目标", "尚无数据", "", ""]
    assert found.lines[0].formula == "10.00 分 × 完成率 50.00%（不超过 100%）"
    assert [evaluation(asked[:1], {Block.EXECUTION: weight}, GRADES).grade for weight in (200, 179, 120, 119)] == ["优", "良", "中", "差"]


def test_an_organisation_and_the_fund_have_their_lines() -> None:
    one = OrganisationCounted("X", "某校", 10, 9, 9, 4, 2, 0, 0, 45, 50, 100, 80)
    lines = of_organisation(one, Targets(9000, 7000, 8000, None))
    assert [each.done for each in lines] == [8000, 9000, 5000, None, 9000]
    figures = figures_of(Counted(own=10), Money(granted_fen=10_000, paid_fen=5_000), Rest())
    names = {each: (each.value, "人") for each in Indicator}
    fund = {each.name: (each.target, each.done) for each in of_fund(figures, {Indicator.TRAINED: 20}, names, budget_fen=10_000)}
    assert (fund["average"], fund["trained"], fund["execution"]) == ((500, 500), (20, 0), (None, 5000))
    assert {each.target for each in of_fund(figures, {}, names, budget_fen=0)} == {None}


def test_bars_and_meters_are_as_long_as_their_values() -> None:
    assert bars([]) == []
    first, second = bars([("1", 5, "5 人"), ("2", 10, "10 人")])
    assert (first.height, second.height, first.y, second.y) == (60, 120, 60, 0)
    assert bars([("1", 0, "0 人")])[0].height == 0
    assert [meter(None, 5), meter(1, 4), meter(9, 4), meter(1, 0)] == [0, 250, METER, 0]
