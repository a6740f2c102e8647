"""Findings of a yearly plan: what is missing, what is held, what is only said; boundaries on both sides (ENT-02, 03, 05)."""

from datetime import date

import msgspec
import pytest

from training_admin.catalog.plan_facts import (
    HOLD,
    MISSING,
    MOVES,
    OPEN_STATES,
    STATE_WORDS,
    WARN,
    Approval,
    Levy,
    Means,
    PlanContent,
    PlanFigures,
    PlanLine,
    PlanState,
    Way,
    findings,
    next_state,
    total_fen,
    window_of,
)

DAY = date(2026, 6, 1)
LEVY = Levy(150, 1_000_000_00, 15_000_00, 10_000_00, 6_000_00, separate=True, reported=True)
LINE = PlanLine(1, "焊工", "职业技能类", 20, 40_000_00, Way.SELF, "主要工序")
GOOD = PlanContent(rules=True, approval=Approval.CONGRESS, levy=LEVY, lines=(LINE,), last_place=1)
FIGURES = PlanFigures(rate_base_bp=150, rate_high_bp=250, front_line_min_bp=6000)
MEANS = Means(rooms=1, teachers=1, able=frozenset({"X"}))
OUTSIDE = msgspec.structs.replace(LINE, way=Way.COMMISSIONED, institution="X", contract="HT-1")


def found(content: PlanContent, *, means: Means = MEANS, paper: bool = True, day: date = DAY) -> list[tuple[str, str]]:
    return [(each.rule, each.effect) for each in findings(content, year=2026, paper=paper, means=means, figures=FIGURES, day=day)]


def with_levy(**changes: int | bool) -> PlanContent:
    return msgspec.structs.replace(GOOD, levy=msgspec.structs.replace(LEVY, **changes))


def with_line(line: PlanLine, **changes: object) -> PlanContent:
    return msgspec.structs.replace(GOOD, lines=(msgspec.structs.replace(line, **changes),))


def test_a_whole_plan_has_no_findings() -> None:
    assert found(GOOD) == []
    assert found(with_line(OUTSIDE), means=msgspec.structs.replace(MEANS, rooms=0, teachers=0)) == []
    assert total_fen(GOOD) == 40_000_00
    assert LINE.split is None


def test_an_empty_plan_misses_everything_at_once() -> None:
    assert found(PlanContent(), paper=False) == [("ENT-02", MISSING), ("ENT-02", MISSING), ("ENT-03", MISSING), ("ENT-05", MISSING)]
    assert found(GOOD, paper=False) == [("ENT-03", MISSING)]


@pytest.mark.parametrize(
    ("day", "open_then"),
    [
        pytest.param(date(2025, 10, 31), False, id="a day early"),
        pytest.param(date(2025, 11, 1), True, id="first day"),
        pytest.param(date(2026, 6, 30), True, id="last day"),
        pytest.param(date(2026, 7, 1), False, id="a day late"),
    ],
)
def test_the_window_includes_its_days(day: date, open_then: bool) -> None:
    assert (found(GOOD, day=day) == []) is open_then
    assert window_of(2026) == (date(2025, 11, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(with_levy(set_aside_fen=14_999_99), [("ENT-05", HOLD)], id="a fen too little set aside"),
        pytest.param(with_levy(rate_bp=250), [("ENT-05", HOLD)], id="the higher rate asks for more"),
        pytest.param(with_levy(front_line_fen=5_999_99), [("ENT-05", HOLD)], id="a fen below sixty per cent"),
        pytest.param(with_levy(used_fen=0, front_line_fen=0), [], id="nothing used"),
        pytest.param(with_levy(separate=False, reported=False), [("ENT-05", WARN)] * 2, id="not apart, not reported"),
        pytest.param(with_line(OUTSIDE, institution="Y"), [("ENT-02", HOLD)], id="an institution that may not train"),
        pytest.param(with_line(OUTSIDE, contract=""), [("ENT-02", WARN)], id="no contract yet"),
        pytest.param(with_line(OUTSIDE, way=Way.JOINT), [], id="joint with means and institution"),
    ],
)
def test_what_is_wrong_is_said_with_its_effect(content: PlanContent, expected: list[tuple[str, str]]) -> None:
    assert found(content) == expected


@pytest.mark.parametrize("means", [Means(0, 1, frozenset()), Means(1, 0, frozenset())], ids=["no room", "no teacher"])
def test_who_trains_himself_needs_rooms_and_teachers(means: Means) -> None:
    assert found(GOOD, means=means) == [("ENT-02", HOLD)]


def test_both_rates_can_be_chosen() -> None:
    assert FIGURES.rates_bp == (150, 250)


def test_moves_are_one_table() -> None:
    assert set(MOVES) == set(PlanState) == set(STATE_WORDS)
    assert next_state(PlanState.DRAFT, "submit") is PlanState.SUBMITTED
    assert next_state(PlanState.APPROVED, "return") is None
    assert {state for state in PlanState if "submit" in MOVES[state]} == OPEN_STATES
