"""What Piccolo's table cannot say: what was proposed never changes, and a decision is taken once."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from training_admin.database import execute_script

ID = "2026-11-25T16:27:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "guarded proposals of policy"

GUARDS = """
CREATE FUNCTION policy_proposal_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'open' OR NEW.state = 'open'
        OR (NEW.id, NEW.number, NEW.kind, NEW.pack, NEW.version, NEW.content, NEW.sha256, NEW.why, NEW.proposed_by, NEW.proposer, NEW.hands,
            NEW.proposed_at)
        IS DISTINCT FROM
           (OLD.id, OLD.number, OLD.kind, OLD.pack, OLD.version, OLD.content, OLD.sha256, OLD.why, OLD.proposed_by, OLD.proposer, OLD.hands,
            OLD.proposed_at) THEN
        RAISE EXCEPTION 'a proposal is decided once and never changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'policy_proposal_decided_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_proposal_decided_once BEFORE UPDATE ON policy_proposal
    FOR EACH ROW EXECUTE FUNCTION policy_proposal_decided_once();
CREATE TRIGGER policy_proposal_stays BEFORE DELETE ON policy_proposal FOR EACH ROW EXECUTE FUNCTION policy_refuse_change();
CREATE TRIGGER policy_proposal_stays_table BEFORE TRUNCATE ON policy_proposal
    FOR EACH STATEMENT EXECUTE FUNCTION policy_refuse_change();
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="policy", description=DESCRIPTION)

    async def run() -> None:
        await execute_script(GUARDS)

    manager.add_raw(run)
    return manager
