"""Pages of 政策变更: what is proposed, the forms to propose, old beside new, and the decision of a second person."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, MultipartBody, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.kit.dated import Standing, Unit
from training_admin.kit.refusals import NotFound, Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.policy.adoption import NewFigure
from training_admin.policy.figure_forms import STANDINGS, value_from_text
from training_admin.policy.packs import DEFAULT_PACK, open_shipped, shipped_packs
from training_admin.policy.proposal_store import ProposalKind, ProposalState
from training_admin.policy.proposals import (
    Examiner,
    decide_proposal,
    figure_choices,
    list_proposals,
    propose_figure,
    propose_pack,
    show_proposal,
)
from training_admin.web import MOST_ROWS, clock_of, csv_download, current_actor, page, row_cursor, shanghai_iso

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303
SHOWN = 25
KIND_WORDS = {ProposalKind.PACK: "采用政策包", ProposalKind.FIGURE: "登记单项数值"}
STATE_WORDS = {ProposalState.OPEN: "待审批", ProposalState.APPROVED: "已批准", ProposalState.REFUSED: "不予批准"}
HEADER = ("编号", "事项", "政策包", "版本或参数", "提出人", "提出时间", "状态", "审批人", "审批时间")
CursorQuery = Annotated[str | None, QueryParameter(max_length=9)]


class NothingChosen(Unreadable):
    """Neither a shipped pack nor a file was chosen, or a field of the figure was left empty."""

    code = "policy-proposal-incomplete"
    title = "政策变更没有填写完整"


class PackForm(msgspec.Struct, frozen=True):
    """A pack to adopt: a shipped one by name, or a file."""

    shipped: str = ""
    file: UploadFile | None = None
    why: str = ""


class FigureForm(msgspec.Struct, frozen=True):
    """A figure to record, as typed."""

    key: str = ""
    value: str = ""
    start: str = ""
    end: str = ""
    paper: str = ""
    standing: str = Standing.ASSUMED.value
    local_standing: str = Standing.ASSUMED.value
    note: str = ""
    why: str = ""


class DecisionForm(msgspec.Struct, frozen=True):
    """The decision: `approve` or `refuse`, with a reason."""

    act: str = ""
    reason: str = ""


def _examiner(request: Asked) -> Examiner:
    examiner: Examiner = request.app.state.examiner
    return examiner


@get("/policy/proposals", include_in_schema=False, right=Right.POLICY_READ)
async def proposals_page(request: Asked, cursor: CursorQuery = None) -> Template:
    found, following = await list_proposals(current_actor(request), before=row_cursor(cursor) or None, limit=SHOWN)
    return page(
        "policy/proposals.html", proposals=found, following=following, cursor=cursor, kind_words=KIND_WORDS, state_words=STATE_WORDS
    )


@get("/policy/proposals.csv", include_in_schema=False, right=Right.POLICY_READ)
async def proposals_csv(request: Asked, cursor: CursorQuery = None) -> Response[bytes]:
    found, _ = await list_proposals(current_actor(request), before=row_cursor(cursor) or None, limit=MOST_ROWS)
    rows = (
        (
            *(each.number, KIND_WORDS[each.kind], each.pack, each.what, each.proposer, shanghai_iso(each.proposed_at)),
            *(STATE_WORDS[each.state], each.decider or "", "" if each.decided_at is None else shanghai_iso(each.decided_at)),
        )
        for each in found
    )
    return csv_download(HEADER, rows, filename="政策变更.csv")


async def _forms(
    request: Asked, *, status_code: int = HTTPStatus.OK, problem: Refusal | None = None, figure: FigureForm | None = None
) -> Template:
    choices = await figure_choices(current_actor(request), DEFAULT_PACK, clock=clock_of(request))
    return page(
        "policy/propose.html",
        status_code=status_code,
        problem=None if problem is None else problem.problem(),
        choices=choices,
        packs=shipped_packs(),
        pack=DEFAULT_PACK,
        standings=STANDINGS,
        figure=figure or FigureForm(),
    )


@get("/policy/proposals/new", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def propose_page(request: Asked, key: FromQuery[str] = "") -> Template:
    return await _forms(request, figure=FigureForm(key=key))


@post("/policy/proposals/pack", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def propose_pack_act(request: Asked, data: MultipartBody[PackForm]) -> Template | Redirect:
    try:
        number = await propose_pack(
            current_actor(request), await _pack_of(data), why=data.why, examiner=_examiner(request), clock=clock_of(request)
        )
    except Refusal as refusal:
        return await _forms(request, status_code=refusal.status, problem=refusal)
    return Redirect(f"/policy/proposals/{number}", status_code=SEE_OTHER)


async def _pack_of(data: PackForm) -> bytes:
    content = b"" if data.file is None else await data.file.read()
    if content:
        return content
    if not data.shipped:
        raise NothingChosen("请选择一个自带的政策包，或上传政策包文件（.json）。")
    return msgspec.json.encode(open_shipped(data.shipped).file)


@post("/policy/proposals/figure", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def propose_figure_act(request: Asked, data: URLEncodedBody[FigureForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    try:
        units = {key: Unit(unit) for key, _name, unit in await figure_choices(actor, DEFAULT_PACK, clock=clock)}
        number = await propose_figure(actor, DEFAULT_PACK, figure_of(data, units), why=data.why, clock=clock)
    except Refusal as refusal:
        return await _forms(request, status_code=refusal.status, problem=refusal, figure=data)
    return Redirect(f"/policy/proposals/{number}", status_code=SEE_OTHER)


def figure_of(data: FigureForm, units: dict[str, Unit]) -> NewFigure:
    """The figure of a form; raises NothingChosen naming the field."""
    if data.key not in units:
        raise NothingChosen("请选择要登记的参数。")
    try:
        start, end = date.fromisoformat(data.start), date.fromisoformat(data.end) if data.end else None
        standing, local = Standing(data.standing), Standing(data.local_standing)
    except ValueError:
        raise NothingChosen("请填写起始日、截止日（可不填）和两项效力。") from None
    return NewFigure(
        key=data.key,
        value=value_from_text(units[data.key], data.value),
        start=start,
        end=end,
        paper=data.paper.strip(),
        standing=standing,
        local_standing=local,
        note=data.note.strip(),
    )


@get("/policy/proposals/{number:str}", include_in_schema=False, right=Right.POLICY_READ)
async def proposal_page(request: Asked, number: FromPath[str]) -> Template:
    return await _shown(request, number)


async def _shown(request: Asked, number: str, *, problem: Refusal | None = None) -> Template:
    shown = await show_proposal(current_actor(request), number, examiner=_examiner(request))
    return page(
        "policy/proposal.html",
        status_code=HTTPStatus.OK if problem is None else problem.status,
        problem=None if problem is None else problem.problem(),
        shown=shown,
        proposal=shown.proposal,
        kind_words=KIND_WORDS,
        state_words=STATE_WORDS,
    )


@post("/policy/proposals/{number:str}/decide", include_in_schema=False, right=Right.POLICY_APPROVE)
async def decide_act(request: Asked, number: FromPath[str], data: URLEncodedBody[DecisionForm]) -> Template | Redirect:
    try:
        if data.act not in {"approve", "refuse"}:
            raise NothingChosen("请选择批准或不予批准。")
        await decide_proposal(
            current_actor(request),
            number,
            approve=data.act == "approve",
            reason=data.reason,
            examiner=_examiner(request),
            clock=clock_of(request),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return await _shown(request, number, problem=refusal)
    return Redirect(f"/policy/proposals/{number}", status_code=SEE_OTHER)


def proposal_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[
            proposals_page,
            proposals_csv,
            propose_page,
            propose_pack_act,
            propose_figure_act,
            proposal_page,
            decide_act,
        ],
    )
