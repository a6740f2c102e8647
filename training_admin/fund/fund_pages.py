"""Pages of the fund: budgets with their balances, what waits, entries of the ledger, holds."""

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.fund import holds, ledger
from training_admin.fund.ledger_facts import ACCOUNT_WORDS, ACT_WORDS, SUB_FUND_WORDS, Account, Budget, SubFund
from training_admin.fund.ledger_store import LedgerEntry
from training_admin.fund.page_forms import SEE_OTHER, Asked, FieldRefused, asked, told, typed_count, typed_fen
from training_admin.fund.payable_store import PAYABLE_WORDS
from training_admin.kit.money import yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.office.idempotency import new_key, under_key
from training_admin.web import MOST_ROWS, RowKey, clock_of, csv_download, current_actor, page, row_cursor, shanghai_iso

SHOWN = 50
BAR_WIDTH = 1000
SHOWN_ACCOUNTS = tuple(account for account in Account if account is not Account.GRANTED)
BUDGET_HEADER = ("年度", "资金", "类别", "预算科目", "指标文号", "预算指标（元）", *(f"{ACCOUNT_WORDS[a]}（元）" for a in SHOWN_ACCOUNTS))
ENTRY_HEADER = ("序号", "时间", "办理", "业务编号", "科目", "借贷（元）", "余额（元）", "指标", "凭证", "办理人")
WAITING_HEADER = ("顺序", "业务编号", "单位", "金额（元）", "审定时间")
HOLD_HEADER = ("业务编号", "起因", "原因", "暂缓时间", "办理人")
CursorQuery = Annotated[str | None, QueryParameter(max_length=9)]
YearQuery = Annotated[int | None, QueryParameter(ge=2000, le=2999)]


class GrantForm(msgspec.Struct, frozen=True):
    """What a paper grants or takes back, as typed; `business_id` comes with the form, so that it counts once."""

    year: str = ""
    sub_fund: str = SubFund.ENTERPRISE.value
    stream: str = ""
    subject_code: str = ""
    paper: str = ""
    yuan: str = ""
    business_id: str = ""


class HoldForm(msgspec.Struct, frozen=True):
    """Why a case is held, or why no longer."""

    cause: str = ""
    words: str = ""


def bar_of(budget: Budget) -> list[tuple[Account, int, int]]:
    """Where the fen of a budget are as parts of a bar: account, start and width."""
    whole, start = budget.granted_fen, 0
    parts: list[tuple[Account, int, int]] = []
    for account in SHOWN_ACCOUNTS:
        width = budget.balances[account] * BAR_WIDTH // whole if whole else 0
        if width:
            parts.append((account, start, width))
            start += width
    return parts


async def _fund(request: Asked, year: int | None, *, typed: GrantForm | None = None, refusal: Refusal | None = None) -> Template:
    actor, shown = current_actor(request), year or clock_of(request).today().year
    budgets = await ledger.budgets_shown(actor)
    return page(
        "fund/fund.html",
        year=shown,
        years=sorted({each.year for each in budgets} | {shown}, reverse=True),
        budgets=[(each, bar_of(each)) for each in budgets if each.year == shown],
        waiting=await ledger.waiting_shown(actor, shown),
        accounts=SHOWN_ACCOUNTS,
        account_words=ACCOUNT_WORDS,
        sub_funds=SUB_FUND_WORDS,
        typed=typed or GrantForm(year=str(shown), business_id=new_key()),
        **told(request, refusal),
    )


@get("/fund", include_in_schema=False, right=Right.FUND_READ)
async def fund_page(request: Asked, year: YearQuery = None) -> Template:
    return await _fund(request, year)


@get("/fund.csv", include_in_schema=False, right=Right.FUND_READ)
async def fund_csv(request: Asked, year: YearQuery = None) -> Response[bytes]:
    rows = (
        (
            *(each.year, SUB_FUND_WORDS[each.sub_fund], each.stream, each.subject_code, each.paper, yuan(each.granted_fen)),
            *(yuan(each.balances[account]) for account in SHOWN_ACCOUNTS),
        )
        for each in await ledger.budgets_shown(current_actor(request), year=year)
    )
    return csv_download(BUDGET_HEADER, rows, filename="预算指标.csv")


@get("/fund/waiting.csv", include_in_schema=False, right=Right.FUND_READ)
async def waiting_csv(request: Asked, year: YearQuery = None) -> Response[bytes]:
    found = await ledger.waiting_shown(current_actor(request), year or clock_of(request).today().year)
    rows = ((place, each.case_no, each.payee_name, yuan(each.fen), shanghai_iso(each.since)) for place, each in enumerate(found, 1))
    return csv_download(WAITING_HEADER, rows, filename="等待预算.csv")


@post("/fund/grants", include_in_schema=False, right=Right.FUND_EDIT)
async def grant_act(request: Asked, data: URLEncodedBody[GrantForm]) -> Template | Redirect:
    """The business id comes with the form: sent again, whatever was cut in between, the grant counts once."""
    try:
        year, fen = typed_count(data.year, what="年度"), typed_fen(data.yuan)
        if data.sub_fund not in set(SubFund):
            raise FieldRefused("请选择资金来源。")
        with under_key(data.business_id, asked(request, data)):
            budget = await ledger.grant(
                current_actor(request),
                year,
                SubFund(data.sub_fund),
                " ".join(data.stream.split()),
                subject_code=data.subject_code.strip(),
                paper=" ".join(data.paper.split()),
                fen=fen,
                business_id=data.business_id and f"{current_actor(request).key}/{data.business_id}",
                clock=clock_of(request),
            )
    except Refusal as refusal:
        return await _fund(request, None, typed=data, refusal=refusal)
    return Redirect(f"/fund/budgets/{budget}", status_code=SEE_OTHER)


