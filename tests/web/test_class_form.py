"""开班备案 by form, without script: laid out, filled in, every wrong field told at once, rewritten, and single sessions changed."""

import html
import re
from datetime import timedelta
from typing import Any

import httpx
import msgspec

from tests.catalog.classes import content, furnished, roster
from tests.catalog.test_filing import registrar, shown
from tests.people import ENTERPRISE_A, ENTERPRISE_B, enter
from tests.web.conftest import assert_problem, form_token
from tests.web.test_classes import filed
from training_admin.catalog.class_facts import Pool, Split
from training_admin.catalog.filing import decide_class, named_roster, save_class, submit_class
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock

HEAD = {
    "title": "2026焊工五级01",
    "enterprise": ENTERPRISE_A,
    "stream": "职业技能类",
    "occupation": "6-18-02-04",
    "level": "五级/初级工",
    "assessment": "理论和实操",
    "budget": "12,000.00",
    "theory_test": "是",
    "practical_test": "是",
}
PATTERN = {
    "first": "2026-09-18",
    "weekdays": ["0", "2", "4"],
    "lessons": "8",
    "lesson_topic": "焊接操作",
    "lesson_teacher": "教师甲",
    "lesson_room": "101",
    "lesson_textbook": "焊工教程",
}
PEOPLE = "\n".join(
    f"{each.name}，{each.identity}，在职从业人员，{ENTERPRISE_A}，焊工，1390000000{place}" for place, each in enumerate(roster())
)


def values_of(page: str) -> dict[str, Any]:
    """The fields of the filing form as a browser would send them."""
    form = page.split('<form action="/classes/', 1)[1].split("</form>", maxsplit=1)[0] if '<form action="/classes/' in page else ""
    found: dict[str, list[str]] = {}
    pieces = re.compile(
        r"<input([^>]*)>|<select([^>]*)>(.*?)</select>|<textarea([^>]*)>\n?(.*?)</textarea>",
        re.DOTALL,
    )
    for plain, select, options, area, text in pieces.findall(form):
        head = plain or select or area
        name = re.search(r'\sname="(\w+)"', head)
        if name is None or ('type="checkbox"' in head and " checked" not in head):
            continue
        if select:
            options_of = re.findall(r'<option value="([^"]*)"( selected)?', options)
            value = next((each for each, chosen in options_of if chosen), options_of[0][0])
        elif area:
            value = text
        else:
            value = (re.search(r'\svalue="([^"]*)"', head) or [None, ""])[1] or ""
        found.setdefault(name[1], []).append(html.unescape(value))
    return {name: each if len(each) > 1 else each[0] for name, each in found.items()}


async def sent(client: httpx.AsyncClient, address: str, values: dict[str, Any], **changes: Any) -> httpx.Response:
    token = await form_token(client, address)
    return await client.post(address, data={**values, **changes, **token})


async def laid(client: httpx.AsyncClient) -> dict[str, Any]:
    """The form with head typed and eight sessions laid out."""
    empty = values_of((await client.get("/classes/new")).text)
    answer = await sent(client, "/classes/new", empty, **HEAD, **PATTERN, act="layout")
    assert answer.status_code == 200, answer.text
    return values_of(answer.text)


