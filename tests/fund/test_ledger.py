"""The ledger: every fen in one account, nothing overspent whatever happens side by side, the database guards itself."""

import asyncio
import os
import random

import pytest

from tests.fund.ledger_world import NOTICE_ENDS, PAY_BY, STREAM, YEAR, assert_sound, enter, granted, new_payable, state_of
from tests.people import sign_in_as
from training_admin.database import DatabaseFault, execute_script, fetch_tuples, read_transaction, retried, write_transaction
from training_admin.fund import ledger, ledger_store, payable_store
from training_admin.fund.ledger import BudgetRefused, PayableMoved
from training_admin.fund.ledger_facts import (
    Account,
    Budget,
    LedgerAct,
    Part,
    Side,
    SubFund,
    carried_sides,
    chosen_parts,
    faults_of,
    shared,
    sides_of,
)
from training_admin.fund.ledger_store import BudgetNotFound, BudgetShort
from training_admin.fund.payable_store import PayableNotFound, PayableState
from training_admin.kit.actor import DEMO, NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.kit.refusals import Unavailable
from training_admin.settings import Settings

# `make soak` asks for 100 000.
INTERLEAVINGS = int(os.environ.get("INTERLEAVINGS", "2000"))


def budget(number: int, available: int, *, stream: str = "", sub_fund: SubFund = SubFund.ENTERPRISE, closed: bool = False) -> Budget:
    balances = dict.fromkeys(Account, 0) | {Account.AVAILABLE: available, Account.GRANTED: -available}
    return Budget(number, YEAR, sub_fund, stream, "2050803", "文", closed, balances)


@pytest.mark.parametrize("act", [each for each in LedgerAct if each is not LedgerAct.CARRY])
def test_every_act_moves_inside_one_budget_and_sums_to_zero(act: LedgerAct) -> None:
    sides = sides_of(act, [Part(2, 5), Part(1, 7), Part(2, 1)])
    assert sum(side.fen for side in sides if side.budget == 1) == 0
    assert sorted(side.fen for side in sides if side.budget == 2) == [-6, 6]
    assert list(sides) == sorted(sides)


def test_a_carry_over_leaves_both_budgets_at_zero() -> None:
    sides = carried_sides([(1, 2, Account.AVAILABLE, 70), (1, 2, Account.COMMITTED, 30)])
    assert Side(1, Account.GRANTED, 100) in sides
    assert Side(2, Account.GRANTED, -100) in sides
    assert Side(2, Account.COMMITTED, 30) in sides
    for number in (1, 2):
        assert sum(side.fen for side in sides if side.budget == number) == 0


def test_an_amount_is_spread_over_its_parts_to_the_fen() -> None:
    assert shared([Part(1, 2), Part(2, 1)], 1) == [Part(1, 1)]
    assert sum(part.fen for part in shared([Part(1, 333), Part(2, 667)], 999)) == 999


@pytest.mark.parametrize(
    ("budgets", "wanted", "chosen"),
    [
        pytest.param([budget(1, 10), budget(2, 10, stream=STREAM)], {STREAM: 10}, {STREAM: 2}, id="the stream's own first"),
        pytest.param([budget(1, 9, sub_fund=SubFund.SURPLUS), budget(2, 9)], {STREAM: 9}, {STREAM: 2}, id="surplus last"),
        pytest.param([budget(1, 9, sub_fund=SubFund.DISTRICT)], {STREAM: 1}, None, id="never the district's own"),
        pytest.param([budget(1, 9, closed=True)], {STREAM: 1}, None, id="never a closed year"),
        pytest.param([budget(1, 10)], {STREAM: 6, "岗位能力类": 5}, None, id="whole or not at all"),
        pytest.param([budget(1, 11)], {STREAM: 6, "岗位能力类": 5}, {STREAM: 1, "岗位能力类": 1}, id="two streams of one budget"),
    ],
)
def test_from_which_budget_a_stream_is_taken(budgets: list[Budget], wanted: dict[str, int], chosen: dict[str, int] | None) -> None:
    found = chosen_parts(wanted, budgets)
    assert (None if found is None else {stream: part.budget for stream, part in found}) == chosen


def test_what_is_wrong_with_balances_is_told() -> None:
    assert faults_of([budget(1, 5)]) == []
    wrong = budget(1, 5)
    wrong.balances[Account.PAID] = -1
    assert len(faults_of([wrong])) == 2
    assert budget(1, 5).words == "2026年企业补贴"
    assert budget(1, 5, stream=STREAM).words == f"2026年企业补贴（{STREAM}）"
    assert budget(1, 5).granted_fen == 5


