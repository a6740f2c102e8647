"""The page of 取证单: rows, facts and the other side's opinion in a form, the paper as a file."""

from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Template

from training_admin.audit.dossier import list_dossiers
from training_admin.audit.evidence import EvidenceAsked, make_evidence
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.office.paper_rendering import DOCX_TYPE, PDF_TYPE
from training_admin.web import clock_of, current_actor, download, page

Asked = Request[Any, Any, Any]


class EvidenceForm(msgspec.Struct, frozen=True):
    """The form as typed; `form` is pdf or docx."""

    rows: str = ""
    facts: str = ""
    opinion: str = ""
    form: str = "pdf"


def _shown(number: str, form: EvidenceForm, refusal: Refusal | None = None) -> Template:
    return page(
        "audit/evidence.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        number=number,
        form=form,
    )


@get("/claims/{number:str}/evidence", include_in_schema=False, right=Right.AUDIT_EXPORT)
async def evidence_page(request: Asked, number: FromPath[str]) -> Template:
    await list_dossiers(current_actor(request), number)
    return _shown(number, EvidenceForm())


@post("/claims/{number:str}/evidence", include_in_schema=False, status_code=200, right=Right.AUDIT_EXPORT)
async def make_evidence_act(request: Asked, number: FromPath[str], data: URLEncodedBody[EvidenceForm]) -> Response[bytes] | Template:
    as_docx = data.form == "docx"
    try:
        asked = EvidenceAsked(data.rows, data.facts, data.opinion)
        made = await make_evidence(current_actor(request), number, asked, as_docx=as_docx, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        await list_dossiers(current_actor(request), number)
        return _shown(number, data, refusal)
    ending, media_type = ("docx", DOCX_TYPE) if as_docx else ("pdf", PDF_TYPE)
    return download(made.content, filename=f"{number}-取证单-{made.number}.{ending}", media_type=media_type)


def evidence_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[evidence_page, make_evidence_act])
