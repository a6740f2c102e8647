"""Requests about one's own data: made by the person, decided once with a reason, answered by message; a floor keeps class files."""

from datetime import timedelta

import httpx
import pytest

from tests.accounts.test_person_sign_in import KNOWN, stranger
from tests.people import enter, sign_in_as
from tests.subsidy.conftest import sample
from tests.web.conftest import assert_problem, form_token
from tests.web.test_pages import table
from training_admin.accounts import sessions
from training_admin.accounts.middleware import COOKIE
from training_admin.accounts.personal_requests import (
    LONGEST_ANSWER,
    LONGEST_TEXT,
    MOST_OPEN,
    PersonalRequestShown,
    RequestDecided,
    RequestKind,
    RequestNotFound,
    RequestRefused,
    RequestState,
    TooManyRequests,
    decide_request,
    list_requests,
    make_request,
    my_requests,
)
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import DEMO, Actor, NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.kit.refusals import Refusal
from training_admin.office import messages
from training_admin.subsidy.claims import person_of, submit_claim
from training_admin.subsidy.erasing import WithinRetention
from training_admin.subsidy.persons import erase_for_request, phone_of_person

pytestmark = pytest.mark.usefixtures("database")
DECADE = timedelta(days=3653)


async def trainee(number: str, clock: FixedClock) -> tuple[Actor, str]:
    """A person signed in, with the token of his browser."""
    async with write_transaction():
        person = bytes.fromhex(person_of(number))
        token, _ = await sessions.open_session(account=None, person=person, device="测试", clock=clock, stepped_up=False)
    actor = await sessions.actor_of_token(token, clock=clock)
    assert actor is not None
    return actor, token


async def claimed(clock: FixedClock) -> None:
    """Sample claim B, which names the known person."""
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    await submit_claim(DEMO, sample("claim_B.xlsx"), readable_only=True, clock=clock)


async def decided(
    number: str, clock: FixedClock, *, grant: bool = True, answer: str = "已核实。", login: str = "anquan"
) -> PersonalRequestShown:
    actor = (await sign_in_as(login, clock)).actor
    return await decide_request(actor, number, grant=grant, answer=answer, erase=erase_for_request, clock=clock)


async def test_a_request_is_numbered_sealed_and_seen_by_its_person_and_whoever_decides(clock: FixedClock) -> None:
    person, _ = await trainee(KNOWN, clock)
    number = await make_request(person, RequestKind.CORRECTION, " 姓名有误 ", clock=clock)
    assert number == "GR2026000001"
    assert [each.text for each in await my_requests(person)] == ["姓名有误"]
    other, _ = await trainee(stranger(), clock)
    assert await my_requests(other) == []
    found, end = await list_requests((await sign_in_as("anquan", clock)).actor, RequestState.OPEN, before=None, limit=5)
    assert ([each.number for each in found], end) == ([number], None)
    async with read_transaction():
        rows = await fetch_tuples("SELECT personal_request::text FROM personal_request")
        told = await fetch_tuples("SELECT actor, subject, detail::text FROM trail WHERE event = 'accounts:personal_request:made'")
    assert "姓名" not in rows[0][0]
    assert told == [(person.key, number, '{"kind": "correction"}')]


async def test_a_decision_is_told_to_the_person_and_taken_once(clock: FixedClock) -> None:
    person, _ = await trainee(KNOWN, clock)
    number = await make_request(person, RequestKind.CORRECTION, "姓名有误", clock=clock)
    shown = await decided(number, clock, grant=False, answer="与证件一致，无须更正。")
    assert (shown.state, shown.answer) == (RequestState.REFUSED, "与证件一致，无须更正。")
    found, _ = await messages.my_messages(person, before=None, limit=5)
    assert [(each.subject, each.title) for each in found] == [(number, "个人信息申请已办结")]
    assert "未同意" in found[0].text
    with pytest.raises(RequestDecided):
        await decided(number, clock)


async def test_only_the_person_asks_and_only_the_security_administrator_decides(clock: FixedClock) -> None:
    person, _ = await trainee(KNOWN, clock)
    number = await make_request(person, RequestKind.CORRECTION, "姓名有误", clock=clock)
    with pytest.raises(NotAllowed):
        await make_request((await sign_in_as("anquan", clock)).actor, RequestKind.CORRECTION, "姓名有误", clock=clock)
    for login in ("xitong", "shenguan", "chushen", "jingban-b"):
        with pytest.raises(NotAllowed):
            await decided(number, clock, login=login)
    with pytest.raises(NotAllowed):
        await decide_request(person, number, grant=True, answer="同意", erase=erase_for_request, clock=clock)


@pytest.mark.parametrize("text", ["", "  ", "字" * (LONGEST_TEXT + 1)])
async def test_a_request_says_what_it_is_about(text: str, clock: FixedClock) -> None:
    with pytest.raises(RequestRefused):
        await make_request((await trainee(KNOWN, clock))[0], RequestKind.CORRECTION, text, clock=clock)


@pytest.mark.parametrize("answer", ["", "字" * (LONGEST_ANSWER + 1), f"{KNOWN} 的记录已更正"])
async def test_an_answer_gives_a_reason_and_no_numbers_of_persons(answer: str, clock: FixedClock) -> None:
    number = await make_request((await trainee(KNOWN, clock))[0], RequestKind.CORRECTION, "姓名有误", clock=clock)
    with pytest.raises(RequestRefused):
        await decided(number, clock, answer=answer)


