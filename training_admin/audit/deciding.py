"""Deciding doubts: an officer of the audit says whether one is true or a false alarm, with a reason; what he says is never deleted."""

from training_admin.audit import doubt_store as store
from training_admin.audit.doubt_facts import DECISIONS, DoubtState
from training_admin.audit.doubt_store import DecisionSaid, DoubtFilter, StoredDoubt
from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, assert_may, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.idempotency import once

LONGEST_REASON = 500


class DecisionRefused(Unreadable):
    """The decision is none of those there are, or its reason is missing or too long."""

    code = "doubt-decision-refused"
    title = "无法办理"


class DoubtMoved(Refusal):
    """Somebody has decided the doubt since the page was opened."""

    code = "doubt-moved"
    title = "疑点已有新的结论"


@once
async def decide_doubt(actor: Actor, number: str, decision: str, *, reason: str, before: str, clock: Clock) -> None:
    """Say that a doubt is true (属实) or a false alarm (误报), over the decision that was shown (`before`, "" for none).

    A false alarm lets the money go and lowers the rank of later ones of the same rule and organisation; what is true keeps it held.
    Raises NotAllowed, DoubtNotFound, DecisionRefused, DoubtMoved.
    """
    assert_may(actor, Right.DOUBT_DECIDE)
    if decision not in DECISIONS:
        raise DecisionRefused("请选择结论：属实或误报。")
    words = one_line(reason, DecisionRefused, needed=True, most=LONGEST_REASON, what="理由")
    doubt = await store.by_number(number, scope_of(actor, Right.DOUBT_DECIDE).codes)
    word = DoubtState(decision)
    if doubt.decision != before:
        raise DoubtMoved("这条疑点刚刚有新的结论，请刷新页面后再办理。")
    if not await store.decide(doubt, word, reason=words, decider=shown_name(actor), by=actor.trail_key, at=clock.now()):
        raise DoubtMoved("这条疑点刚刚有新的结论，请刷新页面后再办理。")
    detail = {"rule": doubt.rule, "subject": doubt.subject, "before": before, "decision": word.value, "reason": words}
    await trail.record(actor, "audit:doubt:decided", number, detail, at=clock.now())


async def doubts_shown(actor: Actor, wanted: DoubtFilter, *, after: int, most: int) -> tuple[list[StoredDoubt], dict[tuple[str, str], int]]:
    """A page of the doubts of the actor's scope with their counts by state and severity; raises NotAllowed."""
    codes = scope_of(actor, Right.DOUBT_READ).codes
    async with read_transaction():
        return await store.listed(codes, wanted, after=after, most=most), await store.counted(codes)


async def doubt_shown(actor: Actor, number: str) -> tuple[StoredDoubt, list[DecisionSaid]]:
    """One doubt of the actor's scope with what was decided; raises NotAllowed, DoubtNotFound."""
    codes = scope_of(actor, Right.DOUBT_READ).codes
    async with read_transaction():
        doubt = await store.by_number(number, codes)
        return doubt, await store.decisions_of(doubt.id)
