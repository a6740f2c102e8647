"""Pages of 操作留痕: who did what when, with filters; one row with its proof; a list to keep."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, QueryParameter, URLEncodedBody
from litestar.response import Template

from training_admin.kit.digest import canonical_json
from training_admin.kit.rights import Right
from training_admin.office.heads import SignedHead
from training_admin.office.trail_list import (
    MOST_LISTED,
    FilterRefused,
    ShownRow,
    TrailFilter,
    TrailPage,
    list_to_keep,
    read_trail,
    trail_row,
)
from training_admin.office.trail_words import events_by_room
from training_admin.web import clock_of, csv_download, current_actor, page, row_cursor, shanghai_iso

Asked = Request[Any, Any, Any]
SHOWN = 50
LARGEST_NUMBER = 2**62
HEADER = ("行号", "时间", "办理人", "操作", "操作代码", "编号", "内容", "前一行摘要", "本行摘要")
WordQuery = Annotated[str, QueryParameter(max_length=120)]


class TrailForm(msgspec.Struct, frozen=True):
    """The filter of a list to keep, as a form."""

    actor: str = ""
    event: str = ""
    subject: str = ""
    start: str = ""
    end: str = ""


@get("/trail", include_in_schema=False)
async def trail_page(
    request: Asked,
    actor: WordQuery = "",
    event: WordQuery = "",
    subject: WordQuery = "",
    start: FromQuery[str] = "",
    end: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Template:
    given, who, clock = TrailFilter(actor, event, subject, start, end), current_actor(request), clock_of(request)
    try:
        shown = await read_trail(who, given, before=row_cursor(cursor) or None, limit=SHOWN, clock=clock)
    except FilterRefused as refusal:
        return _list(TrailPage([], None, None), given, status_code=refusal.status, problem=refusal.problem())
    return _list(shown, given, cursor=cursor)


def _list(shown: TrailPage, given: TrailFilter, *, status_code: int = 200, **more: Any) -> Template:
    return page(
        "trail/list.html",
        status_code=status_code,
        shown=shown,
        given=given,
        rooms=events_by_room(),
        most=MOST_LISTED,
        **{"cursor": None, "problem": None, **more},
    )


@get("/trail/{number:int}", include_in_schema=False)
async def trail_row_page(request: Asked, number: FromPath[int]) -> Template:
    proof = await trail_row(current_actor(request), max(0, min(number, LARGEST_NUMBER)))
    return page("trail/row.html", proof=proof, row=proof.row, detail=_items(proof.row.detail))


def _items(detail: dict[str, Any]) -> list[tuple[str, str]]:
    return [(key, value if isinstance(value, str) else canonical_json(value).decode()) for key, value in detail.items()]


@post("/trail/list", include_in_schema=False)
async def trail_list_act(request: Asked, data: URLEncodedBody[TrailForm]) -> Response[bytes] | Template:
    """A list to keep is an act: it stands in the trail itself, therefore it is asked for by a form."""
    given = TrailFilter(data.actor, data.event, data.subject, data.start, data.end)
    try:
        kept = await list_to_keep(current_actor(request), given, clock=clock_of(request))
    except FilterRefused as refusal:
        return _list(TrailPage([], None, None), given, status_code=refusal.status, problem=refusal.problem())
    rows: list[tuple[object, ...]] = [_cells(row) for row in kept.rows]
    if kept.following is not None:
        rows.append((f"仅列出最新 {MOST_LISTED} 行，更早的请缩小筛选范围后另行导出",))
    rows.append((_head_words(kept.head),))
    return csv_download(HEADER, rows, filename="操作留痕清单.csv")


def _head_words(head: SignedHead | None) -> str:
    return "没有末行记录" if head is None else f"导出时的末行：{head.words}"


def _cells(row: ShownRow) -> tuple[object, ...]:
    at = "" if row.at is None else shanghai_iso(row.at)
    detail = canonical_json(row.detail).decode()
    return (row.number, at, row.actor, row.words, row.event, row.subject, detail, row.previous_hash, row.hash)


def trail_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[trail_page, trail_row_page, trail_list_act], opt={"right": Right.TRAIL_READ})
