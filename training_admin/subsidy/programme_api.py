"""The JSON API of a programme's money: what it comes to, its claims, and asking for the advance or the settlement."""

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, JSONBody

from training_admin.apprenticeship.api import APPRENTICES
from training_admin.apprenticeship.facts import Stage
from training_admin.apprenticeship.programmes import assert_there
from training_admin.fund.payee_account import LONGEST_BANK, LONGEST_HOLDER, typed_account
from training_admin.kit.rights import Right
from training_admin.office.idempotency import under_key
from training_admin.office.request_keys import KEY_WORDS, KeyHeader
from training_admin.subsidy import programme_claims
from training_admin.subsidy.products import STAGE_WORDS
from training_admin.subsidy.programme_pages import stage_named
from training_admin.subsidy.review_states import STATE_WORDS
from training_admin.subsidy.schemas import Amount, ReceiptAnswer, amount, optional_amount, receipt_answer
from training_admin.web import clock_of, current_actor, problems, shanghai_iso

Asked = Request[Any, Any, Any]
LONGEST_ACCOUNT = 60


class AccountBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The account that the money goes to."""

    bank: Annotated[str, msgspec.Meta(max_length=LONGEST_BANK)]
    account: Annotated[str, msgspec.Meta(max_length=LONGEST_ACCOUNT)]
    holder: Annotated[str, msgspec.Meta(max_length=LONGEST_HOLDER)]


class ProgrammeClaimAnswer(msgspec.Struct, frozen=True):
    """A claim for a stage's money; amounts are null where nothing is assessed yet."""

    number: str
    stage: str
    stage_words: str
    state: str
    state_words: str
    submitted_at: str
    computed: Amount | None
    payable: Amount | None
    paid: Amount
    recovered: Amount
    owed: Amount
    paid_on: date | None


class ProgrammeMoneyAnswer(msgspec.Struct, frozen=True):
    """A programme's money; `balance` is still to be paid, below zero to come back; `why_not` says why a stage cannot be asked for now."""

    number: str
    advanced: Amount
    entitled: Amount | None
    balance: Amount | None
    claims: tuple[ProgrammeClaimAnswer, ...]
    why_not: dict[str, str]


@get(
    "/{number:str}/money",
    operation_id="get_programme_money",
    summary="学徒班补贴资金",
    tags=APPRENTICES,
    responses=problems(404),
    right=Right.CLAIM_READ,
)
async def get_money(request: Asked, number: FromPath[str]) -> ProgrammeMoneyAnswer:
    money = await programme_claims.programme_money(current_actor(request), number)
    return ProgrammeMoneyAnswer(
        number=number,
        advanced=amount(money.advanced_fen),
        entitled=optional_amount(money.entitled_fen),
        balance=optional_amount(money.balance_fen),
        claims=tuple(
            ProgrammeClaimAnswer(
                *(each.number, each.stage.value, STAGE_WORDS[each.stage], each.state.value, STATE_WORDS[each.state]),
                *(shanghai_iso(each.submitted_at), optional_amount(each.computed_fen), optional_amount(each.payable_fen)),
                *(amount(each.paid_fen), amount(each.recovered_fen), amount(each.owed_fen)),
                paid_on=each.paid_on,
            )
            for each in money.claims
        ),
        why_not={stage.value: words for stage, words in money.why_not.items()},
    )


@post(
    "/{number:str}/money/{stage:str}",
    operation_id="ask_programme_money",
    summary="申请预拨或结算",
    description=f"stage 为 {Stage.ADVANCE.value}（预拨）或 {Stage.SETTLEMENT.value}（结算）。{KEY_WORDS}",
    tags=APPRENTICES,
    status_code=201,
    responses=problems(400, 404, 409, 422),
    right=Right.CLAIM_SUBMIT,
)
async def post_money(
    request: Asked, number: FromPath[str], stage: FromPath[str], data: JSONBody[AccountBody], key: KeyHeader
) -> Response[ReceiptAnswer]:
    actor, wanted = current_actor(request), stage_named(stage)
    await assert_there(actor, number, Right.CLAIM_SUBMIT)
    account = typed_account(data.bank, data.account, data.holder)
    # The key keeps a digest of what was asked; that of a bare account number could be guessed.
    with under_key(key, [request.url.path, account.hash.hex()]):
        receipt = await programme_claims.submit_programme_claim(actor, number, wanted, account, clock=clock_of(request))
    return Response(receipt_answer(receipt), headers={"location": f"/api/v1/claims/{receipt.number}"})


def programme_money_api() -> Router:
    """The operations of this file."""
    return Router("/programmes", route_handlers=[get_money, post_money])
