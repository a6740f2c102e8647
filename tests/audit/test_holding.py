"""A doubt that appears after approval stops the payment of its line inside the transaction of its batch; other lines are paid."""

import asyncio
import io
from datetime import timedelta

import msgspec
import pytest
from openpyxl import load_workbook

from tests.fund.ledger_world import assert_sound, granted
from tests.fund.payment_world import ACCOUNT, no_lines, nothing_missing, person, rows
from tests.fund.web_world import payable_claim
from tests.subsidy.programme_world import NUMBER, filed, identity, registers
from tests.subsidy.test_programme_claims import determined
from tests.subsidy.test_reviewing import submitted
from training_admin.apprenticeship.facts import Stage
from training_admin.audit import deciding, doubt_store
from training_admin.audit.check import Severity
from training_admin.audit.doubt_facts import DoubtState
from training_admin.audit.searching import search_period
from training_admin.audit.workbooks import claim_workbook
from training_admin.database import read_transaction
from training_admin.fund import bank_results, batches
from training_admin.fund.batch_store import batch_by_number, items_of
from training_admin.fund.batches import BatchBlocked, NothingDue
from training_admin.fund.ledger import ledger_faults
from training_admin.fund.result_facts import BankResult
from training_admin.kit.actor import COMMAND_LINE, DEMO, NotAllowed
from training_admin.kit.clock import Clock, FixedClock
from training_admin.settings import Settings
from training_admin.subsidy import appeals, notices
from training_admin.subsidy.appeals import AppealNotNow
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim
from training_admin.subsidy.deliveries import receive_registers
from training_admin.subsidy.programme_claims import submit_programme_claim
from training_admin.subsidy.review_store import claim_by_number
from training_admin.wiring import follow_claim, lines_of_claims, missing_of_claim

FIRST, SECOND, ELSEWHERE = "310100200011020037", "310100198001020041", "91310117X110000282"


async def insured_elsewhere(clock: Clock, number: str, *, source: str = "社保更正", payer: str = ELSEWHERE, month: str = "2026-04") -> None:
    """A later delivery says that a trainee was insured by another firm during the class (AU-020, 高)."""
    document = {
        "as_of": "2026-06-01",
        "district": "310117",
        "coverage": {"insurance": [month], "surcharge": []},
        "enterprises": [],
        "institutions": [],
        "filings": [],
        "payments": [],
        "insurance": [{"id_no": number, "month": month, "payer": payer}],
    }
    await receive_registers(DEMO, msgspec.json.encode(document), source=source, clock=clock)


async def due(case: str) -> list[tuple[str, int]]:
    return [(str(subject), int(str(fen))) for subject, fen in await rows(
        "SELECT subject, fen FROM payable WHERE case_no = $1 AND state = 'due' ORDER BY id", case)]  # fmt: skip


async def made(case: str, clock: FixedClock) -> str:
    clerk = await person("caijing", clock)
    return await batches.make_batch(
        clerk,
        [subject for subject, _fen in await due(case)],
        follow=follow_claim,
        clock=clock,
        missing=missing_of_claim,
        lines=lines_of_claims,
    )


async def carried_on(batch: str, clock: FixedClock) -> None:
    """Checked, approved, sent and paid by the bank."""
    await batches.check_batch(await person("caifu", clock), batch, clock=clock, missing=missing_of_claim, lines=lines_of_claims)
    await batches.approve_batch(await person("fenguan", clock), batch, clock=clock, missing=missing_of_claim, lines=lines_of_claims)
    clerk = await person("caijing", clock)
    await batches.send_batch(clerk, batch, follow=follow_claim, clock=clock, missing=missing_of_claim, lines=lines_of_claims)
    async with read_transaction():
        items = await items_of(await batch_by_number(batch))
    results = [BankResult(item.code, item.fen, True, f"P{item.code}", clock.today()) for item in items]
    await bank_results.record_results(clerk, batch, results, places={}, sheet="", follow=follow_claim, clock=clock)


async def only_doubt(case: str) -> doubt_store.StoredDoubt:
    async with read_transaction():
        (one,) = [each for each in await doubt_store.of_claim(case) if each.severity.value in "阻断高" and each.amount_fen]
    return one


async def cleared(case: str, clock: FixedClock) -> None:
    """The auditor finds a false alarm."""
    one = await only_doubt(case)
    await deciding.decide_doubt(DEMO, one.number, "false", reason="劳动合同和考勤已核，社保为补缴差错", before="", clock=clock)


