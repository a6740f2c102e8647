"""Pages from class to claim without script: the forecast, the prefilled claim, the link by which a trainee is a witness."""

import io
import re
from datetime import timedelta

import httpx
import openpyxl
import pytest

from tests.accounts.test_personal_requests import trainee
from tests.catalog.classes import content, furnished, roster
from tests.people import enter, sign_in_as
from tests.subsidy import running
from tests.subsidy.running import to
from tests.subsidy.test_witness import Line, asked, sent, staged
from tests.web.conftest import assert_problem, form_token
from tests.web.test_pages import table
from training_admin.accounts.middleware import COOKIE
from training_admin.catalog.filing import save_class
from training_admin.catalog.publication import publish_items
from training_admin.catalog.run_facts import Outcome
from training_admin.catalog.sample import sample_catalog
from training_admin.catalog.witness import SEND_LINK, ask_class
from training_admin.catalog.witness_facts import ASK_CLASS
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def running_class(clock: FixedClock) -> str:
    """An approved class of enterprise A, whose registers know its people."""
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    await running.registers(clock)
    return await running.approved(clock)


async def closed_class(clock: FixedClock) -> str:
    number = await running_class(clock)
    to(clock, running.LAST_EVENING)
    await running.hold(number, clock, days=10)
    await running.examine(number, clock, {1: Outcome.FAILED})
    await running.close(number, clock)
    return number


async def posted(client: httpx.AsyncClient, address: str, *, page: str, **fields: str | list[str]) -> httpx.Response:
    return await client.post(address, data={**fields, **await form_token(client, page)})


