"""Pages of monthly records and of the apprentice himself: told by each side, refused together, said, heard, opened and answered."""

import io
import re
from datetime import timedelta

import httpx
import openpyxl
import pytest

from tests.apprenticeship.programmes import add_programme, done, head_of, identity, person_key, tell
from tests.catalog.classes import roster
from tests.catalog.running import started
from tests.fund.payment_world import ACCOUNT
from tests.people import enter
from tests.subsidy.programme_world import ended, filed, trained
from tests.subsidy.test_reviewing import do
from tests.web.conftest import form_token
from training_admin.accounts import sessions
from training_admin.accounts.middleware import COOKIE
from training_admin.app import job_handlers
from training_admin.apprenticeship import own_store
from training_admin.apprenticeship.facts import Stage
from training_admin.apprenticeship.own_facts import Voice
from training_admin.apprenticeship.own_voices import confirmations
from training_admin.apprenticeship.record_reading import SHEET
from training_admin.apprenticeship.record_reminders import REMIND_SIDE, REMIND_TONIGHT
from training_admin.database import counted_queries, fetch_tuples, read_transaction, write_transaction
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun, run_job
from training_admin.settings import Settings
from training_admin.subsidy.persons import phone_of_person
from training_admin.subsidy.programme_claims import submit_programme_claim
from training_admin.subsidy.review_states import Act
from training_admin.web import WORKBOOK_TYPE

NUMBER = "XT2025000001"
MONTHS = f"/programmes/{NUMBER}/months"
MAY = f"{MONTHS}/2026-05"


async def person_enters(client: httpx.AsyncClient, clock: FixedClock, who: int | str) -> None:
    """An apprentice signs in, by his place among the made-up ones or by his number."""
    number = identity(who) if isinstance(who, int) else who
    async with write_transaction():
        token, _key = await sessions.open_session(account=None, person=person_key(number), device="测试", clock=clock, stepped_up=False)
    client.cookies.set(COOKIE, token)


async def post(client: httpx.AsyncClient, page: str, address: str, **fields: str) -> httpx.Response:
    return await client.post(address, data={**await form_token(client, page), **fields})


def seen_on(page: httpx.Response) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page.text)
    assert found
    return found[1]


