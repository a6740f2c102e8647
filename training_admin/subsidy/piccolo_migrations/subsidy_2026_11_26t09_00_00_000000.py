"""Findings that wait for a register are found without looking through all of them when it is delivered."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from training_admin.database import execute_script

ID = "2026-11-26T09:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "index of findings that are unknown"

INDEX = "CREATE INDEX finding_unknown ON finding (assessment) WHERE answer = 'unknown';"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="subsidy", description=DESCRIPTION)

    async def run() -> None:
        await execute_script(INDEX)

    manager.add_raw(run)
    return manager
