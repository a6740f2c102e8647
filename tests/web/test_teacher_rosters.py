"""Pages of 教师花名册 without script: the empty roster, registering by workbook, the wrong cells, the roster given out."""

import io

import httpx
import openpyxl

from tests.catalog.test_teacher_rosters import filled, row
from tests.people import enter
from tests.web.conftest import assert_problem, form_token
from tests.web.test_classes import XLSX
from training_admin.catalog.teacher_workbook import SHEET
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.clock import FixedClock


async def sent(client: httpx.AsyncClient, content: bytes) -> httpx.Response:
    token = await form_token(client, "/teachers/new")
    return await client.post("/teachers", data=token, files={"file": ("a.xlsx", content, XLSX)})


async def test_teachers_are_registered_by_workbook(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "jiaowu", clock)
    register = (await visitor.get(f"/institutions/{INSTITUTION}")).text
    assert 'href="/teachers/new"' in register
    empty = await visitor.get("/teachers/template.xlsx")
    assert openpyxl.load_workbook(io.BytesIO(empty.content))[SHEET]["C3"].value == "证件号码"
    wrong = await sent(visitor, await filled(clock, row(0, K="外聘")))
    assert_problem(wrong, 422, "teachers-incomplete")
    assert "K4" in wrong.text
    token = wrong.text.partition('href="/marked/')[2].partition('"')[0]
    marked = await visitor.get(f"/marked/{token}")
    assert openpyxl.load_workbook(io.BytesIO(marked.content))[SHEET]["K4"].comment is not None
    done = await sent(visitor, await filled(clock, row(0), row(1)))
    assert done.headers["location"] == f"/institutions/{INSTITUTION}#teacher"
    page = (await visitor.get(f"/institutions/{INSTITUTION}")).text
    assert "学历：本科" in page
    assert str(row(0)[2]) not in page
    again = await sent(visitor, await filled(clock, row(0)))
    assert_problem(again, 422, "teachers-incomplete")
    assert "已经登记" in again.text
    out = await visitor.get(f"/institutions/{INSTITUTION}/teachers.xlsx")
    assert out.headers["content-type"] == XLSX
    await enter(visitor, "jingban-a", clock)
    assert_problem(await visitor.get(f"/institutions/{INSTITUTION}/teachers.xlsx"), 404, "resource-not-found")
