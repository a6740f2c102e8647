from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import Varchar
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Check

ID = "2026-11-26T04:04:47:471609"
VERSION = "1.38.0"
DESCRIPTION = "digest of what was signed"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="apprenticeship", description=DESCRIPTION)

    manager.add_column(
        table_class_name="ProgrammeRow",
        tablename="programme",
        column_name="signed_sha256",
        db_column_name="signed_sha256",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 64,
            "default": None,
            "null": True,
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
        table_class_name="ProgrammeRow",
        tablename="programme",
        constraint_name="programme_signed_digest",
        constraint_class=Check,
        params={"condition": "signed_sha256 IS NULL OR length(signed_sha256) = 64"},
        schema=None,
    )

    return manager