async def test_the_line_of_a_doubt_waits_and_follows_in_a_later_batch(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    ((subject, whole),) = await due(case)
    await insured_elsewhere(clock, FIRST)
    batch = await made(case, clock)
    one = await only_doubt(case)
    assert (one.rule, one.state, len(one.rows)) == ("AU-020", DoubtState.OPEN, 1)
    ((rest, held),) = await due(case)
    assert (rest, held) == (f"{subject}-1", one.amount_fen)
    shown = await batches.show_batch(DEMO, batch, clock=clock, missing=missing_of_claim, lines=lines_of_claims)
    assert (shown.batch.total_fen, shown.blocked) == (whole - held, ())
    await carried_on(batch, clock)
    async with read_transaction():
        claim = await claim_by_number(case, None)
    assert claim.state.value == "paid"
    found = await batches.candidates(DEMO, clock=clock, missing=missing_of_claim, lines=lines_of_claims)
    assert [one.number in each.reason for each in found.left_out] == [True]
    with pytest.raises(NothingDue):
        await made(case, clock)
    await cleared(case, clock)
    await carried_on(await made(case, clock), clock)
    assert await rows("SELECT sum(fen)::bigint FROM payable WHERE state = 'paid' AND case_no = $1", case) == [(whole,)]
    assert await due(case) == []
    async with read_transaction():
        assert (await claim_by_number(case, None)).version == claim.version
    await assert_sound()
    assert await ledger_faults() == []


async def test_a_doubt_that_appears_after_the_batch_stops_it_until_it_is_made_anew(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    ((_subject, whole),) = await due(case)
    batch = await made(case, clock)
    await batches.check_batch(await person("caifu", clock), batch, clock=clock, missing=missing_of_claim, lines=lines_of_claims)
    await batches.approve_batch(await person("fenguan", clock), batch, clock=clock, missing=missing_of_claim, lines=lines_of_claims)
    await insured_elsewhere(clock, FIRST)
    clerk = await person("caijing", clock)
    with pytest.raises(BatchBlocked, match="AU-020"):
        await batches.send_batch(clerk, batch, follow=follow_claim, clock=clock, missing=missing_of_claim, lines=lines_of_claims)
    await batches.void_batch(await person("caifu", clock), batch, reason="有疑点", follow=follow_claim, clock=clock)
    await carried_on(await made(case, clock), clock)
    ((_rest, held),) = await due(case)
    assert await rows("SELECT sum(fen)::bigint FROM payable WHERE state = 'paid'") == [(whole - held,)]
    one = await only_doubt(case)
    await deciding.decide_doubt(DEMO, one.number, "confirmed", reason="本人已离职", before="", clock=clock)
    with pytest.raises(deciding.DoubtMoved):
        await deciding.decide_doubt(DEMO, one.number, "false", reason="误", before="", clock=clock)
    with pytest.raises(NothingDue):
        await made(case, clock)
    assert await ledger_faults() == []


async def test_no_appeal_is_taken_that_could_not_be_upheld_because_a_part_is_on_its_way(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    await insured_elsewhere(clock, FIRST)
    batch = await made(case, clock)
    await batches.void_batch(await person("caifu", clock), batch, reason="重做", follow=follow_claim, clock=clock)
    await cleared(case, clock)
    rest = (await due(case))[1][0]
    clerk = await person("caijing", clock)
    alone = await batches.make_batch(clerk, [rest], follow=follow_claim, clock=clock, missing=missing_of_claim, lines=lines_of_claims)
    enterprise = await person("jingban-a", clock)
    with pytest.raises(AppealNotNow, match="已列入拨付批次"):
        await appeals.make_appeal(enterprise, case, "金额有误", clock=clock)
    await batches.void_batch(await person("caifu", clock), alone, reason="重做", follow=follow_claim, clock=clock)
    appeal = await appeals.make_appeal(enterprise, case, "金额有误", clock=clock)
    with pytest.raises(NothingDue, match="复核"):
        await made(case, clock)
    await appeals.decide_appeal(DEMO, case, appeal, uphold=True, answer="重新核定", clock=clock)
    assert await due(case) == []
    await assert_sound()


async def test_a_doubt_that_is_decided_while_the_batch_is_made_loses_no_fen(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    ((_subject, whole),) = await due(case)
    await insured_elsewhere(clock, FIRST)
    await search_period(COMMAND_LINE, clock.today(), clock.today(), clock=clock)
    outcomes = await asyncio.gather(
        cleared(case, clock),
        made(case, clock),
        made(case, clock),
        search_period(COMMAND_LINE, clock.today() - timedelta(days=9), clock.today(), clock=clock),
        return_exceptions=True,
    )
    assert outcomes[0] is None, outcomes
    batched = [each for each in outcomes[1:3] if isinstance(each, str)]
    assert batched, outcomes
    for each in batched:
        await carried_on(each, clock)
    if await due(case):
        await carried_on(await made(case, clock), clock)
    assert await rows("SELECT sum(fen)::bigint, count(DISTINCT subject) <= 2 FROM payable WHERE state = 'paid'") == [(whole, True)]
    assert await ledger_faults() == []
    await assert_sound()


async def test_two_doubts_are_set_apart_and_decided_one_after_the_other(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    ((subject, whole),) = await due(case)
    for number in (FIRST, SECOND):
        await insured_elsewhere(clock, number, source=f"更正{number[-3:]}", payer=ELSEWHERE if number == FIRST else "91310117X110000291")
    await carried_on(await made(case, clock), clock)
    ((rest, _held),) = await due(case)
    assert rest == f"{subject}-1"
    async with read_transaction():
        open_ones = [each for each in await doubt_store.of_claim(case) if each.rule == "AU-020"]
    assert len(open_ones) == 2
    await deciding.decide_doubt(DEMO, open_ones[0].number, "false", reason="补缴差错", before="", clock=clock)
    await carried_on(await made(case, clock), clock)
    ((last, held),) = await due(case)
    assert (last, held) == (f"{subject}-2", open_ones[1].amount_fen)
    assert await rows("SELECT sum(fen)::bigint FROM payable WHERE case_no = $1", case) == [(whole,)]
    assert await ledger_faults() == []


async def test_who_may_decide_and_a_false_alarm_lowers_the_rank(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    await insured_elsewhere(clock, FIRST)
    assert (await search_period(COMMAND_LINE, clock.today(), clock.today(), clock=clock)).claims == 1
    with pytest.raises(NotAllowed):
        await search_period((await person("chushen", clock)), clock.today(), clock.today(), clock=clock)
    one = await only_doubt(case)
    for login in ("chushen", "caijing", "jingban-a"):
        with pytest.raises(NotAllowed):
            await deciding.decide_doubt(await person(login, clock), one.number, "false", reason="误", before="", clock=clock)
    for decision, reason in (("gone", "误"), ("false", " ")):
        with pytest.raises(deciding.DecisionRefused):
            await deciding.decide_doubt(DEMO, one.number, decision, reason=reason, before="", clock=clock)
    await cleared(case, clock)
    await insured_elsewhere(clock, FIRST, source="再次更正", payer="91310117X110000291")
    assert len((await search_period(COMMAND_LINE, clock.today(), clock.today(), clock=clock)).new) == 1
    found, counts = await deciding.doubts_shown(DEMO, doubt_store.DoubtFilter(rule="AU-020"), after=0, most=10)
    assert [(each.state, each.false_before) for each in found] == [(DoubtState.OPEN, 1), (DoubtState.FALSE, 0)]
    assert counts["open", "HIGH"] == 1
    shown, said = await deciding.doubt_shown(DEMO, one.number)
    assert (shown.state, said[0].reason[:4]) == (DoubtState.FALSE, "劳动合同")


async def test_an_apprentice_of_an_advance_is_held_with_his_share(database: Settings, clock: FixedClock) -> None:
    await granted(10**9, clock)
    await filed(6, clock)
    await receive_registers(DEMO, registers(6), source="测试交付", clock=clock)
    clerk = await person("jingban-a", clock)
    account = msgspec.structs.replace(ACCOUNT, holder=clerk.organisation_name)
    case = (await submit_programme_claim(clerk, NUMBER, Stage.ADVANCE, account, clock=clock)).number
    await assess_claim(DEMO, case, cause=FIRST_TIME, clock=clock)
    await determined(case, clock)
    await posted_and_over(case, clock)
    ((subject, whole),) = await due(case)
    await search_period(COMMAND_LINE, clock.today() - timedelta(days=30), clock.today(), clock=clock)
    found = await batches.candidates(DEMO, missing=nothing_missing, lines=lines_of_claims, clock=clock)
    assert [each.reason for each in found.left_out] == []
    await insured_elsewhere(clock, identity(1), month="2026-01")
    clerk = await person("caijing", clock)
    batch = await batches.make_batch(clerk, [subject], follow=follow_claim, missing=nothing_missing, lines=lines_of_claims, clock=clock)
    ((rest, held),) = await due(case)
    assert (rest, held) == (f"{subject}-1", whole // 6)
    assert (await batches.show_batch(DEMO, batch, missing=nothing_missing, lines=no_lines, clock=clock)).batch.total_fen == whole - held
    assert await ledger_faults() == []


async def posted_and_over(case: str, clock: FixedClock) -> None:
    await notices.post_notice(await person("chushen", clock), [case], clock=clock)
    clock.move(timedelta(days=15))
    await notices.close_over(DEMO, clock=clock)


async def test_the_workbook_tells_the_stored_number_and_the_conclusion(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    await insured_elsewhere(clock, FIRST)
    await search_period(COMMAND_LINE, clock.today(), clock.today(), clock=clock)
    await cleared(case, clock)
    book = load_workbook(io.BytesIO(await claim_workbook(DEMO, case, clock=clock)), data_only=True)
    told = [row for row in book["审计疑点清单"].iter_rows(values_only=True) if row[0] == (await only_doubt(case)).number]
    assert len(told) == 1
    assert "误报：劳动合同和考勤已核，社保为补缴差错" in [str(value) for value in told[0]]


@pytest.mark.parametrize("letter", ["A", "B"])
async def test_clean_lines_raise_nothing_that_blocks(database: Settings, clock: FixedClock, letter: str) -> None:
    case = await submitted(clock, letter)
    await search_period(COMMAND_LINE, clock.today() - timedelta(days=30), clock.today(), clock=clock)
    async with read_transaction():
        blocking = [each for each in await doubt_store.of_claim(case) if each.severity is Severity.BLOCK]
    assert [(each.rule, each.amount_fen) for each in blocking if each.amount_fen] == []
