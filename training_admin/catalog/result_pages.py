"""Pages of the results of a class: everybody with theory, practice, outcome and certificate, entered here or by workbook."""

import asyncio
from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Any, Final

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from training_admin.catalog import running
from training_admin.catalog.facts import LEVEL_WORDS
from training_admin.catalog.result_reading import ResultRule, ResultTold, outcome_of, result_faults
from training_admin.catalog.run_facts import Outcome, Result
from training_admin.catalog.run_intake import result_rule
from training_admin.catalog.run_pages import PEOPLE_HEADER, WORDS
from training_admin.catalog.run_screens import RunShown, show_run
from training_admin.catalog.run_workbooks import results_workbook
from training_admin.catalog.running import NotRunning, Running, RunRefused
from training_admin.kit.actor import shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.identifiers import clean_number
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.web import clock_of, csv_download, current_actor, download, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
RESULTS_HEADER = (*PEOPLE_HEADER[:3], *PEOPLE_HEADER[-5:])
MOST_TOLD = 10


async def _results_page(
    request: Asked, class_no: str, *, refusal: Refusal | None = None, typed: Mapping[str, Any] | None = None, saved: bool = False
) -> Template:
    clock = clock_of(request)
    shown = await show_run(current_actor(request), class_no, right=Right.CLASS_RUN, clock=clock)
    plan = shown.running.plan
    assert plan.end is not None, "an approved class has sessions"
    return page(
        "classes/results.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        shown=shown,
        plan=plan,
        may_enter=shown.running.is_open and clock.today() >= plan.end,
        level=LEVEL_WORDS.get(plan.level or ""),
        typed=_typed(shown) if typed is None else typed,
        words=WORDS,
        saved=saved,
    )


def _typed(shown: RunShown) -> dict[str, str]:
    """The fields of the form as they are known."""
    typed: dict[str, str] = {}
    for each in shown.people:
        known = each.tally.result
        if known is not None:
            typed |= {
                f"theory-{each.number}": known.theory or "",
                f"practice-{each.number}": known.practice or "",
                f"outcome-{each.number}": known.outcome.value,
                f"certificate-{each.number}": known.certificate_no,
                f"issued-{each.number}": "" if known.certified_on is None else known.certified_on.isoformat(),
            }
    return typed


@get("/classes/{class_no:str}/results", include_in_schema=False, right=Right.CLASS_RUN)
async def results_page(request: Asked, class_no: FromPath[str], saved: FromQuery[bool] = False) -> Template:
    return await _results_page(request, class_no, saved=saved)


def told_results(form: Mapping[str, Any], found: Running, rule: ResultRule, *, by: str, clock: Clock) -> list[Result]:
    """The results of a form; raises RunRefused naming everybody whose fields do not fit."""
    results: list[Result] = []
    wrong: list[str] = []
    for number, each in enumerate(found.plan.trainees, start=1):
        told = _told(form, number, wrong, each.name)
        if told is not None:
            wrong.extend(f"{each.name}“{header}”：{words}" for header, _code, words in result_faults(told, rule))
            results.append(
                Result(each.person, told.theory, told.practice, told.outcome, told.certificate_no, told.certified_on, by, clock.now())
            )
    if wrong:
        more = f"另有 {len(wrong) - MOST_TOLD} 处。" if len(wrong) > MOST_TOLD else ""
        raise RunRefused(f"有 {len(wrong)} 处不符，没有保存：" + "".join(wrong[:MOST_TOLD]) + more)
    return results


def _told(form: Mapping[str, Any], number: int, wrong: list[str], name: str) -> ResultTold | None:
    """One person's fields; None when nothing was filled in, or what was cannot be read, which is noted."""
    field = {key: str(form.get(f"{key}-{number}", "")).strip() for key in ("theory", "practice", "outcome", "certificate", "issued")}
    if not any(field.values()):
        return None
    parts: dict[str, Outcome | None] = {key: outcome_of(field[key]) if field[key] else None for key in ("theory", "practice", "outcome")}
    outcome = parts["outcome"]
    if outcome is None or any(field[key] and parts[key] is None for key in parts):
        wrong.append(f"{name}：请选择考核结果（合格、不合格或缺考）。")
        return None
    try:
        issued = date.fromisoformat(field["issued"]) if field["issued"] else None
    except ValueError:
        wrong.append(f"{name}：发证日期请按 2026-07-20 的写法填写。")
        return None
    return ResultTold(number - 1, parts["theory"], parts["practice"], outcome, clean_number(field["certificate"]), issued)


@post("/classes/{class_no:str}/results", include_in_schema=False, right=Right.CLASS_RUN)
async def results_act(request: Asked, class_no: FromPath[str]) -> Template | Redirect:
    actor, clock, form = current_actor(request), clock_of(request), await request.form()
    try:
        found = await running.show_running(actor, class_no)
        running.assert_open(found)
        results = told_results(form, found, result_rule(found, clock), by=shown_name(actor), clock=clock)
        await running.save_results(actor, class_no, results, moved=found.head.moved, clock=clock)
    except (NotFound, NotRunning):
        raise
    except Refusal as refusal:
        return await _results_page(request, class_no, refusal=refusal, typed={key: str(value) for key, value in form.items()})
    return Redirect(f"/classes/{class_no}/results?saved=true", status_code=SEE_OTHER)


@get("/classes/{class_no:str}/results.xlsx", include_in_schema=False, right=Right.CLASS_RUN)
async def results_xlsx(request: Asked, class_no: FromPath[str]) -> Response[bytes]:
    shown = await show_run(current_actor(request), class_no, right=Right.CLASS_RUN, clock=clock_of(request))
    masked = tuple(each.masked for each in shown.people)
    content = await asyncio.to_thread(results_workbook, shown.running.plan, shown.running.run, masked=masked)
    return download(content, filename=f"考核成绩-{class_no}.xlsx")


@get("/classes/{class_no:str}/results.csv", include_in_schema=False, right=Right.CLASS_RUN)
async def results_csv(request: Asked, class_no: FromPath[str]) -> Response[bytes]:
    shown = await show_run(current_actor(request), class_no, right=Right.CLASS_RUN, clock=clock_of(request))
    rows = []
    for each in shown.people:
        known = each.tally.result
        parts = (None, None, None) if known is None else (known.theory, known.practice, known.outcome)
        words = ["" if part is None else WORDS["outcomes"][part] for part in parts]
        certificate = (None, None) if known is None else (known.certificate_no, known.certified_on)
        rows.append((each.number, each.trainee.name, each.masked, *words, *certificate))
    return csv_download(RESULTS_HEADER, rows, filename=f"考核成绩-{class_no}.csv")


def result_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[results_page, results_act, results_xlsx, results_csv])
