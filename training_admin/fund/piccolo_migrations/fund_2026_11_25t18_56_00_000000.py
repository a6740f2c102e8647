"""What Piccolo's tables cannot say of the ledger: entries are append only, sum to zero in every budget, and balances are their sums."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from training_admin.database import execute_script

ID = "2026-11-25T18:56:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the ledger guards itself"

GUARDS = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append only' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_append_only';
END $$;
CREATE TRIGGER fund_entry_append_only BEFORE UPDATE OR DELETE ON fund_entry FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER fund_posting_append_only BEFORE UPDATE OR DELETE ON fund_posting FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER fund_entry_kept BEFORE TRUNCATE ON fund_entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER fund_posting_kept BEFORE TRUNCATE ON fund_posting FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE FUNCTION ledger_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM fund_posting p JOIN fund_account a ON a.id = p.account
        WHERE p.entry = NEW.entry GROUP BY a.budget HAVING sum(p.amount_fen) <> 0
    ) THEN
        RAISE EXCEPTION 'an entry does not sum to zero' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_zero';
    END IF;
    IF NEW.balance_after_fen - NEW.amount_fen <> coalesce(
        (SELECT balance_after_fen FROM fund_posting WHERE account = NEW.account AND id < NEW.id ORDER BY id DESC LIMIT 1), 0
    ) THEN
        RAISE EXCEPTION 'a posting does not follow the one before' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_posting_follows';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER fund_posting_balances AFTER INSERT ON fund_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances();

CREATE FUNCTION ledger_account_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT balance_fen FROM fund_account WHERE id = NEW.id) <> coalesce(
        (SELECT balance_after_fen FROM fund_posting WHERE account = NEW.id ORDER BY id DESC LIMIT 1), 0
    ) THEN
        RAISE EXCEPTION 'a balance is not that of its postings' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balance_posted';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER fund_account_balances AFTER INSERT OR UPDATE ON fund_account
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_account_balances();

CREATE INDEX fund_posting_last ON fund_posting (account, id DESC);
"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="fund", description=DESCRIPTION)

    async def run() -> None:
        await execute_script(GUARDS)

    manager.add_raw(run)
    return manager
