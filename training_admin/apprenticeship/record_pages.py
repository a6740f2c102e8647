"""Pages of 学徒每月记录: how far programmes are told, a month as one table, its history, the workbook out and in."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, MultipartBody
from litestar.response import Redirect, Template

from training_admin.apprenticeship import record_intake, record_keeping
from training_admin.apprenticeship.facts import MonthDone
from training_admin.apprenticeship.own_voices import confirmations
from training_admin.apprenticeship.record_facts import (
    CONTRADICTION_WORDS,
    FIELD_WORDS,
    FIELDS_OF,
    RECORD_DUE_DAY,
    SIDE_WORDS,
    WAY_WORDS,
    Field,
    Side,
    teller_name,
    values_of,
)
from training_admin.apprenticeship.record_keeping import CellShown, RecordRefused, Settled, told_fields
from training_admin.apprenticeship.record_reading import NEGATIVE, NEGATIVE_SENTENCE, value_of
from training_admin.catalog.filing_intake import LARGEST
from training_admin.kit import wording
from training_admin.kit.money import yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.workbook.cells import SENTENCES
from training_admin.kit.workbook.sheet import Cell, Kind
from training_admin.office.marked_pages import problem_of_upload
from training_admin.web import RowKey, clock_of, csv_download, current_actor, download, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
FORM_MARGIN = 64 * 1024
AT = "/programmes/{number:str}/months"
# The name under which the room that claims says which programmes are settled; without it none is.
SETTLED = "programmes_settled"
LIST_HEADER = (
    "学徒班编号",
    "企业",
    "培训机构",
    "月份",
    "应登记人数",
    "企业未登记人数",
    "培训机构未登记人数",
    "最迟登记日",
    "逾期",
    "矛盾处数",
)
MONTH_HEADER = ("序号", "姓名", "证件号码", *FIELD_WORDS.values(), "矛盾", "登记次数", "最近登记", "登记时间")
HISTORY_HEADER = ("第几次", *FIELD_WORDS.values(), "方式", "登记人", "登记时间")
SHORT = dict(zip(Field, ("通用素质", "专业基础", "其中线上", "操作技能", "导师带教", "实发工资"), strict=True))
WORDS: dict[str, Any] = {
    "short": SHORT,
    "sides": SIDE_WORDS,
    "fields": FIELD_WORDS,
    "fields_of": FIELDS_OF,
    "contradictions": CONTRADICTION_WORDS,
    "ways": WAY_WORDS,
    "teller": teller_name,
    "due_day": RECORD_DUE_DAY,
}


class RecordUpload(msgspec.Struct, frozen=True):
    """A filled-in workbook."""

    file: UploadFile | None = None


def settled_of(request: Asked) -> Settled | None:
    """What says which programmes are settled, if anything does."""
    found: Settled | None = request.app.state.get(SETTLED)
    return found


def shown_value(field: Field, value: int | None) -> str:
    """A value as it stands in a table and in a form, "" for nothing."""
    if value is None:
        return ""
    return yuan(value) if field is Field.WAGE else wording.hundredths(value).replace(",", "")


def shown_values(done: MonthDone | None, sides: Iterable[Side]) -> dict[Field, str]:
    """The values that some sides have told of a month, as texts."""
    values = {} if done is None else values_of(done, sides)
    return {field: shown_value(field, values.get(field)) for field in Field}


async def _list(request: Asked, *, problem: Mapping[str, Any] | None = None, status: int = HTTPStatus.OK, done: str = "") -> Template:
    actor, clock = current_actor(request), clock_of(request)
    found = await record_keeping.list_months(actor, clock=clock)
    months = sorted({each.month for one in found for each in one.states})
    return page(
        "apprenticeship/records.html",
        status_code=status,
        problem=problem,
        done=done,
        found=found,
        months=months,
        may_tell=any(each.sides for each in found),
        words=WORDS,
    )


@get("/programme-records", include_in_schema=False, right=Right.PROGRAMME_READ)
async def records_page(request: Asked) -> Template:
    return await _list(request)


@get("/programme-records.csv", include_in_schema=False, right=Right.PROGRAMME_READ)
async def records_csv(request: Asked) -> Response[bytes]:
    found = await record_keeping.list_months(current_actor(request), clock=clock_of(request))
    rows = (
        (
            *(one.head.number, one.head.enterprise_name, one.head.institution_name, each.month, each.expected),
            *(each.missing[Side.ENTERPRISE], each.missing[Side.INSTITUTION], each.due, wording.yes_no(each.late)),
            one.found.get(each.month, 0),
        )
        for one in found
        for each in one.states
    )
    return csv_download(LIST_HEADER, rows, filename="学徒每月记录.csv")


@get("/programme-records.xlsx", include_in_schema=False, right=Right.PROGRAMME_RECORD)
async def records_xlsx(
    request: Asked, first: FromQuery[str] = "", last: FromQuery[str] = "", number: FromQuery[str] = ""
) -> Response[bytes] | Template:
    try:
        content = await record_intake.give_workbook(
            current_actor(request), first=first, last=last, number=number or None, clock=clock_of(request), settled=settled_of(request)
        )
    except RecordRefused as refusal:
        return await _list(request, problem=refusal.problem(), status=refusal.status)
    return download(content, filename=f"学徒每月记录-{first}-{last}.xlsx")


@post("/programme-records", include_in_schema=False, right=Right.PROGRAMME_RECORD, status_code=HTTPStatus.OK)
async def records_act(request: Asked, data: MultipartBody[RecordUpload]) -> Template:
    content = b"" if data.file is None else await data.file.read()
    try:
        if not content:
            raise RecordRefused("请先选择填写好的工作簿（.xlsx）。", errors=[])
        told, new = await record_intake.import_workbook(
            current_actor(request), content, clock=clock_of(request), settled=settled_of(request)
        )
    except Refusal as refusal:
        problem = problem_of_upload(request, refusal, content, filename="学徒每月记录-标注.xlsx")
        return await _list(request, problem=problem, status=refusal.status)
    return await _list(request, done=f"已读取 {told} 人月的记录，新登记或更正 {new} 条。")


@get(AT, include_in_schema=False, right=Right.PROGRAMME_READ)
async def months_page(request: Asked, number: FromPath[str]) -> Template:
    found = await record_keeping.programme_months(current_actor(request), number, clock=clock_of(request))
    told = await confirmations(found.head.id)
    return page("apprenticeship/months.html", found=found, head=found.head, told=told, words=WORDS)


async def _month(
    request: Asked, number: str, month: str, *, refusal: Refusal | None = None, typed: Mapping[str, Any] | None = None, done: str = ""
) -> Template:
    shown = await record_keeping.show_month(current_actor(request), number, month, clock=clock_of(request), settled=settled_of(request))
    fields = told_fields(shown.sides, FIELDS_OF)
    given = {
        f"{field}-{each.one.serial}": shown_values(None if each.record is None else each.record.done, told_sides(each, shown.sides))[field]
        for each in shown.people
        for field in fields
    }
    return page(
        "apprenticeship/month.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        done=done,
        shown=shown,
        head=shown.head,
        fields=fields if shown.open else (),
        typed=given if typed is None else {key: str(typed.get(key, "")) for key in given},
        values=[shown_values(None if each.record is None else each.record.done, told_sides(each, tuple(Side))) for each in shown.people],
        words=WORDS,
    )


def told_sides(each: CellShown, sides: Iterable[Side]) -> set[Side]:
    """Which of some sides have told a month."""
    return set() if each.record is None else set(sides) & each.record.sides


@get(AT + "/{month:str}", include_in_schema=False, right=Right.PROGRAMME_READ)
async def month_page(request: Asked, number: FromPath[str], month: FromPath[str], done: FromQuery[str] = "") -> Template:
    words = f"已保存，新登记或更正 {int(done)} 人。" if done.isascii() and done.isdecimal() else ""
    return await _month(request, number, month, done=words)


def told_of(form: Mapping[str, Any], fields: Iterable[Field], people: Iterable[CellShown]) -> dict[int, dict[Field, int]]:
    """What a form tells, by serial; rows without anything are left out. Raises RecordRefused listing what is no number."""
    told: dict[int, dict[Field, int]] = {}
    errors = []
    for each in people:
        serial = each.one.serial
        for field in fields:
            text = str(form.get(f"{field}-{serial}", "")).strip()
            if not text:
                continue
            value = value_of(field)(Cell(1, Kind.TEXT, text, formula=False))
            if value is None or value == NEGATIVE:
                sentence = SENTENCES["MONEY" if field is Field.WAGE else "NUMBER"] if value is None else NEGATIVE_SENTENCE
                errors.append(f"{serial} {each.one.name}，{FIELD_WORDS[field]}：{sentence}")
            else:
                told.setdefault(serial, {})[field] = value
    if errors:
        raise record_keeping.refused(errors)
    return told


def _seen(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= len("999999999") else -1


@post(AT + "/{month:str}", include_in_schema=False, right=Right.PROGRAMME_RECORD)
async def month_act(request: Asked, number: FromPath[str], month: FromPath[str]) -> Template | Redirect:
    actor, clock, form = current_actor(request), clock_of(request), await request.form()
    shown = await record_keeping.show_month(actor, number, month, clock=clock)
    try:
        told = told_of(form, told_fields(shown.sides, FIELDS_OF), shown.people)
        new = await record_keeping.save_month(
            actor, number, month, told, seen=_seen(str(form.get("seen", ""))), clock=clock, settled=settled_of(request)
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return await _month(request, number, month, refusal=refusal, typed=form)
    return Redirect(f"{AT.replace('{number:str}', number)}/{month}?done={new}", status_code=SEE_OTHER)


@get(AT + "/{month:str}/table.csv", include_in_schema=False, right=Right.PROGRAMME_READ)
async def month_csv(request: Asked, number: FromPath[str], month: FromPath[str]) -> Response[bytes]:
    shown = await record_keeping.show_month(current_actor(request), number, month, clock=clock_of(request))
    rows = (
        (
            *(each.one.serial, each.one.name, each.masked),
            *shown_values(None if each.record is None else each.record.done, told_sides(each, tuple(Side))).values(),
            "；".join(CONTRADICTION_WORDS[one] for one in each.contradictions),
            *((0, "", "") if each.record is None else (each.record.place, teller_name(each.record.teller), wording.moment(each.record.at))),
        )
        for each in shown.people
    )
    return csv_download(MONTH_HEADER, rows, filename=f"学徒每月记录-{number}-{month}.csv")


@get(AT + "/{month:str}/history/{serial:int}", include_in_schema=False, right=Right.PROGRAMME_READ)
async def history_page(request: Asked, number: FromPath[str], month: FromPath[str], serial: FromPath[RowKey]) -> Template:
    head, one, found = await record_keeping.month_history(current_actor(request), number, month, serial)
    return page(
        "apprenticeship/month_history.html",
        head=head,
        one=one,
        month=month,
        found=[(each, shown_values(each.done, tuple(Side))) for each in found],
        words=WORDS,
    )


@get(AT + "/{month:str}/history/{serial:int}/table.csv", include_in_schema=False, right=Right.PROGRAMME_READ)
async def history_csv(request: Asked, number: FromPath[str], month: FromPath[str], serial: FromPath[RowKey]) -> Response[bytes]:
    _head, _one, found = await record_keeping.month_history(current_actor(request), number, month, serial)
    rows = (
        (each.place, *shown_values(each.done, tuple(Side)).values(), WAY_WORDS[each.way], teller_name(each.teller), wording.moment(each.at))
        for each in found
    )
    return csv_download(HISTORY_HEADER, rows, filename=f"学徒每月记录-{number}-{month}-{serial}.csv")


def record_pages() -> Router:
    """The pages of this file; a workbook handed in may be large."""
    return Router(
        "/",
        route_handlers=[
            *(
                records_page,
                records_csv,
                records_xlsx,
                records_act,
                months_page,
                month_page,
                month_act,
                month_csv,
                history_page,
                history_csv,
            ),
        ],
        request_max_body_size=LARGEST + FORM_MARGIN,
    )
