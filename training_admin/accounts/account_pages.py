"""Pages of 账户 for the system administrator: offices, inviting people without roles, authorisation, a new password, the end."""

from datetime import date
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.accounts import directory, invitations
from training_admin.accounts.colleague_pages import ACCOUNT_STATE_WORDS, HEADER, role_words
from training_admin.accounts.link_pages import link_address
from training_admin.accounts.opening import deactivate_account, open_organisation
from training_admin.accounts.resets import offer_reset
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import OUTSIDE, OrganisationKind, Right
from training_admin.kit.role_words import KIND_WORDS
from training_admin.web import MOST_ROWS, RowKey, clock_of, csv_download, current_actor, page, row_cursor

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
SHOWN = 50
OFFICE_HEADER = ("单位代码", "单位名称", "类型", "在用账户")
DONE_WORDS = {
    "opened": "单位已开立，可以邀请人员。",
    "revoked": "邀请已收回。",
    "authorised": "授权有效期已更新。",
    "deactivated": "账户已停用，登录会话已全部退出。",
}


class OfficeForm(msgspec.Struct, frozen=True):
    """A new office."""

    code: str = ""
    name: str = ""
    kind: OrganisationKind = OrganisationKind.STREET


class OfficerForm(msgspec.Struct, frozen=True):
    """Whom to invite to which office, until when."""

    organisation: str = ""
    name: str = ""
    authorised_until: str = ""


class UntilForm(msgspec.Struct, frozen=True):
    """Another last day of authorisation."""

    authorised_until: str = ""


def day_of(text: str) -> date | None:
    """The day of a date field; None for an empty or wrong one, which the service refuses in its own words."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


async def _page(
    request: Asked, *, organisation: str = "", cursor: str | None = None, refusal: Refusal | None = None, **more: str
) -> Template:
    actor = current_actor(request)
    found, following = await directory.list_accounts(
        actor, Right.ACCOUNT_OPEN, organisation=organisation, after=row_cursor(cursor), limit=SHOWN
    )
    return page(
        "accounts/accounts.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        people=[(each, role_words(each)) for each in found],
        following=following,
        cursor=cursor,
        organisation=organisation,
        offices=await directory.list_offices(actor, Right.ACCOUNT_OPEN),
        open_links=await invitations.list_invitations(actor, clock=clock_of(request)),
        kinds=[(kind, KIND_WORDS[kind]) for kind in OrganisationKind if kind not in OUTSIDE],
        kind_words=KIND_WORDS,
        states=ACCOUNT_STATE_WORDS,
        today=clock_of(request).today(),
        done=DONE_WORDS.get(more.get("done", ""), ""),
        link=more.get("link", ""),
    )


@get("/accounts", include_in_schema=False)
async def accounts_page(
    request: Asked, organisation: FromQuery[str] = "", cursor: FromQuery[str | None] = None, done: FromQuery[str] = ""
) -> Template:
    return await _page(request, organisation=organisation, cursor=cursor, done=done)


@get("/accounts.csv", include_in_schema=False)
async def accounts_csv(request: Asked, organisation: FromQuery[str] = "", cursor: FromQuery[str | None] = None) -> Response[bytes]:
    found, _ = await directory.list_accounts(
        current_actor(request), Right.ACCOUNT_OPEN, organisation=organisation, after=row_cursor(cursor), limit=MOST_ROWS
    )
    rows = (
        (each.key, each.name, role_words(each), ACCOUNT_STATE_WORDS[each.state], each.authorised_until, each.organisation.name)
        for each in found
    )
    return csv_download((*HEADER, "单位"), rows, filename="账户.csv")


@get("/accounts/offices.csv", include_in_schema=False)
async def offices_csv(request: Asked) -> Response[bytes]:
    found = await directory.list_offices(current_actor(request), Right.ACCOUNT_OPEN)
    rows = ((each.code, each.name, KIND_WORDS[each.kind], each.accounts) for each in found)
    return csv_download(OFFICE_HEADER, rows, filename="单位.csv")


@post("/accounts/offices", include_in_schema=False)
async def open_office_act(request: Asked, data: URLEncodedBody[OfficeForm]) -> Template | Redirect:
    try:
        await open_organisation(
            current_actor(request), code=data.code.strip().upper(), name=data.name, kind=data.kind, clock=clock_of(request)
        )
    except Refusal as refusal:
        return await _page(request, refusal=refusal)
    return Redirect("/accounts?done=opened", status_code=SEE_OTHER)


@post("/accounts/invite", include_in_schema=False)
async def invite_officer_act(request: Asked, data: URLEncodedBody[OfficerForm]) -> Template:
    try:
        token = await invitations.invite_officer(
            current_actor(request),
            organisation=data.organisation,
            name=data.name,
            authorised_until=day_of(data.authorised_until),
            clock=clock_of(request),
        )
    except Refusal as refusal:
        return await _page(request, refusal=refusal)
    return await _page(request, link=link_address(request, f"/invitations/{token}"))


@post("/accounts/invitations/{link:int}/revoke", include_in_schema=False)
async def revoke_invitation_act(request: Asked, link: RowKey) -> Redirect:
    await invitations.revoke_invitation(current_actor(request), link, clock=clock_of(request))
    return Redirect("/accounts?done=revoked", status_code=SEE_OTHER)


async def _one(request: Asked, key: str, *, refusal: Refusal | None = None, link: str = "") -> Template:
    actor = current_actor(request)
    account = await directory.account_detail(actor, Right.ACCOUNT_OPEN, key)
    return page(
        "accounts/account.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        one=account,
        roles=role_words(account),
        state_words=ACCOUNT_STATE_WORDS[account.state],
        office=account.organisation.kind not in OUTSIDE,
        own=account.key in actor.hands,
        link=link,
    )


@get("/accounts/{key:str}", include_in_schema=False)
async def account_page(request: Asked, key: FromPath[str]) -> Template:
    return await _one(request, key)


@post("/accounts/{key:str}/authorise", include_in_schema=False)
async def authorise_act(request: Asked, key: FromPath[str], data: URLEncodedBody[UntilForm]) -> Template | Redirect:
    try:
        await directory.set_authorisation(current_actor(request), key, until=day_of(data.authorised_until), clock=clock_of(request))
    except Refusal as refusal:
        return await _one(request, key, refusal=refusal)
    return Redirect("/accounts?done=authorised", status_code=SEE_OTHER)


@post("/accounts/{key:str}/reset", include_in_schema=False)
async def reset_account_act(request: Asked, key: FromPath[str]) -> Template:
    try:
        token = await offer_reset(current_actor(request), key, clock=clock_of(request))
    except Refusal as refusal:
        return await _one(request, key, refusal=refusal)
    return await _one(request, key, link=link_address(request, f"/resets/{token}"))


@post("/accounts/{key:str}/deactivate", include_in_schema=False)
async def deactivate_account_act(request: Asked, key: FromPath[str]) -> Template | Redirect:
    try:
        await deactivate_account(current_actor(request), key, clock=clock_of(request))
    except Refusal as refusal:
        return await _one(request, key, refusal=refusal)
    return Redirect("/accounts?done=deactivated", status_code=SEE_OTHER)


def account_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[
            accounts_page,
            accounts_csv,
            offices_csv,
            open_office_act,
            invite_officer_act,
            revoke_invitation_act,
            account_page,
            authorise_act,
            reset_account_act,
            deactivate_account_act,
        ],
        opt={"right": Right.ACCOUNT_OPEN},
    )
