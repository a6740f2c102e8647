"""Accounts that change between determination, batch and payment: nothing is paid to another one than the last without a call-back."""

from datetime import UTC, datetime

import pytest
import pytest_asyncio

from tests.fund.payment_world import Followed, account_of, due, granted, no_lines, nothing_missing, paid, person, said, sent
from training_admin.fund import batches, case_payments
from training_admin.fund.batches import BatchBlocked, NothingDue
from training_admin.fund.ledger import PayableMoved
from training_admin.fund.result_facts import BankResult
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings


@pytest.fixture
def clock() -> FixedClock:
    """A working day after the notice of everything here is over."""
    return FixedClock(datetime(2026, 9, 10, 2, tzinfo=UTC))


@pytest_asyncio.fixture
async def follow(database: Settings, clock: FixedClock) -> Followed:
    """A budget, and nobody who follows but a list."""
    await granted(10_000_000, clock)
    return Followed()


async def made(subject: str, clock: FixedClock, follow: Followed) -> str:
    clerk = await person("caijing", clock)
    return await batches.make_batch(clerk, [subject], follow=follow, missing=nothing_missing, lines=no_lines, clock=clock)


async def test_an_account_entered_before_the_bank_paid_elsewhere_is_called_back(clock: FixedClock, follow: Followed) -> None:
    older = await due(1, 1000, clock)
    await paid([await due(2, 1000, clock, account=account_of(9))], clock, follow)
    with pytest.raises(NothingDue, match="已变更"):
        await made(older, clock, follow)
    await batches.call_back(await person("caifu", clock), older, clock=clock)
    await paid([older], clock, follow)


async def test_a_batch_on_its_way_stops_when_the_payee_was_paid_elsewhere_meanwhile(clock: FixedClock, follow: Followed) -> None:
    older, other = await due(1, 1000, clock), await due(2, 1000, clock, account=account_of(9))
    number = await made(older, clock, follow)
    await paid([other], clock, follow)
    checker = await person("caifu", clock)
    with pytest.raises(BatchBlocked, match="已变更"):
        await batches.check_batch(checker, number, missing=nothing_missing, lines=no_lines, clock=clock)
    with pytest.raises(PayableMoved):
        await batches.call_back(checker, older, clock=clock)


async def test_each_corrected_account_is_called_back_anew(clock: FixedClock, follow: Followed) -> None:
    subject = await due(1, 1000, clock)
    checker, clerk = await person("caifu", clock), await person("jingban-a", clock)
    for place in (7, 8):
        number = await sent([subject], clock, follow)
        await said(number, clock, follow, BankResult(f"{number}-0001", None, False, failure="账号有误"))
        await case_payments.reapply(clerk, "SJ2026000001", account_of(place), clock=clock)
        with pytest.raises(NothingDue, match="已变更"):
            await made(subject, clock, follow)
        await batches.call_back(checker, subject, clock=clock)
    await paid([subject], clock, follow)
