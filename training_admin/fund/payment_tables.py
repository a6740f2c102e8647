"""Tables of paying: what is to be paid, holds, batches with their items, recoveries, carry-overs, reconciliations. Money is fen."""

from piccolo.columns import JSONB, Array, BigInt, BigSerial, Boolean, Bytea, Date, ForeignKey, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training_admin.fund.ledger_tables import FundBudget
from training_admin.office.tables import StoredFile

_RESTRICT = OnDelete.restrict, OnUpdate.restrict


class PaymentBatch(Table, tablename="payment_batch"):
    """A batch (拨付批次): made by one person, checked and approved by others, frozen with the hash of its file, sent once."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    year = SmallInt(default=None, null=False)
    state = Varchar(length=10, default=None, null=False, index=True)
    moved = BigInt(default=0, null=False)
    total_fen = BigInt(default=None, null=False)
    item_count = Integer(default=None, null=False)
    maker = Varchar(length=120, default=None, null=False)
    made_by = Varchar(length=120, default=None, null=False)
    hands = Array(base_column=Varchar(length=120), default=None, null=False)
    made_at = Timestamptz(default=None, null=False)
    checker = Varchar(length=120, default=None, null=True)
    checked_at = Timestamptz(default=None, null=True)
    approver = Varchar(length=120, default=None, null=True)
    approved_at = Timestamptz(default=None, null=True)
    content_sha256 = Varchar(length=64, default=None, null=True)
    file = ForeignKey(StoredFile, null=True, default=None, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    sent_at = Timestamptz(default=None, null=True)
    settled_at = Timestamptz(default=None, null=True)
    void_reason = Text(default="", null=False)

    payment_batch_state_known = Check("state IN ('draft', 'checked', 'approved', 'sent', 'settled', 'voided')")
    payment_batch_totals_possible = Check("total_fen >= 0 AND item_count >= 0")
    payment_batch_approved_frozen = Check("(approved_at IS NULL) = (content_sha256 IS NULL)")


class PaymentItem(Table, tablename="payment_item"):
    """One payment of a batch: everything a payee gets with it goes to one account. What the bank said stands here."""

    id = BigSerial(primary_key=True)
    batch = ForeignKey(PaymentBatch, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    payee = Varchar(length=40, default=None, null=False, index=True)
    payee_name = Varchar(length=200, default=None, null=False)
    fen = BigInt(default=None, null=False)
    netted_fen = BigInt(default=0, null=False)
    sealed_account = Bytea(default=None, null=False)
    account_hash = Bytea(default=None, null=False)
    state = Varchar(length=8, default=None, null=False)
    bank_reference = Varchar(length=60, default=None, null=True, unique=True)
    paid_on = Date(default=None, null=True)
    failure = Text(default="", null=False)

    payment_item_once = Unique([batch, payee])
    payment_item_state_known = Check("state IN ('pending', 'paid', 'failed', 'voided')")
    payment_item_possible = Check("fen >= 0 AND netted_fen >= 0")


class Payable(Table, tablename="payable"):
    """What is to be paid for one case, whole or not at all: `since` is its place in the declared order when money is short.

    `subject` is the case with its round, so that it is entered once; `sealed_account` holds bank, account and holder.
    """

    id = BigSerial(primary_key=True)
    subject = Varchar(length=60, default=None, null=False, unique=True)
    case_no = Varchar(length=40, default=None, null=False, index=True)
    year = SmallInt(default=None, null=False)
    payee = Varchar(length=40, default=None, null=False, index=True)
    payee_name = Varchar(length=200, default=None, null=False)
    fen = BigInt(default=None, null=False)
    state = Varchar(length=10, default=None, null=False, index=True)
    since = Timestamptz(default=None, null=False)
    notice_ends = Date(default=None, null=True)
    pay_by = Date(default=None, null=True)
    sealed_account = Bytea(default=None, null=False)
    account_hash = Bytea(default=None, null=False)
    account_changed = Boolean(default=False, null=False)
    called_back = Varchar(length=120, default=None, null=True)
    called_back_at = Timestamptz(default=None, null=True)
    item = ForeignKey(PaymentItem, null=True, default=None, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)

    payable_in_known_state = Check("state IN ('waiting', 'committed', 'due', 'batched', 'paid', 'failed', 'released', 'withheld')")
    payable_positive = Check("fen > 0")
    payable_batched_has_item = Check("state NOT IN ('batched', 'paid') OR item IS NOT NULL")


class PayablePart(Table, tablename="payable_part"):
    """The part of a payable that one stream takes, and from which budget; none while it waits for money."""

    id = BigSerial(primary_key=True)
    payable = ForeignKey(Payable, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    stream = Varchar(length=20, default=None, null=False)
    budget = ForeignKey(FundBudget, null=True, default=None, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    fen = BigInt(default=None, null=False)

    payable_part_once = Unique([payable, stream])
    payable_part_positive = Check("fen > 0")


class PayableSplit(Table, tablename="payable_split"):
    """Lines that were held when a batch was made: taken out of what is to be paid into a payable of their own; append only.

    `rows` are the lines of the case that `rest` pays; those of `origin` are the others. `words` say what held them.
    """

    id = BigSerial(primary_key=True)
    origin = ForeignKey(Payable, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    rest = ForeignKey(Payable, null=False, unique=True, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    rows = Array(base_column=Integer(), default=None, null=False)
    fen = BigInt(default=None, null=False)
    words = Text(default=None, null=False)
    by = Varchar(length=120, default=None, null=False)
    at = Timestamptz(default=None, null=False)

    payable_split_moves = Check("fen > 0 AND cardinality(rows) > 0 AND origin <> rest")


class FundHold(Table, tablename="fund_hold"):
    """A case that must not be paid until the hold is lifted: by a doubt, an objection, a missing check or a person."""

    id = BigSerial(primary_key=True)
    case_no = Varchar(length=40, default=None, null=False, index=True)
    cause = Varchar(length=40, default=None, null=False)
    words = Text(default=None, null=False)
    placer = Varchar(length=120, default=None, null=False)
    placed_at = Timestamptz(default=None, null=False)
    lifter = Varchar(length=120, default=None, null=True)
    lifted_at = Timestamptz(default=None, null=True)
    lift_reason = Text(default="", null=False)

    fund_hold_lifted_whole = Check("(lifter IS NULL) = (lifted_at IS NULL)")


class Recovery(Table, tablename="recovery"):
    """Money to be returned (追回): decided by one person, confirmed by another; the statutory range of fine is told, not imposed."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    case_no = Varchar(length=40, default=None, null=False, index=True)
    payable = ForeignKey(Payable, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    payee = Varchar(length=40, default=None, null=False, index=True)
    payee_name = Varchar(length=200, default=None, null=False)
    reason = Text(default=None, null=False)
    fen = BigInt(default=None, null=False)
    settled_fen = BigInt(default=0, null=False)
    fine_min_fen = BigInt(default=None, null=False)
    fine_max_fen = BigInt(default=None, null=False)
    state = Varchar(length=10, default=None, null=False, index=True)
    proposer = Varchar(length=120, default=None, null=False)
    hands = Array(base_column=Varchar(length=120), default=None, null=False)
    proposed_at = Timestamptz(default=None, null=False)
    decider = Varchar(length=120, default=None, null=True)
    decided_at = Timestamptz(default=None, null=True)
    return_by = Date(default=None, null=True)
    referred = Text(default="", null=False)

    recovery_state_known = Check("state IN ('proposed', 'decided', 'settled', 'refused', 'voided')")
    recovery_possible = Check("fen > 0 AND settled_fen BETWEEN 0 AND fen")
    recovery_settled_whole = Check("(state = 'settled') = (settled_fen = fen)")


class RecoveryReceipt(Table, tablename="recovery_receipt"):
    """Money that came back for a recovery: returned by the payee, or kept from a later payment (抵扣)."""

    id = BigSerial(primary_key=True)
    recovery = ForeignKey(Recovery, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    way = Varchar(length=8, default=None, null=False)
    fen = BigInt(default=None, null=False)
    item = ForeignKey(PaymentItem, null=True, default=None, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    reference = Varchar(length=60, default=None, null=False, unique=True)
    received_on = Date(default=None, null=False)
    teller = Varchar(length=120, default=None, null=False)
    told_at = Timestamptz(default=None, null=False)

    recovery_receipt_way_known = Check("way IN ('returned', 'netted')")
    recovery_receipt_positive = Check("fen > 0")


class CarryOver(Table, tablename="carry_over"):
    """The year-end carry-over (年终结转): a list of what moves, proposed by one person and signed by another."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    from_year = SmallInt(default=None, null=False, unique=True)
    content = JSONB(default=None, null=False)
    state = Varchar(length=10, default=None, null=False)
    proposer = Varchar(length=120, default=None, null=False)
    hands = Array(base_column=Varchar(length=120), default=None, null=False)
    proposed_at = Timestamptz(default=None, null=False)
    signer = Varchar(length=120, default=None, null=True)
    signed_at = Timestamptz(default=None, null=True)

    carry_over_state_known = Check("state IN ('proposed', 'done')")
    carry_over_signed_whole = Check("(state = 'done') = (signed_at IS NOT NULL)")


class Reconciliation(Table, tablename="reconciliation"):
    """A month of the ledger against the treasury's statement (对账): both sums, every difference, made and checked by two."""

    id = BigSerial(primary_key=True)
    month = Date(default=None, null=False, unique=True)
    books_fen = BigInt(default=None, null=False)
    treasury_fen = BigInt(default=None, null=False)
    differences = JSONB(default=None, null=False)
    words = Text(default="", null=False)
    maker = Varchar(length=120, default=None, null=False)
    hands = Array(base_column=Varchar(length=120), default=None, null=False)
    made_at = Timestamptz(default=None, null=False)
    checker = Varchar(length=120, default=None, null=True)
    checked_at = Timestamptz(default=None, null=True)


class Reuse(Table, tablename="reuse"):
    """Returned money of a budget made available again (退款转为可用): proposed by one person, signed or refused by another."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    budget = ForeignKey(FundBudget, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    fen = BigInt(default=None, null=False)
    ground = Text(default=None, null=False)
    state = Varchar(length=10, default=None, null=False)
    proposer = Varchar(length=120, default=None, null=False)
    hands = Array(base_column=Varchar(length=120), default=None, null=False)
    proposed_at = Timestamptz(default=None, null=False)
    decider = Varchar(length=120, default=None, null=True)
    decided_at = Timestamptz(default=None, null=True)
    reason = Text(default="", null=False)

    reuse_positive = Check("fen > 0")
    reuse_state_known = Check("state IN ('proposed', 'done', 'refused')")
    reuse_decided_whole = Check("(state = 'proposed') = (decided_at IS NULL)")


class Withholding(Table, tablename="withholding"):
    """Something due that a confirmed doubt holds and that is not to be paid (不予拨付): proposed by one person, decided by another.

    `rest` marks lines that were set apart; what was to be paid whole goes back to review instead.
    """

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    payable = ForeignKey(Payable, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    rest = Boolean(default=None, null=False)
    fen = BigInt(default=None, null=False)
    rows = Array(base_column=Integer(), default=None, null=False)
    reason = Text(default=None, null=False)
    state = Varchar(length=10, default=None, null=False, index=True)
    proposer = Varchar(length=120, default=None, null=False)
    hands = Array(base_column=Varchar(length=120), default=None, null=False)
    proposed_at = Timestamptz(default=None, null=False)
    decider = Varchar(length=120, default=None, null=True)
    decided_at = Timestamptz(default=None, null=True)
    said = Text(default="", null=False)
    voider = Varchar(length=120, default=None, null=True)
    voided_at = Timestamptz(default=None, null=True)
    void_reason = Text(default="", null=False)

    withholding_positive = Check("fen > 0")
    withholding_state_known = Check("state IN ('proposed', 'decided', 'refused', 'voided')")
    withholding_decided_whole = Check("(state = 'proposed') = (decided_at IS NULL)")
    withholding_voided_whole = Check("(state = 'voided') = (voided_at IS NOT NULL)")
