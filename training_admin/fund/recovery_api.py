"""Recoveries (追回) over the API: the register, proposing, deciding, what came back, voiding and referring."""

from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from training_admin.fund import recoveries
from training_admin.fund.api import FUND, LARGEST_FEN, Amount, amount_answer
from training_admin.fund.page_forms import Asked, follow_of
from training_admin.fund.recoveries import STATE_WORDS
from training_admin.fund.recovery_pages import WAYS
from training_admin.fund.recovery_store import Recovery
from training_admin.kit.rights import Right
from training_admin.office.request_keys import KEY_WORDS, KeyHeader, under_header
from training_admin.web import clock_of, current_actor, page_size, problems, row_cursor, shanghai_iso

REFUSALS = problems(400, 404, 409, 422)
Fen = Annotated[int, msgspec.Meta(gt=0, le=LARGEST_FEN)]


class RecoveryAnswer(msgspec.Struct, frozen=True):
    """A recovery: what is asked back, what came back; `fine_min` and `fine_max` are the range that the law names, never imposed here."""

    number: str
    case_no: str
    payee: str
    payee_name: str
    reason: str
    state: str
    state_words: str
    amount: Amount
    settled: Amount
    left: Amount
    fine_min: Amount
    fine_max: Amount
    proposed_at: str
    decided_at: str | None
    return_by: date | None
    overdue: bool
    referred: str


class RecoveriesPage(msgspec.Struct, frozen=True):
    """A page of recoveries, newest first."""

    recoveries: tuple[RecoveryAnswer, ...]
    next_cursor: str | None


class ReceiptAnswer(msgspec.Struct, frozen=True):
    """Money that came back: returned (退还) or kept back from a payment (抵扣)."""

    way: str
    way_words: str
    amount: Amount
    reference: str
    received_on: date


class RecoveryDetail(msgspec.Struct, frozen=True):
    """A recovery with what came back."""

    recovery: RecoveryAnswer
    receipts: tuple[ReceiptAnswer, ...]


class RecoverableAnswer(msgspec.Struct, frozen=True):
    """What of a case was paid and can still be asked back."""

    case_no: str
    payee_name: str
    left: Amount


class ProposeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be returned of a case that was paid, in fen, for how many people and why."""

    case_no: str
    people: int
    amount_fen: Fen
    reason: str


class DecisionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a recovery is confirmed; confirmed, the day by which money is to come back."""

    confirm: bool
    return_by: date | None = None


class ReceiptBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money that was returned, in fen, by the unique number of its voucher."""

    amount_fen: Fen
    reference: str
    received_on: date


class VoidBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why what has not come back is not asked for any more."""

    reason: str


class ReferralBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To which authority a recovery was referred (移送), and when."""

    words: str


def _answer(one: Recovery, *, overdue: bool) -> RecoveryAnswer:
    return RecoveryAnswer(
        *(one.number, one.case_no, one.payee, one.payee_name, one.reason, one.state, STATE_WORDS[one.state]),
        *(amount_answer(one.fen), amount_answer(one.settled_fen), amount_answer(one.left_fen)),
        *(amount_answer(one.fine_min_fen), amount_answer(one.fine_max_fen)),
        *(shanghai_iso(one.proposed_at), None if one.decided_at is None else shanghai_iso(one.decided_at)),
        one.return_by,
        overdue,
        one.referred,
    )


@get(
    "/recoveries",
    operation_id="list_recoveries",
    summary="追回台账（由近及远）",
    tags=FUND,
    responses=problems(400),
    right=Right.CLAIM_READ,
)
async def get_recoveries(request: Asked, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50) -> RecoveriesPage:
    before, today = row_cursor(cursor) or None, clock_of(request).today()
    found, following = await recoveries.list_recoveries(current_actor(request), before=before, limit=page_size(limit))
    return RecoveriesPage(tuple(_answer(each, overdue=recoveries.is_overdue(each, today)) for each in found), following)


async def _detail(request: Asked, number: str) -> RecoveryDetail:
    shown = await recoveries.show_recovery(current_actor(request), number, clock=clock_of(request))
    receipts = (
        ReceiptAnswer(each.way, WAYS[each.way], amount_answer(each.fen), each.reference, each.received_on) for each in shown.receipts
    )
    return RecoveryDetail(_answer(shown.recovery, overdue=shown.overdue), tuple(receipts))


@get(
    "/recoveries/{number:str}",
    operation_id="get_recovery",
    summary="一项追回和到账记录",
    tags=FUND,
    responses=problems(404),
    right=Right.CLAIM_READ,
)
async def get_recovery(request: Asked, number: FromPath[str]) -> RecoveryDetail:
    return await _detail(request, number)


@get(
    "/cases/{number:str}/recoverable",
    operation_id="get_recoverable",
    summary="一份申报还可以追回的金额",
    tags=FUND,
    responses=problems(404, 409),
    right=Right.RECOVERY_PROPOSE,
)
async def get_recoverable(request: Asked, number: FromPath[str]) -> RecoverableAnswer:
    found = await recoveries.recoverable(current_actor(request), number)
    return RecoverableAnswer(found.payable.case_no, found.payable.payee_name, amount_answer(found.left_fen))


@post(
    "/recoveries",
    operation_id="propose_recovery",
    summary="提出追回",
    description=KEY_WORDS,
    tags=FUND,
    status_code=201,
    responses=REFUSALS,
    right=Right.RECOVERY_PROPOSE,
)
async def post_recovery(request: Asked, data: JSONBody[ProposeBody], key: KeyHeader) -> RecoveryDetail:
    with under_header(request, key, data):
        number = await recoveries.propose_recovery(
            current_actor(request), data.case_no, people=data.people, fen=data.amount_fen, reason=data.reason, clock=clock_of(request)
        )
    return await _detail(request, number)


async def _acted(request: Asked, number: str, key: str, data: msgspec.Struct, act: Callable[[], Awaitable[None]]) -> RecoveryDetail:
    """One act on a recovery that is there, once under the key; tells how it stands afterwards."""
    await _detail(request, number)
    with under_header(request, key, data):
        await act()
    return await _detail(request, number)


@post(
    "/recoveries/{number:str}/decision",
    operation_id="decide_recovery",
    summary="决定追回或不予追回",
    description=f"由未提出的另一人办理；决定追回的，return_by 为退还期限。{KEY_WORDS}",
    tags=FUND,
    status_code=200,
    responses=REFUSALS,
    right=Right.RECOVERY_DECIDE,
)
async def post_decision(request: Asked, number: FromPath[str], data: JSONBody[DecisionBody], key: KeyHeader) -> RecoveryDetail:
    act = partial(
        recoveries.decide_recovery,
        current_actor(request),
        number,
        confirm=data.confirm,
        return_by=data.return_by if data.confirm else None,
        follow=follow_of(request),
        clock=clock_of(request),
    )
    return await _acted(request, number, key, data, act)


@post(
    "/recoveries/{number:str}/receipts",
    operation_id="receive_recovered",
    summary="登记退还到账",
    description=KEY_WORDS,
    tags=FUND,
    status_code=201,
    responses=REFUSALS,
    right=Right.FUND_EDIT,
)
async def post_receipt(request: Asked, number: FromPath[str], data: JSONBody[ReceiptBody], key: KeyHeader) -> RecoveryDetail:
    act = partial(
        recoveries.receive_return,
        current_actor(request),
        number,
        fen=data.amount_fen,
        reference=data.reference,
        received_on=data.received_on,
        follow=follow_of(request),
        clock=clock_of(request),
    )
    return await _acted(request, number, key, data, act)


@post(
    "/recoveries/{number:str}/void",
    operation_id="void_recovery",
    summary="撤销追回中尚未到账的部分",
    description=KEY_WORDS,
    tags=FUND,
    status_code=200,
    responses=REFUSALS,
    right=Right.RECOVERY_DECIDE,
)
async def post_void(request: Asked, number: FromPath[str], data: JSONBody[VoidBody], key: KeyHeader) -> RecoveryDetail:
    act = partial(
        recoveries.void_recovery, current_actor(request), number, reason=data.reason, follow=follow_of(request), clock=clock_of(request)
    )
    return await _acted(request, number, key, data, act)


@post(
    "/recoveries/{number:str}/referral",
    operation_id="refer_recovery",
    summary="登记移送",
    description=KEY_WORDS,
    tags=FUND,
    status_code=200,
    responses=REFUSALS,
    right=Right.RECOVERY_PROPOSE,
)
async def post_referral(request: Asked, number: FromPath[str], data: JSONBody[ReferralBody], key: KeyHeader) -> RecoveryDetail:
    act = partial(recoveries.refer_recovery, current_actor(request), number, words=data.words, clock=clock_of(request))
    return await _acted(request, number, key, data, act)


def recoveries_api() -> Router:
    """The operations of this file."""
    handlers: list[Any] = [
        *(get_recoveries, get_recovery, get_recoverable, post_recovery, post_decision, post_receipt, post_void, post_referral),
    ]
    return Router("/fund", route_handlers=handlers)
