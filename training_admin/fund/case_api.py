"""Cases of the fund over the API: what is to be paid for them, holds, and what their enterprise sees and applies for again."""

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from training_admin.accounts.proofs import FRESH_PROOF, CodeHeader, proven
from training_admin.fund import case_payments, holds, ledger
from training_admin.fund.api import FUND, Amount, EntryAnswer, amount_answer, entry_answer
from training_admin.fund.case_payments import CaseNotPaid, CasePayment
from training_admin.fund.page_forms import Asked
from training_admin.fund.payable_store import PAYABLE_WORDS, Hold
from training_admin.fund.payee_account import typed_account
from training_admin.kit.rights import Right
from training_admin.office.idempotency import under_key
from training_admin.office.request_keys import KEY_WORDS, KeyHeader, under_header
from training_admin.web import clock_of, current_actor, list_page, problems, shanghai_iso

REFUSALS = problems(400, 404, 409, 422)


class HoldAnswer(msgspec.Struct, frozen=True):
    """A hold that has not been lifted."""

    case_no: str
    cause: str
    words: str
    placed_at: str


class HoldsPage(msgspec.Struct, frozen=True):
    """A page of holds, newest first."""

    holds: tuple[HoldAnswer, ...]
    next_cursor: str | None


class PayableAnswer(msgspec.Struct, frozen=True):
    """An amount of a case and where it stands."""

    subject: str
    payee_name: str
    amount: Amount
    state: str
    state_words: str
    pay_by: date | None


class CaseAnswer(msgspec.Struct, frozen=True):
    """A case of the fund: what is to be paid for it and what holds it."""

    case_no: str
    payables: tuple[PayableAnswer, ...]
    holds: tuple[HoldAnswer, ...]


class HoldBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a case is held."""

    words: str
    cause: str = holds.BY_HAND


class LiftBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which hold is lifted, and why."""

    reason: str
    cause: str = holds.BY_HAND


class PaymentAnswer(msgspec.Struct, frozen=True):
    """What an enterprise sees of one amount: its state, the voucher or why the bank did not pay; of the account four digits."""

    subject: str
    amount: Amount
    state: str
    state_words: str
    pay_by: date | None
    account: str
    voucher: str | None
    paid_on: date | None
    failure: str
    failed: bool


class PaymentsAnswer(msgspec.Struct, frozen=True):
    """Every amount of a case, oldest first."""

    case_no: str
    payments: tuple[PaymentAnswer, ...]


class AccountBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A corrected account."""

    bank: Annotated[str, msgspec.Meta(max_length=200)]
    account: Annotated[str, msgspec.Meta(max_length=80)]
    holder: Annotated[str, msgspec.Meta(max_length=200)]


class ReapplyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The corrected account; null confirms the one that is known."""

    account: AccountBody | None = None


def _hold(each: Hold) -> HoldAnswer:
    return HoldAnswer(each.case_no, each.cause, each.words, shanghai_iso(each.placed_at))


@get("/holds", operation_id="list_holds", summary="暂缓拨付", tags=FUND, responses=problems(400), right=Right.FUND_READ)
async def get_holds(request: Asked, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50) -> HoldsPage:
    found, following = list_page(await holds.holds_shown(current_actor(request)), cursor, limit)
    return HoldsPage(tuple(_hold(each) for each in found), following)


async def _case(request: Asked, number: str) -> CaseAnswer:
    actor = current_actor(request)
    payables = (
        PayableAnswer(each.subject, each.payee_name, amount_answer(each.fen), each.state.value, PAYABLE_WORDS[each.state], each.pay_by)
        for each in await ledger.case_shown(actor, number)
    )
    return CaseAnswer(number, tuple(payables), tuple(_hold(each) for each in await holds.holds_of(actor, number)))


@get(
    "/cases/{number:str}",
    operation_id="get_fund_case",
    summary="一份申报的资金和暂缓",
    tags=FUND,
    responses=problems(404),
    right=Right.FUND_READ,
)
async def get_case(request: Asked, number: FromPath[str]) -> CaseAnswer:
    return await _case(request, number)


