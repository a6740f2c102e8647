"""Public pages on which a trainee signs in to a session: by the scanned code, or by class number and code typed in."""

import secrets
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Router, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Template

from training_admin.accounts.sign_in_pages import address_of
from training_admin.catalog import code_sign_in
from training_admin.catalog.class_facts import clock_text
from training_admin.catalog.code_sign_in import Invited
from training_admin.catalog.run_facts import MARK_WORDS
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.web import clock_of, page

Asked = Request[Any, Any, Any]
DEVICE_COOKIE = "device"
DEVICE_BYTES = 24
DEVICE_LENGTH = 32
DEVICE_SECONDS = 365 * 24 * 3600
LONGEST_CLASS_NO = 20


class CodeForm(msgspec.Struct, frozen=True):
    """A class number and the code on the screen."""

    class_no: str = ""
    code: str = ""


class WhoForm(msgspec.Struct, frozen=True):
    """Who somebody is, with the ticket of the page."""

    ticket: str = ""
    name: str = ""
    tail: str = ""


class _Device:
    """The device behind a request: known by a cookie that means nothing but "the same device"."""

    def __init__(self, request: Asked) -> None:
        known = request.cookies.get(DEVICE_COOKIE, "")
        self.is_new = len(known) != DEVICE_LENGTH
        self.cookie = secrets.token_urlsafe(DEVICE_BYTES) if self.is_new else known
        self.hash = code_sign_in.device_hash(self.cookie)
        self._secure: bool = request.app.state.settings.is_secure

    def remembered(self, answer: Template) -> Template:
        """The answer with the cookie, where the device has none yet."""
        if self.is_new:
            answer.set_cookie(
                Cookie(
                    key=DEVICE_COOKIE,
                    value=self.cookie,
                    path="/sign-in-code",
                    max_age=DEVICE_SECONDS,
                    httponly=True,
                    samesite="lax",
                    secure=self._secure,
                )
            )
        return answer


def _code_page(class_no: str, refusal: Refusal | None = None) -> Template:
    return page(
        "classes/sign_in_code.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        class_no=class_no[:LONGEST_CLASS_NO],
    )


def _who_page(invited: Invited, refusal: Refusal | None = None) -> Template:
    return page(
        "classes/sign_in_who.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        invited=invited,
        done=None,
        clock_text=clock_text,
        mark_words=MARK_WORDS,
    )


@get("/sign-in-code", include_in_schema=False, public=True, sync_to_thread=False)
def code_page(request: Asked, class_no: FromQuery[str] = "") -> Template:
    return _Device(request).remembered(_code_page(class_no))


@post("/sign-in-code", include_in_schema=False, public=True, crowd=True, status_code=HTTPStatus.OK)
async def code_act(request: Asked, data: URLEncodedBody[CodeForm]) -> Template:
    device = _Device(request)
    try:
        invited = await code_sign_in.open_by_code(
            data.class_no, data.code, device=device.hash, address=address_of(request), clock=clock_of(request)
        )
    except Refusal as refusal:
        return device.remembered(_code_page(data.class_no, refusal))
    return device.remembered(_who_page(invited))


@get("/sign-in-code/{class_no:str}/{session:str}/{code:str}", include_in_schema=False, public=True)
async def scanned_page(request: Asked, class_no: FromPath[str], session: FromPath[str], code: FromPath[str]) -> Template:
    device = _Device(request)
    try:
        invited = await code_sign_in.open_by_scan(
            class_no, session, code, device=device.hash, address=address_of(request), clock=clock_of(request)
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return device.remembered(_code_page(class_no, refusal))
    return device.remembered(_who_page(invited))


@post("/sign-in-code/{class_no:str}/{session:str}", include_in_schema=False, public=True, crowd=True, status_code=HTTPStatus.OK)
async def who_act(request: Asked, class_no: FromPath[str], session: FromPath[str], data: URLEncodedBody[WhoForm]) -> Template:
    """What was typed is never shown again."""
    device, clock = _Device(request), clock_of(request)
    try:
        done = await code_sign_in.sign_in(
            class_no,
            session,
            held_ticket=data.ticket,
            name=data.name,
            tail=data.tail,
            device=device.hash,
            address=address_of(request),
            clock=clock,
        )
    except code_sign_in.NotOnRoster as refusal:
        session_shown = await code_sign_in.invited_again(class_no, session, data.ticket)
        return _who_page(session_shown, refusal)
    except NotFound:
        raise
    except Refusal as refusal:
        return device.remembered(_code_page(class_no, refusal))
    return page(
        "classes/sign_in_who.html", problem=None, invited=None, done=done, class_no=class_no, clock_text=clock_text, mark_words=MARK_WORDS
    )


def sign_in_code_pages() -> Router:
    """The pages of this file: anybody may see them, nothing of a roster is ever shown."""
    return Router("/", route_handlers=[code_page, code_act, scanned_page, who_act])
