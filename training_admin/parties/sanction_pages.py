"""Pages of 违规处理: measures and credit records, the days they block, proposing, deciding, and what follows."""

from collections.abc import Awaitable
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Final, TypeVar

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.kit.actor import may
from training_admin.kit.identifiers import clean_number
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import percent, period
from training_admin.kit.workdays import NoCalendar
from training_admin.parties import pleas, sanctions
from training_admin.parties.institutions import list_institutions
from training_admin.parties.ladder import FIGURES, STEP_WORDS, LadderFigures, Step
from training_admin.parties.sanction_states import PLEA_STATE_WORDS, PLEA_WORDS, PleaKind
from training_admin.parties.sanctions import Closing, Proposed, SanctionDetail, SanctionRefused
from training_admin.web import MOST_ROWS, RowKey, clock_of, csv_download, current_actor, page, row_cursor, shanghai_iso

Asked = Request[Any, Any, Any]
T = TypeVar("T")
SEE_OTHER: Final = 303
SHOWN = 25
HEADER = (
    "编号",
    "单位",
    "统一社会信用代码",
    "处理",
    "状态",
    "违规行为终了日",
    "告知日期",
    "陈述申辩截止",
    "作出日期",
    "不受理开班备案",
    "整改期限",
    "整改或修复",
    "撤销",
    "待答复期限",
    "依据",
)
CursorQuery = Annotated[str | None, QueryParameter(max_length=9)]


class ProposeForm(msgspec.Struct, frozen=True):
    """What is proposed, as typed."""

    organisation: str = ""
    other: str = ""
    step: str = ""
    facts: str = ""
    ground: str = ""
    conduct_ended_on: str = ""


class DecisionForm(msgspec.Struct, frozen=True):
    """The decision: `confirm` or `refuse`, with a reason."""

    act: str = ""
    reason: str = ""


class ClosingForm(msgspec.Struct, frozen=True):
    """What follows: `tell`, `fixed`, or `plead` for what came on paper, of which kind; with words."""

    act: str = ""
    kind: str = ""
    words: str = ""


class PleaForm(msgspec.Struct, frozen=True):
    """What whom it concerns says, and of which kind."""

    kind: str = ""
    words: str = ""


class MarkForm(msgspec.Struct, frozen=True):
    """Whether another office has to look at the objection."""

    transferred: str = ""


class AnswerForm(msgspec.Struct, frozen=True):
    """The answer: `grant` or `deny`, with words."""

    act: str = ""
    answer: str = ""


def block_words(detail: SanctionDetail) -> str:
    """The blocked days of a measure in words."""
    block = detail.block
    if block is None:
        return "无"
    if block.last is not None:
        return period(block.first, block.last)
    return f"{period(block.first, None)}，至整改验收合格"


@get("/sanctions", include_in_schema=False, right=Right.INSTITUTION_READ)
async def sanctions_page(request: Asked, cursor: CursorQuery = None) -> Template:
    found, following = await sanctions.list_sanctions(
        current_actor(request), before=row_cursor(cursor) or None, limit=SHOWN, clock=clock_of(request)
    )
    figures = LadderFigures()
    return page(
        "institutions/sanctions.html",
        found=[(each, block_words(each)) for each in found],
        today=clock_of(request).today(),
        following=following,
        cursor=cursor,
        steps=STEP_WORDS,
        figures=[
            (words, _figure(getattr(figures, name), unit), paper, one.words, local.words)
            for name, words, unit, paper, one, local in FIGURES
        ],
    )


def _figure(value: int, unit: str) -> str:
    return f"{value} {unit}" if unit else percent(value)


@get("/sanctions.csv", include_in_schema=False, right=Right.INSTITUTION_READ)
async def sanctions_csv(request: Asked, cursor: CursorQuery = None) -> Response[bytes]:
    found, _ = await sanctions.list_sanctions(
        current_actor(request), before=row_cursor(cursor) or None, limit=MOST_ROWS, clock=clock_of(request)
    )
    return csv_download(HEADER, (_row(each) for each in found), filename="违规处理.csv")


def _row(detail: SanctionDetail) -> tuple[object, ...]:
    each = detail.sanction
    return (
        *(each.number, each.organisation_name, each.organisation, STEP_WORDS[each.step], detail.standing, each.conduct_ended_on),
        *(None if each.told_at is None else shanghai_iso(each.told_at), each.state_by),
        *(None if each.decided_at is None else shanghai_iso(each.decided_at), block_words(detail), each.fix_by, each.fixed_on),
        *(each.lifted_on, detail.open_due, each.ground),
    )


async def _form(request: Asked, *, typed: ProposeForm, refusal: Refusal | None = None) -> Template:
    known = await list_institutions(current_actor(request), wanted="", clock=clock_of(request))
    return page(
        "institutions/sanction_form.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        organisations=[(each.organisation, each.name) for each in known],
        steps=STEP_WORDS,
        typed=typed,
    )


@get("/sanctions/new", include_in_schema=False, right=Right.SANCTION_PROPOSE)
async def new_sanction_page(request: Asked, organisation: FromQuery[str] = "") -> Template:
    return await _form(request, typed=ProposeForm(organisation=organisation))


@post("/sanctions", include_in_schema=False, right=Right.SANCTION_PROPOSE)
async def propose_act(request: Asked, data: URLEncodedBody[ProposeForm]) -> Template | Redirect:
    try:
        number = await sanctions.propose_sanction(current_actor(request), _proposed(data), clock=clock_of(request))
    except Refusal as refusal:
        return await _form(request, typed=data, refusal=refusal)
    return Redirect(f"/sanctions/{number}", status_code=SEE_OTHER)


