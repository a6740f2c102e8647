"""Pages and API of audit files: ordering a workbook or a data package, its progress, taking it out."""

from datetime import date
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, JSONBody, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.accounts.link_pages import link_address
from training_admin.accounts.proofs import PROOF_WORDS, CodeHeader, proven
from training_admin.audit import ordering
from training_admin.audit.file_store import FILE_WORDS, Ordered
from training_admin.audit.ordering import OrderRefused, filed_under, wanted_of
from training_admin.fund.page_forms import asked
from training_admin.kit.actor import StepUpNeeded
from training_admin.kit.money import yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.office.idempotency import under_key
from training_admin.office.request_keys import KeyHeader
from training_admin.web import clock_of, current_actor, download, page, problems

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
STATE_WORDS = {"waiting": "等待生成", "running": "正在生成", "done": "可下载", "refused": "未能生成", "expired": "已过期删除"}


class OrderForm(msgspec.Struct, frozen=True):
    """What is to be made, as typed."""

    kind: str = "workbook"
    start: str = ""
    end: str = ""
    organisation: str = ""
    number: str = ""
    public: str = ""
    people: str = ""
    idempotency_key: str = ""


class OrderAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be made: a claim by its number, or the claims submitted from `start` to `end`."""

    kind: str
    start: date | None = None
    end: date | None = None
    organisation: str = ""
    number: str = ""
    public: bool = False
    people: bool = False


class OrderTold(msgspec.Struct, frozen=True):
    """An order as the API tells it; sums in yuan by table."""

    number: str
    kind: str
    conditions: str
    state: str
    done: int
    total: int
    file_number: str | None
    sha256: str | None
    size: int | None
    rows: dict[str, int]
    sums: dict[str, dict[str, str]]


def _told(found: Ordered) -> OrderTold:
    made = found.receipt
    return OrderTold(
        *(found.number, found.kind.value, found.conditions, found.state, found.done, found.total),
        *(None if made is None else made.file_number, found.sha256, found.size),
        {} if made is None else made.rows,
        {} if made is None else {sheet: {name: yuan(fen) for name, fen in sums.items()} for sheet, sums in made.totals.items()},
    )


def _typed_day(text: str, what: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise OrderRefused(f"{what}应为年-月-日，如 2026-06-01。") from None


async def _list(request: Asked, form: OrderForm, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    return page(
        "audit/files.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        found=await ordering.list_orders(actor),
        states=STATE_WORDS,
        kinds={kind.value: words for kind, words in FILE_WORDS.items()},
        form=form,
        stepped_up=actor.stepped_up,
        kept=ordering.KEPT.days,
    )


@get("/audit/files", include_in_schema=False, right=Right.AUDIT_EXPORT)
async def files_page(request: Asked) -> Template:
    today = clock_of(request).today()
    return await _list(request, OrderForm(start=f"{today.year}-01-01", end=today.isoformat()))


@post("/audit/files", include_in_schema=False, right=Right.AUDIT_EXPORT)
async def order_act(request: Asked, data: URLEncodedBody[OrderForm]) -> Template | Redirect:
    try:
        wanted = wanted_of(
            start=_typed_day(data.start, "申报日期起"),
            end=_typed_day(data.end, "申报日期止"),
            organisation=data.organisation.strip(),
            number=data.number.strip(),
            public=bool(data.public),
            people=bool(data.people),
            address=link_address(request, ""),
        )
        with under_key(data.idempotency_key, asked(request, data)):
            number = await ordering.order_file(current_actor(request), filed_under(data.kind), wanted, clock=clock_of(request))
    except Refusal as refusal:
        return await _list(request, data, refusal)
    return Redirect(f"/audit/files/{number}", status_code=SEE_OTHER)


async def _shown(request: Asked, number: str, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    return page(
        "audit/file.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        one=await ordering.show_order(actor, number),
        states=STATE_WORDS,
        stepped_up=actor.stepped_up,
        kept=ordering.KEPT.days,
    )


@get("/audit/files/{number:str}", include_in_schema=False, right=Right.AUDIT_EXPORT)
async def file_page(request: Asked, number: FromPath[str]) -> Template:
    return await _shown(request, number)


@post("/audit/files/{number:str}/content", include_in_schema=False, status_code=200, right=Right.AUDIT_EXPORT)
async def take_out_act(request: Asked, number: FromPath[str]) -> Response[bytes] | Template:
    """A POST, because taking the file out is told in the trail."""
    try:
        return await _taken(request, number)
    except (NotFound, StepUpNeeded):
        raise
    except Refusal as refusal:
        return await _shown(request, number, refusal)


async def _taken(request: Asked, number: str, code: str = "") -> Response[bytes]:
    actor = await proven(request, code)
    found, content = await ordering.take_out(actor, number, clock=clock_of(request))
    return download(content, filename=found.filename, media_type=ordering.TYPES[found.kind])


@post(
    "/audit-files",
    operation_id="order_audit_file",
    summary="导出审计工作簿或审计数据包",
    description="kind 为 workbook 或 package；给出申报编号，或申报日期起止（可限一家单位）。由后台生成，用返回的编号查进度、取文件。"
    f"公示版以外：{PROOF_WORDS}",
    tags=["审计"],
    status_code=202,
    responses=problems(400, 403, 404, 409, 422),
    right=Right.AUDIT_EXPORT,
)
async def order_audit_file(request: Asked, data: JSONBody[OrderAsked], key: KeyHeader, code: CodeHeader = "") -> OrderTold:
    wanted = wanted_of(
        start=data.start,
        end=data.end,
        organisation=data.organisation,
        number=data.number,
        public=data.public,
        people=data.people,
        address=link_address(request, ""),
    )
    actor = await proven(request, code)
    with under_key(key, asked(request, data)):
        number = await ordering.order_file(actor, filed_under(data.kind), wanted, clock=clock_of(request))
    return _told(await ordering.show_order(actor, number))


@get(
    "/audit-files/{number:str}",
    operation_id="show_audit_file",
    summary="查看导出进度",
    tags=["审计"],
    responses=problems(403, 404),
    right=Right.AUDIT_EXPORT,
)
async def show_audit_file(request: Asked, number: FromPath[str]) -> OrderTold:
    return _told(await ordering.show_order(current_actor(request), number))


@post(
    "/audit-files/{number:str}/content",
    operation_id="take_out_audit_file",
    summary="取出已生成的文件",
    description=f"每次取出记入操作记录。公示版以外：{PROOF_WORDS}",
    tags=["审计"],
    status_code=200,
    media_type="application/octet-stream",
    responses=problems(403, 404, 409, 422),
    right=Right.AUDIT_EXPORT,
)
async def take_out_audit_file(request: Asked, number: FromPath[str], code: CodeHeader = "") -> Response[bytes]:
    return await _taken(request, number, code)


def file_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[files_page, order_act, file_page, take_out_act])


def file_api() -> Router:
    """The operations of this file."""
    return Router("/", route_handlers=[order_audit_file, show_audit_file, take_out_audit_file])