async def test_a_class_is_written_laid_out_and_saved(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    teacher, room = await furnished(clock)
    await enter(visitor, "jiaowu", clock)
    assert 'href="/classes/new"' in (await visitor.get("/classes")).text
    values = await laid(visitor)
    assert values["title"] == HEAD["title"]
    assert values["day"][:4] == ["2026-09-18", "2026-09-21", "2026-09-23", "2026-09-28"]
    more = values_of((await sent(visitor, "/classes/new", values, act="more")).text)
    assert more["day"] == [*values["day"], *[""] * 5]
    saved = await sent(visitor, "/classes/new", more, act="save", people=PEOPLE, safety=["是"] * 2 + ["否"] * 11)
    assert saved.status_code == 303, saved.text
    number = saved.headers["location"].rpartition("/")[2]
    found = await shown(clock, number)
    assert found.findings == ()
    kept = found.versions[0].content
    assert (kept.level, kept.budget_fen, kept.institution is not None, len(kept.sessions)) == ("5", 1_200_000, True, 8)
    assert {(each.teacher, each.room, each.theory_minutes, each.practice_minutes) for each in kept.sessions} == {(teacher, room, 45, 135)}
    people = await named_roster(await registrar(clock), number)
    assert [(each.identity, each.phone) for each in people] == [(each.identity, f"1390000000{n}") for n, each in enumerate(roster())]


async def test_every_wrong_field_is_told_at_once_and_what_was_typed_stays(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await furnished(clock)
    await enter(visitor, "jiaowu", clock)
    values = await laid(visitor)
    wrong: dict[str, Any] = {
        "title": "",
        "enterprise": "91310117X11000037X",
        "item": "没有这个项目",
        "budget": "一万",
        "seats": "0",
        "day": ["", *values["day"][1:]],
        "ends": [*values["ends"][:1], "", *values["ends"][2:]],
        "theory": [*values["theory"][:2], "0.5", *values["theory"][3:]],
        "teacher": [*values["teacher"][:3], "", *values["teacher"][4:]],
        "room": [*values["room"][:4], "", *values["room"][5:]],
        "people": "学员一，310100199001010019，外星人\n\n学员二\n=cmd，" + roster()[0].identity + "，，，，12345",
    }
    answer = await sent(visitor, "/classes/new", values, act="save", **wrong)
    assert_problem(answer, 422, "filing-incomplete")
    told = re.findall(r'<li><a href="#([\w-]+)">([^<]+)</a>', answer.text)
    assert [place for place, _where in told] == [
        *("head-title", "head-seats", "head-enterprise", "head-item", "head-budget"),
        *("session-1-day", "session-2-starts", "session-3-theory", "session-4-teacher", "session-5-room"),
        *["people"] * 4,
    ]
    assert [where for place, where in told if place == "people"] == [f"花名册第 {row} 行" for row in (1, 1, 3, 4)]
    back = values_of(answer.text)
    assert {name: back[name] for name in wrong} == wrong
    # The list of faults never repeats a number; only the user's own text area does.
    assert roster()[0].identity not in answer.text.split("<form", 1)[0]
    assert roster()[0].identity not in str(answer.request.url)
    assert "没有班级" in (await visitor.get("/classes")).text


async def test_a_draft_is_rewritten_with_masked_people_kept(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    actor = await registrar(clock)
    filed_before = content(*await furnished(clock), pool=Pool(20, Split.CONTRACT, {ENTERPRISE_A: 6000, ENTERPRISE_B: 4000}), project=None)
    people = [msgspec.structs.replace(each, phone="13900000000") for each in roster()]
    number = await save_class(actor, filed_before, people, clock=clock)
    await enter(visitor, "jiaowu", clock)
    address = f"/classes/{number}/edit"
    page = await visitor.get(address)
    assert people[0].identity not in page.text
    values = values_of(page.text)
    saved = await sent(visitor, address, values, act="save", title="改了名")
    assert saved.status_code == 303, saved.text
    found = await shown(clock, number)
    assert found.head.version == 2
    assert found.versions[0].content == msgspec.structs.replace(filed_before, title="改了名")
    assert await named_roster(actor, number) == tuple(people)
    refused = await sent(visitor, address, values, act="save", people=values["people"].replace("学员1", "别人"))
    assert_problem(refused, 422, "filing-incomplete")
    await submit_class_freed(visitor, clock, number)


async def submit_class_freed(client: httpx.AsyncClient, clock: FixedClock, number: str) -> None:
    """A class that waits for its decision is written by nobody."""
    actor = await registrar(clock)
    whole = (await shown(clock, number)).versions[0].content
    await save_class(actor, msgspec.structs.replace(whole, pool=None), None, class_no=number, clock=clock)
    await submit_class(actor, number, clock=clock)
    assert_problem(await client.get(f"/classes/{number}/edit"), 409, "class-illegal-move")
    assert_problem(await client.get("/classes/BJ202699999/edit"), 404, "class-not-found")


async def test_an_enterprise_writes_its_own_class(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "jingban-a", clock)
    page = (await visitor.get("/classes/new")).text
    assert 'name="enterprise"' not in page
    assert 'name="seats"' not in page
    values = values_of(page)
    line = f"{roster()[0].name}\t{roster()[0].identity}"
    own = {key: value for key, value in HEAD.items() if key != "enterprise"}
    saved = await sent(visitor, "/classes/new", values, **own, act="save", people=line)
    assert saved.status_code == 303, saved.text
    assert "教学计划和花名册都不能为空" in (await visitor.get(saved.headers["location"])).text


async def test_patterns_and_tables_that_do_not_fit_are_told(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await furnished(clock)
    await enter(visitor, "jiaowu", clock)
    empty = values_of((await visitor.get("/classes/new")).text)
    patterns: list[dict[str, Any]] = [{"first": ""}, {"weekdays": []}, {"weekdays": ["7"]}, {"lessons": "x"}, {"lessons": "201"}]
    for wrong in (*patterns, {"lesson_theory": "-1"}):
        answer = await sent(visitor, "/classes/new", empty, **{**HEAD, **PATTERN, **wrong}, act="layout")
        assert_problem(answer, 422, "class-refused")
        assert values_of(answer.text)["title"] == HEAD["title"]
    assert_problem(await sent(visitor, "/classes/new", empty, act="save", day=["2026-09-18"]), 422, "class-refused")
    many = "\n".join(f"学员{number}，1" for number in range(501))
    assert_problem(await sent(visitor, "/classes/new", empty, **HEAD, act="save", people=many), 422, "class-refused")


async def test_one_session_of_an_approved_class_is_moved_by_form(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    address = await filed(clock)
    number = address.rpartition("/")[2]
    await enter(visitor, "jiaowu", clock)
    assert f'href="{address}/sessions"' in (await visitor.get(address)).text
    form = f"{address}/sessions"
    values = values_of((await visitor.get(form)).text)
    assert_problem(await sent(visitor, form, values, reason="教室维修"), 422, "class-refused")
    moved = {"day": ["2026-07-18", *values["day"][1:]], "starts": ["13:00", *values["starts"][1:]], "ends": ["15:30", *values["ends"][1:]]}
    wrong = await sent(visitor, form, values, **{**moved, "ends": ["", *values["ends"][1:]]}, teacher=[""] * 10, reason="教室维修")
    assert_problem(wrong, 422, "filing-incomplete")
    assert len(re.findall(r'<li><a href="#session-', wrong.text)) == 11
    assert values_of(wrong.text)["day"] == moved["day"]
    assert_problem(await sent(visitor, form, values, **moved), 422, "class-refused")
    assert_problem(await sent(visitor, form, values, **moved, reason="维修", version="7"), 409, "class-moved")
    assert (await sent(visitor, form, values, **moved, reason="教室维修")).status_code == 303
    found = await shown(clock, number)
    before, after = found.versions[1].content.sessions, found.versions[0].content.sessions
    assert [each for each in after if each not in before] == [msgspec.structs.replace(before[0], day=after[0].day, starts=780, ends=930)]
    assert after[0].day.isoformat() == "2026-07-18"
    assert_problem(await visitor.get(form), 409, "class-illegal-move")
    await decide_class(COMMAND_LINE, number, version=2, approve=False, opinion="周六不开放", clock=clock)
    # What was returned does not stand: the form begins with the approved plan again.
    assert values_of((await visitor.get(form)).text)["day"] == values["day"]
    clock.move(timedelta(days=60))
    await enter(visitor, "jiaowu", clock)
    assert "没有今天及以后的课次" in (await visitor.get(form)).text
