"""The page of 重算核对 for auditors, and the same as JSON."""

from datetime import date
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from training_admin.audit.replaying import ReplayAsked, ReplayRefused, ReplayShown, replay
from training_admin.kit.money import yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.subsidy.explain import OUTCOME_WORDS
from training_admin.web import MOST_RECORDS, PlaceQuery, clock_of, csv_download, current_actor, page, problems, shanghai_iso

Asked = Request[Any, Any, Any]
WORDS = {"": "（无此行）", **{each.value: words for each, words in OUTCOME_WORDS.items()}}
HEADER = ("花名册行", "班级", "类别", "开班月", "所存结论", "重算结论", "所存应发（元）", "重算应发（元）")


class ReplayedLine(msgspec.Struct, frozen=True):
    """A row that comes out otherwise; amounts in fen."""

    row: int
    class_no: str
    stored_outcome: str
    computed_outcome: str
    stored_fen: int
    computed_fen: int


class ReplayAnswer(msgspec.Struct, frozen=True):
    """A decision computed again: both digests, and the rows that differ. Amounts in fen, None while unknown."""

    number: str
    place: int
    known_at: str
    equal: bool
    stored_sha256: str
    computed_sha256: str
    stored_fen: int | None
    computed_fen: int | None
    rows: int
    lines: tuple[ReplayedLine, ...]


def _asked(place: str, on: str) -> ReplayAsked:
    """The question of a form; raises ReplayRefused."""
    try:
        day = date.fromisoformat(on) if on else None
    except ValueError:
        raise ReplayRefused("日期无法识别，请按 2026-03-05 的写法填写。") from None
    if place and not (place.isascii() and place.isdecimal() and 0 < int(place[:6]) <= MOST_RECORDS):
        raise ReplayRefused("请从列表选择要重算的核验记录。")
    return ReplayAsked(int(place) if place else None, day)


@get("/claims/{number:str}/replay", include_in_schema=False, right=Right.AUDIT_EXPORT)
async def replay_page(request: Asked, number: FromPath[str], place: FromQuery[str] = "", on: FromQuery[str] = "") -> Template:
    actor, clock = current_actor(request), clock_of(request)
    problem: Refusal | None = None
    try:
        shown = await replay(actor, number, _asked(place, on), clock=clock)
    except NotFound:
        raise
    except Refusal as refusal:
        problem = refusal
        shown = await replay(actor, number, ReplayAsked(), clock=clock)
    return page(
        "audit/replay.html",
        status_code=HTTPStatus.OK if problem is None else problem.status,
        problem=None if problem is None else problem.problem(),
        shown=shown,
        on=on if problem is None else "",
        words=WORDS,
        today=clock.today(),
    )


@get("/claims/{number:str}/replay.csv", include_in_schema=False, right=Right.AUDIT_EXPORT)
async def replay_csv(request: Asked, number: FromPath[str], place: FromQuery[str] = "", on: FromQuery[str] = "") -> Response[bytes]:
    shown = await replay(current_actor(request), number, _asked(place, on), clock=clock_of(request))
    rows = (
        (
            *(each.row, each.class_no, each.stream, each.month),
            WORDS[each.before],
            WORDS[each.after],
            yuan(each.before_fen),
            yuan(each.after_fen),
        )
        for each in shown.lines
    )
    return csv_download(HEADER, rows, filename=f"{number}-重算核对.csv")


@get(
    "/claims/{number:str}/replay",
    operation_id="replay_claim",
    summary="重算一份核验记录",
    description="按该次核验当时（或 on 所给日期终了时）已知的规则和事实重算，给出两个校验值和有差异的行；不写入任何内容。",
    tags=["审计"],
    responses=problems(400, 404, 422),
    right=Right.AUDIT_EXPORT,
)
async def replay_claim(request: Asked, number: FromPath[str], place: PlaceQuery = None, on: FromQuery[date | None] = None) -> ReplayAnswer:
    return _answer(await replay(current_actor(request), number, ReplayAsked(place, on), clock=clock_of(request)))


def _answer(shown: ReplayShown) -> ReplayAnswer:
    return ReplayAnswer(
        number=shown.number,
        place=shown.place,
        known_at=shanghai_iso(shown.known_at),
        equal=shown.equal,
        stored_sha256=shown.stored_sha256,
        computed_sha256=shown.computed_sha256,
        stored_fen=shown.stored_fen,
        computed_fen=shown.computed_fen,
        rows=shown.rows,
        lines=tuple(
            ReplayedLine(each.row, each.class_no, each.before, each.after, each.before_fen, each.after_fen) for each in shown.lines
        ),
    )


def replay_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[replay_page, replay_csv])
