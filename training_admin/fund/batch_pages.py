"""Pages of payment batches: what is due and what stands against it, batches, the treasury file, what the bank said."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, MultipartBody, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.fund import bank_results, batches
from training_admin.fund.batch_plan import BATCH_WORDS, ITEM_WORDS, NEEDED_COLUMNS, TREASURY_COLUMNS
from training_admin.fund.batch_store import Item
from training_admin.fund.page_forms import SEE_OTHER, Asked, FieldRefused, asked, follow_of, lines_of, missing_of, told, typed_day
from training_admin.fund.payable_store import ITEM_ACCOUNT_PLACE
from training_admin.fund.payee_account import opened_account
from training_admin.fund.result_facts import BankResult
from training_admin.fund.result_workbooks import Table
from training_admin.fund.uploads import content_of, read_uploaded
from training_admin.kit.digest import sha256_hex
from training_admin.kit.money import yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.office.idempotency import under_key
from training_admin.web import MOST_ROWS, clock_of, csv_download, current_actor, download, page, row_cursor, several, shanghai_iso

SHOWN = 25
BATCH_HEADER = ("批次号", "状态", "笔数", "金额（元）", "经办", "编制时间", "复核", "审批", "送国库时间", "办结时间")
DUE_HEADER = ("业务编号", "单位", "金额（元）", "公示止日", "拨付时限", "本次拨付", "不能拨付的原因")
ITEM_HEADER = ("业务编号", "单位", "申报编号", "应拨（元）", "抵扣（元）", "实拨（元）", "状态", "支付凭证号", "支付日期", "失败原因")
LATE_HEADER = ("业务编号", "单位", "金额（元）", "拨付时限", "状态")
CursorQuery = Annotated[str | None, QueryParameter(max_length=9)]


class MakeForm(msgspec.Struct, frozen=True):
    """What is to be paid."""

    subjects: list[str] | str = []
    idempotency_key: str = ""


class ActForm(msgspec.Struct, frozen=True):
    """An act on a batch, with a reason where one is asked."""

    reason: str = ""
    idempotency_key: str = ""


class ResultForm(msgspec.Struct, frozen=True):
    """What the bank said of one payment, as typed."""

    code: str = ""
    outcome: str = ""
    reference: str = ""
    paid_on: str = ""
    failure: str = ""
    idempotency_key: str = ""


class ResultsFile(msgspec.Struct, frozen=True):
    """What the bank said, as a file."""

    file: UploadFile | None = None
    idempotency_key: str = ""


class TreasuryForm(msgspec.Struct, frozen=True):
    """How the officer wants the treasury file."""

    columns: list[str] | str = []
    file_format: str = "xlsx"


class CallForm(msgspec.Struct, frozen=True):
    """Whose new account was called back."""

    subject: str = ""
    idempotency_key: str = ""


async def _list(request: Asked, *, cursor: str | None = None, refusal: Refusal | None = None) -> Template:
    actor, clock = current_actor(request), clock_of(request)
    found, following = await batches.list_batches(actor, before=row_cursor(cursor) or None, limit=SHOWN)
    due = await batches.candidates(actor, missing=missing_of(request), lines=lines_of(request), clock=clock)
    return page(
        "fund/payments.html",
        found=found,
        following=following,
        cursor=cursor,
        due=due,
        late=await batches.late_payments(actor, clock=clock),
        words=BATCH_WORDS,
        **told(request, refusal),
    )


@get("/payments", include_in_schema=False, right=Right.FUND_READ)
async def payments_page(request: Asked, cursor: CursorQuery = None) -> Template:
    return await _list(request, cursor=cursor)


@get("/payments.csv", include_in_schema=False, right=Right.FUND_READ)
async def payments_csv(request: Asked, cursor: CursorQuery = None) -> Response[bytes]:
    found, _ = await batches.list_batches(current_actor(request), before=row_cursor(cursor) or None, limit=MOST_ROWS)
    rows = (
        (
            *(each.number, BATCH_WORDS[each.state], each.item_count, yuan(each.total_fen), each.maker, shanghai_iso(each.made_at)),
            *(each.checker, each.approver, *(at and shanghai_iso(at) for at in (each.sent_at, each.settled_at))),
        )
        for each in found
    )
    return csv_download(BATCH_HEADER, rows, filename="拨付批次.csv")


@get("/payments/due.csv", include_in_schema=False, right=Right.FUND_READ)
async def due_csv(request: Asked) -> Response[bytes]:
    found = await batches.candidates(current_actor(request), missing=missing_of(request), lines=lines_of(request), clock=clock_of(request))
    kept = [(due, "") for item in found.items for due in item.dues]
    rows = (
        (
            *(due.case_no, due.payee_name, yuan(due.fen), due.notice_ends, found.pay_by[due.subject]),
            *("否" if reason else "是", reason),
        )
        for due, reason in [*kept, *((each.due, each.reason) for each in found.left_out)]
    )
    return csv_download(DUE_HEADER, rows, filename="待拨付.csv")


@get("/payments/late.csv", include_in_schema=False, right=Right.FUND_READ)
async def late_csv(request: Asked) -> Response[bytes]:
    found = await batches.late_payments(current_actor(request), clock=clock_of(request))
    rows = ((row.due.case_no, row.due.payee_name, yuan(row.due.fen), row.pay_by, words) for row, words in found)
    return csv_download(LATE_HEADER, rows, filename="超期未拨付.csv")


@post("/payments", include_in_schema=False, right=Right.PAYMENT_MAKE)
async def make_act(request: Asked, data: URLEncodedBody[MakeForm]) -> Template | Redirect:
    try:
        with under_key(data.idempotency_key, asked(request, data)):
            number = await batches.make_batch(
                current_actor(request),
                several(data.subjects),
                follow=follow_of(request),
                missing=missing_of(request),
                lines=lines_of(request),
                clock=clock_of(request),
            )
    except Refusal as refusal:
        return await _list(request, refusal=refusal)
    return Redirect(f"/payments/{number}", status_code=SEE_OTHER)


@post("/payments/call-back", include_in_schema=False, right=Right.PAYMENT_CHECK)
async def call_back_act(request: Asked, data: URLEncodedBody[CallForm]) -> Template | Redirect:
    try:
        with under_key(data.idempotency_key, asked(request, data)):
            await batches.call_back(current_actor(request), data.subject, clock=clock_of(request))
    except Refusal as refusal:
        return await _list(request, refusal=refusal)
    return Redirect("/payments", status_code=SEE_OTHER)


def _account(item: Item) -> str:
    return opened_account(item.sealed_account, place=ITEM_ACCOUNT_PLACE).masked


async def _shown(request: Asked, number: str, *, refusal: Refusal | None = None, content: bytes = b"") -> Template:
    actor = current_actor(request)
    shown = await batches.show_batch(actor, number, missing=missing_of(request), lines=lines_of(request), clock=clock_of(request))
    return page(
        "fund/batch.html",
        one=shown.batch,
        items=[(item, _account(item)) for item in shown.items],
        cases=shown.cases,
        same_person=shown.same_person,
        made_it=shown.made_it,
        blocked=shown.blocked,
        words=BATCH_WORDS,
        item_words=ITEM_WORDS,
        columns=TREASURY_COLUMNS,
        needed=NEEDED_COLUMNS,
        stepped_up=actor.stepped_up,
        today=clock_of(request).today(),
        **told(request, refusal, content=content, filename=f"{number}-银行回单-标注.xlsx"),
    )


@get("/payments/{number:str}", include_in_schema=False, right=Right.FUND_READ)
async def payment_page(request: Asked, number: FromPath[str]) -> Template:
    return await _shown(request, number)


@get("/payments/{number:str}/items.csv", include_in_schema=False, right=Right.FUND_READ)
async def items_csv(request: Asked, number: FromPath[str]) -> Response[bytes]:
    shown = await batches.show_batch(
        current_actor(request), number, missing=missing_of(request), lines=lines_of(request), clock=clock_of(request)
    )
    rows = (
        (
            *(item.code, item.payee_name, "、".join(case for _subject, case, _fen in shown.cases[item.code])),
            *(yuan(item.fen + item.netted_fen), yuan(item.netted_fen), yuan(item.fen), ITEM_WORDS[item.state], item.bank_reference),
            *(item.paid_on, item.failure),
        )
        for item in shown.items
    )
    return csv_download(ITEM_HEADER, rows, filename=f"{number}-拨付明细.csv")


async def _done(request: Asked, number: str, data: msgspec.Struct, key: str, act: Callable[[], Awaitable[Any]]) -> Template | Redirect:
    """One act on a batch under the form's key; a refusal is told on the batch's page."""
    try:
        with under_key(key, asked(request, data)):
            await act()
    except NotFound:
        raise
    except Refusal as refusal:
        return await _shown(request, number, refusal=refusal)
    return Redirect(f"/payments/{number}", status_code=SEE_OTHER)


@post("/payments/{number:str}/check", include_in_schema=False, right=Right.PAYMENT_CHECK)
async def check_act(request: Asked, number: FromPath[str], data: URLEncodedBody[ActForm]) -> Template | Redirect:
    act = partial(
        batches.check_batch, current_actor(request), number, missing=missing_of(request), lines=lines_of(request), clock=clock_of(request)
    )
    return await _done(request, number, data, data.idempotency_key, act)


@post("/payments/{number:str}/approve", include_in_schema=False, right=Right.PAYMENT_APPROVE)
async def approve_act(request: Asked, number: FromPath[str], data: URLEncodedBody[ActForm]) -> Template | Redirect:
    act = partial(
        batches.approve_batch, current_actor(request), number, missing=missing_of(request), lines=lines_of(request), clock=clock_of(request)
    )
    return await _done(request, number, data, data.idempotency_key, act)


@post("/payments/{number:str}/send", include_in_schema=False, right=Right.PAYMENT_MAKE)
async def send_act(request: Asked, number: FromPath[str], data: URLEncodedBody[ActForm]) -> Template | Redirect:
    follow, missing, lines = follow_of(request), missing_of(request), lines_of(request)
    act = partial(batches.send_batch, current_actor(request), number, follow=follow, missing=missing, lines=lines, clock=clock_of(request))
    return await _done(request, number, data, data.idempotency_key, act)


@post("/payments/{number:str}/void", include_in_schema=False, right=Right.PAYMENT_CHECK)
async def void_act(request: Asked, number: FromPath[str], data: URLEncodedBody[ActForm]) -> Template | Redirect:
    follow = follow_of(request)
    act = partial(batches.void_batch, current_actor(request), number, reason=data.reason, follow=follow, clock=clock_of(request))
    return await _done(request, number, data, data.idempotency_key, act)


@post("/payments/{number:str}/treasury", include_in_schema=False, status_code=200, right=Right.PAYMENT_MAKE)
async def treasury_act(request: Asked, number: FromPath[str], data: URLEncodedBody[TreasuryForm]) -> Response[bytes] | Template:
    """The file with accounts in full; a POST, because the download is told in the trail."""
    as_csv = data.file_format == "csv"
    try:
        content = await batches.treasury_file(current_actor(request), number, several(data.columns), as_csv=as_csv, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _shown(request, number, refusal=refusal)
    if as_csv:
        return download(content, filename=f"{number}-支付清单.csv", media_type="text/csv")
    return download(content, filename=f"{number}-支付清单.xlsx")


def _result(data: ResultForm) -> BankResult:
    if data.outcome not in {"paid", "failed"}:
        raise FieldRefused("请选择支付成功或支付失败。")
    paid = data.outcome == "paid"
    return BankResult(
        code=data.code.strip(),
        fen=None,
        paid=paid,
        reference=" ".join(data.reference.split()) if paid else "",
        paid_on=typed_day(data.paid_on, what="支付日期") if paid else None,
        failure="" if paid else " ".join(data.failure.split()),
    )


@post("/payments/{number:str}/results", include_in_schema=False, right=Right.PAYMENT_MAKE)
async def result_act(request: Asked, number: FromPath[str], data: URLEncodedBody[ResultForm]) -> Template | Redirect:
    try:
        result = _result(data)
    except Refusal as refusal:
        return await _shown(request, number, refusal=refusal)
    act = partial(
        bank_results.record_results,
        current_actor(request),
        number,
        [result],
        places={},
        sheet="",
        follow=follow_of(request),
        clock=clock_of(request),
    )
    return await _done(request, number, data, data.idempotency_key, act)


@post("/payments/{number:str}/import", include_in_schema=False, right=Right.PAYMENT_MAKE)
async def import_act(request: Asked, number: FromPath[str], data: MultipartBody[ResultsFile]) -> Template | Redirect:
    """The bank's answer as a file: all of it or nothing, every wrong cell is listed."""
    content = await content_of(data.file)
    try:
        read = await read_uploaded(content, Table.RESULTS)
        with under_key(data.idempotency_key, [request.url.path, sha256_hex(content)]):
            await bank_results.record_results(
                current_actor(request),
                number,
                read.results,
                places=read.places,
                sheet=read.sheet,
                follow=follow_of(request),
                clock=clock_of(request),
            )
    except NotFound:
        raise
    except Refusal as refusal:
        return await _shown(request, number, refusal=refusal, content=content)
    return Redirect(f"/payments/{number}", status_code=SEE_OTHER)


def batch_pages(*, upload_limit: int) -> Router:
    """The pages of this file; only the bank's answer may be large."""
    upload = Router("/", route_handlers=[import_act], request_max_body_size=upload_limit)
    handlers: list[Any] = [
        *(upload, payments_page, payments_csv, due_csv, late_csv, make_act, call_back_act, payment_page, items_csv, check_act),
        *(approve_act, send_act, void_act, treasury_act, result_act),
    ]
    return Router("/", route_handlers=handlers)
