"""Pages of 统一身份认证: going out, coming back, the second factor, and linking one's own account.

The cookie of a flow is sealed, short-lived and only sent to these addresses; a session is only opened for the browser that began.
"""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.params import FromQuery, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.accounts import sso
from training_admin.accounts.devices import device_of
from training_admin.accounts.middleware import session_cookie
from training_admin.accounts.mock_provider import RETURN_PATH, MockProvider
from training_admin.accounts.sign_in_pages import address_of, own_path
from training_admin.accounts.sso_provider import Provider, SsoRefused
from training_admin.kit.actor import ActorKind
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.settings import Settings
from training_admin.web import clock_of, current_actor, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
COOKIE, COOKIE_PATH = "sso", "/sign-in/sso"
COOKIE_SECONDS = 600
# `state` is a reserved word of Litestar's handlers.
StateQuery = Annotated[str, QueryParameter(name="state", max_length=200)]
LongQuery = Annotated[str, QueryParameter(max_length=2000)]


class CodeForm(msgspec.Struct, frozen=True):
    """The second factor after the provider."""

    code: str = ""


def providers_of(settings: Settings, clock: Clock) -> tuple[Provider | None, MockProvider | None]:
    """The provider that the settings name, and the demo's own one where it is that."""
    if settings.sso == "mock":
        mock = MockProvider(clock.wall)
        return mock.provider(settings.sso_second_factor), mock
    if settings.sso == "oidc":
        return Provider(settings.sso_issuer, settings.sso_client_id, settings.sso_client_secret or "", settings.sso_second_factor), None
    return None, None


def _provider(request: Asked) -> Provider:
    provider: Provider | None = request.app.state.sso
    if provider is None:
        raise sso.SsoOff("没有启用统一身份认证，请用用户名登录。")
    return provider


def _redirect_uri(request: Asked) -> str:
    """Our own address to come back to: the public one, or the one this browser uses (its host name was checked)."""
    public: str | None = request.app.state.settings.public_address
    return f"{public or 'http://' + request.headers['host']}{RETURN_PATH}"


def _flow_cookie(request: Asked, sealed: str) -> Cookie:
    return Cookie(
        key=COOKIE,
        value=sealed,
        path=COOKIE_PATH,
        httponly=True,
        samesite="lax",
        secure=request.app.state.settings.is_secure,
        max_age=COOKIE_SECONDS if sealed else 0,
    )


def _signed_in(request: Asked, token: str, next_path: str) -> Redirect:
    answer = Redirect(own_path(next_path), status_code=SEE_OTHER)
    answer.set_cookie(session_cookie(token, secure=request.app.state.settings.is_secure))
    answer.set_cookie(_flow_cookie(request, ""))
    return answer


@get("/sign-in/sso", include_in_schema=False, public=True)
async def go_out(request: Asked, next: LongQuery = "/") -> Redirect:  # noqa: A002 - the field's name
    """Only a cookie is set: nothing is stored before the browser comes back."""
    url, sealed = await sso.begin(
        _provider(request), redirect_uri=_redirect_uri(request), next_path=own_path(next), linking=None, clock=clock_of(request)
    )
    answer = Redirect(url, status_code=SEE_OTHER)
    answer.set_cookie(_flow_cookie(request, sealed))
    return answer


@get(RETURN_PATH, include_in_schema=False, public=True)
async def come_back(
    request: Asked, code: LongQuery = "", brought_state: StateQuery = "", iss: LongQuery = "", error: LongQuery = ""
) -> Response[Any]:
    """The protocol comes back by GET; without the cookie of the flow it began with, nothing happens."""
    provider, clock = _provider(request), clock_of(request)
    try:
        identity, flow = await sso.come_back(
            provider, request.cookies.get(COOKIE, ""), sso.Return(code, brought_state, iss, error), clock=clock
        )
        if flow.session is not None:
            await _link(request, identity, flow)
            done = Redirect("/me/sso?done=true", status_code=SEE_OTHER)
            done.set_cookie(_flow_cookie(request, ""))
            return done
        device = device_of(request.headers.get("user-agent", ""))
        token, pending = await sso.sign_in_as(identity, next_path=flow.next, device=device, clock=clock)
    except Refusal as refusal:
        return _refused(request, refusal)
    if token is not None:
        return _signed_in(request, token, flow.next)
    asked = page("accounts/sso_code.html", problem=None)
    asked.set_cookie(_flow_cookie(request, pending or ""))
    return asked


async def _link(request: Asked, identity: Any, flow: sso.Flow) -> None:
    actor = current_actor(request)
    if actor.kind is not ActorKind.PERSON or actor.account is None:
        raise SsoRefused("关联没有完成：登录已经结束。请重新登录后再关联。")
    await sso.link(actor, identity, flow, clock=clock_of(request))


def _refused(request: Asked, refusal: Refusal) -> Template:
    shown = page("accounts/sso_refused.html", status_code=refusal.status, problem=refusal.problem())
    shown.set_cookie(_flow_cookie(request, ""))
    return shown


@post("/sign-in/sso/code", include_in_schema=False, public=True)
async def code_act(request: Asked, data: URLEncodedBody[CodeForm]) -> Response[Any]:
    _provider(request)
    sealed = request.cookies.get(COOKIE, "")
    device = device_of(request.headers.get("user-agent", ""))
    try:
        token, next_path = await sso.finish_with_code(
            sealed, data.code, address=address_of(request), device=device, clock=clock_of(request)
        )
    except SsoRefused as refusal:
        return page("accounts/sso_code.html", status_code=refusal.status, problem=refusal.problem())
    return _signed_in(request, token, next_path)


@get("/me/sso", include_in_schema=False, right=Right.OWN_ACCOUNT)
async def link_page(request: Asked, done: FromQuery[bool] = False) -> Template:
    provider: Provider | None = request.app.state.sso
    actor = current_actor(request)
    since = None if provider is None else await sso.linked_since(actor, provider)
    return page("accounts/sso_link.html", provider=provider, since=since, done=done, url="")


@post("/me/sso", include_in_schema=False, right=Right.OWN_ACCOUNT)
async def link_act(request: Asked) -> Template | Redirect:
    """The way out is a link on the page that follows: forms may only lead to ourselves (content policy)."""
    actor = current_actor(request)
    if not actor.stepped_up:
        return Redirect("/step-up?next=/me/sso", status_code=SEE_OTHER)
    provider = _provider(request)
    url, sealed = await sso.begin(
        provider, redirect_uri=_redirect_uri(request), next_path="/me/sso", linking=actor, clock=clock_of(request)
    )
    shown = page("accounts/sso_link.html", provider=provider, since=None, done=False, url=url)
    shown.set_cookie(_flow_cookie(request, sealed))
    return shown


@post("/me/sso/remove", include_in_schema=False, right=Right.OWN_ACCOUNT)
async def unlink_act(request: Asked) -> Redirect:
    actor = current_actor(request)
    if not actor.stepped_up:
        return Redirect("/step-up?next=/me/sso", status_code=SEE_OTHER)
    await sso.unlink(actor, _provider(request), clock=clock_of(request))
    return Redirect("/me/sso", status_code=SEE_OTHER)


def sso_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[go_out, come_back, code_act, link_page, link_act, unlink_act])
