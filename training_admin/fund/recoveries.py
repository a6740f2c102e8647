"""Recoveries 追回: proposed by one person, decided by another; what is decided is owed until it is returned, kept back or voided.

The statutory range of a fine is computed and told; the fine itself is decided by finance or audit, never here (PEN-02).
"""

from collections.abc import Sequence
from datetime import date

import msgspec

from training_admin.database import read_transaction
from training_admin.fund import batch_store, ledger, payable_store
from training_admin.fund import recovery_store as store
from training_admin.fund.amounts import recovery_of
from training_admin.fund.follow import Follow, FollowEvent
from training_admin.fund.holds import APPEAL_CAUSE, HoldRefused
from training_admin.fund.ledger_facts import LedgerAct, shared
from training_admin.fund.payable_store import Payable, PayableState
from training_admin.fund.recovery_store import Receipt, Recovery
from training_admin.fund.settling import RETURNED, left_of, receive
from training_admin.kit.actor import Actor, assert_may, assert_two_persons, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.kept_words import one_line
from training_admin.kit.money import yuan
from training_admin.kit.refusals import NotFound, Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.idempotency import once
from training_admin.office.numbers import next_number
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy

NUMBER_KIND = "recovery"
LONGEST_REASON, LONGEST_REFERENCE, LONGEST_REFERRAL = 1000, 40, 200
MOST_PEOPLE = 100_000
MOST_IN_REGISTER = 10_000
STATE_WORDS = {"proposed": "待决定", "decided": "追回中", "settled": "已追回", "refused": "不予追回", "voided": "已撤销"}


class RecoveryRefused(Unreadable):
    """A field of a recovery is missing or out of bounds."""

    code = "recovery-refused"
    title = "无法办理"


class NothingPaid(NotFound):
    """Nothing was paid for the case, so nothing can be recovered."""

    code = "nothing-paid"
    title = "没有已拨付的款项"


class RecoveryMoved(Refusal):
    """The recovery is not where the act needs it to be."""

    code = "recovery-moved"
    title = "追回已有新的办理"


class AppealWaits(Refusal):
    """The decision that is to be recovered from is being looked at again."""

    code = "recovery-appeal-waits"
    title = "复核尚未办结"


class KeptBack(Refusal):
    """What would come back or be forgiven is being kept back by a payment that is under way."""

    code = "recovery-kept-back"
    title = "已列入批次抵扣"


class RecoveryShown(msgspec.Struct, frozen=True):
    """A recovery with what came back, whether it is overdue, and whether the actor proposed it."""

    recovery: Recovery
    receipts: tuple[Receipt, ...]
    overdue: bool
    same_person: bool


class Paid(msgspec.Struct, frozen=True):
    """What was paid for a case and may still be recovered, of how many parts that were paid."""

    payable: Payable
    left_fen: int
    parts: int = 1


async def _paid(case_no: str) -> Paid:
    """Of what was paid for a case and is not being recovered already, that of which most is left; raises NothingPaid, RecoveryMoved."""
    paid = [each for each in await payable_store.payables_of(case_no) if each.state is PayableState.PAID]
    if not paid:
        raise NothingPaid("这个业务编号没有已拨付的款项，请核对编号。")
    # Lines that were paid by a batch of their own are recovered by a recovery of their own.
    open_numbers = {each.id: await _open_number(each) for each in paid}
    free = [each for each in paid if open_numbers[each.id] is None]
    if not free:
        raise _already(next(number for number in open_numbers.values() if number is not None))
    most = max([await _left(each) for each in free], key=lambda each: each.left_fen)
    return msgspec.structs.replace(most, parts=len(paid))


async def _paid_of(cases: Sequence[str]) -> list[Paid]:
    return [await _left(each) for case in cases for each in await payable_store.payables_of(case) if each.state is PayableState.PAID]


async def _open_number(payable: Payable) -> str | None:
    """The recovery of something paid that is not over yet, if there is one."""
    found = await store.recoveries_of_payable(payable.id)
    return next((each.number for each in found if each.state in {"proposed", "decided"}), None)


