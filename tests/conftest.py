"""One test cluster for a run, one database for each worker, emptied after each test. PostgreSQL is real; only its fsync is off."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import httpx
import msgspec
import pytest
import pytest_asyncio

from tests import leaks
from training_admin.database import close_database, engine, open_database
from training_admin.kit.clock import FixedClock
from training_admin.kit.private_postgres import PrivateServer
from training_admin.office.anchors import anchor_file
from training_admin.settings import Settings
from training_admin.upgrade import upgrade

ADDRESS = "http://127.0.0.1:8000"
# What a test counts under this name is added up and told at the end of the run.
CELLS = "cells of the rights matrix"
# Set by the process that runs pytest and inherited by its workers: all of them share one cluster.
RUN_FOLDER = "PYTEST_CLUSTER_FOLDER"
TEMPLATE = "migrated"
# Rows that migrations put in are copied here and put back after each test.
SEED = "seed"
OWN_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migration' ORDER BY tablename"


def open_folder() -> Path:
    """A temporary folder that PostgreSQL's own account may enter; pytest's are closed to it when root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="training-admin-test-"))
    folder.chmod(0o755)
    return folder


def remove_when_stopped(folder: Path) -> None:
    """Wait until no server runs in a folder, then remove it."""
    server = PrivateServer(folder)
    deadline = time.monotonic() + 20
    while server.running() is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)


def pytest_configure(config: pytest.Config) -> None:
    leaks.pytest_configure(config)
    if not hasattr(config, "workerinput"):
        os.environ[RUN_FOLDER] = str(open_folder())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pure code is measured by tests without a database and by those marked `measured`: elsewhere it costs a third of the time."""
    for item in items:
        if "cluster" in getattr(item, "fixturenames", ()) and item.get_closest_marker("measured") is None:
            item.add_marker(pytest.mark.no_cover)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        remove_when_stopped(Path(os.environ[RUN_FOLDER]))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    counted = [value for report in terminalreporter.getreports("passed") for name, value in report.user_properties if name == CELLS]
    if counted:
        terminalreporter.write_line(f"{sum(counted)} {CELLS} asserted")


@pytest.fixture(scope="session")
def cluster() -> Iterator[dict[str, str]]:
    """Connection arguments of the run's cluster."""
    server = PrivateServer(Path(os.environ[RUN_FOLDER]), durable=False)
    yield server.attach()
    server.release()


def address(cluster: dict[str, str], database: str) -> str:
    """The DATABASE_URL of one database of the test cluster."""
    return f"postgresql://postgres@/{database}?host={quote(cluster['host'], safe='')}"


async def make_template(cluster: dict[str, str]) -> None:
    """The migrated database that every worker's own is a copy of."""
    admin = await asyncpg.connect(**cluster)
    for name in os.environ.get("PLANNER_WITHOUT", "").split():
        await admin.execute(f"ALTER SYSTEM SET enable_{name} = off")
    await admin.execute("SELECT pg_reload_conf()")
    await admin.execute(f"CREATE DATABASE {TEMPLATE}")
    await admin.close()
    await open_database(Settings(data=Path(os.environ[RUN_FOLDER]) / "template", database_url=address(cluster, TEMPLATE)))
    await upgrade()
    await engine.run_ddl(f"CREATE SCHEMA {SEED}")
    for row in await engine.run_ddl(OWN_TABLES):
        name = row["tablename"]
        if await engine.run_ddl(f'SELECT 1 FROM "{name}" LIMIT 1'):
            await engine.run_ddl(f'CREATE TABLE {SEED}."{name}" AS TABLE public."{name}"')
    await close_database()


@pytest_asyncio.fixture(scope="session")
async def worker_database(cluster: dict[str, str], worker_id: str) -> str:
    """The address of this worker's own database."""
    with (Path(os.environ[RUN_FOLDER]) / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        admin = await asyncpg.connect(**cluster)
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", TEMPLATE):
            await make_template(cluster)
        await admin.execute(f"CREATE DATABASE {worker_id} TEMPLATE {TEMPLATE}")
        await admin.close()
    return address(cluster, worker_id)


@pytest_asyncio.fixture(scope="session")
async def open_pool(worker_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Settings, str]]:
    """The engine's pool, open for the whole run, and the script that empties the database."""
    settings = Settings(data=tmp_path_factory.mktemp("data"), database_url=worker_database)
    await open_database(settings)
    seeded = {row["tablename"] for row in await engine.run_ddl(f"SELECT tablename FROM pg_tables WHERE schemaname = '{SEED}'")}
    script = ["SET session_replication_role = replica"]
    for row in await engine.run_ddl(OWN_TABLES):
        name = row["tablename"]
        script.append(f'DELETE FROM public."{name}"')
        if name in seeded:
            script.append(f'INSERT INTO public."{name}" SELECT * FROM {SEED}."{name}"')
    script.append("SET session_replication_role = origin")
    yield settings, ";".join(script)
    await close_database()


@pytest_asyncio.fixture
async def database(open_pool: tuple[Settings, str]) -> AsyncIterator[Settings]:
    """A migrated, otherwise empty database with the engine's pool open; yields the settings it was opened with."""
    settings, emptying = open_pool
    yield settings
    connection = await engine.acquire()
    await connection.execute(emptying)
    await connection.reset()
    assert engine.pool is not None
    await engine.pool.release(connection)
    anchor_file().unlink(missing_ok=True)


@pytest.fixture
def clock() -> FixedClock:
    """Half past nine in Shanghai on 1 June 2026, a working day."""
    return FixedClock(datetime(2026, 6, 1, 1, 30, tzinfo=UTC))


@pytest_asyncio.fixture
async def visitor(database: Settings, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without script and with nobody signed in, over an application with the test's clock."""
    from tests.applications import application  # only these tests wait for the web framework

    settings = msgspec.structs.replace(database, rate_limit=1_000_000)
    transport = httpx.ASGITransport(app=application(settings, clock), raise_app_exceptions=False)  # type: ignore[arg-type] # Litestar types its scope more narrowly
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as browser:
        yield browser
