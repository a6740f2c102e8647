from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import SmallInt
from piccolo.columns.column_types import Timestamptz
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Check

ID = "2026-11-23T23:51:03:782193"
VERSION = "1.38.0"
DESCRIPTION = "clock of what is known"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="office", description=DESCRIPTION)

    manager.add_table(
        class_name="KnowledgeClock",
        tablename="knowledge_clock",
        schema=None,
        columns=None,
    )

    manager.add_column(
        table_class_name="KnowledgeClock",
        tablename="knowledge_clock",
        column_name="id",
        db_column_name="id",
        column_class_name="SmallInt",
        column_class=SmallInt,
        params={
            "default": None,
            "null": False,
            "primary_key": True,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="KnowledgeClock",
        tablename="knowledge_clock",
        column_name="at",
        db_column_name="at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
        params={
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_constraint(
        table_class_name="KnowledgeClock",
        tablename="knowledge_clock",
        constraint_name="knowledge_clock_single",
        constraint_class=Check,
        params={"condition": "id = 1"},
        schema=None,
    )

    return manager
