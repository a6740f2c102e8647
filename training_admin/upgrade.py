"""Bring the tables of the database to the state of this program: all migrations of all rooms, or none."""

import contextlib
import io

import msgspec
from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from piccolo.apps.migrations.tables import Migration

from training_admin.database import READ_COMMITTED, engine, fetch_tuples, room_registry
from training_admin.kit.refusals import Refusal

# Any number that no other program on the same database uses for an advisory lock.
UPGRADE_LOCK = 7_210_345_118


class UpgradeRefused(Refusal):
    """The tables do not fit this program and cannot be made to."""

    status = 500
    code = "upgrade"
    title = "数据库结构无法升级"


class NotUpgraded(Refusal):
    """The tables are older than the program; only `upgrade` changes them."""

    status = 500
    code = "not-upgraded"
    title = "数据库结构需要升级"


class Pending(msgspec.Struct, frozen=True):
    """A migration that has not been run on this database."""

    room: str
    migration: str


async def pending_migrations() -> list[Pending]:
    """The migrations that the database lacks, in the order in which they would run."""
    async with engine.transaction(isolation=READ_COMMITTED):
        there = await fetch_tuples("SELECT to_regclass('migration') IS NOT NULL")
        rows = await fetch_tuples("SELECT app_name, name FROM migration") if there[0][0] else []
    ran = {(row[0], row[1]) for row in rows}
    return [each for each in _all_migrations() if (each.room, each.migration) not in ran]


async def assert_upgraded() -> None:
    """The tables are those of this program; raises NotUpgraded."""
    if pending := await pending_migrations():
        raise NotUpgraded(f"数据库缺少 {len(pending)} 项结构升级。请先执行 training-admin upgrade，再重试。")


async def upgrade() -> int:
    """Run what is pending and say how many migrations that were; a second process waits for the first.

    Everything happens in one transaction, so a killed upgrade leaves the database as it was. READ COMMITTED, because a serializable
    snapshot would be taken before the lock is had and would not see what the first process did.
    """
    async with engine.transaction(isolation=READ_COMMITTED):
        await fetch_tuples("SELECT pg_advisory_xact_lock($1)", UPGRADE_LOCK)
        await Migration.create_table(if_not_exists=True)
        before: int = await Migration.count()
        engine.nesting_allowed = True  # piccolo opens a transaction for each migration: here it joins ours
        try:
            # Piccolo tells its progress on stdout, which belongs to the commands' own answers.
            with contextlib.redirect_stdout(io.StringIO()) as told:
                for room in _room_names():
                    result = await ForwardsMigrationManager(app_name=room, migration_id="all").run()
                    if not result.success:
                        raise UpgradeRefused(f"升级 {room} 的数据表没有成功：{told.getvalue().splitlines()[-1]}")
        finally:
            engine.nesting_allowed = False
        after: int = await Migration.count()
        return after - before


def _room_names() -> list[str]:
    """The rooms with tables, those that others depend on first."""
    return [
        name for name in BaseMigrationManager().get_sorted_app_names() if name in {c.app_name for c in room_registry().app_configs.values()}
    ]


def _all_migrations() -> list[Pending]:
    manager = BaseMigrationManager()
    configs = room_registry().app_configs
    return [
        Pending(room=room, migration=identifier)
        for room in _room_names()
        for identifier in manager.get_migration_ids(manager.get_migration_modules(configs[room].resolved_migrations_folder_path))
    ]
