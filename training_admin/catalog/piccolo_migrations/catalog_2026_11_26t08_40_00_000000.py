"""Who else bears the number of a certificate is found without reading all results; results without certificate take no place in it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from training_admin.database import execute_script

ID = "2026-11-26T08:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "index of certificate numbers"

INDEX = "CREATE INDEX class_result_certificate ON class_result (certificate_no) WHERE certificate_no <> '';"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="catalog", description=DESCRIPTION)

    async def run() -> None:
        await execute_script(INDEX)

    manager.add_raw(run)
    return manager
