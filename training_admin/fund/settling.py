"""What a payment moves when the bank has spoken: the ledger, what was kept back for recoveries, and the cases behind it.

Everything here belongs inside the open write transaction of an act.
"""

from datetime import date

from training_admin.fund import batch_store, ledger, payable_store, recovery_store
from training_admin.fund.batch_store import Item
from training_admin.fund.follow import Follow, FollowEvent
from training_admin.fund.ledger import PayableMoved
from training_admin.fund.ledger_facts import LedgerAct, Part, shared
from training_admin.fund.recovery_store import Recovery
from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock

RETURNED, NETTED = "returned", "netted"


async def pay_item(actor: Actor, item: Item, *, reference: str | None, paid_on: date, follow: Follow, clock: Clock) -> None:
    """The bank has paid: everything of the payment is paid, and what was kept back has come back. Raises PayableMoved."""
    if not await batch_store.mark_paid(item.id, reference=reference, paid_on=paid_on):
        raise PayableMoved("这笔支付刚刚登记过结果，请刷新页面查看。")
    for payable in await payable_store.payables_in([item.id]):
        await ledger.pay(actor, payable, payment=str(item.id), clock=clock)
        await follow(actor, payable.case_no, FollowEvent.REST_PAID if payable.rest else FollowEvent.PAY, clock)
    left = item.netted_fen
    for recovery in await recovery_store.open_recoveries(item.payee):
        part = min(left, recovery.left_fen)
        if part:
            await receive(
                actor,
                recovery,
                part,
                way=NETTED,
                reference=f"抵扣 {item.code} {recovery.number}",
                on=paid_on,
                item=item.id,
                follow=follow,
                clock=clock,
            )
            left -= part
    assert left == 0, "what is kept back is never more than what is owed"


async def fail_item(actor: Actor, item: Item, *, failure: str, follow: Follow, clock: Clock) -> None:
    """The bank has not paid, or gave back what it had paid: all of it is payable again, and what was kept back is owed again.

    Raises PayableMoved, also when something of the payment is being recovered meanwhile.
    """
    if not await batch_store.mark_failed(item.id, failure=failure):
        raise PayableMoved("这笔支付刚刚登记过结果，请刷新页面查看。")
    payables = await payable_store.payables_in([item.id])
    if await recovery_store.taken_back([payable.id for payable in payables]):
        raise PayableMoved("这笔支付中有正在追回或已追回的款项，不能登记为退票。请先办结或撤销追回。")
    for payable in payables:
        await ledger.fail_payment(actor, payable, payment=str(item.id), clock=clock)
        await follow(actor, payable.case_no, FollowEvent.REST_FAILED if payable.rest else FollowEvent.FAIL, clock)
    for receipt in await recovery_store.receipts_of_item(item.id):
        recovery = await recovery_store.recovery_by_id(receipt.recovery)
        await ledger.move_parts(
            actor,
            LedgerAct.UNDO,
            await recovery_store.returned_by(recovery.number, receipt.reference),
            subject=recovery.case_no,
            business_id=f"undo:{recovery.number}/{receipt.reference}",
            clock=clock,
        )
        await recovery_store.take_back_receipt(receipt)
        if recovery.state == "settled" and not await recovery_store.asked_back(recovery.case_no, but=recovery.id):
            await follow(actor, recovery.case_no, FollowEvent.RECOVER, clock)


async def receive(  # noqa: PLR0913 - the columns of one receipt
    actor: Actor,
    recovery: Recovery,
    fen: int,
    *,
    way: str,
    reference: str,
    on: date,
    item: int | None,
    follow: Follow,
    clock: Clock,
) -> bool:
    """Money of a recovery has come back, by return or by being kept back; whether the recovery is settled now."""
    parts = shared(await recovery_store.receivable_parts(recovery.number), fen)
    business_id = f"return:{recovery.number}/{reference}"
    await ledger.move_parts(actor, LedgerAct.RETURN, parts, subject=recovery.case_no, business_id=business_id, clock=clock)
    await recovery_store.add_receipt(recovery, fen, way=way, reference=reference, on=on, item=item, teller=actor.trail_key, at=clock.now())
    if recovery.settled_fen + fen < recovery.fen:
        return False
    if not await recovery_store.asked_back(recovery.case_no, but=recovery.id):
        await follow(actor, recovery.case_no, FollowEvent.RECOVERED, clock)
    return True


def left_of(parts: list[Part], taken: list[Part]) -> list[Part]:
    """What is left of parts after some of them were taken, by budget; parts of nothing fall out."""
    fen: dict[int, int] = {}
    for part in parts:
        fen[part.budget] = fen.get(part.budget, 0) + part.fen
    for part in taken:
        fen[part.budget] = fen.get(part.budget, 0) - part.fen
    return [Part(budget, amount) for budget, amount in sorted(fen.items()) if amount]
