"""Pages of 培训需求: what enterprises need, and for the offices where the catalog lags behind it."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.catalog import demands
from training_admin.catalog.demand_facts import STATE_WORDS, LagRow
from training_admin.catalog.demands import DemandRefused, Wanted
from training_admin.catalog.facts import LEVEL_WORDS
from training_admin.kit.actor import may
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.web import MOST_ROWS, clock_of, csv_download, current_actor, page, row_cursor

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
SHOWN = 25
# The width of the picture of the report, in units of its drawing.
WHOLE = 1000
LIST_HEADER = (
    *("编号", "企业", "统一社会信用代码", "行业", "培训内容", "职业编码", "等级", "目录项目", "人数", "希望完成日期", "说明", "提出日期"),
    *("状态", "满足的项目", "满足日期"),
)
LAG_HEADER = (
    *("职业或项目", "名称", "重点产业", "待满足人数", "已满足人数", "最久等待天数", "从需求到公布平均天数", "有效项目数", "本年班级数"),
    "未开班空余名额",
)
INDUSTRY_HEADER = ("行业代码", "重点产业", "有效项目数", "待满足人数", "已满足人数")
CursorQuery = Annotated[str | None, QueryParameter(max_length=9)]


class DemandForm(msgspec.Struct, frozen=True):
    """A demand, as typed."""

    title: str = ""
    occupation: str = ""
    level: str = ""
    item: str = ""
    people: str = ""
    wanted_by: str = ""
    words: str = ""


def wanted_of(form: DemandForm) -> Wanted:
    """The demand of a form; raises DemandRefused."""
    people = form.people.strip()
    try:
        wanted_by = date.fromisoformat(form.wanted_by) if form.wanted_by else None
    except ValueError:
        raise DemandRefused("希望完成的日期无法识别，请按 2026-12-31 的写法填写。") from None
    return Wanted(
        title=form.title,
        people=int(people) if people.isascii() and people.isdecimal() and len(people) <= len(str(demands.MOST_PEOPLE)) else 0,
        item=form.item.strip() or None,
        occupation=form.occupation.strip() or None,
        level=form.level or None,
        wanted_by=wanted_by,
        words=form.words,
    )


async def _list(request: Asked, *, cursor: str | None = None, typed: DemandForm | None = None, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    found, following = await demands.list_demands(actor, before=row_cursor(cursor) or None, limit=SHOWN)
    return page(
        "demands/list.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        found=found,
        following=following,
        cursor=cursor,
        typed=typed or DemandForm(),
        states=STATE_WORDS,
        levels=LEVEL_WORDS,
        may_edit=may(actor, Right.PLAN_EDIT) and actor.organisation is not None,
        own=actor.organisation,
        may_report=may(actor, Right.TOTALS_READ),
    )


@get("/demands", include_in_schema=False, right=Right.PLAN_READ)
async def demands_page(request: Asked, cursor: CursorQuery = None) -> Template:
    return await _list(request, cursor=cursor)


@get("/demands.csv", include_in_schema=False, right=Right.PLAN_READ)
async def demands_csv(request: Asked, cursor: CursorQuery = None) -> Response[bytes]:
    found, _ = await demands.list_demands(current_actor(request), before=row_cursor(cursor) or None, limit=MOST_ROWS)
    rows = (
        (
            *(each.number, each.enterprise_name, each.enterprise, each.industry, each.title, each.occupation),
            *(LEVEL_WORDS.get(each.level or "", ""), each.item, each.people, each.wanted_by, each.words, each.entered_on),
            *(STATE_WORDS[each.state], each.met_item, each.met_on),
        )
        for each in found
    )
    return csv_download(LIST_HEADER, rows, filename="培训需求.csv")


@post("/demands", include_in_schema=False, right=Right.PLAN_EDIT)
async def enter_act(request: Asked, data: URLEncodedBody[DemandForm]) -> Template | Redirect:
    try:
        await demands.enter_demand(current_actor(request), wanted_of(data), clock=clock_of(request))
    except Refusal as refusal:
        return await _list(request, typed=data, refusal=refusal)
    return Redirect("/demands", status_code=SEE_OTHER)


@post("/demands/{number:str}/withdraw", include_in_schema=False, right=Right.PLAN_EDIT)
async def withdraw_act(request: Asked, number: FromPath[str]) -> Template | Redirect:
    try:
        await demands.withdraw_demand(current_actor(request), number, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _list(request, refusal=refusal)
    return Redirect("/demands", status_code=SEE_OTHER)


def _bars(row: LagRow, most: int) -> tuple[tuple[str, int, int], ...]:
    """Class, beginning and width of the parts of a row's bar: waiting people, then those whose demand was met."""
    waiting, met = row.open_people * WHOLE // most, row.met_people * WHOLE // most
    return ("bar-HOLD", 0, waiting), ("bar-PAY", waiting, met)


@get("/catalog/lag", include_in_schema=False, right=Right.TOTALS_READ)
async def lag_page(request: Asked) -> Template:
    actor, clock = current_actor(request), clock_of(request)
    shown = await demands.show_lag(actor, clock=clock)
    most = max((row.people for row in shown.rows), default=0)
    return page(
        "demands/lag.html",
        rows=[(row, _bars(row, most) if most else ()) for row in shown.rows],
        industries=shown.industries,
        today=clock.today(),
        may_list=may(actor, Right.PLAN_READ),
    )


@get("/catalog/lag.csv", include_in_schema=False, right=Right.TOTALS_READ)
async def lag_csv(request: Asked) -> Response[bytes]:
    shown = await demands.show_lag(current_actor(request), clock=clock_of(request))
    rows = (
        (
            *(row.key, row.name, "、".join(row.industries), row.open_people, row.met_people, row.open_days, row.met_days),
            *(row.items, row.classes, row.empty_seats),
        )
        for row in shown.rows
    )
    return csv_download(LAG_HEADER, rows, filename="目录与需求对照.csv")


@get("/catalog/lag-industries.csv", include_in_schema=False, right=Right.TOTALS_READ)
async def industries_csv(request: Asked) -> Response[bytes]:
    shown = await demands.show_lag(current_actor(request), clock=clock_of(request))
    rows = ((row.code, row.name, row.items, row.open_people, row.met_people) for row in shown.industries)
    return csv_download(INDUSTRY_HEADER, rows, filename="重点产业与目录对照.csv")


def demand_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[demands_page, demands_csv, enter_act, withdraw_act, lag_page, lag_csv, industries_csv])
