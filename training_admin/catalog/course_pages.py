"""Pages of 课程备案: the list, one course with all its versions, the form with its modules, the officer's decision."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from itertools import pairwise
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.catalog import courses
from training_admin.catalog.course_facts import (
    MOVES,
    STATE_WORDS,
    CourseAct,
    CourseContent,
    CourseModule,
    CourseState,
    changed_words,
    hours_words,
)
from training_admin.catalog.courses import CourseRefused
from training_admin.catalog.facts import LEVEL_WORDS
from training_admin.catalog.states import STATE_WORDS as CLASS_STATE_WORDS
from training_admin.kit.actor import may
from training_admin.kit.identifiers import clean_number, holds_personal_number
from training_admin.kit.money import fen_from_text, yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.web import StateQuery, clock_of, csv_download, current_actor, page, several

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
SPARE_ROWS, FEWEST_ROWS = 3, 6
LONGEST_TITLE, LONGEST_CODE, LONGEST_TEXT, CENTI = 200, 40, 1000, 100
DECISION_WORDS = {"approved": "通过", "returned": "退回"}
LIST_HEADER = ("课程编号", "名称", "单位", "目录项目", "职业编码", "等级", "订单企业", "状态", "版本", "提交日期", "通过日期", "审核期限")
MODULE_HEADER = ("序号", "模块", "理论课时", "实操课时", "其中线上", "其中安全教育", "内容")


class CourseForm(msgspec.Struct, frozen=True):
    """A course as typed: hours of the modules in training hours, the price in yuan, one value of each list for a row."""

    title: str = ""
    item: str = ""
    occupation: str = ""
    level: str = ""
    textbooks: str = ""
    price: str = ""
    equipment: str = ""
    enterprise: str = ""
    teachers: list[str] | str = ""
    name: list[str] | str = ""
    theory: list[str] | str = ""
    practice: list[str] | str = ""
    online: list[str] | str = ""
    safety: list[str] | str = ""
    content: list[str] | str = ""

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The module rows as typed; empty ones are left out."""
        columns = [several(each) for each in (self.name, self.theory, self.practice, self.online, self.safety, self.content)]
        longest = max(len(each) for each in columns)
        rows = zip(*([*each, *[""] * (longest - len(each))] for each in columns), strict=True)
        return [row for row in rows if any(cell.strip() for cell in row)]


class ActForm(msgspec.Struct, frozen=True):
    """An act on a course: words, and the version that was read."""

    act: str = ""
    reason: str = ""
    version: int = 0


def _line(text: str, words: str, wrong: list[str], *, most: int = LONGEST_TITLE, needed: bool = False) -> str:
    plain = " ".join(text.split())
    if (needed and not plain) or len(plain) > most or not plain.isprintable():
        wrong.append(f"{words}{'必填，' if needed else ''}不超过 {most} 字，不能有无法显示的字符")
    if holds_personal_number(plain):
        wrong.append(f"{words}中请不要写身份证号、银行卡号或手机号")
    return plain


def _minutes(text: str, words: str, hour_minutes: int, wrong: list[str]) -> int:
    hours = fen_from_text(text.strip()) if text.strip() else 0
    if hours is None or not 0 <= hours <= CENTI * 10_000 or hours * hour_minutes % CENTI:
        wrong.append(f"{words}应为折合整分钟的课时（每课时 {hour_minutes} 分钟），如 2、4、0.2")
        return 0
    return hours * hour_minutes // CENTI


def _module(number: int, row: tuple[str, ...], hour_minutes: int, wrong: list[str]) -> CourseModule:
    where = f"第 {number} 个模块的"
    theory, practice, online, safety = (
        _minutes(text, f"{where}{words}", hour_minutes, wrong)
        for text, words in zip(row[1:5], ("理论课时", "实操课时", "线上课时", "安全教育课时"), strict=True)
    )
    name = _line(row[0], f"{where}名称", wrong, needed=True)
    return CourseModule(name, theory, practice, online, safety, _line(row[5], f"{where}内容", wrong, most=LONGEST_TEXT))


def content_of(form: CourseForm, *, hour_minutes: int, teachers: Mapping[int, str]) -> CourseContent:
    """The course of a form; raises CourseRefused naming every wrong field."""
    wrong: list[str] = []
    price = fen_from_text(form.price.strip()) if form.price.strip() else 0
    if price is None or price < 0:
        wrong.append("价格应为不小于 0、至多两位小数的金额（元）")
    if form.level not in {"", *LEVEL_WORDS}:
        wrong.append("请从列表中选择技能等级")
    chosen = [each for each in several(form.teachers) if each]
    if any(each not in {str(key) for key in teachers} for each in chosen):
        wrong.append("请从列表中选择已核定的教师")
    read = CourseContent(
        title=_line(form.title, "课程名称", wrong, needed=True),
        item=_line(form.item, "目录项目编码", wrong, most=LONGEST_CODE) or None,
        occupation=_line(form.occupation, "职业编码", wrong, most=20) or None,
        level=form.level or None,
        modules=tuple(_module(number, row, hour_minutes, wrong) for number, row in enumerate(form.rows, start=1)),
        textbooks=_line(form.textbooks, "教材", wrong, most=LONGEST_TEXT),
        price_fen=price or 0,
        teachers=tuple(key for key in teachers if str(key) in chosen),
        equipment=_line(form.equipment, "设备", wrong, most=LONGEST_TEXT),
        enterprise=clean_number(form.enterprise) or None,
    )
    if wrong:
        raise CourseRefused("请更正后重新保存。" + "；".join(wrong) + "。")
    return read


