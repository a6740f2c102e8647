"""Words on rows, evidence and exceptions to the determined amount; claims beside each other; the queue and several decisions at once."""

import json
from datetime import date, timedelta

import msgspec
import pytest

from tests.fund import payment_world
from tests.fund.ledger_world import assert_sound, granted
from tests.people import ENTERPRISE_A, account, sign_in_as
from tests.subsidy.mended import column_of, mended
from tests.subsidy.test_reviewing import LIFE, do, submitted
from tests.web.conftest import sample
from training_admin.accounts.mandates import MandateRefused, give_assignment
from training_admin.database import counted_queries, fetch_tuples, read_transaction, write_transaction
from training_admin.fund import ledger, payable_store
from training_admin.fund.payable_store import NewPayable
from training_admin.kit.actor import DEMO, Actor, NotAllowed, SamePersonTwice
from training_admin.kit.clock import FixedClock
from training_admin.office.papers import PaperRefused
from training_admin.settings import Settings
from training_admin.subsidy import claims, handling, handling_store, review_store
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim, decoded_record
from training_admin.subsidy.decided import decided
from training_admin.subsidy.determination import LineWord, determined, newest
from training_admin.subsidy.handling import HandTaken, RowsSpoken, WordNotNow, rows_of
from training_admin.subsidy.queue import BatchRefused, ChosenClaim, QueueFilter, decide_several, queue_of
from training_admin.subsidy.record import PAYING, AssessmentRecord, LineOutcome
from training_admin.subsidy.review_facts import Lane
from training_admin.subsidy.review_states import Act, ClaimState
from training_admin.subsidy.review_store import ReviewedClaim
from training_admin.subsidy.reviewing import CeilingReached, NothingToPay, PaidElsewhere, ReviewRefused, act_on_claim
from training_admin.subsidy.store import ClaimNotFound

pytestmark = pytest.mark.measured

PAPER = b"%PDF-1.7\nproof\n%%EOF"


async def at_hand(number: str) -> tuple[ReviewedClaim, AssessmentRecord]:
    async with read_transaction():
        claim = await review_store.claim_by_number(number, None)
        record = await decoded_record(claim.id, None)
    assert record is not None
    return claim, record


async def speak(who: str | Actor, number: str, spoken: RowsSpoken, clock: FixedClock) -> int:
    actor = (await sign_in_as(who, clock)).actor if isinstance(who, str) else who
    claim, _record = await at_hand(number)
    return await handling.speak_on_rows(actor, number, spoken, version=claim.version, clock=clock)


async def payable_fen(number: str) -> int:
    async with read_transaction():
        return sum(each.fen for each in await payable_store.payables_of(number))


def test_rows_are_read_as_people_write_them() -> None:
    assert rows_of("10-12、14，20 ; 9~9") == [9, 10, 11, 12, 14, 20]
    for bad in ("", "a", "5-3", "1-999999", "-3"):
        with pytest.raises(ReviewRefused):
            rows_of(bad)


async def test_rows_left_out_are_not_determined(database: Settings, clock: FixedClock) -> None:
    number = await submitted(clock)
    await granted(10**9, clock)
    await do("chushen", number, Act.ACCEPT, clock)
    _claim, record = await at_hand(number)
    paying = [line for line in record.lines if line.outcome in PAYING]
    assert await speak("chushen", number, RowsSpoken(rows=[paying[0].row, paying[1].row], word=LineWord.REFUSE, reason="冒名"), clock) == 2
    await speak("chushen", number, RowsSpoken(rows=[paying[1].row], word=LineWord.CLEARED), clock)
    await speak("chushen", number, RowsSpoken(rows=[paying[2].row], word=LineWord.HOLD, reason="待查"), clock)
    for act, login in LIFE[1:]:
        await do(login, number, act, clock)
    assert await payable_fen(number) == sum(line.payable_fen for line in paying) - paying[0].payable_fen - paying[2].payable_fen
    await assert_sound()


