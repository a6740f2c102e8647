"""Payment batches: three people, frozen content, sent once; what the bank says; what is kept back, held, called back, failed."""

import io
from datetime import UTC, date, datetime, timedelta

import msgspec
import openpyxl
import pytest
import pytest_asyncio

from tests.fund.ledger_world import assert_sound
from tests.fund.payment_world import (
    ACCOUNT,
    FIRM,
    OTHER_FIRM,
    Followed,
    account_of,
    due,
    granted,
    make_due,
    no_lines,
    nothing_missing,
    paid,
    payable,
    person,
    rows,
    said,
    sent,
)
from tests.people import sign_in_as
from training_admin.database import execute_script, write_transaction
from training_admin.fund import batches, case_payments, holds, ledger, payee_account, recoveries
from training_admin.fund.bank_results import ResultsRefused
from training_admin.fund.batch_plan import BatchState, ColumnsRefused
from training_admin.fund.batch_store import BatchNotFound
from training_admin.fund.batches import BatchBlocked, BatchChanged, BatchMoved, NothingDue
from training_admin.fund.case_payments import CaseNotPaid, NothingFailed
from training_admin.fund.follow import FollowEvent
from training_admin.fund.holds import HoldRefused, NothingHeld
from training_admin.fund.ledger import PayableMoved
from training_admin.fund.payable_store import PayableState
from training_admin.fund.payee_account import AccountRefused, typed_account
from training_admin.fund.result_facts import BankResult
from training_admin.kit.actor import DEMO, Actor, NotAllowed, SamePersonTwice, StepUpNeeded
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import Role
from training_admin.settings import Settings
from training_admin.subsidy.reviewing import ACCOUNT_HASH

pytestmark = pytest.mark.measured


@pytest.fixture
def clock() -> FixedClock:
    """A working day after the notice of everything here is over."""
    return FixedClock(datetime(2026, 9, 10, 2, tzinfo=UTC))


@pytest_asyncio.fixture
async def follow(database: Settings, clock: FixedClock) -> Followed:
    """A budget, and nobody who follows but a list."""
    await granted(10_000_000, clock)
    return Followed()


async def test_a_batch_goes_through_three_people_and_is_sent_once(clock: FixedClock, follow: Followed) -> None:
    one, two = await due(1, 120_000, clock), await due(2, 30_050, clock)
    other = await due(3, 99, clock, payee=OTHER_FIRM, account=account_of(3))
    clerk, checker, leader = await person("caijing", clock), await person("caifu", clock), await person("fenguan", clock)
    number = await batches.make_batch(clerk, [one, two, other], follow=follow, missing=nothing_missing, lines=no_lines, clock=clock)
    shown = await batches.show_batch(clerk, number, missing=nothing_missing, lines=no_lines, clock=clock)
    assert [(item.fen, item.netted_fen) for item in shown.items] == [(150_050, 0), (99, 0)]
    assert [case for _subject, case, _fen in shown.cases[shown.items[0].code]] == ["SJ2026000001", "SJ2026000002"]
    with pytest.raises(BatchMoved):
        await batches.approve_batch(leader, number, missing=nothing_missing, lines=no_lines, clock=clock)
    with pytest.raises(SamePersonTwice):
        await batches.check_batch(await as_clerk_with_every_right(clock), number, missing=nothing_missing, lines=no_lines, clock=clock)
    with pytest.raises(StepUpNeeded):
        await batches.check_batch((await sign_in_as("caifu", clock)).actor, number, missing=nothing_missing, lines=no_lines, clock=clock)
    await batches.check_batch(checker, number, missing=nothing_missing, lines=no_lines, clock=clock)
    with pytest.raises(BatchMoved):
        await batches.check_batch(checker, number, missing=nothing_missing, lines=no_lines, clock=clock)
    with pytest.raises(BatchMoved):
        await batches.treasury_file(clerk, number, (), as_csv=True, clock=clock)
    await batches.approve_batch(leader, number, missing=nothing_missing, lines=no_lines, clock=clock)
    frozen = (await batches.show_batch(leader, number, missing=nothing_missing, lines=no_lines, clock=clock)).batch
    assert frozen.content_sha256 is not None
    assert frozen.file_sha256 is not None
    await batches.send_batch(clerk, number, follow=follow, missing=nothing_missing, lines=no_lines, clock=clock)
    with pytest.raises(BatchMoved):
        await batches.send_batch(clerk, number, follow=follow, missing=nothing_missing, lines=no_lines, clock=clock)
    assert (await batches.show_batch(leader, number, missing=nothing_missing, lines=no_lines, clock=clock)).batch.state is BatchState.SENT
    assert [event for _case, event in follow.events] == [FollowEvent.BATCH] * 3
    await assert_sound()


