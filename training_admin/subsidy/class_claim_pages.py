"""Pages from closed class to claim: what was filed for the enterprise, what the later claim would say, and the prefilled claim."""

from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.catalog.filing import show_class
from training_admin.catalog.forecast_facts import Verdict
from training_admin.catalog.forecast_screens import HEADER, forecast_rows, forecast_shown, named_of
from training_admin.catalog.witness_facts import MOMENT_WORDS
from training_admin.kit.actor import StepUpNeeded, may
from training_admin.kit.money import yuan
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import day
from training_admin.subsidy import claim_drafts, claims, class_offers, dry_run
from training_admin.subsidy.drafts import DraftBox
from training_admin.web import clock_of, csv_download, current_actor, download, page, several

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
CLASSES = (
    *("班级编号", "班级名称", "办班单位", "状态", "开班日", "结业日", "备案人数"),
    *("可补人数", "将不可补人数", "待比对人数", "可补金额（元）", "已列入的申报"),
)


class ChosenForm(msgspec.Struct, frozen=True):
    """The classes that are to be claimed."""

    chosen: list[str] | str = []


async def _list(request: Asked, *, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    offers, lacking = await class_offers.my_offers(actor, clock=clock_of(request))
    return page(
        "claims/classes.html",
        offers=offers,
        lacking=lacking,
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        found=await claim_drafts.my_classes(actor),
        most=claim_drafts.MOST_LISTED,
        may_draft=may(actor, Right.CLAIM_SUBMIT) and actor.acts_for is None,
        stepped_up=actor.stepped_up,
    )


@get("/claims/classes", include_in_schema=False, right=Right.CLAIM_READ)
async def classes_page(request: Asked) -> Template:
    return await _list(request)


@get("/claims/classes.csv", include_in_schema=False, right=Right.CLAIM_READ)
async def classes_csv(request: Asked) -> Response[bytes]:
    rows = []
    for each in await claim_drafts.my_classes(current_actor(request)):
        sessions = each.approved.content.sessions
        told = None if each.forecast is None else each.forecast.forecast
        rows.append(
            (
                *(each.approved.class_no, each.approved.content.title, each.approved.organisation_name, each.state_words),
                *(day(min(one.day for one in sessions)), day(max(one.day for one in sessions)), each.approved.people),
                *(None if told is None else told.count(verdict) for verdict in (Verdict.PAYABLE, Verdict.REFUSED, Verdict.PENDING)),
                *(None if told is None else yuan(told.payable_fen), "、".join(each.claims)),
            )
        )
    return csv_download(CLASSES, rows, filename="可申报班级.csv")


@get("/claims/classes/{class_no:str}", include_in_schema=False, right=Right.CLAIM_READ)
async def class_page(request: Asked, class_no: FromPath[str]) -> Template:
    actor = current_actor(request)
    shown, named, counts = await claim_drafts.my_class(actor, class_no)
    return page(
        "claims/class.html",
        shown=shown,
        content=shown.approved.content,
        forecast=shown.forecast,
        named=named,
        counts=counts,
        moments=MOMENT_WORDS,
        csv=f"/claims/classes/{class_no}/forecast.csv",
        compute=f"/claims/classes/{class_no}/forecast" if may(actor, Right.CLAIM_SUBMIT) else "",
    )


@get("/claims/classes/{class_no:str}/forecast.csv", include_in_schema=False, right=Right.CLAIM_READ)
async def enterprise_forecast_csv(request: Asked, class_no: FromPath[str]) -> Response[bytes]:
    shown, named, _counts = await claim_drafts.my_class(current_actor(request), class_no)
    rows = () if shown.forecast is None else forecast_rows(shown.forecast.forecast, named)
    return csv_download(HEADER, rows, filename=f"补贴测算-{class_no}.csv")


@post("/claims/classes/{class_no:str}/forecast", include_in_schema=False, right=Right.CLAIM_SUBMIT)
async def enterprise_forecast_act(request: Asked, class_no: FromPath[str]) -> Redirect:
    await dry_run.make_forecast(current_actor(request), class_no, for_enterprise=True, clock=clock_of(request))
    return Redirect(f"/claims/classes/{class_no}#forecast", status_code=SEE_OTHER)


@get("/classes/{class_no:str}/forecast.csv", include_in_schema=False, right=Right.CLASS_READ)
async def forecast_csv(request: Asked, class_no: FromPath[str]) -> Response[bytes]:
    shown = await show_class(current_actor(request), class_no, clock=clock_of(request))
    found = await forecast_shown(shown.head.id)
    rows = () if found is None else forecast_rows(found.forecast, named_of(shown))
    return csv_download(HEADER, rows, filename=f"补贴测算-{class_no}.csv")


@post("/classes/{class_no:str}/forecast", include_in_schema=False, right=Right.CLASS_FILE)
async def forecast_act(request: Asked, class_no: FromPath[str]) -> Redirect:
    await dry_run.make_forecast(current_actor(request), class_no, for_enterprise=False, clock=clock_of(request))
    return Redirect(f"/classes/{class_no}#forecast", status_code=SEE_OTHER)


@post("/claims/classes/draft", include_in_schema=False, status_code=200, right=Right.CLAIM_SUBMIT)
async def draft_act(request: Asked, data: URLEncodedBody[ChosenForm]) -> Response[bytes] | Template:
    """The prefilled claim to keep; a refusal is told on the list."""
    try:
        content = await claim_drafts.draft_claim(current_actor(request), several(data.chosen), way="download", clock=clock_of(request))
    except (claim_drafts.DraftRefused, StepUpNeeded) as refusal:
        return await _list(request, refusal=refusal)
    return download(content, filename="培训补贴申报表-预填.xlsx")


@post("/claims/classes/precheck", include_in_schema=False, right=Right.CLAIM_SUBMIT)
async def precheck_act(request: Asked, data: URLEncodedBody[ChosenForm]) -> Redirect | Template:
    """The prefilled claim straight into the pre-check, where it can be downloaded, completed and submitted."""
    actor, clock = current_actor(request), clock_of(request)
    try:
        content = await claim_drafts.draft_claim(actor, several(data.chosen), way="precheck", clock=clock)
    except (claim_drafts.DraftRefused, StepUpNeeded) as refusal:
        return await _list(request, refusal=refusal)
    checked = await claims.precheck(actor, content, clock=clock)
    box: DraftBox = request.app.state.drafts
    return Redirect(f"/prechecks/{box.put(actor, content, checked, clock=clock)}", status_code=SEE_OTHER)


def class_claim_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[
            *(classes_page, classes_csv, class_page, enterprise_forecast_csv, enterprise_forecast_act),
            *(forecast_csv, forecast_act, draft_act, precheck_act),
        ],
    )
