"""Public pages by which trainees and apprentices sign in: identity number first, then the code from the phone."""

from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.accounts import person_sign_in
from training_admin.accounts.devices import device_of
from training_admin.accounts.middleware import session_cookie
from training_admin.accounts.sign_in_pages import address_of
from training_admin.kit.refusals import Refusal
from training_admin.web import clock_of, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
LANDING = "/my-records"


class NumberForm(msgspec.Struct, frozen=True):
    """The identity number; it is never shown again."""

    id_no: str = ""


class CodeForm(msgspec.Struct, frozen=True):
    """The code, and the ticket that stands for the person."""

    ticket: str = ""
    code: str = ""


def _sends(request: Asked) -> bool:
    sends: bool = request.app.state.settings.message_channel != "none"
    return sends


def _number(request: Asked, refusal: Refusal | None = None) -> Template:
    return page(
        "accounts/person_number.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        sends=_sends(request),
    )


def _code(ticket: str, refusal: Refusal | None = None) -> Template:
    return page(
        "accounts/person_code.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        ticket=ticket,
    )


@get("/sign-in/person", include_in_schema=False, sync_to_thread=False)
def number_page(request: Asked) -> Template:
    return _number(request)


@post("/sign-in/person", include_in_schema=False)
async def ask_code_act(request: Asked, data: URLEncodedBody[NumberForm]) -> Template:
    """The answer is the same whether or not the person is known here."""
    person_of: person_sign_in.PersonOf = request.app.state.person_of
    if not _sends(request):
        return _number(request, person_sign_in.CodesNotSent("本系统尚未接通短信，暂不能用验证码登录。请向申报单位或经办部门查询。"))
    try:
        ticket = await person_sign_in.ask_code(data.id_no, person_of=person_of, address=address_of(request), clock=clock_of(request))
    except Refusal as refusal:
        return _number(request, refusal)
    return _code(ticket)


@post("/sign-in/person/code", include_in_schema=False)
async def code_act(request: Asked, data: URLEncodedBody[CodeForm]) -> Response[Any]:
    device = device_of(request.headers.get("user-agent", ""))
    try:
        token = await person_sign_in.sign_in_person(
            data.ticket, data.code, address=address_of(request), device=device, clock=clock_of(request)
        )
    except person_sign_in.CodeRefused as refusal:
        return _code(data.ticket, refusal)
    answer = Redirect(LANDING, status_code=SEE_OTHER)
    answer.set_cookie(session_cookie(token, secure=request.app.state.settings.is_secure))
    return answer


def person_pages() -> Router:
    """The pages of this file; nobody is signed in yet."""
    return Router("/", route_handlers=[number_page, ask_code_act, code_act], opt={"public": True})
