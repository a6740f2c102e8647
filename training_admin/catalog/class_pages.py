"""Pages of 开班备案: what is filed, one class with what is missing, workbooks in and out, the officer's decision, the calendar."""

from collections.abc import Awaitable, Callable
from datetime import date
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, MultipartBody, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.catalog import class_changes, class_screens, filing, filing_intake, forecast_screens, visit_facts, visits, witness
from training_admin.catalog.class_facts import TAKEN_WORDS, clock_text
from training_admin.catalog.facts import GROUP_WORDS, LEVEL_WORDS
from training_admin.catalog.filing import FilingRefused
from training_admin.catalog.filing_intake import LARGEST, Pattern, labels
from training_admin.catalog.pool_screens import pool_shown
from training_admin.catalog.run_screens import run_of_class
from training_admin.catalog.states import MOVES, STATE_WORDS, ClassAct, ClassState
from training_admin.catalog.witness_facts import MOMENT_WORDS
from training_admin.kit.actor import may
from training_admin.kit.money import fen_from_text
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import percent
from training_admin.office.marked_pages import problem_of_upload
from training_admin.web import StateQuery, clock_of, csv_download, current_actor, download, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
FORM_MARGIN = 64 * 1024
MARKED_NAME = "开班备案-标注.xlsx"
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
LIST_HEADER = ("班级编号", "办班单位", "状态", "版本", "备案日期", "通过日期", "审核期限", "班级名称", "首次课", "末次课")
PLAN_HEADER = ("日期", "时段", "内容", "理论（分钟）", "实操（分钟）", "教师", "地点", "教材", "线上", "安全教育")
ROSTER_HEADER = (
    *("序号", "姓名", "性别", "证件号码", "人员类别", "所在单位", "岗位", "合同起始", "合同终止", "培训前等级/证书号", "手机"),
    "备注",
)
CALENDAR_HEADER = ("日期", "时段", "类别", "名称", "班级编号")


class UploadForm(msgspec.Struct, frozen=True):
    """A workbook; for a change its reason and whether it is urgent."""

    file: UploadFile | None = None
    reason: str = ""
    urgent: bool = False

    async def content(self) -> bytes:
        """The workbook as it came, empty when none was chosen."""
        return b"" if self.file is None else await self.file.read()


class ActForm(msgspec.Struct, frozen=True):
    """An act without workbook: words, days, the version that was read."""

    act: str = ""
    reason: str = ""
    first: str = ""
    resume: str = ""
    version: int = 0


