"""Pages of official papers (文书): those of a claim, all of the district, PDF and editable .docx, delivery."""

from datetime import date
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.kit.actor import may, shown_name
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import moment
from training_admin.office.paper_facts import KIND_WORDS, WAY_WORDS, PaperKind
from training_admin.office.paper_rendering import DOCX_TYPE, PDF_TYPE
from training_admin.subsidy import papers
from training_admin.subsidy.claims import claim_detail
from training_admin.subsidy.papers import PaperRefused
from training_admin.subsidy.review_states import ClaimState
from training_admin.web import RowKey, clock_of, csv_download, current_actor, download, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
HEADER = ("文号", "文书", "申报或公示编号", "对象", "制作人", "制作时间", "送达方式", "送达日期", "登记人")


class KindForm(msgspec.Struct, frozen=True):
    """Which paper is made."""

    kind: str = ""


class DeliveryForm(msgspec.Struct, frozen=True):
    """How and when a paper was delivered."""

    way: str = ""
    day: str = ""


async def _of_claim(request: Asked, number: str, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    office = may(actor, Right.CLAIM_REVIEW)
    detail = await claim_detail(actor, number)
    makes = office or may(actor, Right.CLAIM_SUBMIT)
    return page(
        "papers/claim.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        number=number,
        detail=detail,
        found=await papers.papers_of_claim(actor, number),
        makeable=papers.makeable(ClaimState(detail.summary.state), office=office) if makes else [],
        office=office,
        kinds=KIND_WORDS,
        ways=WAY_WORDS,
    )


@get("/claims/{number:str}/papers", include_in_schema=False, right=Right.CLAIM_READ)
async def claim_papers_page(request: Asked, number: FromPath[str]) -> Template:
    return await _of_claim(request, number)


@post("/claims/{number:str}/papers", include_in_schema=False, right=Right.CLAIM_REVIEW)
async def make_act(request: Asked, number: FromPath[str], data: URLEncodedBody[KindForm]) -> Template | Redirect:
    return await _made(request, number, data.kind)


@post("/claims/{number:str}/own-papers", include_in_schema=False, right=Right.CLAIM_SUBMIT)
async def make_own_act(request: Asked, number: FromPath[str], data: URLEncodedBody[KindForm]) -> Template | Redirect:
    """The enterprise's own papers: 申报表 and 真实性承诺书."""
    return await _made(request, number, data.kind)


async def _made(request: Asked, number: str, kind: str) -> Template | Redirect:
    actor = current_actor(request)
    await claim_detail(actor, number)
    try:
        await papers.make_paper(actor, number, kind, maker=shown_name(actor), clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _of_claim(request, number, refusal)
    return Redirect(f"/claims/{number}/papers", status_code=SEE_OTHER)


@get("/papers", include_in_schema=False, right=Right.CLAIM_REVIEW)
async def papers_page(request: Asked, kind: FromQuery[str] = "", undelivered: FromQuery[bool] = False) -> Template:
    return page(
        "papers/list.html",
        found=await papers.list_papers(current_actor(request), kind=kind, undelivered_only=undelivered),
        kind=kind,
        undelivered=undelivered,
        kinds=KIND_WORDS,
        ways=WAY_WORDS,
        most=papers.MOST_SHOWN,
    )


@get("/papers.csv", include_in_schema=False, right=Right.CLAIM_REVIEW)
async def papers_csv(request: Asked, kind: FromQuery[str] = "", undelivered: FromQuery[bool] = False) -> Response[bytes]:
    found = await papers.list_papers(current_actor(request), kind=kind, undelivered_only=undelivered)
    rows = (
        (
            *(each.number, KIND_WORDS[each.kind], each.case_no, each.content.addressee or each.content.signed_by, each.maker),
            *(moment(each.made_at), WAY_WORDS.get(each.delivery_way), each.delivered_on, each.deliverer),  # type: ignore[call-overload] # an empty way is none
        )
        for each in found
    )
    return csv_download(HEADER, rows, filename="文书.csv")


async def _one(request: Asked, paper: int, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    return page(
        "papers/paper.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        paper=await papers.show_paper(actor, paper),
        office=may(actor, Right.CLAIM_REVIEW),
        kinds=KIND_WORDS,
        ways=WAY_WORDS,
        is_notice=PaperKind.NOTICE,
        today=clock_of(request).today(),
    )


@get("/papers/{paper:int}", include_in_schema=False, right=Right.CLAIM_READ)
async def paper_page(request: Asked, paper: RowKey) -> Template:
    return await _one(request, paper)


@get("/papers/{paper:int}/paper.pdf", include_in_schema=False, right=Right.CLAIM_READ)
async def paper_pdf(request: Asked, paper: RowKey) -> Response[bytes]:
    found, content = await papers.pdf_content(current_actor(request), paper)
    return download(content, filename=f"{found.number}.pdf", media_type=PDF_TYPE)


@get("/papers/{paper:int}/paper.docx", include_in_schema=False, right=Right.CLAIM_REVIEW)
async def paper_docx(request: Asked, paper: RowKey) -> Response[bytes]:
    found, content = await papers.docx_content(current_actor(request), paper)
    return download(content, filename=f"{found.number}.docx", media_type=DOCX_TYPE)


@post("/papers/{paper:int}/delivery", include_in_schema=False, right=Right.CLAIM_REVIEW)
async def delivery_act(request: Asked, paper: RowKey, data: URLEncodedBody[DeliveryForm]) -> Template | Redirect:
    actor = current_actor(request)
    await papers.show_paper(actor, paper)
    try:
        try:
            day = date.fromisoformat(data.day.strip())
        except ValueError:
            raise PaperRefused("送达日期无法识别，请按 2026-03-05 的写法填写。") from None
        await papers.record_delivery(actor, paper, way=data.way, day=day, deliverer=shown_name(actor), clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _one(request, paper, refusal)
    return Redirect(f"/papers/{paper}", status_code=SEE_OTHER)


def paper_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[
            *(claim_papers_page, make_act, make_own_act, papers_page, papers_csv),
            *(paper_page, paper_pdf, paper_docx, delivery_act),
        ],
    )