@get(
    "/cases/{number:str}/entries",
    operation_id="list_case_entries",
    summary="一份申报的资金明细账",
    tags=FUND,
    responses=problems(404),
    right=Right.FUND_READ,
)
async def get_case_entries(request: Asked, number: FromPath[str]) -> tuple[EntryAnswer, ...]:
    actor = current_actor(request)
    await ledger.case_shown(actor, number)
    return tuple(entry_answer(each) for each in await ledger.entries_shown(actor, subject=number))


@post(
    "/cases/{number:str}/holds",
    operation_id="place_hold",
    summary="暂缓拨付",
    description=f"暂缓期间不列入批次、不送国库。{KEY_WORDS}",
    tags=FUND,
    status_code=200,
    responses=REFUSALS,
    right=Right.FUND_EDIT,
)
async def post_hold(request: Asked, number: FromPath[str], data: JSONBody[HoldBody], key: KeyHeader) -> CaseAnswer:
    await ledger.case_shown(current_actor(request), number)
    with under_header(request, key, data):
        await holds.place_hold(current_actor(request), number, data.cause, data.words, clock=clock_of(request))
    return await _case(request, number)


@post(
    "/cases/{number:str}/holds/lift",
    operation_id="lift_hold",
    summary="解除暂缓",
    description=f"由未提出暂缓的另一人办理，须写明原因。{KEY_WORDS}",
    tags=FUND,
    status_code=200,
    responses=REFUSALS,
    right=Right.FUND_CHECK,
)
async def post_lift(request: Asked, number: FromPath[str], data: JSONBody[LiftBody], key: KeyHeader) -> CaseAnswer:
    await ledger.case_shown(current_actor(request), number)
    with under_header(request, key, data):
        await holds.lift_hold(current_actor(request), number, data.cause, reason=data.reason, clock=clock_of(request))
    return await _case(request, number)


def _payment(each: CasePayment) -> PaymentAnswer:
    return PaymentAnswer(
        *(each.subject, amount_answer(each.fen), each.state.value, each.words, each.pay_by, each.account, each.voucher),
        *(each.paid_on, each.failure, each.failed),
    )


async def _payments(request: Asked, number: str) -> PaymentsAnswer:
    found = await case_payments.payments_of_case(current_actor(request), number)
    if not found:
        raise CaseNotPaid("没有找到这份申报的拨付记录，请核对申报编号。")
    return PaymentsAnswer(number, tuple(_payment(each) for each in found))


@get(
    "/cases/{number:str}/payments",
    operation_id="list_case_payments",
    summary="一份申报的拨付、凭证和失败原因",
    tags=FUND,
    responses=problems(404),
    right=Right.CLAIM_READ,
)
async def get_payments(request: Asked, number: FromPath[str]) -> PaymentsAnswer:
    return await _payments(request, number)


@post(
    "/cases/{number:str}/reapplication",
    operation_id="reapply_for_payment",
    summary="支付失败后再申请",
    description=f"account 为 null 即确认原账户；改用另一账户的，由财务复核人员回拨核实后拨付，{FRESH_PROOF}"
    f"没有设置动态码的账户请在页面办理。{KEY_WORDS}",
    tags=FUND,
    status_code=200,
    responses=REFUSALS,
    right=Right.CLAIM_SUBMIT,
)
async def post_reapply(
    request: Asked, number: FromPath[str], data: JSONBody[ReapplyBody], key: KeyHeader, code: CodeHeader = ""
) -> PaymentsAnswer:
    await _payments(request, number)
    given = data.account
    account = None if given is None else typed_account(given.bank, given.account, given.holder)
    actor = await proven(request, code)
    # The digest of a key holds no account, whose few digits could be guessed from it.
    with under_key(key, [request.url.path, "" if account is None else account.hash.hex()]):
        await case_payments.reapply(actor, number, account, clock=clock_of(request))
    return await _payments(request, number)


def cases_api() -> Router:
    """The operations of this file."""
    handlers: list[Any] = [get_holds, get_case, get_case_entries, post_hold, post_lift, get_payments, post_reapply]
    return Router("/fund", route_handlers=handlers)
