"""Returned money made available again: by two persons with a fresh proof, never more than came back, once."""

import msgspec
import pytest

from tests.fund.ledger_world import assert_sound
from tests.fund.payment_world import Followed
from tests.fund.test_recoveries import clock, decided, follow, returned
from tests.people import sign_in_as
from training_admin.database import read_transaction
from training_admin.fund import ledger_store, reusing
from training_admin.fund.ledger_facts import Account
from training_admin.fund.reuse_store import ReuseNotFound
from training_admin.fund.reusing import ReuseMoved, ReuseRefused
from training_admin.kit.actor import NotAllowed, SamePersonTwice, StepUpNeeded
from training_admin.kit.clock import FixedClock

__all__ = ["clock", "follow"]


async def balances(budget: int) -> tuple[int, int]:
    async with read_transaction():
        one = await ledger_store.load_budget(budget)
    return one.balances[Account.RECOVERED], one.balances[Account.AVAILABLE]


async def test_what_came_back_is_available_again_when_two_have_signed(clock: FixedClock, follow: Followed) -> None:
    number = await decided(900, clock, follow)
    await returned(number, 900, "R-1", clock, follow)
    async with read_transaction():
        budget = next(each.id for each in await ledger_store.load_budgets(year=2026) if each.balances[Account.RECOVERED] == 300)
    came_back, available = await balances(budget)
    clerk = (await sign_in_as("caijing", clock)).actor
    checker = (await sign_in_as("caifu", clock, stepped_up=True)).actor
    with pytest.raises(NotAllowed):
        await reusing.propose_reuse(checker, budget, fen=100, ground="财政意见", clock=clock)
    for fen, ground in ((0, "财政意见"), (came_back + 1, "财政意见"), (100, " ")):
        with pytest.raises(ReuseRefused):
            await reusing.propose_reuse(clerk, budget, fen=fen, ground=ground, clock=clock)
    first = await reusing.propose_reuse(clerk, budget, fen=200, ground="财政意见", clock=clock)
    with pytest.raises(ReuseRefused):  # what another proposal asks for is not there twice
        await reusing.propose_reuse(clerk, budget, fen=came_back, ground="财政意见", clock=clock)
    with pytest.raises(StepUpNeeded):
        await reusing.decide_reuse((await sign_in_as("caifu", clock)).actor, first, sign=True, clock=clock)
    with pytest.raises(SamePersonTwice):
        await reusing.decide_reuse(msgspec.structs.replace(checker, acts_for=clerk.key), first, sign=True, clock=clock)
    with pytest.raises(ReuseNotFound):
        await reusing.decide_reuse(checker, "TK20269999", sign=True, clock=clock)
    assert await reusing.decide_reuse(checker, first, sign=True, clock=clock) == budget
    assert await balances(budget) == (came_back - 200, available + 200)
    with pytest.raises(ReuseMoved):
        await reusing.decide_reuse(checker, first, sign=True, clock=clock)
    second = await reusing.propose_reuse(clerk, budget, fen=100, ground="财政意见", clock=clock)
    with pytest.raises(ReuseRefused):
        await reusing.decide_reuse(checker, second, sign=False, clock=clock)
    await reusing.decide_reuse(checker, second, sign=False, reason="须上缴", clock=clock)
    shown, free = await reusing.reuses_shown(checker, budget)
    assert ([each.reuse.state for each in shown], free) == (["refused", "done"], came_back - 200)
    assert await balances(budget) == (came_back - 200, available + 200)
    await assert_sound()
