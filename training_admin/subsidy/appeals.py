"""复核申请: an enterprise asks for a decision to be looked at again; somebody who has not decided on the claim answers.

Upheld, what was to be paid is released, the claim leaves the notice it may be on and goes back to review; rejected, the enterprise is
told why and what else it can do. While it waits, a hold keeps the money where it is.
"""

from collections.abc import Sequence
from datetime import date

from training_admin.database import read_transaction
from training_admin.fund import ledger, payable_store
from training_admin.fund.holds import APPEAL_CAUSE
from training_admin.fund.payable_store import PayableState
from training_admin.kit.actor import Actor, assert_approved, assert_may, assert_two_persons, scope_of, shown_name
from training_admin.kit.clock import Clock, shanghai_day
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.office import messages, trail
from training_admin.office.idempotency import once
from training_admin.office.messages import Letter
from training_admin.office.numbers import next_number
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy
from training_admin.subsidy import appeal_store, notices, review_store
from training_admin.subsidy.appeal_store import Appeal
from training_admin.subsidy.parameters import APPEAL_WORKDAYS
from training_admin.subsidy.review_states import ACT_WORDS, DECIDING, STATE_WORDS, Act, ClaimState, IllegalMove
from training_admin.subsidy.review_store import DoneStep, ReviewedClaim
from training_admin.subsidy.reviewing import ReviewRefused, follow, workdays_on

APPEAL_KIND = "appeal"
LONGEST_WORDS, MOST_LISTED = 1000, 1000
# Decisions that can be appealed against, as long as no money has left.
APPEALED = (ClaimState.REFUSED, ClaimState.DETERMINED, ClaimState.ON_NOTICE, ClaimState.PAYABLE)
# Lines that were set apart can be paid while the claim itself still waits for its first payment: the decision cannot be undone then.
LEFT = (PayableState.BATCHED, PayableState.PAID, PayableState.FAILED)
DECISIONS = (Act.DETERMINE, Act.REFUSE)
# How long the office has for its answer. No paper of the district says so: 暂定.
ANSWER_WORKDAYS = 10
STATE_OF_APPEAL = {"asked": "待复核", "upheld": "原决定撤销，重新审核", "rejected": "维持原决定", "withdrawn": "已撤回"}
REMEDIES = "如仍不服，可自收到决定之日起六十日内申请行政复议，或者六个月内提起行政诉讼。"


class AppealNotNow(Refusal):
    """There is no decision that could be appealed against, the time for it is over, or one appeal waits already."""

    code = "appeal-not-now"
    title = "现在不能申请复核"


class AppealNotFound(NotFound):
    """There is no such appeal that waits."""

    code = "appeal-not-found"


def is_appealed(claim: ReviewedClaim, steps: Sequence[DoneStep]) -> bool:
    """Whether the decision on a claim can be appealed against: also that of a settlement that ended without payment."""
    balanced = claim.state is ClaimState.ARCHIVED and bool(steps) and steps[-1].act is Act.BALANCE
    return balanced or claim.state in APPEALED


async def appeal_until(steps: list[DoneStep], *, clock: Clock) -> date | None:
    """The last day for an appeal against the newest decision of a claim; None without one. Inside an open transaction."""
    decided = [each for each in steps if each.act in DECISIONS]
    if not decided:
        return None
    day = shanghai_day(decided[-1].done_at)
    policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
    return await workdays_on(day, policy.at(APPEAL_WORKDAYS, day))


@once
async def make_appeal(actor: Actor, number: str, words: str, *, clock: Clock) -> str:
    """Ask for a decision on one's own claim to be looked at again; returns the number of the appeal.

    Raises NotAllowed, NotYetApproved, ClaimNotFound, ReviewRefused, AppealNotNow.
    """
    assert_may(actor, Right.CLAIM_SUBMIT)
    assert_approved(actor)
    reason = one_line(words, ReviewRefused, needed=True, most=LONGEST_WORDS, what="复核的理由")
    claim = await review_store.claim_by_number(number, scope_of(actor, Right.CLAIM_SUBMIT).codes)
    steps = await review_store.steps_of(claim.id)
    if not is_appealed(claim, steps):
        raise AppealNotNow(f"这份申报目前为“{STATE_WORDS[claim.state]}”，没有可以申请复核的决定。")
    until = await appeal_until(steps, clock=clock)
    if until is not None and clock.today() > until:
        raise AppealNotNow(f"申请复核的期限已过。{REMEDIES}")
    if any(each.state == "asked" for each in await appeal_store.appeals_of(claim.id)):
        raise AppealNotNow("这份申报已有一件复核申请正在办理，请等待答复。")
    if any(each.state in LEFT for each in await payable_store.payables_of(number)):
        raise AppealNotNow(f"这份申报的部分款项已经拨付或已列入拨付批次，不能再申请复核。{REMEDIES}")
    year = clock.today().year
    given = f"FH{year}{await next_number(APPEAL_KIND, year):05d}"
    decide_by = await workdays_on(clock.today(), ANSWER_WORKDAYS)
    await appeal_store.add_appeal(given, claim.id, reason, asker=shown_name(actor), at=clock.now(), decide_by=decide_by)
    await payable_store.add_hold(number, cause=APPEAL_CAUSE, words=f"复核申请 {given} 正在办理", placer=actor.trail_key, at=clock.now())
    await trail.record(actor, "subsidy:appeal:made", number, {"appeal": given, "reason": reason}, at=clock.now())
    return given


