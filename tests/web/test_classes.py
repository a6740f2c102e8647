"""Pages of 开班备案 without script: laid out, uploaded, submitted, decided, changed, suspended, listed, exported."""

import io
from datetime import date, timedelta

import httpx
import openpyxl
import pytest

from tests.catalog.classes import content, furnished, roster
from tests.catalog.test_filing import registrar
from tests.catalog.test_filing_workbook import filled
from tests.people import enter
from tests.web.conftest import assert_problem, form_token
from tests.web.test_pages import table
from training_admin.catalog.filing import decide_class, save_class, submit_class
from training_admin.catalog.filing_workbook import SHEET_PLAN
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock

LAID_OUT = "/classes/plan.xlsx?first=2026-09-18&weekdays=0&weekdays=2&weekdays=4&starts=09:00&ends=12:00&sessions=8&theory=1&practice=3"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def sent(client: httpx.AsyncClient, address: str, workbook: bytes, *, page: str, **fields: str) -> httpx.Response:
    token = await form_token(client, page)
    return await client.post(address, data={**fields, **token}, files={"file": ("a.xlsx", workbook, XLSX)})


async def acted(client: httpx.AsyncClient, address: str, what: str, **fields: str) -> httpx.Response:
    token = await form_token(client, address)
    return await client.post(f"{address}/{what}", data={**fields, **token})


async def filed(clock: FixedClock, *, approve: bool = True) -> str:
    actor = await registrar(clock)
    number = await save_class(actor, content(*await furnished(clock)), roster(), clock=clock)
    await submit_class(actor, number, clock=clock)
    if approve:
        await decide_class(COMMAND_LINE, number, version=1, approve=True, opinion="", clock=clock)
    return f"/classes/{number}"