def _typed(content: CourseContent, hour_minutes: int) -> CourseForm:
    """A course as its form shows it."""

    def hours(minutes: int) -> str:
        return hours_words(minutes, hour_minutes).replace(",", "") if minutes else ""

    return CourseForm(
        title=content.title,
        item=content.item or "",
        occupation=content.occupation or "",
        level=content.level or "",
        textbooks=content.textbooks,
        price=yuan(content.price_fen) if content.price_fen else "",
        equipment=content.equipment,
        enterprise=content.enterprise or "",
        teachers=[str(each) for each in content.teachers],
        name=[each.name for each in content.modules],
        theory=[hours(each.theory_minutes) for each in content.modules],
        practice=[hours(each.practice_minutes) for each in content.modules],
        online=[hours(each.online_minutes) for each in content.modules],
        safety=[hours(each.safety_minutes) for each in content.modules],
        content=[each.content for each in content.modules],
    )


async def _form(request: Asked, typed: CourseForm, *, course_no: str | None = None, refusal: Refusal | None = None) -> Template:
    actor, clock = current_actor(request), clock_of(request)
    rows = typed.rows
    return page(
        "courses/form.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        typed=typed,
        rows=[*rows, *[("",) * 6] * max(SPARE_ROWS, FEWEST_ROWS - len(rows))],
        chosen=set(several(typed.teachers)),
        teachers=await courses.teachers_of(actor, clock=clock),
        levels=LEVEL_WORDS,
        course_no=course_no,
        hour_minutes=await courses.hour_minutes(actor, clock=clock),
        own=actor.organisation,
    )


@get("/courses", include_in_schema=False, right=Right.CLASS_READ)
async def courses_page(request: Asked, wanted: FromQuery[str] = "", chosen: StateQuery = "") -> Template:
    actor, clock = current_actor(request), clock_of(request)
    return page(
        "courses/list.html",
        found=await courses.list_courses(actor, wanted=wanted, state=chosen),
        wanted=wanted,
        state=chosen,
        states=STATE_WORDS,
        levels=LEVEL_WORDS,
        today=clock.today(),
        most=courses.MOST_LISTED,
        may_file=may(actor, Right.CLASS_FILE),
    )


@get("/courses.csv", include_in_schema=False, right=Right.CLASS_READ)
async def courses_csv(request: Asked, wanted: FromQuery[str] = "", chosen: StateQuery = "") -> Response[bytes]:
    found = await courses.list_courses(current_actor(request), wanted=wanted, state=chosen)
    rows = (
        (
            *(head.course_no, content.title, head.organisation_name, content.item, content.occupation),
            *(LEVEL_WORDS.get(content.level or "", ""), content.enterprise, STATE_WORDS[head.state], head.version),
            *(head.submitted_on, head.approved_on, head.decide_by),
        )
        for head, content in found
    )
    return csv_download(LIST_HEADER, rows, filename="课程备案.csv")


@get("/courses/new", include_in_schema=False, right=Right.CLASS_FILE)
async def new_course_page(request: Asked) -> Template:
    return await _form(request, CourseForm())


async def _read(request: Asked, form: CourseForm) -> CourseContent:
    actor, clock = current_actor(request), clock_of(request)
    minutes = await courses.hour_minutes(actor, clock=clock)
    return content_of(form, hour_minutes=minutes, teachers=await courses.teachers_of(actor, clock=clock))


@post("/courses", include_in_schema=False, right=Right.CLASS_FILE)
async def enter_act(request: Asked, data: URLEncodedBody[CourseForm]) -> Template | Redirect:
    try:
        number = await courses.save_course(current_actor(request), await _read(request, data), clock=clock_of(request))
    except Refusal as refusal:
        return await _form(request, data, refusal=refusal)
    return Redirect(f"/courses/{number}", status_code=SEE_OTHER)


@get("/courses/{course_no:str}/edit", include_in_schema=False, right=Right.CLASS_FILE)
async def edit_page(request: Asked, course_no: FromPath[str]) -> Template:
    shown = await courses.show_course(current_actor(request), course_no, clock=clock_of(request))
    return await _form(request, _typed(shown.versions[0].content, shown.facts.figures.hour_minutes), course_no=course_no)


