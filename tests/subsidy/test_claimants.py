"""What an enterprise does with its claim after submission: mend and hand in again, leave rows out, attach papers, ask for 复核."""

import io
import zipfile
from datetime import timedelta

import pytest

from tests.fund.ledger_world import assert_sound, granted
from tests.people import sign_in_as
from tests.subsidy.mended import column_of, mended
from tests.subsidy.test_reviewing import LIFE, do, submitted
from tests.web.conftest import sample
from training_admin.database import fetch_tuples, read_transaction
from training_admin.fund import payable_store
from training_admin.fund.payable_store import PayableState
from training_admin.kit.actor import DEMO, NotAllowed, SamePersonTwice
from training_admin.kit.clock import FixedClock
from training_admin.office.papers import LARGEST, PaperRefused
from training_admin.settings import Settings
from training_admin.subsidy import appeals, attachments, claims, resubmitting, review_store
from training_admin.subsidy.appeals import AppealNotFound, AppealNotNow
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim
from training_admin.subsidy.attachment_files import MOST_ELEMENTS, OFD, XML, read_paper
from training_admin.subsidy.attachments import AttachmentNotFound, AttachmentNotNow, AttachmentRefused
from training_admin.subsidy.claims import ForeignEnterprise, NothingReadable, UnreadableRows
from training_admin.subsidy.resubmitting import AnotherClaim, WorkbookUnchanged
from training_admin.subsidy.review_states import Act, ClaimState, IllegalMove
from training_admin.subsidy.review_store import ReviewedClaim
from training_admin.subsidy.reviewing import ClaimMoved, ReturnedBefore, ReviewRefused, act_on_claim
from training_admin.subsidy.rounds import CHANGED
from training_admin.subsidy.store import ClaimNotFound

PDF = b"%PDF-1.7\npaper\n%%EOF"
INVOICE = b"<Invoice xmlns='urn:x'><Head><Fphm>74783279821308061993</Fphm><Jshj>31,920.5</Jshj></Head></Invoice>"


async def claim_of(number: str) -> ReviewedClaim:
    async with read_transaction():
        return await review_store.claim_by_number(number, None)


async def returned(clock: FixedClock) -> str:
    number = await submitted(clock)
    actor = (await sign_in_as("chushen", clock)).actor
    await act_on_claim(actor, number, Act.RETURN, version=1, opinion="请补正", asked=("更正出勤", "补发票"), clock=clock)
    return number


async def resubmit(number: str, content: bytes, clock: FixedClock, *, login: str = "jingban-a", version: int = 2) -> str:
    actor = (await sign_in_as(login, clock)).actor
    return (await resubmitting.resubmit_claim(actor, number, content, readable_only=False, version=version, clock=clock)).number


async def test_a_mended_claim_takes_the_place_of_the_first(database: Settings, clock: FixedClock) -> None:
    number = await returned(clock)
    first = await claim_of(number)
    column = column_of("A", "出勤")
    clock.move(timedelta(days=3))
    second = await resubmit(number, mended("A", {f"{column}4": 110}), clock)
    assert second == f"{number}-2"
    new = await claim_of(second)
    assert (new.round, new.returned, new.state, new.as_of) == (2, 1, ClaimState.SUBMITTED, first.as_of)
    assert (await claim_of(number)).state is ClaimState.REPLACED
    changes = await resubmitting.changes_of((await sign_in_as("chushen", clock)).actor, second)
    assert [(each.kind, each.column, each.row_after) for each in changes] == [(CHANGED, "出勤课时", 4)]
    assert await resubmitting.changes_of(DEMO, number) == ()
    await assess_claim(DEMO, second, cause=FIRST_TIME, clock=clock)
    with pytest.raises(ReturnedBefore):
        await do("chushen", second, Act.RETURN, clock, opinion="再补")
    for act, login in LIFE:
        await do(login, second, act, clock)
    third = ReviewedClaim(**{name: getattr(new, name) for name in new.__struct_fields__} | {"number": f"{number}-3", "round": 3})
    assert resubmitting.earlier_number(third) == f"{number}-2"
    assert resubmitting.first_number(third) == number


