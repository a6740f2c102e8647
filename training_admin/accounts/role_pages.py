"""Pages of 岗位授权 for the security administrator: who has which roles, and the form that sets them."""

from typing import Any, Final

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.accounts import directory
from training_admin.accounts.colleague_pages import ACCOUNT_STATE_WORDS, HEADER, RolesForm, in_order, role_words
from training_admin.accounts.opening import set_roles
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import ROLES_OF, Right
from training_admin.web import MOST_ROWS, clock_of, csv_download, current_actor, page, row_cursor, several

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
SHOWN = 50


@get("/roles", include_in_schema=False)
async def roles_page(
    request: Asked, organisation: FromQuery[str] = "", cursor: FromQuery[str | None] = None, done: FromQuery[bool] = False
) -> Template:
    actor = current_actor(request)
    found, following = await directory.list_accounts(
        actor, Right.ROLE_GRANT, organisation=organisation, after=row_cursor(cursor), limit=SHOWN
    )
    return page(
        "accounts/roles.html",
        people=[(each, role_words(each)) for each in found],
        offices=await directory.list_offices(actor, Right.ROLE_GRANT),
        organisation=organisation,
        cursor=cursor,
        following=following,
        states=ACCOUNT_STATE_WORDS,
        done=done,
    )


@get("/roles.csv", include_in_schema=False)
async def roles_csv(request: Asked, organisation: FromQuery[str] = "", cursor: FromQuery[str | None] = None) -> Response[bytes]:
    found, _ = await directory.list_accounts(
        current_actor(request), Right.ROLE_GRANT, organisation=organisation, after=row_cursor(cursor), limit=MOST_ROWS
    )
    rows = (
        (each.key, each.name, role_words(each), ACCOUNT_STATE_WORDS[each.state], each.authorised_until, each.organisation.name)
        for each in found
    )
    return csv_download((*HEADER, "单位"), rows, filename="岗位授权.csv")


async def _one(request: Asked, key: str, *, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    account = await directory.account_detail(actor, Right.ROLE_GRANT, key)
    return page(
        "accounts/role.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        one=account,
        state_words=ACCOUNT_STATE_WORDS[account.state],
        possible=in_order(ROLES_OF[account.organisation.kind]),
        own=account.key in actor.hands,
    )


@get("/roles/{key:str}", include_in_schema=False)
async def role_page(request: Asked, key: FromPath[str]) -> Template:
    return await _one(request, key)


@post("/roles/{key:str}", include_in_schema=False)
async def role_act(request: Asked, key: FromPath[str], data: URLEncodedBody[RolesForm]) -> Template | Redirect:
    try:
        await set_roles(current_actor(request), key, several(data.roles), clock=clock_of(request))
    except Refusal as refusal:
        return await _one(request, key, refusal=refusal)
    return Redirect("/roles?done=true", status_code=SEE_OTHER)


def role_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[roles_page, roles_csv, role_page, role_act], opt={"right": Right.ROLE_GRANT})
