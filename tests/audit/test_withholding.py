"""不予拨付: what a confirmed doubt holds is not paid, decided by two; its money serves others, and the decision can be given up."""

from datetime import timedelta

import pytest

from tests.audit.test_holding import FIRST, carried_on, due, insured_elsewhere, made, only_doubt
from tests.fund.ledger_world import assert_sound
from tests.fund.payment_world import Followed, person, rows
from tests.fund.web_world import payable_claim
from training_admin.audit import deciding
from training_admin.audit.searching import search_period
from training_admin.database import fetch_tuples, read_transaction, retried, write_transaction
from training_admin.fund import batches, ledger, ledger_store, withholding
from training_admin.fund.batches import NothingDue
from training_admin.fund.case_payments import payments_of_case
from training_admin.fund.ledger import ledger_faults
from training_admin.fund.ledger_store import BudgetShort
from training_admin.fund.withholding import NotConfirmed, NothingHeld, WithholdingMoved, WithholdingRefused
from training_admin.fund.withholding_store import WithholdingNotFound
from training_admin.kit.actor import COMMAND_LINE, DEMO, NotAllowed, SamePersonTwice
from training_admin.kit.clock import FixedClock
from training_admin.office import paper_store
from training_admin.office.paper_facts import PaperKind
from training_admin.settings import Settings
from training_admin.subsidy.review_states import ClaimState
from training_admin.subsidy.review_store import claim_by_number
from training_admin.wiring import follow_claim, lines_of_claims, missing_of_claim

REASON = "经核实，该人员培训期间由其他单位缴纳社会保险"


async def held_rest(clock: FixedClock, *, confirmed: bool = True) -> tuple[str, str, int]:
    """A claim paid but for one line that a doubt holds; case, subject and fen of the line."""
    case = await payable_claim(clock)
    await insured_elsewhere(clock, FIRST)
    await carried_on(await made(case, clock), clock)
    ((rest, fen),) = await due(case)
    if confirmed:
        await found_true(case, clock)
    return case, rest, fen


async def found_true(case: str, clock: FixedClock) -> None:
    one = await only_doubt(case)
    await deciding.decide_doubt(DEMO, one.number, "confirmed", reason="已核实", before="", clock=clock)


async def proposed(subject: str, clock: FixedClock, *, reason: str = REASON) -> str:
    reviewer = await person("chushen", clock)
    return await withholding.propose_withholding(reviewer, subject, reason=reason, lines=lines_of_claims, clock=clock)


async def decided(number: str, clock: FixedClock, *, login: str = "shending", confirm: bool = True, said: str = "") -> None:
    leader = await person(login, clock)
    await withholding.decide_withholding(
        leader, number, confirm=confirm, said=said, follow=follow_claim, lines=lines_of_claims, clock=clock
    )


async def available() -> int:
    async with read_transaction():
        return sum(each.available_fen for each in await ledger_store.load_budgets())


@retried
async def written(statement: str, *arguments: object) -> None:
    async with write_transaction():
        await fetch_tuples(f"{statement} RETURNING id", *arguments)


async def state_of(case: str) -> ClaimState:
    async with read_transaction():
        return (await claim_by_number(case, None)).state


async def test_a_confirmed_line_is_not_paid_and_its_money_is_available_again(database: Settings, clock: FixedClock) -> None:
    case, rest, fen = await held_rest(clock)
    before = await available()
    (held,) = await withholding.held_due(await person("chushen", clock), lines=lines_of_claims, clock=clock)
    assert (held.row.due.subject, held.confirmed, held.proposal) == (rest, True, None)
    number = await proposed(rest, clock)
    with pytest.raises(WithholdingMoved, match=number):
        await proposed(rest, clock)
    enterprise = await person("jingban-a", clock)
    assert await withholding.list_withholdings(enterprise) == []
    await decided(number, clock)
    assert await available() == before + fen
    assert await due(case) == []
    with pytest.raises(NothingDue):
        await made(case, clock)
    assert [(each.state.value, each.words, each.pay_by) for each in await payments_of_case(enterprise, case)][1:] == [
        ("withheld", "不予拨付", None)
    ]
    assert [each.number for each in await withholding.list_withholdings(enterprise)] == [number]
    assert await state_of(case) is ClaimState.PAID
    async with read_transaction():
        paper = (await paper_store.papers_of(case))[-1]
    assert paper.kind is PaperKind.WITHHELD
    text = "".join(block.text for block in paper.content.blocks)
    assert REASON in text
    assert "行政复议" in text
    with pytest.raises(WithholdingMoved):
        await decided(number, clock)
    await assert_sound()
    assert await ledger_faults() == []


async def test_a_decision_is_given_up_and_the_line_paid_when_the_doubt_is_gone(database: Settings, clock: FixedClock) -> None:
    case, rest, fen = await held_rest(clock)
    number = await proposed(rest, clock)
    await decided(number, clock)
    before = await available()
    leader = await person("shending", clock)
    for _ in range(2):
        await withholding.void_withholding(leader, number, reason="复议后核实为补缴差错", follow=follow_claim, clock=clock)
        assert (await due(case), await available()) == ([(rest, fen)], before - fen)
        with pytest.raises(NothingDue):
            await made(case, clock)
        number = await proposed(rest, clock)
        await decided(number, clock)
        before = await available()
    await withholding.void_withholding(leader, number, reason="再次核实", follow=follow_claim, clock=clock)
    one = await only_doubt(case)
    await deciding.decide_doubt(DEMO, one.number, "false", reason="补缴差错", before="confirmed", clock=clock)
    await carried_on(await made(case, clock), clock)
    assert await rows("SELECT count(*), sum(fen)::bigint FROM payable WHERE state = 'paid' AND subject = $1", rest) == [(1, fen)]
    await assert_sound()
    assert await ledger_faults() == []


