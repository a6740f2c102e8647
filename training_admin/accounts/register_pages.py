"""The public page on which enterprises and institutions register themselves."""

from typing import Any

import msgspec
from litestar import Request, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import MultipartBody, URLEncodedBody
from litestar.response import Template

from training_admin.accounts.licences import LARGEST
from training_admin.accounts.passwords import SHORTEST
from training_admin.accounts.registering import DECIDE_DAYS, Contact, Registered, Registration, register_organisation
from training_admin.accounts.registration_results import RegistrationResult, registration_result
from training_admin.accounts.sign_in_pages import address_of
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import OUTSIDE, OrganisationKind
from training_admin.kit.role_words import KIND_WORDS
from training_admin.web import clock_of, page

Asked = Request[Any, Any, Any]
FORM_MARGIN = 64 * 1024


class RegisterForm(msgspec.Struct, frozen=True):
    """The form of registration."""

    kind: OrganisationKind = OrganisationKind.ENTERPRISE
    code: str = ""
    name: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    login: str = ""
    password: str = ""
    file: UploadFile | None = None


class ResultForm(msgspec.Struct, frozen=True):
    """Who asks what became of his registration."""

    code: str = ""
    login: str = ""
    password: str = ""


def _page(request: Asked, *, form: RegisterForm, refusal: Refusal | None = None, done: Registered | None = None) -> Template:
    """What was typed is shown again, but neither the password nor the file."""
    profile: str = request.app.state.settings.password_profile
    return page(
        "accounts/register.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        form=form,
        kinds=[(kind, KIND_WORDS[kind]) for kind in sorted(OUTSIDE)],
        done=done,
        days=DECIDE_DAYS,
        limit_mb=LARGEST // 2**20,
        shortest=SHORTEST[profile],
        dengbao=profile == "dengbao",
    )


@get("/register", include_in_schema=False, sync_to_thread=False)
def register_page(request: Asked) -> Template:
    return _page(request, form=RegisterForm())


@post("/register", include_in_schema=False)
async def register_act(request: Asked, data: MultipartBody[RegisterForm]) -> Template:
    asked = Registration(
        kind=data.kind,
        code=data.code,
        name=data.name,
        licence=b"" if data.file is None else await data.file.read(),
        contact=Contact(data.contact_name, data.contact_phone),
        login=data.login,
        password=data.password,
    )
    profile: str = request.app.state.settings.password_profile
    try:
        done = await register_organisation(asked, address=address_of(request), profile=profile, clock=clock_of(request))
    except Refusal as refusal:
        return _page(request, form=data, refusal=refusal)
    return _page(request, form=data, done=done)


def _result(*, form: ResultForm, refusal: Refusal | None = None, found: RegistrationResult | None = None) -> Template:
    return page(
        "accounts/register_result.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        form=form,
        found=found,
    )


@get("/register/result", include_in_schema=False, sync_to_thread=False)
def register_result_page() -> Template:
    return _result(form=ResultForm())


@post("/register/result", include_in_schema=False)
async def register_result_act(request: Asked, data: URLEncodedBody[ResultForm]) -> Template:
    try:
        found = await registration_result(data.code, data.login, data.password, address=address_of(request), clock=clock_of(request))
    except Refusal as refusal:
        return _result(form=data, refusal=refusal)
    return _result(form=data, found=found)


def register_pages() -> Router:
    """The pages of this file; everybody may see them."""
    return Router(
        "/",
        route_handlers=[register_page, register_act, register_result_page, register_result_act],
        opt={"public": True},
        request_max_body_size=LARGEST + FORM_MARGIN,
    )