async def test_a_class_goes_from_the_laid_out_workbook_to_approval(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await furnished(clock)
    await enter(visitor, "jiaowu", clock)
    laid = await visitor.get(LAID_OUT)
    assert laid.status_code == 200, laid.text
    wrong = await sent(visitor, "/classes", filled(laid.content, plan_C5="上午"), page="/classes")
    assert_problem(wrong, 422, "filing-incomplete")
    assert "C5" in wrong.text
    made = await sent(visitor, "/classes", filled(laid.content), page="/classes")
    assert made.status_code == 303, made.text
    address = made.headers["location"]
    page = (await visitor.get(address)).text
    assert "尚未提交备案" in page
    assert roster()[0].identity not in page
    assert (await acted(visitor, address, "act", act="submit")).status_code == 303
    assert "最晚2026年6月8日办结" in (await visitor.get(address)).text

    await enter(visitor, "chushen", clock)
    assert "待审核" in (await visitor.get("/classes?state=submitted")).text
    assert_problem(await acted(visitor, address, "decide", act="return", version="1"), 422, "class-refused")
    assert (await acted(visitor, address, "decide", act="approve", version="1")).status_code == 303
    assert "备案已通过" in (await visitor.get(address)).text
    listed = table(await visitor.get("/classes.csv"))
    assert listed[1][2:6] == ["已备案", "1", "2026-06-01", "2026-06-01"]
    assert listed[1][7:] == ["2026焊工五级01", "2026-09-18", "2026-10-14"]


async def test_a_returned_class_gets_a_new_version(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    address = await filed(clock, approve=False)
    await enter(visitor, "chushen", clock)
    assert (await acted(visitor, address, "decide", act="return", reason="缺教材", version="1")).status_code == 303
    await enter(visitor, "jiaowu", clock)
    page = (await visitor.get(address)).text
    assert "缺教材" in page
    assert "已退回补正" in page
    laid = (await visitor.get(LAID_OUT)).content
    assert (await sent(visitor, f"{address}/upload", filled(laid), page=address)).status_code == 303
    assert "第 2 版" in (await visitor.get(address)).text
    assert (await acted(visitor, address, "act", act="withdraw")).status_code == 303
    assert_problem(
        await visitor.post(f"{address}/act", data={"act": "submit", **await form_token(visitor, address)}), 409, "class-illegal-move"
    )


async def test_an_approved_class_is_changed_suspended_and_ended(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    address = await filed(clock)
    await enter(visitor, "jiaowu", clock)
    laid = (await visitor.get(LAID_OUT)).content
    change = filled(laid, people=False)
    assert_problem(await sent(visitor, f"{address}/upload", change, page=address), 422, "class-refused")
    assert (await sent(visitor, f"{address}/upload", change, page=address, reason="教室维修", urgent="true")).status_code == 303
    page = (await visitor.get(address)).text
    for words in ("变更（紧急）", "教室维修", "移动 8 次课", "最晚2026年6月2日办结"):
        assert words in page
    await enter(visitor, "chushen", clock)
    assert (await acted(visitor, address, "decide", act="approve", version="2")).status_code == 303

    await enter(visitor, "jiaowu", clock)
    typhoon = {"act": "suspend", "first": "2026-09-21", "reason": "台风"}
    assert_problem(await acted(visitor, address, "act", **typhoon), 422, "class-refused")
    assert (await acted(visitor, address, "act", **typhoon, resume="2026-09-28")).status_code == 303
    assert "停课顺延（紧急）" in (await visitor.get(address)).text
    await enter(visitor, "chushen", clock)
    assert (await acted(visitor, address, "decide", act="approve", version="3")).status_code == 303
    await enter(visitor, "jiaowu", clock)
    assert_problem(await acted(visitor, address, "act", act="fly"), 422, "class-refused")
    assert (await acted(visitor, address, "act", act="end", reason="停办")).status_code == 303
    assert "提前终止" in (await visitor.get(address)).text


async def test_a_class_and_the_calendar_are_given_out(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    address = await filed(clock)
    await enter(visitor, "jiaowu", clock)
    plan = table(await visitor.get(f"{address}/plan.csv"))
    assert plan[1][:2] == ["2026-07-06", "09:00-11:30"]
    people = table(await visitor.get(f"{address}/roster.csv"))
    assert people[1][3] == roster()[0].identity[:4] + "*" * 12 + roster()[0].identity[-2:]
    book = openpyxl.load_workbook(io.BytesIO((await visitor.get(f"{address}/workbook.xlsx")).content))
    assert book[SHEET_PLAN]["G4"].value == "教师甲"
    assert (await visitor.get(f"{address}/copy.xlsx?first=2026-09-21")).headers["content-type"] == XLSX
    assert_problem(await visitor.get(f"{address}/copy.xlsx?first=x"), 422, "class-refused")
    calendar = await visitor.get(f"/class-calendar/{INSTITUTION}?first=2026-07-06")
    assert "教师甲" in calendar.text
    assert "101" in calendar.text
    rows = table(await visitor.get(f"/class-calendar/{INSTITUTION}/calendar.csv?first=2026-07-06"))
    assert len(rows) == 1 + 2 * 10
    assert "没有占用" in (await visitor.get(f"/class-calendar/{INSTITUTION}")).text
    assert (await visitor.get(f"/class-calendar/{INSTITUTION}?first=x")).status_code == 422


@pytest.mark.parametrize("wrong", ["first=x", "starts=9", "starts=25:00", "theory=-1", "sessions=0"])
async def test_a_wrong_pattern_is_told_on_the_page(visitor: httpx.AsyncClient, clock: FixedClock, wrong: str) -> None:
    await enter(visitor, "jiaowu", clock)
    key = wrong.partition("=")[0]
    address = "/classes/plan.xlsx?" + "&".join(
        [each for each in LAID_OUT.partition("?")[2].split("&") if not each.startswith(key)] + [wrong]
    )
    assert_problem(await visitor.get(address), 422, "class-refused")


async def test_what_waits_too_long_is_marked_and_what_is_not_ones_own_is_not_there(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    address = await filed(clock, approve=False)
    await enter(visitor, "jingban-a", clock)
    for path in (address, f"{address}/plan.csv", f"{address}/roster.csv", f"{address}/workbook.xlsx", f"/class-calendar/{INSTITUTION}"):
        assert_problem(await visitor.get(path), 404, "class-not-found")
    clock.move(timedelta(days=30))
    assert clock.today() > date(2026, 6, 8)
    await enter(visitor, "chushen", clock)
    assert "已超过期限" in (await visitor.get(address)).text
    assert "已超期" in (await visitor.get("/classes")).text
