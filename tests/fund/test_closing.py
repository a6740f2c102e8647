"""Closing the books: the year is carried over once, by two, with its list; the month is reconciled to the reference."""

from datetime import UTC, date, datetime, timedelta

import pytest
import pytest_asyncio

from tests.fund.ledger_world import assert_sound, enter, new_payable, state_of
from tests.fund.payment_world import Followed, due, granted, paid, person, rows, said, sent
from tests.people import sign_in_as
from training_admin.fund import closing, ledger
from training_admin.fund.closing import ClosedBefore, ClosingRefused
from training_admin.fund.closing_facts import Difference, differences, summed
from training_admin.fund.closing_store import CarryNotFound, ReconciliationNotFound
from training_admin.fund.ledger import BudgetRefused
from training_admin.fund.ledger_facts import Account, SubFund
from training_admin.fund.payable_store import PayableState
from training_admin.fund.result_facts import BankResult
from training_admin.kit.actor import DEMO, NotAllowed, SamePersonTwice, StepUpNeeded
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings

pytestmark = pytest.mark.measured


@pytest.fixture
def clock() -> FixedClock:
    """A working day after the notice of everything here is over."""
    return FixedClock(datetime(2026, 9, 10, 2, tzinfo=UTC))


@pytest_asyncio.fixture
async def follow(database: Settings, clock: FixedClock) -> Followed:
    """Nobody who follows but a list."""
    return Followed()


async def test_a_year_is_carried_over_once_with_all_that_waits(clock: FixedClock, follow: Followed) -> None:
    await granted(10_000, clock)
    await ledger.grant(DEMO, 2026, SubFund.DISTRICT, "", subject_code="205", paper="文", fen=700, business_id="统筹", clock=clock)
    await paid([await due(1, 1_000, clock)], clock, follow)
    batch = await sent([await due(2, 2_000, clock)], clock, follow)
    await due(3, 500, clock)
    await enter(new_payable(4, 300), clock)
    await enter(new_payable(5, 50_000), clock)
    with pytest.raises(ClosingRefused):
        await closing.propose_carry(DEMO, 2026, clock=clock)
    clock.move(timedelta(days=125))
    clerk, checker = await person("caijing", clock), await person("caifu", clock)
    with pytest.raises(CarryNotFound):
        await closing.sign_carry(checker, 2026, clock=clock)
    await closing.propose_carry(clerk, 2026, clock=clock)
    with pytest.raises(NotAllowed):
        await closing.sign_carry(clerk, 2026, clock=clock)
    with pytest.raises(StepUpNeeded):
        await closing.sign_carry((await sign_in_as("caifu", clock)).actor, 2026, clock=clock)
    await granted(-200, clock, business_id="年末调减")
    assert (await closing.show_carry(clerk, 2026)).stale
    with pytest.raises(ClosedBefore):
        await closing.sign_carry(checker, 2026, clock=clock)
    await closing.propose_carry(clerk, 2026, clock=clock)
    assert not (await closing.show_carry(clerk, 2026)).stale
    await closing.sign_carry(checker, 2026, clock=clock)
    with pytest.raises(ClosedBefore):
        await closing.sign_carry(checker, 2026, clock=clock)
    with pytest.raises(ClosedBefore):
        await closing.propose_carry(DEMO, 2026, clock=clock)
    found = {(each.year, each.sub_fund): each for each in await ledger.budgets_shown(clerk)}
    old, new = found[2026, SubFund.ENTERPRISE], found[2027, SubFund.ENTERPRISE]
    assert (old.closed, old.granted_fen, old.balances[Account.PAID]) == (True, 1_000, 1_000)
    assert (new.balances[Account.PAYABLE], new.balances[Account.COMMITTED], new.available_fen) == (2_500, 300, 0)
    assert found[2027, SubFund.SURPLUS].available_fen == 10_000 - 200 - 3_800
    assert found[2027, SubFund.DISTRICT].available_fen == 700
    await assert_sound()
    with pytest.raises(BudgetRefused):
        await granted(1, clock, business_id="迟到")
    # What was on its way is paid from the new year; what waited is served by it, also what is determined later for the old year.
    await said(batch, clock, follow, BankResult(f"{batch}-0001", 2_000, True, "Z2", clock.today()))
    await granted(60_000, clock, year=2027, business_id="2027")
    assert await state_of("SJ2026000005/1") is PayableState.COMMITTED
    assert await enter(new_payable(6, 100), clock) is PayableState.COMMITTED
    assert await rows("SELECT DISTINCT year FROM payable WHERE state <> 'paid' ORDER BY 1") == [(2027,)]
    assert [each.number for each in await closing.carries_shown(clerk)] == ["JZ2026"]
    await assert_sound()