async def test_filer_and_enterprise_see_the_forecast_and_ask_for_a_new_one(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await running_class(clock)
    await enter(visitor, "jiaowu", clock)
    page = f"/classes/{number}"
    assert "还没有测算" in (await visitor.get(page)).text
    assert len(table(await visitor.get(f"{page}/forecast.csv"))) == 1
    assert (await posted(visitor, f"{page}/forecast", page=page)).status_code == 303
    text = (await visitor.get(page)).text
    for words in ("补贴测算", "暂定", "将不可补", "考核结果尚未登记", "最晚2026年10月17日", "其余 10 个课次"):
        assert words in text
    assert re.search(r"将不可补</dt><dd>1<.*待比对</dt><dd>5<", text, re.DOTALL)
    rows = table(await visitor.get(f"{page}/forecast.csv"))
    assert rows[6][:3] == ["学员6", running.people()[5].identity[:4] + "*" * 12 + running.people()[5].identity[-2:], "将不可补"]
    assert rows[6][5] == "TR-01、EXAM-01"

    await enter(visitor, "jingban-a", clock)
    assert number in (await visitor.get("/claims/classes")).text
    assert "将不可补 1 人，待比对 5 人" in (await visitor.get("/claims/classes")).text
    assert "/claims/classes" in (await visitor.get("/claims")).text
    own = f"/claims/classes/{number}"
    assert (await posted(visitor, f"{own}/forecast", page=own)).status_code == 303
    assert "将不可补" in (await visitor.get(own)).text
    assert table(await visitor.get(f"{own}/forecast.csv")) == rows
    listed = table(await visitor.get("/claims/classes.csv"))
    assert listed[1][:7] == [number, "2026样例学校焊工五级01", "松江样例职业技能培训学校", "已备案", "2026年7月6日", "2026年7月17日", "6"]
    assert listed[1][7:10] == ["0", "1", "5"]

    await enter(visitor, "jingban-b", clock)
    assert number not in (await visitor.get("/claims/classes")).text
    assert_problem(await visitor.get(own), 404, "class-not-found")


async def test_a_class_that_is_not_approved_is_not_forecast(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    teacher, room = await furnished(clock)
    clerk = (await sign_in_as("jiaowu", clock)).actor
    number = await save_class(clerk, content(teacher, room), roster(), clock=clock)
    await enter(visitor, "jiaowu", clock)
    page = f"/classes/{number}"
    assert "补贴测算" not in (await visitor.get(page)).text
    assert_problem(await posted(visitor, f"{page}/forecast", page=page), 409, "class-not-to-forecast")


async def test_a_closed_class_becomes_a_prefilled_claim(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await closed_class(clock)
    await enter(visitor, "jingban-a", clock)
    page = "/claims/classes"
    none = await posted(visitor, f"{page}/draft", page=page)
    assert_problem(none, 422, "claim-draft-refused")
    answer = await posted(visitor, f"{page}/draft", page=page, chosen=number)
    assert answer.headers["content-type"] == XLSX, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert [cell.value for cell in book["培训班级"][4]][1:5] == [number, "职业技能类", "2026样例学校焊工五级01", "SJ2026-A-007"]
    assert [cell.value for cell in book["培训班级"][4]][11:15] == [80, 80, 0, 6]
    first = [cell.value for cell in book["参训人员花名册"][4]]
    assert first[1:7] == [number, "学员1", "居民身份证", running.people()[0].identity, "在职职工", "13900000000"]
    assert first[9:11] == [80, "合格"]
    assert book["参训人员花名册"]["K5"].value == "不合格"
    assert [row[0].value for row in book["费用明细"].iter_rows(min_row=4, max_row=6)] == [None] * 3

    moved = await posted(visitor, f"{page}/precheck", page=page, chosen=number)
    assert moved.status_code == 303, moved.text
    text = (await visitor.get(moved.headers["location"])).text
    assert "6 行全部识别" in text
    assert "与登记数据不一致" not in text
    async with read_transaction():
        trail = await fetch_tuples("SELECT subject, detail::text FROM trail WHERE event = 'subsidy:draft:made'")
    assert len(trail) == 2
    assert all(person.identity not in row[1] and person.name not in row[1] for row in trail for person in running.people())
    assert any('"download"' in row[1] for row in trail)


async def test_full_numbers_need_a_fresh_proof_and_one_s_own_closed_class(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await closed_class(clock)
    page = "/claims/classes"
    await enter(visitor, "jingban-a", clock, stepped_up=False)
    assert "先确认身份" in (await visitor.get(page)).text
    for what in ("draft", "precheck"):
        assert_problem(await posted(visitor, f"{page}/{what}", page=page, chosen=number), 403, "step-up-needed")
    await enter(visitor, "jingban-b", clock)
    assert_problem(await posted(visitor, f"{page}/draft", page=page, chosen=number), 404, "class-not-found")


async def test_a_running_class_is_not_claimed_yet(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await running_class(clock)
    await enter(visitor, "jingban-a", clock)
    page = "/claims/classes"
    assert "预填并预检" not in (await visitor.get(page)).text
    assert_problem(await posted(visitor, f"{page}/precheck", page=page, chosen=number), 422, "claim-draft-refused")


async def test_the_last_claim_s_head_is_taken_over(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await closed_class(clock)
    await enter(visitor, "jingban-a", clock)
    draft = await posted(visitor, "/claims/classes/draft", page="/claims/classes", chosen=number)
    book = openpyxl.load_workbook(io.BytesIO(draft.content))
    head = {row[0].value: row[1] for row in book["申报表"].iter_rows(min_row=3, max_row=12, max_col=2)}
    assert (head["申报年度"].value, head["企业规模"].value, head["开户银行"].value) == (2026, "大型", None)
    head["开户银行"].value = "样例银行松江支行"
    content = io.BytesIO()
    book.save(content)
    token = await form_token(visitor, "/claims/new")
    sent_in = await visitor.post("/prechecks", data=token, files={"file": ("a.xlsx", content.getvalue(), XLSX)})
    await posted(visitor, f"{sent_in.headers['location']}/submit", page=sent_in.headers["location"])
    again = await posted(visitor, "/claims/classes/draft", page="/claims/classes", chosen=number)
    filled = openpyxl.load_workbook(io.BytesIO(again.content))["申报表"]
    assert "样例银行松江支行" in [row[1].value for row in filled.iter_rows(min_row=3, max_row=12, max_col=2)]
    assert "SJ2026000001" in (await visitor.get("/claims/classes")).text


@pytest.mark.usefixtures("database")
async def test_a_trainee_answers_by_the_link_without_signing_in(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    number = await asked(clock)
    line = Line()
    await sent(clock, line, (await staged(SEND_LINK))[0])
    address = f"/witness/{line.token(0)}"
    page = (await visitor.get(address)).text
    for words in ("学**", number, "松江样例职业技能培训学校", "2026年7月6日", "不是我、我没参加"):
        assert words in page
    assert "学员1" not in page
    assert "评价" not in page
    assert_problem(await posted(visitor, address, page=address, answer="x"), 422, "witness-answer-refused")
    again = await form_token(visitor, address)
    assert (await visitor.post(address, data={"answer": "me", **again})).status_code == 303
    assert "已答复：是我" in (await visitor.get(address)).text
    assert_problem(await visitor.post(address, data={"answer": "not_me", **again}), 409, "witness-already-answered")
    assert (await visitor.get("/witness/another")).status_code == 404

    await enter(visitor, "jiaowu", clock)
    assert "已确认 1 人，未确认 5 人" in (await visitor.get(f"/classes/{number}")).text
    assert table(await visitor.get(f"/classes/{number}/witness.csv"))[1] == ["开班时", "1", "5"]
    assert "短信链接" not in (await visitor.get(f"/classes/{number}/witness")).text
    await enter(visitor, "jingban-a", clock)
    assert "已确认 1 人，未确认 5 人" in (await visitor.get(f"/claims/classes/{number}")).text
    await enter(visitor, "chushen", clock)
    assert "短信链接" in (await visitor.get(f"/classes/{number}/witness")).text
    rows = table(await visitor.get(f"/classes/{number}/witness.csv"))
    assert rows[1][:1] + rows[1][2:4] == ["学员1", "开班时", "是我"]
    assert rows[2][3:6] == ["未答复", "", ""]


async def test_a_trainee_answers_signed_in_with_scores(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await closed_class(clock)
    await ask_class(JobRun(ASK_CLASS, f"{number}/end", clock))
    clock.move(timedelta(hours=1))
    _actor, token = await trainee(running.people()[0].identity, clock)
    visitor.cookies.set(COOKIE, token)
    page = (await visitor.get("/my-records")).text
    assert "确认参训" in page
    assert "培训内容对工作有帮助" in page
    async with read_transaction():
        keys = [row[0] for row in await fetch_tuples("SELECT id FROM class_witness ORDER BY id")]
    assert_problem(await posted(visitor, f"/my-records/witness/{keys[1]}", page="/my-records", answer="me"), 404, "witness-not-found")
    scores = {"content": "5", "teacher": "4", "place": "", "service": "1"}
    answer = await posted(visitor, f"/my-records/witness/{keys[0]}", page="/my-records", answer="me", **scores)
    assert answer.status_code == 303, answer.text
    assert "登录后答复" in (await visitor.get("/my-records")).text
    await enter(visitor, "chushen", clock)
    assert "满意度" in (await visitor.get(f"/classes/{number}/witness")).text
    assert table(await visitor.get(f"/classes/{number}/witness.csv"))[1][6:] == ["5", "4", "", "1"]
