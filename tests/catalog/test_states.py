"""The moves of a filed class: what the table allows, and nothing else."""

import pytest

from training_admin.catalog.states import MOVES, STATE_WORDS, WAITING, ClassAct, ClassState, IllegalMove, next_state


@pytest.mark.parametrize("state", list(ClassState))
@pytest.mark.parametrize("act", list(ClassAct))
def test_an_act_moves_as_the_table_says_or_is_refused(state: ClassState, act: ClassAct) -> None:
    if act in MOVES[state]:
        assert next_state(state, act) is MOVES[state][act]
    else:
        with pytest.raises(IllegalMove, match=STATE_WORDS[state]):
            next_state(state, act)


def test_what_waits_can_be_approved_and_returned_and_nothing_else_can() -> None:
    assert {state for state in ClassState if ClassAct.APPROVE in MOVES[state]} == WAITING
    assert {state for state in ClassState if ClassAct.RETURN in MOVES[state]} == WAITING
