"""Pages on which an enterprise takes what it may have by confirming its account alone (免申即享)."""

from typing import Any, Final

import msgspec
from litestar import Request, Router, get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from training_admin.fund.payee_account import AccountRefused, typed_account
from training_admin.kit.actor import StepUpNeeded
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.subsidy import class_offers
from training_admin.subsidy.claims import ClassClaimed
from training_admin.subsidy.class_offers import AccountMissing, OfferChanged
from training_admin.subsidy.explain import explain_claim
from training_admin.subsidy.screens import not_paying_rows
from training_admin.web import clock_of, current_actor, page, several

Asked = Request[Any, Any, Any]
SEE_OTHER: Final = 303


class ConfirmForm(msgspec.Struct, frozen=True):
    """What was shown, and the account: the known one, or another as typed."""

    chosen: list[str] | str = []
    payable_fen: int = 0
    account: str = "known"
    bank: str = ""
    number: str = ""
    holder: str = ""


async def _offer(request: Asked, year: int, *, refusal: Refusal | None = None, form: ConfirmForm | None = None) -> Template:
    actor = current_actor(request)
    shown = await class_offers.show_offer(actor, year, clock=clock_of(request))
    refused = not_paying_rows(shown.record)
    return page(
        "claims/offer.html",
        status_code=200 if refusal is None else refusal.status,
        problem=None if refusal is None else refusal.problem(),
        shown=shown,
        whole=explain_claim(shown.record),
        paying=len(shown.record.lines) - len(refused),
        refused=len(refused),
        stepped_up=actor.stepped_up,
        form=form or ConfirmForm(),
    )


@get("/claims/offers/{year:int}", include_in_schema=False, right=Right.CLAIM_SUBMIT)
async def offer_page(request: Asked, year: FromPath[int]) -> Template:
    return await _offer(request, year)


@post("/claims/offers/{year:int}", include_in_schema=False, right=Right.CLAIM_SUBMIT)
async def confirm_act(request: Asked, year: FromPath[int], data: URLEncodedBody[ConfirmForm]) -> Redirect | Template:
    """What has changed meanwhile, or is wrong with a typed account, is told on the page itself."""
    try:
        receipt = await class_offers.confirm_offer(
            current_actor(request),
            year,
            class_nos=several(data.chosen),
            payable_fen=data.payable_fen,
            account=None if data.account == "known" else typed_account(data.bank, data.number, data.holder),
            clock=clock_of(request),
        )
    except (AccountRefused, AccountMissing, OfferChanged, StepUpNeeded) as refusal:
        return await _offer(request, year, refusal=refusal, form=data)
    except ClassClaimed:
        return Redirect("/claims/classes", status_code=SEE_OTHER)
    return Redirect(f"/claims/{receipt.number}?receipt=1", status_code=SEE_OTHER)


def class_offer_pages() -> Router:
    """The pages of this file."""
    return Router("/", route_handlers=[offer_page, confirm_act])
