"""Public notice: posted masked, objected to by anybody, stopped or closed, and what then happens to claim and money."""

import re
from datetime import date, timedelta

import httpx
import msgspec
import pytest

from tests.fund.ledger_world import assert_sound, granted
from tests.people import enter, sign_in_as
from tests.subsidy.test_reviewing import LIFE, do, submitted
from tests.web.conftest import form_token
from training_admin.app import NIGHTLY, job_handlers
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.fund import payable_store
from training_admin.fund.payable_store import PayableState
from training_admin.kit.actor import DEMO, VISITOR, Actor, NotAllowed, NotSignedIn
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun
from training_admin.office.notice_store import NoticeNotFound, ObjectionNotFound
from training_admin.settings import Settings
from training_admin.subsidy import appeals, handling_store, notices, papers, review_store
from training_admin.subsidy.assessing import decoded_record
from training_admin.subsidy.determination import LineSaid, LineWord
from training_admin.subsidy.notices import NoticeRefused, NotToBePosted, ObjectionAnswered
from training_admin.subsidy.review_states import ClaimState

pytestmark = pytest.mark.measured

BUDGET = 10**9


async def determined(clock: FixedClock, letter: str = "A") -> str:
    number = await submitted(clock, letter)
    for act, login in LIFE:
        await do(login, number, act, clock)
    return number


async def officer(clock: FixedClock) -> Actor:
    return (await sign_in_as("chushen", clock)).actor


async def posted(clock: FixedClock) -> tuple[str, str]:
    """A claim on notice, and the notice's number."""
    await granted(BUDGET, clock)
    case = await determined(clock)
    return case, await notices.post_notice(await officer(clock), [case], clock=clock)


async def state_of(case: str) -> ClaimState:
    async with read_transaction():
        return (await review_store.claim_by_number(case, None)).state


async def payable_of(case: str) -> payable_store.Payable:
    async with read_transaction():
        return (await payable_store.payables_of(case))[-1]


async def objected(number: str, clock: FixedClock, case: str = "") -> str:
    return await notices.object_to(VISITOR, number, case_no=case, words="学员甲没有参加培训", contact="某人", clock=clock)


async def test_a_notice_shows_masked_persons_and_counts_working_days(database: Settings, clock: FixedClock) -> None:
    case, number = await posted(clock)
    notice, content = await notices.show_notice(number, public=True)
    # Monday 1 June is not counted: 2, 3, 4, 5 and 8 June 2026 are.
    assert (notice.posted_on, notice.ends_on) == (date(2026, 6, 1), date(2026, 6, 8))
    listed = content.claims[0]
    assert listed.case_no == case
    assert listed.people == len(listed.persons) > 0
    assert listed.fen == (await payable_of(case)).fen
    assert all(re.fullmatch(r"\w{4}\*+\w{2}", person.masked_number) for person in listed.persons)
    assert content.assumed
    assert await state_of(case) is ClaimState.ON_NOTICE


async def test_only_whoever_posts_notices_posts_and_only_what_is_ready(database: Settings, clock: FixedClock) -> None:
    case = await determined(clock)
    with pytest.raises(NotToBePosted):  # the money is not there yet
        await notices.post_notice(await officer(clock), [case], clock=clock)
    await granted(BUDGET, clock)
    with pytest.raises(NotAllowed):
        await notices.post_notice((await sign_in_as("fushen", clock)).actor, [case], clock=clock)
    with pytest.raises(NoticeRefused):
        await notices.post_notice(await officer(clock), [], clock=clock)
    await notices.post_notice(await officer(clock), [case, case], clock=clock)
    with pytest.raises(NotToBePosted):
        await notices.post_notice(await officer(clock), [case], clock=clock)


async def test_words_said_after_the_determination_change_nothing_of_it(database: Settings, clock: FixedClock) -> None:
    await granted(BUDGET, clock)
    case = await determined(clock)
    clock.move(timedelta(minutes=1))
    async with write_transaction():
        claim = await review_store.claim_by_number(case, None)
        record = await decoded_record(claim.id, None)
        assert record is not None
        row = next(line.row for line in record.lines if line.payable_fen)
        await handling_store.add_words(
            claim.id, [row], LineSaid(row, LineWord.REFUSE, "", "迟到的意见", None, "某人"), by="A1", at=clock.now(), evidence=None
        )
    number = await notices.post_notice(await officer(clock), [case], clock=clock)
    assert (await notices.show_notice(number, public=True))[1].fen == (await payable_of(case)).fen


async def test_every_nightly_task_has_its_handler(database: Settings) -> None:
    assert notices.CLOSE_NOTICES in NIGHTLY
    assert set(NIGHTLY) | {papers.RENDER_PAPER} <= set(job_handlers(database))


