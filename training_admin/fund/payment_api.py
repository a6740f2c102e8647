"""What is due over the API: what waits, what is late, changed accounts called back, files for the treasury and from the bank."""

from datetime import date
from typing import Any

import msgspec
from litestar import Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody

from training_admin.accounts.proofs import FRESH_PROOF, CodeHeader, proven
from training_admin.fund import bank_results, batches, ledger
from training_admin.fund.api import FUND, Amount, RecordedAnswer, YearQuery, amount_answer
from training_admin.fund.batch_plan import TREASURY_COLUMNS, Due
from training_admin.fund.page_forms import Asked, follow_of, lines_of, missing_of
from training_admin.fund.result_workbooks import Table
from training_admin.fund.uploads import content_of, read_uploaded
from training_admin.kit.digest import sha256_hex
from training_admin.kit.rights import Right
from training_admin.office.idempotency import under_key
from training_admin.office.request_keys import KEY_WORDS, KeyHeader, under_header
from training_admin.web import WORKBOOK_TYPE, clock_of, current_actor, download, list_page, problems, shanghai_iso

REFUSALS = problems(400, 404, 409, 422)
CSV_TYPE = "text/csv"
TREASURY_WORDS = f"列可取舍和排列：{'、'.join(TREASURY_COLUMNS)}；账号为全文，下载记入留痕。{FRESH_PROOF}"


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


class WaitingAnswer(msgspec.Struct, frozen=True):
    """A case that waits for money of a year, in the order in which it is served."""

    place: int
    case_no: str
    payee_name: str
    amount: Amount
    since: str


class WaitingPage(msgspec.Struct, frozen=True):
    """A page of what waits for money."""

    waiting: tuple[WaitingAnswer, ...]
    next_cursor: str | None


class CallBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose payee was called back about his changed account, by the number of what is due."""

    subject: str


class TreasuryBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the treasury file is wanted: columns in their order, all of them when none is named."""

    columns: tuple[str, ...] = ()


class ResultsUpload(msgspec.Struct, frozen=True):
    """What the bank said as a workbook or CSV."""

    file: UploadFile | None = None


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


@get("/waiting", operation_id="list_waiting", summary="等待预算", tags=FUND, responses=problems(400), right=Right.FUND_READ)
async def get_waiting(
    request: Asked, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50, year: YearQuery = None
) -> WaitingPage:
    found = await ledger.waiting_shown(current_actor(request), year or clock_of(request).today().year)
    shown, following = list_page(list(enumerate(found, 1)), cursor, limit)
    answers = (
        WaitingAnswer(place, each.case_no, each.payee_name, amount_answer(each.fen), shanghai_iso(each.since)) for place, each in shown
    )
    return WaitingPage(tuple(answers), following)


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


async def _treasury(request: Asked, number: str, data: TreasuryBody, code: str, *, as_csv: bool) -> bytes:
    clock = clock_of(request)
    await batches.show_batch(current_actor(request), number, missing=missing_of(request), lines=lines_of(request), clock=clock)
    actor = await proven(request, code)
    return await batches.treasury_file(actor, number, data.columns or TREASURY_COLUMNS, as_csv=as_csv, clock=clock)


@post(
    "/batches/{number:str}/treasury-file",
    operation_id="get_treasury_file",
    summary="下载国库支付清单（Excel）",
    description=TREASURY_WORDS,
    tags=FUND,
    status_code=200,
    media_type=WORKBOOK_TYPE,
    responses=REFUSALS,
    right=Right.PAYMENT_MAKE,
)
async def post_treasury_file(request: Asked, number: FromPath[str], data: JSONBody[TreasuryBody], code: CodeHeader = "") -> Response[bytes]:
    return download(await _treasury(request, number, data, code, as_csv=False), filename=f"{number}-支付清单.xlsx")


@post(
    "/batches/{number:str}/treasury-csv",
    operation_id="get_treasury_csv",
    summary="下载国库支付清单（CSV）",
    description=TREASURY_WORDS,
    tags=FUND,
    status_code=200,
    media_type=CSV_TYPE,
    responses=REFUSALS,
    right=Right.PAYMENT_MAKE,
)
async def post_treasury_csv(request: Asked, number: FromPath[str], data: JSONBody[TreasuryBody], code: CodeHeader = "") -> Response[bytes]:
    content = await _treasury(request, number, data, code, as_csv=True)
    return download(content, filename=f"{number}-支付清单.csv", media_type=CSV_TYPE)


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


def payments_api(*, upload_limit: int) -> Router:
    """The operations of this file; only the bank's answer may be large."""
    uploads = Router("/", route_handlers=[post_results_file], request_max_body_size=upload_limit)
    handlers: list[Any] = [uploads, get_due, get_late, get_waiting, post_call_back, post_treasury_file, post_treasury_csv]
    return Router("/fund", route_handlers=handlers)
