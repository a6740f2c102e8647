"""Moving a claim through its life: acceptance, both reviews, joint discussion, determination; every step by the table of states.

What follows after the determination (notice, batch, payment, recovery) moves the claim by `follow`, inside the transaction of that act.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from training_admin.database import retried, write_transaction
from training_admin.fund import ledger
from training_admin.fund.payable_store import ACCOUNT_PLACE, NewPayable, PayableState
from training_admin.kit.actor import Actor, assert_approved, assert_may, assert_two_persons, scope_of, shown_name
from training_admin.kit.clock import Clock, shanghai_day
from training_admin.kit.kept_words import one_line
from training_admin.kit.money import yuan_grouped
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.kit.wording import row_ranges
from training_admin.kit.workdays import NoCalendar
from training_admin.office import messages, trail
from training_admin.office.messages import Letter
from training_admin.office.workdays import load_calendar
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy
from training_admin.subsidy import handling_store, papers
from training_admin.subsidy import review_store as store
from training_admin.subsidy.asked import LONGEST_ITEM, MOST_ASKED
from training_admin.subsidy.assessing import decoded_record
from training_admin.subsidy.determination import Determined, cleared_rows, determined, newest
from training_admin.subsidy.parameters import CLAIM_ACCEPT_WORKDAYS, CLAIM_REVIEW_WORKDAYS
from training_admin.subsidy.programme_settling import (
    assert_advance_stands,
    assert_not_settled,
    came_back_since,
    propose_clawback,
    settles_programme,
)
from training_admin.subsidy.record import programme_step
from training_admin.subsidy.review_states import (
    ACT_WORDS,
    DECIDING,
    NEEDS_MINUTES,
    NEEDS_OPINION,
    RIGHT_OF,
    STATE_WORDS,
    Act,
    ClaimState,
    deciders,
    next_state,
)
from training_admin.subsidy.review_store import ReviewedClaim
from training_admin.subsidy.store import SEALED_HEAD

LONGEST_OPINION, LONGEST_MINUTES = 1000, 60
ACCOUNT_HASH = "payable.account"
RETURNED_ONCE = 1


class ReviewRefused(Unreadable):
    """A field of the act is missing or too long."""

    code = "review-refused"
    title = "无法办理"


class ClaimMoved(Refusal):
    """Somebody has moved the claim since the page was opened."""

    code = "claim-moved"
    title = "申报已有新的办理"


class NotYetAssessed(Refusal):
    """There is no assessment to decide on, or the amount is not known yet."""

    code = "claim-not-assessed"
    title = "核验尚未完成"


class ReturnedBefore(Refusal):
    """A claim is returned for mending once, with everything in one list (行政许可法 art. 32, by analogy)."""

    code = "claim-returned-before"
    title = "已经一次性补正"


class NothingToPay(Refusal):
    """Nothing of the claim is paid: it is refused with reasons, not determined."""

    code = "claim-nothing-to-pay"
    title = "没有可拨付的金额"


class PaidElsewhere(Refusal):
    """A person was determined for the same class in another claim: nobody is paid twice for one class."""

    code = "claim-paid-elsewhere"
    title = "同一班级已在其他申报中审定"


class CeilingReached(Refusal):
    """Together with other claims of the year the enterprise would get more than its ceiling (CEIL-02)."""

    code = "claim-ceiling-reached"
    title = "超过年度补贴限额"


@retried
async def act_on_claim(
    actor: Actor,
    number: str,
    act: Act,
    *,
    version: int,
    opinion: str = "",
    minutes: str = "",
    asked: Sequence[str] = (),
    clock: Clock,
) -> ClaimState:
    """Do one act that a person does on a claim, over the version he has seen; `asked` lists what a return (一次性补正) asks for.

    Raises NotAllowed, ClaimNotFound, IllegalMove, ClaimMoved, SamePersonTwice, ReviewRefused, NotYetAssessed, ReturnedBefore, NothingToPay,
    PaidElsewhere, CeilingReached, AdvanceChanged, SettledMeanwhile.
    """
    assert not asked or act is Act.RETURN, "only a return asks for something"
    items = _items(asked)
    right = RIGHT_OF[act]
    assert_may(actor, right)
    if right is Right.CLAIM_SUBMIT:
        assert_approved(actor)
    words = one_line(opinion, ReviewRefused, needed=act in NEEDS_OPINION, most=LONGEST_OPINION, what="意见")
    number_of_minutes = one_line(minutes, ReviewRefused, needed=act in NEEDS_MINUTES, most=LONGEST_MINUTES, what="会议纪要或审定文号")
    async with write_transaction():
        claim = await store.claim_by_number(number, scope_of(actor, right).codes)
        if version != claim.version:
            raise ClaimMoved("这份申报刚刚有新的办理，请刷新页面后再办理。")
        next_state(claim.state, act)
        if act in DECIDING:
            await _assert_another_person(actor, claim)
        if act is Act.ACCEPT and not actor.is_program:
            # A street office that has submitted for an enterprise (帮办代办) does not accept what it submitted.
            assert_two_persons(frozenset(claim.submitted_by.split(" for ")), actor)
        if act is Act.RETURN and claim.returned >= RETURNED_ONCE:
            raise ReturnedBefore("这份申报已经一次性告知补正，不能再次退回。请作出通过或不予补贴的决定。")
        detail: dict[str, Any] = {"asked": items} if items else await _decide(actor, claim, act, clock=clock)
        target = await follow(actor, claim, act, opinion=words, minutes=number_of_minutes, detail=detail, clock=clock)
        if act is Act.DETERMINE and detail["payable_fen"] == 0:
            return await _balance(actor, await store.claim_by_number(number, None), detail["clawback_fen"], clock=clock)
        return target


async def _balance(actor: Actor, claim: ReviewedClaim, clawback_fen: int, *, clock: Clock) -> ClaimState:
    """End a settlement that leaves nothing to be paid."""
    back_fen = await came_back_since(claim) if clawback_fen else 0
    rest_fen = clawback_fen - back_fen
    recoveries = await propose_clawback(actor, claim, rest_fen, clock=clock) if rest_fen else []
    detail = {"clawback_fen": clawback_fen, "recoveries": recoveries, **({"back_fen": back_fen} if back_fen else {})}
    return await follow(actor, claim, Act.BALANCE, detail=detail, clock=clock)


def _items(asked: Sequence[str]) -> list[str]:
    if len(asked) > MOST_ASKED:
        raise ReviewRefused(f"补正事项至多 {MOST_ASKED} 条，请合并相同的事项。")
    return [one_line(each, ReviewRefused, needed=True, most=LONGEST_ITEM, what="每条补正事项") for each in asked]


async def _assert_another_person(actor: Actor, claim: ReviewedClaim) -> None:
    steps = tuple(each.step for each in await store.steps_of(claim.id))
    assert_two_persons(deciders(steps), actor)


async def _decide(actor: Actor, claim: ReviewedClaim, act: Act, *, clock: Clock) -> dict[str, Any]:
    """What a decision rests on; a determination also enters what is to be paid."""
    if act not in DECIDING:
        return {}
    found = await determination_of(claim, clock=clock)
    if act is not Act.DETERMINE:
        return {"payable_fen": found.fen, "rows": len(found.rows)}
    settles = await settles_programme(claim)
    if found.clawback_fen and found.open:
        raise NotYetAssessed("还有暂缓的学徒，应得金额未定，不能决定退回预拨。请先核实暂缓的原因，或对这些学徒作出“剔除”的意见。")
    if settles:
        await assert_advance_stands(claim, found.clawback_fen)
    else:
        await assert_not_settled(claim)
    if found.fen == 0 and not settles:
        raise NothingToPay("这份申报没有可拨付的金额，请作出“不予补贴”的决定并说明理由。")
    await _assert_not_paid_elsewhere(claim, found, clock=clock)
    waits = bool(found.fen) and await _enter_payable(actor, claim, found, clock=clock) is PayableState.WAITING
    return {
        "payable_fen": found.fen,
        "rows": len(found.rows),
        "paid": list(found.rows),
        "added": list(found.added),
        "fen_of_added": found.fen_of_added,
        "refused": list(found.refused),
        "held": list(found.held),
        "waits_for_budget": waits,
        **({"clawback_fen": found.clawback_fen} if settles else {}),
    }


async def _enter_payable(actor: Actor, claim: ReviewedClaim, found: Determined, *, clock: Clock) -> PayableState:
    return await ledger.enter_payable(actor, await _new_payable(claim, found, clock=clock), clock=clock)


async def _assert_not_paid_elsewhere(claim: ReviewedClaim, found: Determined, *, clock: Clock) -> None:
    """Nobody is paid twice for a class, and all claims of a year together stay below the ceiling of the enterprise."""
    paid = set(found.rows)
    if twice := [each for each in await handling_store.overlaps_of(claim.id) if each.settled and each.row in paid]:
        rows = row_ranges(each.row for each in twice)
        raise PaidElsewhere(f"第 {rows} 行的人员已在申报 {twice[0].other} 中就同一班级审定，请先对这些行作“剔除”或“暂缓”。")
    record = await decoded_record(claim.id, None)
    if record is None or record.ceiling.left_fen is None or programme_step(record.ceiling) is not None:
        return
    known_at = datetime.fromisoformat(record.known_at) if record.known_at else clock.now()
    told_at = await handling_store.subsidy_told_at(claim.uscc, claim.claim_year, known_at)
    since = None if told_at is None else shanghai_day(told_at)
    taken = await handling_store.ceiling_taken(claim.uscc, claim.claim_year, but=claim.number, since=since)
    if found.fen + taken > record.ceiling.left_fen:
        left = yuan_grouped(max(0, record.ceiling.left_fen - taken))
        raise CeilingReached(f"该企业本年度的其他申报已占用补贴限额，剩余 {left} 元，不足以审定本申报。请对部分人员作“暂缓”后再审定。")


async def determination_of(claim: ReviewedClaim, *, clock: Clock) -> Determined:
    """What the newest record and the reviewers' words come to; inside an open transaction. Raises NotYetAssessed."""
    record = await decoded_record(claim.id, None)
    if record is None or record.ceiling.payable_fen is None:
        raise NotYetAssessed("这份申报的核验尚未完成，或上年度地方教育附加尚未交付，暂不能作出决定。")
    words = await store.words_of(claim.id)
    return determined(record, newest(words), cleared_rows(words, today=clock.today()))


