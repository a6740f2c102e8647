"""What is due over the API, and what keeps it from being paid: changed accounts called back, holds, failed payments applied for again."""

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody

from training_admin.accounts.proofs import FRESH_PROOF, CodeHeader, proven
from training_admin.fund import bank_results, batches, case_payments, holds, ledger
from training_admin.fund.api import FUND, Amount, RecordedAnswer, amount_answer
from training_admin.fund.batch_plan import TREASURY_COLUMNS, Due
from training_admin.fund.case_payments import CaseNotPaid, CasePayment
from training_admin.fund.page_forms import Asked, follow_of, lines_of, missing_of
from training_admin.fund.payable_store import PAYABLE_WORDS, Hold
from training_admin.fund.payee_account import typed_account
from training_admin.fund.result_workbooks import Table
from training_admin.fund.uploads import content_of, read_uploaded
from training_admin.kit.digest import sha256_hex
from training_admin.kit.rights import Right
from training_admin.office.idempotency import under_key
from training_admin.office.request_keys import KEY_WORDS, KeyHeader, under_header
from training_admin.web import WORKBOOK_TYPE, clock_of, current_actor, download, list_page, problems, shanghai_iso

REFUSALS = problems(400, 404, 409, 422)


class DueAnswer(msgspec.Struct, frozen=True):
    """Something due: it goes into the next batch, or stays behind for a reason. `account_changed` waits for a call-back."""

    subject: str
    case_no: str
    payee: str
    payee_name: str
    amount: Amount
    notice_ends: date | None
    pay_by: date | None
    account_changed: bool
    payable: bool
    reason: str


class DuePage(msgspec.Struct, frozen=True):
    """A page of what is due, what may be paid first; `total` is what the bank would pay of all of it, after what is kept back."""

    due: tuple[DueAnswer, ...]
    total: Amount
    next_cursor: str | None


class LateAnswer(msgspec.Struct, frozen=True):
    """Something that should have been paid by now."""

    subject: str
    case_no: str
    payee_name: str
    amount: Amount
    pay_by: date | None
    state_words: str


class CallBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose payee was called back about his changed account, by the number of what is due."""

    subject: str


class TreasuryBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the treasury file is wanted: columns in their order (all of them when none is named), workbook or CSV."""

    columns: tuple[str, ...] = ()
    as_csv: bool = False


class ResultsUpload(msgspec.Struct, frozen=True):
    """What the bank said as a workbook or CSV."""

    file: UploadFile | None = None


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


def _due(each: Due, pay_by: date | None, reason: str | None) -> DueAnswer:
    return DueAnswer(
        *(each.subject, each.case_no, each.payee, each.payee_name, amount_answer(each.fen), each.notice_ends, pay_by),
        *(each.changed and each.called_back is None, reason is None, reason or ""),
    )


@get("/due", operation_id="list_due", summary="待拨付款项", tags=FUND, responses=problems(400), right=Right.FUND_READ)
async def get_due(request: Asked, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50) -> DuePage:
    found = await batches.candidates(current_actor(request), missing=missing_of(request), lines=lines_of(request), clock=clock_of(request))
    goes = [_due(due, found.pay_by[due.subject], None) for item in found.items for due in item.dues]
    stays = [_due(each.due, found.pay_by[each.due.subject], each.reason) for each in found.left_out]
    shown, following = list_page([*goes, *stays], cursor, limit)
    return DuePage(tuple(shown), amount_answer(found.fen), following)


@get("/late", operation_id="list_late", summary="超期未拨付款项", tags=FUND, responses=problems(), right=Right.FUND_READ)
async def get_late(request: Asked) -> tuple[LateAnswer, ...]:
    found = await batches.late_payments(current_actor(request), clock=clock_of(request))
    return tuple(
        LateAnswer(row.due.subject, row.due.case_no, row.due.payee_name, amount_answer(row.due.fen), row.pay_by, words)
        for row, words in found
    )


