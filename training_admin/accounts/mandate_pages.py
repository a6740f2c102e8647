"""Pages of mandates: my deputies (AB角), consents to street offices (帮办代办), what auditors and third parties may look at."""

from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.accounts import directory, mandates
from training_admin.accounts.account_pages import day_of
from training_admin.kit.identifiers import clean_number, uscc_problem
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.kit.role_words import KIND_WORDS, ROLE_WORDS
from training_admin.web import RowKey, clock_of, csv_download, current_actor, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
MOST_NAMED = 500
DEPUTY_HEADER = ("受托人", "岗位", "起始日", "截止日", "原因")
CONSENT_HEADER = ("街镇（经开区）", "起始日", "截止日")
ASSIGNMENT_HEADER = ("单位", "范围", "事由", "起始日", "截止日")


class DeputyForm(msgspec.Struct, frozen=True):
    """Who stands in, for which days, why."""

    receiver: str = ""
    starts: str = ""
    ends: str = ""
    reason: str = ""


class ConsentForm(msgspec.Struct, frozen=True):
    """Which street office, for which days."""

    office: str = ""
    starts: str = ""
    ends: str = ""


class AssignmentForm(msgspec.Struct, frozen=True):
    """Who may look at what, for which days, why; no enterprises means the whole district."""

    organisation: str = ""
    enterprises: str = ""
    purpose: str = ""
    starts: str = ""
    ends: str = ""


def _days(starts: str, ends: str) -> dict[str, Any]:
    """First and last day of a form; raises MandateRefused."""
    first, last = day_of(starts), day_of(ends)
    if first is None or last is None:
        raise mandates.MandateRefused("请填写起始日和截止日，如 2026-06-01。")
    return {"starts": first, "ends": last}


def credit_codes(text: str) -> tuple[str, ...]:
    """The credit codes of a text field, one a line or parted by commas; raises MandateRefused naming the place of a wrong one."""
    codes = [clean_number(each) for each in text.replace("，", " ").replace(",", " ").replace("、", " ").split()]
    if len(codes) > MOST_NAMED:
        raise mandates.MandateRefused(f"一次至多列 {MOST_NAMED} 家企业。")
    for place, code in enumerate(codes, start=1):
        if uscc_problem(code) is not None:
            raise mandates.MandateRefused(f"第 {place} 个统一社会信用代码有误，请核对。")
    return tuple(dict.fromkeys(codes))


async def _deputies(request: Asked, *, refusal: Refusal | None = None, done: str = "") -> Template:
    actor, clock = current_actor(request), clock_of(request)
    return page(
        "accounts/deputies.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        found=await mandates.my_delegations(actor, clock=clock),
        receivers=await mandates.possible_deputies(actor, clock=clock),
        today=clock.today().isoformat(),
        done={"given": "委托已建立，受托人登录后在“本人账户”中切换。", "ended": "委托已收回，立即失效。"}.get(done, ""),
    )


@get("/me/deputies", include_in_schema=False, right=Right.OWN_ACCOUNT)
async def deputies_page(request: Asked, done: FromQuery[str] = "") -> Template:
    return await _deputies(request, done=done)


@get("/me/deputies.csv", include_in_schema=False, right=Right.OWN_ACCOUNT)
async def deputies_csv(request: Asked) -> Response[bytes]:
    found = await mandates.my_delegations(current_actor(request), clock=clock_of(request))
    rows = ((each.name, "、".join(ROLE_WORDS[role] for role in each.roles), each.starts, each.ends, each.reason) for each in found)
    return csv_download(DEPUTY_HEADER, rows, filename="委托代办.csv")


@post("/me/deputies", include_in_schema=False, right=Right.OWN_ACCOUNT)
async def delegate_act(request: Asked, data: URLEncodedBody[DeputyForm]) -> Template | Redirect:
    try:
        days = _days(data.starts, data.ends)
        await mandates.delegate(current_actor(request), receiver=data.receiver, reason=data.reason, clock=clock_of(request), **days)
    except Refusal as refusal:
        return await _deputies(request, refusal=refusal)
    return Redirect("/me/deputies?done=given", status_code=SEE_OTHER)


@post("/me/deputies/{delegation:int}/end", include_in_schema=False, right=Right.OWN_ACCOUNT)
async def end_delegation_act(request: Asked, delegation: RowKey) -> Redirect:
    await mandates.end_delegation(current_actor(request), delegation, clock=clock_of(request))
    return Redirect("/me/deputies?done=ended", status_code=SEE_OTHER)


