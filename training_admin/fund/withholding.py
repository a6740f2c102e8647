"""不予拨付: money that a confirmed doubt holds is not paid after all; proposed by one person, decided by another.

Lines that were set apart stay unpaid and their money is available again; a case that is held whole goes back to review, where it is
refused with reasons or determined anew. A decision can be given up: the lines are due again and wait for their doubt.
"""

from collections.abc import Sequence

import msgspec

from training_admin.database import read_transaction
from training_admin.fund import batch_store, ledger, payable_store
from training_admin.fund import withholding_store as store
from training_admin.fund.batch_store import DueRow
from training_admin.fund.follow import Follow, FollowEvent, Lines
from training_admin.fund.holds import APPEAL_CAUSE
from training_admin.fund.line_facts import Cut
from training_admin.fund.line_holds import cuts_of
from training_admin.fund.payable_store import Payable, PayableState
from training_admin.fund.withholding_store import NewWithholding, Withholding
from training_admin.kit.actor import Actor, assert_may, assert_two_persons, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.idempotency import once
from training_admin.office.numbers import next_number

NUMBER_KIND = "withholding"
LONGEST_REASON = 1000
MOST_LISTED = 10_000
STATE_WORDS = {"proposed": "待决定", "decided": "不予拨付", "refused": "未予采纳", "voided": "已撤销"}
WHOLE_WORDS = "退回重新审核"
# Parts of a case that keep it from going back to review whole.
GONE_OUT = frozenset({PayableState.BATCHED, PayableState.PAID})


class WithholdingRefused(Unreadable):
    """The reason is missing or too long."""

    code = "withholding-refused"
    title = "无法办理"


class NothingHeld(Refusal):
    """Nothing under this number is due and held by a doubt."""

    code = "withholding-nothing-held"
    title = "没有因疑点暂缓的款项"


class NotConfirmed(Refusal):
    """Nobody has found true yet what holds the money."""

    code = "withholding-not-confirmed"
    title = "疑点尚未认定"


class WithholdingMoved(Refusal):
    """The proposal or its money is not where the act needs it to be."""

    code = "withholding-moved"
    title = "已有新的办理"


class HeldDue(msgspec.Struct, frozen=True):
    """Something due that doubts hold whole: what holds it in words, whether that was found true, the number of an open proposal."""

    row: DueRow
    words: str
    confirmed: bool
    proposal: str | None


class WithholdingShown(msgspec.Struct, frozen=True):
    """One proposal, and whether the actor had his hand in it."""

    one: Withholding
    same_person: bool


async def _held(rows: Sequence[DueRow], lines: Lines, *, clock: Clock) -> list[tuple[DueRow, Cut]]:
    cuts = await cuts_of(rows, lines, fresh=False, clock=clock)
    return [(row, cuts[row.due.id]) for row in rows if row.due.id in cuts and cuts[row.due.id].whole]


async def held_due(actor: Actor, *, lines: Lines, clock: Clock) -> list[HeldDue]:
    """What is due and held whole by doubts, in the declared order; raises NotAllowed."""
    assert_may(actor, Right.RECOVERY_PROPOSE)
    async with read_transaction():
        found = await _held(await batch_store.due_rows(), lines, clock=clock)
        proposals = await store.proposed_for([row.due.id for row, _cut in found])
    return [HeldDue(row, cut.words, cut.confirmed, proposals.get(row.due.id)) for row, cut in found]


async def _parts_left(case_no: str) -> bool:
    """Whether other lines of a case are paid or on their way: it cannot be determined anew then, else they were paid twice."""
    return any(each.state in GONE_OUT for each in await payable_store.payables_of(case_no))


@once
async def propose_withholding(actor: Actor, subject: str, *, reason: str, lines: Lines, clock: Clock) -> str:
    """Propose that something due and held whole by doubts be not paid; returns the number.

    Raises NotAllowed, WithholdingRefused, NothingHeld, NotConfirmed, WithholdingMoved.
    """
    assert_may(actor, Right.RECOVERY_PROPOSE)
    words = one_line(reason, WithholdingRefused, needed=True, most=LONGEST_REASON, what="不予拨付的事实和理由")
    found = await _held(await batch_store.due_rows(subjects=[subject]), lines, clock=clock)
    if not found:
        raise NothingHeld("这笔款项目前没有因疑点整笔暂缓：可能已拨付、已列入批次，或者疑点已排除。请从列表重新选择。")
    ((row, cut),) = found
    if not cut.confirmed:
        raise NotConfirmed("这笔款项的疑点还没有全部认定属实。请先在审计疑点中作出结论，再提出不予拨付。")
    if number := (await store.proposed_for([row.due.id])).get(row.due.id):
        raise WithholdingMoved(f"这笔款项已有待决定的不予拨付（{number}）。")
    year = clock.today().year
    number = f"BY{year}{await next_number(NUMBER_KIND, year):04d}"
    new = NewWithholding(row.due.id, row.due.rest or await _parts_left(row.due.case_no), row.due.fen, cut.rows, words)
    await store.add(number, new, proposer=shown_name(actor), hands=actor.hands, at=clock.now())
    detail = {"case": row.due.case_no, "subject": subject, "fen": row.due.fen, "rows": list(cut.rows), "reason": words}
    await trail.record(actor, "fund:withholding:proposed", number, detail, at=clock.now())
    return number


