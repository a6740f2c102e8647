"""Pages of 不予拨付: what doubts hold whole, proposing and deciding that it is not paid, giving a decision up, the register as CSV."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.fund import withholding
from training_admin.fund.page_forms import SEE_OTHER, Asked, asked, follow_of, lines_of, told
from training_admin.fund.withholding import STATE_WORDS, WHOLE_WORDS, WithholdingRefused
from training_admin.kit.actor import may
from training_admin.kit.money import yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.kit.wording import row_ranges
from training_admin.office.idempotency import under_key
from training_admin.web import clock_of, csv_download, current_actor, page, row_cursor, shanghai_iso

SHOWN = 25
HEADER = (
    *("编号", "申报", "单位", "人员名单行", "金额（元）", "处理", "状态", "事实和理由", "提出人", "提出时间"),
    *("决定人", "决定时间", "决定意见", "撤销人", "撤销时间", "撤销理由"),
)
CursorQuery = Annotated[str | None, QueryParameter(max_length=9)]


class ProposeForm(msgspec.Struct, frozen=True):
    """What is not to be paid, and why."""

    subject: str = ""
    reason: str = ""
    idempotency_key: str = ""


class DecideForm(msgspec.Struct, frozen=True):
    """`confirm` or `refuse`, with a reason to refuse."""

    act: str = ""
    words: str = ""
    idempotency_key: str = ""


class VoidForm(msgspec.Struct, frozen=True):
    """Why a decision is given up."""

    words: str = ""
    idempotency_key: str = ""


async def _listed(request: Asked, cursor: str | None, *, typed: ProposeForm | None = None, refusal: Refusal | None = None) -> Template:
    actor, clock = current_actor(request), clock_of(request)
    proposes = may(actor, Right.RECOVERY_PROPOSE)
    found = await withholding.list_withholdings(actor, before=row_cursor(cursor) or None, limit=SHOWN + 1)
    return page(
        "fund/withholdings.html",
        held=await withholding.held_due(actor, lines=lines_of(request), clock=clock) if proposes else None,
        found=found[:SHOWN],
        following=found[SHOWN - 1].id if len(found) > SHOWN else None,
        cursor=cursor,
        states=STATE_WORDS,
        ranges=row_ranges,
        typed=typed or ProposeForm(),
        **told(request, refusal),
    )


@get("/withholdings", include_in_schema=False, right=Right.CLAIM_READ)
async def withholdings_page(request: Asked, cursor: CursorQuery = None) -> Template:
    return await _listed(request, cursor)


@get("/withholdings.csv", include_in_schema=False, right=Right.CLAIM_READ)
async def withholdings_csv(request: Asked) -> Response[bytes]:
    rows = (
        (
            *(each.number, each.case_no, each.payee_name, row_ranges(each.rows), yuan(each.fen)),
            *(
                "不予拨付" if each.rest else WHOLE_WORDS,
                STATE_WORDS[each.state],
                each.reason,
                each.proposer,
                shanghai_iso(each.proposed_at),
            ),
            *(each.decider, each.decided_at and shanghai_iso(each.decided_at), each.said),
            *(each.voider, each.voided_at and shanghai_iso(each.voided_at), each.void_reason),
        )
        for each in await withholding.list_withholdings(current_actor(request))
    )
    return csv_download(HEADER, rows, filename="不予拨付.csv")


@post("/withholdings", include_in_schema=False, right=Right.RECOVERY_PROPOSE)
async def propose_withholding_act(request: Asked, data: URLEncodedBody[ProposeForm]) -> Template | Redirect:
    try:
        with under_key(data.idempotency_key, asked(request, data)):
            number = await withholding.propose_withholding(
                current_actor(request), data.subject, reason=data.reason, lines=lines_of(request), clock=clock_of(request)
            )
    except Refusal as refusal:
        return await _listed(request, None, typed=data, refusal=refusal)
    return Redirect(f"/withholdings/{number}", status_code=SEE_OTHER)


async def _shown(request: Asked, number: str, *, refusal: Refusal | None = None) -> Template:
    shown = await withholding.show_withholding(current_actor(request), number)
    return page(
        "fund/withholding.html",
        one=shown.one,
        same_person=shown.same_person,
        rows=row_ranges(shown.one.rows),
        states=STATE_WORDS,
        whole=WHOLE_WORDS,
        **told(request, refusal),
    )


@get("/withholdings/{number:str}", include_in_schema=False, right=Right.CLAIM_READ)
async def withholding_page(request: Asked, number: FromPath[str]) -> Template:
    return await _shown(request, number)


async def _done(request: Asked, number: str, data: DecideForm | VoidForm, act: Callable[[], Awaitable[None]]) -> Template | Redirect:
    """One act under the form's key; a refusal is told on the page."""
    try:
        with under_key(data.idempotency_key, asked(request, data)):
            await act()
    except NotFound:
        raise
    except Refusal as refusal:
        return await _shown(request, number, refusal=refusal)
    return Redirect(f"/withholdings/{number}", status_code=SEE_OTHER)


@post("/withholdings/{number:str}/decide", include_in_schema=False, right=Right.RECOVERY_DECIDE)
async def decide_withholding_act(request: Asked, number: FromPath[str], data: URLEncodedBody[DecideForm]) -> Template | Redirect:
    async def act() -> None:
        if data.act not in {"confirm", "refuse"}:
            raise WithholdingRefused("请选择决定不予拨付，或者不予采纳。")
        await withholding.decide_withholding(
            current_actor(request),
            number,
            confirm=data.act == "confirm",
            said=data.words,
            follow=follow_of(request),
            lines=lines_of(request),
            clock=clock_of(request),
        )

    return await _done(request, number, data, act)


@post("/withholdings/{number:str}/void", include_in_schema=False, right=Right.RECOVERY_DECIDE)
async def void_withholding_act(request: Asked, number: FromPath[str], data: URLEncodedBody[VoidForm]) -> Template | Redirect:
    act = partial(
        withholding.void_withholding,
        current_actor(request),
        number,
        reason=data.words,
        follow=follow_of(request),
        clock=clock_of(request),
    )
    return await _done(request, number, data, act)


def withholding_pages() -> Router:
    """The pages of this file."""
    handlers: list[Any] = [
        *(withholdings_page, withholdings_csv, propose_withholding_act),
        *(withholding_page, decide_withholding_act, void_withholding_act),
    ]
    return Router("/", route_handlers=handlers)
