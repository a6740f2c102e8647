"""Pages of signing a claim: the signatory's own, the clerk's one-time link, and the public page behind that link."""

from typing import Any, Final

import msgspec
from litestar import Request, Router, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.accounts.link_pages import link_address
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.subsidy import signing
from training_admin.web import clock_of, current_actor, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303


class SignerForm(msgspec.Struct, frozen=True):
    """For whom a link is made."""

    name: str = ""


async def _signing(request: Asked, number: str, *, refusal: Refusal | None = None, link: str = "", name: str = "") -> Template:
    return page(
        "claims/signature.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        shown=await signing.show_signing(current_actor(request), number, clock=clock_of(request)),
        link=link,
        signer=name,
    )


@get("/claims/{number:str}/signature", include_in_schema=False, right=Right.CLAIM_READ)
async def signature_page(request: Asked, number: FromPath[str]) -> Template:
    return await _signing(request, number)


@post("/claims/{number:str}/signature", include_in_schema=False, right=Right.CLAIM_SIGN)
async def sign_act(request: Asked, number: FromPath[str]) -> Template | Redirect:
    try:
        await signing.sign_claim(current_actor(request), number, clock=clock_of(request))
    except (signing.AlreadySigned, signing.NotToBeSigned) as refusal:
        return await _signing(request, number, refusal=refusal)
    return Redirect(f"/claims/{number}/signature", status_code=SEE_OTHER)


@post("/claims/{number:str}/signing-link", include_in_schema=False, right=Right.CLAIM_SUBMIT)
async def link_act(request: Asked, number: FromPath[str], data: URLEncodedBody[SignerForm]) -> Template:
    try:
        token = await signing.offer_signing_link(current_actor(request), number, name=data.name, clock=clock_of(request))
    except (signing.AlreadySigned, signing.NotToBeSigned, signing.SignerUnnamed) as refusal:
        return await _signing(request, number, refusal=refusal, name=data.name)
    return await _signing(request, number, link=link_address(request, f"/signatures/{token}"))


@get("/signatures/{token:str}", include_in_schema=False, public=True)
async def link_page(request: Asked, token: FromPath[str]) -> Template:
    shown, name = await signing.show_signing_link(token, clock=clock_of(request))
    return page("claims/sign_by_link.html", shown=shown, signer=name, action=f"/signatures/{token}", done=None)


@post("/signatures/{token:str}", include_in_schema=False, public=True)
async def sign_by_link_act(request: Asked, token: FromPath[str]) -> Template:
    shown, name = await signing.show_signing_link(token, clock=clock_of(request))
    done = await signing.sign_by_link(token, clock=clock_of(request))
    return page("claims/sign_by_link.html", shown=shown, signer=name, action="", done=done)


def signature_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[signature_page, sign_act, link_act, link_page, sign_by_link_act])
