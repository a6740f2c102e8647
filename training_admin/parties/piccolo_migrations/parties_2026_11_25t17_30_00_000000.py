"""What Piccolo's table cannot say: a change of a list is decided once, and neither it nor its entries are changed or removed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from training_admin.database import execute_script

ID = "2026-11-25T17:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "guarded lists"

GUARDS = """
CREATE FUNCTION list_change_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'open' OR NEW.state = 'open'
        OR (NEW.id, NEW.number, NEW.kind, NEW.why, NEW.proposed_by, NEW.proposer, NEW.hands, NEW.proposed_at)
        IS DISTINCT FROM (OLD.id, OLD.number, OLD.kind, OLD.why, OLD.proposed_by, OLD.proposer, OLD.hands, OLD.proposed_at) THEN
        RAISE EXCEPTION 'a change of a list is decided once and never changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'list_change_decided_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER list_change_decided_once BEFORE UPDATE ON list_change FOR EACH ROW EXECUTE FUNCTION list_change_decided_once();
CREATE TRIGGER list_change_stays BEFORE DELETE ON list_change FOR EACH ROW EXECUTE FUNCTION parties_refuse_change();
CREATE TRIGGER list_entry_stays BEFORE UPDATE OR DELETE ON list_entry FOR EACH ROW EXECUTE FUNCTION parties_refuse_change();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="parties", description=DESCRIPTION)

    async def run() -> None:
        await execute_script(GUARDS)

    manager.add_raw(run)
    return manager