def day_of(text: str, words: str) -> date:
    """A day as a browser sends it; raises FilingRefused."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise FilingRefused(f"{words}无法识别为日期，请按 2026-03-05 的写法填写。") from None


def minute_of(text: str) -> int:
    """A time of the day as a browser sends it, in minutes; raises FilingRefused."""
    hours, _, minutes = text.strip().partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60):  # noqa: PLR2004 - a clock
        raise FilingRefused("起止时间无法识别，请按 09:00 的写法填写。")
    return int(hours) * 60 + int(minutes)


def hours_of(text: str) -> int:
    """Training hours in hundredths; raises FilingRefused."""
    found = fen_from_text(text.strip())
    if found is None or found < 0:
        raise FilingRefused("课时应为不小于 0、至多两位小数的数字。")
    return found


async def _list(request: Asked, *, wanted: str = "", state: str = "", refusal: Refusal | None = None, content: bytes = b"") -> Template:
    actor, clock = current_actor(request), clock_of(request)
    return page(
        "classes/list.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else problem_of_upload(request, refusal, content, filename=MARKED_NAME),
        found=await filing.list_classes(actor, wanted=wanted, state=state),
        wanted=wanted,
        state=state,
        states=STATE_WORDS,
        weekdays=WEEKDAYS,
        today=clock.today(),
        most=filing.MOST_LISTED,
        own=actor.organisation if may(actor, Right.CLASS_FILE) else None,
        limit_mb=LARGEST // 2**20,
    )


@get("/classes", include_in_schema=False, right=Right.CLASS_READ)
async def classes_page(request: Asked, wanted: FromQuery[str] = "", chosen: StateQuery = "") -> Template:
    return await _list(request, wanted=wanted, state=chosen)


@get("/classes.csv", include_in_schema=False, right=Right.CLASS_READ)
async def classes_csv(request: Asked, wanted: FromQuery[str] = "", chosen: StateQuery = "") -> Response[bytes]:
    found = await filing.list_classes(current_actor(request), wanted=wanted, state=chosen)
    rows = (
        (
            *(each.class_no, each.organisation_name, STATE_WORDS[ClassState(each.state)], each.version),
            *(each.filed_on, each.approved_on, each.decide_by, each.title, each.starts, each.ends),
        )
        for each in found
    )
    return csv_download(LIST_HEADER, rows, filename="开班备案.csv")


@post("/classes", include_in_schema=False, right=Right.CLASS_FILE)
async def enter_act(request: Asked, data: MultipartBody[UploadForm]) -> Template | Redirect:
    actor, clock, content = current_actor(request), clock_of(request), b""
    try:
        content = await data.content()
        read = await filing_intake.read_upload(actor, content, clock=clock)
        assert read.content is not None, "what cannot be read is refused"
        number = await filing.save_class(actor, read.content, read.roster, clock=clock)
    except Refusal as refusal:
        return await _list(request, refusal=refusal, content=content)
    return Redirect(f"/classes/{number}", status_code=SEE_OTHER)


@get("/classes/plan.xlsx", include_in_schema=False, right=Right.CLASS_FILE)
async def plan_workbook(
    request: Asked,
    first: FromQuery[str] = "",
    weekdays: FromQuery[list[int] | None] = None,
    starts: FromQuery[str] = "",
    ends: FromQuery[str] = "",
    sessions: FromQuery[int] = 0,
    theory: FromQuery[str] = "",
    practice: FromQuery[str] = "",
) -> Response[bytes] | Template:
    try:
        pattern = Pattern(
            first=day_of(first, "首次上课日期"),
            weekdays=tuple(weekdays or ()),
            starts=minute_of(starts),
            ends=minute_of(ends),
            sessions=sessions,
            theory_centihours=hours_of(theory),
            practice_centihours=hours_of(practice),
        )
        content = await filing_intake.laid_out(current_actor(request), pattern, clock=clock_of(request))
    except FilingRefused as refusal:
        return await _list(request, refusal=refusal)
    return download(content, filename="开班备案.xlsx")


async def _one(request: Asked, class_no: str, *, refusal: Refusal | None = None, content: bytes = b"") -> Template:
    actor, clock = current_actor(request), clock_of(request)
    shown = await filing.show_class(actor, class_no, clock=clock)
    state = ClassState(shown.head.state)
    run = await run_of_class(shown, clock=clock)
    return page(
        "classes/class.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else problem_of_upload(request, refusal, content, filename=MARKED_NAME),
        shown=shown,
        head=shown.head,
        content=shown.versions[0].content,
        people=list(zip(shown.plan.trainees, shown.masked, strict=True)),
        state_words=STATE_WORDS[state],
        missing=class_screens.missing_of(shown, clock.today()) + ([] if run is None else run.missing),
        run=run,
        changes=await class_screens.changes_of(shown),
        pool=await pool_shown(actor, shown),
        percent=percent,
        causes=class_screens.CAUSE_WORDS,
        decisions=class_screens.DECISION_WORDS,
        teachers=labels(shown.training.teachers),
        rooms=labels(shown.training.rooms),
        clock_text=clock_text,
        groups=GROUP_WORDS,
        levels=LEVEL_WORDS,
        acts=set(MOVES[state]) if may(actor, Right.CLASS_FILE) else set(),
        may_decide=may(actor, Right.CLASS_DECIDE) and ClassAct.APPROVE in MOVES[state],
        same_person=bool(shown.versions[0].hands & actor.hands),
        forecast=await forecast_screens.forecast_shown(shown.head.id),
        named=forecast_screens.named_of(shown),
        counts=await witness.counts_of(shown.head),
        moments=MOMENT_WORDS,
        visits=await visits.list_visits(actor, class_no=class_no, clock=clock),
        visit_words=visit_facts,
        today=clock.today(),
        limit_mb=LARGEST // 2**20,
    )


@get("/classes/{class_no:str}", include_in_schema=False, right=Right.CLASS_READ)
async def class_page(request: Asked, class_no: FromPath[str]) -> Template:
    return await _one(request, class_no)


async def acted(request: Asked, class_no: str, act: Callable[[], Awaitable[object]], *, content: bytes = b"") -> Template | Redirect:
    """Do an act and show the class again; a refusal is told on its page."""
    try:
        await act()
    except NotFound:
        raise
    except Refusal as refusal:
        return await _one(request, class_no, refusal=refusal, content=content)
    return Redirect(f"/classes/{class_no}", status_code=SEE_OTHER)


@post("/classes/{class_no:str}/upload", include_in_schema=False, right=Right.CLASS_FILE)
async def upload_act(request: Asked, class_no: FromPath[str], data: MultipartBody[UploadForm]) -> Template | Redirect:
    """The next version of a draft, or a change of an approved class."""
    actor, clock = current_actor(request), clock_of(request)
    content = await data.content()

    async def act() -> None:
        shown = await filing.show_class(actor, class_no, clock=clock)
        read = await filing_intake.read_upload(actor, content, class_no=class_no, clock=clock)
        assert read.content is not None, "what cannot be read is refused"
        filed = filing_intake.with_links(read.content, shown.versions[0].content)
        if ClassAct.SAVE in MOVES[ClassState(shown.head.state)]:
            await filing.save_class(actor, filed, read.roster, class_no=class_no, clock=clock)
        else:
            await class_changes.change_class(actor, class_no, filed, read.roster, reason=data.reason, urgent=data.urgent, clock=clock)

    return await acted(request, class_no, act, content=content)


@post("/classes/{class_no:str}/act", include_in_schema=False, right=Right.CLASS_FILE)
async def file_act(request: Asked, class_no: FromPath[str], data: URLEncodedBody[ActForm]) -> Template | Redirect:
    """Submit, withdraw, suspend, end."""
    actor, clock = current_actor(request), clock_of(request)

    async def act() -> None:
        if data.act == ClassAct.SUBMIT:
            await filing.submit_class(actor, class_no, clock=clock)
        elif data.act == ClassAct.WITHDRAW:
            await filing.withdraw_class(actor, class_no, clock=clock)
        elif data.act == ClassAct.SUSPEND:
            first, resume = day_of(data.first, "停课首日"), day_of(data.resume, "复课日")
            await class_changes.suspend_class(actor, class_no, first=first, resume=resume, reason=data.reason, clock=clock)
        elif data.act == ClassAct.END:
            await class_changes.end_class(actor, class_no, reason=data.reason, clock=clock)
        else:
            raise FilingRefused("没有这一步办理，请从页面上的按钮重新办理。")

    return await acted(request, class_no, act)


@post("/classes/{class_no:str}/decide", include_in_schema=False, right=Right.CLASS_DECIDE)
async def decide_act(request: Asked, class_no: FromPath[str], data: URLEncodedBody[ActForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    approve = data.act == ClassAct.APPROVE
    return await acted(
        request,
        class_no,
        lambda: filing.decide_class(actor, class_no, version=data.version, approve=approve, opinion=data.reason, clock=clock),
    )


@get("/classes/{class_no:str}/workbook.xlsx", include_in_schema=False, right=Right.CLASS_READ)
async def class_workbook(request: Asked, class_no: FromPath[str]) -> Response[bytes]:
    content = await filing_intake.exported(current_actor(request), class_no, clock=clock_of(request))
    return download(content, filename=f"开班备案-{class_no}.xlsx")


@get("/classes/{class_no:str}/copy.xlsx", include_in_schema=False, right=Right.CLASS_FILE)
async def copy_workbook(request: Asked, class_no: FromPath[str], first: FromQuery[str] = "") -> Response[bytes] | Template:
    try:
        day = day_of(first, "首次上课日期")
        content = await filing_intake.copied(current_actor(request), class_no, day, clock=clock_of(request))
    except FilingRefused as refusal:
        return await _one(request, class_no, refusal=refusal)
    return download(content, filename="开班备案.xlsx")


@get("/classes/{class_no:str}/plan.csv", include_in_schema=False, right=Right.CLASS_READ)
async def plan_csv(request: Asked, class_no: FromPath[str]) -> Response[bytes]:
    shown = await filing.show_class(current_actor(request), class_no, clock=clock_of(request))
    teachers, rooms = labels(shown.training.teachers), labels(shown.training.rooms)
    rows = (
        (
            *(each.day, f"{clock_text(each.starts)}-{clock_text(each.ends)}", each.topic, each.theory_minutes, each.practice_minutes),
            *(teachers.get(each.teacher or 0), rooms.get(each.room or 0), each.textbook),
            *("是" if each.online else "否", "是" if each.safety else "否"),
        )
        for each in shown.plan.sessions
    )
    return csv_download(PLAN_HEADER, rows, filename=f"教学计划-{class_no}.csv")


@get("/classes/{class_no:str}/roster.csv", include_in_schema=False, right=Right.CLASS_READ)
async def roster_csv(request: Asked, class_no: FromPath[str]) -> Response[bytes]:
    shown = await filing.show_class(current_actor(request), class_no, clock=clock_of(request))
    rows = (
        (
            *(number, each.name, sex, masked, GROUP_WORDS[each.group], each.enterprise, each.post),
            *(each.contract_start, each.contract_end, each.prior, phone, each.note),
        )
        for number, (each, masked, phone, sex) in enumerate(
            zip(shown.plan.trainees, shown.masked, shown.phones, shown.sexes, strict=True), start=1
        )
    )
    return csv_download(ROSTER_HEADER, rows, filename=f"花名册-{class_no}.csv")


@get("/class-calendar/{code:str}", include_in_schema=False, right=Right.CLASS_READ)
async def calendar_page(request: Asked, code: FromPath[str], first: FromQuery[str] = "") -> Template:
    clock = clock_of(request)
    day = day_of(first, "起始日期") if first else clock.today()
    found = await class_screens.calendar_shown(current_actor(request), code, day, clock=clock)
    return page("classes/calendar.html", found=found, code=code, first=day, taken=TAKEN_WORDS, days=class_screens.CALENDAR_DAYS)


@get("/class-calendar/{code:str}/calendar.csv", include_in_schema=False, right=Right.CLASS_READ)
async def calendar_csv(request: Asked, code: FromPath[str], first: FromQuery[str] = "") -> Response[bytes]:
    clock = clock_of(request)
    day = day_of(first, "起始日期") if first else clock.today()
    found = await class_screens.calendar_shown(current_actor(request), code, day, clock=clock)
    rows = ((each.day, each.time, TAKEN_WORDS[each.taken], each.name, each.class_no) for each in found)
    return csv_download(CALENDAR_HEADER, rows, filename=f"教室和教师课表-{code}.csv")


def class_pages() -> Router:
    """The pages of this file; only what is handed in as a workbook may be large."""
    upload = Router("/", route_handlers=[enter_act, upload_act], request_max_body_size=LARGEST + FORM_MARGIN)
    return Router(
        "/",
        route_handlers=[
            *(upload, classes_page, classes_csv, plan_workbook, class_page, file_act, decide_act, class_workbook, copy_workbook),
            *(plan_csv, roster_csv, calendar_page, calendar_csv),
        ],
    )
