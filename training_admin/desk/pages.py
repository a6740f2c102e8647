"""The workbench: what is under way, what to do next."""

from typing import Any

from litestar import Request, Router, get
from litestar.response import Template

from training_admin.policy.figures import show_figures
from training_admin.subsidy.claims import list_claims
from training_admin.subsidy.rules import RULES
from training_admin.web import clock_of, current_actor, page

NEWEST = 8


@get("/", include_in_schema=False)
async def workbench_page(request: Request[Any, Any, Any]) -> Template:
    newest, _ = await list_claims(current_actor(), cursor=None, limit=NEWEST, state=None)
    figures = (await show_figures(current_actor(), clock=clock_of(request))).figures
    return page(
        "desk/workbench.html",
        claims=newest,
        today=clock_of(request).today(),
        rules=len(RULES),
        figures=len(figures),
        assumed=sum(1 for figure in figures if figure.assumed),
    )


def desk_pages() -> Router:
    """The pages of this room."""
    return Router("/", route_handlers=[workbench_page])