@post("/courses/{course_no:str}/edit", include_in_schema=False, right=Right.CLASS_FILE)
async def edit_act(request: Asked, course_no: FromPath[str], data: URLEncodedBody[CourseForm]) -> Template | Redirect:
    """The next version of a draft, or a change of an approved course."""
    actor, clock = current_actor(request), clock_of(request)
    try:
        shown = await courses.show_course(actor, course_no, clock=clock)
        content = await _read(request, data)
        if CourseAct.CHANGE in MOVES[shown.head.state]:
            await courses.change_course(actor, course_no, content, clock=clock)
        else:
            await courses.save_course(actor, content, course_no=course_no, clock=clock)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _form(request, data, course_no=course_no, refusal=refusal)
    return Redirect(f"/courses/{course_no}", status_code=SEE_OTHER)


async def _one(request: Asked, course_no: str, *, refusal: Refusal | None = None) -> Template:
    actor, clock = current_actor(request), clock_of(request)
    shown = await courses.show_course(actor, course_no, clock=clock)
    state, versions = shown.head.state, shown.versions
    minutes, names = shown.facts.figures.hour_minutes, {each.id: each.name for each in shown.facts.training.teachers}
    return page(
        "courses/course.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        shown=shown,
        head=shown.head,
        content=versions[0].content,
        state_words=STATE_WORDS[state],
        hours=lambda value: hours_words(value, minutes),
        teachers=[names.get(key, "已停用的教师") for key in versions[0].content.teachers],
        changes={after.version: changed_words(before.content, after.content) for after, before in pairwise(versions)},
        decisions=DECISION_WORDS,
        class_states=CLASS_STATE_WORDS,
        levels=LEVEL_WORDS,
        acts=set(MOVES[state]) if may(actor, Right.CLASS_FILE) else set(),
        may_decide=may(actor, Right.CLASS_DECIDE) and CourseAct.APPROVE in MOVES[state],
        same_person=bool(versions[0].hands & actor.hands),
        today=clock.today(),
        waiting=state in {CourseState.SUBMITTED, CourseState.CHANGING},
    )


@get("/courses/{course_no:str}", include_in_schema=False, right=Right.CLASS_READ)
async def course_page(request: Asked, course_no: FromPath[str]) -> Template:
    return await _one(request, course_no)


async def _acted(request: Asked, course_no: str, act: Callable[[], Awaitable[object]]) -> Template | Redirect:
    """Do an act and show the course again; a refusal is told on its page."""
    try:
        await act()
    except NotFound:
        raise
    except Refusal as refusal:
        return await _one(request, course_no, refusal=refusal)
    return Redirect(f"/courses/{course_no}", status_code=SEE_OTHER)


@post("/courses/{course_no:str}/act", include_in_schema=False, right=Right.CLASS_FILE)
async def file_act(request: Asked, course_no: FromPath[str], data: URLEncodedBody[ActForm]) -> Template | Redirect:
    """Submit, withdraw, end."""
    actor, clock = current_actor(request), clock_of(request)

    async def act() -> None:
        if data.act == CourseAct.SUBMIT:
            await courses.submit_course(actor, course_no, clock=clock)
        elif data.act == CourseAct.WITHDRAW:
            await courses.withdraw_course(actor, course_no, clock=clock)
        elif data.act == CourseAct.END:
            await courses.end_course(actor, course_no, reason=data.reason, clock=clock)
        else:
            await courses.show_course(actor, course_no, clock=clock)
            raise CourseRefused("没有这一步办理，请从页面上的按钮重新办理。")

    return await _acted(request, course_no, act)


@post("/courses/{course_no:str}/decide", include_in_schema=False, right=Right.CLASS_DECIDE)
async def decide_act(request: Asked, course_no: FromPath[str], data: URLEncodedBody[ActForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    approve = data.act == CourseAct.APPROVE
    return await _acted(
        request,
        course_no,
        lambda: courses.decide_course(actor, course_no, version=data.version, approve=approve, opinion=data.reason, clock=clock),
    )


@get("/courses/{course_no:str}/modules.csv", include_in_schema=False, right=Right.CLASS_READ)
async def modules_csv(request: Asked, course_no: FromPath[str]) -> Response[bytes]:
    shown = await courses.show_course(current_actor(request), course_no, clock=clock_of(request))
    minutes = shown.facts.figures.hour_minutes
    rows = (
        (
            *(number, each.name, hours_words(each.theory_minutes, minutes), hours_words(each.practice_minutes, minutes)),
            *(hours_words(each.online_minutes, minutes), hours_words(each.safety_minutes, minutes), each.content),
        )
        for number, each in enumerate(shown.versions[0].content.modules, start=1)
    )
    return csv_download(MODULE_HEADER, rows, filename=f"课程模块-{course_no}.csv")


def course_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[
            *(courses_page, courses_csv, new_course_page, enter_act, course_page, edit_page, edit_act, file_act, decide_act),
            modules_csv,
        ],
    )
