"""Pages of 开班备案 by form: a class written and rewritten without workbook, and single sessions of an approved class changed.

Every wrong field is told at once, and what was typed stays. Nothing of it is ever in an address.
"""

from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request, Router, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.catalog import filing, filing_form, filing_intake
from training_admin.catalog.class_facts import ClassContent
from training_admin.catalog.class_pages import WEEKDAYS, day_of, hours_of, minute_of
from training_admin.catalog.facts import GROUP_WORDS, LEVEL_WORDS, STREAMS
from training_admin.catalog.filing import ClassShown, FilingRefused
from training_admin.catalog.filing_form import Fault, Typed, TypedHead, TypedSession
from training_admin.catalog.filing_intake import Pattern, labels
from training_admin.catalog.filing_roster import in_clear
from training_admin.catalog.filing_workbook import Names
from training_admin.catalog.session_changes import change_sessions, changeable, typed_sessions
from training_admin.catalog.states import ClassAct, ClassState, next_state
from training_admin.kit.refusals import NotFound, Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.web import clock_of, current_actor, page, several

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
BLANK_ROWS = 5
Many = list[str] | str


class FormFaulty(Unreadable):
    """Fields of the form are wrong: nothing is kept."""

    code = "filing-incomplete"
    title = "有内容需要更正"


class FilingForm(TypedHead, frozen=True):
    """The whole form: the head, one list for each column of the plan, the roster, and the pattern by which sessions are laid out."""

    act: str = ""
    day: Many = msgspec.field(default_factory=list)
    starts: Many = msgspec.field(default_factory=list)
    ends: Many = msgspec.field(default_factory=list)
    topic: Many = msgspec.field(default_factory=list)
    theory: Many = msgspec.field(default_factory=list)
    practice: Many = msgspec.field(default_factory=list)
    teacher: Many = msgspec.field(default_factory=list)
    room: Many = msgspec.field(default_factory=list)
    textbook: Many = msgspec.field(default_factory=list)
    online: Many = msgspec.field(default_factory=list)
    safety: Many = msgspec.field(default_factory=list)
    people: str = ""
    first: str = ""
    weekdays: Many = msgspec.field(default_factory=list)
    lesson_starts: str = "09:00"
    lesson_ends: str = "12:00"
    lessons: str = "10"
    lesson_theory: str = "1"
    lesson_practice: str = "3"
    lesson_topic: str = ""
    lesson_teacher: str = ""
    lesson_room: str = ""
    lesson_textbook: str = ""

    def typed(self) -> Typed:
        """What was typed; raises FilingRefused when the rows do not belong together."""
        head = TypedHead(**{name: getattr(self, name) for name in TypedHead.__struct_fields__})
        columns = [several(getattr(self, name)) for name in TypedSession.__struct_fields__]
        if len({len(each) for each in columns}) != 1 or len(columns[0]) > filing_form.MOST_ROWS + BLANK_ROWS:
            raise FilingRefused(f"课次表不完整或超过 {filing_form.MOST_ROWS} 行，请刷新页面后重新填写。")
        return Typed(head, tuple(TypedSession(*row) for row in zip(*columns, strict=True)), self.people)

    def pattern(self) -> Pattern:
        """How sessions are to be laid out; raises FilingRefused."""
        weekdays, lessons = several(self.weekdays), self.lessons.strip()
        if not all(each in {"0", "1", "2", "3", "4", "5", "6"} for each in weekdays) or not (lessons.isascii() and lessons.isdecimal()):
            raise FilingRefused("请选择上课的星期，填写课次数。")
        return Pattern(
            first=day_of(self.first, "首次上课日期"),
            weekdays=tuple(int(each) for each in weekdays),
            starts=minute_of(self.lesson_starts),
            ends=minute_of(self.lesson_ends),
            sessions=int(lessons),
            theory_centihours=hours_of(self.lesson_theory),
            practice_centihours=hours_of(self.lesson_practice),
        )


