"""The life of a programme as a table: each move is there, every other is refused in words that name state and act."""

from itertools import product

import pytest

from training_admin.apprenticeship.states import (
    ACT_WORDS,
    MOVES,
    STATE_WORDS,
    ProgrammeAct,
    ProgrammeIllegalMove,
    ProgrammeState,
    next_state,
)

ALLOWED = [(state, act) for state, moves in MOVES.items() for act in moves]
REFUSED = [pair for pair in product(ProgrammeState, ProgrammeAct) if pair not in ALLOWED]


@pytest.mark.parametrize(("state", "act"), REFUSED)
def test_an_act_that_does_not_fit_is_refused_by_name(state: ProgrammeState, act: ProgrammeAct) -> None:
    with pytest.raises(ProgrammeIllegalMove) as refused:
        next_state(state, act)
    assert STATE_WORDS[state] in str(refused.value)
    assert ACT_WORDS[act] in str(refused.value)


def test_a_programme_is_approved_and_ends_by_one_way_only() -> None:
    ways = {(state, act) for state, act in ALLOWED if next_state(state, act) in {ProgrammeState.APPROVED, ProgrammeState.ENDED}}
    assert ways == {(ProgrammeState.SUBMITTED, ProgrammeAct.APPROVE), (ProgrammeState.APPROVED, ProgrammeAct.END)}
    assert next_state(ProgrammeState.SIGNING, ProgrammeAct.SAVE) is ProgrammeState.DRAFT


def test_nothing_leads_out_of_an_end() -> None:
    assert [state for state, moves in MOVES.items() if not moves] == [
        ProgrammeState.REFUSED,
        ProgrammeState.ENDED,
        ProgrammeState.WITHDRAWN,
    ]
