"""Holds 暂缓拨付: a case that is held goes into no batch and out of the door of none, until another person lifts the hold with a reason."""

from training_admin.database import read_transaction
from training_admin.fund import payable_store as store
from training_admin.fund.batch_plan import hands_of
from training_admin.fund.payable_store import Hold
from training_admin.kit.actor import Actor, assert_may, assert_two_persons
from training_admin.kit.clock import Clock
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.idempotency import once

BY_HAND = "人工"
LONGEST_CASE, LONGEST_CAUSE, LONGEST_WORDS = 40, 40, 500

# An appeal that waits (复核) holds its case under this cause, also against a recovery.
APPEAL_CAUSE = "appeal"


class HoldRefused(Unreadable):
    """A field of a hold is missing or too long."""

    code = "hold-refused"
    title = "无法办理"


class NothingHeld(Refusal):
    """The case is not held, or not by this cause."""

    code = "nothing-held"
    title = "没有暂缓"


@once
async def place_hold(actor: Actor, case_no: str, cause: str, words: str, *, clock: Clock) -> bool:
    """Hold a case for a cause; False when it is held for that cause already. Raises NotAllowed, HoldRefused."""
    assert_may(actor, Right.FUND_EDIT)
    return await hold_case(actor, case_no, cause, words, clock=clock)


async def hold_case(actor: Actor, case_no: str, cause: str, words: str, *, clock: Clock) -> bool:
    """`place_hold` inside the open write transaction of another act, whose rights were asked there."""
    case = one_line(case_no, HoldRefused, most=LONGEST_CASE, what="业务编号")
    why = one_line(cause, HoldRefused, most=LONGEST_CAUSE, what="暂缓的起因")
    said = one_line(words, HoldRefused, most=LONGEST_WORDS, what="暂缓原因")
    there = (await store.open_holds([case])).get(case, [])
    if any(hold.cause == why for hold in there):
        return False
    await store.add_hold(case, cause=why, words=said, placer=actor.trail_key, at=clock.now())
    await trail.record(actor, "fund:hold:placed", case, {"cause": why, "words": said}, at=clock.now())
    return True


@once
async def lift_hold(actor: Actor, case_no: str, cause: str, *, reason: str, clock: Clock) -> None:
    """Lift the hold of a cause with a reason, by somebody who has not placed it.

    Raises NotAllowed, HoldRefused, NothingHeld, SamePersonTwice.
    """
    assert_may(actor, Right.FUND_CHECK)
    await lift_case(actor, case_no, cause, reason=reason, clock=clock)


async def lift_case(actor: Actor, case_no: str, cause: str, *, reason: str, clock: Clock) -> None:
    """`lift_hold` inside the open write transaction of another act, whose rights were asked there."""
    said = one_line(reason, HoldRefused, most=LONGEST_WORDS, what="解除原因")
    there = [hold for hold in (await store.open_holds([case_no])).get(case_no, []) if hold.cause == cause]
    if not there:
        raise NothingHeld("这项暂缓已经解除，或从未有过。请刷新页面查看。")
    for hold in there:
        assert_two_persons(hands_of(hold.placer), actor)
    await store.lift_holds(case_no, cause=cause, lifter=actor.trail_key, at=clock.now(), reason=said)
    await trail.record(actor, "fund:hold:lifted", case_no, {"cause": cause, "reason": said}, at=clock.now())


async def holds_shown(actor: Actor) -> list[Hold]:
    """Every hold that has not been lifted, newest first; raises NotAllowed."""
    assert_may(actor, Right.FUND_READ)
    async with read_transaction():
        return await store.all_open_holds()


async def holds_of(actor: Actor, case_no: str) -> list[Hold]:
    """The holds of a case that have not been lifted; raises NotAllowed."""
    assert_may(actor, Right.FUND_READ)
    async with read_transaction():
        return (await store.open_holds([case_no])).get(case_no, [])
