"""What Piccolo's tables cannot say of what is to be put right: acts are append only, what was asked stays, one open entry per origin."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from training_admin.database import execute_script

ID = "2026-11-26T03:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the register of rectifications guards itself"

GUARDS = """
CREATE FUNCTION rectification_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of a rectification is append only'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rectification_append_only';
END $$;
CREATE TRIGGER rectification_act_append_only BEFORE UPDATE OR DELETE ON rectification_act
    FOR EACH ROW EXECUTE FUNCTION rectification_refuse_change();
CREATE TRIGGER rectification_file_append_only BEFORE UPDATE OR DELETE ON rectification_file
    FOR EACH ROW EXECUTE FUNCTION rectification_refuse_change();
CREATE TRIGGER rectification_act_kept BEFORE TRUNCATE ON rectification_act
    FOR EACH STATEMENT EXECUTE FUNCTION rectification_refuse_change();
CREATE TRIGGER rectification_stays BEFORE DELETE ON rectification FOR EACH ROW EXECUTE FUNCTION rectification_refuse_change();
CREATE FUNCTION rectification_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'ended'
        OR (NEW.id, NEW.number, NEW.source, NEW.origin, NEW.organisation, NEW.class_no, NEW.case_no, NEW.amount_fen, NEW.severity,
            NEW.problem, NEW.evidence, NEW.measure, NEW.asked_by, NEW.asked_at)
        IS DISTINCT FROM
           (OLD.id, OLD.number, OLD.source, OLD.origin, OLD.organisation, OLD.class_no, OLD.case_no, OLD.amount_fen, OLD.severity,
            OLD.problem, OLD.evidence, OLD.measure, OLD.asked_by, OLD.asked_at) THEN
        RAISE EXCEPTION 'what was asked to be put right never changes, nor what has ended'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rectification_keeps';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rectification_keeps BEFORE UPDATE ON rectification FOR EACH ROW EXECUTE FUNCTION rectification_keeps();
CREATE UNIQUE INDEX rectification_waits_once ON rectification (source, origin, organisation) WHERE state <> 'ended' AND origin <> '';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="audit", description=DESCRIPTION)

    async def run() -> None:
        await execute_script(GUARDS)

    manager.add_raw(run)
    return manager
