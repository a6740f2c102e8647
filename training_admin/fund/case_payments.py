"""What an enterprise sees of its money: vouchers, failures with 再申请, and what it owes before it is kept back."""

from datetime import date

import msgspec

from training_admin.database import fetch_tuples, read_transaction
from training_admin.fund import batch_store, payable_store, recovery_store
from training_admin.fund.batch_plan import item_code
from training_admin.fund.payable_store import PAYABLE_WORDS, PayableState
from training_admin.fund.payee_account import PayeeAccount, opened_account
from training_admin.kit.actor import Actor, assert_approved, assert_stepped_up, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import NotFound, Refusal
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.idempotency import once

_PAYMENTS = """
SELECT p.subject, p.case_no, p.payee, p.fen, p.state, CASE WHEN p.state <> 'withheld' THEN p.pay_by END, p.sealed_account,
    i.netted_fen, i.bank_reference, i.paid_on, i.failure, i.state, b.number,
    (SELECT count(*) FROM payment_item o WHERE o.batch = i.batch AND o.id <= i.id), i.fen
FROM payable p LEFT JOIN payment_item i ON i.id = p.item LEFT JOIN payment_batch b ON b.id = i.batch
WHERE p.case_no = $1 AND p.state <> 'released' ORDER BY p.id"""


class CaseNotPaid(NotFound):
    """Nothing of this case is to be paid, or not to this organisation."""

    code = "payment-not-found"


class NothingFailed(Refusal):
    """No payment of the case has failed."""

    code = "nothing-failed"
    title = "没有支付失败的款项"


class CasePayment(msgspec.Struct, frozen=True):
    """One amount of a case: state, account with its last four digits, and the voucher (支付凭证) or why the bank did not pay.

    `item_fen` and `netted_fen` are those of the whole payment, into which other cases may have gone.
    """

    subject: str
    fen: int
    state: PayableState
    pay_by: date | None
    account: str
    voucher: str | None
    paid_on: date | None
    failure: str
    item_fen: int | None
    netted_fen: int
    code: str

    @property
    def words(self) -> str:
        """The state in words."""
        return PAYABLE_WORDS[self.state]

    @property
    def failed(self) -> bool:
        """Whether the enterprise is asked to apply again."""
        return self.state is PayableState.FAILED


async def payments_of_case(actor: Actor, case_no: str) -> list[CasePayment]:
    """What was, or is to be, paid for a case in the actor's scope, oldest first; nothing for another's. Raises NotAllowed."""
    scope = scope_of(actor, Right.CLAIM_READ)
    async with read_transaction():
        rows = await fetch_tuples(_PAYMENTS, case_no)
    found = []
    for subject, _case, payee, fen, state, pay_by, sealed, netted, reference, paid_on, failure, said, batch, place, item_fen in rows:
        if not scope.covers(payee):
            continue
        paid, failed = said == "paid", said == "failed"
        found.append(
            CasePayment(
                subject,
                fen,
                PayableState(state),
                pay_by,
                opened_account(sealed).masked,
                reference if paid else None,
                paid_on if paid else None,
                failure if failed else "",
                item_fen,
                netted or 0,
                item_code(batch, place) if batch else "",
            )
        )
    return found


async def owed_shown(actor: Actor, payee: str) -> int:
    """What an organisation in the actor's scope has to return and is not kept back by a payment yet; fen. Raises NotAllowed."""
    if not scope_of(actor, Right.CLAIM_READ).covers(payee):
        return 0
    async with read_transaction():
        owed = (await recovery_store.owed_by([payee])).get(payee, 0)
        return owed - (await batch_store.kept_back([payee])).get(payee, 0)


@once
async def reapply(actor: Actor, case_no: str, account: PayeeAccount | None, *, clock: Clock) -> None:
    """再申请: the enterprise confirms the account (None) or corrects it, and what failed is due again.

    A corrected account demands a fresh proof of identity and is called back by the finance checker before it is paid to.
    Raises NotAllowed, NotYetApproved, StepUpNeeded, CaseNotPaid, NothingFailed.
    """
    scope = scope_of(actor, Right.CLAIM_SUBMIT)
    assert_approved(actor)
    if account is not None:
        assert_stepped_up(actor)
    payables = [each for each in await payable_store.payables_of(case_no) if scope.covers(each.payee)]
    if not payables:
        raise CaseNotPaid("没有找到这份申报的拨付记录，请核对申报编号。")
    failed = [each for each in payables if each.state is PayableState.FAILED]
    if not failed:
        raise NothingFailed("这份申报目前没有支付失败的款项，可能已经再次申请。请刷新页面查看。")
    for each in failed:
        if account is not None:
            await batch_store.set_account(each.id, sealed=account.sealed(), account=account.hash, changed=True)
        await payable_store.move_payable(each.id, before=[PayableState.FAILED], after=PayableState.DUE)
    detail = {"account": "confirmed" if account is None else "changed", "subjects": [each.subject for each in failed]}
    await trail.record(actor, "fund:payment:reapplied", case_no, detail, at=clock.now())
