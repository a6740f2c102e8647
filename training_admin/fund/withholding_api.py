"""不予拨付 over the API: the register, proposing, deciding, giving a decision up."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from training_admin.fund import withholding
from training_admin.fund.api import FUND, Amount, amount_answer
from training_admin.fund.page_forms import Asked, follow_of, lines_of
from training_admin.fund.withholding import STATE_WORDS
from training_admin.fund.withholding_store import Withholding
from training_admin.kit.rights import Right
from training_admin.office.request_keys import KEY_WORDS, KeyHeader, under_header
from training_admin.web import clock_of, current_actor, page_size, problems, row_cursor, shanghai_iso

REFUSALS = problems(400, 404, 409, 422)


class WithholdingAnswer(msgspec.Struct, frozen=True):
    """What is not to be paid: `rows` of the roster; `rest` tells lines set apart from a case that goes back to review whole."""

    number: str
    case_no: str
    subject: str
    payee: str
    payee_name: str
    rest: bool
    amount: Amount
    rows: tuple[int, ...]
    reason: str
    state: str
    state_words: str
    proposed_at: str
    decided_at: str | None
    said: str
    voided_at: str | None
    void_reason: str


class WithholdingsPage(msgspec.Struct, frozen=True):
    """A page of them, newest first."""

    withholdings: tuple[WithholdingAnswer, ...]
    next_cursor: str | None


class HeldDueAnswer(msgspec.Struct, frozen=True):
    """Something due that doubts hold whole, what holds it, whether that was found true (属实), and the number of an open proposal."""

    case_no: str
    subject: str
    payee_name: str
    amount: Amount
    words: str
    confirmed: bool
    proposal: str | None


class ProposeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is due and held is not to be paid, and why."""

    subject: str
    reason: str


class DecisionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a proposal is confirmed; refusing it needs words."""

    confirm: bool
    words: str = ""


class VoidBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a decision is given up."""

    reason: str


def _answer(one: Withholding) -> WithholdingAnswer:
    return WithholdingAnswer(
        *(one.number, one.case_no, one.subject, one.payee, one.payee_name, one.rest, amount_answer(one.fen), one.rows, one.reason),
        *(one.state, STATE_WORDS[one.state], shanghai_iso(one.proposed_at)),
        None if one.decided_at is None else shanghai_iso(one.decided_at),
        one.said,
        None if one.voided_at is None else shanghai_iso(one.voided_at),
        one.void_reason,
    )


async def _one(request: Asked, number: str) -> WithholdingAnswer:
    return _answer((await withholding.show_withholding(current_actor(request), number)).one)


@get(
    "/withholdings",
    operation_id="list_withholdings",
    summary="不予拨付（由近及远）",
    tags=FUND,
    responses=problems(400),
    right=Right.CLAIM_READ,
)
async def get_withholdings(request: Asked, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50) -> WithholdingsPage:
    size = page_size(limit)
    found = await withholding.list_withholdings(current_actor(request), before=row_cursor(cursor) or None, limit=size + 1)
    following = str(found[size - 1].id) if len(found) > size else None
    return WithholdingsPage(tuple(_answer(each) for each in found[:size]), following)


@get(
    "/withholdings/{number:str}",
    operation_id="get_withholding",
    summary="一项不予拨付",
    tags=FUND,
    responses=problems(404),
    right=Right.CLAIM_READ,
)
async def get_withholding(request: Asked, number: FromPath[str]) -> WithholdingAnswer:
    return await _one(request, number)


@get(
    "/held-due",
    operation_id="list_held_due",
    summary="因疑点整笔暂缓的应付款",
    tags=FUND,
    responses=problems(400),
    right=Right.RECOVERY_PROPOSE,
)
async def get_held_due(request: Asked) -> tuple[HeldDueAnswer, ...]:
    found = await withholding.held_due(current_actor(request), lines=lines_of(request), clock=clock_of(request))
    return tuple(
        HeldDueAnswer(due.case_no, due.subject, due.payee_name, amount_answer(due.fen), each.words, each.confirmed, each.proposal)
        for each in found
        for due in (each.row.due,)
    )


@post(
    "/withholdings",
    operation_id="propose_withholding",
    summary="提出不予拨付",
    description=f"只限因疑点整笔暂缓的应付款。{KEY_WORDS}",
    tags=FUND,
    status_code=201,
    responses=REFUSALS,
    right=Right.RECOVERY_PROPOSE,
)
async def post_withholding(request: Asked, data: JSONBody[ProposeBody], key: KeyHeader) -> WithholdingAnswer:
    with under_header(request, key, data):
        number = await withholding.propose_withholding(
            current_actor(request), data.subject, reason=data.reason, lines=lines_of(request), clock=clock_of(request)
        )
    return await _one(request, number)


async def _acted(request: Asked, number: str, key: str, data: msgspec.Struct, act: Callable[[], Awaitable[None]]) -> WithholdingAnswer:
    await _one(request, number)
    with under_header(request, key, data):
        await act()
    return await _one(request, number)


@post(
    "/withholdings/{number:str}/decision",
    operation_id="decide_withholding",
    summary="决定不予拨付或者不予采纳",
    description=f"由未提出的另一人办理；整份申报暂缓的，决定后退回重新审核。{KEY_WORDS}",
    tags=FUND,
    status_code=200,
    responses=REFUSALS,
    right=Right.RECOVERY_DECIDE,
)
async def post_withholding_decision(
    request: Asked, number: FromPath[str], data: JSONBody[DecisionBody], key: KeyHeader
) -> WithholdingAnswer:
    act = partial(
        withholding.decide_withholding,
        current_actor(request),
        number,
        confirm=data.confirm,
        said=data.words,
        follow=follow_of(request),
        lines=lines_of(request),
        clock=clock_of(request),
    )
    return await _acted(request, number, key, data, act)


@post(
    "/withholdings/{number:str}/void",
    operation_id="void_withholding",
    summary="撤销不予拨付",
    description=f"款项恢复为待拨付，疑点排除后方可列入批次。{KEY_WORDS}",
    tags=FUND,
    status_code=200,
    responses=REFUSALS,
    right=Right.RECOVERY_DECIDE,
)
async def post_withholding_void(request: Asked, number: FromPath[str], data: JSONBody[VoidBody], key: KeyHeader) -> WithholdingAnswer:
    act = partial(
        withholding.void_withholding,
        current_actor(request),
        number,
        reason=data.reason,
        follow=follow_of(request),
        clock=clock_of(request),
    )
    return await _acted(request, number, key, data, act)


def withholdings_api() -> Router:
    """The operations of this file."""
    handlers: list[Any] = [
        *(get_withholdings, get_withholding, get_held_due, post_withholding, post_withholding_decision, post_withholding_void),
    ]
    return Router("/fund", route_handlers=handlers)
