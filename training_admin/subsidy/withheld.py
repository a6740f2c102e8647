"""What follows for a claim when money that doubts hold is not paid after all: a paper and a message, or a new review of the whole."""

from training_admin.fund.follow import FollowEvent
from training_admin.fund.withholding_store import last_decided
from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock
from training_admin.subsidy import papers
from training_admin.subsidy.rest_payments import tell_of_rest
from training_admin.subsidy.review_states import Act
from training_admin.subsidy.review_store import ReviewedClaim
from training_admin.subsidy.reviewing import follow

OF_WITHHOLDING = frozenset({FollowEvent.REST_WITHHELD, FollowEvent.WITHHELD})


async def follow_withholding(actor: Actor, claim: ReviewedClaim, event: FollowEvent, *, clock: Clock) -> None:
    """Give the paper on lines that are not paid, or open the claim for a new review; inside the transaction of the decision."""
    one = await last_decided(claim.number)
    assert one is not None, "it was decided in this transaction"
    if event is FollowEvent.WITHHELD:
        await follow(actor, claim, Act.REOPEN, opinion=one.reason, detail={"withholding": one.number}, clock=clock)
        return
    await papers.make_withheld_paper(actor, claim, one.fen, one.rows, one.reason, clock=clock)
    await tell_of_rest(claim, event, clock=clock)
