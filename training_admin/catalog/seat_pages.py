"""Pages of 集中培训班: open seats for everybody, a firm's request, and the answer of whoever runs the class."""

from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.catalog import seats
from training_admin.catalog.class_facts import SPLIT_WORDS, clock_text
from training_admin.catalog.class_pages import acted
from training_admin.catalog.facts import LEVEL_WORDS
from training_admin.catalog.filing import FilingRefused, show_class
from training_admin.catalog.pool_screens import POOL_HEADER, pool_rows, pool_shown
from training_admin.kit.actor import may
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.web import clock_of, csv_download, current_actor, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
HEADER = ("班级编号", "班期名称", "办班单位", "项目编码", "职业编码", "开班日期", "结业日期", "席位", "剩余席位")


class SeatForm(msgspec.Struct, frozen=True):
    """A firm's request for seats."""

    class_no: str = ""
    people: str = ""
    words: str = ""


class AnswerForm(msgspec.Struct, frozen=True):
    """The answer to a firm."""

    enterprise: str = ""
    act: str = ""
    reason: str = ""


@get("/open-classes", include_in_schema=False, public=True)
async def open_page(request: Asked) -> Template:
    return page("classes/open.html", found=await seats.list_open(clock=clock_of(request)), levels=LEVEL_WORDS, most=seats.MOST_OPEN)


@get("/open-classes.csv", include_in_schema=False, public=True)
async def open_csv(request: Asked) -> Response[bytes]:
    found = await seats.list_open(clock=clock_of(request))
    rows = (
        (
            *(each.class_no, each.content.title, each.organisation_name, each.content.item, each.content.occupation),
            *(each.start, each.end, each.seats, each.left),
        )
        for each in found
    )
    return csv_download(HEADER, rows, filename="集中培训班.csv")


async def _open_one(request: Asked, class_no: str, *, refusal: Refusal | None = None, data: SeatForm | None = None) -> Template:
    actor = current_actor(request)
    return page(
        "classes/open_one.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        shown=await seats.show_open(actor, class_no, clock=clock_of(request)),
        typed=data or SeatForm(),
        may_ask=may(actor, Right.PLAN_EDIT) and actor.organisation is not None,
        clock_text=clock_text,
        levels=LEVEL_WORDS,
        splits=SPLIT_WORDS,
        request_words=seats.REQUEST_WORDS,
    )


@get("/open-classes/{class_no:str}", include_in_schema=False, public=True)
async def open_class_page(request: Asked, class_no: FromPath[str]) -> Template:
    return await _open_one(request, class_no)


@post("/open-classes", include_in_schema=False, right=Right.PLAN_EDIT)
async def ask_act(request: Asked, data: URLEncodedBody[SeatForm]) -> Template | Redirect:
    people = data.people.strip()
    if not data.class_no:
        raise FilingRefused("请从“集中培训班”列表选择班级后再申请席位。")
    try:
        if not (people.isdecimal() and people.isascii() and 0 < int(people) <= seats.MOST_PEOPLE):
            raise FilingRefused(f"席位数应为 1 至 {seats.MOST_PEOPLE} 的整数。")
        await seats.ask_for_seats(current_actor(request), data.class_no, people=int(people), words=data.words, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _open_one(request, data.class_no, refusal=refusal, data=data)
    return Redirect(f"/open-classes/{data.class_no}", status_code=SEE_OTHER)


@post("/classes/{class_no:str}/seats", include_in_schema=False, right=Right.CLASS_FILE)
async def answer_act(request: Asked, class_no: FromPath[str], data: URLEncodedBody[AnswerForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    return await acted(
        request,
        class_no,
        lambda: seats.answer_seats(actor, class_no, data.enterprise, agree=data.act == "agree", words=data.reason, clock=clock),
    )


@get("/classes/{class_no:str}/pool.csv", include_in_schema=False, right=Right.CLASS_READ)
async def pool_csv(request: Asked, class_no: FromPath[str]) -> Response[bytes]:
    """Firms with their part and number, and what they asked for; empty for a class without pool."""
    actor = current_actor(request)
    shown = await show_class(actor, class_no, clock=clock_of(request))
    pool = await pool_shown(actor, shown)
    return csv_download(POOL_HEADER, [] if pool is None else pool_rows(pool), filename=f"集中培训-{class_no}.csv")


def seat_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[open_page, open_csv, open_class_page, ask_act, answer_act, pool_csv])