async def test_words_are_refused_that_fit_neither_state_nor_row(database: Settings, clock: FixedClock) -> None:
    number = await submitted(clock)
    word = RowsSpoken(rows=[4], word=LineWord.REFUSE, reason="冒名")
    with pytest.raises(WordNotNow):
        await speak("chushen", number, word, clock)
    await do("chushen", number, Act.ACCEPT, clock)
    with pytest.raises(NotAllowed):
        await speak("fushen", number, word, clock)
    with pytest.raises(NotAllowed):
        await speak("jingban-a", number, word, clock)
    with pytest.raises(WordNotNow):
        await handling.speak_on_rows((await sign_in_as("chushen", clock)).actor, number, word, version=1, clock=clock)
    refused = (
        RowsSpoken(rows=[4], word=LineWord.REFUSE, reason=" "),
        RowsSpoken(rows=[4], word=LineWord.REFUSE, reason="证件 310100199001010013 有误"),
        RowsSpoken(rows=[], word=LineWord.REFUSE, reason="冒名"),
        RowsSpoken(rows=[1], word=LineWord.REFUSE, reason="冒名"),
        RowsSpoken(rows=[4], word=LineWord.HOLD, reason="查", expires_on=clock.today()),
        RowsSpoken(rows=[4], word=LineWord.EVIDENCE, rule="TR-01", reason="已核"),
        RowsSpoken(rows=[4], word=LineWord.OVERRIDE, rule="TR-01", reason="特批"),
        RowsSpoken(rows=[4], word=LineWord.OVERRIDE, rule="TR-01", reason="特批", expires_on=clock.today() - timedelta(days=1)),
        RowsSpoken(rows=[4], word=LineWord.OVERRIDE, rule="TR-01", reason="特批", expires_on=date(2029, 1, 1)),
        RowsSpoken(rows=[4], word=LineWord.OVERRIDE, rule="TR-01", reason="特批", expires_on=clock.today()),
    )
    for each in refused:
        with pytest.raises(ReviewRefused):
            await speak("chushen", number, each, clock)


def doubtful_registers() -> bytes:
    """Registers of enterprise A in which class A01 was approved late and the insurance of its first person is not delivered."""
    registers = json.loads(sample("registers_A.json"))
    registers["filings"][0]["approved_at"] = "2026-03-10"
    person = registers["insurance"][0]["id_no"]
    registers["coverage"]["insurance"] = ["2026-01", "2026-02"]
    registers["insurance"] = [each for each in registers["insurance"] if each["id_no"] != person]
    return json.dumps(registers, ensure_ascii=False).encode()


async def test_what_is_proved_and_excepted_is_determined_at_the_rules_price(database: Settings, clock: FixedClock) -> None:
    await granted(10**9, clock)
    number = await submitted(clock, registers=doubtful_registers())
    await do("chushen", number, Act.ACCEPT, clock)
    claim, record = await at_hand(number)
    held = [line for line in record.lines if line.outcome is LineOutcome.HOLD]
    first, second = held[0], held[1]
    assert [(each.rule, each.answer) for each in first.findings] == [("TR-01", "unknown")]
    assert second.findings == ()
    until = clock.today() + timedelta(days=30)
    evidence = RowsSpoken(rows=[first.row], word=LineWord.EVIDENCE, rule="TR-01", reason="已核对社保凭证", paper=PAPER)
    exception = RowsSpoken(
        rows=[first.row, second.row], word=LineWord.OVERRIDE, rule="FILE-01", reason="审核迟延非企业原因", expires_on=until
    )
    for wrong in (
        msgspec.structs.replace(evidence, rows=[second.row]),
        msgspec.structs.replace(evidence, rule="FILE-01"),
        msgspec.structs.replace(exception, rule="TR-01"),
        msgspec.structs.replace(exception, rule=""),
    ):
        with pytest.raises(ReviewRefused):
            await speak("chushen", number, wrong, clock)
    with pytest.raises(PaperRefused):
        await speak("chushen", number, msgspec.structs.replace(evidence, paper=b"MZ"), clock)
    refused = next(line.row for line in record.lines if line.class_no == first.class_no and line.outcome is LineOutcome.REJECT_LINE)
    assert await speak("chushen", number, evidence, clock) == 1
    assert await speak("chushen", number, msgspec.structs.replace(exception, rows=[first.row, second.row, refused]), clock) == 2
    async with read_transaction():
        said = await review_store.words_of(claim.id)
    assert determined(record, newest(said)).added == (), "a word alone is no clearance of the record"
    for act, login in LIFE[1:]:
        await do(login, number, act, clock)
    assert first.computed_fen == second.computed_fen == 160_000
    assert record.ceiling.payable_fen is not None
    assert await payable_fen(number) == record.ceiling.payable_fen + 320_000
    async with read_transaction():
        steps = await review_store.steps_of(claim.id)
        paid = await decided(claim.id)
    assert steps[-1].detail["added"] == [first.row, second.row]
    assert paid is not None
    assert paid.found.fen == await payable_fen(number), "notice and papers name what is paid"
    await assert_sound()
    listed = await handling.list_exceptions((await sign_in_as("fushen", clock)).actor)
    assert [(each.row, each.rule, each.newest) for each in listed] == [(second.row, "FILE-01", True), (first.row, "FILE-01", True)]


