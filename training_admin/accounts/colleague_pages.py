"""Pages of 本单位人员: who belongs to my organisation, inviting somebody, roles, a new password, the end of an account."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.accounts import colleagues, invitations
from training_admin.accounts.facts import AccountFacts, AccountState, roles_to_give
from training_admin.accounts.link_pages import link_address
from training_admin.accounts.opening import deactivate_account
from training_admin.accounts.resets import offer_reset
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import ROLES_OF, Right, Role
from training_admin.kit.role_words import ROLE_WORDS
from training_admin.web import RowKey, clock_of, csv_download, current_actor, page, several

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
ACCOUNT_STATE_WORDS = {AccountState.ACTIVE: "在用", AccountState.DEACTIVATED: "已停用"}
HEADER = ("账户", "姓名", "岗位", "状态", "授权有效期")
DONE_WORDS = {"revoked": "邀请已收回。", "roles": "岗位已调整，立即生效。", "deactivated": "账户已停用，登录会话已全部退出。"}


class InviteForm(msgspec.Struct, frozen=True):
    """Whom to invite, for which roles."""

    name: str = ""
    roles: list[Role] | Role = []


class RolesForm(msgspec.Struct, frozen=True):
    """The roles that somebody shall have."""

    roles: list[Role] | Role = []


def role_words(account: AccountFacts) -> str:
    """The roles of an account in words."""
    return "、".join(ROLE_WORDS[role] for role in in_order(account.roles))


def in_order(roles: Iterable[Role]) -> list[Role]:
    """Roles in the order in which the field names them."""
    wanted = frozenset(roles)
    return [role for role in Role if role in wanted]


async def _page(request: Asked, *, refusal: Refusal | None = None, done: str = "", link: str = "", invited: str = "") -> Template:
    actor = current_actor(request)
    return page(
        "accounts/colleagues.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        people=await colleagues.list_colleagues(actor),
        open_links=await invitations.list_invitations(actor, clock=clock_of(request)),
        grantable=in_order(roles_to_give(actor.roles)),
        states=ACCOUNT_STATE_WORDS,
        done=DONE_WORDS.get(done, ""),
        link=link,
        invited=invited,
    )


@get("/colleagues", include_in_schema=False)
async def colleagues_page(request: Asked, done: FromQuery[str] = "") -> Template:
    return await _page(request, done=done)


@get("/colleagues.csv", include_in_schema=False)
async def colleagues_csv(request: Asked) -> Response[bytes]:
    found = await colleagues.list_colleagues(current_actor(request))
    rows = ((each.key, each.name, role_words(each), ACCOUNT_STATE_WORDS[each.state], each.authorised_until) for each in found)
    return csv_download(HEADER, rows, filename="本单位人员.csv")


@post("/colleagues/invite", include_in_schema=False)
async def invite_act(request: Asked, data: URLEncodedBody[InviteForm]) -> Template:
    try:
        token = await invitations.invite_colleague(
            current_actor(request), name=data.name, roles=several(data.roles), clock=clock_of(request)
        )
    except Refusal as refusal:
        return await _page(request, refusal=refusal, invited=data.name)
    return await _page(request, link=link_address(request, f"/invitations/{token}"))


@post("/colleagues/invitations/{link:int}/revoke", include_in_schema=False)
async def revoke_act(request: Asked, link: RowKey) -> Redirect:
    await invitations.revoke_invitation(current_actor(request), link, clock=clock_of(request))
    return Redirect("/colleagues?done=revoked", status_code=SEE_OTHER)


async def _one(request: Asked, key: str, *, refusal: Refusal | None = None, link: str = "") -> Template:
    actor = current_actor(request)
    account = await colleagues.colleague(actor, key)
    return page(
        "accounts/colleague.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        one=account,
        state_words=ACCOUNT_STATE_WORDS[account.state],
        possible=in_order(ROLES_OF[account.organisation.kind]),
        grantable=roles_to_give(actor.roles),
        own=account.key in actor.hands,
        link=link,
    )


@get("/colleagues/{key:str}", include_in_schema=False)
async def colleague_page(request: Asked, key: FromPath[str]) -> Template:
    return await _one(request, key)


@post("/colleagues/{key:str}/roles", include_in_schema=False)
async def roles_act(request: Asked, key: FromPath[str], data: URLEncodedBody[RolesForm]) -> Template | Redirect:
    actor = current_actor(request)
    try:
        # A box that the actor may not change is not sent by browsers: what is above him stays as it is.
        kept = (await colleagues.colleague(actor, key)).roles - roles_to_give(actor.roles)
        await colleagues.set_colleague_roles(actor, key, kept | frozenset(several(data.roles)), clock=clock_of(request))
    except Refusal as refusal:
        return await _one(request, key, refusal=refusal)
    return Redirect("/colleagues?done=roles", status_code=SEE_OTHER)


@post("/colleagues/{key:str}/reset", include_in_schema=False)
async def reset_act(request: Asked, key: FromPath[str]) -> Template:
    try:
        await colleagues.colleague(current_actor(request), key)
        token = await offer_reset(current_actor(request), key, clock=clock_of(request))
    except Refusal as refusal:
        return await _one(request, key, refusal=refusal)
    return await _one(request, key, link=link_address(request, f"/resets/{token}"))


@post("/colleagues/{key:str}/deactivate", include_in_schema=False)
async def deactivate_act(request: Asked, key: FromPath[str]) -> Template | Redirect:
    try:
        await deactivate_account(current_actor(request), key, clock=clock_of(request))
    except Refusal as refusal:
        return await _one(request, key, refusal=refusal)
    return Redirect("/colleagues?done=deactivated", status_code=SEE_OTHER)


def colleague_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[
            colleagues_page,
            colleagues_csv,
            invite_act,
            revoke_act,
            colleague_page,
            roles_act,
            reset_act,
            deactivate_act,
        ],
        opt={"right": Right.COLLEAGUES},
    )
