"""The public page on which anybody checks a certificate, by QR code or by number."""

from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Router, get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Template

from training_admin.certificates import reading
from training_admin.certificates.facts import KIND_WORDS, STATE_WORDS
from training_admin.certificates.reading import Checked
from training_admin.certificates.tags import CHECK_PATH
from training_admin.kit.refusals import Refusal
from training_admin.web import clock_of, page

Asked = Request[Any, Any, Any]


class CheckForm(msgspec.Struct, frozen=True):
    """A number as it is typed."""

    number: str = ""


def _page(*, checked: Checked | None = None, refusal: Refusal | None = None) -> Template:
    return page(
        "certificates/check.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        checked=checked,
        states=STATE_WORDS,
        kinds=KIND_WORDS,
    )


@get(CHECK_PATH, include_in_schema=False, public=True)
async def check_page(no: FromQuery[str] = "", t: FromQuery[str] = "") -> Template:
    """The form; with number and tag of a QR code what they lead to."""
    if not no:
        return _page()
    try:
        return _page(checked=await reading.check_scanned(no, t))
    except Refusal as refusal:
        return _page(refusal=refusal)


@post(CHECK_PATH, include_in_schema=False, public=True, status_code=HTTPStatus.OK)
async def check_act(request: Asked, data: URLEncodedBody[CheckForm]) -> Template:
    """Anybody may check a number, but no address more than a few times in a quarter of an hour."""
    address = request.client.host if request.client else ""
    try:
        return _page(checked=await reading.check_typed(data.number, address=address, clock=clock_of(request)))
    except Refusal as refusal:
        return _page(refusal=refusal)


def check_pages() -> Router:
    """The pages of this file; they are everybody's."""
    return Router("/", route_handlers=[check_page, check_act])
