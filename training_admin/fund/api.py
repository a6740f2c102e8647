"""The JSON API of the fund, under `/api/v1/fund`: budgets, entries, batches, grants and what the bank said.

Checking, approving and sending ask for a fresh proof of who is at the keyboard: they are in `acts_api`.
"""

from datetime import date
from typing import Annotated

import msgspec
from litestar import Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from training_admin.fund import bank_results, batches, ledger
from training_admin.fund.batch_plan import BATCH_WORDS, ITEM_WORDS
from training_admin.fund.batch_store import Batch
from training_admin.fund.ledger_facts import ACCOUNT_WORDS, ACT_WORDS, Budget, SubFund
from training_admin.fund.ledger_store import LedgerEntry
from training_admin.fund.page_forms import Asked, asked, follow_of, lines_of, missing_of
from training_admin.fund.result_facts import BankResult
from training_admin.kit.money import yuan_grouped
from training_admin.kit.rights import Right
from training_admin.office.idempotency import under_key
from training_admin.office.request_keys import KEY_WORDS, KeyHeader
from training_admin.web import RowKey, clock_of, current_actor, page_size, problems, row_cursor, shanghai_iso

FUND = ["资金"]
YearQuery = Annotated[int | None, QueryParameter(ge=2000, le=2999)]
LARGEST_FEN = 10**15


class Amount(msgspec.Struct, frozen=True):
    """An amount in fen, and as it is shown."""

    amount_fen: int
    display: str


class BudgetAnswer(msgspec.Struct, frozen=True):
    """A budget with its balances by account."""

    id: int
    year: int
    sub_fund: str
    stream: str
    subject_code: str
    paper: str
    closed: bool
    balances: dict[str, Amount]


class EntryAnswer(msgspec.Struct, frozen=True):
    """One side of an entry of the ledger."""

    id: int
    at: str
    act: str
    act_words: str
    subject: str
    account: str
    account_words: str
    amount: Amount
    balance_after: Amount


class EntriesPage(msgspec.Struct, frozen=True):
    """A page of entries, newest first."""

    entries: tuple[EntryAnswer, ...]
    next_cursor: str | None


class BatchAnswer(msgspec.Struct, frozen=True):
    """A payment batch."""

    number: str
    state: str
    state_words: str
    items: int
    total: Amount
    content_sha256: str | None


class BatchesPage(msgspec.Struct, frozen=True):
    """A page of batches, newest first."""

    batches: tuple[BatchAnswer, ...]
    next_cursor: str | None


class ItemAnswer(msgspec.Struct, frozen=True):
    """A payment of a batch; accounts are not told here."""

    code: str
    payee: str
    payee_name: str
    amount: Amount
    netted: Amount
    state: str
    state_words: str
    reference: str | None
    paid_on: date | None
    failure: str
    cases: tuple[str, ...]


class BatchDetail(msgspec.Struct, frozen=True):
    """A batch with its payments."""

    batch: BatchAnswer
    items: tuple[ItemAnswer, ...]


class GrantBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a paper grants (above 0) or takes back (below 0), in fen."""

    year: Annotated[int, msgspec.Meta(ge=2000, le=2999)]
    sub_fund: SubFund
    subject_code: str
    paper: str
    amount_fen: Annotated[int, msgspec.Meta(ge=-LARGEST_FEN, le=LARGEST_FEN)]
    stream: Annotated[str, msgspec.Meta(max_length=20)] = ""


class MakeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be paid, by the numbers of what is due."""

    subjects: tuple[str, ...]


class ResultBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the bank said of one payment."""

    code: str
    paid: bool
    amount_fen: int | None = None
    reference: str = ""
    paid_on: date | None = None
    failure: str = ""


class ResultsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the bank said of payments of a batch."""

    batch: str
    results: tuple[ResultBody, ...]


class GrantedAnswer(msgspec.Struct, frozen=True):
    """The budget that was granted to or cut."""

    budget: int


class MadeAnswer(msgspec.Struct, frozen=True):
    """The batch that was made."""

    number: str


class RecordedAnswer(msgspec.Struct, frozen=True):
    """How many results were new."""

    recorded: int


def amount_answer(fen: int) -> Amount:
    """An amount for the wire."""
    return Amount(fen, yuan_grouped(fen))


def _budget(each: Budget) -> BudgetAnswer:
    balances = {account.value: amount_answer(fen) for account, fen in each.balances.items()}
    return BudgetAnswer(each.id, each.year, each.sub_fund.value, each.stream, each.subject_code, each.paper, each.closed, balances)


def entry_answer(each: LedgerEntry) -> EntryAnswer:
    """One side of an entry for the wire."""
    return EntryAnswer(
        *(each.id, shanghai_iso(each.at), each.act.value, ACT_WORDS[each.act], each.subject, each.account.value),
        *(ACCOUNT_WORDS[each.account], amount_answer(each.amount_fen), amount_answer(each.balance_after_fen)),
    )


