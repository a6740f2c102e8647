"""What migrations make is what the tables declare; an upgrade happens whole, once, and for one process at a time."""

import asyncio
import sys

import asyncpg
import pytest
from piccolo.constraints import Unique
from piccolo.table import Table, sort_table_classes

from tests.conftest import address
from training_admin.database import READ_COMMITTED, engine, execute_script, fetch_tuples, room_registry
from training_admin.upgrade import pending_migrations, upgrade

CONSTRAINTS = """
SELECT class.relname, conname, replace(pg_get_constraintdef(pg_constraint.oid), $1 || '.', '')
FROM pg_constraint JOIN pg_class AS class ON class.oid = conrelid
WHERE connamespace = $1::regnamespace AND contype NOT IN ('n', 't') AND class.relname = ANY($2::text[]) ORDER BY 1, 2
"""
COLUMNS = """
SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, replace(column_default, $1 || '.', '')
FROM information_schema.columns WHERE table_schema = $1 AND table_name = ANY($2::text[]) ORDER BY 1, 2
"""
INDEXES = "SELECT tablename, indexname FROM pg_indexes WHERE schemaname = $1 AND tablename = ANY($2::text[]) ORDER BY 1, 2"


def declared_tables() -> list[type[Table]]:
    return sort_table_classes([table for config in room_registry().app_configs.values() for table in config.table_classes])


async def seen(query: str, schema: str) -> list[tuple[object, ...]]:
    names = [table._meta.tablename for table in declared_tables()]
    return [tuple(row) for row in await fetch_tuples(query, schema, names)]


@pytest.mark.usefixtures("database")
async def test_a_migrated_database_has_the_columns_and_constraints_that_the_tables_declare() -> None:
    async with engine.transaction(isolation=READ_COMMITTED) as transaction:
        migrated = [await seen(CONSTRAINTS, "public"), await seen(COLUMNS, "public")]
        migrated_indexes = await seen(INDEXES, "public")
        await execute_script("CREATE SCHEMA declared; SET LOCAL search_path = declared")
        for table in declared_tables():
            await table.create_table()
        declared = [await seen(CONSTRAINTS, "declared"), await seen(COLUMNS, "declared")]
        declared_indexes = await seen(INDEXES, "declared")
        await transaction.rollback()  # type: ignore[no-untyped-call] # piccolo's
    assert migrated == declared
    # Partial indexes and the like can only be written in migrations.
    assert set(declared_indexes) <= set(migrated_indexes)


@pytest.mark.parametrize("table", declared_tables(), ids=lambda table: table._meta.tablename)
def test_every_key_is_wide_and_every_reference_restricts(table: type[Table]) -> None:
    assert table._meta.primary_key.column_type in {"BIGINT", "BIGSERIAL", "SMALLINT", "UUID", "VARCHAR"}
    for reference in table._meta.foreign_key_columns:
        told = reference._foreign_key_meta
        assert (told.on_delete.value, told.on_update.value) == ("RESTRICT", "RESTRICT")
        leading = {each.get_column_names()[0] for each in table._meta.constraints if isinstance(each, Unique)}  # type: ignore[no-untyped-call] # piccolo's
        assert reference._meta.index or reference._meta.unique or reference._meta.name in leading


async def test_an_upgrade_of_two_processes_at_once_happens_once_and_a_killed_one_leaves_nothing(
    cluster: dict[str, str], worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    name = f"upgrade_{worker_id}"
    admin = await asyncpg.connect(**cluster)
    await admin.execute(f"CREATE DATABASE {name}")
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from training_admin.database import open_database\n"
        "from training_admin.settings import Settings\n"
        "from training_admin.upgrade import upgrade\n"
        "async def run():\n"
        "    await open_database(Settings(data=Path(sys.argv[1]), database_url=sys.argv[2]))\n"
        "    print('ready', flush=True)\n"
        "    print(await upgrade(), flush=True)\n"
        "asyncio.run(run())\n"
    )
    data = tmp_path_factory.mktemp("upgrade")

    async def process() -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", program, str(data), address(cluster, name)), stdout=asyncio.subprocess.PIPE
        )

    async def line(of: asyncio.subprocess.Process) -> str:
        assert of.stdout is not None
        return (await of.stdout.readline()).decode().strip()

    killed = await process()
    assert await line(killed) == "ready"
    await asyncio.sleep(0.05)
    killed.kill()
    await killed.wait()

    both = [await process(), await process()]
    for each in both:
        assert await line(each) == "ready"
    done = sorted([int(await line(each)) for each in both])
    for each in both:
        await each.wait()
    assert done[0] == 0
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.mark.usefixtures("database")
async def test_a_migrated_database_lacks_nothing_and_a_second_upgrade_does_nothing() -> None:
    assert await pending_migrations() == []
    assert await upgrade() == 0
