"""Pages of 本人账户: who I am and what I may, my sessions, password, second factor, tokens, and whom I stand in for."""

from datetime import date
from http import HTTPStatus
from typing import Any, Final

import msgspec
import segno
from litestar import Request, Router, get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.accounts import my_account, tokens
from training_admin.accounts.sessions import close_my_session, my_sessions
from training_admin.accounts.sign_in_pages import address_of
from training_admin.kit.actor import Actor, may
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.kit.role_words import REACH_WORDS, RIGHT_WORDS
from training_admin.web import RowKey, clock_of, current_actor, page, several

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
QR_SCALE = 5
DONE_WORDS = {
    "password": "密码已修改，其他登录会话已全部退出。",
    "factor": "动态码已启用，其他登录会话已全部退出。",
    "session": "登录会话已退出。",
    "token": "令牌已停用。",
}


class PasswordForm(msgspec.Struct, frozen=True):
    """The form of a new password."""

    old: str = ""
    new: str = ""


class FactorForm(msgspec.Struct, frozen=True):
    """The first code of a new second factor, with the sealed secret that was offered."""

    sealed: str = ""
    code: str = ""


class TokenForm(msgspec.Struct, frozen=True):
    """The form of a new token."""

    name: str = ""
    rights: list[Right] | Right = []
    expires_on: date | None = None


class StandInForm(msgspec.Struct, frozen=True):
    """Whom to stand in for: `kind:key`, or `nobody:0`."""

    mandate: str = "nobody:0"


async def _me(request: Asked, *, status_code: int = 200, problem: Refusal | None = None, **more: Any) -> Template:
    actor, clock = current_actor(request), clock_of(request)
    return page(
        "accounts/me.html",
        status_code=status_code,
        problem=None if problem is None else problem.problem(),
        rights=_rights(actor),
        sessions=await my_sessions(actor, clock=clock),
        tokens=await tokens.my_tokens(actor, clock=clock),
        grantable=[(right, RIGHT_WORDS[right]) for right in tokens.grantable(actor)],
        right_words=RIGHT_WORDS,
        stand_ins=await my_account.possible_stand_ins(actor, clock=clock),
        done=DONE_WORDS.get(more.get("done", ""), ""),
        token=more.get("token", ""),
    )


def _rights(actor: Actor) -> list[tuple[str, str]]:
    found = [(right, actor.reach(right)) for right in Right if may(actor, right)]
    return [(RIGHT_WORDS[right], REACH_WORDS[reach]) for right, reach in found if reach is not None]


@get("/me", include_in_schema=False)
async def me_page(request: Asked, done: FromQuery[str] = "") -> Template:
    return await _me(request, done=done)


@post("/me/password", include_in_schema=False)
async def password_act(request: Asked, data: URLEncodedBody[PasswordForm]) -> Template | Redirect:
    profile: str = request.app.state.settings.password_profile
    try:
        await my_account.change_password(
            current_actor(request), old=data.old, new=data.new, address=address_of(request), profile=profile, clock=clock_of(request)
        )
    except Refusal as refusal:
        return await _me(request, status_code=refusal.status, problem=refusal)
    return Redirect("/me?done=password", status_code=SEE_OTHER)


@get("/me/factor", include_in_schema=False, sync_to_thread=False)
def factor_page(request: Asked) -> Template | Redirect:
    """The offered secret as a QR code; asks for a fresh proof of identity first."""
    actor = current_actor(request)
    if not actor.stepped_up:
        return Redirect("/step-up?next=/me/factor", status_code=SEE_OTHER)
    return _factor(actor, problem=None)


def _factor(actor: Actor, *, problem: Refusal | None) -> Template:
    secret, text, sealed = my_account.offered_factor(actor)
    picture = segno.make(text, micro=False).png_data_uri(scale=QR_SCALE)
    shown = None if problem is None else problem.problem()
    status = HTTPStatus.OK if problem is None else problem.status
    return page("accounts/factor.html", status_code=status, secret=secret, picture=picture, sealed=sealed, problem=shown)


@post("/me/factor", include_in_schema=False)
async def factor_act(request: Asked, data: URLEncodedBody[FactorForm]) -> Template | Redirect:
    actor = current_actor(request)
    try:
        await my_account.take_factor(actor, sealed=data.sealed, code=data.code, clock=clock_of(request))
    except my_account.FactorRefused as refusal:
        return _factor(actor, problem=refusal)
    return Redirect("/me?done=factor", status_code=SEE_OTHER)


@post("/me/sessions/{session:int}/close", include_in_schema=False)
async def close_session_act(request: Asked, session: RowKey) -> Redirect:
    await close_my_session(current_actor(request), session, clock=clock_of(request))
    return Redirect("/me?done=session", status_code=SEE_OTHER)


@post("/me/sessions/close-others", include_in_schema=False)
async def close_others_act(request: Asked) -> Redirect:
    await close_my_session(current_actor(request), None, clock=clock_of(request))
    return Redirect("/me?done=session", status_code=SEE_OTHER)


@post("/me/tokens", include_in_schema=False)
async def make_token_act(request: Asked, data: URLEncodedBody[TokenForm]) -> Template:
    clock = clock_of(request)
    try:
        token = await tokens.make_token(
            current_actor(request),
            name=data.name,
            rights=frozenset(several(data.rights)),
            expires_on=data.expires_on or clock.today(),
            clock=clock,
        )
    except Refusal as refusal:
        return await _me(request, status_code=refusal.status, problem=refusal)
    return await _me(request, token=token)


@post("/me/tokens/{token:int}/revoke", include_in_schema=False)
async def revoke_token_act(request: Asked, token: RowKey) -> Redirect:
    await tokens.revoke_token(current_actor(request), token, clock=clock_of(request))
    return Redirect("/me?done=token", status_code=SEE_OTHER)


@post("/me/stand-in", include_in_schema=False)
async def stand_in_act(request: Asked, data: URLEncodedBody[StandInForm]) -> Redirect:
    kind, _, key = data.mandate.partition(":")
    mandate = int(key) if key.isascii() and key.isdecimal() and len(key) < 18 else 0  # noqa: PLR2004 - a bigint
    await my_account.stand_in_for(current_actor(request), kind=kind, mandate=mandate, clock=clock_of(request))
    return Redirect("/", status_code=SEE_OTHER)


def me_pages() -> Router:
    """The pages of this file; all of them are about the person who asks."""
    return Router(
        "/",
        route_handlers=[
            me_page,
            password_act,
            factor_page,
            factor_act,
            close_session_act,
            close_others_act,
            make_token_act,
            revoke_token_act,
            stand_in_act,
        ],
        opt={"right": Right.OWN_ACCOUNT},
    )