@get("/fund/budgets/{budget:int}", include_in_schema=False, right=Right.FUND_READ)
async def budget_page(request: Asked, budget: RowKey, cursor: CursorQuery = None) -> Template:
    actor = current_actor(request)
    one = await ledger.budget_shown(actor, budget)
    found = await ledger.entries_shown(actor, budget=budget, before=row_cursor(cursor) or None, most=SHOWN + 1)
    return page(
        "fund/budget.html",
        one=one,
        bar=bar_of(one),
        entries=found[:SHOWN],
        following=found[SHOWN - 1].id if len(found) > SHOWN else None,
        cursor=cursor,
        accounts=SHOWN_ACCOUNTS,
        account_words=ACCOUNT_WORDS,
        acts=ACT_WORDS,
        sub_funds=SUB_FUND_WORDS,
    )


def _entry_rows(entries: Iterable[LedgerEntry]) -> Iterable[tuple[object, ...]]:
    for each in entries:
        yield (
            *(each.id, shanghai_iso(each.at), ACT_WORDS[each.act], each.subject, ACCOUNT_WORDS[each.account], yuan(each.amount_fen)),
            *(yuan(each.balance_after_fen), each.budget, each.business_id, each.actor),
        )


@get("/fund/budgets/{budget:int}/entries.csv", include_in_schema=False, right=Right.FUND_READ)
async def budget_entries_csv(request: Asked, budget: RowKey, cursor: CursorQuery = None) -> Response[bytes]:
    actor = current_actor(request)
    await ledger.budget_shown(actor, budget)
    found = await ledger.entries_shown(actor, budget=budget, before=row_cursor(cursor) or None, most=MOST_ROWS)
    return csv_download(ENTRY_HEADER, _entry_rows(found), filename=f"资金明细账-{budget}.csv")


async def _case(request: Asked, number: str, *, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    return page(
        "fund/case.html",
        number=number,
        payables=await ledger.case_shown(actor, number),
        words=PAYABLE_WORDS,
        entries=await ledger.entries_shown(actor, subject=number),
        holds=await holds.holds_of(actor, number),
        account_words=ACCOUNT_WORDS,
        acts=ACT_WORDS,
        by_hand=holds.BY_HAND,
        **told(request, refusal),
    )


@get("/fund/cases/{number:str}", include_in_schema=False, right=Right.FUND_READ)
async def case_page(request: Asked, number: FromPath[str]) -> Template:
    return await _case(request, number)


@get("/fund/cases/{number:str}/entries.csv", include_in_schema=False, right=Right.FUND_READ)
async def case_entries_csv(request: Asked, number: FromPath[str]) -> Response[bytes]:
    actor = current_actor(request)
    await ledger.case_shown(actor, number)
    return csv_download(ENTRY_HEADER, _entry_rows(await ledger.entries_shown(actor, subject=number)), filename="资金明细账.csv")


@post("/fund/cases/{number:str}/hold", include_in_schema=False, right=Right.FUND_EDIT)
async def hold_act(request: Asked, number: FromPath[str], data: URLEncodedBody[HoldForm]) -> Template | Redirect:
    await ledger.case_shown(current_actor(request), number)
    try:
        await holds.place_hold(current_actor(request), number, data.cause or holds.BY_HAND, data.words, clock=clock_of(request))
    except Refusal as refusal:
        return await _case(request, number, refusal=refusal)
    return Redirect(f"/fund/cases/{number}", status_code=SEE_OTHER)


@post("/fund/cases/{number:str}/lift", include_in_schema=False, right=Right.FUND_CHECK)
async def lift_act(request: Asked, number: FromPath[str], data: URLEncodedBody[HoldForm]) -> Template | Redirect:
    await ledger.case_shown(current_actor(request), number)
    try:
        await holds.lift_hold(current_actor(request), number, data.cause, reason=data.words, clock=clock_of(request))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _case(request, number, refusal=refusal)
    return Redirect(f"/fund/cases/{number}", status_code=SEE_OTHER)


@get("/fund/holds", include_in_schema=False, right=Right.FUND_READ)
async def holds_page(request: Asked) -> Template:
    return page("fund/holds.html", found=await holds.holds_shown(current_actor(request)))


@get("/fund/holds.csv", include_in_schema=False, right=Right.FUND_READ)
async def holds_csv(request: Asked) -> Response[bytes]:
    found = await holds.holds_shown(current_actor(request))
    rows = ((each.case_no, each.cause, each.words, shanghai_iso(each.placed_at), each.placer) for each in found)
    return csv_download(HOLD_HEADER, rows, filename="暂缓拨付.csv")


def fund_pages() -> Router:
    """The pages of this file."""
    handlers: list[Any] = [
        *(fund_page, fund_csv, waiting_csv, grant_act, budget_page, budget_entries_csv, case_page, case_entries_csv),
        *(hold_act, lift_act, holds_page, holds_csv),
    ]
    return Router("/", route_handlers=handlers)
