"""不予拨付 against whatever else happens to the money: parts of one case, new rounds, appeals, closed years, two hands at once."""

import asyncio
from datetime import timedelta

import pytest

from tests.audit.test_holding import FIRST, carried_on, due, insured_elsewhere, made
from tests.audit.test_withholding import decided, everything_held, found_true, held_rest, proposed, state_of
from tests.fund.ledger_world import assert_sound
from tests.fund.payment_world import person, rows
from tests.fund.web_world import payable_claim
from training_admin.audit import deciding, doubt_store
from training_admin.database import read_transaction
from training_admin.fund import batches, closing, withholding
from training_admin.fund.ledger import ledger_faults
from training_admin.fund.withholding import WithholdingMoved
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings
from training_admin.subsidy import appeals
from training_admin.subsidy.review_states import ClaimState
from training_admin.wiring import follow_claim, lines_of_claims, missing_of_claim


async def two_parts(clock: FixedClock) -> tuple[str, str, str]:
    """A claim that is due in two parts: its batch, which set a held line apart, was voided; case, first part, lines set apart."""
    case = await payable_claim(clock)
    await insured_elsewhere(clock, FIRST)
    batch = await made(case, clock)
    await batches.void_batch(await person("caifu", clock), batch, reason="重新核对", follow=follow_claim, clock=clock)
    (first, _), (rest, _) = await due(case)
    return case, first, rest


async def open_of(case: str) -> list[tuple[object, ...]]:
    return await rows("SELECT subject, state FROM payable WHERE case_no = $1 AND state <> 'released' ORDER BY id", case)


async def voided(number: str, clock: FixedClock) -> None:
    leader = await person("shending", clock)
    await withholding.void_withholding(leader, number, reason="撤销", follow=follow_claim, clock=clock)


async def test_a_case_goes_back_to_review_with_all_its_parts(database: Settings, clock: FixedClock) -> None:
    case, first, rest = await two_parts(clock)
    await found_true(case, clock)
    await everything_held(case)
    of_rest = await proposed(rest, clock)
    await decided(await proposed(first, clock), clock)
    assert await state_of(case) is ClaimState.ACCEPTED
    assert await open_of(case) == []
    with pytest.raises(WithholdingMoved):
        await decided(of_rest, clock)
    await decided(of_rest, clock, confirm=False, said="申报已退回重新审核")
    await assert_sound()
    assert await ledger_faults() == []


async def test_lines_not_paid_in_an_earlier_round_stay_unpaid_when_the_case_is_reviewed_anew(database: Settings, clock: FixedClock) -> None:
    case, first, rest = await two_parts(clock)
    await found_true(case, clock)
    number = await proposed(rest, clock)
    await decided(number, clock)
    await everything_held(case)
    await decided(await proposed(first, clock), clock)
    assert await state_of(case) is ClaimState.ACCEPTED
    with pytest.raises(WithholdingMoved, match="重新审核"):
        await voided(number, clock)
    assert await open_of(case) == []
    await assert_sound()
    assert await ledger_faults() == []


async def test_a_case_of_which_a_part_goes_out_meanwhile_does_not_go_back_whole(database: Settings, clock: FixedClock) -> None:
    case, first, rest = await two_parts(clock)
    async with read_transaction():
        (one,) = [each for each in await doubt_store.of_claim(case) if each.rule == "AU-020"]
    await deciding.decide_doubt(DEMO, one.number, "confirmed", reason="已核实", before="", clock=clock)
    await everything_held(case)
    number = await proposed(first, clock)
    await deciding.decide_doubt(DEMO, one.number, "false", reason="补缴差错", before="confirmed", clock=clock)
    await carried_on(await batches_of(rest, clock), clock)
    await deciding.decide_doubt(DEMO, one.number, "confirmed", reason="重新核实", before="false", clock=clock)
    await everything_held(case)
    with pytest.raises(WithholdingMoved, match="不能整件退回"):
        await decided(number, clock)
    assert await open_of(case) == [(first, "due"), (rest, "paid")]


async def batches_of(subject: str, clock: FixedClock) -> str:
    clerk = await person("caijing", clock)
    return await batches.make_batch(clerk, [subject], follow=follow_claim, clock=clock, missing=missing_of_claim, lines=lines_of_claims)


async def test_an_appeal_is_upheld_after_lines_were_withheld_and_reinstated(database: Settings, clock: FixedClock) -> None:
    case, _first, rest = await two_parts(clock)
    await found_true(case, clock)
    number = await proposed(rest, clock)
    await decided(number, clock)
    await voided(number, clock)
    given = await appeals.make_appeal(await person("jingban-a", clock), case, "对审定金额有异议", clock=clock)
    await appeals.decide_appeal(DEMO, case, given, uphold=True, answer="同意复核", clock=clock)
    assert await state_of(case) is ClaimState.ACCEPTED
    assert await open_of(case) == []
    await assert_sound()
    assert await ledger_faults() == []


async def test_two_decide_or_one_decides_while_a_batch_is_made(database: Settings, clock: FixedClock) -> None:
    case, first, rest = await two_parts(clock)
    await found_true(case, clock)
    said = await asyncio.gather(proposed(rest, clock), proposed(rest, clock), return_exceptions=True)
    (number,) = [each for each in said if isinstance(each, str)]
    assert [type(each) for each in said if not isinstance(each, str)] == [WithholdingMoved]
    answers = await asyncio.gather(
        *(decided(number, clock, confirm=yes, said="不采纳") for yes in (True, False)), batches_of(first, clock), return_exceptions=True
    )
    assert sum(isinstance(each, WithholdingMoved) for each in answers) == 1
    await assert_sound()
    assert await ledger_faults() == []


@pytest.mark.parametrize("decided_first", [True, False])
async def test_a_year_is_carried_over_between_the_steps(database: Settings, clock: FixedClock, *, decided_first: bool) -> None:
    case, rest, fen = await held_rest(clock)
    number = await proposed(rest, clock)
    if decided_first:
        await decided(number, clock)
    clock.move(timedelta(days=225))
    await closing.propose_carry(await person("caijing", clock), 2026, clock=clock)
    await closing.sign_carry(await person("caifu", clock), 2026, clock=clock)
    if not decided_first:
        await decided(number, clock)
    await voided(number, clock)
    assert await rows("SELECT subject, year, fen FROM payable WHERE case_no = $1 AND state = 'due'", case) == [(rest, 2027, fen)]
    await assert_sound()
    assert await ledger_faults() == []
