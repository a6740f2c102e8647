"""`training-admin work`: do the jobs that the service stages (assessments, exports)."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

import click
import structlog

from training_admin.clocks import clock_of
from training_admin.database import close_database, open_database, read_transaction
from training_admin.kit.clock import Clock
from training_admin.kit.collector import settle_collector
from training_admin.logs import configure_logs
from training_admin.office.anchors import anchor_head
from training_admin.office.jobs import ParkedJob, fault_code, parked_jobs, release_parked, run_worker
from training_admin.office.keys import assert_keys_fit
from training_admin.office.nightly import stage_nightly
from training_admin.settings import Settings, read_settings

ANCHOR_SECONDS = 300
NIGHTLY_SECONDS = 300
log = structlog.get_logger()


@click.command(help="办理后台任务，Ctrl-C 结束；--parked 列出、--release 重新办理停下的任务。")
@click.option("--parked", is_flag=True, help="列出停下等人处理的任务。")
@click.option("--release", nargs=2, metavar="任务 编号", default=None, help="让停下的任务重新办理。")
@click.option("--with-parent", is_flag=True, help="标准输入关闭时结束（由 serve 启动时使用）。")
def command(*, parked: bool, release: tuple[str, str] | None, with_parent: bool) -> None:
    """Work until told to stop, or look after parked jobs."""
    settings = read_settings()
    configure_logs(settings)
    if release:
        asyncio.run(released(settings, *release))
    elif parked:
        for job in asyncio.run(parked_ones(settings)):
            click.echo(f"{job.entrypoint}\t{job.key}\t{job.starts}\t{job.fault}")
    else:
        asyncio.run(work(settings, with_parent=with_parent))


def end_with_input(shutdown: asyncio.Event) -> None:
    """Called when there is something to read: nothing at all means that the parent is gone, whatever it died of."""
    if not os.read(sys.stdin.fileno(), 1024):
        shutdown.set()
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())


async def work(settings: Settings, *, with_parent: bool) -> None:
    """Do jobs until SIGINT, SIGTERM, or the end of standard input when a parent holds it open; running jobs are finished."""
    from training_admin.app import NIGHTLY, job_handlers  # only who works waits for the web framework

    settle_collector()
    shutdown = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, shutdown.set)
    if with_parent:
        loop.add_reader(sys.stdin.fileno(), end_with_input, shutdown)
    await open_database(settings)
    try:
        await assert_keys_fit()
        clock = clock_of(settings)
        regular = [asyncio.create_task(anchor_regularly(clock)), asyncio.create_task(stage_regularly(NIGHTLY, clock))]
        try:
            await run_worker(job_handlers(settings), clock=clock, shutdown=shutdown)
        finally:
            for task in regular:
                task.cancel()
            await asyncio.wait(regular)
    finally:
        await close_database()


async def anchor_regularly(clock: Clock) -> None:
    """Sign the end of the trail every few minutes: what was done longer ago than that cannot be cut off unnoticed."""
    while True:
        try:
            await anchor_head(clock)
        except Exception as error:  # noqa: BLE001 - whatever it is, the jobs go on and the next round tries again
            log.warning("trail not anchored", fault=fault_code(error))
        await asyncio.sleep(ANCHOR_SECONDS)


async def stage_regularly(entrypoints: Sequence[str], clock: Clock) -> None:
    """Stage the night's work; looking every few minutes finds the first moment after midnight at which a worker is there."""
    while True:
        try:
            await stage_nightly(entrypoints, clock=clock)
        except Exception as error:  # noqa: BLE001 - whatever it is, the jobs go on and the next round tries again
            log.warning("night's work not staged", fault=fault_code(error))
        await asyncio.sleep(NIGHTLY_SECONDS)


async def parked_ones(settings: Settings) -> list[ParkedJob]:
    """What waits for a person."""
    await open_database(settings)
    try:
        async with read_transaction():
            return await parked_jobs()
    finally:
        await close_database()


async def released(settings: Settings, entrypoint: str, key: str) -> None:
    """Stage a parked job again."""
    await open_database(settings)
    try:
        await release_parked(entrypoint, key)
    finally:
        await close_database()
