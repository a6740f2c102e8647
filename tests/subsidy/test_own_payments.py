"""What was paid here counts as earlier training from the bank's word on, in claims and on replay, and no longer once it came back."""

from datetime import timedelta

from tests.accounts.test_personal_requests import trainee
from tests.audit.test_holding import FIRST, carried_on, cleared, due, insured_elsewhere, made, only_doubt
from tests.fund.payment_world import paid, person, rows
from tests.fund.web_world import payable_claim, reviewed
from tests.subsidy.mended import column_of, mended
from tests.subsidy.test_apprentice_register import settled_with_clawback
from tests.subsidy.test_reviewing import submitted
from training_admin.audit import doubt_store
from training_admin.audit.searching import search_period
from training_admin.commands.replay import replay_records
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.desk.own_records import own_records
from training_admin.fund import bank_results
from training_admin.fund.batch_store import batch_by_number, items_of
from training_admin.fund.case_payments import reapply
from training_admin.fund.result_facts import BankResult
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun
from training_admin.settings import Settings
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim, decoded_record
from training_admin.subsidy.causes import cause_groups
from training_admin.subsidy.claims import submit_claim
from training_admin.subsidy.explain import reason_of
from training_admin.subsidy.own_payments import PAYMENTS_KNOWN, TELL_UNTOLD, payments_become_known, tell_untold_tonight
from training_admin.subsidy.record import AssessmentRecord, LineOutcome
from training_admin.subsidy.review_store import claim_by_number
from training_admin.wiring import follow_claim


async def staged(entrypoint: str = PAYMENTS_KNOWN) -> list[str]:
    return [
        str(key)
        for (key,) in await rows("SELECT convert_from(payload, 'UTF8') FROM pgqueuer WHERE entrypoint = $1 ORDER BY id", entrypoint)
    ]


async def forgotten() -> None:
    async with write_transaction():
        await fetch_tuples("DELETE FROM pgqueuer RETURNING id")


async def told(clock: FixedClock) -> None:
    """The worker does every staged job, those done before among them."""
    for key in await staged():
        await payments_become_known(JobRun(PAYMENTS_KNOWN, key, clock))


async def again(clock: FixedClock) -> str:
    """The same people in the same class, claimed once more with another phone number; assessed."""
    book = mended("A", {f"{column_of('A', '手机')}4": "13900000001"})
    number = (await submit_claim(DEMO, book, readable_only=True, clock=clock)).number
    await assess_claim(COMMAND_LINE, number, cause=FIRST_TIME, clock=clock)
    return number


async def record_of(number: str, place: int | None = None) -> AssessmentRecord:
    async with read_transaction():
        record = await decoded_record((await claim_by_number(number, None)).id, place)
    assert record is not None
    return record


def refused(record: AssessmentRecord) -> dict[int, str]:
    """The sentence of CLAIM-04 by row."""
    return {line.row: reason_of(each) for line in record.lines for each in line.findings if each.rule == "CLAIM-04"}


def paying(record: AssessmentRecord) -> list[int]:
    return [line.row for line in record.lines if line.outcome is LineOutcome.PAY and line.payable_fen]


async def reassessments(number: str) -> int:
    """How often a delivery had a claim assessed anew."""
    return sum(key.startswith(f"{number}/delivery-") for key in await staged("assess_claim"))


async def known_rows(case: str) -> list[int]:
    return [
        int(str(row)) for (row,) in await rows("SELECT place FROM paid_training WHERE case_no = $1 AND gone_at IS NULL ORDER BY 1", case)
    ]


async def returned(batch: str, clock: FixedClock) -> None:
    """The bank gives back what it had paid."""
    async with read_transaction():
        items = await items_of(await batch_by_number(batch))
    results = [BankResult(item.code, item.fen, False, "", clock.today(), "账户已销户") for item in items]
    clerk = await person("caijing", clock)
    await bank_results.record_results(clerk, batch, results, places={}, sheet="", follow=follow_claim, clock=clock)