async def test_nobody_is_paid_twice_for_a_class(database: Settings, clock: FixedClock) -> None:
    first = await submitted(clock)
    await granted(10**9, clock)
    column = column_of("A", "手机")
    again = (await claims.submit_claim(DEMO, mended("A", {f"{column}4": "13800000000"}), readable_only=True, clock=clock)).number
    await assess_claim(DEMO, again, cause=FIRST_TIME, clock=clock)
    claim, record = await at_hand(again)
    async with read_transaction():
        overlaps = await handling_store.overlaps_of(claim.id)
    assert len(overlaps) == sum(1 for line in record.lines if line.person)
    assert not any(each.settled for each in overlaps)
    for number in (first, again):
        for act, login in LIFE[:3]:
            await do(login, number, act, clock)
    await do("shending", first, Act.DETERMINE, clock)
    with pytest.raises(PaidElsewhere):
        await do("shending", again, Act.DETERMINE, clock)
    async with read_transaction():
        overlaps = await handling_store.overlaps_of(claim.id)
    paid = {each.row for each in overlaps if each.settled}
    assert paid == {line.row for line in record.lines if line.payable_fen}
    await speak("shending", again, RowsSpoken(rows=sorted(paid), word=LineWord.REFUSE, reason="已在前一份申报审定"), clock)
    with pytest.raises(NothingToPay):
        await do("shending", again, Act.DETERMINE, clock)
    await do("shending", again, Act.REFUSE, clock, opinion="人员均已审定")
    await assert_sound()


async def test_all_claims_of_a_year_stay_below_the_ceiling(database: Settings, clock: FixedClock) -> None:
    number = await submitted(clock)
    claim, record = await at_hand(number)
    assert record.ceiling.left_fen is not None
    assert record.ceiling.payable_fen is not None
    for act, login in LIFE[:3]:
        await do(login, number, act, clock)
    other = NewPayable(
        subject="SJ2026999998/1",
        case_no="SJ2026999998",
        year=claim.claim_year,
        payee=claim.uscc,
        payee_name=claim.enterprise_name,
        fen_by_stream={"职业技能类": record.ceiling.left_fen - record.ceiling.payable_fen + 1},
        since=clock.now(),
        sealed_account=b"sealed",
        account_hash=b"account",
    )
    async with write_transaction():
        await ledger.enter_payable(DEMO, other, clock=clock)
    with pytest.raises(CeilingReached):
        await do("shending", number, Act.DETERMINE, clock)
    async with write_transaction():
        await ledger.release(DEMO, other.subject, clock=clock)
    assert await do("shending", number, Act.DETERMINE, clock) is ClaimState.DETERMINED


