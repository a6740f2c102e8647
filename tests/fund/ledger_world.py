"""A fund for tests: budgets, payables, and what must hold of them at any quiet moment."""

from datetime import UTC, date, datetime

from training_admin.database import fetch_tuples, read_transaction, retried, write_transaction
from training_admin.fund import ledger, ledger_store, payable_store
from training_admin.fund.ledger_facts import Account, SubFund, faults_of
from training_admin.fund.payable_store import NewPayable, PayableState
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import Clock

YEAR, STREAM = 2026, "职业技能类"
NOTICE_ENDS, PAY_BY = date(2026, 9, 8), date(2026, 9, 29)
# In which account the fen of a payable are, by its state.
STANDS_IN = {
    PayableState.COMMITTED: Account.COMMITTED,
    PayableState.DUE: Account.PAYABLE,
    PayableState.BATCHED: Account.PAYABLE,
    PayableState.FAILED: Account.PAYABLE,
}


async def granted(fen: int, clock: Clock, *, year: int = YEAR, stream: str = "", business_id: str = "下达1") -> int:
    return await ledger.grant(
        DEMO,
        year,
        SubFund.ENTERPRISE,
        stream,
        subject_code="2050803",
        paper="松财〔2026〕1号",
        fen=fen,
        business_id=business_id,
        clock=clock,
    )


def new_payable(number: int, fen: int, *, stream: str = STREAM, year: int = YEAR) -> NewPayable:
    return NewPayable(
        subject=f"SJ{year}{number:06d}/1",
        case_no=f"SJ{year}{number:06d}",
        year=year,
        payee=f"9131011700000{number % 40:05d}",
        payee_name=f"企业{number % 40}",
        fen_by_stream={stream: fen},
        since=datetime(2026, 9, 1, tzinfo=UTC),
        sealed_account=b"sealed",
        account_hash=b"account",
    )


@retried
async def enter(new: NewPayable, clock: Clock) -> PayableState:
    async with write_transaction():
        return await ledger.enter_payable(DEMO, new, clock=clock)


async def state_of(subject: str) -> PayableState:
    async with read_transaction():
        return (await payable_store.payable_by_subject(subject)).state


async def assert_sound() -> None:
    """Sums are zero, balances are those of the postings, nothing is overspent, and each fen of a payable is in one account."""
    assert await ledger.ledger_faults() == []
    async with read_transaction():
        budgets = await ledger_store.load_budgets()
        rows = await fetch_tuples("SELECT pp.budget, p.state, pp.fen FROM payable_part pp JOIN payable p ON p.id = pp.payable")
        back = await fetch_tuples(
            """SELECT (SELECT coalesce(sum(balance_fen), 0) FROM fund_account WHERE kind IN ('receivable', 'recovered'))::bigint
                   + (SELECT coalesce(sum(fen), 0) FROM reuse WHERE state = 'done')::bigint"""
        )
    assert faults_of(budgets) == []
    for account in (Account.COMMITTED, Account.PAYABLE):
        told = sum(fen for budget, state, fen in rows if budget and STANDS_IN.get(PayableState(state)) is account)
        assert told == sum(each.balances[account] for each in budgets), account
    paid = sum(fen for _budget, state, fen in rows if state == PayableState.PAID)
    assert paid == sum(each.balances[Account.PAID] for each in budgets) + back[0][0]
