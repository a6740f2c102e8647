"""A private database of its own for benchmarks, with the sample catalog and one claim of 10 000 people."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from training_admin.commands.demo import FOUNDED
from training_admin.database import close_database, open_database
from training_admin.demo.district import District, MadeClaim, registers_of
from training_admin.demo.filling import found_district
from training_admin.demo.writing import claim_workbook
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.kit.collector import settle_collector
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.kit.private_postgres import PrivateServer
from training_admin.settings import Settings
from training_admin.subsidy.deliveries import receive_document
from training_admin.upgrade import upgrade

CLASSES, PEOPLE = 200, 50


class LargeClaim(msgspec.Struct, frozen=True):
    """A claim as bytes, with how it was made."""

    made: MadeClaim
    content: bytes


@asynccontextmanager
async def bench_database() -> AsyncIterator[FixedClock]:
    """A fresh database with durable settings, gone afterwards."""
    async with bench_service() as (_settings, clock):
        yield clock


@asynccontextmanager
async def bench_service() -> AsyncIterator[tuple[Settings, FixedClock]]:
    """A fresh database as `bench_database` gives it, with the settings that a served application needs."""
    folder = Path(tempfile.mkdtemp(prefix="training-admin-bench-"))
    folder.chmod(0o755)  # noqa: ASYNC240 - before anything is served
    settings = Settings(data=folder, demo=True)
    await open_database(settings)
    try:
        await upgrade()
        clock = FixedClock(FOUNDED)
        await found_district(clock)
        settle_collector()  # as the service does when it begins to serve
        yield settings, clock
    finally:
        await close_database()
        PrivateServer(folder).stop()
        shutil.rmtree(folder, ignore_errors=True)


async def large_claim(clock: FixedClock, *, seed: int, classes: int = CLASSES, people: int = PEOPLE) -> LargeClaim:
    """One firm's claim with its registers delivered."""
    district = District(seed)
    made = district.large_claim(classes=classes, size=people)
    document = registers_of([made], district.institutions)
    await receive_document(DEMO, document, sha256=sha256_hex(canonical_json(document)), source="bench", clock=clock)
    return LargeClaim(made, claim_workbook(made))
