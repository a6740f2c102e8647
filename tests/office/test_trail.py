import asyncio

import pytest

from training_admin.database import DatabaseFault, engine, execute_script, fetch_tuples, read_transaction, retried, write_transaction
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import SHANGHAI, FixedClock
from training_admin.office import trail
from training_admin.office.trail_check import first_broken_row

pytestmark = pytest.mark.usefixtures("database")


@retried
async def record_one(clock: FixedClock, number: int) -> None:
    async with write_transaction():
        await trail.record(COMMAND_LINE, "subsidy:claim:submitted", f"2026-{number}", {"lines": number, "班级": "甲"}, at=clock.now())


async def broken() -> int | None:
    async with read_transaction():
        return await first_broken_row()


async def tamper(sql: str) -> None:
    """Change the trail as somebody would who owns the database and knows its triggers."""
    async with engine.transaction():
        await execute_script(f"SET LOCAL session_replication_role = replica; {sql}")


async def test_rows_written_in_parallel_form_one_chain(clock: FixedClock) -> None:
    await asyncio.gather(*(record_one(clock, number) for number in range(12)))
    async with read_transaction():
        numbers = [row[0] for row in await fetch_tuples("SELECT number FROM trail ORDER BY number")]
    assert numbers == list(range(1, 13))
    assert await broken() is None


async def test_an_act_that_fails_leaves_no_row(clock: FixedClock) -> None:
    async def fails() -> None:
        async with write_transaction():
            await trail.record(COMMAND_LINE, "subsidy:claim:submitted", "2026-1", at=clock.now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    assert await broken() is None
    async with read_transaction():
        assert await fetch_tuples("SELECT 1 FROM trail") == []


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        pytest.param("UPDATE trail SET subject = 'other'", "trail_append_only", id="update"),
        pytest.param("DELETE FROM trail", "trail_append_only", id="delete"),
        pytest.param("TRUNCATE trail", "trail_append_only", id="truncate"),
        pytest.param("TRUNCATE trail CASCADE", "trail_append_only", id="truncate cascade"),
        pytest.param("UPDATE trail_head SET number = 0, hash = repeat('0', 64)", "trail_head_steps", id="head set back"),
        pytest.param("UPDATE trail_head SET hash = repeat('1', 64)", "trail_head_steps", id="head changed"),
        pytest.param("UPDATE trail_head SET number = number + 1", "trail_head_steps", id="head ahead of the rows"),
        pytest.param("DELETE FROM trail_head", "trail_append_only", id="head deleted"),
        pytest.param("TRUNCATE trail_head", "trail_append_only", id="head truncated"),
        pytest.param(
            "INSERT INTO trail SELECT 7, at, actor, event, subject, detail, hash, repeat('2', 64) FROM trail",
            "trail_follows_head",
            id="row with a gap",
        ),
        pytest.param(
            "INSERT INTO trail SELECT 2, at, actor, event, subject, detail, repeat('3', 64), repeat('2', 64) FROM trail",
            "trail_follows_head",
            id="row that follows no row",
        ),
        pytest.param(
            "INSERT INTO trail SELECT 2, at, actor, event, subject, detail, hash, repeat('2', 64) FROM trail",
            "trail_head_moves",
            id="row beside the head",
        ),
    ],
)
async def test_the_database_refuses_its_own_owner_to_change_the_trail_or_its_head(clock: FixedClock, sql: str, constraint: str) -> None:
    await record_one(clock, 1)

    async def change() -> None:
        async with write_transaction():
            owned = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'trail%' AND tableowner = current_user"
            assert (await fetch_tuples(owned))[0][0] == 2
            await execute_script(sql)

    with pytest.raises(DatabaseFault) as caught:
        await change()
    assert caught.value.constraint == constraint
    assert await broken() is None
    await record_one(clock, 2)


async def test_a_fraction_is_never_recorded(clock: FixedClock) -> None:
    async def record_badly() -> None:
        async with write_transaction():
            await trail.record(COMMAND_LINE, "subsidy:claim:submitted", "2026-1", {"shares": [{"share": 0.5}]}, at=clock.now())

    with pytest.raises(AssertionError):
        await record_badly()


async def test_an_instant_of_another_zone_is_hashed_as_it_will_be_read(clock: FixedClock) -> None:
    async with write_transaction():
        await trail.record(COMMAND_LINE, "subsidy:claim:submitted", "2026-1", at=clock.now().astimezone(SHANGHAI))
    assert await broken() is None


@pytest.mark.parametrize(
    ("sql", "row"),
    [
        pytest.param("UPDATE trail SET detail = '{}' WHERE number = 2", 2, id="edited"),
        pytest.param("DELETE FROM trail WHERE number = 2", 2, id="taken out"),
        pytest.param("DELETE FROM trail WHERE number = 3", 3, id="last one taken off"),
        pytest.param("DELETE FROM trail", 1, id="all taken off"),
        pytest.param("UPDATE trail SET at = at + interval '1 second' WHERE number = 1", 1, id="dated otherwise"),
    ],
)
async def test_a_change_behind_the_triggers_is_found_and_the_row_named(clock: FixedClock, sql: str, row: int) -> None:
    for number in range(3):
        await record_one(clock, number)
    await tamper(sql)
    assert await broken() == row


async def test_an_event_has_three_parts(clock: FixedClock) -> None:
    async def record_badly() -> None:
        async with write_transaction():
            await trail.record(COMMAND_LINE, "submitted", "2026-1", at=clock.now())

    with pytest.raises(DatabaseFault) as caught:
        await record_badly()
    assert caught.value.constraint == "trail_event_in_three_parts"
