"""The end of a settlement that leaves nothing to be paid: it is balanced, and what was advanced too much is proposed to come back.

A settlement nets the advance as it stood when it was asked for. What came back of the advance since then is taken off the proposal;
where that is not enough, or the settlement pays, it would pay too little and is asked for anew.
"""

from training_admin.apprenticeship.facts import Stage
from training_admin.fund.recoveries import recover_advance
from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock
from training_admin.kit.money import yuan_grouped
from training_admin.kit.refusals import Refusal
from training_admin.subsidy import programme_store, review_store
from training_admin.subsidy.review_states import deciders
from training_admin.subsidy.review_store import ReviewedClaim


class AdvanceChanged(Refusal):
    """Of the advance that a settlement nets some came back after it was asked for: it would pay too little."""

    code = "programme-advance-changed"
    title = "预拨已有追回"


class SettledMeanwhile(Refusal):
    """The settlement of the programme is asked for: it pays all that is due, and nothing is advanced any more."""

    code = "programme-settled-meanwhile"
    title = "已经申请结算"


async def settles_programme(claim: ReviewedClaim) -> bool:
    """Whether a claim settles an apprentice programme."""
    found = (await programme_store.programmes_of([claim.id])).get(claim.id)
    return found is not None and found[1] is Stage.SETTLEMENT


async def came_back_since(claim: ReviewedClaim) -> int:
    """What of the advance that a settlement nets came back, or was decided to, after it was asked for; fen, 0 for other claims."""
    frozen = await programme_store.frozen_of(claim.id)
    if frozen is None or frozen.stage is not Stage.SETTLEMENT:
        return 0
    claims = (await programme_store.claims_of_programmes([frozen.number])).get(frozen.number, [])
    return (frozen.facts.advance_fen or 0) - sum(each.net_fen - each.owed_fen for each in claims if each.stage is Stage.ADVANCE)


async def assert_advance_stands(claim: ReviewedClaim, clawback_fen: int) -> None:
    """Raises AdvanceChanged for a settlement that would pay too little because of what came back since it was asked for."""
    back_fen = await came_back_since(claim)
    if back_fen > clawback_fen:
        raise AdvanceChanged(
            f"申请结算后，预拨已追回 {yuan_grouped(back_fen)} 元，结算仍按追回前的预拨扣减，会少拨。"
            "请退回初审并一次性告知企业撤回本申报、重新申请结算。"
        )


async def assert_not_settled(claim: ReviewedClaim) -> None:
    """Raises SettledMeanwhile for an advance, reopened late, of a programme whose settlement was asked for without it."""
    programme, _stage = (await programme_store.programmes_of([claim.id])).get(claim.id, ("", None))
    claims = (await programme_store.claims_of_programmes([programme])).get(programme, []) if programme else []
    alive = [each.number for each in claims if each.stage is Stage.SETTLEMENT and not each.over]
    if alive:
        raise SettledMeanwhile(
            f"这个学徒班已在申报 {alive[0]} 中申请结算，结算没有扣减本次预拨，再预拨会重复支付。"
            "请对本申报作出“不予补贴”的决定，由结算一并拨付。"
        )


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