async def _new_payable(claim: ReviewedClaim, found: Determined, *, clock: Clock) -> NewPayable:
    keys = vault()
    head = store.opened_head(keys.decrypt(await store.sealed_head_of(claim.id), place=SEALED_HEAD))
    account = f"{head.bank}\n{head.account}\n{head.account_holder}"
    return NewPayable(
        subject=payable_subject(claim),
        case_no=claim.number,
        year=claim.claim_year,
        payee=claim.uscc,
        payee_name=claim.enterprise_name,
        fen_by_stream=found.fen_by_stream,
        since=clock.now(),
        sealed_account=keys.encrypt_text(account, place=ACCOUNT_PLACE),
        account_hash=keys.keyed_hash(account, place=ACCOUNT_HASH),
    )


def payable_subject(claim: ReviewedClaim) -> str:
    """The number under which a claim's amount is entered: anew when it is determined anew after a reopening."""
    return f"{claim.number}/{claim.version}"


async def follow(
    actor: Actor,
    claim: ReviewedClaim,
    act: Act,
    *,
    opinion: str = "",
    minutes: str = "",
    detail: dict[str, Any] | None = None,
    clock: Clock,
) -> ClaimState:
    """Move a claim by an act, with its step, trail and message, inside the open transaction; raises IllegalMove, ClaimMoved."""
    target = next_state(claim.state, act)
    due_on = await _due_on(claim, target, clock=clock)
    returned = claim.returned + (act is Act.RETURN)
    if not await store.move_claim(claim, target, due_on=due_on, returned=returned, at=clock.now()):
        raise ClaimMoved("这份申报刚刚有新的办理，请刷新页面后再办理。")
    await store.add_step(
        claim,
        act,
        target,
        doer=shown_name(actor),
        by=actor.trail_key,
        hands=actor.hands,
        at=clock.now(),
        opinion=opinion,
        minutes=minutes,
        detail=detail or {},
    )
    letter = Letter(
        claim.number,
        f"申报{STATE_WORDS[target]}",
        f"申报 {claim.number} 已办理“{ACT_WORDS[act]}”，目前{STATE_WORDS[target]}。",
        f"/claims/{claim.number}",
    )
    await messages.send(messages.to_organisation(claim.uscc, Right.CLAIM_READ), letter, clock=clock)
    told = {"from": claim.state.value, "to": target.value, "opinion": opinion, "minutes": minutes, **(detail or {})}
    await trail.record(actor, f"subsidy:claim:{act.value}", claim.number, told, at=clock.now())
    await papers.at_act(actor, claim, act, maker=shown_name(actor), opinion=opinion, due_on=due_on, clock=clock)
    return target


