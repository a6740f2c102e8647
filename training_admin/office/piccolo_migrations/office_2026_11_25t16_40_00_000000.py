"""Indexes for the filters of the trail's readers; each row is written once, so they cost one entry a row."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from training_admin.database import execute_script

ID = "2026-11-25T16:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes for reading the trail"

INDEXES = """
-- Whoever stands in for another is found under both keys.
CREATE INDEX trail_hands ON trail USING gin (string_to_array(actor, ' for '));
CREATE INDEX trail_event_number ON trail (event varchar_pattern_ops, number);
CREATE INDEX trail_at ON trail (at);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="office", description=DESCRIPTION)

    async def run() -> None:
        await execute_script(INDEXES)

    manager.add_raw(run)
    return manager
