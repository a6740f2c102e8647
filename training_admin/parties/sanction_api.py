"""违规处理 and the credit record over the API: 告知 → 陈述申辩 → 决定 → 异议 → 整改或修复 → 移出, each step once under its key."""

from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from typing import Any

import msgspec
from litestar import Request, Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from training_admin.kit.rights import Right
from training_admin.office.request_keys import KEY_WORDS, KeyHeader, under_header
from training_admin.parties import pleas, sanctions
from training_admin.parties.ladder import STEP_WORDS, Step
from training_admin.parties.plea_store import Plea, PleaNotFound
from training_admin.parties.sanction_pages import block_words, in_words
from training_admin.parties.sanction_states import PLEA_STATE_WORDS, PLEA_WORDS, PleaKind
from training_admin.parties.sanctions import Closing, Proposed, SanctionDetail
from training_admin.web import RowKey, clock_of, current_actor, page_size, problems, row_cursor, shanghai_iso

Asked = Request[Any, Any, Any]
SANCTIONS = ["违规处理和信用"]
REFUSALS = problems(400, 404, 409, 422)


class SanctionRow(msgspec.Struct, frozen=True):
    """A measure in a list: whom it concerns, where it stands, which days it blocks, by when something open is to be answered."""

    number: str
    organisation: str
    organisation_name: str
    step: str
    step_words: str
    state: str
    standing: str
    state_by: date | None
    fix_by: date | None
    blocked_words: str
    open_due: date | None


class SanctionsPage(msgspec.Struct, frozen=True):
    """A page of measures, newest first."""

    sanctions: tuple[SanctionRow, ...]
    next_cursor: str | None


class PleaAnswer(msgspec.Struct, frozen=True):
    """What whom a measure concerns has said, and the answer to it."""

    id: int
    kind: str
    kind_words: str
    words: str
    on_paper: bool
    asked_at: str
    mark_by: date | None
    due: date | None
    marked: bool
    state: str
    state_words: str
    answer: str


class SanctionAnswer(msgspec.Struct, frozen=True):
    """A measure with its facts and ground, what was said about it, and what can be said now."""

    sanction: SanctionRow
    facts: str
    ground: str
    conduct_ended_on: date
    reason: str
    fixed_on: date | None
    lifted_on: date | None
    closing: str
    pleas: tuple[PleaAnswer, ...]
    kinds_now: tuple[str, ...]


class ProposeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A measure that is proposed: against whom, which, what happened until when, and the paper it rests on."""

    organisation: str
    step: Step
    facts: str
    ground: str
    conduct_ended_on: date


class DecisionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the measure is taken, with a reason (needed when it is not)."""

    confirm: bool
    reason: str = ""


class WordsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why, in words."""

    words: str


class PleaBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A statement, an objection, or that it is mended (repair)."""

    kind: PleaKind
    words: str


class MarkBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether another office has to look at the objection."""

    transferred: bool = False


class AnswerBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether an objection or a request is granted, and why."""

    grant: bool
    answer: str


def _row(detail: SanctionDetail) -> SanctionRow:
    one = detail.sanction
    return SanctionRow(
        *(one.number, one.organisation, one.organisation_name, one.step.value, STEP_WORDS[one.step], one.state.value, detail.standing),
        *(one.state_by, one.fix_by),
        block_words(detail),
        detail.open_due,
    )


def _plea(each: Plea) -> PleaAnswer:
    return PleaAnswer(
        *(each.id, each.kind.value, PLEA_WORDS[each.kind], each.words, each.on_paper, shanghai_iso(each.asked_at)),
        *(each.mark_by, each.due),
        each.marked_at is not None,
        *(each.state.value, PLEA_STATE_WORDS[each.state], each.answer),
    )


async def _shown(request: Asked, number: str) -> SanctionAnswer:
    detail = await sanctions.show_sanction(current_actor(request), number, clock=clock_of(request))
    one = detail.sanction
    return SanctionAnswer(
        *(_row(detail), one.facts, one.ground, one.conduct_ended_on, one.reason),
        *(one.fixed_on, one.lifted_on),
        one.closing,
        tuple(_plea(each) for each in detail.pleas),
        tuple(kind.value for kind in pleas.kinds_now(detail, clock_of(request).today())),
    )