def _with_blanks(typed: Typed) -> Typed:
    blanks = tuple(TypedSession() for _ in range(BLANK_ROWS))
    return msgspec.structs.replace(typed, sessions=(*typed.sessions, *blanks))


async def _form(
    request: Asked,
    data: FilingForm,
    typed: Typed,
    *,
    shown: ClassShown | None,
    refusal: Refusal | None = None,
    faults: tuple[Fault, ...] = (),
) -> Template:
    actor, clock = current_actor(request), clock_of(request)
    people = () if shown is None else await filing.named_roster(actor, shown.head.class_no)
    names = await filing_intake.names_for(actor, people, clock=clock)
    return page(
        "classes/form.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        faults=faults,
        wrong={each.place: each.message for each in faults},
        typed=typed,
        data=data,
        chosen=several(data.weekdays),
        shown=shown,
        names=names,
        weekdays=WEEKDAYS,
        streams=STREAMS,
        levels=LEVEL_WORDS,
        groups=GROUP_WORDS,
    )


async def _laid_out(data: FilingForm, typed: Typed, names: Names) -> Typed:
    """The form with sessions laid out in place of the rows there."""
    sessions = await filing_intake.laid_sessions(data.pattern(), names.hour_minutes)
    rows = [filing_form.typed_session(each, teachers={}, rooms={}, hour_minutes=names.hour_minutes) for each in sessions]
    same = {
        "topic": data.lesson_topic,
        "teacher": data.lesson_teacher,
        "room": data.lesson_room,
        "textbook": data.lesson_textbook,
    }
    return msgspec.structs.replace(typed, sessions=tuple(msgspec.structs.replace(each, **same) for each in rows))


async def _handle(request: Asked, data: FilingForm, *, shown: ClassShown | None) -> Template | Redirect:
    """Lay out, give more rows, or read and keep what was typed."""
    actor, clock = current_actor(request), clock_of(request)
    typed = Typed()
    try:
        typed = data.typed()
        people = () if shown is None else await filing.named_roster(actor, shown.head.class_no)
        names = await filing_intake.names_for(actor, people, clock=clock)
        if data.act == "layout":
            return await _form(request, data, await _laid_out(data, typed, names), shown=shown)
        if data.act == "more":
            return await _form(request, data, _with_blanks(typed), shown=shown)
        if sum(1 for _line in filing_form.lines_of(typed.people)) > filing_form.MOST_PEOPLE:
            raise FilingRefused(f"花名册超过 {filing_form.MOST_PEOPLE} 人，请用工作簿上传。")
        read = filing_form.read_form(typed, names=names, today=clock.today())
        if read.content is None:
            refused = FormFaulty(f"有 {len(read.faults)} 处需要更正，尚未保存。请按下列提示更正后重新保存，已填写的内容都在。")
            return await _form(request, data, typed, shown=shown, refusal=refused, faults=read.faults)
        content, roster = read.content, in_clear(read.roster, people)
        if shown is None:
            number = await filing.save_class(actor, content, roster, clock=clock)
        else:
            kept = filing_intake.with_links(content, shown.versions[0].content)
            number = await filing.save_class(actor, kept, roster, class_no=shown.head.class_no, clock=clock)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _form(request, data, typed, shown=shown, refusal=refusal)
    return Redirect(f"/classes/{number}", status_code=SEE_OTHER)


@get("/classes/new", include_in_schema=False, right=Right.CLASS_FILE)
async def new_page(request: Asked) -> Template:
    return await _form(request, FilingForm(), _with_blanks(Typed()), shown=None)


@post("/classes/new", include_in_schema=False, right=Right.CLASS_FILE)
async def new_act(request: Asked, data: URLEncodedBody[FilingForm]) -> Template | Redirect:
    return await _handle(request, data, shown=None)


async def _editable(request: Asked, class_no: str) -> ClassShown:
    """One's own draft or returned class; raises ClassNotFound, IllegalMove."""
    await filing.named_roster(current_actor(request), class_no)
    shown = await filing.show_class(current_actor(request), class_no, clock=clock_of(request))
    next_state(ClassState(shown.head.state), ClassAct.SAVE)
    return shown