async def as_clerk_with_every_right(clock: FixedClock) -> Actor:
    """The clerk himself, were he given the checker's role as well by mistake."""
    clerk = await person("caijing", clock)
    return msgspec.structs.replace(clerk, roles=frozenset({*clerk.roles, Role.FINANCE_CHECKER, Role.LEADER}))


async def test_the_treasury_file_holds_full_accounts_and_leaves_a_trace(clock: FixedClock, follow: Followed) -> None:
    await granted(100_000_000, clock, business_id="追加")
    number = await sent([await due(1, 12_345_607, clock)], clock, follow)
    clerk = await person("caijing", clock)
    book = await batches.treasury_file(clerk, number, (), as_csv=False, clock=clock)
    page = openpyxl.load_workbook(io.BytesIO(book), data_only=True).active
    assert page is not None
    cells = [[cell for cell in row if cell is not None] for row in page.iter_rows(values_only=True)]
    assert ["序号", "收款户名", "账号", "开户行", "金额（元）", "金额大写", "用途", "业务编号"] in cells
    capital = "人民币壹拾贰万叁仟肆佰伍拾陆元零柒分"
    assert [1, "样例一厂", ACCOUNT.account, ACCOUNT.bank, 123456.07, capital, "职工职业培训补贴", f"{number}-0001"] in cells
    assert any(capital in str(row) and "合计" in str(row) for row in cells)
    chosen = ["业务编号", "金额（元）", "账号", "收款户名", "开户行", ""]
    text = (await batches.treasury_file(clerk, number, chosen, as_csv=True, clock=clock)).decode("utf-8-sig")
    assert text == f"业务编号,金额（元）,账号,收款户名,开户行\r\n{number}-0001,123456.07,{ACCOUNT.account},样例一厂,{ACCOUNT.bank}\r\n"
    assert (await batches.treasury_file(clerk, number, chosen, as_csv=False, clock=clock))[:2] == b"PK"
    with pytest.raises(ColumnsRefused):
        await batches.treasury_file(clerk, number, ["账号", "账号"], as_csv=True, clock=clock)
    with pytest.raises(StepUpNeeded):
        await batches.treasury_file((await sign_in_as("caijing", clock)).actor, number, (), as_csv=True, clock=clock)
    with pytest.raises(NotAllowed):
        await batches.treasury_file(await person("fenguan", clock), number, (), as_csv=True, clock=clock)
    assert len(await rows("SELECT 1 FROM trail WHERE event = 'fund:batch:file_read' AND subject = $1", number)) == 3
    everything = "".join(str(row) for row in await rows("SELECT detail FROM trail"))
    assert ACCOUNT.account not in everything