async def _acted(
    request: Asked, number: str, key: str, data: msgspec.Struct | None, act: Callable[[], Awaitable[object]]
) -> SanctionAnswer:
    """One act on a measure that the actor may see, once under the key; tells how it stands afterwards."""
    await _shown(request, number)
    with under_header(request, key, data):
        await in_words(act())
    return await _shown(request, number)


@get(
    "/sanctions",
    operation_id="list_sanctions",
    summary="违规处理和失信信息",
    tags=SANCTIONS,
    responses=problems(400),
    right=Right.INSTITUTION_READ,
)
async def get_sanctions(request: Asked, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50) -> SanctionsPage:
    before = row_cursor(cursor) or None
    found, following = await sanctions.list_sanctions(
        current_actor(request), before=before, limit=page_size(limit), clock=clock_of(request)
    )
    return SanctionsPage(tuple(_row(each) for each in found), None if following is None else str(following))


@get(
    "/sanctions/{number:str}",
    operation_id="get_sanction",
    summary="一项处理及其异议和申请",
    tags=SANCTIONS,
    responses=problems(404),
    right=Right.INSTITUTION_READ,
)
async def get_sanction(request: Asked, number: FromPath[str]) -> SanctionAnswer:
    return await _shown(request, number)


@post(
    "/sanctions",
    operation_id="propose_sanction",
    summary="提出处理或列入失信信息",
    description=f"step 为 talk、letter、circular、ended、credit；重复发生的自动升级。{KEY_WORDS}",
    tags=SANCTIONS,
    status_code=201,
    responses=problems(400, 409, 422),
    right=Right.SANCTION_PROPOSE,
)
async def post_sanction(request: Asked, data: JSONBody[ProposeBody], key: KeyHeader) -> SanctionAnswer:
    proposed = Proposed(data.organisation, data.step, data.facts, data.ground, data.conduct_ended_on)
    with under_header(request, key, data):
        number = await in_words(sanctions.propose_sanction(current_actor(request), proposed, clock=clock_of(request)))
    return await _shown(request, number)


@post(
    "/sanctions/{number:str}/notification",
    operation_id="tell_sanction",
    summary="告知",
    description=f"答复中 state_by 为陈述申辩的最后一日。{KEY_WORDS}",
    tags=SANCTIONS,
    status_code=200,
    responses=REFUSALS,
    right=Right.SANCTION_PROPOSE,
)
async def post_notification(request: Asked, number: FromPath[str], key: KeyHeader) -> SanctionAnswer:
    act = partial(sanctions.tell_sanction, current_actor(request), number, clock=clock_of(request))
    return await _acted(request, number, key, None, act)


@post(
    "/sanctions/{number:str}/decision",
    operation_id="decide_sanction",
    summary="作出处理或不作处理",
    description=f"由未提出、未告知的另一人决定。{KEY_WORDS}",
    tags=SANCTIONS,
    status_code=200,
    responses=REFUSALS,
    right=Right.SANCTION_DECIDE,
)
async def post_decision(request: Asked, number: FromPath[str], data: JSONBody[DecisionBody], key: KeyHeader) -> SanctionAnswer:
    act = partial(
        sanctions.decide_sanction, current_actor(request), number, confirm=data.confirm, reason=data.reason, clock=clock_of(request)
    )
    return await _acted(request, number, key, data, act)


@post(
    "/sanctions/{number:str}/fix",
    operation_id="accept_sanction_mended",
    summary="整改验收合格",
    description=KEY_WORDS,
    tags=SANCTIONS,
    status_code=200,
    responses=REFUSALS,
    right=Right.SANCTION_PROPOSE,
)
async def post_fix(request: Asked, number: FromPath[str], data: JSONBody[WordsBody], key: KeyHeader) -> SanctionAnswer:
    act = partial(sanctions.close_sanction, current_actor(request), number, Closing.FIXED, words=data.words, clock=clock_of(request))
    return await _acted(request, number, key, data, act)


