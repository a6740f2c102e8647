"""What Piccolo's tables cannot say of call-backs: samples, who was drawn and calls are append only."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from training_admin.database import execute_script

ID = "2026-11-26T04:20:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "call-backs guard themselves"

GUARDS = """
CREATE FUNCTION callback_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'call-backs are append only' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'callback_append_only';
END $$;
CREATE TRIGGER callback_sample_append_only BEFORE UPDATE OR DELETE ON callback_sample
    FOR EACH ROW EXECUTE FUNCTION callback_refuse_change();
CREATE TRIGGER callback_person_append_only BEFORE UPDATE OR DELETE ON callback_person
    FOR EACH ROW EXECUTE FUNCTION callback_refuse_change();
CREATE TRIGGER callback_call_append_only BEFORE UPDATE OR DELETE ON callback_call
    FOR EACH ROW EXECUTE FUNCTION callback_refuse_change();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="audit", description=DESCRIPTION)

    async def run() -> None:
        await execute_script(GUARDS)

    manager.add_raw(run)
    return manager