def _batch(each: Batch) -> BatchAnswer:
    words = BATCH_WORDS[each.state]
    return BatchAnswer(each.number, each.state.value, words, each.item_count, amount_answer(each.total_fen), each.content_sha256)


@get("/budgets", operation_id="list_budgets", summary="预算指标和余额", tags=FUND, responses=problems(400), right=Right.FUND_READ)
async def get_budgets(request: Asked, year: YearQuery = None) -> tuple[BudgetAnswer, ...]:
    return tuple(_budget(each) for each in await ledger.budgets_shown(current_actor(request), year=year))


@get(
    "/budgets/{budget:int}/entries",
    operation_id="list_entries",
    summary="资金明细账（由近及远）",
    tags=FUND,
    responses=problems(400, 404),
    right=Right.FUND_READ,
)
async def get_entries(request: Asked, budget: RowKey, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50) -> EntriesPage:
    actor, size = current_actor(request), min(page_size(limit), ledger.MOST_ENTRIES - 1)
    await ledger.budget_shown(actor, budget)
    found = await ledger.entries_shown(actor, budget=budget, before=row_cursor(cursor) or None, most=size + 1)
    following = str(found[size - 1].id) if len(found) > size else None
    return EntriesPage(tuple(entry_answer(each) for each in found[:size]), following)


@post(
    "/grants",
    operation_id="grant_budget",
    summary="登记预算指标",
    description=KEY_WORDS,
    tags=FUND,
    status_code=201,
    responses=problems(400, 409, 422),
    right=Right.FUND_EDIT,
)
async def post_grant(request: Asked, data: JSONBody[GrantBody], key: KeyHeader) -> GrantedAnswer:
    with under_key(key, asked(request, data)):
        budget = await ledger.grant(
            current_actor(request),
            data.year,
            data.sub_fund,
            data.stream,
            subject_code=data.subject_code,
            paper=data.paper,
            fen=data.amount_fen,
            business_id=f"{current_actor(request).key}/{key}",
            clock=clock_of(request),
        )
    return GrantedAnswer(budget)


@get("/batches", operation_id="list_batches", summary="拨付批次", tags=FUND, responses=problems(400), right=Right.FUND_READ)
async def get_batches(request: Asked, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50) -> BatchesPage:
    found, following = await batches.list_batches(current_actor(request), before=row_cursor(cursor) or None, limit=page_size(limit))
    return BatchesPage(tuple(_batch(each) for each in found), following)


@get(
    "/batches/{number:str}",
    operation_id="get_batch",
    summary="一个拨付批次",
    tags=FUND,
    responses=problems(400, 404),
    right=Right.FUND_READ,
)
async def get_batch(request: Asked, number: FromPath[str]) -> BatchDetail:
    shown = await batches.show_batch(
        current_actor(request), number, missing=missing_of(request), lines=lines_of(request), clock=clock_of(request)
    )
    items = (
        ItemAnswer(
            *(item.code, item.payee, item.payee_name, amount_answer(item.fen), amount_answer(item.netted_fen), item.state.value),
            *(ITEM_WORDS[item.state], item.bank_reference, item.paid_on, item.failure),
            tuple(case for _subject, case, _fen in shown.cases[item.code]),
        )
        for item in shown.items
    )
    return BatchDetail(_batch(shown.batch), tuple(items))


@post(
    "/batches",
    operation_id="make_batch",
    summary="编制拨付批次",
    description=f"不能拨付的款项自动留下。{KEY_WORDS}复核、审批和送国库见本页其他接口。",
    tags=FUND,
    status_code=201,
    responses=problems(400, 409, 422),
    right=Right.PAYMENT_MAKE,
)
async def post_batch(request: Asked, data: JSONBody[MakeBody], key: KeyHeader) -> MadeAnswer:
    with under_key(key, asked(request, data)):
        number = await batches.make_batch(
            current_actor(request),
            data.subjects,
            follow=follow_of(request),
            missing=missing_of(request),
            lines=lines_of(request),
            clock=clock_of(request),
        )
    return MadeAnswer(number)


@post(
    "/bank-results",
    operation_id="record_bank_results",
    summary="登记银行回单",
    description=f"有一处有误时全部不登记，cells 逐一列出。{KEY_WORDS}",
    tags=FUND,
    status_code=200,
    responses=problems(400, 404, 409, 422),
    right=Right.PAYMENT_MAKE,
)
async def post_results(request: Asked, data: JSONBody[ResultsBody], key: KeyHeader) -> RecordedAnswer:
    results = [
        BankResult(each.code, each.amount_fen, each.paid, each.reference, each.paid_on, each.failure, place)
        for place, each in enumerate(data.results, 1)
    ]
    with under_key(key, asked(request, data)):
        recorded = await bank_results.record_results(
            current_actor(request), data.batch, results, places={}, sheet="", follow=follow_of(request), clock=clock_of(request)
        )
    return RecordedAnswer(recorded)


def fund_api() -> Router:
    """The operations of this room."""
    return Router("/fund", route_handlers=[get_budgets, get_entries, post_grant, get_batches, get_batch, post_batch, post_results])