def _proposed(data: ProposeForm) -> Proposed:
    try:
        step, ended = Step(data.step), date.fromisoformat(data.conduct_ended_on)
    except ValueError:
        raise SanctionRefused("请选择处理方式，并填写违规行为终了日（如 2026-06-01）。") from None
    return Proposed(data.organisation or clean_number(data.other), step, data.facts, data.ground, ended)


async def _shown(request: Asked, number: str, *, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    detail = await sanctions.show_sanction(actor, number, clock=clock_of(request))
    return page(
        "institutions/sanction.html",
        status_code=HTTPStatus.OK if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        detail=detail,
        one=detail.sanction,
        blocked=block_words(detail),
        steps=STEP_WORDS,
        plea_words=PLEA_WORDS,
        plea_states=PLEA_STATE_WORDS,
        open_kinds=pleas.kinds_now(detail, clock_of(request).today()),
        same_person=bool(detail.sanction.hands & actor.hands),
        concerned=may(actor, Right.INSTITUTION_EDIT),
        today=clock_of(request).today(),
        most=pleas.LONGEST_WORDS,
    )


@get("/sanctions/{number:str}", include_in_schema=False, right=Right.INSTITUTION_READ)
async def sanction_page(request: Asked, number: FromPath[str]) -> Template:
    return await _shown(request, number)


async def in_words(act: Awaitable[T]) -> T:
    """An act whose days cannot be counted is refused in words; raises SanctionRefused beside the act's own refusals."""
    try:
        return await act
    except NoCalendar as missing:
        raise SanctionRefused(f"{missing.year}年的工作日历尚未公布，期限无法计算，公布后再办理。") from None


async def _done(request: Asked, number: str, act: Awaitable[object]) -> Template | Redirect:
    """Do an act and show the measure again; a refusal is told on its page."""
    try:
        await in_words(act)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _shown(request, number, refusal=refusal)
    return Redirect(f"/sanctions/{number}", status_code=SEE_OTHER)


async def _refuse(words: str) -> None:
    """Tell on the page what is missing in a form."""
    raise SanctionRefused(words)


@post("/sanctions/{number:str}/decide", include_in_schema=False, right=Right.SANCTION_DECIDE)
async def decide_act(request: Asked, number: FromPath[str], data: URLEncodedBody[DecisionForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    if data.act not in {"confirm", "refuse"}:
        return await _done(request, number, _refuse("请选择作出处理或不作处理。"))
    confirm = data.act == "confirm"
    return await _done(request, number, sanctions.decide_sanction(actor, number, confirm=confirm, reason=data.reason, clock=clock))


@post("/sanctions/{number:str}/follow", include_in_schema=False, right=Right.SANCTION_PROPOSE)
async def follow_act(request: Asked, number: FromPath[str], data: URLEncodedBody[ClosingForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    if data.act == "tell":
        return await _done(request, number, sanctions.tell_sanction(actor, number, clock=clock))
    if data.act == "plead":
        return await _plead(request, number, data.kind, data.words)
    return await _done(request, number, sanctions.close_sanction(actor, number, Closing.FIXED, words=data.words, clock=clock))


@post("/sanctions/{number:str}/lift", include_in_schema=False, right=Right.SANCTION_DECIDE)
async def lift_act(request: Asked, number: FromPath[str], data: URLEncodedBody[ClosingForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    return await _done(request, number, sanctions.close_sanction(actor, number, Closing.LIFTED, words=data.words, clock=clock))


async def _plead(request: Asked, number: str, kind: str, words: str) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    if kind not in set(PleaKind):
        return await _done(request, number, _refuse("请选择陈述申辩、异议或申请。"))
    return await _done(request, number, pleas.plead(actor, number, PleaKind(kind), words, clock=clock))


@post("/sanctions/{number:str}/plead", include_in_schema=False, right=Right.INSTITUTION_EDIT)
async def plead_act(request: Asked, number: FromPath[str], data: URLEncodedBody[PleaForm]) -> Template | Redirect:
    return await _plead(request, number, data.kind, data.words)


@post("/sanctions/{number:str}/pleas/{plea:int}/mark", include_in_schema=False, right=Right.SANCTION_PROPOSE)
async def mark_act(request: Asked, number: FromPath[str], plea: RowKey, data: URLEncodedBody[MarkForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    return await _done(request, number, pleas.mark_objection(actor, number, plea, transferred=data.transferred == "yes", clock=clock))


@post("/sanctions/{number:str}/pleas/{plea:int}/answer", include_in_schema=False, right=Right.SANCTION_DECIDE)
async def answer_act(request: Asked, number: FromPath[str], plea: RowKey, data: URLEncodedBody[AnswerForm]) -> Template | Redirect:
    actor, clock = current_actor(request), clock_of(request)
    if data.act not in {"grant", "deny"}:
        return await _done(request, number, _refuse("请选择同意或不同意。"))
    act = pleas.answer_plea(actor, number, plea, grant=data.act == "grant", answer=data.answer, clock=clock)
    return await _done(request, number, act)


def sanction_pages() -> Router:
    """The pages of this file."""
    return Router(
        "/",
        route_handlers=[
            *(sanctions_page, sanctions_csv, new_sanction_page, propose_act),
            *(sanction_page, decide_act, follow_act, lift_act, plead_act, mark_act, answer_act),
        ],
    )
