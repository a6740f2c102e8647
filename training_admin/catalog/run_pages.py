"""Pages of running classes: 今日课次, a class with its sessions and people, workbooks and tables of them, and closing."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import date
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from training_admin.catalog import running
from training_admin.catalog.class_facts import clock_text
from training_admin.catalog.class_pages import day_of
from training_admin.catalog.closing import close_class
from training_admin.catalog.filing_intake import labels
from training_admin.catalog.run_checks import STAGE_MARKS, STAGE_WORDS
from training_admin.catalog.run_facts import MARK_SIGNS, MARK_WORDS, OUTCOME_WORDS, WAY_WORDS, Mark
from training_admin.catalog.run_screens import RunShown, show_run
from training_admin.catalog.run_store import load_online
from training_admin.catalog.run_workbooks import DEVICE_SHOWN, attendance_workbook, online_workbook
from training_admin.database import read_transaction
from training_admin.kit import wording
from training_admin.kit.actor import may
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.office.marked_pages import problem_of_upload
from training_admin.web import clock_of, csv_download, current_actor, download, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
DAY_HEADER = ("时段", "班级编号", "班期名称", "课次内容", "状态", "已到人数")
PEOPLE_HEADER = (
    *("序号", "姓名", "证件号码", "出勤分钟", "应出勤分钟", "出勤率", "出勤", "迟到", "请假", "缺勤", "未登记"),
    *("尚差分钟", "理论考核", "操作考核", "考核结果", "证书编号", "发证日期"),
)
SESSIONS_HEADER = (
    "日期",
    "时段",
    "内容",
    "状态",
    "计划分钟",
    "授课分钟",
    "出勤",
    "迟到",
    "请假",
    "缺勤",
    "未登记",
    "确认方式",
    "确认人",
    "说明",
)
ONLINE_HEADER = ("序号", "姓名", "平台", "记录编号", "课次日期", "课次时间", "开始时间", "学习分钟", "实名登录", "答疑", "测试")
SIGNED_HEADER = ("课次日期", "课次时间", "序号", "姓名", "登记", "计入分钟", "方式", "设备标识", "登记时间", "登记人")
WORDS: dict[str, Any] = {
    "stages": STAGE_WORDS,
    "stage_marks": STAGE_MARKS,
    "signs": MARK_SIGNS,
    "mark_words": MARK_WORDS,
    "ways": WAY_WORDS,
    "outcomes": OUTCOME_WORDS,
    "clock_text": clock_text,
    "percent": wording.percent,
}


@get("/sessions", include_in_schema=False, right=Right.CLASS_RUN)
async def day_page(request: Asked, day: FromQuery[str] = "") -> Template:
    clock = clock_of(request)
    chosen = day_of(day, "日期") if day else clock.today()
    found = await running.sessions_on(current_actor(request), chosen, clock=clock)
    return page("classes/today.html", found=found, day=chosen, today=clock.today(), words=WORDS)


@get("/sessions.csv", include_in_schema=False, right=Right.CLASS_RUN)
async def day_csv(request: Asked, day: FromQuery[str] = "") -> Response[bytes]:
    clock = clock_of(request)
    chosen: date = day_of(day, "日期") if day else clock.today()
    rows = (
        (
            *(f"{clock_text(each.session.starts)}-{clock_text(each.session.ends)}", each.class_no, each.title, each.session.topic),
            *(STAGE_WORDS[each.stage], each.present),
        )
        for each in await running.sessions_on(current_actor(request), chosen, clock=clock)
    )
    return csv_download(DAY_HEADER, rows, filename=f"课次-{chosen}.csv")


class Upload(msgspec.Struct, frozen=True):
    """A workbook that was handed in, and the name under which it is handed back with its wrong cells marked."""

    content: bytes = b""
    marked_name: str = ""


NO_UPLOAD = Upload()


async def run_page(
    request: Asked, class_no: str, *, refusal: Refusal | None = None, upload: Upload = NO_UPLOAD, done: str = ""
) -> Template:
    """The page of a running class with what was refused on it or what was done."""
    actor, clock = current_actor(request), clock_of(request)
    shown = await show_run(actor, class_no, clock=clock)
    return page(
        "classes/running.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else problem_of_upload(request, refusal, upload.content, filename=upload.marked_name),
        done=done,
        shown=shown,
        head=shown.running.head,
        plan=shown.running.plan,
        may_run=may(actor, Right.CLASS_RUN) and shown.running.is_open,
        may_read_sessions=may(actor, Right.CLASS_RUN),
        may_close=may(actor, Right.CLASS_FILE) and shown.running.is_open,
        words=WORDS,
    )


async def acted_on_run(
    request: Asked, class_no: str, act: Callable[[], Awaitable[str]], *, upload: Upload = NO_UPLOAD
) -> Template | Redirect:
    """Do an act and show the class again with what was done; a refusal is told on its page."""
    try:
        done = await act()
    except NotFound:
        raise
    except Refusal as refusal:
        return await run_page(request, class_no, refusal=refusal, upload=upload)
    return await run_page(request, class_no, done=done)


@get("/classes/{class_no:str}/running", include_in_schema=False, right=Right.CLASS_READ)
async def running_page(request: Asked, class_no: FromPath[str]) -> Template:
    return await run_page(request, class_no)


async def _shown(request: Asked, class_no: str) -> RunShown:
    return await show_run(current_actor(request), class_no, clock=clock_of(request))


@get("/classes/{class_no:str}/running.csv", include_in_schema=False, right=Right.CLASS_READ)
async def people_csv(request: Asked, class_no: FromPath[str]) -> Response[bytes]:
    shown = await _shown(request, class_no)
    return csv_download(PEOPLE_HEADER, _people_rows(shown), filename=f"出勤和成绩-{class_no}.csv")


def _people_rows(shown: RunShown) -> Iterable[tuple[object, ...]]:
    for each in shown.people:
        tally, result = each.tally, each.tally.result
        rate = "" if tally.rate_bp is None else wording.percent(tally.rate_bp)
        parts = (None, None, None) if result is None else (result.theory, result.practice, result.outcome)
        yield (
            *(each.number, each.trainee.name, each.masked, tally.attended_minutes, tally.delivered_minutes, rate),
            *(tally.marks.get(mark, 0) for mark in Mark),
            *(tally.unmarked, each.missing_minutes),
            *("" if part is None else OUTCOME_WORDS[part] for part in parts),
            *("" if result is None else result.certificate_no, None if result is None else result.certified_on),
        )


@get("/classes/{class_no:str}/sessions.csv", include_in_schema=False, right=Right.CLASS_READ)
async def sessions_csv(request: Asked, class_no: FromPath[str]) -> Response[bytes]:
    shown = await _shown(request, class_no)
    rows = (
        (
            *(each.session.day, f"{clock_text(each.session.starts)}-{clock_text(each.session.ends)}", each.session.topic),
            *(STAGE_WORDS[each.stage], each.session.minutes, None if each.held is None else each.held.minutes),
            *(each.marks[mark] for mark in Mark),
            each.unmarked,
            *(("", "", "") if each.held is None else (WAY_WORDS[each.held.way], each.held.confirmer, each.held.note)),
        )
        for each in shown.sessions
    )
    return csv_download(SESSIONS_HEADER, rows, filename=f"课次-{class_no}.csv")


@get("/classes/{class_no:str}/attendance.xlsx", include_in_schema=False, right=Right.CLASS_READ)
async def attendance_xlsx(request: Asked, class_no: FromPath[str]) -> Response[bytes]:
    shown = await _shown(request, class_no)
    masked = tuple(each.masked for each in shown.people)
    content = await asyncio.to_thread(
        attendance_workbook, shown.running.plan, shown.running.run, masked=masked, hour_minutes=shown.figures.hour_minutes
    )
    return download(content, filename=f"考勤表-{class_no}.xlsx")


@get("/classes/{class_no:str}/attendance.csv", include_in_schema=False, right=Right.CLASS_READ)
async def signed_csv(request: Asked, class_no: FromPath[str]) -> Response[bytes]:
    """Everything told of attendance, with way, device and time."""
    shown = await _shown(request, class_no)
    places = {each.trainee.person: each for each in shown.people}
    rows = (
        (
            *(told.day, clock_text(told.starts), places[told.person].number, places[told.person].trainee.name, MARK_SIGNS[told.mark]),
            *(told.minutes, WAY_WORDS[told.way], told.device[:DEVICE_SHOWN], wording.moment(told.told_at), told.told_by),
        )
        for told in shown.running.run.attended.values()
        if told.person in places
    )
    return csv_download(SIGNED_HEADER, rows, filename=f"签到记录-{class_no}.csv")


@get("/classes/{class_no:str}/online.xlsx", include_in_schema=False, right=Right.CLASS_RUN)
async def online_xlsx(request: Asked, class_no: FromPath[str]) -> Response[bytes]:
    shown = await _shown(request, class_no)
    masked = tuple(each.masked for each in shown.people)
    content = await asyncio.to_thread(online_workbook, shown.running.plan, shown.running.run, masked=masked)
    return download(content, filename=f"线上学习记录-{class_no}.xlsx")


@get("/classes/{class_no:str}/online.csv", include_in_schema=False, right=Right.CLASS_READ)
async def online_csv(request: Asked, class_no: FromPath[str]) -> Response[bytes]:
    shown = await _shown(request, class_no)
    async with read_transaction():
        records = await load_online(shown.running.head.id)
    places = {each.trainee.person: each for each in shown.people}
    platforms = labels(shown.training.platforms)
    rows = (
        (
            *(places[each.person].number, places[each.person].trainee.name, platforms.get(each.platform, "已停用"), each.record_no),
            *(each.day, clock_text(each.starts), wording.moment(each.began_at), each.minutes),
            *("是", wording.yes_no(each.tutored), wording.yes_no(each.tested)),
        )
        for each in records
        if each.person in places
    )
    return csv_download(ONLINE_HEADER, rows, filename=f"线上学习记录-{class_no}.csv")


@post("/classes/{class_no:str}/close", include_in_schema=False, right=Right.CLASS_FILE)
async def close_act(request: Asked, class_no: FromPath[str]) -> Template | Redirect:
    async def act() -> str:
        await close_class(current_actor(request), class_no, clock=clock_of(request))
        return "已结班，上课情况和考核结果已固定，不能再改动。"

    return await acted_on_run(request, class_no, act)


def run_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[
            *(day_page, day_csv, running_page, people_csv, sessions_csv, attendance_xlsx, signed_csv, online_xlsx, online_csv, close_act),
        ],
    )