async def test_a_notice_is_closed_after_its_last_day_and_taken_down(database: Settings, clock: FixedClock) -> None:
    case, number = await posted(clock)
    clock.move(timedelta(days=7))
    run = JobRun(notices.CLOSE_NOTICES, clock.today().isoformat(), clock)
    await notices.close_tonight(run)
    assert await state_of(case) is ClaimState.ON_NOTICE  # 8 June is the last day itself
    clock.move(timedelta(days=1))
    await notices.close_tonight(JobRun(notices.CLOSE_NOTICES, clock.today().isoformat(), clock))
    assert await state_of(case) is ClaimState.PAYABLE
    payable = await payable_of(case)
    # 19 June 2026 is a holiday: 15 working days after 8 June end on 30 June.
    assert (payable.state, payable.notice_ends, payable.pay_by) == (PayableState.DUE, date(2026, 6, 8), date(2026, 6, 30))
    with pytest.raises(NoticeNotFound):
        await notices.show_notice(number, public=True)
    assert (await notices.show_notice(number, public=False))[0].state == "closed"
    await notices.close_tonight(JobRun(notices.CLOSE_NOTICES, "again", clock))
    await assert_sound()


async def test_an_open_objection_keeps_a_notice_up_and_a_rejected_one_lets_it_end(database: Settings, clock: FixedClock) -> None:
    case, number = await posted(clock)
    own = await objected(number, clock)
    async with read_transaction():
        assert [each.cause for each in (await payable_store.open_holds([case]))[case]] == [f"公示异议 {own.partition('-')[0]}"]
        stored = await fetch_tuples("SELECT sealed_words FROM notice_objection")
    assert "学员甲".encode() not in stored[0][0]
    clock.move(timedelta(days=9))
    assert await notices.close_over(await officer(clock), clock=clock) == []
    with pytest.raises(NoticeRefused):  # the days are over
        await objected(number, clock)
    notice, _content = await notices.show_notice(number, public=False)
    assert [told.words for _each, told in await notices.read_objections(await officer(clock), notice)] == ["学员甲没有参加培训"]
    await notices.answer_objection(await officer(clock), own, notice=number, upheld=False, reply="已核实参训", clock=clock)
    with pytest.raises(ObjectionAnswered):
        await notices.answer_objection(await officer(clock), own, notice=number, upheld=True, reply="改判", clock=clock)
    assert (await notices.objection_by_number(own)).reply == "已核实参训"
    async with read_transaction():
        assert await payable_store.open_holds([case]) == {}
    assert await notices.close_over(await officer(clock), clock=clock) == [number]
    assert await state_of(case) is ClaimState.PAYABLE


async def test_an_upheld_objection_takes_the_claim_out_and_releases_its_money(database: Settings, clock: FixedClock) -> None:
    case, number = await posted(clock)
    own = await objected(number, clock)
    with pytest.raises(NoticeRefused):  # it named no claim, so the officer must
        await notices.answer_objection(await officer(clock), own, notice=number, upheld=True, reply="属实", clock=clock)
    with pytest.raises(ObjectionNotFound):
        await notices.answer_objection(await officer(clock), own, notice="GS20269999", upheld=True, reply="属实", clock=clock)
    await notices.answer_objection(await officer(clock), own, notice=number, upheld=True, case_no=case, reply="属实", clock=clock)
    assert await state_of(case) is ClaimState.ACCEPTED
    assert (await payable_of(case)).state is PayableState.RELEASED
    notice, content = await notices.show_notice(number, public=False)
    assert (notice.state, content.claims, [each.case_no for each in content.taken_out]) == ("stopped", (), [case])
    await assert_sound()
    # Reviewed anew it is determined, entered and posted anew.
    for act, login in LIFE[1:]:
        await do(login, case, act, clock)
    assert await notices.post_notice(await officer(clock), [case], clock=clock) == "GS20260002"


async def test_an_upheld_appeal_takes_the_claim_off_the_running_notice(database: Settings, clock: FixedClock) -> None:
    case, number = await posted(clock)
    own = await objected(number, clock, case)
    given = await appeals.make_appeal((await sign_in_as("jingban-a", clock)).actor, case, "金额算少了", clock=clock)
    assert await appeals.decide_appeal(DEMO, case, given, uphold=True, answer="有理", clock=clock) is ClaimState.ACCEPTED
    assert (await payable_of(case)).state is PayableState.RELEASED
    with pytest.raises(NoticeNotFound):
        await notices.show_notice(number, public=True)
    notice, content = await notices.show_notice(number, public=False)
    assert (notice.state, content.claims) == ("stopped", ())
    assert [(each.case_no, each.objection, each.by_appeal) for each in content.taken_out] == [(case, given, True)]
    # An objection that came before is answered still, and nothing of the claim waits for it any more.
    await notices.answer_objection(await officer(clock), own, notice=number, upheld=True, reply="属实", clock=clock)
    async with read_transaction():
        assert await payable_store.open_holds([case]) == {}
    clock.move(timedelta(days=20))
    assert await notices.close_over(await officer(clock), clock=clock) == []
    for act, login in LIFE[1:]:
        await do(login, case, act, clock)
    assert await notices.post_notice(await officer(clock), [case], clock=clock) == "GS20260002"
    await assert_sound()