@once
async def decide_appeal(actor: Actor, number: str, appeal: str, *, uphold: bool, answer: str, clock: Clock) -> ClaimState:
    """Answer an appeal on a claim; returns the state of the claim afterwards.

    Raises NotAllowed, ClaimNotFound, AppealNotFound, SamePersonTwice, ReviewRefused, IllegalMove, PayableMoved.
    """
    assert_may(actor, Right.APPEAL_DECIDE)
    words = one_line(answer, ReviewRefused, needed=True, most=LONGEST_WORDS, what="复核的答复和理由")
    claim = await review_store.claim_by_number(number, scope_of(actor, Right.APPEAL_DECIDE).codes)
    waiting = [each for each in await appeal_store.appeals_of(claim.id) if each.number == appeal and each.state == "asked"]
    if not waiting:
        raise AppealNotFound("没有找到这件待办理的复核申请，可能已经答复。")
    steps = await review_store.steps_of(claim.id)
    assert_two_persons(frozenset().union(*(each.hands for each in steps if each.act in DECIDING)), actor)
    state = "upheld" if uphold else "rejected"
    closed = await appeal_store.close_appeal(waiting[0].id, state, decider=shown_name(actor), at=clock.now(), answer=words)
    assert closed, "it was read as waiting in this transaction"
    await payable_store.lift_holds(number, cause=APPEAL_CAUSE, lifter=actor.trail_key, at=clock.now(), reason=f"{appeal} 已答复")
    await trail.record(actor, f"subsidy:appeal:{state}", number, {"appeal": appeal, "answer": words}, at=clock.now())
    if not uphold:
        await _tell_rejected(claim, appeal, words, clock=clock)
        return claim.state
    if not is_appealed(claim, steps):
        raise IllegalMove(f"这份申报目前为“{STATE_WORDS[claim.state]}”，不能办理“{ACT_WORDS[Act.REOPEN]}”。请刷新页面查看最新状态。")
    await release_payables(actor, claim, clock=clock)
    notice = await notices.leave_notice(number, appeal, clock=clock) if claim.state is ClaimState.ON_NOTICE else None
    detail = {"appeal": appeal} if notice is None else {"appeal": appeal, "notice": notice}
    return await follow(actor, claim, Act.REOPEN, opinion=words, detail=detail, clock=clock)


async def release_payables(actor: Actor, claim: ReviewedClaim, *, clock: Clock) -> None:
    """Release whatever was entered to be paid for a claim; in the open transaction. Raises PayableMoved for what is in a batch or paid."""
    for each in await payable_store.payables_of(claim.number):
        if each.state is not PayableState.RELEASED:
            await ledger.release(actor, each.subject, clock=clock)


async def _tell_rejected(claim: ReviewedClaim, appeal: str, words: str, *, clock: Clock) -> None:
    text = f"复核申请 {appeal} 已答复：维持原决定。理由：{words} {REMEDIES}"
    letter = Letter(claim.number, "复核申请已答复", text, f"/claims/{claim.number}")
    await messages.send(messages.to_organisation(claim.uscc, Right.CLAIM_READ), letter, clock=clock)


async def list_appeals(actor: Actor) -> list[Appeal]:
    """The appeals in the scope of whoever decides them, waiting ones first; raises NotAllowed."""
    codes = scope_of(actor, Right.APPEAL_DECIDE).codes
    async with read_transaction():
        return await appeal_store.appeals_in(codes, most=MOST_LISTED)