async def test_a_grant_entered_twice_counts_once_and_cannot_be_taken_back_beyond_what_is_left(
    database: Settings, clock: FixedClock
) -> None:
    key = await granted(1000, clock)
    assert await granted(1000, clock) == key
    await enter(new_payable(1, 400), clock)
    with pytest.raises(BudgetShort):
        await granted(-601, clock, business_id="调减1")
    with pytest.raises(BudgetShort):  # more than was ever granted
        await granted(-1001, clock, business_id="调减1")
    await granted(-600, clock, business_id="调减2")
    found = (await ledger.budgets_shown(DEMO))[0]
    assert (found.granted_fen, found.available_fen, found.balances[Account.COMMITTED]) == (400, 0, 400)
    assert next(each.act for each in await ledger.entries_shown(DEMO, budget=key)) is LedgerAct.CUT
    assert len(await ledger.entries_shown(DEMO, subject="SJ2026000001")) == 2
    await assert_sound()


@pytest.mark.parametrize(
    "changes",
    [{"year": 1999}, {"fen": 0}, {"paper": ""}, {"business_id": ""}, {"subject_code": "x"}, {"subject_code": ""}, {"stream": "类" * 21}],
)
async def test_a_grant_that_cannot_be_is_refused(database: Settings, clock: FixedClock, changes: dict[str, object]) -> None:
    good: dict[str, object] = {"year": 2026, "fen": 1, "paper": "文", "business_id": "1", "subject_code": "205", "stream": ""}
    given = good | changes
    with pytest.raises(BudgetRefused):
        await ledger.grant(DEMO, given.pop("year"), SubFund.ENTERPRISE, given.pop("stream"), **given, clock=clock)  # type: ignore[arg-type] # wrong on purpose


async def test_only_the_finance_office_grants_and_only_who_may_reads(database: Settings, clock: FixedClock) -> None:
    reviewer = (await sign_in_as("chushen", clock)).actor
    with pytest.raises(NotAllowed):
        await ledger.grant(reviewer, 2026, SubFund.ENTERPRISE, "", subject_code="205", paper="文", fen=1, business_id="1", clock=clock)
    with pytest.raises(NotAllowed):
        await ledger.budgets_shown(reviewer)
    with pytest.raises(NotAllowed):
        await ledger.entries_shown(reviewer)


async def test_short_money_is_waited_for_in_the_declared_order_and_never_half_paid(database: Settings, clock: FixedClock) -> None:
    await granted(100, clock)
    assert await enter(new_payable(1, 120), clock) is PayableState.WAITING
    # What came later and would fit waits as well: nobody is overtaken.
    assert await enter(new_payable(2, 50), clock) is PayableState.WAITING
    assert await enter(new_payable(2, 50), clock) is PayableState.WAITING
    await granted(20, clock, business_id="追加1")
    assert await state_of("SJ2026000001/1") is PayableState.COMMITTED
    assert await state_of("SJ2026000002/1") is PayableState.WAITING
    async with write_transaction():
        await ledger.release(DEMO, "SJ2026000001/1", clock=clock)
    assert await state_of("SJ2026000002/1") is PayableState.COMMITTED
    await assert_sound()


async def test_an_amount_through_its_life(database: Settings, clock: FixedClock) -> None:
    await granted(100, clock)
    subject = "SJ2026000001/1"
    await enter(new_payable(1, 100), clock)
    await act_on("due", subject, clock)
    await act_on("batch", subject, clock)
    with pytest.raises(PayableMoved):
        await act_on("release", subject, clock)
    await act_on("pay", subject, clock)
    await act_on("fail", subject, clock)
    await act_on("release", subject, clock)
    with pytest.raises(PayableMoved):
        await act_on("release", subject, clock)
    with pytest.raises(PayableNotFound):
        await act_on("release", "SJ2026000009/1", clock)
    async with read_transaction():
        assert (await ledger_store.load_budget((await ledger_store.load_budgets())[0].id)).available_fen == 100
        with pytest.raises(BudgetNotFound):
            await ledger_store.load_budget(999_999)
    await assert_sound()


@retried
async def act_on(act: str, subject: str, clock: FixedClock, payment: str = "1") -> None:
    """One act on one payable in a transaction of its own."""
    async with write_transaction():
        payable = await payable_store.payable_by_subject(subject)
        if act == "due":
            await ledger.make_due(DEMO, subject, notice_ends=NOTICE_ENDS, pay_by=PAY_BY, clock=clock)
        elif act == "release":
            await ledger.release(DEMO, subject, clock=clock)
        elif act == "batch":
            item = await an_item(payable)
            moved = await fetch_tuples(
                "UPDATE payable SET state = 'batched', item = $2 WHERE id = $1 AND state IN ('due', 'failed') RETURNING id",
                payable.id,
                item,
            )
            if not moved:
                raise PayableMoved("")
        elif act == "pay":
            await ledger.pay(DEMO, payable, payment=payment, clock=clock)
        elif act == "fail":
            await ledger.fail_payment(DEMO, payable, payment=payment, clock=clock)
        elif payable.state is not PayableState.PAID:
            raise PayableMoved("")
        else:
            ledger_act = LedgerAct.RECOVER if act == "recover" else LedgerAct.RETURN
            parts = shared((await payable_store.parts_of([payable.id]))[payable.id], 1)
            key = f"{act}:{subject}/{payment}"
            await ledger.move_parts(DEMO, ledger_act, parts, subject=payable.case_no, business_id=key, clock=clock)