@post(
    "/call-backs",
    operation_id="call_back_account",
    summary="登记账户变更的回拨核实",
    description=f"由复核人员办理；核实前这笔款项不能拨付。{KEY_WORDS}",
    tags=FUND,
    status_code=200,
    responses=problems(400, 409, 422),
    right=Right.PAYMENT_CHECK,
)
async def post_call_back(request: Asked, data: JSONBody[CallBody], key: KeyHeader) -> CallBody:
    with under_header(request, key, data):
        await batches.call_back(current_actor(request), data.subject, clock=clock_of(request))
    return data


@post(
    "/batches/{number:str}/treasury-file",
    operation_id="get_treasury_file",
    summary="下载国库支付清单",
    description=f"列可取舍和排列：{'、'.join(TREASURY_COLUMNS)}；账号为全文，下载记入留痕。{FRESH_PROOF}",
    tags=FUND,
    status_code=200,
    media_type=WORKBOOK_TYPE,
    responses=REFUSALS,
    right=Right.PAYMENT_MAKE,
)
async def post_treasury_file(request: Asked, number: FromPath[str], data: JSONBody[TreasuryBody], code: CodeHeader = "") -> Response[bytes]:
    clock = clock_of(request)
    await batches.show_batch(current_actor(request), number, missing=missing_of(request), lines=lines_of(request), clock=clock)
    actor = await proven(request, code)
    content = await batches.treasury_file(actor, number, data.columns or TREASURY_COLUMNS, as_csv=data.as_csv, clock=clock)
    if data.as_csv:
        return download(content, filename=f"{number}-支付清单.csv", media_type="text/csv")
    return download(content, filename=f"{number}-支付清单.xlsx")


@post(
    "/batches/{number:str}/results-file",
    operation_id="record_bank_results_file",
    summary="上传银行回单文件",
    description=f"回单为 .xlsx 或 .csv；有一处有误时全部不登记，cells 逐一列出。{KEY_WORDS}",
    tags=FUND,
    status_code=200,
    responses=problems(400, 404, 409, 413, 422),
    right=Right.PAYMENT_MAKE,
)
async def post_results_file(request: Asked, number: FromPath[str], data: MultipartBody[ResultsUpload], key: KeyHeader) -> RecordedAnswer:
    actor, clock, content = current_actor(request), clock_of(request), await content_of(data.file)
    await batches.show_batch(actor, number, missing=missing_of(request), lines=lines_of(request), clock=clock)
    read = await read_uploaded(content, Table.RESULTS)
    with under_key(key, [request.url.path, sha256_hex(content)]):
        recorded = await bank_results.record_results(
            actor, number, read.results, places=read.places, sheet=read.sheet, follow=follow_of(request), clock=clock
        )
    return RecordedAnswer(recorded)


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
    description=f"account 为 null 即确认原账户；改用另一账户的，由财务复核人员回拨核实后拨付。{KEY_WORDS}",
    tags=FUND,
    status_code=200,
    responses=REFUSALS,
    right=Right.CLAIM_SUBMIT,
)
async def post_reapply(request: Asked, number: FromPath[str], data: JSONBody[ReapplyBody], key: KeyHeader) -> PaymentsAnswer:
    await _payments(request, number)
    given = data.account
    account = None if given is None else typed_account(given.bank, given.account, given.holder)
    # The digest of a key holds no account, whose few digits could be guessed from it.
    with under_key(key, [request.url.path, "" if account is None else account.hash.hex()]):
        await case_payments.reapply(current_actor(request), number, account, clock=clock_of(request))
    return await _payments(request, number)


def payments_api(*, upload_limit: int) -> Router:
    """The operations of this file; only the bank's answer may be large."""
    uploads = Router("/", route_handlers=[post_results_file], request_max_body_size=upload_limit)
    handlers: list[Any] = [
        *(uploads, get_due, get_late, post_call_back, post_treasury_file, get_holds, get_case, post_hold, post_lift),
        *(get_payments, post_reapply),
    ]
    return Router("/fund", route_handlers=handlers)
