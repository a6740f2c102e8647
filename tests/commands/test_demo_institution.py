"""The demo's institution has what a class needs, and a second start changes nothing."""

import pytest

from training_admin.database import read_transaction
from training_admin.demo.institution import found_institution
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.clock import FixedClock
from training_admin.parties.institution_facts import licence_on, may_teach
from training_admin.parties.institution_store import load_institution_facts


@pytest.mark.usefixtures("database")
async def test_the_sample_institution_can_train(clock: FixedClock) -> None:
    await found_institution(clock)
    await found_institution(clock)
    async with read_transaction():
        facts = await load_institution_facts(INSTITUTION, clock.today(), known_at=clock.now())
    assert licence_on(facts, clock.today()) is not None
    assert (len(facts.sites), len(facts.rooms), len(facts.teachers), len(facts.platforms)) == (1, 2, 2, 1)
    assert all(may_teach(each, each.qualifications[0].occupation, "3", clock.today()) for each in facts.teachers)
