"""Pages of the certificates of an apprentice programme: who may get which, and issuing them."""

from typing import Any, Final

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from training_admin.certificates import programme_issuing
from training_admin.kit.actor import may
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.web import clock_of, csv_download, current_actor, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
HEADER = ("姓名", "证书", "颁证情况", "字库中没有的字")


async def _shown(request: Asked, number: str, *, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    return page(
        "certificates/programme.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        shown=await programme_issuing.programme_certificates(actor, number, clock=clock_of(request)),
        issues=may(actor, Right.CERTIFICATE_ISSUE),
    )


@get("/programmes/{number:str}/certificates", include_in_schema=False, right=Right.CERTIFICATE_READ)
async def certificates_page(request: Asked, number: FromPath[str]) -> Template:
    return await _shown(request, number)


@get("/programmes/{number:str}/certificates.csv", include_in_schema=False, right=Right.CERTIFICATE_READ)
async def certificates_csv(request: Asked, number: FromPath[str]) -> Response[bytes]:
    shown = await programme_issuing.programme_certificates(current_actor(request), number, clock=clock_of(request))
    rows = [(each.name, kind, each.why or "可以颁发", "".join(each.missing)) for each, kind in shown.candidates]
    return csv_download(HEADER, rows, filename=f"颁证情况-{number}.csv")


@post("/programmes/{number:str}/certificates", include_in_schema=False, right=Right.CERTIFICATE_ISSUE)
async def issue_act(request: Asked, number: FromPath[str]) -> Template | Redirect:
    """Issue what may be issued; a refusal is told on the page."""
    try:
        await programme_issuing.issue_programme(current_actor(request), number, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _shown(request, number, refusal=refusal)
    return Redirect(f"/certificates?wanted={number}", status_code=SEE_OTHER)


def programme_certificate_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[certificates_page, certificates_csv, issue_act])