@once
async def decide_withholding(
    actor: Actor, number: str, *, confirm: bool, said: str = "", follow: Follow, lines: Lines, clock: Clock
) -> None:
    """Decide a proposal by another person while the doubt still holds the money; refusing it needs a reason.

    Raises NotAllowed, WithholdingNotFound, WithholdingMoved, SamePersonTwice, WithholdingRefused, PayableMoved.
    """
    assert_may(actor, Right.RECOVERY_DECIDE)
    words = one_line(said, WithholdingRefused, needed=not confirm, most=LONGEST_REASON, what="不予采纳的理由")
    one = await store.by_number(number, None)
    if one.state != "proposed":
        raise _moved(one)
    assert_two_persons(one.hands, actor)
    state = "decided" if confirm else "refused"
    assert await store.note_decision(one, state, decider=shown_name(actor), said=words, at=clock.now()), "it was read as proposed"
    if confirm:
        await _carry_out(actor, one, follow=follow, lines=lines, clock=clock)
    detail = {"case": one.case_no, "subject": one.subject, "fen": one.fen, "said": words}
    await trail.record(actor, f"fund:withholding:{state}", number, detail, at=clock.now())


async def _carry_out(actor: Actor, one: Withholding, *, follow: Follow, lines: Lines, clock: Clock) -> None:
    found = await _held(await batch_store.due_rows(subjects=[one.subject]), lines, clock=clock)
    if [(cut.rows, row.due.fen, cut.confirmed) for row, cut in found] != [(one.rows, one.fen, True)]:
        raise WithholdingMoved("提出后这笔款项或者疑点已有变动，请不予采纳，再按目前的情况重新提出。")
    holds = (await payable_store.open_holds([one.case_no])).get(one.case_no, [])
    if any(hold.cause == APPEAL_CAUSE for hold in holds):
        raise WithholdingMoved(f"申报 {one.case_no} 的复核申请正在办理，答复后再决定。")
    if one.rest:
        await ledger.withhold(actor, one.subject, clock=clock)
        await follow(actor, one.case_no, FollowEvent.REST_WITHHELD, clock)
    else:
        for part in await _parts_to_release(one.case_no):
            await ledger.release(actor, part.subject, clock=clock)
        await follow(actor, one.case_no, FollowEvent.WITHHELD, clock)


async def _parts_to_release(case_no: str) -> list[Payable]:
    """What of a case is released when it goes back whole: lines set apart before too, its next round pays them anew."""
    parts = await payable_store.payables_of(case_no)
    if any(part.state in GONE_OUT for part in parts):
        raise WithholdingMoved(f"申报 {case_no} 的另一部分已列入批次或已拨付，不能整件退回重新审核。请不予采纳，再就未付部分重新提出。")
    return [part for part in parts if part.state is not PayableState.RELEASED]


async def _assert_same_round(one: Withholding) -> None:
    """Lines of a round that went back to review are determined anew and not paid a second time by the old decision."""
    payable = await payable_store.payable_by_subject(one.subject)
    if payable.state is PayableState.RELEASED:
        raise WithholdingMoved(f"申报 {one.case_no} 此后已退回重新审核，这些人员由重新审核一并决定，不能再撤销 {one.number}。")


def _moved(one: Withholding) -> WithholdingMoved:
    return WithholdingMoved(f"{one.number} 目前为“{STATE_WORDS[one.state]}”，不能办理这一步。请刷新页面查看。")


@once
async def void_withholding(actor: Actor, number: str, *, reason: str, follow: Follow, clock: Clock) -> None:
    """Give up a decision on lines that were set apart, by another person than who proposed it: they are due again.

    Raises NotAllowed, WithholdingNotFound, WithholdingMoved, SamePersonTwice, WithholdingRefused, BudgetShort.
    """
    assert_may(actor, Right.RECOVERY_DECIDE)
    words = one_line(reason, WithholdingRefused, needed=True, most=LONGEST_REASON, what="撤销的理由")
    one = await store.by_number(number, None)
    if one.state != "decided" or not one.rest:
        raise _moved(one)
    assert_two_persons(one.hands, actor)
    await _assert_same_round(one)
    assert await store.note_void(one, voider=shown_name(actor), reason=words, at=clock.now()), "it was read as decided"
    await ledger.reinstate(actor, one.subject, clock=clock)
    await follow(actor, one.case_no, FollowEvent.REST_REINSTATED, clock)
    detail = {"case": one.case_no, "subject": one.subject, "fen": one.fen, "reason": words}
    await trail.record(actor, "fund:withholding:voided", number, detail, at=clock.now())


async def list_withholdings(actor: Actor, *, before: int | None = None, limit: int = MOST_LISTED) -> list[Withholding]:
    """What the actor may see, newest first; raises NotAllowed."""
    codes = scope_of(actor, Right.CLAIM_READ).codes
    async with read_transaction():
        return await store.listed(codes, before=before, most=limit)


async def show_withholding(actor: Actor, number: str) -> WithholdingShown:
    """One of the actor's scope; raises NotAllowed, WithholdingNotFound."""
    codes = scope_of(actor, Right.CLAIM_READ).codes
    async with read_transaction():
        one = await store.by_number(number, codes)
    return WithholdingShown(one, bool(one.hands & actor.hands))
