import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pgqueuer
import pytest

from training_admin.database import copy_rows, engine, fetch_tuples, read_transaction, write_transaction
from training_admin.kit.clock import FixedClock
from training_admin.kit.refusals import Unavailable
from training_admin.office import jobs

pytestmark = pytest.mark.usefixtures("database")


async def stage(key: str, entrypoint: str = "print") -> None:
    async with write_transaction():
        await jobs.enqueue(entrypoint, key)


async def waiting() -> list[str]:
    async with read_transaction():
        return [bytes(row[0]).decode() for row in await fetch_tuples("SELECT payload FROM pgqueuer ORDER BY payload")]


@asynccontextmanager
async def working(handlers: Mapping[str, jobs.Handler], clock: FixedClock) -> AsyncIterator[None]:
    shutdown = asyncio.Event()
    task = asyncio.create_task(jobs.run_worker(handlers, clock=clock, shutdown=shutdown))
    yield
    shutdown.set()
    await asyncio.wait_for(task, timeout=30)


async def has_left(key: str) -> None:
    while key in await waiting():
        await asyncio.sleep(0.05)


class Printer:
    """A handler whose effect can be counted."""

    def __init__(self, *, faults: int = 0) -> None:
        self.runs = 0
        self.faults = faults

    async def __call__(self, run: jobs.JobRun) -> None:
        self.runs += 1
        if self.runs <= self.faults:
            raise Unavailable("稍后再试")
        async with write_transaction():
            if await run.first_time():
                await copy_rows("business_number", ("kind", "year", "last"), [(f"printed {run.key}", 2026, 1)])


async def printed() -> int:
    async with read_transaction():
        return int((await fetch_tuples("SELECT count(*) FROM business_number"))[0][0])


async def test_pgqueuer_finds_its_tables_as_it_wants_them() -> None:
    connection = await engine.get_new_connection()
    plan = await pgqueuer.Queries(pgqueuer.AsyncpgDriver(connection)).plan_upgrade()
    await connection.close()
    assert tuple(plan.statements) == ()


async def test_an_act_that_fails_leaves_no_job() -> None:
    async def fails() -> None:
        async with write_transaction():
            await jobs.enqueue("print", "a")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    assert await waiting() == []


async def test_waiting_twins_are_one_job() -> None:
    await stage("a")
    await stage("a")
    assert await waiting() == ["a"]


async def test_a_worker_does_what_was_staged(clock: FixedClock) -> None:
    printer = Printer()
    await stage("a")
    async with working({"print": printer}, clock):
        await asyncio.wait_for(has_left("a"), timeout=30)
    assert await printed() == 1
    async with read_transaction():
        assert await jobs.is_done("print", "a")


async def test_a_job_delivered_twice_has_its_effect_once(clock: FixedClock) -> None:
    printer = Printer()
    run = jobs.JobRun("print", "a", clock)
    await asyncio.gather(jobs.run_job(run, printer), jobs.run_job(run, printer))
    await jobs.run_job(run, printer)
    assert await printed() == 1


async def test_a_fault_asks_for_another_try_and_the_third_parks_the_job(clock: FixedClock) -> None:
    printer = Printer(faults=3)
    run = jobs.JobRun("print", "a", clock)
    for _ in range(2):
        with pytest.raises(pgqueuer.RetryRequested, match="database-busy"):
            await jobs.run_job(run, printer)
    await jobs.run_job(run, printer)
    async with read_transaction():
        assert await jobs.parked_jobs() == [jobs.ParkedJob("print", "a", 3, "database-busy")]
    assert printer.runs == 3


async def test_a_job_that_kills_its_worker_is_parked_after_three_starts(clock: FixedClock) -> None:
    async def dies(_run: jobs.JobRun) -> None:
        raise asyncio.CancelledError

    run = jobs.JobRun("print", "a", clock)
    for _ in range(3):
        with pytest.raises(asyncio.CancelledError):
            await jobs.run_job(run, dies)
    await jobs.run_job(run, dies)
    async with read_transaction():
        assert [(each.fault, each.starts) for each in await jobs.parked_jobs()] == [("worker-died", 4)]


async def test_a_parked_job_can_be_released_by_a_person(clock: FixedClock) -> None:
    printer = Printer(faults=3)
    run = jobs.JobRun("print", "a", clock)
    for _ in range(2):
        with pytest.raises(pgqueuer.RetryRequested):
            await jobs.run_job(run, printer)
    await jobs.run_job(run, printer)
    await jobs.release_parked("print", "a")
    assert await waiting() == ["a"]
    await jobs.run_job(run, printer)
    assert await printed() == 1
    with pytest.raises(jobs.JobNotParked):
        await jobs.release_parked("print", "a")


async def test_a_worker_outlives_its_killed_connection(clock: FixedClock) -> None:
    printer = Printer()
    await stage("a")
    async with working({"print": printer}, clock):
        await asyncio.wait_for(has_left("a"), timeout=30)
        async with write_transaction():
            await fetch_tuples(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pgqueuer%' "
                "AND pid <> pg_backend_pid()"
            )
        await stage("b")
        await asyncio.wait_for(has_left("b"), timeout=30)
    assert await printed() == 2