async def test_the_bank_pays_one_and_fails_another_who_applies_again(clock: FixedClock, follow: Followed) -> None:
    one = await due(1, 1000, clock)
    two = await due(2, 2000, clock, payee=OTHER_FIRM, account=account_of(2))
    number = await sent([one, two], clock, follow)
    today = clock.today()
    answer = (
        BankResult(f"{number}-0001", 1000, True, "Z1", today),
        BankResult(f"{number}-0002", 2000, False, failure="账号户名不符"),
    )
    assert await said(number, clock, follow, *answer) == 2
    assert await said(number, clock, follow, *answer) == 0
    assert (await batches.show_batch(DEMO, number, missing=nothing_missing, lines=no_lines, clock=clock)).batch.state is BatchState.SETTLED
    mine = await case_payments.payments_of_case((await sign_in_as("jingban-a", clock)).actor, "SJ2026000001")
    assert [(each.voucher, each.paid_on, each.state, each.words) for each in mine] == [("Z1", today, PayableState.PAID, "已拨付")]
    assert mine[0].account.endswith("************1234（样例一厂）")
    assert await case_payments.payments_of_case((await sign_in_as("jingban-b", clock)).actor, "SJ2026000001") == []
    clerk_b = await person("jingban-b", clock)
    failed = (await case_payments.payments_of_case(clerk_b, "SJ2026000002"))[0]
    assert (failed.failed, failed.failure, failed.voucher) == (True, "账号户名不符", None)
    with pytest.raises(CaseNotPaid):
        await case_payments.reapply(clerk_b, "SJ2026000001", None, clock=clock)
    with pytest.raises(StepUpNeeded):
        await case_payments.reapply((await sign_in_as("jingban-b", clock)).actor, "SJ2026000002", account_of(7), clock=clock)
    await case_payments.reapply(clerk_b, "SJ2026000002", account_of(7), clock=clock)
    with pytest.raises(NothingFailed):
        await case_payments.reapply(clerk_b, "SJ2026000002", None, clock=clock)
    clerk = await person("caijing", clock)
    with pytest.raises(NothingDue):
        await batches.make_batch(clerk, [two], follow=follow, missing=nothing_missing, lines=no_lines, clock=clock)
    assert [
        "回拨核实" in each.reason
        for each in (await batches.candidates(clerk, missing=nothing_missing, lines=no_lines, clock=clock)).left_out
    ] == [True]
    with pytest.raises(NotAllowed):
        await batches.call_back(clerk, two, clock=clock)
    await batches.call_back(await person("caifu", clock), two, clock=clock)
    with pytest.raises(PayableMoved):
        await batches.call_back(await person("caifu", clock), two, clock=clock)
    await paid([two], clock, follow, reference="再")
    assert [event for case, event in follow.events if case == "SJ2026000002"] == [
        FollowEvent.BATCH,
        FollowEvent.FAIL,
        FollowEvent.BATCH,
        FollowEvent.PAY,
    ]
    await assert_sound()


async def test_everything_wrong_with_the_banks_answer_is_told_at_once_and_nothing_is_entered(clock: FixedClock, follow: Followed) -> None:
    subjects = [await due(n, 1000 + n, clock, payee=f"9131011700000{n:05d}", account=account_of(n)) for n in range(1, 5)]
    number = await sent(subjects, clock, follow)
    today = clock.today()
    with pytest.raises(ResultsRefused) as refusal:
        await said(
            number,
            clock,
            follow,
            BankResult(f"{number}-0001", 1001, True, "R1", today, row=2),
            BankResult(f"{number}-0002", 999, True, "R2", today, row=3),
            BankResult(f"{number}-0003", None, True, "R1", today + timedelta(days=1), row=4),
            BankResult(f"{number}-0009", 1, True, "R9", today, row=5),
            BankResult(f"{number}-0004", 1004, False, row=6),
            BankResult(f"{number}-0001", 1001, True, "", today, row=7),
        )
    assert refusal.value.extra["count"] == 7
    assert all(
        item.state == "pending"
        for item in (await batches.show_batch(DEMO, number, missing=nothing_missing, lines=no_lines, clock=clock)).items
    )
    with pytest.raises(ResultsRefused):
        await said(number, clock, follow)
    await assert_sound()