async def test_what_was_paid_since_the_registers_told_it_takes_from_the_ceiling_too(database: Settings, clock: FixedClock) -> None:
    number = await submitted(clock)
    claim, record = await at_hand(number)
    assert record.ceiling.left_fen is not None
    assert record.ceiling.payable_fen is not None
    for act, login in LIFE[:3]:
        await do(login, number, act, clock)
    clock.move(timedelta(days=10))
    await granted(10**9, clock)
    too_much = record.ceiling.left_fen - record.ceiling.payable_fen + 1
    other = payment_world.payable(999998, too_much, payee=claim.uscc)
    async with write_transaction():
        await ledger.enter_payable(DEMO, other, clock=clock)
    await payment_world.make_due(other.subject, clock, notice_ends=clock.today() - timedelta(days=1))
    await payment_world.paid([other.subject], clock, payment_world.Followed())
    clock.move(timedelta(days=10))
    await assess_claim(DEMO, number, cause="delivery-2", clock=clock)
    with pytest.raises(CeilingReached):
        await do("shending", number, Act.DETERMINE, clock)
    # What the next year's budget pays after a carry-over still is money of its own claim year.
    assert await ceiling_of_year(claim.uscc, 2026) == too_much
    later = msgspec.structs.replace(other, subject=f"{number}/9", case_no=number, year=2027)
    async with write_transaction():
        await ledger.enter_payable(DEMO, later, clock=clock)
    assert (await ceiling_of_year(claim.uscc, 2026), await ceiling_of_year(claim.uscc, 2027)) == (2 * too_much, 0)


async def ceiling_of_year(uscc: str, year: int) -> int:
    async with read_transaction():
        return await handling_store.ceiling_taken(uscc, year, but="", since=None)


async def test_several_are_decided_only_by_whoever_opened_them(database: Settings, clock: FixedClock) -> None:
    numbers = [await submitted(clock, letter) for letter in "AB"]
    actor = (await sign_in_as("chushen", clock)).actor
    with pytest.raises(BatchRefused):
        await decide_several(actor, [], Act.ACCEPT, opinion="", minutes="", clock=clock)
    with pytest.raises(BatchRefused):
        await decide_several(actor, [ChosenClaim(numbers[0], 1)], Act.REFUSE, opinion="否", minutes="1", clock=clock)
    await handling.take_claim(actor, numbers[0], clock=clock)
    chosen = [ChosenClaim(numbers[0], 1), ChosenClaim(numbers[1], 1), ChosenClaim("SJ2026999999", 1)]
    answers = await decide_several(actor, chosen, Act.ACCEPT, opinion="", minutes="", clock=clock)
    assert [each.state for each in answers] == [ClaimState.ACCEPTED, None, None]
    await handling.take_claim(actor, numbers[1], clock=clock)
    await assess_claim(DEMO, numbers[1], cause="delivery-1", clock=clock)
    answers = await decide_several(actor, [ChosenClaim(numbers[1], 1)], Act.ACCEPT, opinion="", minutes="", clock=clock)
    assert answers[0].refused.startswith("您还没有打开过"), "what was assessed anew is to be looked at anew"
    with pytest.raises(NotAllowed):
        await decide_several((await sign_in_as("jingban-a", clock)).actor, chosen, Act.ACCEPT, opinion="", minutes="", clock=clock)


async def test_the_queue_asks_few_questions_however_many_wait(database: Settings, clock: FixedClock) -> None:
    first = await submitted(clock)
    actor = (await sign_in_as("chushen", clock)).actor
    with counted_queries() as one:
        queue = await queue_of(actor, QueueFilter(), after=0, limit=50, clock=clock)
    assert [row.queued.claim.number for row in queue.rows] == [first]
    await submitted(clock, "B")
    with counted_queries() as two:
        queue = await queue_of(actor, QueueFilter(), after=0, limit=1, clock=clock)
    assert len(one.statements) == len(two.statements) <= 8
    assert (queue.total, queue.following, len(queue.rows)) == (2, 1, 1)
    assert sum(queue.lanes.values()) == 2
    rest = await queue_of(actor, QueueFilter(), after=1, limit=1, clock=clock)
    assert rest.following is None
    assert rest.rows[0].queued.claim.number != queue.rows[0].queued.claim.number
    nothing = await queue_of(actor, QueueFilter(lane=Lane.PASSED.value, wanted="没有这家"), after=0, limit=9, clock=clock)
    assert nothing.total == 0
    assert (await queue_of((await sign_in_as("fushen", clock)).actor, QueueFilter(), after=0, limit=9, clock=clock)).total == 0


