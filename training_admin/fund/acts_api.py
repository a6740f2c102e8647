"""Money acts over the API that ask for a fresh proof of who is at the keyboard, and 退款转为可用.

Without the code of the second factor the answer is 403 `step-up-needed`, with a wrong or used code 401 `step-up-refused`.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import msgspec
from litestar import Router, post
from litestar.params import FromPath, JSONBody

from training_admin.accounts.proofs import PROOF_WORDS, CodeHeader, proven
from training_admin.fund import batches, reuse_store, reusing
from training_admin.fund.api import FUND
from training_admin.fund.batch_plan import BATCH_WORDS
from training_admin.fund.ledger import budget_shown
from training_admin.fund.page_forms import Asked, asked, follow_of, lines_of, missing_of
from training_admin.kit.actor import Actor
from training_admin.kit.rights import Right
from training_admin.office.idempotency import under_key
from training_admin.office.request_keys import KEY_WORDS, KeyHeader
from training_admin.web import RowKey, clock_of, current_actor, problems

REFUSALS = problems(400, 404, 409, 422)


class BatchMovedAnswer(msgspec.Struct, frozen=True):
    """Where a batch stands after an act."""

    number: str
    state: str
    state_words: str


class VoidBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a batch is voided."""

    reason: str


class ReuseBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much returned money is to be available again, in fen, and on what ground."""

    amount_fen: Annotated[int, msgspec.Meta(gt=0, le=10**15)]
    ground: str


class ReuseDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a proposal is signed; refused, the reason."""

    sign: bool
    reason: str = ""


class ReuseAnswer(msgspec.Struct, frozen=True):
    """A proposal and where it stands."""

    number: str
    state: str
    state_words: str


async def _on_batch(
    request: Asked, number: str, key: str, code: str, body: Any, act: Callable[[Actor], Awaitable[None]]
) -> BatchMovedAnswer:
    """Find the batch, prove who acts, act once under the key, and tell where the batch stands."""
    actor, clock, missing, lines = current_actor(request), clock_of(request), missing_of(request), lines_of(request)
    await batches.show_batch(actor, number, missing=missing, lines=lines, clock=clock)
    proved = await proven(request, code)
    with under_key(key, asked(request, body)):
        await act(proved)
    state = (await batches.show_batch(actor, number, missing=missing, lines=lines, clock=clock)).batch.state
    return BatchMovedAnswer(number, state.value, BATCH_WORDS[state])


@post(
    "/batches/{number:str}/check",
    operation_id="check_batch",
    summary="复核拨付批次",
    description=PROOF_WORDS,
    tags=FUND,
    status_code=200,
    responses=REFUSALS,
    right=Right.PAYMENT_CHECK,
)
async def post_check(request: Asked, number: FromPath[str], key: KeyHeader, code: CodeHeader = "") -> BatchMovedAnswer:
    async def act(actor: Actor) -> None:
        await batches.check_batch(actor, number, missing=missing_of(request), lines=lines_of(request), clock=clock_of(request))

    return await _on_batch(request, number, key, code, None, act)


@post(
    "/batches/{number:str}/approve",
    operation_id="approve_batch",
    summary="审批拨付批次",
    description=PROOF_WORDS,
    tags=FUND,
    status_code=200,
    responses=REFUSALS,
    right=Right.PAYMENT_APPROVE,
)
async def post_approve(request: Asked, number: FromPath[str], key: KeyHeader, code: CodeHeader = "") -> BatchMovedAnswer:
    async def act(actor: Actor) -> None:
        await batches.approve_batch(actor, number, missing=missing_of(request), lines=lines_of(request), clock=clock_of(request))

    return await _on_batch(request, number, key, code, None, act)


@post(
    "/batches/{number:str}/send",
    operation_id="send_batch",
    summary="拨付批次送国库",
    description=PROOF_WORDS,
    tags=FUND,
    status_code=200,
    responses=REFUSALS,
    right=Right.PAYMENT_MAKE,
)
async def post_send(request: Asked, number: FromPath[str], key: KeyHeader, code: CodeHeader = "") -> BatchMovedAnswer:
    async def act(actor: Actor) -> None:
        clock = clock_of(request)
        await batches.send_batch(
            actor, number, follow=follow_of(request), missing=missing_of(request), lines=lines_of(request), clock=clock
        )

    return await _on_batch(request, number, key, code, None, act)


@post(
    "/batches/{number:str}/void",
    operation_id="void_batch",
    summary="作废拨付批次",
    description=PROOF_WORDS,
    tags=FUND,
    status_code=200,
    responses=REFUSALS,
    right=Right.PAYMENT_CHECK,
)
async def post_void(
    request: Asked, number: FromPath[str], data: JSONBody[VoidBody], key: KeyHeader, code: CodeHeader = ""
) -> BatchMovedAnswer:
    async def act(actor: Actor) -> None:
        await batches.void_batch(actor, number, reason=data.reason, follow=follow_of(request), clock=clock_of(request))

    return await _on_batch(request, number, key, code, data, act)


@post(
    "/budgets/{budget:int}/reuses",
    operation_id="propose_reuse",
    summary="提出退款转为可用",
    description=KEY_WORDS,
    tags=FUND,
    status_code=201,
    responses=REFUSALS,
    right=Right.FUND_EDIT,
)
async def post_reuse(request: Asked, budget: RowKey, data: JSONBody[ReuseBody], key: KeyHeader) -> ReuseAnswer:
    actor, clock = current_actor(request), clock_of(request)
    await budget_shown(actor, budget)
    with under_key(key, asked(request, data)):
        number = await reusing.propose_reuse(actor, budget, fen=data.amount_fen, ground=data.ground, clock=clock)
    return await _reuse(actor, number)


@post(
    "/reuses/{number:str}/decision",
    operation_id="decide_reuse",
    summary="签署或不予退款转为可用",
    description=PROOF_WORDS,
    tags=FUND,
    status_code=200,
    responses=REFUSALS,
    right=Right.FUND_CHECK,
)
async def post_reuse_decision(
    request: Asked, number: FromPath[str], data: JSONBody[ReuseDecision], key: KeyHeader, code: CodeHeader = ""
) -> ReuseAnswer:
    actor, clock = current_actor(request), clock_of(request)
    await reusing.show_reuse(actor, number)
    proved = await proven(request, code)
    with under_key(key, asked(request, data)):
        await reusing.decide_reuse(proved, number, sign=data.sign, reason=data.reason, clock=clock)
    return await _reuse(actor, number)


async def _reuse(actor: Actor, number: str) -> ReuseAnswer:
    shown: reuse_store.Reuse = await reusing.show_reuse(actor, number)
    return ReuseAnswer(number, shown.state, reusing.STATE_WORDS[shown.state])


def fund_acts_api() -> Router:
    """The operations of this file."""
    return Router("/fund", route_handlers=[post_check, post_approve, post_send, post_void, post_reuse, post_reuse_decision])
