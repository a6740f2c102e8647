"""The life of a claim as a table: every act leads somewhere that is known, and who has decided does not decide again."""

import pytest

from training_admin.subsidy.determination import Determined, LineSaid, LineWord, newest
from training_admin.subsidy.review_states import (
    ACT_WORDS,
    DECIDING,
    MOVES,
    NEEDS_MINUTES,
    NEEDS_OPINION,
    REASSESSED,
    RIGHT_OF,
    STATE_WORDS,
    WAITING_FOR_OFFICE,
    Act,
    ClaimState,
    IllegalMove,
    Step,
    acts_in,
    deciders,
    next_state,
)

ENDS = {ClaimState.NOT_ACCEPTED, ClaimState.WITHDRAWN, ClaimState.REPLACED}


def test_the_table_knows_every_state_and_act_and_each_state_can_be_reached() -> None:
    assert set(MOVES) == set(ClaimState) == set(STATE_WORDS)
    assert {act for moves in MOVES.values() for act in moves} == set(Act) == set(ACT_WORDS)
    reached, waiting = {ClaimState.SUBMITTED}, [ClaimState.SUBMITTED]
    while waiting:
        for target in MOVES[waiting.pop()].values():
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    assert reached == set(ClaimState)
    assert {state for state, moves in MOVES.items() if not moves} == ENDS
    assert set(WAITING_FOR_OFFICE) | set(REASSESSED) <= set(ClaimState)
    assert set(DECIDING) | NEEDS_MINUTES <= set(RIGHT_OF)
    assert set(Act) >= NEEDS_OPINION


@pytest.mark.parametrize("state", ClaimState)
@pytest.mark.parametrize("act", Act)
def test_only_what_the_table_says_can_be_done(state: ClaimState, act: Act) -> None:
    if act in acts_in(state):
        assert next_state(state, act) is MOVES[state][act]
    else:
        with pytest.raises(IllegalMove, match="目前为"):
            next_state(state, act)


def step(place: int, act: Act, *hands: str) -> Step:
    return Step(place, act, "某人", frozenset(hands))


def test_who_has_decided_is_known_until_the_claim_begins_anew() -> None:
    steps = (step(1, Act.ACCEPT, "a"), step(2, Act.FIRST, "b", "deputy"), step(3, Act.SECOND, "c"))
    assert deciders(steps) == {"b", "deputy", "c"}
    assert deciders((*steps, step(4, Act.SEND_BACK, "c"))) == frozenset()
    assert deciders(()) == frozenset()


def test_the_newest_word_on_a_row_counts() -> None:
    said = [LineSaid(9, word, "", "", None, "某人") for word in (LineWord.REFUSE, LineWord.HOLD)]
    assert newest(said)[9].word is LineWord.HOLD
    assert newest([*said, LineSaid(9, LineWord.CLEARED, "", "", None, "某人")]) == {}
    assert Determined((1,), (), (), {"a": 5, "b": 6}).fen == 11
