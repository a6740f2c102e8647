from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.base import OnDelete
from piccolo.columns.base import OnUpdate
from piccolo.columns.column_types import BigSerial
from piccolo.columns.column_types import Boolean
from piccolo.columns.column_types import Bytea
from piccolo.columns.column_types import Date
from piccolo.columns.column_types import ForeignKey
from piccolo.columns.column_types import Text
from piccolo.columns.column_types import Timestamptz
from piccolo.columns.column_types import Varchar
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Check
from piccolo.table import Table


class SanctionRow(Table, tablename="sanction", schema=None):
    id = BigSerial(
        null=False,
        primary_key=True,
        unique=False,
        index=False,
        index_method=IndexMethod.btree,
        choices=None,
        db_column_name=None,
        secret=False,
    )


ID = "2026-11-25T23:14:21:818021"
VERSION = "1.38.0"
DESCRIPTION = "measures told and answered"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="parties", description=DESCRIPTION)

    manager.add_table(
        class_name="SanctionPlea",
        tablename="sanction_plea",
        schema=None,
        columns=None,
    )

    manager.add_column(
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        column_name="id",
        db_column_name="id",
        column_class_name="BigSerial",
        column_class=BigSerial,
        params={
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
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        column_name="sanction",
        db_column_name="sanction",
        column_class_name="ForeignKey",
        column_class=ForeignKey,
        params={
            "references": SanctionRow,
            "on_delete": OnDelete.restrict,
            "on_update": OnUpdate.restrict,
            "target_column": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": True,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        column_name="kind",
        db_column_name="kind",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 12,
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

    manager.add_column(
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        column_name="sealed_words",
        db_column_name="sealed_words",
        column_class_name="Bytea",
        column_class=Bytea,
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

    manager.add_column(
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        column_name="asker",
        db_column_name="asker",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 120,
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

    manager.add_column(
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        column_name="on_paper",
        db_column_name="on_paper",
        column_class_name="Boolean",
        column_class=Boolean,
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

    manager.add_column(
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        column_name="asked_at",
        db_column_name="asked_at",
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

    manager.add_column(
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        column_name="mark_by",
        db_column_name="mark_by",
        column_class_name="Date",
        column_class=Date,
        params={
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

    manager.add_column(
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        column_name="due",
        db_column_name="due",
        column_class_name="Date",
        column_class=Date,
        params={
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

    manager.add_column(
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        column_name="marker",
        db_column_name="marker",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 120,
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

    manager.add_column(
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        column_name="marked_at",
        db_column_name="marked_at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
        params={
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

    manager.add_column(
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        column_name="transferred",
        db_column_name="transferred",
        column_class_name="Boolean",
        column_class=Boolean,
        params={
            "default": False,
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

    manager.add_column(
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        column_name="state",
        db_column_name="state",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 12,
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

    manager.add_column(
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        column_name="answer",
        db_column_name="answer",
        column_class_name="Text",
        column_class=Text,
        params={
            "default": "",
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

    manager.add_column(
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        column_name="decider",
        db_column_name="decider",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 120,
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

    manager.add_column(
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        column_name="decided_at",
        db_column_name="decided_at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
        params={
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
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        constraint_name="sanction_plea_kind_known",
        constraint_class=Check,
        params={"condition": "kind IN ('statement', 'objection', 'repair')"},
        schema=None,
    )

    manager.add_constraint(
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        constraint_name="sanction_plea_state_known",
        constraint_class=Check,
        params={"condition": "state IN ('heard', 'open', 'granted', 'denied')"},
        schema=None,
    )

    manager.add_constraint(
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        constraint_name="sanction_plea_statement_heard",
        constraint_class=Check,
        params={"condition": "(kind = 'statement') = (state = 'heard')"},
        schema=None,
    )

    manager.add_constraint(
        table_class_name="SanctionPlea",
        tablename="sanction_plea",
        constraint_name="sanction_plea_answered_whole",
        constraint_class=Check,
        params={"condition": "(state IN ('granted', 'denied')) = (decided_at IS NOT NULL)"},
        schema=None,
    )

    manager.drop_column(
        table_class_name="SanctionRow",
        tablename="sanction",
        column_name="objected_on",
        db_column_name="objected_on",
        schema=None,
    )

    manager.add_column(
        table_class_name="SanctionRow",
        tablename="sanction",
        column_name="state_by",
        db_column_name="state_by",
        column_class_name="Date",
        column_class=Date,
        params={
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

    manager.add_column(
        table_class_name="SanctionRow",
        tablename="sanction",
        column_name="teller",
        db_column_name="teller",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 120,
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

    manager.add_column(
        table_class_name="SanctionRow",
        tablename="sanction",
        column_name="told_at",
        db_column_name="told_at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
        params={
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

    manager.drop_constraint(
        table_class_name="SanctionRow",
        tablename="sanction",
        constraint_name="sanction_decided_whole",
        schema=None,
    )

    manager.drop_constraint(
        table_class_name="SanctionRow",
        tablename="sanction",
        constraint_name="sanction_state_known",
        schema=None,
    )

    manager.add_constraint(
        table_class_name="SanctionRow",
        tablename="sanction",
        constraint_name="sanction_decision_whole",
        constraint_class=Check,
        params={"condition": "(state IN ('proposed', 'told')) = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_on IS NULL)"},
        schema=None,
    )

    manager.add_constraint(
        table_class_name="SanctionRow",
        tablename="sanction",
        constraint_name="sanction_state_of_life",
        constraint_class=Check,
        params={"condition": "state IN ('proposed', 'told', 'confirmed', 'refused', 'repaired', 'lifted')"},
        schema=None,
    )

    manager.add_constraint(
        table_class_name="SanctionRow",
        tablename="sanction",
        constraint_name="sanction_told_whole",
        constraint_class=Check,
        params={"condition": "(told_at IS NULL) = (state_by IS NULL) AND (state <> 'told' OR told_at IS NOT NULL)"},
        schema=None,
    )

    return manager
