"""The end of a settlement that leaves nothing to be paid: it is balanced, and what was advanced too much is proposed to come back."""

from training_admin.apprenticeship.facts import Stage
from training_admin.fund.recoveries import recover_advance
from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock
from training_admin.kit.money import yuan_grouped
from training_admin.subsidy import programme_store, review_store
from training_admin.subsidy.review_states import deciders
from training_admin.subsidy.review_store import ReviewedClaim


async def settles_programme(claim: ReviewedClaim) -> bool:
    """Whether a claim settles an apprentice programme."""
    found = (await programme_store.programmes_of([claim.id])).get(claim.id)
    return found is not None and found[1] is Stage.SETTLEMENT


async def propose_clawback(actor: Actor, claim: ReviewedClaim, fen: int, *, clock: Clock) -> list[str]:
    """Propose that what was advanced too much comes back, by the hands that reviewed the settlement; returns the numbers.

    Whoever determines it confirms the recovery as a second person (APP-24). In the open transaction; raises NothingPaid.
    """
    programme, _stage = (await programme_store.programmes_of([claim.id]))[claim.id]
    claims = (await programme_store.claims_of_programmes([programme])).get(programme, [])
    advances = [each.number for each in claims if each.stage is Stage.ADVANCE and each.paid_fen]
    steps = tuple(each.step for each in await review_store.steps_of(claim.id))
    hands = frozenset(deciders(steps)) - actor.hands
    reason = f"学徒班 {programme} 结算（申报 {claim.number}），预拨超过应得 {yuan_grouped(fen)} 元，应退回。"
    return await recover_advance(actor, advances, fen=fen, reason=reason, hands=hands, clock=clock)