async def test_what_was_withheld_comes_back_only_when_there_is_money(database: Settings, clock: FixedClock) -> None:
    case, rest, _fen = await held_rest(clock)
    number = await proposed(rest, clock)
    await decided(number, clock)
    async with read_transaction():
        budgets = await ledger_store.load_budgets()
    for budget in budgets:
        if budget.available_fen:
            await ledger.grant(
                await person("caijing", clock),
                budget.year,
                budget.sub_fund,
                budget.stream,
                subject_code=budget.subject_code,
                paper="调减",
                fen=-budget.available_fen,
                business_id=f"调减{budget.id}",
                clock=clock,
            )
    leader = await person("shending", clock)
    with pytest.raises(BudgetShort, match="追加预算"):
        await withholding.void_withholding(leader, number, reason="撤销", follow=follow_claim, clock=clock)
    shown = await withholding.show_withholding(leader, number)
    assert (shown.one.state, await due(case)) == ("decided", [])


async def test_a_claim_that_is_held_whole_goes_back_to_review(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    ((subject, whole),) = await due(case)
    await insured_elsewhere(clock, FIRST)
    await search_period(COMMAND_LINE, clock.today() - timedelta(days=60), clock.today(), clock=clock)
    await found_true(case, clock)
    with pytest.raises(NothingHeld):  # one line only: it is set apart by the next batch
        await proposed(subject, clock)
    await everything_held(case)
    before = await available()
    number = await proposed(subject, clock)
    await decided(number, clock)
    assert await state_of(case) is ClaimState.ACCEPTED
    assert await available() == before + whole
    assert await rows("SELECT state FROM payable WHERE subject = $1", subject) == [("released",)]
    with pytest.raises(WithholdingMoved):
        await withholding.void_withholding(await person("shending", clock), number, reason="撤销", follow=follow_claim, clock=clock)
    await assert_sound()
    assert await ledger_faults() == []


async def test_a_claim_of_which_a_part_is_paid_is_not_determined_anew(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    await insured_elsewhere(clock, FIRST)
    batch = await made(case, clock)
    await batches.void_batch(await person("caifu", clock), batch, reason="重做", follow=follow_claim, clock=clock)
    (origin, fen), (rest, _held) = await due(case)
    one = await only_doubt(case)
    await deciding.decide_doubt(DEMO, one.number, "false", reason="补缴差错", before="", clock=clock)
    clerk = await person("caijing", clock)
    later = await batches.make_batch(clerk, [rest], follow=follow_claim, missing=missing_of_claim, lines=lines_of_claims, clock=clock)
    await carried_on(later, clock)
    await deciding.decide_doubt(DEMO, one.number, "confirmed", reason="再次核实", before="false", clock=clock)
    await everything_held(case)
    number = await proposed(origin, clock)
    before = await available()
    await decided(number, clock)
    assert await state_of(case) is not ClaimState.ACCEPTED
    assert await available() == before + fen
    assert await rows("SELECT subject, state FROM payable WHERE case_no = $1 ORDER BY id", case) == [(origin, "withheld"), (rest, "paid")]
    await assert_sound()
    assert await ledger_faults() == []


async def everything_held(case: str) -> None:
    """The confirmed doubt is about the whole claim."""
    await written("UPDATE audit_doubt SET rows = '{}', class_no = '' WHERE claim = (SELECT id FROM claim WHERE number = $1)", case)


async def test_who_may_and_what_is_asked_for(database: Settings, clock: FixedClock) -> None:
    case, rest, _fen = await held_rest(clock, confirmed=False)
    with pytest.raises(NotConfirmed):
        await proposed(rest, clock)
    await found_true(case, clock)
    for reason in (" ", "因" * 1001):
        with pytest.raises(WithholdingRefused):
            await proposed(rest, clock, reason=reason)
    for login in ("caijing", "jingban-a"):
        with pytest.raises(NotAllowed):
            await withholding.propose_withholding(await person(login, clock), rest, reason=REASON, lines=lines_of_claims, clock=clock)
    number = await withholding.propose_withholding(DEMO, rest, reason=REASON, lines=lines_of_claims, clock=clock)
    with pytest.raises(SamePersonTwice):
        await withholding.decide_withholding(DEMO, number, confirm=True, follow=Followed(), lines=lines_of_claims, clock=clock)
    with pytest.raises(NotAllowed):
        await decided(number, clock, login="chushen")
    with pytest.raises(WithholdingRefused):
        await decided(number, clock, confirm=False)
    with pytest.raises(WithholdingNotFound):
        await withholding.show_withholding(await person("jingban-a", clock), number)
    await decided(number, clock, confirm=False, said="证据不足")
    assert [subject for subject, _ in await due(case)] == [rest]
    shown = await withholding.show_withholding(await person("shending", clock), number)
    assert (shown.one.state, shown.one.said, shown.same_person) == ("refused", "证据不足", False)


async def test_a_doubt_that_goes_while_the_proposal_waits_stops_the_decision(database: Settings, clock: FixedClock) -> None:
    case, rest, _fen = await held_rest(clock)
    number = await proposed(rest, clock)
    one = await only_doubt(case)
    await deciding.decide_doubt(DEMO, one.number, "false", reason="补缴差错", before="confirmed", clock=clock)
    with pytest.raises(WithholdingMoved, match="变动"):
        await decided(number, clock)
    batch = await made(case, clock)
    with pytest.raises(WithholdingMoved, match="变动"):
        await decided(number, clock)
    await carried_on(batch, clock)
    assert await due(case) == []
    shown = await batches.show_batch(DEMO, batch, clock=clock, missing=missing_of_claim, lines=lines_of_claims)
    assert shown.batch.total_fen > 0