async def test_a_reference_pays_once_in_all_batches(clock: FixedClock, follow: Followed) -> None:
    first = await sent([await due(1, 1000, clock)], clock, follow)
    second = await sent([await due(2, 1000, clock)], clock, follow)
    await said(first, clock, follow, BankResult(f"{first}-0001", 1000, True, "R1", clock.today()))
    with pytest.raises(ResultsRefused, match="已用于另一笔"):
        await said(second, clock, follow, BankResult(f"{second}-0001", 1000, True, "R1", clock.today()))
    with pytest.raises(ResultsRefused, match="与此不同"):
        await said(first, clock, follow, BankResult(f"{first}-0001", 1000, True, "R2", clock.today()))


async def test_money_that_comes_back_is_payable_again(clock: FixedClock, follow: Followed) -> None:
    subject = await due(1, 1000, clock)
    number = await paid([subject], clock, follow)
    await said(number, clock, follow, BankResult(f"{number}-0001", None, False, failure="退票"))
    with pytest.raises(ResultsRefused, match="已登记为失败"):
        await said(number, clock, follow, BankResult(f"{number}-0001", None, True, "R2", clock.today()))
    await assert_sound()
    await case_payments.reapply((await sign_in_as("jingban-a", clock)).actor, "SJ2026000001", None, clock=clock)
    await paid([subject], clock, follow, reference="第二次")
    assert await rows("SELECT count(*) FROM fund_entry WHERE act = 'pay'") == [(2,)]
    await assert_sound()


async def test_a_batch_is_voided_by_another_person_and_what_was_in_it_is_due_again(clock: FixedClock, follow: Followed) -> None:
    subject = await due(1, 1000, clock)
    number = await sent([subject], clock, follow)
    with pytest.raises(SamePersonTwice):
        await batches.void_batch(await as_clerk_with_every_right(clock), number, reason="清单退回", follow=follow, clock=clock)
    with pytest.raises(HoldRefused):
        await batches.void_batch(await person("caifu", clock), number, reason=" ", follow=follow, clock=clock)
    await batches.void_batch(await person("caifu", clock), number, reason="清单退回", follow=follow, clock=clock)
    assert (await batches.show_batch(DEMO, number, missing=nothing_missing, lines=no_lines, clock=clock)).batch.state is BatchState.VOIDED
    again = await paid([subject], clock, follow)
    with pytest.raises(BatchMoved):
        await batches.void_batch(await person("caifu", clock), again, reason="清单退回", follow=follow, clock=clock)
    with pytest.raises(BatchMoved):
        await said(number, clock, follow, BankResult(f"{number}-0001", 1000, True, "R", clock.today()))
    with pytest.raises(BatchNotFound):
        await batches.show_batch(DEMO, "PC20269999", missing=nothing_missing, lines=no_lines, clock=clock)
    await assert_sound()


