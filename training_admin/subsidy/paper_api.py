"""Official papers (文书) over the API: made of a claim, listed, read as PDF or .docx, their delivery recorded."""

from datetime import date
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from training_admin.kit.actor import shown_name
from training_admin.kit.rights import Right
from training_admin.office.paper_facts import KIND_WORDS, WAY_WORDS, DeliveryWay, PaperKind
from training_admin.office.paper_rendering import DOCX_TYPE, PDF_TYPE
from training_admin.office.paper_store import OfficialPaper
from training_admin.office.request_keys import KEY_WORDS, KeyHeader, under_header
from training_admin.subsidy import papers
from training_admin.subsidy.claims import claim_detail
from training_admin.web import RowKey, clock_of, current_actor, download, list_page, problems, shanghai_iso

Asked = Request[Any, Any, Any]
PAPERS = ["文书"]
REFUSALS = problems(400, 404, 409, 422)


class PaperAnswer(msgspec.Struct, frozen=True):
    """A paper: what it is, of which claim or notice, and how it reached whom it is for."""

    id: int
    number: str
    kind: str
    kind_words: str
    case_no: str
    day: date
    maker: str
    made_at: str
    delivery_way: str
    delivery_words: str
    delivered_on: date | None


class PapersPage(msgspec.Struct, frozen=True):
    """A page of papers."""

    papers: tuple[PaperAnswer, ...]
    next_cursor: str | None


class KindBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which paper is made."""

    kind: PaperKind


class DeliveryBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How and when a paper was delivered."""

    way: DeliveryWay
    day: date


def _paper(each: OfficialPaper) -> PaperAnswer:
    way = each.delivery_way
    return PaperAnswer(
        *(each.id, each.number, each.kind.value, KIND_WORDS[each.kind], each.case_no, each.content.day, each.maker),
        *(shanghai_iso(each.made_at), way, WAY_WORDS[DeliveryWay(way)] if way else "", each.delivered_on),
    )


@get(
    "/claims/{number:str}/papers",
    operation_id="list_claim_papers",
    summary="一份申报的文书",
    tags=PAPERS,
    responses=problems(404),
    right=Right.CLAIM_READ,
)
async def get_claim_papers(request: Asked, number: FromPath[str]) -> tuple[PaperAnswer, ...]:
    return tuple(_paper(each) for each in await papers.papers_of_claim(current_actor(request), number))


async def _made(request: Asked, number: str, data: KindBody, key: str) -> PaperAnswer:
    actor = current_actor(request)
    await claim_detail(actor, number)
    with under_header(request, key, data):
        made = await papers.make_paper(actor, number, data.kind.value, maker=shown_name(actor), clock=clock_of(request))
    return _paper(await papers.show_paper(actor, made))


@post(
    "/claims/{number:str}/papers",
    operation_id="make_claim_paper",
    summary="制作文书",
    description=f"内容与已有文书相同的，答复已有的那一份。{KEY_WORDS}",
    tags=PAPERS,
    status_code=201,
    responses=REFUSALS,
    right=Right.CLAIM_REVIEW,
)
async def post_claim_paper(request: Asked, number: FromPath[str], data: JSONBody[KindBody], key: KeyHeader) -> PaperAnswer:
    return await _made(request, number, data, key)


@post(
    "/claims/{number:str}/own-papers",
    operation_id="make_own_paper",
    summary="制作本单位的申报表或真实性承诺书",
    description=KEY_WORDS,
    tags=PAPERS,
    status_code=201,
    responses=REFUSALS,
    right=Right.CLAIM_SUBMIT,
)
async def post_own_paper(request: Asked, number: FromPath[str], data: JSONBody[KindBody], key: KeyHeader) -> PaperAnswer:
    return await _made(request, number, data, key)


@get(
    "/papers",
    operation_id="list_papers",
    summary="全区文书",
    tags=PAPERS,
    responses=problems(400),
    right=Right.CLAIM_REVIEW,
)
async def get_papers(
    request: Asked,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
    kind: FromQuery[str] = "",
    undelivered: FromQuery[bool] = False,
) -> PapersPage:
    found, following = list_page(await papers.list_papers(current_actor(request), kind=kind, undelivered_only=undelivered), cursor, limit)
    return PapersPage(tuple(_paper(each) for each in found), following)


@get(
    "/papers/{paper:int}",
    operation_id="get_paper",
    summary="一份文书",
    tags=PAPERS,
    responses=problems(400, 404),
    right=Right.CLAIM_READ,
)
async def get_paper(request: Asked, paper: RowKey) -> PaperAnswer:
    return _paper(await papers.show_paper(current_actor(request), paper))


@get(
    "/papers/{paper:int}/pdf",
    operation_id="get_paper_pdf",
    summary="文书的 PDF",
    tags=PAPERS,
    media_type=PDF_TYPE,
    responses=problems(400, 404),
    right=Right.CLAIM_READ,
)
async def get_paper_pdf(request: Asked, paper: RowKey) -> Response[bytes]:
    found, content = await papers.pdf_content(current_actor(request), paper)
    return download(content, filename=f"{found.number}.pdf", media_type=PDF_TYPE)


@get(
    "/papers/{paper:int}/docx",
    operation_id="get_paper_docx",
    summary="文书的可编辑文件",
    tags=PAPERS,
    media_type=DOCX_TYPE,
    responses=problems(400, 404),
    right=Right.CLAIM_REVIEW,
)
async def get_paper_docx(request: Asked, paper: RowKey) -> Response[bytes]:
    found, content = await papers.docx_content(current_actor(request), paper)
    return download(content, filename=f"{found.number}.docx", media_type=DOCX_TYPE)


@post(
    "/papers/{paper:int}/delivery",
    operation_id="record_delivery",
    summary="登记送达",
    description=KEY_WORDS,
    tags=PAPERS,
    status_code=200,
    responses=REFUSALS,
    right=Right.CLAIM_REVIEW,
)
async def post_delivery(request: Asked, paper: RowKey, data: JSONBody[DeliveryBody], key: KeyHeader) -> PaperAnswer:
    actor = current_actor(request)
    await papers.show_paper(actor, paper)
    with under_header(request, key, data):
        await papers.record_delivery(actor, paper, way=data.way.value, day=data.day, deliverer=shown_name(actor), clock=clock_of(request))
    return _paper(await papers.show_paper(actor, paper))


def papers_api() -> Router:
    """The operations of this file."""
    handlers: list[Any] = [
        *(get_claim_papers, post_claim_paper, post_own_paper, get_papers, get_paper, get_paper_pdf, get_paper_docx, post_delivery),
    ]
    return Router("/", route_handlers=handlers)
