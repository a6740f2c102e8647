"""Closing the books over the API: the year-end carry-over with its two signatures, the monthly reconciliation with the treasury."""

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Router, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody

from training_admin.accounts.proofs import PROOF_WORDS, CodeHeader, proven
from training_admin.fund import closing
from training_admin.fund.api import FUND, LARGEST_FEN, Amount, amount_answer
from training_admin.fund.closing import CarryShown
from training_admin.fund.closing_pages import known_month, known_year, typed_month
from training_admin.fund.closing_store import Reconciled, ReconciliationNotFound
from training_admin.fund.page_forms import Asked
from training_admin.fund.result_workbooks import MOST_ROWS, Table
from training_admin.fund.uploads import content_of, read_uploaded
from training_admin.kit.digest import sha256_hex
from training_admin.kit.rights import Right
from training_admin.office.idempotency import under_key
from training_admin.office.request_keys import KEY_WORDS, KeyHeader, under_header
from training_admin.web import RowKey, clock_of, current_actor, list_page, problems, shanghai_iso

REFUSALS = problems(400, 404, 409, 422)
CARRY_WORDS = {None: "未提出", "proposed": "待签署", "done": "已结转"}


class CarryLine(msgspec.Struct, frozen=True):
    """What of a budget goes where."""

    budget: int
    budget_words: str
    account: str
    account_words: str
    amount: Amount
    to_words: str


class CarryAnswer(msgspec.Struct, frozen=True):
    """A year's carry-over: `lines` as signed or proposed, `stale` when balances have moved since; none proposed: what would move now."""

    year: int
    number: str | None
    state: str | None
    state_words: str
    lines: tuple[CarryLine, ...]
    stale: bool
    proposed_at: str | None
    signed_at: str | None


class DifferenceAnswer(msgspec.Struct, frozen=True):
    """A voucher on which books and treasury do not agree."""

    reference: str
    books: Amount
    treasury: Amount


class MonthAnswer(msgspec.Struct, frozen=True):
    """A month held against the treasury's statement."""

    month: str
    books: Amount
    treasury: Amount
    differences: tuple[DifferenceAnswer, ...]
    words: str
    made_at: str
    checked_at: str | None


class MonthsPage(msgspec.Struct, frozen=True):
    """A page of months, newest first."""

    months: tuple[MonthAnswer, ...]
    next_cursor: str | None


class StatementRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the treasury's statement in fen, below 0 for what came back."""

    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    amount_fen: Annotated[int, msgspec.Meta(ge=-LARGEST_FEN, le=LARGEST_FEN)]


class StatementBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A month (2026-05) with the treasury's statement; `words` explain the differences."""

    month: str
    rows: Annotated[tuple[StatementRow, ...], msgspec.Meta(max_length=MOST_ROWS)]
    words: str = ""


class StatementUpload(msgspec.Struct, frozen=True):
    """The same with the statement as a workbook or CSV."""

    month: str = ""
    words: str = ""
    file: UploadFile | None = None


def _carry(shown: CarryShown) -> CarryAnswer:
    carry = shown.carry
    lines = shown.now if carry is None else carry.lines
    state = None if carry is None else carry.state
    return CarryAnswer(
        year=shown.year,
        number=None if carry is None else carry.number,
        state=state,
        state_words=CARRY_WORDS[state],
        lines=tuple(
            CarryLine(each.budget, each.words, each.account.value, each.account_words, amount_answer(each.fen), each.to_words)
            for each in lines
        ),
        stale=shown.stale,
        proposed_at=None if carry is None else shanghai_iso(carry.proposed_at),
        signed_at=None if carry is None or carry.signed_at is None else shanghai_iso(carry.signed_at),
    )


@get(
    "/carry-overs/{year:int}",
    operation_id="get_carry_over",
    summary="一个年度的年终结转",
    tags=FUND,
    responses=problems(400, 404),
    right=Right.FUND_READ,
)
async def get_carry(request: Asked, year: RowKey) -> CarryAnswer:
    return _carry(await closing.show_carry(current_actor(request), known_year(year)))


@post(
    "/carry-overs/{year:int}/proposal",
    operation_id="propose_carry_over",
    summary="提出年终结转",
    description=f"重新提出的，以新清单代替原清单。{KEY_WORDS}",
    tags=FUND,
    status_code=200,
    responses=REFUSALS,
    right=Right.FUND_EDIT,
)
async def post_carry(request: Asked, year: RowKey, key: KeyHeader) -> CarryAnswer:
    with under_header(request, key):
        await closing.propose_carry(current_actor(request), known_year(year), clock=clock_of(request))
    return _carry(await closing.show_carry(current_actor(request), year))