async def test_a_hold_makes_a_claim_doubtful(database: Settings, clock: FixedClock) -> None:
    number = await submitted(clock)
    actor = (await sign_in_as("chushen", clock)).actor
    async with write_transaction():
        await payable_store.add_hold(number, cause="audit", words="AU-020", placer="系统", at=clock.now())
    queue = await queue_of(actor, QueueFilter(lane=Lane.DOUBTED.value), after=0, limit=9, clock=clock)
    assert [row.queued.risk.holds for row in queue.rows] == [1]


async def test_a_street_accepts_only_what_it_is_assigned(database: Settings, clock: FixedClock) -> None:
    number, other = await submitted(clock), await submitted(clock, "B")
    await account("shouli", clock)
    today = clock.today()
    street = (await sign_in_as("shouli", clock)).actor.organisation or ""
    with pytest.raises(ClaimNotFound):
        await do("shouli", number, Act.ACCEPT, clock)
    with pytest.raises(MandateRefused):
        await give_assignment(DEMO, organisation=street, enterprises=(), purpose="受理", starts=today, ends=today, clock=clock)
    await give_assignment(DEMO, organisation=street, enterprises=(ENTERPRISE_A,), purpose="受理", starts=today, ends=today, clock=clock)
    actor = (await sign_in_as("shouli", clock)).actor
    queue = await queue_of(actor, QueueFilter(), after=0, limit=9, clock=clock)
    assert [row.queued.claim.number for row in queue.rows] == [number]
    assert await do("shouli", number, Act.ACCEPT, clock) is ClaimState.ACCEPTED
    with pytest.raises(NotAllowed):
        await do("shouli", number, Act.FIRST, clock)
    with pytest.raises(ClaimNotFound):
        await do("shouli", other, Act.ACCEPT, clock)


async def test_who_submitted_for_an_enterprise_does_not_accept(database: Settings, clock: FixedClock) -> None:
    number = await submitted(clock)
    actor = (await sign_in_as("chushen", clock)).actor
    async with write_transaction():
        # As a street office would have submitted it.
        await fetch_tuples("UPDATE claim SET submitted_by = $1 RETURNING id", f"{actor.key} for {ENTERPRISE_A}")
    with pytest.raises(SamePersonTwice):
        await act_on_claim(actor, number, Act.ACCEPT, version=1, clock=clock)


async def test_notes_are_sealed_and_hands_pass_on(database: Settings, clock: FixedClock) -> None:
    number = await submitted(clock)
    first = (await sign_in_as("chushen", clock)).actor
    await handling.take_claim(first, number, clock=clock)
    with pytest.raises(HandTaken):
        await handling.take_claim(DEMO, number, clock=clock)
    clock.move(timedelta(minutes=15))
    await handling.take_claim(DEMO, number, clock=clock)
    for kind, words in (("note", ""), ("letter", "x"), ("note", "长" * 2001)):
        with pytest.raises(ReviewRefused):
            await handling.write_note(first, number, kind=kind, words=words, clock=clock)
    await handling.write_note(first, number, kind="note", words="张三来电 13900000000", clock=clock)
    claim, _record = await at_hand(number)
    async with read_transaction():
        notes = await handling_store.notes_of(claim.id)
        told = await fetch_tuples("SELECT detail::text FROM trail WHERE event = 'subsidy:claim:noted'")
    assert b"13900000000" not in notes[0].sealed
    assert "13900000000" not in repr(told)


async def test_a_late_acceptance_counts_from_the_last_day_for_it(database: Settings, clock: FixedClock) -> None:
    number = await submitted(clock)
    await do("chushen", number, Act.ACCEPT, clock)
    in_time, _record = await at_hand(number)
    late_number = await submitted(clock, "B")
    clock.move(timedelta(days=30))
    await do("chushen", late_number, Act.ACCEPT, clock)
    late, _record = await at_hand(late_number)
    assert in_time.due_on is not None
    assert late.due_on is not None
    assert in_time.due_on < late.due_on < clock.today() + timedelta(days=30)
    queue = await queue_of((await sign_in_as("chushen", clock)).actor, QueueFilter(), after=0, limit=9, clock=clock)
    assert any(row.overdue for row in queue.rows)
