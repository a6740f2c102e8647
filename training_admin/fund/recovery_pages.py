"""Pages of recoveries: the register (追回台账), proposing, deciding, what came back, voiding and referring."""

import io
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.fund import recoveries
from training_admin.fund.page_forms import SEE_OTHER, Asked, asked, follow_of, told, typed_count, typed_day, typed_fen
from training_admin.fund.recoveries import STATE_WORDS
from training_admin.fund.recovery_store import Recovery
from training_admin.kit.clock import shanghai_day
from training_admin.kit.money import yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.workbook.sheets import Column, Kind, Sheet, Stamp, write_workbook
from training_admin.office.idempotency import under_key
from training_admin.web import clock_of, csv_download, current_actor, download, page, row_cursor

SHOWN = 25
REGISTER_HEADER = ("决定书号", "对象", "原因", "应追回", "已追回", "日期", "凭证", "余额", "移送")
REGISTER_SHEET = Sheet(
    name="追回台账",
    title="追回台账",
    lines=("金额单位：元",),
    columns=(
        *(Column("决定书号", Kind.TEXT, 14), Column("对象", Kind.WORDS, 26), Column("原因", Kind.WORDS, 36)),
        *(Column("应追回", Kind.MONEY, 14, total=True), Column("已追回", Kind.MONEY, 14, total=True)),
        *(Column("日期", Kind.DATE, 12), Column("凭证", Kind.WORDS, 30), Column("余额", Kind.MONEY, 14, total=True)),
        Column("移送", Kind.WORDS, 22),
    ),
    closing=("填表人：", "审核人："),
)
WAYS = {"returned": "退还", "netted": "抵扣"}
CursorQuery = Annotated[str | None, QueryParameter(max_length=9)]


class ProposeForm(msgspec.Struct, frozen=True):
    """What is to be recovered, as typed."""

    case_no: str = ""
    people: str = ""
    yuan: str = ""
    reason: str = ""
    idempotency_key: str = ""


class DecisionForm(msgspec.Struct, frozen=True):
    """The decision: `confirm` or `refuse`, and by when money is to come back."""

    act: str = ""
    return_by: str = ""
    idempotency_key: str = ""


class ReceiptForm(msgspec.Struct, frozen=True):
    """Money that came back, as typed."""

    yuan: str = ""
    reference: str = ""
    received_on: str = ""
    idempotency_key: str = ""


class WordsForm(msgspec.Struct, frozen=True):
    """Why a recovery is voided, or where it is referred to."""

    words: str = ""
    idempotency_key: str = ""


@get("/recoveries", include_in_schema=False, right=Right.CLAIM_READ)
async def recoveries_page(request: Asked, cursor: CursorQuery = None) -> Template:
    today = clock_of(request).today()
    found, following = await recoveries.list_recoveries(current_actor(request), before=row_cursor(cursor) or None, limit=SHOWN)
    return page(
        "fund/recoveries.html",
        found=[(each, recoveries.is_overdue(each, today)) for each in found],
        following=following,
        cursor=cursor,
        states=STATE_WORDS,
    )


def _values(recovery: Recovery, references: list[str]) -> tuple[Any, ...]:
    asks = recovery.state in {"decided", "settled", "voided"}
    day = None if recovery.decided_at is None else shanghai_day(recovery.decided_at)
    left = recovery.left_fen if recovery.state == "decided" else 0
    return (
        *(recovery.number, recovery.payee_name, f"{recovery.reason}（{STATE_WORDS[recovery.state]}）", recovery.fen if asks else 0),
        *(recovery.settled_fen, day, "、".join(references), left, recovery.referred),
    )


@get("/recoveries.csv", include_in_schema=False, right=Right.CLAIM_READ)
async def recoveries_csv(request: Asked) -> Response[bytes]:
    rows = (
        [yuan(value) if isinstance(value, int) else value for value in _values(*each)]
        for each in await recoveries.register_of(current_actor(request))
    )
    return csv_download(REGISTER_HEADER, rows, filename="追回台账.csv")


@get("/recoveries.xlsx", include_in_schema=False, right=Right.CLAIM_READ)
async def recoveries_workbook(request: Asked) -> Response[bytes]:
    found = await recoveries.register_of(current_actor(request))
    target = io.BytesIO()
    stamp = Stamp("追回台账", clock_of(request).today().isoformat(), "第14表")
    write_workbook(target, [(REGISTER_SHEET, [_values(*each) for each in found])], stamp)
    return download(target.getvalue(), filename="追回台账.xlsx")


def _form(request: Asked, typed: ProposeForm, left_fen: int | None, *, refusal: Refusal | None = None) -> Template:
    return page("fund/recovery_form.html", typed=typed, left_fen=left_fen, **told(request, refusal))


