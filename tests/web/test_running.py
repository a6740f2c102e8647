"""Pages of running classes without script: the day's list, a session, the code, workbooks in and out, results, printouts, closing."""

import io
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import openpyxl
import pytest
from msgspec.structs import replace

from tests.catalog.classes import FIRST_DAY, furnished, roster, sessions
from tests.catalog.running import FIRST, LAST_DAY, certificate, held_all, move_to, passed_all, running_class, started
from tests.catalog.test_filing import registrar
from tests.parties.resources import entered
from tests.people import enter
from tests.subsidy.workbook_judge import comments_of
from tests.web.conftest import assert_problem, form_token
from tests.web.test_class_uploads import marked_address
from tests.web.test_classes import XLSX
from tests.web.test_pages import table
from training_admin.catalog.attendance_reading import SHEET_ATTENDANCE
from training_admin.catalog.online_reading import SHEET_ONLINE
from training_admin.catalog.result_reading import SHEET_RESULTS
from training_admin.catalog.run_facts import Mark, Way
from training_admin.kit.clock import FixedClock
from training_admin.parties.institution_facts import ResourceKind

PEOPLE = roster()


async def posted(client: httpx.AsyncClient, page: str, address: str, **fields: Any) -> httpx.Response:
    return await client.post(address, data={**fields, **await form_token(client, page)})


async def sent(client: httpx.AsyncClient, base: str, path: str, workbook: bytes, **fields: str) -> httpx.Response:
    token = await form_token(client, f"{base}/running")
    return await client.post(f"{base}/{path}", data={**fields, **token}, files={"file": ("a.xlsx", workbook, XLSX)})