async def test_strangers_object_on_the_page_but_not_without_words(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    case, number = await posted(clock)
    assert number in (await visitor.get("/notices")).text
    page = await visitor.get(f"/notices/{number}")
    assert "提交异议" in page.text
    token = await form_token(visitor, f"/notices/{number}")
    empty = await visitor.post(f"/notices/{number}/objections", data={**token, "words": " "})
    assert empty.status_code == 422
    answer = await visitor.post(f"/notices/{number}/objections", data={**token, "case_no": case, "words": "不实", "contact": "某人"})
    assert answer.status_code == 303
    told = {**token, "words": "不实", "idempotency_key": "form-000001"}
    twice = [await visitor.post(f"/notices/{number}/objections", data=told) for _ in range(2)]
    assert twice[0].headers["location"] == twice[1].headers["location"] != answer.headers["location"]
    shown = await visitor.get(answer.headers["location"])
    assert "正在核查" in shown.text
    assert "不实" not in shown.text
    assert (await visitor.get("/objections?number=YY20260001-00000000")).status_code == 404
    await visitor.post(f"/notices/{number}/objections", data={**token, "words": "不实"})
    assert (await visitor.post(f"/notices/{number}/objections", data={**token, "words": "不实"})).status_code == 429
    sheet = await visitor.get(f"/notices/{number}/notice.csv")
    assert "****" in sheet.text
    assert (await visitor.get("/notice-office")).headers["location"].startswith("/sign-in")


async def test_the_officer_posts_answers_and_closes_in_pages(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await granted(BUDGET, clock)
    case = await determined(clock)
    await enter(visitor, "chushen", clock)
    token = await form_token(visitor, "/notice-office")
    assert (await visitor.post("/notice-office/post", data=token)).status_code == 422
    made = await visitor.post("/notice-office/post", data={**token, "claims": case})
    assert made.status_code == 303
    number = made.headers["location"].rpartition("/")[2]
    own = await objected(number, clock, case)
    address = f"/notice-office/{number}/objections/{own}"
    assert "学员甲没有参加培训" in (await visitor.get(f"/notice-office/{number}")).text
    assert (await visitor.post(address, data={**token, "reply": "已核实"})).status_code == 422
    assert (await visitor.post(address, data={**token, "reply": "已核实", "upheld": "no"})).status_code == 303
    clock.move(timedelta(days=8))
    await enter(visitor, "chushen", clock)
    token = await form_token(visitor, "/notice-office")
    assert (await visitor.post("/notice-office/close", data=token)).status_code == 303
    assert "期满撤下" in (await visitor.get("/notice-office.csv")).text
    assert (await visitor.get(f"/notices/{number}")).status_code == 404
    assert (await visitor.get("/notices.csv")).status_code == 200


async def test_nobody_closes_without_right(database: Settings, clock: FixedClock) -> None:
    with pytest.raises(NotSignedIn):
        await notices.close_over(VISITOR, clock=clock)
    assert msgspec.json.encode(notices.ObjectionTold("话")) == b'{"words":"\xe8\xaf\x9d","contact":""}'


async def test_an_objection_that_undoes_the_decision_answers_the_appeal_against_it(database: Settings, clock: FixedClock) -> None:
    case, number = await posted(clock)
    enterprise = (await sign_in_as("jingban-a", clock)).actor
    appeal = await appeals.make_appeal(enterprise, case, "金额有误", clock=clock)
    objection = await objected(number, clock, case)
    await notices.answer_objection(await officer(clock), objection, notice=number, upheld=True, reply="属实", clock=clock)
    (listed,) = await appeals.list_appeals(DEMO)
    assert (listed.number, listed.state, listed.claim_state) == (appeal, "upheld", ClaimState.ACCEPTED)
    async with read_transaction():
        assert await payable_store.open_holds([case]) == {}
    for act, login in LIFE[1:]:
        await do(login, case, act, clock)
    assert await state_of(case) is ClaimState.DETERMINED
    await assert_sound()