async def _consents(request: Asked, *, refusal: Refusal | None = None, done: str = "") -> Template:
    actor, clock = current_actor(request), clock_of(request)
    return page(
        "accounts/consents.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        found=await mandates.my_consents(actor, clock=clock),
        offices=await mandates.street_offices(actor),
        today=clock.today().isoformat(),
        done={"given": "已同意，街镇受理员即可代为预检和提交申报。", "ended": "同意已收回，立即失效。"}.get(done, ""),
    )


@get("/consents", include_in_schema=False, right=Right.CONSENT)
async def consents_page(request: Asked, done: FromQuery[str] = "") -> Template:
    return await _consents(request, done=done)


@get("/consents.csv", include_in_schema=False, right=Right.CONSENT)
async def consents_csv(request: Asked) -> Response[bytes]:
    found = await mandates.my_consents(current_actor(request), clock=clock_of(request))
    return csv_download(CONSENT_HEADER, ((each.office, each.starts, each.ends) for each in found), filename="帮办代办同意.csv")


@post("/consents", include_in_schema=False, right=Right.CONSENT)
async def consent_act(request: Asked, data: URLEncodedBody[ConsentForm]) -> Template | Redirect:
    try:
        days = _days(data.starts, data.ends)
        await mandates.give_consent(current_actor(request), office=data.office, clock=clock_of(request), **days)
    except Refusal as refusal:
        return await _consents(request, refusal=refusal)
    return Redirect("/consents?done=given", status_code=SEE_OTHER)


@post("/consents/{consent:int}/end", include_in_schema=False, right=Right.CONSENT)
async def end_consent_act(request: Asked, consent: RowKey) -> Redirect:
    await mandates.end_consent(current_actor(request), consent, clock=clock_of(request))
    return Redirect("/consents?done=ended", status_code=SEE_OTHER)


async def _assignments(request: Asked, *, form: AssignmentForm | None = None, refusal: Refusal | None = None, done: str = "") -> Template:
    actor, clock = current_actor(request), clock_of(request)
    return page(
        "accounts/assignments.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        found=await mandates.assignments(actor, clock=clock),
        offices=await directory.list_offices(actor, Right.ASSIGNMENT_GIVE),
        kind_words=KIND_WORDS,
        form=form or AssignmentForm(),
        today=clock.today().isoformat(),
        done={"given": "查阅授权已建立，立即生效。", "ended": "查阅授权已结束，立即失效。"}.get(done, ""),
    )


@get("/assignments", include_in_schema=False, right=Right.ASSIGNMENT_GIVE)
async def assignments_page(request: Asked, done: FromQuery[str] = "") -> Template:
    return await _assignments(request, done=done)


@get("/assignments.csv", include_in_schema=False, right=Right.ASSIGNMENT_GIVE)
async def assignments_csv(request: Asked) -> Response[bytes]:
    found = await mandates.assignments(current_actor(request), clock=clock_of(request))
    rows = (
        (each.organisation, "全区" if each.whole_district else " ".join(each.enterprises), each.purpose, each.starts, each.ends)
        for each in found
    )
    return csv_download(ASSIGNMENT_HEADER, rows, filename="查阅授权.csv")


@post("/assignments", include_in_schema=False, right=Right.ASSIGNMENT_GIVE)
async def assign_act(request: Asked, data: URLEncodedBody[AssignmentForm]) -> Template | Redirect:
    try:
        days, enterprises = _days(data.starts, data.ends), credit_codes(data.enterprises)
        await mandates.give_assignment(
            current_actor(request),
            organisation=data.organisation,
            enterprises=enterprises,
            purpose=data.purpose,
            clock=clock_of(request),
            **days,
        )
    except Refusal as refusal:
        return await _assignments(request, form=data, refusal=refusal)
    return Redirect("/assignments?done=given", status_code=SEE_OTHER)


@post("/assignments/{assignment:int}/end", include_in_schema=False, right=Right.ASSIGNMENT_GIVE)
async def end_assignment_act(request: Asked, assignment: RowKey) -> Redirect:
    await mandates.end_assignment(current_actor(request), assignment, clock=clock_of(request))
    return Redirect("/assignments?done=ended", status_code=SEE_OTHER)


def mandate_pages() -> Router:
    """The pages of this file; each handler names its own right."""
    return Router(
        "/",
        route_handlers=[
            *(deputies_page, deputies_csv, delegate_act, end_delegation_act),
            *(consents_page, consents_csv, consent_act, end_consent_act),
            *(assignments_page, assignments_csv, assign_act, end_assignment_act),
        ],
    )
