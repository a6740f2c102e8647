"""Pages of 单位注册: who waits and until when, one registration with licence and contact, the decision, the hand-over."""

from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.accounts import organisations
from training_admin.accounts.facts import OrganisationState
from training_admin.accounts.organisations import RegistrationShown
from training_admin.accounts.registering import Contact
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.kit.role_words import KIND_WORDS
from training_admin.web import StateQuery, clock_of, csv_download, current_actor, download, page, shanghai_iso

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
STATE_WORDS = {
    OrganisationState.WAITING: "待核准",
    OrganisationState.APPROVED: "已核准",
    OrganisationState.REFUSED: "不予核准",
    OrganisationState.CLOSED: "已注销",
}
HEADER = ("统一社会信用代码", "单位名称", "类型", "状态", "申请时间", "办理期限", "时限", "经办", "办结时间", "意见")
DONE_WORDS = {"approved": "已核准，该单位可以提交申报。", "refused": "已作不予核准，原因已记录。", "handed": "已转办。"}


class DecideForm(msgspec.Struct, frozen=True):
    """The decision: `approve` or `refuse`."""

    decision: str = ""
    reason: str = ""


class HandOverForm(msgspec.Struct, frozen=True):
    """Who takes the registration over."""

    to: str = ""


class ReasonForm(msgspec.Struct, frozen=True):
    """Why the contact is looked at."""

    reason: str = ""


def left_words(shown: RegistrationShown) -> str:
    """The clock of a registration in words."""
    if shown.state is not OrganisationState.WAITING:
        return ""
    if shown.days_left is None:
        return "工作日历未公布，待定"
    if shown.days_left < 0:
        return f"已超期 {-shown.days_left} 个工作日"
    return "今天到期" if shown.days_left == 0 else f"剩 {shown.days_left} 个工作日"


def _state(text: str) -> OrganisationState:
    return OrganisationState(text) if text in set(OrganisationState) else OrganisationState.WAITING


@get("/organisations", include_in_schema=False)
async def organisations_page(
    request: Asked, wanted_state: StateQuery = "", wanted: FromQuery[str] = "", done: FromQuery[str] = ""
) -> Template:
    found = await organisations.list_registrations(
        current_actor(request), state=_state(wanted_state), wanted=wanted, clock=clock_of(request)
    )
    return page(
        "accounts/organisations.html",
        found=[(each, left_words(each)) for each in found],
        state=_state(wanted_state),
        states=STATE_WORDS,
        kinds=KIND_WORDS,
        wanted=wanted,
        most=organisations.MOST_LISTED,
        done=DONE_WORDS.get(done, ""),
    )


@get("/organisations.csv", include_in_schema=False)
async def organisations_csv(request: Asked, wanted_state: StateQuery = "", wanted: FromQuery[str] = "") -> Response[bytes]:
    found = await organisations.list_registrations(
        current_actor(request), state=_state(wanted_state), wanted=wanted, clock=clock_of(request)
    )
    rows = (
        (
            *(each.code, each.name, KIND_WORDS[each.kind], STATE_WORDS[each.state], shanghai_iso(each.applied_at), each.decide_by),
            *(left_words(each), each.handler_name, None if each.decided_at is None else shanghai_iso(each.decided_at), each.reason),
        )
        for each in found
    )
    return csv_download(HEADER, rows, filename="单位注册.csv")


async def _one(request: Asked, code: str, *, refusal: Refusal | None = None, contact: Contact | None = None, reason: str = "") -> Template:
    shown, masked, deciders = await organisations.registration_detail(current_actor(request), code, clock=clock_of(request))
    return page(
        "accounts/organisation.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        one=shown,
        left=left_words(shown),
        state_words=STATE_WORDS[shown.state],
        kind_words=KIND_WORDS[shown.kind],
        contact=contact or masked,
        in_full=contact is not None,
        deciders=deciders,
        reason=reason,
    )


@get("/organisations/{code:str}", include_in_schema=False)
async def organisation_page(request: Asked, code: FromPath[str]) -> Template:
    return await _one(request, code)


@post("/organisations/{code:str}/licence", include_in_schema=False)
async def licence_act(request: Asked, code: FromPath[str]) -> Response[bytes]:
    content, filename, media_type = await organisations.read_licence(current_actor(request), code, clock=clock_of(request))
    return download(content, filename=filename, media_type=media_type)


@post("/organisations/{code:str}/contact", include_in_schema=False)
async def contact_act(request: Asked, code: FromPath[str], data: URLEncodedBody[ReasonForm]) -> Template:
    try:
        contact = await organisations.read_contact(current_actor(request), code, reason=data.reason, clock=clock_of(request))
    except Refusal as refusal:
        return await _one(request, code, refusal=refusal)
    return await _one(request, code, contact=contact)


@post("/organisations/{code:str}/decide", include_in_schema=False)
async def decide_act(request: Asked, code: FromPath[str], data: URLEncodedBody[DecideForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    try:
        target = await organisations.decide_registration(actor, code, approve=data.decision == "approve", reason=data.reason, clock=clock)
    except Refusal as refusal:
        return await _one(request, code, refusal=refusal, reason=data.reason)
    return Redirect(f"/organisations?done={target}", status_code=SEE_OTHER)


@post("/organisations/{code:str}/hand-over", include_in_schema=False)
async def hand_over_act(request: Asked, code: FromPath[str], data: URLEncodedBody[HandOverForm]) -> Template | Redirect:
    try:
        await organisations.hand_over_registration(current_actor(request), code, to=data.to, clock=clock_of(request))
    except Refusal as refusal:
        return await _one(request, code, refusal=refusal)
    return Redirect("/organisations?done=handed", status_code=SEE_OTHER)


def organisation_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[
            organisations_page,
            organisations_csv,
            organisation_page,
            licence_act,
            contact_act,
            decide_act,
            hand_over_act,
        ],
        opt={"right": Right.ORGANISATION_DECIDE},
    )
