"""Pages on which officers lead a proposal to publication, and the page behind an expert's one-time link."""

from datetime import date
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.catalog import publishing, reviewing
from training_admin.catalog.drawing import CRITERIA
from training_admin.catalog.proposal_pages import SEE_OTHER, WORDS, Asked, acted, shown_proposal
from training_admin.catalog.proposals import ProposalRefused, refuse
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.web import RowKey, clock_of, current_actor, page

AT = "/catalog/proposals/{number:str}"


class ExpertForm(msgspec.Struct, frozen=True):
    """An expert for the pool, or the number of one who leaves it."""

    name: str = ""
    organisation: str = ""
    field: str = ""
    drop: str = ""


class SheetForm(msgspec.Struct, frozen=True):
    """A score sheet as typed; `paper` only where an officer enters the signed one."""

    need: str = ""
    content: str = ""
    price: str = ""
    conditions: str = ""
    remark: str = ""
    paper: str = ""

    def points(self) -> dict[str, int | None]:
        """Points by criterion, None where no whole number stands."""
        typed = {key: getattr(self, key).strip() for key, _words, _most in CRITERIA}
        return {key: int(text) if text.isascii() and text.isdecimal() and len(text) <= 3 else None for key, text in typed.items()}  # noqa: PLR2004 - nobody can give a thousand


class AnswerForm(msgspec.Struct, frozen=True):
    """Whether an opinion is adopted, and why."""

    outcome: str = ""
    text: str = ""


class PrepareForm(msgspec.Struct, frozen=True):
    """The paper and the days of a publication."""

    paper: str = ""
    valid_from: str = ""
    valid_to: str = ""


class DecisionForm(msgspec.Struct, frozen=True):
    """A decision with its reason: `publish`, `send_back`, or nothing where there is only one."""

    act: str = ""
    reason: str = ""


async def _experts(request: Asked, problem: Refusal | None = None, typed: ExpertForm | None = None) -> Template:
    return page(
        "catalog/experts.html",
        status_code=HTTPStatus.OK if problem is None else problem.status,
        problem=None if problem is None else problem.problem(),
        experts=await reviewing.list_experts(current_actor(request)),
        typed=typed or ExpertForm(),
    )


@get("/catalog/experts", include_in_schema=False, right=Right.POLICY_READ)
async def experts_page(request: Asked) -> Template:
    return await _experts(request)


@post("/catalog/experts", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def experts_act(request: Asked, data: URLEncodedBody[ExpertForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    try:
        if data.drop:
            await reviewing.drop_expert(actor, data.drop, clock=clock)
        else:
            await reviewing.add_expert(actor, name=data.name, organisation=data.organisation, field=data.field, clock=clock)
    except Refusal as refusal:
        return await _experts(request, refusal, data)
    return Redirect("/catalog/experts", status_code=SEE_OTHER)


@post(AT + "/draw", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def draw_act(request: Asked, number: FromPath[str]) -> Template | Redirect:
    return await acted(request, number, reviewing.draw_experts(current_actor(request), number, clock=clock_of(request)))


@post(AT + "/seats/{place:int}/link", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def link_act(request: Asked, number: FromPath[str], place: RowKey) -> Template:
    """The link is shown once, on the answer itself."""
    try:
        token = await reviewing.link_for(current_actor(request), number, place, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await shown_proposal(request, number, problem=refusal)
    public: str | None = request.app.state.settings.public_address
    return await shown_proposal(request, number, link=f"{public or str(request.base_url).rstrip('/')}/catalog/score/{token}")


@post(AT + "/seats/{place:int}/sheet", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def sheet_act(request: Asked, number: FromPath[str], place: RowKey, data: URLEncodedBody[SheetForm]) -> Template | Redirect:
    act = reviewing.score_from_sheet(
        current_actor(request), number, place, data.points(), data.remark, paper=data.paper, clock=clock_of(request)
    )
    return await acted(request, number, act)


@post(AT + "/ask", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def ask_act(request: Asked, number: FromPath[str]) -> Template | Redirect:
    return await acted(request, number, reviewing.ask_for_opinions(current_actor(request), number, clock=clock_of(request)))


@post(AT + "/voices/{voice:int}", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def answer_act(request: Asked, number: FromPath[str], voice: RowKey, data: URLEncodedBody[AnswerForm]) -> Template | Redirect:
    act = publishing.answer(current_actor(request), number, voice, outcome=data.outcome, text=data.text, clock=clock_of(request))
    return await acted(request, number, act)


@post(AT + "/notice", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def notice_act(request: Asked, number: FromPath[str]) -> Template | Redirect:
    return await acted(request, number, publishing.give_notice(current_actor(request), number, clock=clock_of(request)))


@post(AT + "/prepare", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def prepare_act(request: Asked, number: FromPath[str], data: URLEncodedBody[PrepareForm]) -> Template | Redirect:
    return await acted(request, number, _prepared(request, number, data), typed=data)


async def _prepared(request: Asked, number: str, data: PrepareForm) -> None:
    try:
        start = date.fromisoformat(data.valid_from) if data.valid_from else None
        end = date.fromisoformat(data.valid_to) if data.valid_to else None
    except ValueError:
        raise ProposalRefused("有效期请按 2026-07-01 的写法填写。") from None
    await publishing.prepare(current_actor(request), number, paper=data.paper, valid_from=start, valid_to=end, clock=clock_of(request))


@post(AT + "/decide", include_in_schema=False, right=Right.POLICY_APPROVE)
async def decide_act(request: Asked, number: FromPath[str], data: URLEncodedBody[DecisionForm]) -> Template | Redirect:
    return await acted(request, number, _decided(request, number, data))


async def _decided(request: Asked, number: str, data: DecisionForm) -> None:
    if data.act not in {"publish", "send_back"}:
        raise ProposalRefused("请选择批准公布或退回。")
    await publishing.decide(current_actor(request), number, approve=data.act == "publish", reason=data.reason, clock=clock_of(request))


@post(AT + "/refuse", include_in_schema=False, right=Right.POLICY_PROPOSE)
async def refuse_act(request: Asked, number: FromPath[str], data: URLEncodedBody[DecisionForm]) -> Template | Redirect:
    return await acted(request, number, refuse(current_actor(request), number, reason=data.reason, clock=clock_of(request)))


async def _score(request: Asked, token: str, problem: Refusal | None = None, typed: SheetForm | None = None) -> Template:
    proposal, seat = await reviewing.open_link(token, clock=clock_of(request))
    return page(
        "catalog/score.html",
        status_code=HTTPStatus.OK if problem is None else problem.status,
        problem=None if problem is None else problem.problem(),
        token=token,
        proposal=proposal,
        seat=seat,
        criteria=CRITERIA,
        typed=typed or SheetForm(),
        words=WORDS,
    )


@get("/catalog/score/{token:str}", include_in_schema=False, public=True)
async def score_page(request: Asked, token: FromPath[str]) -> Template:
    return await _score(request, token)


@post("/catalog/score/{token:str}", include_in_schema=False, public=True)
async def score_act(request: Asked, token: FromPath[str], data: URLEncodedBody[SheetForm]) -> Template:
    try:
        await reviewing.score_by_link(token, data.points(), data.remark, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _score(request, token, refusal, data)
    return page("catalog/scored.html")


def catalog_review_pages() -> Router:
    """The pages of this file."""
    handlers: list[Any] = [experts_page, experts_act, draw_act, link_act, sheet_act, ask_act, answer_act]
    return Router("/", route_handlers=[*handlers, notice_act, prepare_act, decide_act, refuse_act, score_page, score_act])