async def test_a_held_case_goes_into_no_batch_and_stops_one_that_is_on_its_way(clock: FixedClock, follow: Followed) -> None:
    subject = await due(1, 1000, clock)
    clerk, checker, leader = await person("caijing", clock), await person("caifu", clock), await person("fenguan", clock)
    assert await holds.place_hold(clerk, "SJ2026000001", "AU-001", "证件号码存疑", clock=clock)
    assert not await holds.place_hold(DEMO, "SJ2026000001", "AU-001", "证件号码存疑", clock=clock)
    with pytest.raises(NothingDue):
        await batches.make_batch(clerk, [subject], follow=follow, missing=nothing_missing, lines=no_lines, clock=clock)
    with pytest.raises(HoldRefused):
        await holds.place_hold(clerk, "SJ2026000001", "人工", "请联系13800000000", clock=clock)
    with pytest.raises(NotAllowed):
        await holds.lift_hold(clerk, "SJ2026000001", "AU-001", reason="已核", clock=clock)
    await holds.lift_hold(checker, "SJ2026000001", "AU-001", reason="已核实", clock=clock)
    with pytest.raises(NothingHeld):
        await holds.lift_hold(checker, "SJ2026000001", "AU-001", reason="已核实", clock=clock)
    number = await batches.make_batch(clerk, [subject], follow=follow, missing=nothing_missing, lines=no_lines, clock=clock)
    await batches.check_batch(checker, number, missing=nothing_missing, lines=no_lines, clock=clock)
    await holds.place_hold(DEMO, "SJ2026000001", "异议", "收到异议", clock=clock)
    assert [hold.cause for hold in await holds.holds_shown(leader)] == ["异议"]
    with pytest.raises(BatchBlocked, match="收到异议"):
        await batches.approve_batch(leader, number, missing=nothing_missing, lines=no_lines, clock=clock)
    assert (await batches.show_batch(leader, number, missing=nothing_missing, lines=no_lines, clock=clock)).blocked == (
        "SJ2026000001：已暂缓拨付：收到异议",
    )
    await holds.lift_hold(checker, "SJ2026000001", "异议", reason="异议不成立", clock=clock)
    await batches.approve_batch(leader, number, missing=nothing_missing, lines=no_lines, clock=clock)
    await holds.place_hold(DEMO, "SJ2026000001", "异议", "又收到异议", clock=clock)
    with pytest.raises(BatchBlocked):
        await batches.send_batch(clerk, number, follow=follow, missing=nothing_missing, lines=no_lines, clock=clock)


async def test_nothing_is_sent_whose_content_is_not_what_was_approved(clock: FixedClock, follow: Followed) -> None:
    subject = await due(1, 1000, clock)
    clerk = await person("caijing", clock)
    number = await batches.make_batch(clerk, [subject], follow=follow, missing=nothing_missing, lines=no_lines, clock=clock)
    await batches.check_batch(await person("caifu", clock), number, missing=nothing_missing, lines=no_lines, clock=clock)
    await batches.approve_batch(await person("fenguan", clock), number, missing=nothing_missing, lines=no_lines, clock=clock)
    async with write_transaction():
        await execute_script("UPDATE payment_item SET fen = 999999")
    with pytest.raises(BatchChanged):
        await batches.send_batch(clerk, number, follow=follow, missing=nothing_missing, lines=no_lines, clock=clock)


async def test_nothing_is_batched_before_its_notice_is_over(database: Settings) -> None:
    early = FixedClock(datetime(2026, 9, 8, 2, tzinfo=UTC))
    await granted(10_000, early)
    subject = await due(1, 1000, early)
    found = await batches.candidates(await person("caijing", early), missing=nothing_missing, lines=no_lines, clock=early)
    assert (found.items, [each.reason for each in found.left_out], found.fen) == ((), ["公示期未满"], 0)
    with pytest.raises(NothingDue):
        await batches.make_batch(
            await person("caijing", early), [subject], follow=Followed(), missing=nothing_missing, lines=no_lines, clock=early
        )


async def test_another_account_than_the_one_last_paid_to_is_called_back(clock: FixedClock, follow: Followed) -> None:
    await paid([await due(1, 1000, clock)], clock, follow)
    subject = await due(2, 1000, clock, account=account_of(9))
    found = await batches.candidates(await person("caijing", clock), missing=nothing_missing, lines=no_lines, clock=clock)
    assert [(each.due.subject, "已变更" in each.reason) for each in found.left_out] == [(subject, True)]
    # Nobody calls back and pays alone, whatever roles he has been given.
    both = await as_clerk_with_every_right(clock)
    await batches.call_back(both, subject, clock=clock)
    assert [
        "本人回拨" in each.reason
        for each in (await batches.candidates(both, missing=nothing_missing, lines=no_lines, clock=clock)).left_out
    ] == [True]


async def test_what_is_late_is_listed(clock: FixedClock, follow: Followed) -> None:
    subject = await due(1, 1000, clock)
    leader = await person("fenguan", clock)
    assert await batches.late_payments(leader, clock=clock) == []
    clock.move(timedelta(days=30))
    assert [(row.due.subject, words) for row, words in await batches.late_payments(leader, clock=clock)] == [(subject, "待拨付")]


