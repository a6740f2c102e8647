"""领导一页纸 for a phone and A4, monthly and quarterly reports, and the public page of budget and execution: no personal data on any."""

import asyncio
from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.params import QueryParameter
from litestar.response import Template

from training_admin.audit.steering import YearMoney, YearShown, show_public, show_year, waiting_year
from training_admin.audit.steering_charts import bars, meter
from training_admin.audit.steering_facts import COLOUR_WORDS, Indicator, ratio_bp, shown
from training_admin.audit.steering_pages import state_words, unit_words
from training_admin.audit.steering_papers import period_words, report_content
from training_admin.kit.dated import Unit
from training_admin.kit.money import yuan, yuan_grouped
from training_admin.kit.rights import Right
from training_admin.office.paper_rendering import DOCX_TYPE, docx_of
from training_admin.web import clock_of, csv_download, current_actor, download, page

Asked = Request[Any, Any, Any]
YearQuery = Annotated[int | None, QueryParameter(ge=2000, le=2999)]
MonthQuery = Annotated[int | None, QueryParameter(ge=1, le=12)]
QuarterQuery = Annotated[int | None, QueryParameter(ge=1, le=4)]
MONTHS = 12
BUDGET_HEADER = ("表", "月份", "类别", "预算指标（元）", "审定（元）", "拨付（元）", "追回入账（元）")


def _months(found: YearMoney) -> range:
    """The months that have begun, twelve of a year that is over."""
    return range(1, (MONTHS if found.year < found.today.year else found.today.month) + 1)


def _money(found: YearMoney) -> dict[str, Any]:
    """Committed and paid by month, as rows of a table and as bars."""
    spending = {month: (committed, paid) for month, committed, paid in found.spending}
    money = [(month, *spending.get(month, (0, 0))) for month in _months(found)]
    return {"money": money, "money_bars": bars([(str(month), paid, f"{yuan_grouped(paid)} 元") for month, _committed, paid in money])}


def _people(found: YearShown) -> dict[str, Any]:
    """People by month, as rows of a table and as bars."""
    people = [(month, found.counted.of(month=month).people) for month in _months(found)]
    return {"people": people, "people_bars": bars([(str(month), count, f"{count} 人") for month, count in people])}


@get("/leader", include_in_schema=False, right=Right.TOTALS_READ)
async def leader_page(request: Asked, year: YearQuery = None) -> Template:
    actor, clock = current_actor(request), clock_of(request)
    found = await show_year(actor, year or clock.today().year, clock=clock)
    return page(
        "desk/leader.html",
        found=found,
        waiting=await waiting_year(actor, found.year, clock=clock),
        trained=found.row(Indicator.TRAINED),
        apprentices=found.row(Indicator.APPRENTICES),
        colours=COLOUR_WORDS,
        shown=shown,
        state_words=state_words,
        unit_words=unit_words,
        meter=meter,
        quarter=(clock.today().month - 1) // 3 + 1,
        month=clock.today().month,
        **_people(found),
        **_money(found),
    )


@get("/leader/report.docx", include_in_schema=False, right=Right.TOTALS_READ)
async def report_docx(request: Asked, year: YearQuery = None, month: MonthQuery = None, quarter: QuarterQuery = None) -> Response[bytes]:
    actor, clock = current_actor(request), clock_of(request)
    found = await show_year(actor, year or clock.today().year, clock=clock)
    months = [month or clock.today().month] if quarter is None else [3 * quarter - 2, 3 * quarter - 1, 3 * quarter]
    words = period_words(found.year, months)
    content = report_content(found, months, held=(await waiting_year(actor, found.year, clock=clock)).held)
    made = await asyncio.to_thread(docx_of, f"统计期：{words}", content)
    return download(made, filename=f"{words}培训补贴工作报告.docx", media_type=DOCX_TYPE)


@get("/budget", include_in_schema=False, public=True)
async def budget_page(request: Asked, year: YearQuery = None) -> Template:
    clock = clock_of(request)
    found = await show_public(year or clock.today().year, clock=clock)
    executed = ratio_bp(found.money.paid_fen, found.money.granted_fen)
    return page("desk/budget.html", found=found, executed=shown(executed, Unit.SHARE_BP), **_money(found))


@get("/budget.csv", include_in_schema=False, public=True)
async def budget_csv(request: Asked, year: YearQuery = None) -> Response[bytes]:
    clock = clock_of(request)
    found = await show_public(year or clock.today().year, clock=clock)
    rows: list[tuple[object, ...]] = [
        ("按类别", "", name or "各类通用", yuan(granted), yuan(committed), yuan(paid), "")
        for name, granted, committed, paid in found.streams
    ]
    rows += [
        ("按月", f"{month}月", "", "", yuan(committed), yuan(paid), yuan(found.returned.get(month, 0)))
        for month, committed, paid in _money(found)["money"]
    ]
    rows += [("按月和类别", f"{each.month}月", each.stream, "", yuan(each.committed_fen), yuan(each.paid_fen), "") for each in found.months]
    return csv_download(BUDGET_HEADER, rows, filename=f"{found.year}年预算与执行.csv")


def leader_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[leader_page, report_docx, budget_page, budget_csv])