def _already(number: str) -> RecoveryMoved:
    return RecoveryMoved(f"这笔款项已有正在办理的追回（{number}），请在其中办理。")


async def _left(payable: Payable) -> Paid:
    if (number := await _open_number(payable)) is not None:
        raise _already(number)
    return Paid(payable, payable.fen - sum(each.settled_fen for each in await store.recoveries_of_payable(payable.id)))


async def recoverable(actor: Actor, case_no: str) -> Paid:
    """What could be recovered of a case; raises NotAllowed, NothingPaid, RecoveryMoved."""
    assert_may(actor, Right.RECOVERY_PROPOSE)
    async with read_transaction():
        return await _paid(case_no)


@once
async def propose_recovery(actor: Actor, case_no: str, *, people: int, fen: int, reason: str, clock: Clock) -> str:
    """Propose that something paid be returned; returns the number. Raises NotAllowed, RecoveryRefused, NothingPaid, RecoveryMoved."""
    assert_may(actor, Right.RECOVERY_PROPOSE)
    return await recover_case(actor, case_no, people=people, fen=fen, reason=reason, clock=clock)


async def recover_case(actor: Actor, case_no: str, *, people: int, fen: int, reason: str, clock: Clock) -> str:
    """`propose_recovery` inside the open write transaction of another act, whose rights were asked there."""
    if not 1 <= people <= MOST_PEOPLE:
        raise RecoveryRefused("请填写涉及人数。")
    words = one_line(reason, HoldRefused, most=LONGEST_REASON, what="追回原因")
    paid = await _paid(case_no)
    if not 0 < fen <= paid.left_fen:
        more = "这份申报分笔拨付，其余的请另行提出追回。" if paid.parts > 1 else ""
        raise RecoveryRefused(f"应追回金额须大于零，且不超过已拨付未追回的 {yuan(paid.left_fen)} 元。{more}")
    return await _enter(actor, paid, fen, f"涉及 {people} 人次。{words}", hands=actor.hands, clock=clock)


async def recover_advance(actor: Actor, cases: Sequence[str], *, fen: int, reason: str, hands: frozenset[str], clock: Clock) -> list[str]:
    """Propose that an advance be returned as far as a settlement does not cover it, in the open transaction; returns the numbers.

    The proposal follows from the settlement, so that `hands` are those who reviewed it. Raises NothingPaid when less was paid.
    """
    numbers = []
    for paid in await _paid_of(cases):
        part = min(fen, paid.left_fen)
        if part:
            numbers.append(await _enter(actor, paid, part, reason, hands=hands, clock=clock))
            fen -= part
    if fen:
        raise NothingPaid(f"预拨已拨付而未追回的款项少于应退回的金额，相差 {yuan(fen)} 元。请核对预拨申报的拨付和追回记录。")
    return numbers


async def _enter(actor: Actor, paid: Paid, fen: int, reason: str, *, hands: frozenset[str], clock: Clock) -> str:
    policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
    amount = recovery_of(policy, clock.today(), people=1, paid_each_fen=fen)
    number = f"ZH{clock.today().year}{await next_number(NUMBER_KIND, clock.today().year):04d}"
    payable = paid.payable
    new = Recovery(
        id=0,
        number=number,
        case_no=payable.case_no,
        payable=payable.id,
        payee=payable.payee,
        payee_name=payable.payee_name,
        reason=reason,
        fen=fen,
        settled_fen=0,
        fine_min_fen=amount.fine_min_fen,
        fine_max_fen=amount.fine_max_fen,
        state="proposed",
        proposer=shown_name(actor),
        hands=hands,
        proposed_at=clock.now(),
        decider=None,
        decided_at=None,
        return_by=None,
        referred="",
    )
    await store.add_recovery(new)
    detail = {"case": payable.case_no, "fen": fen}
    await trail.record(actor, "fund:recovery:proposed", number, detail, at=clock.now())
    return number