async def test_the_same_money_is_not_put_into_two_batches(clock: FixedClock, follow: Followed) -> None:
    subject = await due(1, 1000, clock)
    clerk = await person("caijing", clock)
    await batches.make_batch(clerk, [subject], follow=follow, missing=nothing_missing, lines=no_lines, clock=clock)
    with pytest.raises(NothingDue):
        await batches.make_batch(clerk, [subject], follow=follow, missing=nothing_missing, lines=no_lines, clock=clock)
    with pytest.raises(NotAllowed):
        await batches.make_batch(
            await person("caifu", clock), [subject], follow=follow, missing=nothing_missing, lines=no_lines, clock=clock
        )
    assert len((await batches.list_batches(clerk))[0]) == 1


@pytest.mark.parametrize(
    ("bank", "account", "holder"), [("", "3100001", "厂"), ("行", "12a?", "厂"), ("行", "123", "厂"), ("行", "3100001", " ")]
)
def test_an_account_that_is_none_is_refused(bank: str, account: str, holder: str) -> None:
    with pytest.raises(AccountRefused):
        typed_account(bank, account, holder)
    assert typed_account(" 某行 ", "6222 0000 0000", "某厂").account == "622200000000"


def test_accounts_are_hashed_alike_where_they_are_determined_and_where_they_are_corrected() -> None:
    assert payee_account.ACCOUNT_HASH == ACCOUNT_HASH


async def test_several_recoveries_are_kept_back_visibly_and_owed_again_when_the_payment_comes_back(
    clock: FixedClock, follow: Followed
) -> None:
    first = await due(1, 1001, clock, streams=3)
    await paid([first], clock, follow)
    inspector, decider = await person("dudao", clock), await person("shending", clock)
    recovery = await recoveries.propose_recovery(inspector, "SJ2026000001", people=2, fen=700, reason="冒名参训", clock=clock)
    await recoveries.decide_recovery(decider, recovery, confirm=True, return_by=date(2026, 10, 31), follow=follow, clock=clock)
    await assert_sound()
    assert await case_payments.owed_shown((await sign_in_as("jingban-a", clock)).actor, FIRM) == 700
    assert await case_payments.owed_shown((await sign_in_as("jingban-b", clock)).actor, FIRM) == 0
    small, large = await due(2, 500, clock), await due(3, 900, clock)
    number = await sent([small], clock, follow)
    shown = await batches.show_batch(DEMO, number, missing=nothing_missing, lines=no_lines, clock=clock)
    assert [(item.fen, item.netted_fen, item.state) for item in shown.items] == [(0, 500, "paid")]
    assert shown.batch.state is BatchState.SETTLED
    assert (await recoveries.show_recovery(decider, recovery, clock=clock)).recovery.left_fen == 200
    number = await paid([large], clock, follow)
    one = await recoveries.show_recovery(decider, recovery, clock=clock)
    assert (one.recovery.state, [receipt.way for receipt in one.receipts]) == ("settled", ["netted", "netted"])
    assert follow.events[-1] == ("SJ2026000001", FollowEvent.RECOVERED)
    await assert_sound()
    await said(number, clock, follow, BankResult(f"{number}-0001", None, False, failure="退票"))
    one = await recoveries.show_recovery(decider, recovery, clock=clock)
    assert (one.recovery.state, one.recovery.left_fen) == ("decided", 200)
    assert follow.events[-1] == ("SJ2026000001", FollowEvent.RECOVER)
    await assert_sound()


async def test_what_is_waiting_cannot_be_made_due_twice(clock: FixedClock, follow: Followed) -> None:
    subject = await due(1, 1000, clock)
    with pytest.raises(PayableMoved):
        await make_due(subject, clock)
    assert payable(1, 1000).fen == 1000
    async with write_transaction():
        await ledger.release(DEMO, subject, clock=clock)
    await assert_sound()
