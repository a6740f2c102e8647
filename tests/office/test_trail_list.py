"""The trail as its readers see it: filters find, pages hang together, a damaged row is told, reading out is recorded."""

from datetime import timedelta
from typing import Any

import pytest

from tests.office.test_trail import tamper
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import COMMAND_LINE, Actor, ActorKind, NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import Role
from training_admin.office import trail
from training_admin.office.trail_list import (
    FilterRefused,
    TrailFilter,
    TrailRowNotFound,
    list_to_keep,
    read_trail,
    trail_row,
)

pytestmark = pytest.mark.usefixtures("database")
AUDITOR = Actor(kind=ActorKind.PERSON, key="A1", name="审计人员", roles=frozenset({Role.AUDITOR}))
CLERK = Actor(kind=ActorKind.PERSON, key="C1", name="经办人", roles=frozenset({Role.CLAIM_CLERK}))
STREET = Actor(kind=ActorKind.PERSON, key="S1", name="街镇受理员", acts_for="C1")


async def rows(clock: FixedClock) -> None:
    """Seven acts of three actors on three days."""
    for day in range(3):
        async with write_transaction():
            await trail.record(CLERK, "subsidy:claim:submitted", f"SJ{day}", {"lines": day}, at=clock.now())
            await trail.record(STREET, "subsidy:claim:prechecked", f"SJ{day}", at=clock.now())
        clock.move(timedelta(days=1))
    async with write_transaction():
        await trail.record(COMMAND_LINE, "office:backup:made", "B1", at=clock.now())


async def numbers(clock: FixedClock, **given: Any) -> list[int]:
    found = await read_trail(AUDITOR, TrailFilter(**given), before=None, limit=50, clock=clock)
    return [row.number for row in found.rows]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, [7, 6, 5, 4, 3, 2, 1], id="everything, newest first"),
        pytest.param({"actor": "C1"}, [6, 5, 4, 3, 2, 1], id="an actor, also where another stood in for him"),
        pytest.param({"actor": "S1"}, [6, 4, 2], id="whoever stood in"),
        pytest.param({"event": "subsidy:claim:prechecked"}, [6, 4, 2], id="an event"),
        pytest.param({"event": "office"}, [7], id="a room"),
        pytest.param({"subject": "SJ1"}, [4, 3], id="a number"),
        pytest.param({"start": "2026-06-02", "end": "2026-06-03"}, [6, 5, 4, 3], id="days, both included"),
        pytest.param({"actor": "C1", "event": "subsidy:claim:submitted", "end": "2026-06-01"}, [1], id="all together"),
        pytest.param({"actor": "C%"}, [], id="no wildcards"),
    ],
)
async def test_a_filter_finds_what_it_says(clock: FixedClock, given: dict[str, str], expected: list[int]) -> None:
    await rows(clock)
    assert await numbers(clock, **given) == expected


async def test_pages_follow_each_other_and_show_the_signed_head(clock: FixedClock) -> None:
    await rows(clock)
    first = await read_trail(AUDITOR, TrailFilter(), before=None, limit=4, clock=clock)
    second = await read_trail(AUDITOR, TrailFilter(), before=first.following, limit=4, clock=clock)
    assert [row.number for row in (*first.rows, *second.rows)] == [7, 6, 5, 4, 3, 2, 1]
    assert second.following is None
    assert first.head is not None
    assert first.head.holds()
    assert (first.head.number, first.head.hash) == (7, first.rows[0].hash)
    assert first.rows[0].words == "备份"


@pytest.mark.parametrize(
    "given",
    [
        {"start": "yesterday"},
        {"end": "9999-12-31"},
        {"start": "0001-01-01"},
        {"start": "2026-06-02", "end": "2026-06-01"},
        {"event": "no:such:event"},
        {"actor": "a\0"},
        {"subject": "x" * 121},
    ],
)
async def test_a_filter_that_cannot_be_read_is_refused(clock: FixedClock, given: dict[str, str]) -> None:
    with pytest.raises(FilterRefused):
        await numbers(clock, **given)


async def test_only_its_readers_read_the_trail(clock: FixedClock) -> None:
    with pytest.raises(NotAllowed):
        await read_trail(CLERK, TrailFilter(), before=None, limit=5, clock=clock)
    with pytest.raises(NotAllowed):
        await trail_row(CLERK, 1)
    with pytest.raises(NotAllowed):
        await list_to_keep(CLERK, TrailFilter(), clock=clock)


async def test_a_row_shows_whether_it_is_whole(clock: FixedClock) -> None:
    await rows(clock)
    whole = await trail_row(AUDITOR, 7)
    assert (whole.hash_holds, whole.follows, whole.is_last) == (True, True, True)
    await tamper("UPDATE trail SET subject = 'other' WHERE number = 3; UPDATE trail SET previous_hash = 'x' WHERE number = 5")
    changed, cut = await trail_row(AUDITOR, 3), await trail_row(AUDITOR, 5)
    assert (changed.hash_holds, changed.follows, changed.is_last) == (False, True, False)
    assert (cut.hash_holds, cut.follows) == (False, False)
    with pytest.raises(TrailRowNotFound):
        await trail_row(AUDITOR, 8)


async def test_a_row_with_odd_content_is_still_shown(clock: FixedClock) -> None:
    await rows(clock)
    await tamper("UPDATE trail SET detail = '[1]', at = 'infinity' WHERE number = 2")
    odd = (await trail_row(AUDITOR, 2)).row
    assert (odd.at, odd.detail) == (None, {"": [1]})


async def test_reading_out_a_list_is_an_event_that_repeats_nothing_personal(clock: FixedClock) -> None:
    await rows(clock)
    kept = await list_to_keep(AUDITOR, TrailFilter(actor="C1", event="subsidy"), clock=clock)
    assert len(kept.rows) == 6
    async with read_transaction():
        event = await fetch_tuples("SELECT actor, event, detail::text FROM trail WHERE number = 8")
    assert event == [("A1", "office:trail:listed", '{"event": "subsidy", "filters": ["actor", "event"]}')]


async def test_each_filter_can_use_an_index(clock: FixedClock) -> None:
    async with write_transaction():
        await fetch_tuples("SELECT set_config('enable_seqscan', 'off', true)")
        for condition in ("string_to_array(actor, ' for ') @> '{a}'::text[]", "event LIKE 'subsidy:%'", "at >= now()", "subject = 'x'"):
            plan = "\n".join(row[0] for row in await fetch_tuples(f"EXPLAIN SELECT 1 FROM trail WHERE {condition}"))
            assert "Seq Scan" not in plan, plan