async def test_whoever_was_paid_is_refused_by_clause_in_the_next_claim(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    batch = await made(case, clock)
    await carried_on(batch, clock)
    first, other = await record_of(case), await again(clock)
    mine = paying(first)
    assert paying(await record_of(other)) == mine, "nobody knows of the payment yet"
    await told(clock)
    assert await known_rows(case) == mine
    assert await reassessments(other) == 1
    await assess_claim(COMMAND_LINE, other, cause="已知拨付", clock=clock)
    record = await record_of(other)
    assert paying(record) == []
    assert refused(record)[mine[0]] == f"该人员在本班的补贴已随申报 {case}（第 {mine[0]} 行）于 2026年6月1日 拨付。"
    assert set(mine) <= set(refused(record))
    groups = [each for each in cause_groups(record) if each.rule == "CLAIM-04"]
    assert {row for each in groups if "已随申报" in each.sentence for row in each.rows} == {
        row for row, words in refused(record).items() if "已随申报" in words
    }
    clock.move(timedelta(days=1))
    await assess_claim(COMMAND_LINE, case, cause="重新核验", clock=clock)
    assert (await record_of(case)).lines == first.lines, "its own money was not paid before"
    report = await replay_records(None)
    assert (report.records, report.equal) == (4, 4)


async def test_what_the_bank_gives_back_counts_no_longer_until_it_is_paid_again(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    batch = await made(case, clock)
    await carried_on(batch, clock)
    other = await again(clock)
    await told(clock)
    await assess_claim(COMMAND_LINE, other, cause="已知拨付", clock=clock)
    clock.move(timedelta(days=2))
    await returned(batch, clock)
    await told(clock)
    assert await known_rows(case) == []
    await assess_claim(COMMAND_LINE, other, cause="退票", clock=clock)
    mine = paying(await record_of(case))
    assert paying(await record_of(other)) == mine
    assert await reassessments(other) == 2
    await reapply(await person("jingban-a", clock), case, None, clock=clock)
    await paid([subject for subject, _fen in await due(case)], clock, follow_claim)
    await told(clock)
    await told(clock)
    assert await known_rows(case) == mine
    assert await rows("SELECT count(*), count(DISTINCT paid_on) FROM paid_training") == [(2 * len(mine), 2)]
    await assess_claim(COMMAND_LINE, other, cause="再次拨付", clock=clock)
    assert paying(await record_of(other)) == []
    report = await replay_records(None)
    assert (report.records, report.equal) == (5, 5)


async def test_a_line_that_was_set_apart_counts_when_it_is_paid(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    mine = paying(await record_of(case))
    await insured_elsewhere(clock, FIRST)
    await carried_on(await made(case, clock), clock)
    await told(clock)
    (held,) = (await only_doubt(case)).rows
    assert await known_rows(case) == [row for row in mine if row != held]
    await cleared(case, clock)
    await carried_on(await made(case, clock), clock)
    await told(clock)
    assert await known_rows(case) == mine


async def test_what_was_paid_before_payments_were_told_is_told_at_night(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    await carried_on(await made(case, clock), clock)
    await forgotten()
    await tell_untold_tonight(JobRun(TELL_UNTOLD, clock.today().isoformat(), clock))
    await told(clock)
    assert await known_rows(case) == paying(await record_of(case))
    await forgotten()
    await tell_untold_tonight(JobRun(TELL_UNTOLD, "again", clock))
    assert await staged() == []


async def test_a_person_sees_what_was_paid_for_him_here(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    await carried_on(await made(case, clock), clock)
    await told(clock)
    actor, _session = await trainee(FIRST, clock)
    (line,) = [each for each in (await record_of(case)).lines if each.person == actor.person]
    (payment,) = (await own_records(actor, clock=clock)).payments
    assert (payment.amount_fen, payment.paid_on) == (line.payable_fen, clock.today())


async def test_an_apprenticeship_is_told_once_for_all_its_stages(database: Settings, clock: FixedClock) -> None:
    advance, settlement = await settled_with_clawback(clock)
    await told(clock)
    assert await known_rows(advance) == list(range(1, 11))
    assert await known_rows(settlement) == []
    assert await rows("SELECT DISTINCT stream, occupation FROM paid_training") == [("新型学徒制", None)]


async def test_a_second_claim_for_a_class_is_a_doubt_and_the_paid_one_is_none(database: Settings, clock: FixedClock) -> None:
    case = await payable_claim(clock)
    await carried_on(await made(case, clock), clock)
    await told(clock)
    other = await again(clock)
    await search_period(COMMAND_LINE, clock.today() - timedelta(days=30), clock.today(), clock=clock)
    assert await doubted(other) == set(paying(await record_of(case)))
    assert await doubted(case) == set()


async def test_what_a_later_claim_was_paid_is_a_doubt_of_the_earlier_one(database: Settings, clock: FixedClock) -> None:
    earlier = await submitted(clock, "A")
    later = await again(clock)
    await reviewed(later, clock)
    await search_period(COMMAND_LINE, clock.today() - timedelta(days=30), clock.today(), clock=clock)
    assert await doubted(earlier) == set()
    await paid([subject for subject, _fen in await due(later)], clock, follow_claim)
    await told(clock)
    await search_period(COMMAND_LINE, clock.today() - timedelta(days=30), clock.today(), clock=clock)
    assert await doubted(earlier) == set(paying(await record_of(later)))


async def doubted(case: str) -> set[int]:
    async with read_transaction():
        return {row for each in await doubt_store.of_claim(case) if each.rule == "AU-060" for row in each.rows}
