"""What a payment kept back for a recovery, when that payment fails afterwards: it is owed again, and the claim follows."""

from datetime import UTC, date, datetime

import msgspec
import pytest
import pytest_asyncio

from tests.fund.ledger_world import assert_sound, enter
from tests.fund.payment_world import Followed, due, granted, make_due, paid, payable, person, rows, said
from training_admin.fund import recoveries
from training_admin.fund.bank_results import ResultsRefused
from training_admin.fund.follow import OF_REST, FollowEvent
from training_admin.fund.recoveries import RecoveryMoved, RecoveryRefused
from training_admin.fund.result_facts import BankResult
from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock, FixedClock
from training_admin.settings import Settings
from training_admin.subsidy.review_states import Act, ClaimState, next_state

CASE = "SJ2026000001"
BY = date(2026, 10, 31)


class Claims(Followed):
    """Moves claims by the table of their states, as the claims' room does, without anything else of them."""

    def __init__(self) -> None:
        super().__init__()
        self.states: dict[str, ClaimState] = {}

    async def __call__(self, actor: Actor, case_no: str, event: FollowEvent, clock: Clock) -> None:
        await super().__call__(actor, case_no, event, clock)
        if event not in OF_REST:
            self.states[case_no] = next_state(self.states.get(case_no, ClaimState.PAYABLE), Act(event.value))


@pytest.fixture
def clock() -> FixedClock:
    """A working day after the notice of everything here is over."""
    return FixedClock(datetime(2026, 9, 10, 2, tzinfo=UTC))


@pytest_asyncio.fixture
async def claims(database: Settings, clock: FixedClock) -> Claims:
    """A claim that was paid."""
    await granted(1_000_000, clock)
    found = Claims()
    await paid([await due(1, 1000, clock)], clock, found)
    return found


async def decided(fen: int, clock: FixedClock, claims: Claims) -> str:
    number = await recoveries.propose_recovery(await person("dudao", clock), CASE, people=1, fen=fen, reason="误付", clock=clock)
    await recoveries.decide_recovery(await person("shending", clock), number, confirm=True, return_by=BY, follow=claims, clock=clock)
    return number


async def came_back(number: str, fen: int, reference: str, clock: FixedClock, claims: Claims) -> None:
    clerk = await person("caijing", clock)
    await recoveries.receive_return(clerk, number, fen=fen, reference=reference, received_on=clock.today(), follow=claims, clock=clock)


async def test_a_payment_that_fails_after_the_case_is_asked_for_more_is_entered_and_both_recoveries_end(
    clock: FixedClock, claims: Claims
) -> None:
    first = await decided(700, clock, claims)
    batch = await paid([await due(2, 900, clock)], clock, claims)
    assert claims.states[CASE] is ClaimState.RECOVERED
    second = await decided(300, clock, claims)
    assert claims.states[CASE] is ClaimState.RECOVERING
    assert await said(batch, clock, claims, BankResult(f"{batch}-0001", None, False, failure="退票")) == 1
    await assert_sound()
    await came_back(second, 300, "T1", clock, claims)
    assert claims.states[CASE] is ClaimState.RECOVERING
    await came_back(first, 700, "T2", clock, claims)
    assert claims.states[CASE] is ClaimState.RECOVERED
    await assert_sound()
    assert await rows("SELECT kind, sum(balance_fen)::bigint FROM fund_account WHERE kind IN ('paid', 'receivable') GROUP BY 1") in (
        [("paid", 0), ("receivable", 0)],
        [("receivable", 0), ("paid", 0)],
    )


async def test_one_of_two_recoveries_of_a_case_is_voided_and_the_case_stays_in_recovery(clock: FixedClock, claims: Claims) -> None:
    first = await decided(700, clock, claims)
    batch = await paid([await due(2, 900, clock)], clock, claims)
    second = await decided(300, clock, claims)
    await said(batch, clock, claims, BankResult(f"{batch}-0001", None, False, failure="退票"))
    decider = await person("shending", clock)
    await recoveries.void_recovery(decider, second, reason="误判", follow=claims, clock=clock)
    assert claims.states[CASE] is ClaimState.RECOVERING
    await came_back(first, 700, "T1", clock, claims)
    assert claims.states[CASE] is ClaimState.RECOVERED
    await assert_sound()


async def test_the_bank_says_nothing_of_what_was_kept_back_whole(clock: FixedClock, claims: Claims) -> None:
    await decided(700, clock, claims)
    batch = await paid([await due(2, 500, clock)], clock, claims)
    with pytest.raises(ResultsRefused, match="没有送银行"):
        await said(batch, clock, claims, BankResult(f"{batch}-0001", None, False, failure="退票"))
    await assert_sound()


async def test_all_parts_of_a_case_are_asked_back_at_once_and_the_case_follows_the_last(clock: FixedClock, claims: Claims) -> None:
    rest = msgspec.structs.replace(payable(1, 300), subject=f"{CASE}/1-1")
    await enter(rest, clock)
    await make_due(rest.subject, clock)
    claims.states[CASE] = ClaimState.PAYABLE
    await paid([rest.subject], clock, claims, reference="R")
    inspector = await person("dudao", clock)
    with pytest.raises(RecoveryRefused, match="分笔拨付"):
        await recoveries.propose_recovery(inspector, CASE, people=1, fen=1300, reason="误付", clock=clock)
    first, second = await decided(1000, clock, claims), await decided(300, clock, claims)
    with pytest.raises(RecoveryMoved):
        await recoveries.propose_recovery(inspector, CASE, people=1, fen=1, reason="误付", clock=clock)
    await came_back(first, 1000, "T1", clock, claims)
    assert claims.states[CASE] is ClaimState.RECOVERING
    await came_back(second, 300, "T2", clock, claims)
    assert claims.states[CASE] is ClaimState.RECOVERED
    await assert_sound()
