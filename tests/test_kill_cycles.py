"""Whatever is killed with -9, at any moment: the data folder starts again and holds every acknowledged claim once."""

import contextlib
import random
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.conftest import open_folder, remove_when_stopped
from training_admin.kit.private_postgres import PrivateServer

CYCLES = 20
SAMPLE = Path(__file__).parent / "data" / "claim_B.xlsx"
# Submits one claim after the other and says which ones were acknowledged; begins with the upgrade, as a first start does.
# A comment at the end of the zip makes each workbook another file with the same cells.
PROGRAM = """
import asyncio, io, sys, zipfile
from datetime import UTC, datetime
from pathlib import Path
from training_admin.database import close_database, fetch_tuples, open_database, read_transaction
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock
from training_admin.kit.refusals import OutcomeUnknown
from training_admin.office.files import load_file
from training_admin.office.keys import assert_keys_fit
from training_admin.office.trail_check import first_broken_row
from training_admin.settings import Settings
from training_admin.subsidy.claims import submit_claim
from training_admin.upgrade import upgrade

clock = FixedClock(datetime(2026, 6, 1, 1, tzinfo=UTC))
SAMPLE = Path(sys.argv[3]).read_bytes()

def workbook(name):
    target = io.BytesIO(SAMPLE)
    with zipfile.ZipFile(target, "a") as package:
        package.comment = name.encode()
    return target.getvalue()

async def submit_all():
    for count in range(100_000):
        try:
            receipt = await submit_claim(COMMAND_LINE, workbook(f"{sys.argv[2]}/{count}"), readable_only=True, clock=clock)
            print("done", receipt.number, receipt.lines, flush=True)
        except OutcomeUnknown:
            pass

async def check():
    async with read_transaction():
        print("broken", await first_broken_row(), flush=True)
        for number, sha256, lines in await fetch_tuples(
            "SELECT number, (SELECT sha256 FROM stored_file f WHERE f.id = c.file), "
            "(SELECT count(*) FROM claim_line l WHERE l.claim = c.id) FROM claim c"
        ):
            await load_file(sha256)
            print("there", number, lines, flush=True)
        counts = (
            "SELECT (SELECT count(*) FROM trail WHERE event = 'subsidy:claim:submitted'), (SELECT count(*) FROM stored_file), "
            "(SELECT last FROM business_number WHERE kind = 'claim'), (SELECT count(*) FROM pgqueuer WHERE entrypoint = 'assess_claim'), "
            "(SELECT count(*) FROM message)"
        )
        print("counts", *(await fetch_tuples(counts))[0], flush=True)

async def run():
    await open_database(Settings(data=Path(sys.argv[1])))
    await upgrade()
    await assert_keys_fit()
    print("ready", flush=True)
    await (check() if sys.argv[2] == "check" else submit_all())
    await close_database()

asyncio.run(run())
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    place = open_folder()
    yield place
    remove_when_stopped(place)
    shutil.rmtree(place, ignore_errors=True)


def program(folder: Path, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", PROGRAM, folder, name, SAMPLE], stdout=subprocess.PIPE, text=True)


def heard(process: subprocess.Popen[str], *, seconds: float, first: str | None = None) -> list[list[str]]:
    """The lines of a program for a while, split into words; with `first` the while begins when that word is heard."""
    assert process.stdout is not None
    lines, deadline = [], time.monotonic() + (seconds if first is None else 60)
    while (left := deadline - time.monotonic()) > 0 and select.select([process.stdout], [], [], left)[0]:
        line = process.stdout.readline()
        if not line:
            break
        lines.append(line.split())
        if first is not None and lines[-1][0] == first:
            first, deadline = None, time.monotonic() + seconds
    return lines


def kill(victim: str, process: subprocess.Popen[str], server: PrivateServer) -> None:
    """Kill -9 one of the three, or all of them."""
    with contextlib.suppress(psutil.Error):
        if victim in {"keeper", "all"} and (keeper := server.keeper()):
            keeper.kill()
        if victim in {"database", "all"} and (postmaster := server.running()):
            postmaster.kill()
    if victim in {"program", "all"}:
        process.kill()


def test_twenty_kills_lose_no_acknowledged_claim(folder: Path) -> None:
    chance = random.Random(8)  # noqa: S311 - the same kills each time
    server = PrivateServer(folder)
    acknowledged: set[tuple[str, ...]] = set()
    for cycle in range(CYCLES):
        process = program(folder, f"cycle {cycle}")
        # Every fifth is killed at any moment from its birth on, the others while they act.
        lines = heard(
            process, seconds=chance.uniform(0.1, 3) if cycle % 5 == 0 else chance.uniform(0.1, 1), first="done" if cycle % 5 else None
        )
        victim = ("program", "keeper", "database", "all")[cycle % 4]
        kill(victim, process, server)
        if victim in {"keeper", "database"}:  # the program must go on by itself
            lines += heard(process, seconds=0.2, first="done")
            process.kill()
        rest, _ = process.communicate(timeout=30)
        lines += [line.split() for line in rest.splitlines()]
        acknowledged |= {tuple(words[1:]) for words in lines if words[0] == "done" and len(words) == 3}
    assert len(acknowledged) >= CYCLES

    checked, _ = program(folder, "check").communicate(timeout=60)
    words = [line.split() for line in checked.splitlines()]
    there = {tuple(line[1:]) for line in words if line[0] == "there"}
    counts = next(tuple(map(int, line[1:])) for line in words if line[0] == "counts")
    assert ["broken", "None"] in words
    assert acknowledged <= there
    assert set(counts) == {len(there)}


def test_a_killed_program_leaves_no_server_behind(folder: Path) -> None:
    process = program(folder, "once")
    heard(process, seconds=0.1, first="done")
    process.kill()
    process.communicate(timeout=30)
    server = PrivateServer(folder)
    deadline = time.monotonic() + 30
    while (server.running() or server.keeper()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.running() is None
    assert server.keeper() is None
