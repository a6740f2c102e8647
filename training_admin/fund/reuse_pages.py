"""Pages of 退款转为可用: proposing it beside the budget, signing or refusing it, the list as CSV."""

from collections.abc import Awaitable, Callable
from functools import partial

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.fund import reuse_store, reusing
from training_admin.fund.ledger import budget_shown
from training_admin.fund.page_forms import SEE_OTHER, Asked, asked, told, typed_fen
from training_admin.kit.money import yuan
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.office.idempotency import under_key
from training_admin.web import RowKey, clock_of, csv_download, current_actor, page, shanghai_iso

HEADER = ("编号", "金额（元）", "依据", "状态", "提出人", "提出时间", "签署人", "签署时间", "原因")


class ProposeForm(msgspec.Struct, frozen=True):
    """How much, and on what ground."""

    yuan: str = ""
    ground: str = ""
    idempotency_key: str = ""


class DecideForm(msgspec.Struct, frozen=True):
    """`sign` or `refuse`, with a reason to refuse."""

    act: str = ""
    reason: str = ""
    idempotency_key: str = ""


async def _shown(request: Asked, budget: int, *, typed: ProposeForm | None = None, refusal: Refusal | None = None) -> Template:
    actor = current_actor(request)
    found, free = await reusing.reuses_shown(actor, budget)
    return page(
        "fund/reuse.html",
        one=await budget_shown(actor, budget),
        found=found,
        free=free,
        states=reusing.STATE_WORDS,
        typed=typed or ProposeForm(),
        stepped_up=actor.stepped_up,
        **told(request, refusal),
    )


async def _done(request: Asked, budget: int, data: msgspec.Struct, key: str, act: Callable[[], Awaitable[object]]) -> Template | Redirect:
    try:
        with under_key(key, asked(request, data)):
            await act()
    except NotFound:
        raise
    except Refusal as refusal:
        return await _shown(request, budget, typed=data if isinstance(data, ProposeForm) else None, refusal=refusal)
    return Redirect(f"/fund/budgets/{budget}/reuses", status_code=SEE_OTHER)


@get("/fund/budgets/{budget:int}/reuses", include_in_schema=False, right=Right.FUND_READ)
async def reuses_page(request: Asked, budget: RowKey) -> Template:
    return await _shown(request, budget)


@get("/fund/budgets/{budget:int}/reuses.csv", include_in_schema=False, right=Right.FUND_READ)
async def reuses_csv(request: Asked, budget: RowKey) -> Response[bytes]:
    found, _free = await reusing.reuses_shown(current_actor(request), budget)
    rows = (
        (
            *(one.number, yuan(one.fen), one.ground, reusing.STATE_WORDS[one.state], one.proposer, shanghai_iso(one.proposed_at)),
            *(one.decider, one.decided_at and shanghai_iso(one.decided_at), one.reason),
        )
        for one in (each.reuse for each in found)
    )
    return csv_download(HEADER, rows, filename=f"退款转为可用-{budget}.csv")


@post("/fund/budgets/{budget:int}/reuses", include_in_schema=False, right=Right.FUND_EDIT)
async def propose_reuse_act(request: Asked, budget: RowKey, data: URLEncodedBody[ProposeForm]) -> Template | Redirect:
    await budget_shown(current_actor(request), budget)

    async def act() -> None:
        fen = typed_fen(data.yuan)
        await reusing.propose_reuse(current_actor(request), budget, fen=fen, ground=data.ground, clock=clock_of(request))

    return await _done(request, budget, data, data.idempotency_key, act)


async def _refuse() -> None:
    raise reusing.ReuseRefused("请选择签署或不予转回。")


@post("/fund/budgets/{budget:int}/reuses/{number:str}/decide", include_in_schema=False, right=Right.FUND_CHECK)
async def decide_reuse_act(request: Asked, budget: RowKey, number: FromPath[str], data: URLEncodedBody[DecideForm]) -> Template | Redirect:
    actor = current_actor(request)
    found, _free = await reusing.reuses_shown(actor, budget)
    if number not in [each.reuse.number for each in found]:
        raise reuse_store.ReuseNotFound("没有找到这项退款转可用，请核对编号。")
    if data.act not in {"sign", "refuse"}:
        return await _done(request, budget, data, data.idempotency_key, _refuse)
    sign = data.act == "sign"
    act = partial(reusing.decide_reuse, actor, number, sign=sign, reason=data.reason, clock=clock_of(request))
    return await _done(request, budget, data, data.idempotency_key, act)


def reuse_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[reuses_page, reuses_csv, propose_reuse_act, decide_reuse_act])