@once
async def decide_recovery(actor: Actor, number: str, *, confirm: bool, return_by: date | None, follow: Follow, clock: Clock) -> None:
    """Decide a proposed recovery by another person: what is to be returned is owed from now on.

    Raises NotAllowed, RecoveryNotFound, RecoveryMoved, SamePersonTwice, RecoveryRefused, AppealWaits.
    """
    assert_may(actor, Right.RECOVERY_DECIDE)
    if confirm and (return_by is None or return_by <= clock.today()):
        raise RecoveryRefused("请填写退还期限，须晚于今天。")
    recovery = await store.recovery_by_number(number, None)
    if recovery.state != "proposed":
        raise _moved(recovery)
    assert_two_persons(recovery.hands, actor)
    held = (await payable_store.open_holds([recovery.case_no])).get(recovery.case_no, [])
    if confirm and any(hold.cause == APPEAL_CAUSE for hold in held):
        raise AppealWaits(f"申报 {recovery.case_no} 的复核申请正在办理，答复后才能决定追回。")
    state = "decided" if confirm else "refused"
    if not await store.note_decision(recovery, state, decider=shown_name(actor), at=clock.now(), return_by=return_by if confirm else None):
        raise _moved(recovery)
    if confirm:
        payable = next(each for each in await payable_store.payables_of(recovery.case_no) if each.id == recovery.payable)
        parts = list((await payable_store.parts_of([payable.id]))[payable.id])
        for earlier in await store.recoveries_of_payable(payable.id):
            parts = left_of(parts, await store.decided_parts(earlier.number))
        await ledger.move_parts(
            actor,
            LedgerAct.RECOVER,
            shared(parts, recovery.fen),
            subject=recovery.case_no,
            business_id=f"recover:{number}",
            clock=clock,
        )
        if not await store.asked_back(recovery.case_no, but=recovery.id):
            await follow(actor, recovery.case_no, FollowEvent.RECOVER, clock)
    detail = {"fen": recovery.fen, "return_by": return_by}
    await trail.record(actor, "fund:recovery:decided" if confirm else "fund:recovery:refused", number, detail, at=clock.now())


def _moved(recovery: Recovery) -> RecoveryMoved:
    return RecoveryMoved(f"追回 {recovery.number} 目前为“{STATE_WORDS[recovery.state]}”，不能办理这一步。请刷新页面查看。")


async def _assert_free(recovery: Recovery, fen: int) -> None:
    """Raises KeptBack when a payment under way keeps back what would come back otherwise."""
    owed = (await store.owed_by([recovery.payee])).get(recovery.payee, 0)
    kept = (await batch_store.kept_back([recovery.payee])).get(recovery.payee, 0)
    if owed - fen < kept:
        raise KeptBack(f"这家单位有 {yuan(kept)} 元已列入拨付批次抵扣，请等批次办结，或先作废批次。")


@once
async def receive_return(actor: Actor, number: str, *, fen: int, reference: str, received_on: date, follow: Follow, clock: Clock) -> None:
    """Enter money that was returned, by its unique reference; with the last fen the recovery is settled.

    Raises NotAllowed, RecoveryNotFound, RecoveryMoved, RecoveryRefused, KeptBack.
    """
    assert_may(actor, Right.FUND_EDIT)
    words = " ".join(reference.split())
    if not words or len(words) > LONGEST_REFERENCE or not words.isprintable():
        raise RecoveryRefused(f"请填写收款凭证号（不超过 {LONGEST_REFERENCE} 字）。")
    if received_on > clock.today():
        raise RecoveryRefused("收款日期不能晚于今天。")
    recovery = await store.recovery_by_number(number, None)
    if recovery.state != "decided":
        raise _moved(recovery)
    if not 0 < fen <= recovery.left_fen:
        raise RecoveryRefused(f"收款金额须大于零，且不超过尚未追回的 {yuan(recovery.left_fen)} 元。")
    if await store.reference_taken(words):
        raise RecoveryRefused("这个收款凭证号已经登记过，请核对。")
    await _assert_free(recovery, fen)
    await receive(actor, recovery, fen, way=RETURNED, reference=words, on=received_on, item=None, follow=follow, clock=clock)
    await trail.record(actor, "fund:recovery:returned", number, {"fen": fen, "reference": words}, at=clock.now())


