"""The workbench: what is under way and what to do next, by what the person may do."""

from typing import Any

from litestar import Request, Response, Router, get
from litestar.response import Template

from training_admin.accounts.facts import OrganisationState
from training_admin.accounts.organisations import list_registrations
from training_admin.desk.claims_waiting import claims_waiting
from training_admin.desk.payments_waiting import payments_waiting
from training_admin.desk.rectifications_waiting import rectifications_waiting
from training_admin.desk.waiting import waiting_for
from training_admin.kit.actor import may
from training_admin.kit.money import yuan
from training_admin.kit.rights import Right
from training_admin.policy.figures import show_figures
from training_admin.policy.proposals import waiting_proposals
from training_admin.subsidy.claims import list_claims
from training_admin.subsidy.class_offers import my_offers
from training_admin.subsidy.rules import ALL_RULES
from training_admin.subsidy.totals import district_totals
from training_admin.subsidy.views import ClaimSummary
from training_admin.web import clock_of, csv_download, current_actor, page, unread_of

NEWEST = 8
TOTALS_HEADER = ("申报年度", "企业", "申报", "人次", "可补人次", "测算（元）", "应发（元）")


@get("/", include_in_schema=False, right=Right.DESK)
async def workbench_page(request: Request[Any, Any, Any]) -> Template:
    actor, clock = current_actor(request), clock_of(request)
    newest: list[ClaimSummary] = []
    if may(actor, Right.CLAIM_READ):
        newest, _ = await list_claims(actor, cursor=None, limit=NEWEST, state=None)
    waiting = []
    if may(actor, Right.ORGANISATION_DECIDE):
        waiting = await list_registrations(actor, state=OrganisationState.WAITING, clock=clock)
    figures = (await show_figures(actor, clock=clock)).figures
    return page(
        "desk/workbench.html",
        claims=newest,
        years=await district_totals(actor) if may(actor, Right.TOTALS_READ) else [],
        unread=unread_of(request),
        waiting=len(waiting),
        proposals=await waiting_proposals(actor),
        training=[
            *await claims_waiting(actor, clock=clock),
            *await payments_waiting(actor),
            *await rectifications_waiting(actor, clock=clock),
            *await waiting_for(actor, clock=clock),
        ],
        offers=(await my_offers(actor, clock=clock))[0],
        overdue=sum(1 for each in waiting if each.days_left is not None and each.days_left < 0),
        today=clock.today(),
        rules=len(ALL_RULES),
        figures=len(figures),
        assumed=sum(1 for figure in figures if figure.assumed),
    )


@get("/totals.csv", include_in_schema=False, right=Right.TOTALS_READ)
async def totals_csv(request: Request[Any, Any, Any]) -> Response[bytes]:
    rows = await district_totals(current_actor(request))
    cells = ((r.year, r.enterprises, r.claims, r.lines, r.paying, yuan(r.computed_fen), yuan(r.payable_fen)) for r in rows)
    return csv_download(TOTALS_HEADER, cells, filename="全区汇总.csv")


def desk_pages() -> Router:
    """The pages of this room."""
    return Router("/", route_handlers=[workbench_page, totals_csv])