@post(
    "/sanctions/{number:str}/lift",
    operation_id="lift_sanction",
    summary="撤销并移出",
    description=KEY_WORDS,
    tags=SANCTIONS,
    status_code=200,
    responses=REFUSALS,
    right=Right.SANCTION_DECIDE,
)
async def post_lift(request: Asked, number: FromPath[str], data: JSONBody[WordsBody], key: KeyHeader) -> SanctionAnswer:
    act = partial(sanctions.close_sanction, current_actor(request), number, Closing.LIFTED, words=data.words, clock=clock_of(request))
    return await _acted(request, number, key, data, act)


async def _plead(request: Asked, number: str, key: str, data: PleaBody) -> SanctionAnswer:
    act = partial(pleas.plead, current_actor(request), number, data.kind, data.words, clock=clock_of(request))
    return await _acted(request, number, key, data, act)


@post(
    "/sanctions/{number:str}/pleas",
    operation_id="plead_about_sanction",
    summary="陈述申辩、提出异议、申请验收或修复",
    description=f"kind 为 statement、objection、repair；内容加密保存。{KEY_WORDS}",
    tags=SANCTIONS,
    status_code=201,
    responses=REFUSALS,
    right=Right.INSTITUTION_EDIT,
)
async def post_plea(request: Asked, number: FromPath[str], data: JSONBody[PleaBody], key: KeyHeader) -> SanctionAnswer:
    return await _plead(request, number, key, data)


@post(
    "/sanctions/{number:str}/paper-pleas",
    operation_id="enter_paper_plea",
    summary="录入单位书面提出的陈述、异议或申请",
    description=KEY_WORDS,
    tags=SANCTIONS,
    status_code=201,
    responses=REFUSALS,
    right=Right.SANCTION_PROPOSE,
)
async def post_paper_plea(request: Asked, number: FromPath[str], data: JSONBody[PleaBody], key: KeyHeader) -> SanctionAnswer:
    return await _plead(request, number, key, data)


async def _assert_there(request: Asked, number: str, plea: int) -> None:
    """Raises SanctionNotFound, PleaNotFound."""
    if plea not in [each.id for each in (await _shown(request, number)).pleas]:
        raise PleaNotFound("没有找到这件异议或申请，请从处理页面重新进入。")


@post(
    "/sanctions/{number:str}/pleas/{plea:int}/mark",
    operation_id="mark_sanction_objection",
    summary="标注异议",
    description=KEY_WORDS,
    tags=SANCTIONS,
    status_code=200,
    responses=REFUSALS,
    right=Right.SANCTION_PROPOSE,
)
async def post_mark(request: Asked, number: FromPath[str], plea: RowKey, data: JSONBody[MarkBody], key: KeyHeader) -> SanctionAnswer:
    await _assert_there(request, number, plea)
    act = partial(pleas.mark_objection, current_actor(request), number, plea, transferred=data.transferred, clock=clock_of(request))
    return await _acted(request, number, key, data, act)


@post(
    "/sanctions/{number:str}/pleas/{plea:int}/answer",
    operation_id="answer_sanction_plea",
    summary="答复异议或申请",
    description=f"异议成立的撤销并移出，申请同意的验收合格或修复移出。{KEY_WORDS}",
    tags=SANCTIONS,
    status_code=200,
    responses=REFUSALS,
    right=Right.SANCTION_DECIDE,
)
async def post_answer(request: Asked, number: FromPath[str], plea: RowKey, data: JSONBody[AnswerBody], key: KeyHeader) -> SanctionAnswer:
    await _assert_there(request, number, plea)
    act = partial(pleas.answer_plea, current_actor(request), number, plea, grant=data.grant, answer=data.answer, clock=clock_of(request))
    return await _acted(request, number, key, data, act)


def sanctions_api() -> Router:
    """The operations of this file."""
    handlers: list[Any] = [
        *(get_sanctions, get_sanction, post_sanction, post_notification, post_decision, post_fix, post_lift),
        *(post_plea, post_paper_plea, post_mark, post_answer),
    ]
    return Router("/", route_handlers=handlers)
