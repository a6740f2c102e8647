"""Pages of performance evaluation with its papers, of 应享未享 and of the workload sheet."""

import asyncio
from collections.abc import Callable
from typing import Any

from litestar import Response, Router, get
from litestar.params import FromQuery
from litestar.response import Template

from training_admin.audit import performance, reaching
from training_admin.audit.performance import YearEvaluated
from training_admin.audit.performance_facts import BLOCK_WORDS
from training_admin.audit.performance_papers import (
    SOURCE_WORDS,
    goals_declared,
    organisation_rows,
    self_evaluation,
    value_words,
    workbook_of,
)
from training_admin.audit.reach_store import Work
from training_admin.audit.steering_pages import UNKNOWN_STREET, Asked, YearQuery
from training_admin.kit.money import yuan
from training_admin.kit.rights import Right
from training_admin.kit.wording import hundredths
from training_admin.office.paper_facts import PaperContent
from training_admin.office.paper_rendering import DOCX_TYPE, docx_of
from training_admin.parties.facts import SIZE_WORDS
from training_admin.subsidy.review_states import ACT_WORDS
from training_admin.web import clock_of, csv_download, current_actor, download, page

SHOWN = 100
UNTOUCHED_HEADER = (
    "统一社会信用代码",
    "企业",
    "规模",
    "街镇",
    "上年度实缴地方教育附加（元）",
    "参保职工",
    "持等级证书职工",
    "剩余补贴限额（元）",
)
WORK_HEADER = ("单位", "业务", "环节", "办理次数", "件数", "涉及人次", "超期次数")
KIND_WORDS = {"claim": "补贴申报", "class": "开班备案", "resource": "办学条件"}
STEP_WORDS = {
    **{act.value: words for act, words in ACT_WORDS.items()},
    "approved": "核定（同意）",
    "refused": "不予核定",
    "returned": "退回补正",
}


def step_words(work: Work) -> str:
    """A step in words."""
    return STEP_WORDS.get(work.step, work.step)


async def _evaluated(request: Asked, year: int | None) -> YearEvaluated:
    clock = clock_of(request)
    return await performance.show_evaluation(current_actor(request), year or clock.today().year, clock=clock)


@get("/steering/performance", include_in_schema=False, right=Right.TOTALS_READ)
async def performance_page(request: Asked, year: YearQuery = None) -> Template:
    found = await _evaluated(request, year)
    return page(
        "steering/performance.html",
        found=found,
        year=found.found.year,
        institutions=list(organisation_rows(found.institutions[:SHOWN])),
        enterprises=list(organisation_rows(found.enterprises[:SHOWN])),
        most=SHOWN,
        blocks=BLOCK_WORDS,
        value_words=value_words,
        points=hundredths,
        sources=SOURCE_WORDS,
    )


@get("/steering/performance.xlsx", include_in_schema=False, right=Right.TOTALS_READ)
async def performance_workbook(request: Asked, year: YearQuery = None) -> Response[bytes]:
    found = await _evaluated(request, year)
    return download(await asyncio.to_thread(workbook_of, found), filename=f"{found.found.year}年绩效评价.xlsx")


async def _paper(request: Asked, year: int | None, content_of: Callable[[YearEvaluated], PaperContent], name: str) -> Response[bytes]:
    found = await _evaluated(request, year)
    made = await asyncio.to_thread(docx_of, f"年度：{found.found.year}年", content_of(found))
    return download(made, filename=f"{found.found.year}年{name}.docx", media_type=DOCX_TYPE)


@get("/steering/performance/self-evaluation.docx", include_in_schema=False, right=Right.TOTALS_READ)
async def self_evaluation_docx(request: Asked, year: YearQuery = None) -> Response[bytes]:
    return await _paper(request, year, self_evaluation, "项目绩效自评表")


@get("/steering/performance/goals.docx", include_in_schema=False, right=Right.TOTALS_READ)
async def goals_docx(request: Asked, year: YearQuery = None) -> Response[bytes]:
    return await _paper(request, year, goals_declared, "绩效目标申报表")


@get("/steering/unclaimed", include_in_schema=False, right=Right.DELIVERY_READ)
async def unclaimed_page(request: Asked, year: YearQuery = None, everybody: FromQuery[bool] = False) -> Template:
    clock = clock_of(request)
    wanted = year or clock.today().year
    found = await reaching.show_untouched(current_actor(request), wanted, skilled=not everybody, clock=clock)
    return page(
        "steering/unclaimed.html",
        year=wanted,
        everybody=everybody,
        found=found[:SHOWN],
        count=len(found),
        left_fen=sum(each.left_fen or 0 for each in found),
        sizes=SIZE_WORDS,
        unknown_street=UNKNOWN_STREET,
    )


@get("/steering/unclaimed.csv", include_in_schema=False, right=Right.DELIVERY_READ)
async def unclaimed_csv(request: Asked, year: YearQuery = None, everybody: FromQuery[bool] = False) -> Response[bytes]:
    clock = clock_of(request)
    wanted = year or clock.today().year
    rows = (
        (
            *(each.firm.uscc, each.firm.name, SIZE_WORDS.get(each.firm.size or "", ""), each.firm.street, yuan(each.firm.surcharge_fen)),
            *(each.firm.insured, each.firm.skilled, "" if each.left_fen is None else yuan(each.left_fen)),
        )
        for each in await reaching.show_untouched(current_actor(request), wanted, skilled=not everybody, clock=clock)
    )
    return csv_download(UNTOUCHED_HEADER, rows, filename=f"{wanted}年应享未享企业.csv")


@get("/steering/workload", include_in_schema=False, right=Right.DELIVERY_READ)
async def workload_page(request: Asked, year: YearQuery = None) -> Template:
    wanted = year or clock_of(request).today().year
    found = await reaching.show_workload(current_actor(request), wanted)
    return page("steering/workload.html", year=wanted, found=found, kinds=KIND_WORDS, step_words=step_words)


@get("/steering/workload.csv", include_in_schema=False, right=Right.DELIVERY_READ)
async def workload_csv(request: Asked, year: YearQuery = None) -> Response[bytes]:
    wanted = year or clock_of(request).today().year
    rows = (
        (each.organisation, KIND_WORDS[each.kind], step_words(each), each.acts, each.cases, each.rows, each.late)
        for each in await reaching.show_workload(current_actor(request), wanted)
    )
    return csv_download(WORK_HEADER, rows, filename=f"{wanted}年工作量.csv")


def performance_pages() -> Router:
    """The pages of this file."""
    handlers: list[Any] = [
        *(performance_page, performance_workbook, self_evaluation_docx, goals_docx, unclaimed_page, unclaimed_csv),
        *(workload_page, workload_csv),
    ]
    return Router("/", route_handlers=handlers)
