"""Pages of closing the books: the year-end carry-over, the monthly reconciliation; and 再申请 after a failed payment."""

from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from typing import Any

import msgspec
from litestar import Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, MultipartBody, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.fund import case_payments, closing
from training_admin.fund.closing_store import CarryNotFound, ReconciliationNotFound
from training_admin.fund.ledger import FIRST_YEAR, LAST_YEAR
from training_admin.fund.page_forms import SEE_OTHER, Asked, FieldRefused, asked, told, typed_day
from training_admin.fund.payee_account import typed_account
from training_admin.fund.result_workbooks import Table
from training_admin.fund.uploads import content_of, read_uploaded
from training_admin.kit.digest import sha256_hex
from training_admin.kit.money import yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.office.idempotency import under_key
from training_admin.web import RowKey, clock_of, csv_download, current_actor, page, shanghai_iso

CARRY_HEADER = ("指标", "科目", "金额（元）", "转入")
MONTH_HEADER = ("月份", "账面（元）", "国库（元）", "不符", "说明", "制表", "制表时间", "复核", "复核时间")
DIFFERENCE_HEADER = ("月份", "凭证号", "账面（元）", "国库（元）")


class KeyForm(msgspec.Struct, frozen=True):
    """An act that needs no more than itself."""

    idempotency_key: str = ""


class StatementForm(msgspec.Struct, frozen=True):
    """A month with the treasury's statement."""

    month: str = ""
    words: str = ""
    file: UploadFile | None = None
    idempotency_key: str = ""


class ReapplyForm(msgspec.Struct, frozen=True):
    """`confirm` the account, or `correct` it."""

    act: str = ""
    bank: str = ""
    account: str = ""
    holder: str = ""
    idempotency_key: str = ""


async def _closing(request: Asked, *, refusal: Refusal | None = None, typed: StatementForm | None = None, content: bytes = b"") -> Template:
    actor, today = current_actor(request), clock_of(request).today()
    months = await closing.months_shown(actor)
    return page(
        "fund/closing.html",
        carries=await closing.carries_shown(actor),
        months=[(each, bool(each.hands & actor.hands)) for each in months],
        last_year=today.year - 1,
        typed=typed or StatementForm(),
        limit_mb=request.app.state.settings.upload_limit // 2**20,
        **told(request, refusal, content=content, filename="国库对账单-标注.xlsx"),
    )


@get("/fund/closing", include_in_schema=False, right=Right.FUND_READ)
async def closing_page(request: Asked) -> Template:
    return await _closing(request)


@get("/fund/closing.csv", include_in_schema=False, right=Right.FUND_READ)
async def months_csv(request: Asked) -> Response[bytes]:
    rows = (
        (
            *(f"{each.month:%Y-%m}", yuan(each.books_fen), yuan(each.treasury_fen), len(each.differences), each.words, each.maker),
            *(shanghai_iso(each.made_at), each.checker, each.checked_at and shanghai_iso(each.checked_at)),
        )
        for each in await closing.months_shown(current_actor(request))
    )
    return csv_download(MONTH_HEADER, rows, filename="对账.csv")


@get("/fund/differences.csv", include_in_schema=False, right=Right.FUND_READ)
async def differences_csv(request: Asked) -> Response[bytes]:
    rows = (
        (f"{each.month:%Y-%m}", found.reference, yuan(found.books_fen), yuan(found.treasury_fen))
        for each in await closing.months_shown(current_actor(request))
        for found in each.differences
    )
    return csv_download(DIFFERENCE_HEADER, rows, filename="对账差异.csv")


