"""Pages of 课程备案 and of what classes and plans show of courses and projects, without script."""

import httpx
import pytest

from tests.catalog.classes import WELDER, content, furnished, roster
from tests.catalog.test_courses import approved, planned
from tests.catalog.test_filing import registrar
from tests.people import enter
from tests.web.conftest import assert_problem, form_token
from tests.web.test_pages import table
from training_admin.catalog.filing import save_class, submit_class
from training_admin.kit.clock import FixedClock

FORM = {
    "title": "焊工五级",
    "occupation": WELDER,
    "level": "5",
    "price": "1200.50",
    "textbooks": "焊工教程",
    "name": ["安全", "焊接", "", "", "", ""],
    "theory": ["4", "6", "", "", "", ""],
    "practice": ["", "20", "", "", "", ""],
    "online": ["", "", "", "", "", ""],
    "safety": ["4", "", "", "", "", ""],
    "content": ["安全操作", "平焊", "", "", "", ""],
}


async def saved(client: httpx.AsyncClient, address: str, page: str, **changes: object) -> httpx.Response:
    token = await form_token(client, page)
    return await client.post(address, data={**FORM, **changes, **token})


async def acted(client: httpx.AsyncClient, address: str, what: str, **fields: str) -> httpx.Response:
    return await client.post(f"{address}/{what}", data={**fields, **await form_token(client, address)})


async def test_a_course_goes_from_the_form_to_approval_and_its_change(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    teacher, _room = await furnished(clock)
    await enter(visitor, "jiaowu", clock)
    assert "教师甲" in (await visitor.get("/courses/new")).text
    made = await saved(visitor, "/courses", "/courses/new", teachers=str(teacher))
    assert made.status_code == 303, made.text
    address = made.headers["location"]
    page = (await visitor.get(address)).text
    for words in ("共 30 课时：理论 10，实操 20", "1,200.50", "没有标准课时可核对", "教师甲", "首次填写"):
        assert words in page, words
    assert table(await visitor.get(f"{address}/modules.csv"))[1] == ["1", "安全", "4", "0", "0", "4", "安全操作"]
    assert (await acted(visitor, address, "act", act="submit")).status_code == 303
    assert "最晚2026年6月8日办结（审核期限比照开班备案，暂定）" in (await visitor.get(address)).text
    assert_problem(await saved(visitor, f"{address}/edit", f"{address}/edit", teachers=str(teacher)), 409, "course-illegal-move")

    await enter(visitor, "chushen", clock)
    assert address in (await visitor.get("/courses?state=submitted")).text
    assert "待审核的课程备案" in (await visitor.get("/")).text
    assert_problem(await acted(visitor, address, "decide", act="return", version="1"), 422, "course-refused")
    assert (await acted(visitor, address, "decide", act="approve", version="1")).status_code == 303

    await enter(visitor, "jiaowu", clock)
    edited = (await visitor.get(f"{address}/edit")).text
    assert 'value="1200.50"' in edited
    assert (await saved(visitor, f"{address}/edit", f"{address}/edit", teachers=str(teacher), price="1300")).status_code == 303
    page = (await visitor.get(address)).text
    assert "价格变动" in page
    assert "班级目前引用第 1 版" in page
    await enter(visitor, "chushen", clock)
    assert (await acted(visitor, address, "decide", act="return", reason="说明涨价原因", version="2")).status_code == 303
    await enter(visitor, "jiaowu", clock)
    assert "说明涨价原因" in (await visitor.get(address)).text
    assert_problem(await acted(visitor, address, "act", act="fly"), 422, "course-refused")
    assert (await acted(visitor, address, "act", act="end", reason="不再开设")).status_code == 303
    assert table(await visitor.get("/courses.csv"))[1][7] == "已停用"


async def test_every_wrong_field_is_named_and_what_was_typed_stays(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "jiaowu", clock)
    wrong = {
        "title": " ",
        "price": "-1",
        "level": "9",
        "teachers": "7",
        "textbooks": "问 13800138000",
        "theory": ["x", "0.01", "", "", "", ""],
        "name": ["", "焊接"],
    }
    answer = await saved(visitor, "/courses", "/courses/new", **wrong)
    assert_problem(answer, 422, "course-refused")
    for words in (
        "课程名称必填",
        "价格应为",
        "技能等级",
        "已核定的教师",
        "教材中请不要写",
        "第 1 个模块的名称",
        "第 1 个模块的理论课时",
        "第 2 个模块的理论课时",
    ):
        assert words in answer.text, words
    assert 'value="安全操作"' in answer.text
    answer = await saved(visitor, "/courses", "/courses/new", occupation="")
    assert_problem(answer, 422, "course-refused")


async def test_another_organisations_course_is_not_there(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    teacher, _room = await furnished(clock)
    number = await approved(clock, teacher)
    await enter(visitor, "jingban-a", clock)
    for path in (f"/courses/{number}", f"/courses/{number}/edit", f"/courses/{number}/modules.csv"):
        assert_problem(await visitor.get(path), 404, "course-not-found")
    assert number not in (await visitor.get("/courses")).text


async def test_class_and_plan_show_course_and_project(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    teacher, room = await furnished(clock)
    number, (plan, project) = await approved(clock, teacher), await planned(clock)
    klass = await save_class(await registrar(clock), content(teacher, room, course=number, project=project), roster(), clock=clock)
    await submit_class(await registrar(clock), klass, clock=clock)
    plain = await save_class(await registrar(clock), content(teacher, room), roster(first=20), clock=clock)
    await enter(visitor, "jiaowu", clock)
    page = (await visitor.get(f"/classes/{klass}")).text
    assert f'href="/courses/{number}"' in page
    assert f"{plan}/1" in page
    assert "没有引用已备案的课程" not in page
    assert "没有引用已备案的课程" in (await visitor.get(f"/classes/{plain}")).text
    assert f'href="/classes/{klass}"' in (await visitor.get(f"/courses/{number}")).text
    await enter(visitor, "jingban-a", clock)
    page = (await visitor.get(f"/plans/{plan}")).text
    assert klass in page
    assert f'href="/classes/{klass}"' not in page
    assert table(await visitor.get(f"/plans/{plan}/classes.csv"))[1] == [
        *(f"{plan}/1", "焊工", "10", klass, "2026样例学校焊工五级01", "待审核", "6"),
    ]
    await enter(visitor, "chushen", clock)
    assert f'href="/classes/{klass}"' in (await visitor.get(f"/plans/{plan}")).text


async def test_the_form_of_a_filing_keeps_course_and_project(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    teacher, room = await furnished(clock)
    number, (plan, project) = await approved(clock, teacher), await planned(clock)
    klass = await save_class(await registrar(clock), content(teacher, room, course=number, project=project), roster(), clock=clock)
    await enter(visitor, "jiaowu", clock)
    page = (await visitor.get(f"/classes/{klass}/edit")).text
    assert f'<option value="{number}" selected>' in page
    assert f'<option value="{plan}/1" selected>' in page


@pytest.mark.parametrize("path", ["/courses?state=none", "/courses?wanted=%00"])
async def test_an_odd_search_finds_nothing(visitor: httpx.AsyncClient, clock: FixedClock, path: str) -> None:
    await enter(visitor, "jiaowu", clock)
    answer = await visitor.get(path)
    assert answer.status_code < 500
