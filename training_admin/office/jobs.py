"""Jobs: enqueued in the act's own transaction, done once although they may be begun several times, parked after three.

pgqueuer delivers at least once, does not count a crash as an attempt, and by default deletes what failed. Therefore a job's payload is
a business key only; its handler writes a marker in the effect's own transaction; starts are counted before the work; and handlers that
compute for long do it in a child process, because a blocked loop looks like a dead worker.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import msgspec
import pgqueuer
import structlog
from pgqueuer.domain.models import Job

from training_admin.database import DatabaseFault, current_connection, engine, fetch_tuples, retried, write_transaction
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import NotFound, Refusal

STARTS_BEFORE_PARKING = 3
HEARTBEAT = timedelta(seconds=10)
POLL = timedelta(seconds=10)
RESTART = timedelta(seconds=1)
RETRY_SECONDS = (2, 15)

log = structlog.get_logger()

BEGIN = """
INSERT INTO job_start AS begun (entrypoint, key, starts, parked, fault, at) VALUES ($1, $2, 1, false, '', $3)
ON CONFLICT (entrypoint, key) DO UPDATE SET starts = begun.starts + 1, at = excluded.at
WHERE NOT begun.parked RETURNING starts
"""
MARK = "INSERT INTO job_done (entrypoint, key, at) VALUES ($1, $2, $3) ON CONFLICT (entrypoint, key) DO NOTHING RETURNING id"


class JobNotParked(NotFound):
    """Only a parked job can be released."""

    code = "job-not-parked"


class JobRun(msgspec.Struct, frozen=True):
    """One run of a job: `key` names the business thing it is about."""

    entrypoint: str
    key: str
    clock: Clock

    async def first_time(self) -> bool:
        """Mark the job as done in the open transaction; False when its effect is there already and must not be repeated."""
        return bool(await fetch_tuples(MARK, self.entrypoint, self.key, self.clock.now()))

    @retried
    async def mark_done(self) -> None:
        """Mark the job as done in a transaction of its own, for what finds nothing left when it is done again."""
        async with write_transaction():
            await self.first_time()


class ParkedJob(msgspec.Struct, frozen=True):
    """A job that was begun three times without an end and waits for a person; `fault` is a code, never a text."""

    entrypoint: str
    key: str
    starts: int
    fault: str


Handler = Callable[[JobRun], Awaitable[None]]


async def enqueue(entrypoint: str, key: str, *, after: timedelta | None = None) -> None:
    """Stage a job in the open transaction; waiting twins are one. The key holds a round when the same thing is done again later."""
    driver = pgqueuer.AsyncpgDriver(current_connection())
    queries = pgqueuer.Queries(driver)
    await queries.enqueue(entrypoint, key.encode(), execute_after=after, dedupe_key=f"{entrypoint}:{key}", on_conflict="skip")


async def is_done(entrypoint: str, key: str) -> bool:
    """Whether the effect of a job has happened; inside an open transaction."""
    return bool(await fetch_tuples("SELECT 1 FROM job_done WHERE entrypoint = $1 AND key = $2", entrypoint, key))


async def parked_jobs() -> list[ParkedJob]:
    """What waits for a person; inside an open transaction."""
    rows = await fetch_tuples("SELECT entrypoint, key, starts, fault FROM job_start WHERE parked ORDER BY entrypoint, key")
    return [ParkedJob(*row) for row in rows]


@retried
async def release_parked(entrypoint: str, key: str) -> None:
    """Let a parked job be tried again from the beginning; raises JobNotParked."""
    async with write_transaction():
        released = await fetch_tuples("DELETE FROM job_start WHERE parked AND entrypoint = $1 AND key = $2 RETURNING id", entrypoint, key)
        if not released:
            raise JobNotParked("没有找到这个停下的任务，可能已经重新办理。")
        await enqueue(entrypoint, key)


async def run_job(run: JobRun, handler: Handler) -> None:
    """Run one job; a fault asks for another try, the third one parks it."""
    starts = await _begin(run)
    if starts is None:
        return
    if starts > STARTS_BEFORE_PARKING:  # its worker died each time
        await _park(run, fault="worker-died")
        return
    try:
        await handler(run)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises, the job must be tried again or parked
        fault = fault_code(error)
        log.warning("job failed", entrypoint=run.entrypoint, key=run.key, starts=starts, fault=fault)
        if starts >= STARTS_BEFORE_PARKING:
            await _park(run, fault=fault)
            return
        delay = RETRY_SECONDS[starts - 1] * random.uniform(0.5, 1.5)  # noqa: S311 - spreads rivals, guards nothing
        raise pgqueuer.RetryRequested(delay=timedelta(seconds=delay), reason=fault) from None
    await _forget(run)


def fault_code(error: BaseException) -> str:
    """What may be written down of an error: code or kind, never the text, which may hold personal data."""
    if isinstance(error, Refusal):
        return error.code
    return str(error) if isinstance(error, DatabaseFault) else type(error).__name__


@retried
async def _begin(run: JobRun) -> int | None:
    async with write_transaction():
        if await is_done(run.entrypoint, run.key):
            return None
        rows = await fetch_tuples(BEGIN, run.entrypoint, run.key, run.clock.now())
    return int(rows[0][0]) if rows else None


@retried
async def _park(run: JobRun, *, fault: str) -> None:
    async with write_transaction():
        await fetch_tuples(
            "UPDATE job_start SET parked = true, fault = $3 WHERE entrypoint = $1 AND key = $2", run.entrypoint, run.key, fault
        )
    log.error("job parked", entrypoint=run.entrypoint, key=run.key, fault=fault)


@retried
async def _forget(run: JobRun) -> None:
    async with write_transaction():
        await fetch_tuples("DELETE FROM job_start WHERE entrypoint = $1 AND key = $2", run.entrypoint, run.key)


def registered(worker: pgqueuer.PgQueuer, handlers: Mapping[str, Handler], *, clock: Clock) -> pgqueuer.PgQueuer:
    """Tell a worker its handlers. What it cannot run at all is held, not deleted."""
    for entrypoint, handler in handlers.items():

        async def begin(job: Job, *, entrypoint: str = entrypoint, handler: Handler = handler) -> None:
            await run_job(JobRun(entrypoint, (job.payload or b"").decode(), clock), handler)

        worker.entrypoint(entrypoint, on_failure="hold")(begin)
    return worker


async def run_worker(handlers: Mapping[str, Handler], *, clock: Clock, shutdown: asyncio.Event) -> None:
    """Work on jobs until `shutdown` is set; outlives a killed database. Needs an open database."""

    @asynccontextmanager
    async def one_worker() -> AsyncIterator[pgqueuer.PgQueuer]:
        connection = await engine.connect_alone()
        try:
            worker = pgqueuer.PgQueuer.from_asyncpg_connection(connection)
            yield registered(worker, handlers, clock=clock)
        finally:
            await _close_quietly(connection)

    await pgqueuer.run(
        one_worker,
        dequeue_timeout=POLL,
        heartbeat_timeout=HEARTBEAT,
        shutdown_on_listener_failure=True,
        restart_on_failure=True,
        restart_delay=RESTART,
        shutdown=shutdown,
    )


async def _close_quietly(connection: asyncpg.Connection) -> None:
    """Close a connection that the server may have closed before us."""
    try:
        await connection.close(timeout=5)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
        connection.terminate()