async def test_a_person_has_few_open_requests(clock: FixedClock) -> None:
    person, _ = await trainee(KNOWN, clock)
    numbers = [await make_request(person, RequestKind.CORRECTION, "姓名有误", clock=clock) for _ in range(MOST_OPEN)]
    with pytest.raises(TooManyRequests):
        await make_request(person, RequestKind.CORRECTION, "姓名有误", clock=clock)
    await decided(numbers[0], clock)
    await make_request(person, RequestKind.CORRECTION, "姓名有误", clock=clock)


async def test_an_unknown_request_is_not_found(clock: FixedClock) -> None:
    with pytest.raises(RequestNotFound):
        await decided("GR2026999999", clock)


async def test_a_deletion_inside_the_floor_is_not_granted_and_stays_open(clock: FixedClock) -> None:
    await claimed(clock)
    person, _ = await trainee(KNOWN, clock)
    number = await make_request(person, RequestKind.DELETION, "请删除", clock=clock)
    with pytest.raises(WithinRetention) as told:
        await decided(number, clock)
    assert "10 年" in told.value.sentence
    assert (await my_requests(person))[0].state is RequestState.OPEN
    assert await phone_of_person(bytes.fromhex(person_of(KNOWN)))
    assert (await decided(number, clock, grant=False, answer=told.value.sentence)).state is RequestState.REFUSED


async def test_a_deletion_after_the_floor_erases_in_the_same_act(clock: FixedClock) -> None:
    await claimed(clock)
    clock.move(DECADE)
    person, _ = await trainee(KNOWN, clock)
    number = await make_request(person, RequestKind.DELETION, "请删除", clock=clock)
    shown = await decided(number, clock, answer="已过保存期。")
    assert shown.answer.startswith("已过保存期。（已删除 ")
    assert await phone_of_person(bytes.fromhex(person_of(KNOWN))) is None
    assert "学员" in person.name


async def test_what_cannot_be_erased_leaves_no_half_decision(clock: FixedClock) -> None:
    number = await make_request((await trainee(stranger(), clock))[0], RequestKind.DELETION, "请删除", clock=clock)
    with pytest.raises(Refusal):
        await decided(number, clock)
    async with read_transaction():
        assert await fetch_tuples("SELECT 1 FROM message") == []
        assert await fetch_tuples("SELECT 1 FROM trail WHERE event LIKE 'accounts:personal_request:granted'") == []


async def test_the_pages_of_whoever_decides(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await claimed(clock)
    person, _ = await trainee(KNOWN, clock)
    number = await make_request(person, RequestKind.DELETION, "请删除我的记录", clock=clock)
    await enter(visitor, "anquan", clock)
    assert number in (await visitor.get("/personal-requests")).text
    assert "没有已同意的申请" in (await visitor.get("/personal-requests", params={"of_state": "granted"})).text
    assert number in (await visitor.get("/personal-requests", params={"of_state": "nonsense"})).text
    assert table(await visitor.get("/personal-requests.csv"))[1][:2] == [number, "删除"]
    address = f"/personal-requests/{number}"
    assert "请删除我的记录" not in (await visitor.get(address)).text
    token = await form_token(visitor, address)
    page = (await visitor.post(f"{address}/open", data=token)).text
    assert "请删除我的记录" in page
    assert KNOWN not in page
    async with read_transaction():
        assert len(await fetch_tuples("SELECT 1 FROM trail WHERE event = 'accounts:personal_request:read' AND subject = $1", number)) == 1
    assert_problem(await visitor.post(f"{address}/decide", data={**token, "answer": "好"}), 422, "personal-request-incomplete")
    kept = await visitor.post(f"{address}/decide", data={**token, "decision": "grant", "answer": "同意"})
    assert_problem(kept, 409, "within-retention")
    done = await visitor.post(f"{address}/decide", data={**token, "decision": "refuse", "answer": "尚在保存期内"})
    assert done.headers["location"] == address
    assert "未同意" in (await visitor.get(address)).text
    assert_problem(await visitor.get("/personal-requests/GR2026999999"), 404, "personal-request-not-found")
    missing = await visitor.post("/personal-requests/GR2026999999/decide", data={**token, "decision": "grant", "answer": "好"})
    assert_problem(missing, 404, "personal-request-not-found")


async def test_a_long_list_has_a_second_page(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    for _ in range(7):
        person, _token = await trainee(KNOWN, clock)
        for _ in range(MOST_OPEN):
            await decided(await make_request(person, RequestKind.CORRECTION, "姓名有误", clock=clock), clock)
    await enter(visitor, "anquan", clock)
    page = (await visitor.get("/personal-requests", params={"of_state": "granted"})).text
    following = page.split("cursor=")[1].split('"')[0]
    assert "回到第一页" in (await visitor.get("/personal-requests", params={"of_state": "granted", "cursor": following})).text


async def test_a_person_asks_on_his_own_page(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    _actor, token = await trainee(KNOWN, clock)
    visitor.cookies.set(COOKIE, token)
    form = await form_token(visitor, "/my-records")
    wrong = await visitor.post("/my-records/requests", data={**form, "kind": "other", "text": "姓名有误"})
    assert_problem(wrong, 422, "personal-request-incomplete")
    assert "姓名有误" in wrong.text
    done = await visitor.post("/my-records/requests", data={**form, "kind": "correction", "text": "姓名有误"})
    assert done.headers["location"] == "/my-records?done=true"
    page = (await visitor.get("/my-records", params={"done": "true"})).text
    assert "申请已提交" in page
    assert "GR2026000001" in page
    assert_problem(await visitor.get("/personal-requests"), 403, "not-allowed")
