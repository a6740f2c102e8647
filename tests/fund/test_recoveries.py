"""Recoveries: proposed and decided by two, owed until it came back, never more than was paid, to the fen in every budget."""

from datetime import UTC, date, datetime, timedelta

import pytest
import pytest_asyncio

from tests.fund.ledger_world import assert_sound
from tests.fund.payment_world import FIRM, Followed, due, granted, no_lines, nothing_missing, paid, person, rows, said
from tests.people import sign_in_as
from training_admin.database import write_transaction
from training_admin.fund import batches, payable_store, recoveries
from training_admin.fund.follow import FollowEvent
from training_admin.fund.holds import APPEAL_CAUSE, HoldRefused
from training_admin.fund.ledger import PayableMoved
from training_admin.fund.recoveries import AppealWaits, KeptBack, NothingPaid, RecoveryMoved, RecoveryRefused
from training_admin.fund.recovery_store import RecoveryNotFound
from training_admin.fund.result_facts import BankResult
from training_admin.kit.actor import DEMO, NotAllowed, SamePersonTwice
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings

CASE = "SJ2026000001"
BY = date(2026, 10, 31)


@pytest.fixture
def clock() -> FixedClock:
    """A working day after the notice of everything here is over."""
    return FixedClock(datetime(2026, 9, 10, 2, tzinfo=UTC))


@pytest_asyncio.fixture
async def follow(database: Settings, clock: FixedClock) -> Followed:
    """A claim of three streams from three budgets, paid."""
    for place, stream in enumerate(("职业技能类", "职业技能类1", "职业技能类2")):
        await granted(5_000, clock, stream=stream, business_id=f"下达{place}")
    followed = Followed()
    await paid([await due(1, 1001, clock, streams=3)], clock, followed)
    return followed


async def decided(fen: int, clock: FixedClock, follow: Followed, *, reason: str = "冒名参训") -> str:
    number = await recoveries.propose_recovery(await person("dudao", clock), CASE, people=1, fen=fen, reason=reason, clock=clock)
    await recoveries.decide_recovery(await person("shending", clock), number, confirm=True, return_by=BY, follow=follow, clock=clock)
    return number


async def returned(number: str, fen: int, reference: str, clock: FixedClock, follow: Followed) -> None:
    clerk = await person("caijing", clock)
    await recoveries.receive_return(clerk, number, fen=fen, reference=reference, received_on=clock.today(), follow=follow, clock=clock)


async def test_a_recovery_by_two_people_comes_back_fen_by_fen(clock: FixedClock, follow: Followed) -> None:
    inspector, decider = await person("dudao", clock), await person("shending", clock)
    number = await recoveries.propose_recovery(inspector, CASE, people=3, fen=700, reason="冒名参训", clock=clock)
    one = (await recoveries.show_recovery(decider, number, clock=clock)).recovery
    assert (one.fine_min_fen, one.fine_max_fen, one.reason) == (70, 350, "涉及 3 人次。冒名参训")
    with pytest.raises(NotAllowed):
        await recoveries.decide_recovery(inspector, number, confirm=True, return_by=BY, follow=follow, clock=clock)
    with pytest.raises(RecoveryMoved):
        await recoveries.propose_recovery(inspector, CASE, people=3, fen=1, reason="又", clock=clock)
    with pytest.raises(RecoveryRefused):
        await recoveries.decide_recovery(decider, number, confirm=True, return_by=clock.today(), follow=follow, clock=clock)
    await recoveries.decide_recovery(decider, number, confirm=True, return_by=BY, follow=follow, clock=clock)
    with pytest.raises(RecoveryMoved):
        await recoveries.decide_recovery(decider, number, confirm=True, return_by=BY, follow=follow, clock=clock)
    for place in range(7):
        await returned(number, 100, f"T{place}", clock, follow)
        await assert_sound()
    with pytest.raises(RecoveryMoved):
        await returned(number, 1, "T9", clock, follow)
    assert (await recoveries.show_recovery(decider, number, clock=clock)).recovery.state == "settled"
    assert [event for case, event in follow.events if case == CASE][-2:] == [FollowEvent.RECOVER, FollowEvent.RECOVERED]
    # What is left can be recovered as well, and no fen more.
    with pytest.raises(RecoveryRefused, match=r"3\.01"):
        await recoveries.propose_recovery(inspector, CASE, people=1, fen=302, reason="又", clock=clock)
    second = await decided(301, clock, follow)
    await returned(second, 1, "U1", clock, follow)
    await returned(second, 300, "U2", clock, follow)
    await assert_sound()
    assert await rows("SELECT sum(balance_fen)::bigint FROM fund_account WHERE kind = 'paid'") == [(0,)]


async def test_nothing_is_owed_while_an_appeal_about_the_decision_waits(clock: FixedClock, follow: Followed) -> None:
    number = await recoveries.propose_recovery(await person("dudao", clock), CASE, people=1, fen=5, reason="误付", clock=clock)
    decider = await person("shending", clock)
    async with write_transaction():
        await payable_store.add_hold(CASE, cause=APPEAL_CAUSE, words="复核申请正在办理", placer="enterprise", at=clock.now())
    with pytest.raises(AppealWaits, match="答复后才能决定追回"):
        await recoveries.decide_recovery(decider, number, confirm=True, return_by=BY, follow=follow, clock=clock)
    await assert_sound()
    async with write_transaction():
        await payable_store.lift_holds(CASE, cause=APPEAL_CAUSE, lifter="officer", at=clock.now(), reason="已答复")
    await recoveries.decide_recovery(decider, number, confirm=True, return_by=BY, follow=follow, clock=clock)
    assert (await recoveries.show_recovery(decider, number, clock=clock)).recovery.state == "decided"
    await assert_sound()


