"""Double bookings across all classes of a season as stored: every seeded one is found with both sides, none where there is none."""

from collections import Counter

import msgspec
import pytest

from tests.catalog.season import TRAINING, clean, faults, given
from training_admin.catalog.checking import occupied_elsewhere
from training_admin.catalog.class_facts import ClassPlan, occupied_by
from training_admin.catalog.class_store import add_class, take_intervals
from training_admin.catalog.filing_checks import FilingFacts, Finding, FindingKind, check_class, hindering
from training_admin.database import counted_queries, read_transaction, write_transaction

TEACHERS = {each.id: each.person for each in TRAINING.teachers}
CLASSES, OF_EACH = 300, 30


async def store(classes: list[ClassPlan]) -> None:
    async with write_transaction():
        for each in classes:
            key = await add_class(each.class_no, organisation="S", organisation_name="学校")
            await take_intervals(key, occupied_by(each, TEACHERS))


async def checked(klass: ClassPlan, beside: FilingFacts) -> tuple[Finding, ...]:
    async with read_transaction():
        taken = await occupied_elsewhere(klass, TRAINING)
    return check_class(klass, msgspec.structs.replace(beside, occupied=taken))


@pytest.mark.usefixtures("database")
async def test_a_clean_season_has_no_finding_and_every_seeded_fault_is_found_with_both_sides() -> None:
    classes = clean(CLASSES)
    await store(classes)
    for each in classes:
        assert not await checked(each, given()), each.class_no

    found: Counter[FindingKind] = Counter()
    for fault in faults(classes, seed=4, of_each=OF_EACH):
        told = await checked(fault.klass, fault.given)
        assert [each.kind for each in hindering(told)] == [fault.kind], (fault.kind, [each.words for each in told])
        if fault.other is not None:
            assert told[0].clashes
            for own, other in told[0].clashes:
                assert (own.class_no, other.class_no) == (fault.klass.class_no, fault.other)
                assert own.day == other.day
                assert own.starts < other.ends
                assert other.starts < own.ends
            assert fault.klass.class_no in told[0].words
            assert fault.other in told[0].words
        found[fault.kind] += 1
    assert len(found) == 7
    assert set(found.values()) == {OF_EACH}


@pytest.mark.usefixtures("database")
async def test_a_look_up_is_one_query_and_what_was_taken_before_is_free_again() -> None:
    classes = clean(2)
    await store(classes)
    with counted_queries() as count:
        async with read_transaction():
            before = await occupied_elsewhere(classes[0], TRAINING)
    assert len(count) == 1
    assert {each.class_no for each in before} == {each.class_no for each in classes}
    async with write_transaction():
        key = await add_class("BJ1", organisation="S", organisation_name="学校")
        await take_intervals(key, occupied_by(msgspec.structs.replace(classes[0], class_no="BJ1"), TEACHERS))
        await take_intervals(key, ())
        assert await occupied_elsewhere(classes[0], TRAINING) == before
        assert await occupied_elsewhere(msgspec.structs.replace(classes[0], sessions=()), TRAINING) == ()