@post(
    "/carry-overs/{year:int}/signature",
    operation_id="sign_carry_over",
    summary="签署年终结转",
    description=f"由未提出的另一人签署，清单上的余额同时转入下一年度，原年度关闭。{PROOF_WORDS}",
    tags=FUND,
    status_code=200,
    responses=REFUSALS,
    right=Right.FUND_CHECK,
)
async def post_carry_signature(request: Asked, year: RowKey, key: KeyHeader, code: CodeHeader = "") -> CarryAnswer:
    await closing.show_carry(current_actor(request), known_year(year))
    proved = await proven(request, code)
    with under_header(request, key):
        await closing.sign_carry(proved, year, clock=clock_of(request))
    return _carry(await closing.show_carry(current_actor(request), year))


def _month(one: Reconciled) -> MonthAnswer:
    differences = (
        DifferenceAnswer(each.reference, amount_answer(each.books_fen), amount_answer(each.treasury_fen)) for each in one.differences
    )
    return MonthAnswer(
        *(f"{one.month:%Y-%m}", amount_answer(one.books_fen), amount_answer(one.treasury_fen), tuple(differences), one.words),
        *(shanghai_iso(one.made_at), None if one.checked_at is None else shanghai_iso(one.checked_at)),
    )


@get(
    "/reconciliations",
    operation_id="list_reconciliations",
    summary="与国库逐月对账",
    tags=FUND,
    responses=problems(400),
    right=Right.FUND_READ,
)
async def get_months(request: Asked, cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50) -> MonthsPage:
    found, following = list_page(await closing.months_shown(current_actor(request)), cursor, limit)
    return MonthsPage(tuple(_month(each) for each in found), following)


async def _shown_month(request: Asked, month: date) -> MonthAnswer:
    """How a month stands; raises ReconciliationNotFound."""
    found = next((each for each in await closing.months_shown(current_actor(request)) if each.month == month), None)
    if found is None:
        raise ReconciliationNotFound("这个月还没有对账。")
    return _month(found)


@post(
    "/reconciliations",
    operation_id="reconcile_month",
    summary="与国库对账",
    description=f"重新对账的，以新结果代替原结果；复核后不能重做。有不符的须说明。{KEY_WORDS}",
    tags=FUND,
    status_code=200,
    responses=problems(400, 409, 422),
    right=Right.FUND_EDIT,
)
async def post_month(request: Asked, data: JSONBody[StatementBody], key: KeyHeader) -> MonthAnswer:
    month = typed_month(data.month)
    statement = [(each.reference, each.amount_fen) for each in data.rows]
    with under_header(request, key, data):
        await closing.reconcile(current_actor(request), month, statement, words=data.words, clock=clock_of(request))
    return await _shown_month(request, month)


@post(
    "/reconciliations/file",
    operation_id="reconcile_month_file",
    summary="上传国库对账单对账",
    description=f"对账单为 .xlsx 或 .csv；有一处有误时不对账，cells 逐一列出。{KEY_WORDS}",
    tags=FUND,
    status_code=200,
    responses=problems(400, 409, 413, 422),
    right=Right.FUND_EDIT,
)
async def post_month_file(request: Asked, data: MultipartBody[StatementUpload], key: KeyHeader) -> MonthAnswer:
    month, content = typed_month(data.month), await content_of(data.file)
    read = await read_uploaded(content, Table.STATEMENT)
    with under_key(key, [request.url.path, data.month, data.words, sha256_hex(content)]):
        await closing.reconcile(current_actor(request), month, read.statement, words=data.words, clock=clock_of(request))
    return await _shown_month(request, month)


@post(
    "/reconciliations/{month:str}/check",
    operation_id="check_reconciliation",
    summary="复核一个月的对账",
    description=f"由未制表的另一人复核。{KEY_WORDS}",
    tags=FUND,
    status_code=200,
    responses=REFUSALS,
    right=Right.FUND_CHECK,
)
async def post_month_check(request: Asked, month: FromPath[str], key: KeyHeader) -> MonthAnswer:
    day = known_month(month)
    await _shown_month(request, day)
    with under_header(request, key):
        await closing.check_reconciliation(current_actor(request), day, clock=clock_of(request))
    return await _shown_month(request, day)


def closing_api(*, upload_limit: int) -> Router:
    """The operations of this file; only the one that takes a file may be sent large bodies."""
    uploads = Router("/", route_handlers=[post_month_file], request_max_body_size=upload_limit)
    handlers: list[Any] = [uploads, get_carry, post_carry, post_carry_signature, get_months, post_month, post_month_check]
    return Router("/fund", route_handlers=handlers)