async def _carry(request: Asked, year: int, *, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    shown = await closing.show_carry(actor, year)
    done = shown.carry is not None and shown.carry.state == "done"
    return page(
        "fund/carry.html",
        shown=shown,
        done=done,
        lines=shown.carry.lines if done and shown.carry else shown.now,
        over=year < clock_of(request).today().year,
        stepped_up=actor.stepped_up,
        **told(request, refusal),
    )


@get("/fund/carry-overs/{year:int}", include_in_schema=False, right=Right.FUND_READ)
async def carry_page(request: Asked, year: RowKey) -> Template:
    return await _carry(request, known_year(year))


def known_year(year: int) -> int:
    """A year that books can have; raises CarryNotFound."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CarryNotFound("没有这个年度。")
    return year


@get("/fund/carry-overs/{year:int}/lines.csv", include_in_schema=False, right=Right.FUND_READ)
async def carry_csv(request: Asked, year: RowKey) -> Response[bytes]:
    shown = await closing.show_carry(current_actor(request), known_year(year))
    done = shown.carry is not None and shown.carry.state == "done"
    lines = shown.carry.lines if done and shown.carry else shown.now
    rows = ((each.words, each.account_words, yuan(each.fen), each.to_words) for each in lines)
    return csv_download(CARRY_HEADER, rows, filename=f"年终结转-{year}.csv")


async def _carried(request: Asked, year: int, data: KeyForm, act: Callable[[], Awaitable[None]]) -> Template | Redirect:
    try:
        with under_key(data.idempotency_key, asked(request, data)):
            await act()
    except NotFound:
        raise
    except Refusal as refusal:
        return await _carry(request, year, refusal=refusal)
    return Redirect(f"/fund/carry-overs/{year}", status_code=SEE_OTHER)


@post("/fund/carry-overs/{year:int}/propose", include_in_schema=False, right=Right.FUND_EDIT)
async def propose_carry_act(request: Asked, year: RowKey, data: URLEncodedBody[KeyForm]) -> Template | Redirect:
    act = partial(closing.propose_carry, current_actor(request), known_year(year), clock=clock_of(request))
    return await _carried(request, year, data, act)


@post("/fund/carry-overs/{year:int}/sign", include_in_schema=False, right=Right.FUND_CHECK)
async def sign_carry_act(request: Asked, year: RowKey, data: URLEncodedBody[KeyForm]) -> Template | Redirect:
    act = partial(closing.sign_carry, current_actor(request), known_year(year), clock=clock_of(request))
    return await _carried(request, year, data, act)


def typed_month(text: str) -> date:
    """A month as typed, by its first day; raises FieldRefused."""
    return typed_day(f"{text.strip()}-01", what="月份")


@post("/fund/reconciliations", include_in_schema=False, right=Right.FUND_EDIT)
async def reconcile_act(request: Asked, data: MultipartBody[StatementForm]) -> Template | Redirect:
    content = await content_of(data.file)
    try:
        month = typed_month(data.month)
        read = await read_uploaded(content, Table.STATEMENT)
        with under_key(data.idempotency_key, [request.url.path, data.month, data.words, sha256_hex(content)]):
            await closing.reconcile(current_actor(request), month, read.statement, words=data.words, clock=clock_of(request))
    except Refusal as refusal:
        return await _closing(request, refusal=refusal, typed=data, content=content)
    return Redirect("/fund/closing", status_code=SEE_OTHER)


def known_month(month: str) -> date:
    """The month of an address by its first day; raises ReconciliationNotFound."""
    try:
        return typed_month(month)
    except FieldRefused:
        raise ReconciliationNotFound("没有这个月份的对账。") from None


@post("/fund/reconciliations/{month:str}/check", include_in_schema=False, right=Right.FUND_CHECK)
async def check_month_act(request: Asked, month: FromPath[str], data: URLEncodedBody[KeyForm]) -> Template | Redirect:
    day = known_month(month)
    try:
        with under_key(data.idempotency_key, asked(request, data)):
            await closing.check_reconciliation(current_actor(request), day, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _closing(request, refusal=refusal)
    return Redirect("/fund/closing", status_code=SEE_OTHER)


@post("/case-payments/{number:str}/reapply", include_in_schema=False, right=Right.CLAIM_SUBMIT)
async def reapply_act(request: Asked, number: FromPath[str], data: URLEncodedBody[ReapplyForm]) -> Redirect:
    """The enterprise confirms or corrects its account after a failed payment; refusals are told on a page of their own."""
    correct = data.act == "correct"
    account = typed_account(data.bank, data.account, data.holder) if correct else None
    with under_key(data.idempotency_key, [request.url.path, data.act, "" if account is None else account.hash.hex()]):
        await case_payments.reapply(current_actor(request), number, account, clock=clock_of(request))
    return Redirect(f"/claims/{number}#payments", status_code=SEE_OTHER)


def closing_pages(*, upload_limit: int) -> Router:
    """The pages of this file; only a statement may be large."""
    upload = Router("/", route_handlers=[reconcile_act], request_max_body_size=upload_limit)
    handlers: list[Any] = [
        *(upload, closing_page, months_csv, differences_csv, carry_page, carry_csv, propose_carry_act, sign_carry_act),
        *(check_month_act, reapply_act),
    ]
    return Router("/", route_handlers=handlers)