async def test_the_same_person_neither_decides_nor_voids_what_he_proposed(clock: FixedClock, follow: Followed) -> None:
    number = await recoveries.propose_recovery(DEMO, CASE, people=1, fen=5, reason="误付", clock=clock)
    with pytest.raises(SamePersonTwice):
        await recoveries.decide_recovery(DEMO, number, confirm=True, return_by=BY, follow=follow, clock=clock)
    decider = await person("shending", clock)
    await recoveries.decide_recovery(decider, number, confirm=True, return_by=BY, follow=follow, clock=clock)
    with pytest.raises(SamePersonTwice):
        await recoveries.void_recovery(DEMO, number, reason="误判", follow=follow, clock=clock)
    await returned(number, 2, "T1", clock, follow)
    await recoveries.void_recovery(decider, number, reason="误判", follow=follow, clock=clock)
    assert follow.events[-1] == (CASE, FollowEvent.FORGIVE)
    with pytest.raises(RecoveryMoved):
        await recoveries.void_recovery(decider, number, reason="误判", follow=follow, clock=clock)
    assert (await recoveries.recoverable(DEMO, CASE)).left_fen == 999
    await assert_sound()


async def test_what_cannot_be_proposed_or_received_is_refused(clock: FixedClock, follow: Followed) -> None:
    inspector = await person("dudao", clock)
    for people, fen in ((0, 1), (1, 0), (1, 1002)):
        with pytest.raises(RecoveryRefused):
            await recoveries.propose_recovery(inspector, CASE, people=people, fen=fen, reason="误付", clock=clock)
    with pytest.raises(HoldRefused):
        await recoveries.propose_recovery(inspector, CASE, people=1, fen=1, reason="联系13800000000", clock=clock)
    with pytest.raises(NothingPaid):
        await recoveries.propose_recovery(inspector, "SJ2026000009", people=1, fen=1, reason="误付", clock=clock)
    with pytest.raises(NotAllowed):
        await recoveries.propose_recovery(await person("caijing", clock), CASE, people=1, fen=1, reason="误付", clock=clock)
    number = await decided(100, clock, follow)
    clerk = await person("caijing", clock)
    for fen, reference, on in ((0, "T", clock.today()), (101, "T", clock.today()), (1, " ", clock.today()), (1, "T", BY)):
        with pytest.raises(RecoveryRefused):
            await recoveries.receive_return(clerk, number, fen=fen, reference=reference, received_on=on, follow=follow, clock=clock)
    await returned(number, 1, "T1", clock, follow)
    with pytest.raises(RecoveryRefused, match="已经登记过"):
        await returned(number, 1, "T1", clock, follow)
    with pytest.raises(RecoveryNotFound):
        await returned("ZH20269999", 1, "T2", clock, follow)


async def test_a_refused_proposal_leaves_everything_as_it_was(clock: FixedClock, follow: Followed) -> None:
    number = await recoveries.propose_recovery(await person("chushen", clock), CASE, people=1, fen=5, reason="误付", clock=clock)
    decider = await person("shending", clock)
    await recoveries.decide_recovery(decider, number, confirm=False, return_by=None, follow=follow, clock=clock)
    assert (await recoveries.recoverable(DEMO, CASE)).left_fen == 1001
    with pytest.raises(RecoveryMoved):
        await recoveries.refer_recovery(await person("dudao", clock), number, words="移送财政局", clock=clock)


async def test_everybody_sees_his_own_recoveries_and_what_is_overdue(clock: FixedClock, follow: Followed) -> None:
    number = await decided(100, clock, follow)
    await recoveries.refer_recovery(await person("dudao", clock), number, words="2026年9月移送区财政局", clock=clock)
    mine, other = (await sign_in_as("jingban-a", clock)).actor, (await sign_in_as("jingban-b", clock)).actor
    assert [each.number for each in (await recoveries.list_recoveries(mine))[0]] == [number]
    assert (await recoveries.list_recoveries(other))[0] == []
    with pytest.raises(RecoveryNotFound):
        await recoveries.show_recovery(other, number, clock=clock)
    assert not (await recoveries.show_recovery(mine, number, clock=clock)).overdue
    clock.move(timedelta(days=60))
    mine = (await sign_in_as("jingban-a", clock)).actor
    shown = await recoveries.show_recovery(mine, number, clock=clock)
    assert (shown.overdue, shown.recovery.referred) == (True, "2026年9月移送区财政局")


async def test_what_a_payment_will_keep_back_comes_back_no_other_way(clock: FixedClock, follow: Followed) -> None:
    number = await decided(100, clock, follow)
    subject = await due(2, 60, clock)
    clerk = await person("caijing", clock)
    batch = await batches.make_batch(clerk, [subject], follow=follow, missing=nothing_missing, lines=no_lines, clock=clock)
    with pytest.raises(KeptBack):
        await returned(number, 41, "T1", clock, follow)
    with pytest.raises(KeptBack):
        await recoveries.void_recovery(await person("shending", clock), number, reason="误判", follow=follow, clock=clock)
    await returned(number, 40, "T1", clock, follow)
    await batches.void_batch(await person("caifu", clock), batch, reason="重做", follow=follow, clock=clock)
    await returned(number, 60, "T2", clock, follow)
    await assert_sound()


async def test_a_payment_that_is_being_recovered_is_not_given_back_by_the_bank(clock: FixedClock, follow: Followed) -> None:
    await decided(100, clock, follow)
    batch = (await batches.list_batches(DEMO))[0][0].number
    with pytest.raises(PayableMoved):
        await said(batch, clock, follow, BankResult(f"{batch}-0001", None, False, failure="退票"))
    await assert_sound()
    assert FIRM
