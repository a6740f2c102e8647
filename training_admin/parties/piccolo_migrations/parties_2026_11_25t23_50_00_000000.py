"""What Piccolo's table cannot say: a measure moves only forwards, what was told and decided never changes, pleas are answered once.

Measures lifted or repaired before had no state of their own; they get it here.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.constraints import Check

from training_admin.database import execute_script

ID = "2026-11-25T23:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "guarded measures and pleas"

GUARDS = """
CREATE OR REPLACE FUNCTION sanction_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state NOT IN ('proposed', 'told') AND (NEW.decided_at, NEW.decided_on, NEW.step, NEW.fix_by, NEW.reason)
            IS DISTINCT FROM (OLD.decided_at, OLD.decided_on, OLD.step, OLD.fix_by, OLD.reason))
        OR (OLD.state = 'told' AND NEW.state NOT IN ('told', 'confirmed', 'refused'))
        OR (OLD.state = 'confirmed' AND NEW.state NOT IN ('confirmed', 'repaired', 'lifted'))
        OR (OLD.state IN ('refused', 'repaired', 'lifted') AND NEW.state <> OLD.state)
        OR (OLD.state <> 'proposed' AND (NEW.teller, NEW.told_at, NEW.state_by, NEW.hands)
            IS DISTINCT FROM (OLD.teller, OLD.told_at, OLD.state_by, OLD.hands))
        OR NOT NEW.hands @> OLD.hands
        OR (NEW.id, NEW.number, NEW.organisation, NEW.asked, NEW.facts, NEW.ground, NEW.conduct_ended_on, NEW.proposed_by, NEW.proposed_at)
        IS DISTINCT FROM
           (OLD.id, OLD.number, OLD.organisation, OLD.asked, OLD.facts, OLD.ground, OLD.conduct_ended_on, OLD.proposed_by, OLD.proposed_at)
        OR (OLD.fixed_on IS NOT NULL AND NEW.fixed_on IS DISTINCT FROM OLD.fixed_on)
        OR (OLD.lifted_on IS NOT NULL AND NEW.lifted_on IS DISTINCT FROM OLD.lifted_on) THEN
        RAISE EXCEPTION 'a measure is told and decided once and never changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'sanction_keeps';
    END IF;
    RETURN NEW;
END $$;
UPDATE sanction SET state = CASE WHEN lifted_on IS NOT NULL THEN 'lifted' ELSE 'repaired' END
    WHERE state = 'confirmed' AND (lifted_on IS NOT NULL OR (step = 'credit' AND fixed_on IS NOT NULL));
CREATE FUNCTION sanction_plea_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A new key seals the words again; an objection is marked once, what is open is answered once.
    IF (OLD.state <> 'open' AND (NEW.state, NEW.answer, NEW.decider, NEW.decided_at, NEW.due, NEW.marked_at)
            IS DISTINCT FROM (OLD.state, OLD.answer, OLD.decider, OLD.decided_at, OLD.due, OLD.marked_at))
        OR (OLD.marked_at IS NOT NULL AND (NEW.marked_at, NEW.marker, NEW.transferred, NEW.due)
            IS DISTINCT FROM (OLD.marked_at, OLD.marker, OLD.transferred, OLD.due))
        OR (NEW.id, NEW.sanction, NEW.kind, NEW.asker, NEW.on_paper, NEW.asked_at, NEW.mark_by)
        IS DISTINCT FROM (OLD.id, OLD.sanction, OLD.kind, OLD.asker, OLD.on_paper, OLD.asked_at, OLD.mark_by) THEN
        RAISE EXCEPTION 'what was said about a measure is answered once and never changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'sanction_plea_keeps';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sanction_plea_keeps BEFORE UPDATE ON sanction_plea FOR EACH ROW EXECUTE FUNCTION sanction_plea_keeps();
CREATE TRIGGER sanction_plea_stays BEFORE DELETE ON sanction_plea FOR EACH ROW EXECUTE FUNCTION parties_refuse_change();
CREATE UNIQUE INDEX sanction_plea_waits_once ON sanction_plea (sanction, kind) WHERE state = 'open';
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="parties", description=DESCRIPTION)

    async def run() -> None:
        await execute_script(GUARDS)

    manager.add_raw(run)
    # What is raw runs first: the states are right before this is asked of them.
    manager.add_constraint(
        table_class_name="SanctionRow",
        tablename="sanction",
        constraint_name="sanction_ended_whole",
        constraint_class=Check,
        params={"condition": "(state = 'lifted') = (lifted_on IS NOT NULL) AND (state <> 'repaired' OR fixed_on IS NOT NULL)"},
        schema=None,
    )
    return manager