def edited(content: bytes, name: str, cells: Mapping[str, Any]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    for address, value in cells.items():
        book[name][address] = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


async def test_a_teacher_registers_a_session_from_the_days_list(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await started(clock)
    base = f"/classes/{number}"
    move_to(clock, FIRST_DAY, "09:30")
    await enter(visitor, "jiaowu", clock)
    day = await visitor.get("/sessions")
    assert "进行中" in day.text
    address = f"{base}/sessions/{FIRST}"
    assert f'href="{address}"' in day.text
    page = (await visitor.get(address)).text
    assert "未到（6）" in page
    assert PEOPLE[0].identity not in page
    assert_problem(await posted(visitor, address, f"{address}/marks", **{"mark-1": "there"}), 422, "run-refused")
    assert_problem(await posted(visitor, address, f"{address}/marks", **{"mark-1": "late", "minutes-1": "x"}), 422, "run-refused")
    marks = {"mark-1": "present", "mark-2": "late", "minutes-2": "100", "mark-3": "leave", "rest": "absent"}
    assert (await posted(visitor, address, f"{address}/marks", **marks)).status_code == 303
    page = (await visitor.get(address)).text
    assert "未到（4）" in page
    sheet = (await visitor.get(f"{address}?way=sheet")).text
    assert "补录纸质签到表" in sheet
    assert (await posted(visitor, address, f"{address}/marks", **{"mark-4": "present", "way": "sheet"})).status_code == 303
    assert_problem(await posted(visitor, address, f"{address}/confirm", held="no"), 422, "run-refused")
    assert_problem(await posted(visitor, address, f"{address}/confirm", held="yes", minutes="１"), 422, "run-refused")
    assert (await posted(visitor, address, f"{address}/confirm", held="yes", minutes="120", note="提前下课")).status_code == 303
    assert "授课 120 分钟（计划 135）" in (await visitor.get(address)).text
    rows = table(await visitor.get(f"{address}/roster.csv"))
    assert [row[3] for row in rows[1:]] == ["√", "△", "○", "√", "×", "×"]
    assert [row[5] for row in rows[1:]][3] == "纸质签到表补录"
    listed = table(await visitor.get(f"/sessions.csv?day={FIRST_DAY}"))
    assert listed[1][4:] == ["已确认", "3"]
    class_page = (await visitor.get(base)).text
    for words in ("上课情况", "出勤率 0.00%，低于 80.00%（ATT-01）", "尚差 96 分钟"):
        assert words in class_page
    for wrong in ("2026-07-06-0905", "x", "2026-07-6-0900"):
        assert_problem(await visitor.get(f"{base}/sessions/{wrong}"), 404, "session-not-found")
    assert_problem(await visitor.get("/sessions?day=x"), 422, "class-refused")


async def test_a_trainee_signs_in_by_the_code_on_the_screen(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await started(clock)
    await enter(visitor, "jiaowu", clock)
    screen = f"/classes/{number}/sessions/{FIRST}/screen"
    assert "现在不能签到" in (await visitor.get(screen)).text
    move_to(clock, FIRST_DAY, "08:50")
    await enter(visitor, "jiaowu", clock)
    shown = (await visitor.get(screen)).text
    assert "data:image/png" in shown
    assert 'hx-trigger="every 5s"' in shown
    found = re.search(r'aria-label="签到码">(\d{3}) (\d{3})<', (await visitor.get(f"/classes/{number}/sessions/{FIRST}/code")).text)
    assert found
    code = found[1] + found[2]
    visitor.cookies.clear()
    visitor.headers.pop("authorization", None)

    scanned = await visitor.get(f"/sign-in-code/{number}/{FIRST}/{code}")
    assert scanned.status_code == 200
    assert "device" in visitor.cookies
    assert not any(each.name in scanned.text for each in PEOPLE)
    fields = dict(re.findall(r'name="(_csrf_token|ticket)" value="([^"]+)"', scanned.text))
    address = f"/sign-in-code/{number}/{FIRST}"
    wrong = await visitor.post(address, data={**fields, "name": PEOPLE[0].name, "tail": "123456"})
    assert_problem(wrong, 422, "sign-in-not-found")
    assert "123456" not in wrong.text
    assert PEOPLE[0].name not in wrong.text
    done = await visitor.post(address, data={**fields, "name": PEOPLE[0].name, "tail": PEOPLE[0].identity[-6:]})
    assert "签到成功" in done.text
    assert "您已经签到" in (await visitor.post(address, data={**fields, "name": PEOPLE[0].name, "tail": PEOPLE[0].identity[-6:]})).text
    assert "签到成功" in (await visitor.post(address, data={**fields, "name": PEOPLE[1].name, "tail": PEOPLE[1].identity[-6:]})).text

    assert_problem(await visitor.get(f"/sign-in-code/{number}/{FIRST}/000000"), 409, "sign-in-code-refused")
    assert number in (await visitor.get(f"/sign-in-code?class_no={number}")).text
    assert_problem(await posted(visitor, "/sign-in-code", "/sign-in-code", class_no=number, code="12"), 409, "sign-in-code-refused")
    typed = await posted(visitor, "/sign-in-code", "/sign-in-code", class_no=number.lower(), code=code)
    assert "证件号码后六位" in typed.text
    assert_problem(await posted(visitor, "/sign-in-code", address, ticket="", name="x", tail="y"), 409, "sign-in-code-refused")
    assert_problem(await visitor.get(f"/sign-in-code/BJ1/{FIRST}/{code}"), 404, "class-not-found")
    await enter(visitor, "jiaowu", clock)
    page = (await visitor.get(f"/classes/{number}/sessions/{FIRST}")).text
    assert "同一设备为多人签到" in page
    assert "为 2 人签到" in page


async def test_a_whole_class_signs_in_behind_one_address_within_a_minute(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await started(clock)
    move_to(clock, FIRST_DAY, "08:50")
    token = await form_token(visitor, "/sign-in-code")
    answers = [await visitor.post(f"/sign-in-code/{number}/{FIRST}", data={**token, "ticket": "x"}) for _ in range(50)]
    assert {each.status_code for each in answers} == {409}
    wrong = [await visitor.post("/sign-in-code", data={**token, "class_no": number, "code": f"{n:06d}"}) for n in range(8)]
    assert [each.status_code for each in wrong] == [409] * 5 + [429] * 3


async def test_attendance_by_workbook_is_marked_mended_and_taken(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await started(clock)
    base = f"/classes/{number}"
    move_to(clock, FIRST_DAY + timedelta(days=1), "12:00")
    await enter(visitor, "jiaowu", clock)
    empty = (await visitor.get(f"{base}/attendance.xlsx")).content
    good = {f"{column}{row}": "√" for column in "DE" for row in range(5, 11)}
    wrong = edited(empty, SHEET_ATTENDANCE, good | {"D5": "?", "F6": "√", "B7": "别人"})
    answer = await sent(visitor, base, "attendance", wrong)
    assert_problem(answer, 422, "run-workbook-wrong")
    for cell, code in (("D5", "UNKNOWN_SIGN"), ("F6", "FUTURE_SESSION"), ("B7", "NAME_MISMATCH")):
        assert cell in answer.text
        assert code in answer.text
    marked = await visitor.get(marked_address(answer))
    assert marked.headers["content-type"] == XLSX
    assert f"{number}-%E6%A0%87%E6%B3%A8.xlsx" in marked.headers["content-disposition"]
    assert "错误清单" in openpyxl.load_workbook(io.BytesIO(marked.content)).sheetnames
    mended = edited(marked.content, SHEET_ATTENDANCE, {"D5": "△60", "F6": None, "B7": PEOPLE[2].name})
    done = await sent(visitor, base, "attendance", mended, confirm="true")
    assert done.status_code == 200
    assert "新登记或更正 12 处出勤，确认 2 个课次" in done.text
    people = table(await visitor.get(f"{base}/running.csv"))
    assert people[1][3:6] == ["195", "270", "72.22%"]
    assert people[1][11] == "21"
    kept = table(await visitor.get(f"{base}/attendance.csv"))
    assert len(kept) == 13
    assert kept[1][6] == "考勤表导入"
    assert table(await visitor.get(f"{base}/sessions.csv"))[1][3] == "已确认"
    assert_problem(await sent(visitor, base, "attendance", b""), 422, "run-refused")
    text = await sent(visitor, base, "attendance", b"x")
    assert_problem(text, 422, "workbook-is-text")
    assert "/marked/" not in text.text


async def test_online_records_are_traceable_and_make_attendance(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    teacher, room = await furnished(clock)
    platform = await entered(clock, ResourceKind.PLATFORM)
    plan = sessions(FIRST_DAY, 10, teacher=teacher, room=room)
    plan = (replace(plan[0], online=True, room=None), *plan[1:])
    number = await started(clock, sessions=plan)
    base = f"/classes/{number}"
    move_to(clock, FIRST_DAY, "20:00")
    await enter(visitor, "jiaowu", clock)
    running = await running_class(clock, number)
    name = (await _platform_name(visitor)) or "无"
    empty = (await visitor.get(f"{base}/online.xlsx")).content
    rows = {
        5: (name, "R1", "09:00", 100, "是", "是", "是"),
        6: (name, "R2", "09:05", 135, "是", "否", "否"),
        7: (name, "R2", "25:00", 0, "否", "x", None),
        8: ("别的平台", None, "09:00", 10, "是", None, None),
    }
    cells = {f"{column}{row}": value for row, values in rows.items() for column, value in zip("DEGHIJK", values, strict=True)}
    wrong = edited(empty, SHEET_ONLINE, cells)
    answer = await sent(visitor, base, "online", wrong)
    assert_problem(answer, 422, "run-workbook-wrong")
    told = re.findall(r'class="code">([A-K]\d+)</span></td><td data-label="代码"><span class="code">(\w+)<', answer.text)
    assert set(told) == {
        *(("E7", "DUPLICATE_RECORD"), ("G7", "TIME"), ("H7", "NUMBER"), ("I7", "NOT_REAL_NAME"), ("J7", "UNKNOWN_VALUE")),
        *(("D8", "UNKNOWN_PLATFORM"), ("E8", "MISSING")),
    }
    marked = await visitor.get(marked_address(answer))
    assert set(comments_of(openpyxl.load_workbook(io.BytesIO(marked.content))[SHEET_ONLINE])) == {cell for cell, _code in told}
    good = edited(empty, SHEET_ONLINE, {address: value for address, value in cells.items() if address[1:] in {"5", "6"}})
    assert "已导入 2 条" in (await sent(visitor, base, "online", good)).text
    run, people = (await running_class(clock, number)).run, running.plan.trainees
    first, second = (run.attended[(FIRST_DAY, 540, each.person)] for each in people[:2])
    assert (first.mark, first.minutes, first.way) == (Mark.LATE, 100, Way.ONLINE)
    assert (second.mark, second.minutes) == (Mark.PRESENT, 135)
    again = await sent(visitor, base, "online", good)
    assert_problem(again, 422, "run-workbook-wrong")
    assert again.text.count("KNOWN_RECORD") == 2
    more = edited(empty, SHEET_ONLINE, dict(zip(("D5", "E5", "G5", "H5", "I5"), (name, "R9", 0.8125, 40, "是"), strict=True)))
    assert "已导入 1 条" in (await sent(visitor, base, "online", more)).text
    run = (await running_class(clock, number)).run
    assert run.attended[(FIRST_DAY, 540, people[0].person)].mark is Mark.PRESENT
    kept = table(await visitor.get(f"{base}/online.csv"))
    assert len(kept) == 4
    assert {row[3] for row in kept[1:]} == {"R1", "R2", "R9"}
    assert platform


async def _platform_name(client: httpx.AsyncClient) -> str:
    return table(await client.get("/platforms.csv"))[1][0]


async def test_results_by_page_and_by_workbook(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await started(clock)
    base = f"/classes/{number}"
    await enter(visitor, "jiaowu", clock)
    assert "最后一次课当天起才能登记" in (await visitor.get(f"{base}/results")).text
    move_to(clock, LAST_DAY, "12:00")
    await enter(visitor, "jiaowu", clock)
    one = {"theory-1": "passed", "practice-1": "passed", "outcome-1": "passed"}
    wrong = one | {"certificate-1": certificate(1, level="4"), "issued-1": "2026-07-16", "theory-2": "failed", "practice-2": "passed"}
    wrong |= {"outcome-2": "passed", "theory-3": "passed", "issued-4": "2026-07-16", "outcome-5": "absent", "issued-5": "x"}
    answer = await posted(visitor, f"{base}/results", f"{base}/results", **wrong)
    assert_problem(answer, 422, "run-refused")
    for words in ("等级与班级的技能等级不一致", "有一项未合格", "学员3：请选择考核结果", "学员5：发证日期"):
        assert words in answer.text
    assert certificate(1, level="4") in answer.text
    right = one | {"certificate-1": certificate(1).lower(), "issued-1": "2026-07-16"}
    assert (await posted(visitor, f"{base}/results", f"{base}/results", **right)).status_code == 303
    empty = (await visitor.get(f"{base}/results.xlsx")).content
    assert openpyxl.load_workbook(io.BytesIO(empty))[SHEET_RESULTS]["G4"].value == certificate(1)
    cells: dict[str, Any] = {f"{column}5": "合格" for column in "DEF"} | {"G5": certificate(1), "H5": "2026-07-16"}
    cells |= {"D6": "合格", "F6": "合格", "D7": "不合格", "E7": "合格", "F7": "不合格", "G7": certificate(7), "H7": "2026-07-16"}
    cells |= {"F8": "通过", "D9": "缺考", "E9": "缺考", "F9": "缺考"}
    book = edited(empty, SHEET_RESULTS, cells)
    answer = await sent(visitor, base, "results/upload", book)
    assert_problem(answer, 422, "run-workbook-wrong")
    told = re.findall(r'class="code">([A-K]\d+)</span></td><td data-label="代码"><span class="code">(\w+)<', answer.text)
    assert set(told) == {("G5", "DUPLICATE_CERTIFICATE"), ("E6", "MISSING"), ("G7", "CERTIFICATE_WITHOUT_PASS"), ("F8", "UNKNOWN_VALUE")}
    marked = await visitor.get(marked_address(answer))
    mended = {"G5": certificate(5), "E6": "合格", "G7": None, "H7": None, "D8": "合格", "E8": "合格", "F8": "合格"}
    done = await sent(visitor, base, "results/upload", edited(marked.content, SHEET_RESULTS, mended))
    assert "新登记或更正 5 人" in done.text
    listed = table(await visitor.get(f"{base}/results.csv"))
    assert [row[5] for row in listed[1:]] == ["合格", "合格", "合格", "不合格", "合格", "缺考"]


async def test_a_class_is_closed_and_stays_as_it_is(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await started(clock)
    base = f"/classes/{number}"
    await enter(visitor, "jiaowu", clock)
    refused = await posted(visitor, f"{base}/running", f"{base}/close")
    assert_problem(refused, 409, "closing-hindered")
    await held_all(clock, number)
    await passed_all(clock, number, await registrar(clock))
    await enter(visitor, "jiaowu", clock)
    assert "尚未办理结班" in (await visitor.get(base)).text
    closed = await posted(visitor, f"{base}/running", f"{base}/close")
    assert "已结班" in closed.text
    assert re.search(r"<code class=\"long\">[0-9a-f]{64}</code>", closed.text)
    page = (await visitor.get(f"{base}/sessions/{FIRST}")).text
    assert "保存登记" not in page
    assert_problem(await posted(visitor, "/classes", f"{base}/sessions/{FIRST}/marks", **{"mark-1": "absent"}), 409, "class-not-running")
    assert_problem(await posted(visitor, "/classes", f"{base}/sessions/{FIRST}/confirm", held="yes"), 409, "class-not-running")
    assert_problem(await posted(visitor, "/classes", f"{base}/results", **{"outcome-1": "absent"}), 409, "class-not-running")
    assert "不能再改动" in (await visitor.get(f"{base}/results")).text
    await enter(visitor, "chushen", clock)
    seen = (await visitor.get(f"{base}/running")).text
    assert "已结班" in seen
    assert f'{base}/sessions/{FIRST}"' not in seen
    assert (await visitor.get(f"{base}/attendance.xlsx")).status_code == 200


async def test_printouts_hold_what_they_must(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await started(clock)
    base = f"/classes/{number}/print"
    await enter(visitor, "jiaowu", clock)
    sheet = (await visitor.get(f"{base}/sheet?session={FIRST}")).text
    for words in ("培训签到表", PEOPLE[0].name, "2026年7月6日 09:00至11:30", "教师甲"):
        assert words in sheet
    assert "data-print" in sheet
    assert "年　　月　　日" in (await visitor.get(f"{base}/sheet")).text
    door = (await visitor.get(f"{base}/door")).text
    assert "data:image/png" in door
    assert PEOPLE[0].name not in door
    exam = (await visitor.get(f"{base}/exam")).text
    assert PEOPLE[0].identity[:4] + "*" * 12 in exam
    assert PEOPLE[0].identity not in exam
    assert_problem(await visitor.get(f"{base}/sheet?session=x"), 404, "session-not-found")


@pytest.mark.parametrize("path", ["running", "running.csv", f"sessions/{FIRST}", f"sessions/{FIRST}/screen", "results", "print/door"])
async def test_a_class_of_others_or_a_draft_has_no_pages_of_running(visitor: httpx.AsyncClient, clock: FixedClock, path: str) -> None:
    number = await started(clock)
    await enter(visitor, "jingban-a", clock)
    assert_problem(await visitor.get(f"/classes/{number}/{path}"), 404, "class-not-found")
