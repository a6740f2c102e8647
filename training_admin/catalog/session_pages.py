"""Pages of one session: the roster with marks, its confirmation, and the teacher's screen with the rotating code."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
import segno
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.accounts.link_pages import link_address
from training_admin.catalog import code_sign_in, running
from training_admin.catalog.class_facts import ClassPlan, PlannedSession, clock_text
from training_admin.catalog.filing_intake import labels
from training_admin.catalog.run_checks import SessionStage, shared_devices, stage_of
from training_admin.catalog.run_facts import MARK_SIGNS, WAY_WORDS, Mark, key_of
from training_admin.catalog.run_pages import WORDS
from training_admin.catalog.run_screens import RunShown, attended_of, show_run
from training_admin.catalog.run_workbooks import DEVICE_SHOWN
from training_admin.catalog.running import RunRefused, session_of
from training_admin.catalog.sign_codes import LATE_AFTER_MINUTES, OPENS_BEFORE_MINUTES, minute_of_day
from training_admin.kit import wording
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.web import clock_of, csv_download, current_actor, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
AT = "/classes/{class_no:str}/sessions/{session:str}"
QR_SCALE = 8
LONGEST_DIGITS = 4
SHEET = "sheet"
SESSION_HEADER = ("序号", "姓名", "证件号码", "登记", "计入分钟", "方式", "设备标识", "登记时间", "登记人")


class ConfirmForm(msgspec.Struct, frozen=True):
    """Whether a session was held, its taught minutes, the reason when it was not."""

    held: str = ""
    minutes: str = ""
    note: str = ""
    way: str = ""


async def _session_page(request: Asked, class_no: str, slug: str, *, way: str = "", refusal: Refusal | None = None) -> Template:
    clock = clock_of(request)
    shown = await show_run(current_actor(request), class_no, right=Right.CLASS_RUN, clock=clock)
    session = session_of(shown.running.plan, slug)
    held = shown.running.run.held.get(key_of(session))
    told = attended_of(shown.running, session)
    away = [each.trainee.name for each in shown.people if _is_away(told.get(each.trainee.person))]
    return page(
        "classes/session.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        shown=shown,
        session=session,
        slug=slug,
        held=held,
        stage=stage_of(session, held, today=clock.today(), minute=minute_of_day(clock.now())),
        told=told,
        away=away,
        shared=shared_devices(told.values()),
        device_shown=DEVICE_SHOWN,
        teacher=labels(shown.training.teachers).get(session.teacher or 0, "已停用"),
        room="线上" if session.online else labels(shown.training.rooms).get(session.room or 0, "已停用"),
        from_sheet=way == SHEET,
        may_mark=shown.running.is_open and session.day <= clock.today() and (held is None or held.minutes > 0),
        may_confirm=shown.running.is_open and session.day <= clock.today(),
        ahead=SessionStage.AHEAD,
        opens_before=OPENS_BEFORE_MINUTES,
        late_after=LATE_AFTER_MINUTES,
        words=WORDS,
    )


def _is_away(told: Any) -> bool:
    return told is None or told.mark in {Mark.LEAVE, Mark.ABSENT}


@get(AT, include_in_schema=False, right=Right.CLASS_RUN)
async def session_page(request: Asked, class_no: FromPath[str], session: FromPath[str], way: FromQuery[str] = "") -> Template:
    return await _session_page(request, class_no, session, way=way)


def _told(form: Mapping[str, Any], plan: ClassPlan) -> dict[str, tuple[Mark, int | None]]:
    """The marks of a form by person; raises RunRefused for what no page sends."""
    told: dict[str, tuple[Mark, int | None]] = {}
    for number, each in enumerate(plan.trainees, start=1):
        word = str(form.get(f"mark-{number}", ""))
        mark = next((mark for mark in Mark if mark.value == word), None)
        if word and mark is None:
            raise RunRefused("出勤登记只能选择出勤、迟到、请假或缺勤。")
        if mark is not None:
            told[each.person] = mark, _whole(str(form.get(f"minutes-{number}", "")), "迟到学员的学习分钟")
    return told


def _whole(text: str, what: str) -> int | None:
    """Minutes as typed, None for nothing; raises RunRefused."""
    plain = text.strip()
    if not plain:
        return None
    if not plain.isascii() or not plain.isdecimal() or len(plain) > LONGEST_DIGITS:
        raise RunRefused(f"{what}应为整数。")
    return int(plain)


@post(AT + "/marks", include_in_schema=False, right=Right.CLASS_RUN)
async def marks_act(request: Asked, class_no: FromPath[str], session: FromPath[str]) -> Template | Redirect:
    actor, clock, form = current_actor(request), clock_of(request), await request.form()
    sheet = form.get("way") == SHEET
    try:
        plan = (await running.show_running(actor, class_no)).plan
        session_of(plan, session)
        rest = bool(form.get("rest"))
        await running.mark_session(actor, class_no, session, _told(form, plan), sheet=sheet, rest_absent=rest, clock=clock)
    except (NotFound, running.NotRunning):
        raise
    except Refusal as refusal:
        return await _session_page(request, class_no, session, way=SHEET if sheet else "", refusal=refusal)
    return Redirect(f"/classes/{class_no}/sessions/{session}", status_code=SEE_OTHER)


@post(AT + "/confirm", include_in_schema=False, right=Right.CLASS_RUN)
async def confirm_act(
    request: Asked, class_no: FromPath[str], session: FromPath[str], data: URLEncodedBody[ConfirmForm]
) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    try:
        held = data.held != "no"
        minutes = _whole(data.minutes, "授课分钟") if held else None
        await running.confirm_session(
            actor, class_no, session, held=held, minutes=minutes, note=data.note, sheet=data.way == SHEET, clock=clock
        )
    except (NotFound, running.NotRunning):
        raise
    except Refusal as refusal:
        return await _session_page(request, class_no, session, way=data.way, refusal=refusal)
    return Redirect(f"/classes/{class_no}/sessions/{session}", status_code=SEE_OTHER)


@get(AT + "/roster.csv", include_in_schema=False, right=Right.CLASS_RUN)
async def session_csv(request: Asked, class_no: FromPath[str], session: FromPath[str]) -> Response[bytes]:
    shown = await show_run(current_actor(request), class_no, right=Right.CLASS_RUN, clock=clock_of(request))
    one = session_of(shown.running.plan, session)
    return csv_download(SESSION_HEADER, _rows(shown, one), filename=f"课次-{class_no}-{session}.csv")


def _rows(shown: RunShown, session: PlannedSession) -> list[tuple[object, ...]]:
    told = attended_of(shown.running, session)
    rows: list[tuple[object, ...]] = []
    for each in shown.people:
        one = told.get(each.trainee.person)
        if one is None:
            rows.append((each.number, each.trainee.name, each.masked, "未登记", None, None, None, None, None))
        else:
            when = (one.device[:DEVICE_SHOWN], wording.moment(one.told_at), one.told_by)
            rows.append((each.number, each.trainee.name, each.masked, MARK_SIGNS[one.mark], one.minutes, WAY_WORDS[one.way], *when))
    return rows


async def _code(request: Asked, class_no: str, session: str, *, template: str) -> Template:
    shown = await code_sign_in.show_code(current_actor(request), class_no, session, clock=clock_of(request))
    address = link_address(request, f"/sign-in-code/{class_no}/{session}/{shown.code}")
    return page(
        template,
        shown=shown,
        picture=segno.make(address, micro=False).png_data_uri(scale=QR_SCALE),
        typed_at=link_address(request, "/sign-in-code"),
        clock_text=clock_text,
        opens_before=OPENS_BEFORE_MINUTES,
        late_after=LATE_AFTER_MINUTES,
    )


@get(AT + "/screen", include_in_schema=False, right=Right.CLASS_RUN)
async def screen_page(request: Asked, class_no: FromPath[str], session: FromPath[str]) -> Template:
    return await _code(request, class_no, session, template="classes/screen.html")


@get(AT + "/code", include_in_schema=False, right=Right.CLASS_RUN)
async def code_part(request: Asked, class_no: FromPath[str], session: FromPath[str]) -> Template:
    """The changing part of the screen, asked for every few seconds."""
    return await _code(request, class_no, session, template="classes/_code.html")


def session_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[session_page, marks_act, confirm_act, session_csv, screen_page, code_part])
