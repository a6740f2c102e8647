"""The life of a measure as a table, and when it may be decided."""

from datetime import date

import pytest

from training_admin.parties.ladder import Block, Step
from training_admin.parties.sanction_states import (
    ACT_OF_PLEA,
    ACT_WORDS,
    DECIDED,
    MOVES,
    PLEA_STATE_WORDS,
    PLEA_WORDS,
    STATE_WORDS,
    MeasureAct,
    MeasureState,
    PleaKind,
    PleaState,
    SanctionDecided,
    StatementTimeRuns,
    assert_heard,
    next_state,
    standing_words,
)

DAY = date(2026, 6, 8)


def test_every_state_act_and_plea_has_its_word_and_place() -> None:
    assert set(MOVES) == set(STATE_WORDS) == set(MeasureState)
    assert {act for moves in MOVES.values() for act in moves} == set(ACT_WORDS) == set(MeasureAct)
    assert set(PLEA_WORDS) == set(ACT_OF_PLEA) == set(PleaKind)
    assert set(PLEA_STATE_WORDS) == set(PleaState)
    assert {state for state, moves in MOVES.items() if not moves} == {MeasureState.REFUSED, MeasureState.REPAIRED, MeasureState.LIFTED}
    assert {MeasureState.CONFIRMED, MeasureState.REPAIRED, MeasureState.LIFTED} == DECIDED


def test_what_does_not_fit_is_refused() -> None:
    assert next_state(MeasureState.CONFIRMED, MeasureAct.UPHOLD) is MeasureState.LIFTED
    with pytest.raises(SanctionDecided, match="陈述申辩"):
        next_state(MeasureState.CONFIRMED, MeasureAct.STATE)


@pytest.mark.parametrize(
    ("step", "state_by", "today", "stated", "heard"),
    [
        pytest.param(Step.TALK, None, DAY, False, True, id="a talk is the hearing"),
        pytest.param(Step.LETTER, None, DAY, False, False, id="not told"),
        pytest.param(Step.CREDIT, DAY, DAY, False, False, id="the last day still runs"),
        pytest.param(Step.CREDIT, DAY, DAY, True, True, id="stated before"),
        pytest.param(Step.CREDIT, DAY, date(2026, 6, 9), False, True, id="silence until the end"),
    ],
)
def test_whom_it_concerns_is_heard_first(step: Step, state_by: date | None, today: date, *, stated: bool, heard: bool) -> None:
    if heard:
        assert_heard(step, state_by, today, stated=stated)
    else:
        with pytest.raises(StatementTimeRuns):
            assert_heard(step, state_by, today, stated=stated)


@pytest.mark.parametrize(
    ("step", "block", "words"),
    [
        pytest.param(Step.CREDIT, Block(DAY, date(2026, 6, 7), Step.CREDIT, "WG1"), "查询期满，已移出", id="over"),
        pytest.param(Step.CREDIT, None, "查询期满，已移出", id="over before it began"),
        pytest.param(Step.CREDIT, Block(DAY, DAY, Step.CREDIT, "WG1"), "已作出", id="last day"),
        pytest.param(Step.LETTER, None, "已作出", id="no record"),
    ],
)
def test_a_record_is_taken_out_by_its_end(step: Step, block: Block | None, words: str) -> None:
    assert standing_words(MeasureState.CONFIRMED, step, block, DAY) == words