async def test_each_side_tells_its_part_on_the_page_and_sees_the_others(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await add_programme(NUMBER, 2, clock)
    await enter(visitor, "jingban-a", clock)
    page = await visitor.get(MAY)
    assert 'name="practice-1"' in page.text
    assert 'name="general-1"' not in page.text
    fields = {"practice-1": "25.5", "mentor-1": "30", "wage-1": "2739.99", "practice-2": "-1", "mentor-2": "十"}
    refused = await post(visitor, MAY, MAY, seen="0", **fields)
    assert refused.status_code == 422
    assert "有 2 处有误" in refused.text
    assert 'value="2739.99"' in refused.text
    missing = await post(visitor, MAY, MAY, seen="0", **{"practice-1": "250", "wage-1": "1"})
    assert "2 处有误" in missing.text
    assert "超过当月可能的课时" in missing.text
    good = {key: value for key, value in fields.items() if key.endswith("-1")}
    kept = await post(visitor, MAY, MAY, seen="0", **good)
    assert (kept.status_code, kept.headers["location"]) == (303, f"{MAY}?done=1")
    page = await visitor.get(kept.headers["location"])
    assert "新登记或更正 1 人" in page.text
    assert "工资低于最低标准（APP-05）" in page.text
    assert "导师课时多于操作技能课时" in page.text
    assert "2,740.00 元" in page.text
    stale = await post(visitor, MAY, MAY, seen="0", **good)
    assert (stale.status_code, "另一人登记了这个月" in stale.text) == (409, True)

    await enter(visitor, "jiaowu", clock)
    page = await visitor.get(MAY)
    assert 'name="general-1"' in page.text
    assert "2739.99" in page.text
    kept = await post(visitor, MAY, MAY, seen=seen_on(page), **{"general-1": "5", "basics-1": "10"})
    assert kept.status_code == 303
    overview = await visitor.get(MONTHS)
    assert "1 人" in overview.text
    history = await visitor.get(f"{MAY}/history/1")
    assert history.text.count("页面登记") == 2
    assert "企业 经办人甲" in history.text
    table = (await visitor.get(f"{MAY}/table.csv")).content.decode("utf-8-sig").splitlines()
    assert table[1].startswith("1,学徒1,3101************")
    assert ",5,10,0,25.5,30,2739.99," in table[1]
    assert (await visitor.get("/programme-records.csv")).text.count(NUMBER) == 12
    await enter(visitor, "jingban-b", clock)
    assert (await visitor.get(MAY)).status_code == 404


async def test_a_wrong_workbook_comes_back_marked_and_a_right_one_is_kept(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await add_programme(NUMBER, 2, clock)
    await enter(visitor, "jingban-a", clock)
    given = await visitor.get("/programme-records.xlsx?first=2026-05&last=2026-05")
    book = openpyxl.load_workbook(io.BytesIO(given.content))
    for letter, value in zip("FGH", (25, 10, 5000), strict=True):
        book[SHEET][f"{letter}5"] = value
    book[SHEET]["F6"] = "很多"

    async def sent() -> httpx.Response:
        target = io.BytesIO()
        book.save(target)
        files = {"file": ("记录.xlsx", target.getvalue(), WORKBOOK_TYPE)}
        return await visitor.post("/programme-records", data=await form_token(visitor, "/programme-records"), files=files)

    wrong = await sent()
    assert wrong.status_code == 422
    marked = re.search(r'href="(/marked/[^"]+)"', wrong.text)
    assert marked
    assert (await visitor.get(marked[1])).headers["content-type"] == WORKBOOK_TYPE
    book[SHEET]["F6"] = None
    right = await sent()
    assert "已读取 1 人月的记录，新登记或更正 1 条" in right.text
    none = await visitor.post("/programme-records", data=await form_token(visitor, "/programme-records"))
    assert none.status_code == 422
    assert (await visitor.get("/programme-records.xlsx?first=x&last=2026-05")).status_code == 422


async def test_a_month_of_many_takes_as_few_queries_as_one_of_few(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await add_programme(NUMBER, 6, clock)
    await add_programme("XT2025000002", 600, clock, first=10)
    await tell(NUMBER, done("2026-05"), clock)
    await tell("XT2025000002", done("2026-05"), clock)
    await enter(visitor, "chushen", clock)
    counts = []
    for number in (NUMBER, "XT2025000002"):
        for address in (f"/programmes/{number}/months/2026-05", f"/programmes/{number}/months"):
            with counted_queries() as count:
                assert (await visitor.get(address)).status_code == 200
            counts.append(len(count))
    assert counts[:2] == counts[2:]


async def test_an_apprentice_says_and_is_answered_while_his_firm_learns_nothing(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await add_programme(NUMBER, 2, clock)
    await tell(NUMBER, done("2026-05", wage=270_000), clock)
    await enter(visitor, "chushen", clock)
    await person_enters(visitor, clock, 1)
    page = (await visitor.get("/my-apprenticeship")).text
    for words in ("焊工", "周师傅", "吴老师", "是我", "2,700.00 元", "低于最低工资", "有 11 个月的课时或工资尚未登记完整"):
        assert words in page, words
    address = f"/my-apprenticeship/{NUMBER}/voices"
    assert (await post(visitor, "/my-apprenticeship", address, kind="not_me")).status_code == 303
    again = await post(visitor, "/my-apprenticeship", address, kind="me")
    assert (again.status_code, "答复不能更改" in again.text) == (409, True)
    assert (await post(visitor, "/my-apprenticeship", address, kind="wage_wrong", month="2026-05")).status_code == 303
    assert "您已答复：工资不相符" in (await visitor.get("/my-apprenticeship")).text
    words = "师傅从来没有来过，电话 13912345678"
    assert (await post(visitor, "/my-apprenticeship", address, kind="complaint", words=words)).status_code == 303
    for fields in ({"kind": "shout"}, {"kind": "complaint"}, {"kind": "wage_ok", "month": "x"}):
        assert (await post(visitor, "/my-apprenticeship", address, **fields)).status_code == 422
    assert (await post(visitor, "/my-apprenticeship", "/my-apprenticeship/XT2025999999/voices", kind="me")).status_code == 404
    assert (await visitor.get("/my-apprenticeship.csv")).text.count(NUMBER) == 12

    await nothing_leaks(visitor, clock)
    await reviewer_answers(visitor, clock, words)
    await person_enters(visitor, clock, 1)
    assert "已约谈企业，导师已更换。" in (await visitor.get("/my-apprenticeship")).text
    assert "您反映的情况已答复" in (await visitor.get("/messages")).text
    await person_enters(visitor, clock, 77)
    assert "没有学徒班的名单中有您" in (await visitor.get("/my-apprenticeship")).text


async def nothing_leaks(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    """A denial counts like silence, no word stands in the trail, and the firm sees nothing."""
    head, people = await head_of(NUMBER)
    told = await confirmations(head.id)
    assert (told.confirmed, told.unconfirmed) == (0, 2)
    async with read_transaction():
        assert {each.kind for each in await own_store.said_by([people[0].id])} == {Voice.NOT_ME, Voice.WAGE_WRONG, Voice.COMPLAINT}
        stored = await fetch_tuples("SELECT count(*) FROM trail WHERE detail::text LIKE '%师傅%' OR detail::text LIKE '%139%'")
    assert stored[0][0] == 0

    await enter(visitor, "jingban-a", clock)
    assert (await visitor.get("/apprentice-voices")).status_code == 403
    assert "反映" not in (await visitor.get("/messages")).text


async def reviewer_answers(visitor: httpx.AsyncClient, clock: FixedClock, words: str) -> None:
    """The first reviewer is told, opens the newest voice and answers it; the auditor reads it; both are remembered."""
    await enter(visitor, "chushen", clock)
    assert (await visitor.get("/messages")).text.count("学徒反映：") == 3
    assert "待答复的学徒异议和投诉" in (await visitor.get("/")).text
    listed = await visitor.get("/apprentice-voices")
    keys = re.findall(r'/apprentice-voices/(\d+)"', listed.text)
    assert len(keys) == 3
    closed = await visitor.get(f"/apprentice-voices/{keys[0]}")
    assert "师傅从来" not in closed.text
    one = f"/apprentice-voices/{keys[0]}"
    assert words in (await post(visitor, one, f"{one}/open")).text
    assert (await post(visitor, one, f"{one}/answer", answer=" ")).status_code == 422
    assert (await post(visitor, one, f"{one}/answer", answer="已约谈企业，导师已更换。")).status_code == 303
    later = f"/apprentice-voices/{keys[1]}"
    assert (await post(visitor, later, f"{one}/answer", answer="再答复一次")).status_code == 409
    assert (await visitor.get("/apprentice-voices.csv?wanted=everything")).text.count(NUMBER) == 3
    await enter(visitor, "shenji", clock)
    assert words in (await post(visitor, one, f"{one}/open")).text
    async with read_transaction():
        read = await fetch_tuples("SELECT count(*) FROM trail WHERE event = 'apprenticeship:voice:read'")
    assert read[0][0] == 2


async def test_sides_that_have_not_told_are_reminded_once_a_round(
    database: Settings, visitor: httpx.AsyncClient, clock: FixedClock
) -> None:
    await add_programme(NUMBER, 2, clock)
    for month in ("2026-03", "2026-04"):
        await tell(NUMBER, done(month), clock)
    await enter(visitor, "jingban-a", clock)
    handlers = job_handlers(database)

    async def night() -> int:
        run = JobRun(REMIND_TONIGHT, clock.today().isoformat(), clock)
        await run_job(run, handlers[REMIND_TONIGHT])
        async with read_transaction():
            staged = await fetch_tuples("SELECT payload FROM pgqueuer WHERE entrypoint = $1 AND status = 'queued'", REMIND_SIDE)
        for row in staged:
            await run_job(JobRun(REMIND_SIDE, row[0].decode(), clock), handlers[REMIND_SIDE])
        async with write_transaction():
            await fetch_tuples("DELETE FROM pgqueuer WHERE entrypoint = $1", REMIND_SIDE)
        return len(staged)

    assert await night() == 0
    clock.move(timedelta(days=11))  # 12 June: May is to be told by the 15th
    assert await night() == 2
    clock.move(timedelta(days=1))
    assert await night() == 0
    clock.move(timedelta(days=3))
    assert await night() == 2
    await enter(visitor, "jingban-a", clock)
    inbox = (await visitor.get("/messages")).text
    assert inbox.count("请登记学徒每月记录") == 1
    assert inbox.count("学徒每月记录逾期") == 1
    await tell(NUMBER, done("2026-05"), clock)
    clock.move(timedelta(days=10))
    assert await night() == 0


@pytest.mark.usefixtures("database")
async def test_codes_for_signing_in_go_to_the_apprentices_phone(clock: FixedClock) -> None:
    await add_programme(NUMBER, 1, clock)
    assert await phone_of_person(person_key(identity(1))) == "13900000001"
    await add_programme("XT2025000002", 1, clock)
    assert await phone_of_person(person_key(identity(1))) == "13900000001"
    assert await phone_of_person(person_key(identity(2))) is None


async def test_the_next_lesson_of_a_class_stands_on_the_apprentices_page(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await started(clock)
    await add_programme(NUMBER, 1, clock, person=person_key(roster()[0].identity))
    await person_enters(visitor, clock, roster()[0].identity)
    page = (await visitor.get("/my-apprenticeship")).text
    assert "2026年7月6日 09:00" in page
    clock.move(timedelta(days=36))
    await person_enters(visitor, clock, roster()[0].identity)
    assert "2026年7月7日 09:00" in (await visitor.get("/my-apprenticeship")).text


async def test_no_month_changes_while_the_settlement_is_claimed(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await filed(2, clock, number=NUMBER)
    await trained(clock, number=NUMBER)
    await ended({}, number=NUMBER)
    clerk = (await enter(visitor, "jingban-a", clock)).actor
    month = f"{MONTHS}/2026-02"
    page = await visitor.get(month)
    fields = {"practice-1": "20", "mentor-1": "10", "wage-1": "5000", "seen": seen_on(page)}
    receipt = await submit_programme_claim(clerk, NUMBER, Stage.SETTLEMENT, ACCOUNT, clock=clock)
    assert "已提交结算申报" in (await visitor.get(month)).text
    refused = await post(visitor, month, month, **fields)
    assert (refused.status_code, "months-settled" in refused.text) == (409, True)
    await do("jingban-a", receipt.number, Act.WITHDRAW, clock)
    assert "已提交结算申报" not in (await visitor.get(month)).text
    assert (await post(visitor, month, month, **fields)).status_code == 303
