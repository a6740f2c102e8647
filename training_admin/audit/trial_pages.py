"""Pages of 政策试算 and 影响清单: asked for in a form, computed by a job, shown with pictures and their data beside."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.audit import trials
from training_admin.audit.record_changes import Share
from training_admin.audit.trial_store import IMPACTS, Part, Trial, TrialKind
from training_admin.audit.trials import TrialRefused
from training_admin.kit.money import yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.subsidy.explain import OUTCOME_WORDS
from training_admin.web import clock_of, csv_download, current_actor, page

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
STATE_WORDS = {"waiting": "等待办理", "running": "正在计算", "done": "已完成", "refused": "未能试算"}
WORDS = {"": "（无此行）", **{each.value: words for each, words in OUTCOME_WORDS.items()}}
HEADER = (
    "编号",
    "企业",
    "统一社会信用代码",
    "原应发（元）",
    "新应发（元）",
    "花名册行",
    "班级",
    "类别",
    "开班月",
    "原结论",
    "新结论",
    "原金额（元）",
    "新金额（元）",
)
BAR_WIDTH, MOST_BARS = 240, 20


class WhatIfForm(msgspec.Struct, frozen=True):
    """Which proposal ("" for the policy in use), on which year's claims."""

    proposal: str = ""
    year: str = ""


class ImpactForm(msgspec.Struct, frozen=True):
    """What was corrected: kind and key, as `delivery/12`."""

    subject: str = ""


class Bar(msgspec.Struct, frozen=True):
    """One row of a picture and of the table beside it; widths in units of the picture."""

    share: Share
    before: int
    after: int


def bars_of(found: Iterable[Share]) -> list[Bar]:
    """The rows of a picture, each bar in proportion to the largest amount."""
    rows = list(found)[:MOST_BARS]
    largest = max((max(abs(each.before_fen), abs(each.after_fen)) for each in rows), default=0) or 1
    return [Bar(each, BAR_WIDTH * each.before_fen // largest, BAR_WIDTH * each.after_fen // largest) for each in rows]


async def _what_ifs(request: Asked, refusal: Refusal | None = None, form: WhatIfForm | None = None) -> Template:
    return page(
        "audit/what_ifs.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        found=await trials.list_what_ifs(current_actor(request)),
        states=STATE_WORDS,
        form=form or WhatIfForm(year=str(clock_of(request).today().year - 1)),
    )


@get("/policy/trials", include_in_schema=False, right=Right.POLICY_READ)
async def what_ifs_page(request: Asked, proposal: FromQuery[str] = "") -> Template:
    year = str(clock_of(request).today().year - 1)
    return await _what_ifs(request, form=WhatIfForm(proposal, year))


@post("/policy/trials", include_in_schema=False, right=Right.POLICY_READ)
async def ask_what_if_act(request: Asked, data: URLEncodedBody[WhatIfForm]) -> Template | Redirect:
    try:
        year = int(data.year) if data.year.isascii() and data.year.isdecimal() and len(data.year) == len("2026") else 0
        number = await trials.ask_what_if(current_actor(request), data.proposal.strip(), year=year, clock=clock_of(request))
    except Refusal as refusal:
        return await _what_ifs(request, refusal, data)
    return Redirect(f"/policy/trials/{number}", status_code=SEE_OTHER)


@get("/policy/trials/{number:str}", include_in_schema=False, right=Right.POLICY_READ)
async def what_if_page(request: Asked, number: FromPath[str]) -> Template:
    return _shown(await trials.show_what_if(current_actor(request), number), "/policy/trials", "政策试算")


@get("/policy/trials/{number:str}/changes.csv", include_in_schema=False, right=Right.POLICY_READ)
async def what_if_csv(request: Asked, number: FromPath[str]) -> Response[bytes]:
    return _changes(await trials.show_what_if(current_actor(request), number))


async def _impacts(request: Asked, refusal: Refusal | None = None) -> Template:
    found, deliveries, figures = await trials.list_impacts(current_actor(request))
    return page(
        "audit/impacts.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        found=found,
        deliveries=deliveries,
        figures=figures,
        states=STATE_WORDS,
    )


@get("/impacts", include_in_schema=False, right=Right.AUDIT_EXPORT)
async def impacts_page(request: Asked) -> Template:
    return await _impacts(request)


@post("/impacts", include_in_schema=False, right=Right.AUDIT_EXPORT)
async def ask_impact_act(request: Asked, data: URLEncodedBody[ImpactForm]) -> Template | Redirect:
    kind, _, subject = data.subject.partition("/")
    try:
        if kind not in {each.value for each in IMPACTS}:
            raise TrialRefused("请选择一次更正：登记数据的交付，或单项数值的登记。")
        number = await trials.ask_impact(current_actor(request), TrialKind(kind), subject, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _impacts(request, refusal)
    return Redirect(f"/impacts/{number}", status_code=SEE_OTHER)


@get("/impacts/{number:str}", include_in_schema=False, right=Right.AUDIT_EXPORT)
async def impact_page(request: Asked, number: FromPath[str]) -> Template:
    return _shown(await trials.show_impact(current_actor(request), number), "/impacts", "影响清单")


@get("/impacts/{number:str}/changes.csv", include_in_schema=False, right=Right.AUDIT_EXPORT)
async def impact_csv(request: Asked, number: FromPath[str]) -> Response[bytes]:
    return _changes(await trials.show_impact(current_actor(request), number))


def _shown(trial: Trial, base: str, title: str) -> Template:
    parts: list[tuple[str, Part]] = []
    if trial.result is not None:
        what_if = trial.kind not in IMPACTS
        parts.append((f"{trial.year} 年度申报" if what_if else "已作出决定的申报", trial.result.claims))
        if what_if:
            parts.append(("本年已备案班级（按现在申报测算）", trial.result.classes))
    return page(
        "audit/trial.html",
        trial=trial,
        base=base,
        title=title,
        parts=parts,
        states=STATE_WORDS,
        words=WORDS,
        bars_of=bars_of,
        bar_width=BAR_WIDTH,
    )


def _changes(trial: Trial) -> Response[bytes]:
    result = trial.result
    changes = [] if result is None else [*result.claims.changes, *result.classes.changes]
    rows = [
        (
            *(each.number, each.enterprise_name, each.uscc, _money(each.before_fen), _money(each.after_fen)),
            *(line.row, line.class_no, line.stream, line.month, WORDS[line.before], WORDS[line.after]),
            *(yuan(line.before_fen), yuan(line.after_fen)),
        )
        for each in changes
        for line in each.lines
    ]
    return csv_download(HEADER, rows, filename=f"{trial.number}.csv")


def _money(fen: int | None) -> str:
    return "" if fen is None else yuan(fen)


def trial_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[
            *(what_ifs_page, ask_what_if_act, what_if_page, what_if_csv),
            *(impacts_page, ask_impact_act, impact_page, impact_csv),
        ],
    )