@get("/recoveries/new", include_in_schema=False, right=Right.RECOVERY_PROPOSE)
async def new_recovery_page(request: Asked, case_no: FromQuery[str] = "") -> Template:
    if not case_no:
        return _form(request, ProposeForm(), None)
    try:
        found = await recoveries.recoverable(current_actor(request), case_no)
    except Refusal as refusal:
        return _form(request, ProposeForm(case_no=case_no), None, refusal=refusal)
    return _form(request, ProposeForm(case_no=case_no), found.left_fen)


@post("/recoveries", include_in_schema=False, right=Right.RECOVERY_PROPOSE)
async def propose_act(request: Asked, data: URLEncodedBody[ProposeForm]) -> Template | Redirect:
    try:
        people, fen = typed_count(data.people, what="涉及人数"), typed_fen(data.yuan)
        with under_key(data.idempotency_key, asked(request, data)):
            number = await recoveries.propose_recovery(
                current_actor(request), data.case_no.strip(), people=people, fen=fen, reason=data.reason, clock=clock_of(request)
            )
    except Refusal as refusal:
        return _form(request, data, None, refusal=refusal)
    return Redirect(f"/recoveries/{number}", status_code=SEE_OTHER)


async def _shown(request: Asked, number: str, *, refusal: Refusal | None = None) -> Template:
    shown = await recoveries.show_recovery(current_actor(request), number, clock=clock_of(request))
    return page(
        "fund/recovery.html",
        one=shown.recovery,
        receipts=shown.receipts,
        overdue=shown.overdue,
        same_person=shown.same_person,
        states=STATE_WORDS,
        ways=WAYS,
        today=clock_of(request).today(),
        **told(request, refusal),
    )


@get("/recoveries/{number:str}", include_in_schema=False, right=Right.CLAIM_READ)
async def recovery_page(request: Asked, number: FromPath[str]) -> Template:
    return await _shown(request, number)


async def _done(request: Asked, number: str, data: msgspec.Struct, key: str, act: Callable[[], Awaitable[None]]) -> Template | Redirect:
    """One act on a recovery under the form's key; a refusal is told on its page."""
    try:
        with under_key(key, asked(request, data)):
            await act()
    except NotFound:
        raise
    except Refusal as refusal:
        return await _shown(request, number, refusal=refusal)
    return Redirect(f"/recoveries/{number}", status_code=SEE_OTHER)


@post("/recoveries/{number:str}/decide", include_in_schema=False, right=Right.RECOVERY_DECIDE)
async def decide_act(request: Asked, number: FromPath[str], data: URLEncodedBody[DecisionForm]) -> Template | Redirect:
    async def act() -> None:
        confirm = data.act == "confirm"
        await recoveries.decide_recovery(
            current_actor(request),
            number,
            confirm=confirm,
            return_by=typed_day(data.return_by, what="退还期限") if confirm else None,
            follow=follow_of(request),
            clock=clock_of(request),
        )

    return await _done(request, number, data, data.idempotency_key, act)


@post("/recoveries/{number:str}/receipts", include_in_schema=False, right=Right.FUND_EDIT)
async def receipt_act(request: Asked, number: FromPath[str], data: URLEncodedBody[ReceiptForm]) -> Template | Redirect:
    async def act() -> None:
        await recoveries.receive_return(
            current_actor(request),
            number,
            fen=typed_fen(data.yuan),
            reference=data.reference,
            received_on=typed_day(data.received_on, what="收款日期"),
            follow=follow_of(request),
            clock=clock_of(request),
        )

    return await _done(request, number, data, data.idempotency_key, act)


@post("/recoveries/{number:str}/void", include_in_schema=False, right=Right.RECOVERY_DECIDE)
async def void_act(request: Asked, number: FromPath[str], data: URLEncodedBody[WordsForm]) -> Template | Redirect:
    act = partial(
        recoveries.void_recovery,
        current_actor(request),
        number,
        reason=data.words,
        follow=follow_of(request),
        clock=clock_of(request),
    )
    return await _done(request, number, data, data.idempotency_key, act)


@post("/recoveries/{number:str}/refer", include_in_schema=False, right=Right.RECOVERY_PROPOSE)
async def refer_act(request: Asked, number: FromPath[str], data: URLEncodedBody[WordsForm]) -> Template | Redirect:
    act = partial(recoveries.refer_recovery, current_actor(request), number, words=data.words, clock=clock_of(request))
    return await _done(request, number, data, data.idempotency_key, act)


def recovery_pages() -> Router:
    """The pages of this file."""
    handlers: list[Any] = [
        *(recoveries_page, recoveries_csv, recoveries_workbook, new_recovery_page, propose_act, recovery_page),
        *(decide_act, receipt_act, void_act, refer_act),
    ]
    return Router("/", route_handlers=handlers)