async def test_nobody_carries_over_alone_or_nothing(clock: FixedClock, follow: Followed) -> None:
    clock.move(timedelta(days=125))
    with pytest.raises(ClosingRefused, match="没有可结转"):
        await closing.propose_carry(DEMO, 2026, clock=clock)
    await granted(100, clock)
    await closing.propose_carry(DEMO, 2026, clock=clock)
    with pytest.raises(SamePersonTwice):
        await closing.sign_carry(DEMO, 2026, clock=clock)


async def test_what_waits_for_a_year_that_was_used_up_is_served_by_the_next(clock: FixedClock, follow: Followed) -> None:
    await granted(1_000, clock)
    await paid([await due(1, 1_000, clock)], clock, follow)
    assert await enter(new_payable(2, 300), clock) is PayableState.WAITING
    clock.move(timedelta(days=125))
    await granted(1_000, clock, year=2027, business_id="2027")
    clerk, checker = await person("caijing", clock), await person("caifu", clock)
    shown = await closing.show_carry(clerk, 2026)
    assert (shown.now, shown.waiting) == ((), 1)
    await closing.propose_carry(clerk, 2026, clock=clock)
    await closing.sign_carry(checker, 2026, clock=clock)
    assert await state_of("SJ2026000002/1") is PayableState.COMMITTED
    await assert_sound()
    # No budget of any stream is opened in a year that was carried over.
    with pytest.raises(BudgetRefused, match="已经结转"):
        await granted(5, clock, stream="综合素质类", business_id="迟到")


async def test_years_are_carried_over_in_turn(clock: FixedClock, follow: Followed) -> None:
    await granted(1_000, clock, year=2025, business_id="2025")
    await granted(1_000, clock)
    clock.move(timedelta(days=125))
    clerk, checker = await person("caijing", clock), await person("caifu", clock)
    with pytest.raises(ClosingRefused, match="请先结转2025年"):
        await closing.propose_carry(clerk, 2026, clock=clock)
    for year in (2025, 2026):
        await closing.propose_carry(clerk, year, clock=clock)
        await closing.sign_carry(checker, year, clock=clock)
    await assert_sound()


async def test_a_month_is_reconciled_to_the_reference_by_two(clock: FixedClock, follow: Followed) -> None:
    await granted(10_000, clock)
    batch = await sent([await due(1, 1_000, clock)], clock, follow)
    await said(batch, clock, follow, BankResult(f"{batch}-0001", 1_000, True, "Z1", date(2026, 9, 10)))
    september = date(2026, 9, 17)
    statement = [("Z1", 1_000), ("Z9", 5), ("X", 7), ("X", -7)]
    with pytest.raises(ClosingRefused, match="当月结束"):
        await closing.reconcile(DEMO, september, statement, words="", clock=clock)
    clock.move(timedelta(days=30))
    clerk, checker = await person("caijing", clock), await person("caifu", clock)
    with pytest.raises(ReconciliationNotFound):
        await closing.check_reconciliation(checker, september, clock=clock)
    with pytest.raises(ClosingRefused, match="1 处不符"):
        await closing.reconcile(clerk, september, statement, words="", clock=clock)
    await closing.reconcile(clerk, september, statement, words="手续费，下月冲回", clock=clock)
    found = (await closing.months_shown(clerk))[0]
    assert (found.books_fen, found.treasury_fen, found.differences) == (1_000, 1_005, (Difference("Z9", 0, 5),))
    await closing.reconcile(clerk, september, [("Z1", 1_000)], words="", clock=clock)
    await closing.check_reconciliation(checker, september, clock=clock)
    with pytest.raises(ClosedBefore):
        await closing.check_reconciliation(checker, september, clock=clock)
    with pytest.raises(ClosedBefore):
        await closing.reconcile(clerk, september, [("Z1", 1_000)], words="", clock=clock)
    with pytest.raises(NotAllowed):
        await closing.reconcile(checker, september, [], words="", clock=clock)


async def test_what_the_bank_gave_back_stays_paid_in_its_month_and_is_back_in_another(clock: FixedClock, follow: Followed) -> None:
    await granted(10_000, clock)
    batch = await sent([await due(1, 1_000, clock)], clock, follow)
    await said(batch, clock, follow, BankResult(f"{batch}-0001", 1_000, True, "Z1", date(2026, 9, 10)))
    clock.move(timedelta(days=25))
    await said(batch, clock, follow, BankResult(f"{batch}-0001", 1_000, False, failure="退票"))
    clock.move(timedelta(days=30))
    clerk = await person("caijing", clock)
    for month, fen in ((date(2026, 9, 1), 1_000), (date(2026, 10, 1), -1_000)):
        await closing.reconcile(clerk, month, [("Z1", fen)], words="", clock=clock)
    assert [(each.books_fen, each.differences) for each in await closing.months_shown(clerk)] == [(-1_000, ()), (1_000, ())]


def test_differences_name_each_reference_once() -> None:
    assert summed([("a", 1), ("a", 2), ("b", 5), ("b", -5)]) == {"a": 3}
    assert differences({"a": 1, "b": 2}, {"b": 2, "c": 3}) == (Difference("a", 1, 0), Difference("c", 0, 3))
