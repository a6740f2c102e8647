"""What Piccolo's table cannot say: the text of a prompt is never changed or removed, a better one is a new version."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from training_admin.database import execute_script

ID = "2026-11-25T23:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "guarded texts of prompts"

GUARDS = """
CREATE FUNCTION prompt_text_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the text of a prompt is never changed or removed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'prompt_text_append_only';
END $$;
CREATE TRIGGER prompt_text_stays BEFORE UPDATE OR DELETE ON prompt_text FOR EACH ROW EXECUTE FUNCTION prompt_text_stays();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="office", description=DESCRIPTION)

    async def run() -> None:
        await execute_script(GUARDS)

    manager.add_raw(run)
    return manager