async def test_what_does_not_mend_the_claim_is_refused(database: Settings, clock: FixedClock) -> None:
    number = await submitted(clock)
    with pytest.raises(IllegalMove):
        await resubmit(number, sample("claim_A.xlsx"), clock, version=1)
    await do("chushen", number, Act.RETURN, clock, opinion="补")
    with pytest.raises(WorkbookUnchanged):
        await resubmit(number, sample("claim_A.xlsx"), clock)
    with pytest.raises(ForeignEnterprise):
        await resubmit(number, sample("claim_B.xlsx"), clock)
    with pytest.raises(ClaimNotFound):
        await resubmit(number, sample("claim_A.xlsx"), clock, login="jingban-b")
    with pytest.raises(NotAllowed):
        await resubmit(number, sample("claim_A.xlsx"), clock, login="chushen")
    column = column_of("A", "出勤")
    with pytest.raises(UnreadableRows):
        await resubmit(number, mended("A", {f"{column}4": "很多"}), clock)
    with pytest.raises(ClaimMoved):
        await resubmit(number, mended("A", {f"{column}4": 110}), clock, version=1)
    year = mended("A", {"B5": 2025}, sheet="申报表")
    with pytest.raises(AnotherClaim):
        await resubmit(number, year, clock)


async def test_rows_left_out_before_submission_are_told_and_can_follow(database: Settings, clock: FixedClock) -> None:
    await submitted(clock, "B")
    content = mended("A", {})
    checked = await claims.precheck(DEMO, content, clock=clock)
    assert checked.record is not None
    rows = frozenset(line.row for line in checked.record.lines)
    with pytest.raises(NothingReadable):
        await claims.submit_claim(DEMO, content, readable_only=True, left_out=rows, clock=clock)
    receipt = await claims.submit_claim(DEMO, content, readable_only=True, left_out=frozenset(sorted(rows)[3:]), clock=clock)
    assert receipt.lines == 3
    async with read_transaction():
        told = await fetch_tuples("SELECT text FROM message WHERE subject = $1", receipt.number)
        stored = await fetch_tuples("SELECT count(*) FROM claim_line l JOIN claim c ON c.id = l.claim WHERE c.number = $1", receipt.number)
    assert any("可在申请期限内补报" in text for (text,) in told)
    assert stored[0][0] == 3


def ofd(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as parts:
        for name in names:
            parts.writestr(name, "x")
    return target.getvalue()


def test_papers_are_known_by_their_content() -> None:
    assert read_paper(PDF).media_type == "application/pdf"
    assert read_paper(ofd("OFD.xml", "Doc_0/Document.xml")).media_type == OFD
    read = read_paper(INVOICE)
    assert (read.media_type, read.invoice_no, read.invoice_fen) == (XML, "74783279821308061993", 31_920_50)
    bare = read_paper(b"\xef\xbb\xbf<a><EIid>12345678</EIid><Jshj>many</Jshj></a>")
    assert (bare.invoice_no, bare.invoice_fen) == ("12345678", None)
    assert read_paper(b"<a><EIid>12345678</EIid><Jshj>-5</Jshj></a>").invoice_fen is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 cut off",
        b"MZ\x90\x00",
        b"PK\x03\x04 no zip at all",
        ofd("word/document.xml"),
        b"<html><body>x</body></html>",
        b"<a><Fphm>1</Fphm></a>",
        b"<not closed",
        b"<!DOCTYPE a [<!ENTITY x 'y'>]><a><Fphm>12345678</Fphm>&x;</a>",
        b"<?xml version='1.0' encoding='no-such-code'?><a/>",
        b"<a>" + b"<b>1</b>" * (MOST_ELEMENTS + 1) + b"</a>",
        b"%PDF-" + b"x" * LARGEST + b"%%EOF",
    ],
    ids=("empty", "cut", "program", "no-zip", "docx", "page", "short-number", "open", "entities", "encoding", "much", "large"),
)
def test_what_is_no_paper_is_refused(content: bytes) -> None:
    with pytest.raises(PaperRefused):
        read_paper(content)


