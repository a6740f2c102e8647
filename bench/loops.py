"""Benchmark of the serving loop: how late a 1 ms ticker is while the three largest pieces of work run, against the same process at rest.

The service has a process of its own, as in use, and so has its worker; certificates are printed by a third, as the worker does it.
"""

import asyncio
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date

import msgspec
import uvicorn

from bench.certificates import SETTINGS, issued
from bench.district import bench_service, large_claim
from bench.exports import filled
from bench.measuring import Result, at_most
from training_admin.app import create_app
from training_admin.audit import file_store, ordering
from training_admin.audit.file_store import FileKind
from training_admin.audit.workbooks import Wanted
from training_admin.certificates.papers import order_of
from training_admin.certificates.printing import printed_apart
from training_admin.database import read_transaction
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.vault import Vault, use_vault
from training_admin.settings import Settings
from training_admin.subsidy.claims import submit_claim

TICK, AT_REST, LONGEST = 0.001, 15.0, 600.0
CERTIFICATES = 1000
ENDED = {"done", "refused"}


class Told(msgspec.Struct, frozen=True):
    """What the serving process has seen: 99th percentile of lateness in ms at rest and at work, seconds of work, rows of the export."""

    rest: float
    work: float
    seconds: float
    rows: int


async def _ticks(late: list[float]) -> None:
    while True:
        due = time.perf_counter() + TICK
        await asyncio.sleep(TICK)
        late.append(time.perf_counter() - due)


def _p99(late: list[float]) -> float:
    return statistics.quantiles(late, n=100)[-1] * 1000


async def _exported(number: str) -> int:
    """Wait for the workbook; the rows of all its sheets."""
    while True:
        await asyncio.sleep(0.5)
        async with read_transaction():
            found = await file_store.order_by_number(number, None)
        if found.state in ENDED:
            assert found.receipt is not None, found.words
            return sum(found.receipt.rows.values())


async def serve() -> None:
    """The serving process: a district of 300 000 rows, the application, the ticker, and what it is asked meanwhile."""
    async with bench_service() as (settings, clock):
        # Before the others are stored: what a delivery touches is assessed anew, and that is another measure.
        claim = await large_claim(clock, seed=77)
        await filled(clock)
        listening = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(settings, clock=clock), log_level="warning", ws="none", http="h11", lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        late: list[float] = []
        ticking = asyncio.create_task(_ticks(late))
        await asyncio.sleep(AT_REST)
        rest = _p99(late)
        with _worker(settings):
            late.clear()
            began = time.perf_counter()
            sys.stdout.write("working\n")
            sys.stdout.flush()
            wanted = Wanted(start=date(2026, 1, 1), end=date(2026, 12, 31))
            number = await ordering.order_file(COMMAND_LINE, FileKind.WORKBOOK, wanted, clock=clock)
            await submit_claim(DEMO, claim.content, readable_only=True, clock=clock)
            rows = await asyncio.wait_for(_exported(number), timeout=LONGEST)
            told = Told(rest, _p99(late), time.perf_counter() - began, rows)
        ticking.cancel()
        server.should_exit = True
        await serving
        listening.close()
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")


def _worker(settings: Settings) -> subprocess.Popen[bytes]:
    """A worker of its own, as `training-admin work`; leaving the block ends it."""
    return _Worker(
        [sys.executable, "-m", "training_admin", "work"],
        env={"PATH": "/usr/bin:/bin", "TRAINING_ADMIN_DATA": str(settings.data), "TRAINING_ADMIN_DEMO": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


class _Worker(subprocess.Popen[bytes]):
    def __exit__(self, *about: object) -> None:
        self.terminate()
        self.wait()


async def _printed() -> None:
    """One print run of certificates, which the worker would make in the same way."""
    order = await asyncio.to_thread(order_of, issued(CERTIFICATES), SETTINGS, title="样例")
    with tempfile.TemporaryFile() as target:
        await printed_apart(order, target, tell=_untold)


async def _untold(_done: int) -> None:
    return None


async def measured() -> dict[str, Result]:
    """The lateness at work minus that at rest."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.loops", stdout=asyncio.subprocess.PIPE)
    assert child.stdout is not None
    while not (line := await child.stdout.readline()).startswith(b"working"):
        assert line, "the service has ended"
    use_vault(Vault.fresh())
    await _printed()
    use_vault(None)
    last = b""
    async for line in child.stdout:
        last = line if line.startswith(b"{") else last
    await child.wait()
    told = msgspec.json.decode(last, type=Told)
    sys.stdout.write(f"{told.rows} rows in {told.seconds:.0f} s; p99 at rest {told.rest:.2f} ms, at work {told.work:.2f} ms\n")
    return {"loop_lag": at_most(told.work - told.rest, 5.0, unit="ms")}


if __name__ == "__main__":
    asyncio.run(serve())
