"""Public pages behind links that work once: the invited opens his account, somebody sets a new password."""

from typing import Any

import msgspec
import segno
from litestar import Request, Router, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Template

from training_admin.accounts import invitations, resets
from training_admin.accounts.facts import AccountFacts
from training_admin.accounts.invitations import Answer, Invitation
from training_admin.accounts.passwords import SHORTEST
from training_admin.accounts.second_factor import FACTOR
from training_admin.kit.refusals import Refusal
from training_admin.web import clock_of, page

Asked = Request[Any, Any, Any]
QR_SCALE = 5


class InvitedForm(msgspec.Struct, frozen=True):
    """What the invited chooses, and for staff the offered second factor with its first code."""

    login: str = ""
    password: str = ""
    sealed: str = ""
    code: str = ""


class ResetForm(msgspec.Struct, frozen=True):
    """The new password."""

    password: str = ""


def link_address(request: Asked, path: str) -> str:
    """The whole address of a link, to be handed to the person it is for."""
    public: str | None = request.app.state.settings.public_address
    return f"{public or str(request.base_url).rstrip('/')}{path}"


def _profile(request: Asked) -> str:
    profile: str = request.app.state.settings.password_profile
    return profile


def _invitation(
    request: Asked, token: str, *, invitation: Invitation | None, form: InvitedForm | None = None, refusal: Refusal | None = None
) -> Template:
    """The form; what was scanned once stays good while other fields are mended. The password is never shown again."""
    form = form or InvitedForm()
    secret, sealed = None, ""
    if invitation is not None and invitation.asks_factor:
        secret, sealed = invitations.offered_secret(token, form.sealed), form.sealed
        if secret is None:
            secret, sealed = invitations.offer_factor(token)
    text = "" if secret is None else FACTOR.enrolment(secret, login=form.login.strip().lower() or "账户")
    return page(
        "accounts/invitation.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        invitation=invitation,
        done=None,
        login=form.login,
        secret=secret,
        sealed=sealed,
        picture="" if secret is None else segno.make(text, micro=False).png_data_uri(scale=QR_SCALE),
        shortest=SHORTEST[_profile(request)],
        dengbao=_profile(request) == "dengbao",
        action=f"/invitations/{token}",
    )


@get("/invitations/{token:str}", include_in_schema=False)
async def invitation_page(request: Asked, token: FromPath[str]) -> Template:
    return _invitation(request, token, invitation=await invitations.show_invitation(token, clock=clock_of(request)))


@post("/invitations/{token:str}", include_in_schema=False)
async def invitation_act(request: Asked, token: FromPath[str], data: URLEncodedBody[InvitedForm]) -> Template:
    clock = clock_of(request)
    invitation = await invitations.show_invitation(token, clock=clock)
    answer = Answer(data.login, data.password, data.sealed, data.code)
    try:
        account = await invitations.accept_invitation(token, answer, profile=_profile(request), clock=clock)
    except Refusal as refusal:
        return _invitation(request, token, invitation=invitation, form=data, refusal=refusal)
    return page("accounts/invitation.html", problem=None, invitation=invitation, done=account)


def _reset(request: Asked, token: str, account: AccountFacts, *, refusal: Refusal | None = None, done: bool = False) -> Template:
    return page(
        "accounts/reset.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        account=account,
        done=done,
        shortest=SHORTEST[_profile(request)],
        dengbao=_profile(request) == "dengbao",
        action=f"/resets/{token}",
    )


@get("/resets/{token:str}", include_in_schema=False)
async def reset_page(request: Asked, token: FromPath[str]) -> Template:
    return _reset(request, token, await resets.show_reset(token, clock=clock_of(request)))


@post("/resets/{token:str}", include_in_schema=False)
async def reset_act(request: Asked, token: FromPath[str], data: URLEncodedBody[ResetForm]) -> Template:
    clock = clock_of(request)
    account = await resets.show_reset(token, clock=clock)
    try:
        await resets.reset_password(token, data.password, profile=_profile(request), clock=clock)
    except Refusal as refusal:
        return _reset(request, token, account, refusal=refusal)
    return _reset(request, token, account, done=True)


def link_pages() -> Router:
    """The pages of this file: whoever holds a link may see them."""
    return Router("/", route_handlers=[invitation_page, invitation_act, reset_page, reset_act], opt={"public": True})
