"""Pages of signing in and out, and of proving again who is at the keyboard."""

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.accounts.devices import device_of
from training_admin.accounts.middleware import no_session_cookie, session_cookie
from training_admin.accounts.sessions import sign_out
from training_admin.accounts.signing_in import Attempt, SignInRefused, StepUpRefused, prove_again, sign_in
from training_admin.kit.actor import ActorKind
from training_admin.kit.rights import Right
from training_admin.web import clock_of, current_actor, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303


class SignInForm(msgspec.Struct, frozen=True):
    """The form of signing in; the code may stay empty where no second factor is asked."""

    login: str = ""
    password: str = ""
    code: str = ""
    next: str = "/"


class ProofForm(msgspec.Struct, frozen=True):
    """The form of proving again who one is."""

    password: str = ""
    code: str = ""
    next: str = "/"


def own_path(wanted: str) -> str:
    """A path of ours to go on to; anything that would lead elsewhere becomes the workbench."""
    parts = urlsplit(wanted)
    plain = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    harmless = wanted.isprintable() and "\\" not in wanted
    return wanted if plain and harmless and parts.path not in {"/sign-in", "/sign-out", "/step-up"} else "/"


def address_of(request: Asked) -> str:
    """Where a request comes from; never shown or logged, only counted by its keyed hash."""
    return request.client.host if request.client else "unknown"


def _secure(request: Asked) -> bool:
    secure: bool = request.app.state.settings.is_secure
    return secure


@get("/sign-in", include_in_schema=False, sync_to_thread=False)
def sign_in_page(request: Asked, next: FromQuery[str] = "/") -> Template | Redirect:  # noqa: A002 - the field's name
    if current_actor(request).kind is ActorKind.PERSON:
        return Redirect(own_path(next), status_code=SEE_OTHER)
    return page("accounts/sign_in.html", problem=None, next=own_path(next), login="")


@post("/sign-in", include_in_schema=False)
async def sign_in_act(request: Asked, data: URLEncodedBody[SignInForm]) -> Response[Any]:
    """A refused sign-in shows the form again; the answer never tells what was wrong."""
    attempt = Attempt(data.login, data.password, data.code, address_of(request), device_of(request.headers.get("user-agent", "")))
    try:
        token = await sign_in(attempt, clock=clock_of(request))
    except SignInRefused as refusal:
        shown = page(
            "accounts/sign_in.html", status_code=refusal.status, problem=refusal.problem(), next=own_path(data.next), login=data.login
        )
        shown.set_cookie(no_session_cookie(secure=_secure(request)))
        return shown
    answer = Redirect(own_path(data.next), status_code=SEE_OTHER)
    answer.set_cookie(session_cookie(token, secure=_secure(request)))
    return answer


@post("/sign-out", include_in_schema=False)
async def sign_out_act(request: Asked) -> Redirect:
    await sign_out(current_actor(request), clock=clock_of(request))
    answer = Redirect("/sign-in", status_code=SEE_OTHER)
    answer.set_cookie(no_session_cookie(secure=_secure(request)))
    return answer


@get("/step-up", include_in_schema=False, sync_to_thread=False, right=Right.OWN_ACCOUNT)
def step_up_page(request: Asked, next: FromQuery[str] = "/") -> Template:  # noqa: A002 - the field's name
    del request
    return page("accounts/step_up.html", problem=None, next=own_path(next))


@post("/step-up", include_in_schema=False, right=Right.OWN_ACCOUNT)
async def step_up_act(request: Asked, data: URLEncodedBody[ProofForm]) -> Template | Redirect:
    try:
        await prove_again(
            current_actor(request), password=data.password, code=data.code, address=address_of(request), clock=clock_of(request)
        )
    except StepUpRefused as refusal:
        return page("accounts/step_up.html", status_code=HTTPStatus.FORBIDDEN, problem=refusal.problem(), next=own_path(data.next))
    return Redirect(own_path(data.next), status_code=SEE_OTHER)


def sign_in_pages() -> Router:
    """The pages of this file."""
    public = Router("/", route_handlers=[sign_in_page, sign_in_act, sign_out_act], opt={"public": True})
    return Router("/", route_handlers=[public, step_up_page, step_up_act])