@once
async def void_recovery(actor: Actor, number: str, *, reason: str, follow: Follow, clock: Clock) -> None:
    """What has not come back is not asked for any more, with a reason, by another person than who proposed it.

    Raises NotAllowed, RecoveryNotFound, RecoveryMoved, SamePersonTwice, KeptBack.
    """
    assert_may(actor, Right.RECOVERY_DECIDE)
    words = one_line(reason, HoldRefused, most=LONGEST_REASON, what="撤销原因")
    recovery = await store.recovery_by_number(number, None)
    if recovery.state != "decided":
        raise _moved(recovery)
    assert_two_persons(recovery.hands, actor)
    await _assert_free(recovery, recovery.left_fen)
    parts = await store.receivable_parts(number)
    await ledger.move_parts(actor, LedgerAct.FORGIVE, parts, subject=recovery.case_no, business_id=f"forgive:{number}", clock=clock)
    if not await store.note_void(recovery):
        raise _moved(recovery)
    if not await store.asked_back(recovery.case_no, but=recovery.id):
        await follow(actor, recovery.case_no, FollowEvent.FORGIVE, clock)
    await trail.record(actor, "fund:recovery:voided", number, {"fen": recovery.left_fen, "reason": words}, at=clock.now())


@once
async def refer_recovery(actor: Actor, number: str, *, words: str, clock: Clock) -> None:
    """Note to whom a recovery was referred (移送); raises NotAllowed, RecoveryNotFound, RecoveryMoved."""
    assert_may(actor, Right.RECOVERY_PROPOSE)
    said = one_line(words, HoldRefused, most=LONGEST_REFERRAL, what="移送的机关和日期")
    recovery = await store.recovery_by_number(number, None)
    if recovery.state not in {"decided", "settled"}:
        raise _moved(recovery)
    await store.note_referral(recovery, said)
    await trail.record(actor, "fund:recovery:referred", number, {"words": said}, at=clock.now())


def is_overdue(recovery: Recovery, today: date) -> bool:
    """Whether money should have come back by now."""
    return recovery.state == "decided" and recovery.return_by is not None and recovery.return_by < today


async def list_recoveries(
    actor: Actor, *, case_no: str | None = None, before: int | None = None, limit: int = 25
) -> tuple[list[Recovery], str | None]:
    """A page of recoveries in the actor's scope, newest first, and the cursor of the next page; raises NotAllowed."""
    codes = scope_of(actor, Right.CLAIM_READ).codes
    async with read_transaction():
        found = await store.list_recoveries(codes, case_no=case_no, before=before, most=limit + 1)
    page = found[:limit]
    return page, str(page[-1].id) if len(found) > limit else None


async def register_of(actor: Actor) -> list[tuple[Recovery, list[str]]]:
    """The register of recoveries in the actor's scope with the references of what came back, newest first; raises NotAllowed."""
    codes = scope_of(actor, Right.CLAIM_READ).codes
    async with read_transaction():
        found = await store.list_recoveries(codes, case_no=None, before=None, most=MOST_IN_REGISTER)
        references = await store.references_of([each.id for each in found])
    return [(each, references.get(each.id, [])) for each in found]


async def show_recovery(actor: Actor, number: str, *, clock: Clock) -> RecoveryShown:
    """A recovery with what came back; raises NotAllowed, RecoveryNotFound."""
    codes = scope_of(actor, Right.CLAIM_READ).codes
    async with read_transaction():
        recovery = await store.recovery_by_number(number, codes)
        receipts = await store.receipts_of(recovery.id)
    return RecoveryShown(recovery, tuple(receipts), is_overdue(recovery, clock.today()), bool(recovery.hands & actor.hands))