@get("/classes/{class_no:str}/edit", include_in_schema=False, right=Right.CLASS_FILE)
async def edit_page(request: Asked, class_no: FromPath[str]) -> Template:
    shown = await _editable(request, class_no)
    names = await filing_intake.names_for(current_actor(request), (), clock=clock_of(request))
    typed = filing_form.typed_of(
        shown.plan,
        masked=shown.masked,
        phones=shown.phones,
        teachers=labels(shown.training.teachers),
        rooms=labels(shown.training.rooms),
        hour_minutes=names.hour_minutes,
        project="" if shown.project is None else shown.project.label,
    )
    return await _form(request, FilingForm(), typed, shown=shown)


@post("/classes/{class_no:str}/edit", include_in_schema=False, right=Right.CLASS_FILE)
async def edit_act(request: Asked, class_no: FromPath[str], data: URLEncodedBody[FilingForm]) -> Template | Redirect:
    return await _handle(request, data, shown=await _editable(request, class_no))


class SessionsForm(msgspec.Struct, frozen=True):
    """Sessions of an approved class that may still be changed, one list for each column, with why and whether it is urgent."""

    version: int = 0
    day: Many = msgspec.field(default_factory=list)
    starts: Many = msgspec.field(default_factory=list)
    ends: Many = msgspec.field(default_factory=list)
    teacher: Many = msgspec.field(default_factory=list)
    room: Many = msgspec.field(default_factory=list)
    reason: str = ""
    urgent: bool = False


async def _sessions(
    request: Asked,
    shown: ClassShown,
    *,
    rows: tuple[TypedSession, ...] = (),
    data: SessionsForm | None = None,
    refusal: Refusal | None = None,
    faults: tuple[Fault, ...] = (),
) -> Template:
    content: ClassContent = shown.versions[0].content
    return page(
        "classes/sessions.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        faults=faults,
        wrong={each.place: each.message for each in faults},
        shown=shown,
        content=content,
        rows=rows or await typed_sessions(current_actor(request), shown, clock=clock_of(request)),
        data=data or SessionsForm(version=shown.head.version),
        teachers=labels(shown.training.teachers),
        rooms=labels(shown.training.rooms),
    )


@get("/classes/{class_no:str}/sessions", include_in_schema=False, right=Right.CLASS_FILE)
async def sessions_page(request: Asked, class_no: FromPath[str]) -> Template:
    return await _sessions(request, await changeable(current_actor(request), class_no, clock=clock_of(request)))


@post("/classes/{class_no:str}/sessions", include_in_schema=False, right=Right.CLASS_FILE)
async def sessions_act(request: Asked, class_no: FromPath[str], data: URLEncodedBody[SessionsForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    shown = await changeable(actor, class_no, clock=clock)
    rows: tuple[TypedSession, ...] = ()
    try:
        before = await typed_sessions(actor, shown, clock=clock)
        columns = [several(getattr(data, name)) for name in ("day", "starts", "ends", "teacher", "room")]
        if any(len(each) != len(before) for each in columns) or data.version != shown.head.version:
            raise filing.ClassMoved("这个班级刚刚有新的办理，请刷新页面后再办理。")
        rows = tuple(
            msgspec.structs.replace(each, day=day, starts=starts, ends=ends, teacher=teacher, room=room)
            for each, day, starts, ends, teacher, room in zip(before, *columns, strict=True)
        )
        faults = await change_sessions(actor, shown, rows, reason=data.reason, urgent=data.urgent, clock=clock)
        if faults:
            refused = FormFaulty(f"有 {len(faults)} 处需要更正，尚未提交。请按下列提示更正，已填写的内容都在。")
            return await _sessions(request, shown, rows=rows, data=data, refusal=refused, faults=faults)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _sessions(request, shown, rows=rows, data=data, refusal=refusal)
    return Redirect(f"/classes/{class_no}", status_code=SEE_OTHER)


def form_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[new_page, new_act, edit_page, edit_act, sessions_page, sessions_act])