async def test_papers_are_attached_until_the_determination(database: Settings, clock: FixedClock) -> None:
    number = await submitted(clock)
    clerk = (await sign_in_as("jingban-a", clock)).actor
    for _ in range(2):
        await attachments.attach_paper(clerk, number, INVOICE, kind="invoice", title="", clock=clock)
    papers = await attachments.list_papers(clerk, number)
    assert [(each.title, each.in_costs) for each in papers] == [("发票", True)]
    name, media_type, content = await attachments.open_paper((await sign_in_as("chushen", clock)).actor, number, papers[0].id, clock=clock)
    assert (name, media_type, content) == (f"{number}-附件1.xml", XML, INVOICE)
    async with read_transaction():
        sealed = await fetch_tuples("SELECT sealed FROM stored_file WHERE sha256 = $1", papers[0].sha256)
    assert INVOICE not in sealed[0][0]
    with pytest.raises(AttachmentNotFound):
        await attachments.open_paper(clerk, number, papers[0].id + 1, clock=clock)
    for kind, title in (("letter", ""), ("invoice", "长" * 81), ("invoice", "张三 13900000000")):
        with pytest.raises(AttachmentRefused):
            await attachments.attach_paper(clerk, number, PDF, kind=kind, title=title, clock=clock)
    with pytest.raises(ClaimNotFound):
        await attachments.attach_paper((await sign_in_as("jingban-b", clock)).actor, number, PDF, kind="other", title="", clock=clock)
    await do("jingban-a", number, Act.WITHDRAW, clock)
    with pytest.raises(AttachmentNotNow):
        await attachments.attach_paper(clerk, number, PDF, kind="other", title="", clock=clock)


async def decided(clock: FixedClock, last: Act) -> str:
    number = await submitted(clock)
    for act, login in (*LIFE[:3], (last, "shending")):
        await do(login, number, act, clock, opinion="理由")
    return number


async def appeal(number: str, clock: FixedClock, words: str = "请复核") -> str:
    return await appeals.make_appeal((await sign_in_as("jingban-a", clock)).actor, number, words, clock=clock)


async def test_an_upheld_appeal_releases_the_money_and_goes_back_to_review(database: Settings, clock: FixedClock) -> None:
    await granted(10**9, clock)
    number = await decided(clock, Act.DETERMINE)
    given = await appeal(number, clock)
    with pytest.raises(AppealNotNow):
        await appeal(number, clock)
    async with read_transaction():
        assert [each.cause for each in (await payable_store.open_holds([number]))[number]] == ["appeal"]
    with pytest.raises(SamePersonTwice):
        await appeals.decide_appeal((await sign_in_as("shending", clock)).actor, number, given, uphold=True, answer="有理", clock=clock)
    with pytest.raises(SamePersonTwice):
        await appeals.decide_appeal((await sign_in_as("fushen", clock)).actor, number, given, uphold=True, answer="有理", clock=clock)
    with pytest.raises(ReviewRefused):
        await appeals.decide_appeal(DEMO, number, given, uphold=True, answer=" ", clock=clock)
    with pytest.raises(AppealNotFound):
        await appeals.decide_appeal(DEMO, number, "FH202600999", uphold=True, answer="有理", clock=clock)
    assert await appeals.decide_appeal(DEMO, number, given, uphold=True, answer="有理", clock=clock) is ClaimState.ACCEPTED
    async with read_transaction():
        assert [each.state for each in await payable_store.payables_of(number)] == [PayableState.RELEASED]
        assert await payable_store.open_holds([number]) == {}
    for act, login in LIFE[1:]:
        await do(login, number, act, clock)
    async with read_transaction():
        assert [each.state for each in await payable_store.payables_of(number)] == [PayableState.RELEASED, PayableState.COMMITTED]
    await assert_sound()


async def test_a_rejected_appeal_changes_nothing_but_is_answered(database: Settings, clock: FixedClock) -> None:
    number = await decided(clock, Act.REFUSE)
    given = await appeal(number, clock)
    assert await appeals.decide_appeal(DEMO, number, given, uphold=False, answer="理由不成立", clock=clock) is ClaimState.REFUSED
    async with read_transaction():
        told = await fetch_tuples("SELECT text FROM message WHERE subject = $1 ORDER BY id DESC LIMIT 1", number)
    assert "行政复议" in told[0][0]
    listed = await appeals.list_appeals((await sign_in_as("fushen", clock)).actor)
    assert [(each.state, each.claim) for each in listed] == [("rejected", number)]
    with pytest.raises(NotAllowed):
        await appeals.list_appeals((await sign_in_as("chushen", clock)).actor)


async def test_appeals_have_their_time_and_their_states(database: Settings, clock: FixedClock) -> None:
    number = await submitted(clock)
    with pytest.raises(AppealNotNow):
        await appeal(number, clock)
    for act, login in (*LIFE[:3], (Act.REFUSE, "shending")):
        await do(login, number, act, clock, opinion="理由")
    with pytest.raises(ReviewRefused):
        await appeal(number, clock, words="")
    clock.move(timedelta(days=7))
    given = await appeal(number, clock)
    await appeals.decide_appeal(DEMO, number, given, uphold=False, answer="维持", clock=clock)
    clock.move(timedelta(days=1))
    with pytest.raises(AppealNotNow):
        await appeal(number, clock)
