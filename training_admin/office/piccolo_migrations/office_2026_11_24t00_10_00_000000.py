"""The head of the trail is guarded too: it only steps from one row to the next, and no row is added beside it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from training_admin.database import execute_script

ID = "2026-11-24T00:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "guarded head of the trail"

GUARDS = """
INSERT INTO trail_head (id, number, hash) VALUES (1, 0, repeat('0', 64)) ON CONFLICT (id) DO NOTHING;

CREATE FUNCTION trail_row_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM trail_head WHERE id = 1 AND number = NEW.number - 1 AND hash = NEW.previous_hash) THEN
        RAISE EXCEPTION 'a row of the trail follows its head' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trail_follows_head';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER trail_follows_head BEFORE INSERT ON trail FOR EACH ROW EXECUTE FUNCTION trail_row_follows();

-- At COMMIT, because the head moves after the row was written.
CREATE FUNCTION trail_head_has_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM trail_head WHERE id = 1 AND number >= NEW.number) THEN
        RAISE EXCEPTION 'the head of the trail moves with each row' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trail_head_moves';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER trail_head_moves AFTER INSERT ON trail DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION trail_head_has_moved();

CREATE FUNCTION trail_head_steps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.number <> OLD.number + 1
        OR NOT EXISTS (SELECT FROM trail WHERE number = NEW.number AND hash = NEW.hash AND previous_hash = OLD.hash) THEN
        RAISE EXCEPTION 'the head of the trail steps to the next row' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'trail_head_steps';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER trail_head_steps BEFORE UPDATE ON trail_head FOR EACH ROW EXECUTE FUNCTION trail_head_steps();
CREATE TRIGGER trail_head_stays BEFORE INSERT OR DELETE ON trail_head FOR EACH ROW EXECUTE FUNCTION trail_refuse_change();
CREATE TRIGGER trail_head_stays_table BEFORE TRUNCATE ON trail_head FOR EACH STATEMENT EXECUTE FUNCTION trail_refuse_change();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="office", description=DESCRIPTION)

    async def run() -> None:
        await execute_script(GUARDS)

    manager.add_raw(run)
    return manager
