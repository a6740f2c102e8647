"""The floor that every act stands on: nothing overspent, nothing half done, every connection back."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from piccolo.engine.exceptions import TransactionError

from training_admin.database import (
    DatabaseFault,
    DatabaseGone,
    SafeEngine,
    copy_rows,
    counted_queries,
    engine,
    execute_script,
    fetch_tuples,
    read_transaction,
    retried,
    write_transaction,
)
from training_admin.kit.refusals import OutcomeUnknown, Unavailable

pytestmark = pytest.mark.usefixtures("database")


async def test_rows_copied_in_a_transaction_are_there_after_it() -> None:
    async with write_transaction():
        await copy_rows("business_number", ("kind", "year", "last"), [("a", 2026, 1), ("b", 2026, 2)])
    async with read_transaction():
        rows = await fetch_tuples("SELECT kind, last FROM business_number WHERE last > $1 ORDER BY kind", 0)
    assert [tuple(row) for row in rows] == [("a", 1), ("b", 2)]


async def test_a_failed_act_leaves_nothing_and_gives_its_connection_back() -> None:
    async def stopped_half_way() -> None:
        async with write_transaction():
            await copy_rows("business_number", ("kind", "year", "last"), [("a", 2026, 1)])
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        await stopped_half_way()
    async with read_transaction():
        assert await fetch_tuples("SELECT 1 FROM business_number") == []
    assert engine.pool is not None
    assert engine.pool.get_idle_size() == engine.pool.get_size()


async def test_an_error_of_the_database_never_carries_the_row() -> None:
    with pytest.raises(DatabaseFault) as caught:
        async with write_transaction():
            await copy_rows("business_number", ("kind", "year", "last"), [("310100199001011234", 2026, -1)])
    assert caught.value.sqlstate == "23514"
    assert caught.value.constraint == "business_number_positive"
    assert "310100199001011234" not in str(caught.value)


async def test_sixty_four_parallel_commitments_never_overspend() -> None:
    budget, each = 1000, 30

    async with write_transaction():
        await copy_rows("business_number", ("kind", "year", "last"), [("left", 2026, budget)])

    @retried
    async def commit_one(number: int) -> bool:
        async with write_transaction():
            spent = await fetch_tuples("UPDATE business_number SET last = last - $1 WHERE kind = 'left' AND last > $1 RETURNING last", each)
            if spent:
                await copy_rows("job_done", ("entrypoint", "key", "at"), [("spend", str(number), clock_now())])
            return bool(spent)

    outcomes = await asyncio.gather(*(commit_one(number) for number in range(64)))
    async with read_transaction():
        left = await fetch_tuples("SELECT last FROM business_number WHERE kind = 'left'")
        done = await fetch_tuples("SELECT count(*) FROM job_done WHERE entrypoint = 'spend'")
    assert done[0][0] == sum(outcomes) == 33
    assert left[0][0] == budget - 33 * each


async def test_two_sums_that_would_cross_are_told_apart_and_one_is_repeated() -> None:
    tries = 0

    @retried
    async def add_unless_there(key: str, barrier: asyncio.Barrier) -> None:
        nonlocal tries
        tries += 1
        async with write_transaction():
            count = await fetch_tuples("SELECT count(*) FROM job_done")
            if tries <= 2:
                await barrier.wait()
            await copy_rows("job_done", ("entrypoint", "key", "at"), [("sum", f"{key}{count[0][0]}", clock_now())])

    barrier = asyncio.Barrier(2)
    await asyncio.gather(add_unless_there("a", barrier), add_unless_there("b", barrier))
    async with read_transaction():
        keys = {row[0][1] for row in await fetch_tuples("SELECT key FROM job_done")}
    assert tries == 3
    assert keys == {"0", "1"}


async def test_an_act_is_given_up_after_ten_tries_with_a_sentence() -> None:
    tries = 0

    @retried
    async def always_busy() -> None:
        nonlocal tries
        tries += 1
        raise asyncpg.SerializationError("no")

    with pytest.raises(Unavailable) as caught:
        await always_busy()
    assert (tries, caught.value.code) == (10, "database-busy")


async def test_an_act_is_not_repeated_once_something_in_it_was_committed() -> None:
    runs = 0

    @retried
    async def act() -> None:
        nonlocal runs
        runs += 1
        async with write_transaction():
            await copy_rows("job_done", ("entrypoint", "key", "at"), [("act", "once", clock_now())])
        raise asyncpg.ConnectionDoesNotExistError("lost while reading the result")

    with pytest.raises(OutcomeUnknown):
        await act()
    assert runs == 1


async def test_a_backend_killed_inside_an_act_costs_nothing_but_a_repetition() -> None:
    runs = 0

    @retried
    async def act() -> None:
        nonlocal runs
        runs += 1
        async with write_transaction():
            await copy_rows("job_done", ("entrypoint", "key", "at"), [("act", "killed", clock_now())])
            if runs == 1:
                mine = await fetch_tuples("SELECT pg_backend_pid()")
                await kill_backend(mine[0][0])
            await fetch_tuples("SELECT 1")

    await act()
    async with read_transaction():
        rows = await fetch_tuples("SELECT count(*) FROM job_done WHERE key = 'killed'")
    assert (runs, rows[0][0]) == (2, 1)


async def test_a_connection_lost_during_commit_means_an_unknown_outcome() -> None:
    @retried
    async def act() -> None:
        async with write_transaction():
            mine = await fetch_tuples("SELECT pg_backend_pid()")
            await kill_backend(mine[0][0])

    with pytest.raises(OutcomeUnknown) as caught:
        await act()
    assert caught.value.code == "outcome-unknown"
    assert engine.current_transaction.get() is None


async def test_what_was_read_stays_read_when_the_connection_is_lost_at_the_end() -> None:
    async with read_transaction():
        mine = await fetch_tuples("SELECT pg_backend_pid()")
        await kill_backend(mine[0][0])
    assert engine.pool is not None
    assert engine.pool.get_idle_size() == engine.pool.get_size()


async def test_a_constraint_that_waits_for_the_commit_is_told_without_the_row() -> None:
    async def commit_badly() -> None:
        async with write_transaction():
            await execute_script(
                "CREATE TEMP TABLE late (number int, UNIQUE (number) DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP;"
                "INSERT INTO late VALUES (310100), (310100)"
            )

    with pytest.raises(DatabaseFault) as caught:
        await commit_badly()
    assert (caught.value.sqlstate, caught.value.constraint) == ("23505", "late_number_key")
    assert "310100" not in str(caught.value)


async def test_a_cancelled_act_gives_its_connection_back() -> None:
    inside = asyncio.Event()

    async def act() -> None:
        async with write_transaction():
            inside.set()
            await fetch_tuples("SELECT pg_sleep(30)")

    task = asyncio.create_task(act())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert engine.pool is not None
    assert engine.pool.get_idle_size() == engine.pool.get_size()
    async with read_transaction():
        assert (await fetch_tuples("SELECT 1"))[0][0] == 1


async def test_an_act_inside_an_act_is_refused() -> None:
    async with write_transaction():
        with pytest.raises(TransactionError):
            write_transaction()


async def test_reading_cannot_write() -> None:
    with pytest.raises(DatabaseFault) as caught:
        async with read_transaction():
            await copy_rows("job_done", ("entrypoint", "key", "at"), [("a", "b", clock_now())])
    assert caught.value.sqlstate == "25006"


async def test_queries_of_a_read_are_counted() -> None:
    with counted_queries() as count:
        async with read_transaction():
            await fetch_tuples("SELECT 1")
            await fetch_tuples("SELECT 2")
    assert count.statements == ["SELECT 1", "SELECT 2"]


async def test_an_address_nobody_answers_is_told_in_a_sentence(tmp_path: Path) -> None:
    other = SafeEngine()
    other.config = {"host": str(tmp_path), "user": "postgres"}
    with pytest.raises(DatabaseGone) as caught:
        async with other.transaction():
            pass
    assert caught.value.code == "database-unreachable"


def clock_now() -> datetime:
    return datetime(2026, 6, 1, tzinfo=UTC)


async def kill_backend(pid: int) -> None:
    """End one session from another one, outside the transaction that is open here."""
    other = await engine.get_new_connection()
    await other.fetch("SELECT pg_terminate_backend($1, 5000)", pid)
    await other.close()