async def an_item(payable: payable_store.Payable) -> int:
    batch = await fetch_tuples(
        """INSERT INTO payment_batch (number, year, state, moved, total_fen, item_count, maker, made_by, hands, made_at, void_reason)
           VALUES ('PC' || nextval('payment_batch_id_seq'), 2026, 'draft', 0, 0, 0, '', '', '{}', now(), '') RETURNING id"""
    )
    item = await fetch_tuples(
        """INSERT INTO payment_item (batch, payee, payee_name, fen, netted_fen, sealed_account, account_hash, state, failure)
           VALUES ($1, $2, $3, $4, 0, '', '', 'pending', '') RETURNING id""",
        *(batch[0][0], payable.payee, payable.payee_name, payable.fen),
    )
    return int(item[0][0])


async def test_64_parallel_approvals_on_one_fund_never_overspend_it(database: Settings, clock: FixedClock) -> None:
    await granted(1000, clock)

    async def approve(number: int) -> PayableState:
        for _again in range(50):
            try:
                return await enter(new_payable(number, 100), clock)
            except Unavailable:  # a busy database asks to try again, as a person would
                await asyncio.sleep(0.05)
        raise AssertionError("the database never had time")

    states = await asyncio.gather(*(approve(number) for number in range(64)))
    assert len(states) == 64
    found = (await ledger.budgets_shown(DEMO))[0]
    assert (found.available_fen, found.balances[Account.COMMITTED]) == (0, 1000)
    async with read_transaction():
        assert len(await payable_store.waiting_payables(YEAR)) == 54
    await assert_sound()


async def test_random_interleavings_keep_every_fen_in_one_account(database: Settings, clock: FixedClock) -> None:
    dice = random.Random(20260901)  # noqa: S311 - a test's dice
    await granted(50_000, clock)
    numbers = iter(range(1, 10 * INTERLEAVINGS))
    entered: list[int] = []
    tolerated = (PayableMoved, BudgetShort, Unavailable)

    async def step(seed: int) -> None:
        act = dice.choice(("enter", "enter", "due", "batch", "pay", "fail", "release", "recover", "return", "grant", "cut"))
        if act in {"grant", "cut"}:
            await granted((1 if act == "grant" else -1) * dice.randint(1, 3_000), clock, business_id=f"调整{seed}")
        elif act == "enter" or not entered:
            number = next(numbers)
            entered.append(number)
            await enter(new_payable(number, dice.randint(1, 2_000), stream=dice.choice((STREAM, "岗位能力类"))), clock)
        else:
            await act_on(act, f"SJ2026{dice.choice(entered[-60:]):06d}/1", clock, payment=str(seed))

    async def tolerant(seed: int) -> int:
        try:
            await step(seed)
        except (*tolerated, PayableNotFound):
            return 0
        return 1

    done = 0
    for start in range(0, INTERLEAVINGS, 8):
        done += sum(await asyncio.gather(*(tolerant(start + place) for place in range(8))))
        if start % 400 == 0:
            await assert_sound()
    await assert_sound()
    assert done > INTERLEAVINGS // 4
    async with read_transaction():
        assert all(fen >= 0 for (fen,) in await fetch_tuples("SELECT balance_fen FROM fund_account WHERE kind <> 'granted'"))


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        pytest.param("UPDATE fund_posting SET amount_fen = 1", "ledger_append_only", id="a posting is changed"),
        pytest.param("DELETE FROM fund_entry", "ledger_append_only", id="an entry is removed"),
        pytest.param("TRUNCATE fund_posting", "ledger_append_only", id="postings are emptied"),
        pytest.param("UPDATE fund_account SET balance_fen = 7 WHERE kind = 'paid'", "ledger_balance_posted", id="a balance is written"),
        pytest.param("UPDATE fund_account SET balance_fen = -1 WHERE kind = 'paid'", "fund_account_covered", id="a balance below zero"),
        pytest.param(
            "INSERT INTO fund_posting (entry, account, amount_fen, balance_after_fen) "
            "SELECT e.id, a.id, 5, 5 FROM fund_entry e, fund_account a WHERE a.kind = 'paid'",
            "ledger_entry_zero",
            id="one side alone",
        ),
    ],
)
async def test_the_database_itself_refuses(database: Settings, clock: FixedClock, statement: str, constraint: str) -> None:
    await granted(100, clock)
    with pytest.raises(DatabaseFault, match=constraint):
        async with write_transaction():
            await execute_script(statement)
    await assert_sound()


async def test_a_ledger_that_was_tampered_with_below_the_guards_is_found(database: Settings, clock: FixedClock) -> None:
    await granted(100, clock)
    async with write_transaction():
        await execute_script("SET LOCAL session_replication_role = replica; UPDATE fund_account SET balance_fen = 9 WHERE kind = 'paid'")
    assert len(await ledger.ledger_faults()) == 2