async def _due_on(claim: ReviewedClaim, target: ClaimState, *, clock: Clock) -> date | None:
    """The last day of the step that is waited for: the reviews count from the acceptance together."""
    if target is ClaimState.ACCEPTED:
        policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
        start = clock.today()
        if claim.state is ClaimState.SUBMITTED:
            # Accepted late, it counts as accepted on the last day for it (行政许可法 art. 32, by analogy).
            start = min(start, await acceptance_due(claim, clock=clock) or start)
        return await workdays_on(start, policy.at(CLAIM_REVIEW_WORKDAYS, clock.today()))
    if target in {ClaimState.FIRST_REVIEW, ClaimState.SECOND_REVIEW, ClaimState.JOINT_REVIEW}:
        return claim.due_on
    return None


async def workdays_on(day: date, workdays: int) -> date | None:
    """The last of so many working days after a day; None for a year without calendar. Inside an open transaction."""
    try:
        return (await load_calendar()).add_workdays(day, workdays)
    except NoCalendar:
        return None


async def acceptance_due(claim: ReviewedClaim, *, clock: Clock) -> date | None:
    """By when a submitted claim is to be accepted or returned, computed from the day it came in; inside an open transaction.

    A mended claim keeps the day of its first round as the day it counts as submitted, but its own clock starts when it came in.
    """
    policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
    came_in = shanghai_day(claim.submitted_at)
    return await workdays_on(came_in, policy.at(CLAIM_ACCEPT_WORKDAYS, came_in))
