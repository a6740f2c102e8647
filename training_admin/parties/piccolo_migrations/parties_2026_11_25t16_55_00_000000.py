"""What Piccolo's table cannot say: versions and measures are decided once, what was entered never changes, nothing is removed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from training_admin.database import execute_script

ID = "2026-11-25T16:55:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "guarded versions and measures"

GUARDS = """
CREATE FUNCTION parties_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'parties_append_only';
END $$;
CREATE FUNCTION resource_version_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A new key seals the number again; nothing else about a decided version changes.
    IF (NEW.state = OLD.state) <> (NEW.sealed IS DISTINCT FROM OLD.sealed)
        OR (OLD.state <> 'waiting' AND (NEW.state, NEW.decided_by, NEW.decider, NEW.decided_at, NEW.reason)
            IS DISTINCT FROM (OLD.state, OLD.decided_by, OLD.decider, OLD.decided_at, OLD.reason))
        OR (NEW.id, NEW.resource, NEW.version, NEW.organisation_name, NEW.content, NEW.ended, NEW.person, NEW.file,
            NEW.entered_by, NEW.enterer, NEW.hands, NEW.entered_at)
        IS DISTINCT FROM
           (OLD.id, OLD.resource, OLD.version, OLD.organisation_name, OLD.content, OLD.ended, OLD.person, OLD.file,
            OLD.entered_by, OLD.enterer, OLD.hands, OLD.entered_at) THEN
        RAISE EXCEPTION 'a version is decided once and never changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'resource_version_decided_once';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION sanction_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state <> 'proposed' AND (NEW.state, NEW.decided_at, NEW.decided_on, NEW.step, NEW.fix_by)
            IS DISTINCT FROM (OLD.state, OLD.decided_at, OLD.decided_on, OLD.step, OLD.fix_by))
        OR (NEW.id, NEW.number, NEW.organisation, NEW.asked, NEW.facts, NEW.ground, NEW.conduct_ended_on, NEW.proposed_by, NEW.hands,
            NEW.proposed_at)
        IS DISTINCT FROM
           (OLD.id, OLD.number, OLD.organisation, OLD.asked, OLD.facts, OLD.ground, OLD.conduct_ended_on, OLD.proposed_by, OLD.hands,
            OLD.proposed_at)
        OR (OLD.fixed_on IS NOT NULL AND NEW.fixed_on IS DISTINCT FROM OLD.fixed_on)
        OR (OLD.lifted_on IS NOT NULL AND NEW.lifted_on IS DISTINCT FROM OLD.lifted_on) THEN
        RAISE EXCEPTION 'a measure is decided once and never changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'sanction_keeps';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER resource_stays BEFORE UPDATE OR DELETE ON resource FOR EACH ROW EXECUTE FUNCTION parties_refuse_change();
CREATE TRIGGER resource_version_decided_once BEFORE UPDATE ON resource_version
    FOR EACH ROW EXECUTE FUNCTION resource_version_decided_once();
CREATE TRIGGER resource_version_stays BEFORE DELETE ON resource_version FOR EACH ROW EXECUTE FUNCTION parties_refuse_change();
CREATE TRIGGER sanction_keeps BEFORE UPDATE ON sanction FOR EACH ROW EXECUTE FUNCTION sanction_keeps();
CREATE TRIGGER sanction_stays BEFORE DELETE ON sanction FOR EACH ROW EXECUTE FUNCTION parties_refuse_change();
CREATE UNIQUE INDEX resource_version_waits_once ON resource_version (resource) WHERE state = 'waiting';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="parties", description=DESCRIPTION)

    async def run() -> None:
        await execute_script(GUARDS)

    manager.add_raw(run)
    return manager
