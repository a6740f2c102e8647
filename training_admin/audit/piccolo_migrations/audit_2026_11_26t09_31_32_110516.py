from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.constraints import Check

ID = "2026-11-26T09:31:32:110516"
VERSION = "1.38.0"
DESCRIPTION = "lists of certificates that the national query does not know"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="audit", description=DESCRIPTION)

    manager.drop_constraint(
        table_class_name="MatchListRow",
        tablename="match_list",
        constraint_name="match_list_kind_known",
        schema=None,
    )

    manager.add_constraint(
        table_class_name="MatchListRow",
        tablename="match_list",
        constraint_name="match_list_in_known_kind",
        constraint_class=Check,
        params={
            "condition": "kind IN ('death', 'pension', 'payroll', 'school', 'abroad', 'hospital', 'detention', 'status', 'other_fund', 'not_found')"
        },
        schema=None,
    )

    return manager
