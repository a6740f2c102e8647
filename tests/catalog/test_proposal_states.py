"""The way of a proposal is one dict; every stage has words and can be reached."""

import pytest

from training_admin.catalog.proposal_states import MOVES, PUBLIC_STAGES, STAGE_WORDS, Act, IllegalMove, Stage, next_stage


def test_every_stage_has_words_and_can_be_reached() -> None:
    assert set(MOVES) == set(STAGE_WORDS) == set(Stage)
    assert {target for moves in MOVES.values() for target in moves.values()} == set(Stage) - {Stage.PROPOSED}
    assert set(Stage) > PUBLIC_STAGES


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("act", list(Act))
def test_only_what_the_dict_allows_is_possible(stage: Stage, act: Act) -> None:
    if act in MOVES[stage]:
        assert next_stage(stage, act) is MOVES[stage][act]
        return
    with pytest.raises(IllegalMove) as refused:
        next_stage(stage, act)
    assert STAGE_WORDS[stage] in refused.value.sentence
