"""Tables of reviewing claims: what was done when by whom, decisions on lines, notes, attachments, appeals, second reviews, ratings."""

from piccolo.columns import JSONB, Array, BigInt, BigSerial, Bytea, Date, ForeignKey, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training_admin.office.tables import StoredFile
from training_admin.subsidy.tables import Assessment, Claim

_RESTRICT = OnDelete.restrict, OnUpdate.restrict


class ClaimAct(Table, tablename="claim_act"):
    """One step in the life of a claim: from which state to which, who, on behalf of which office, opinion; never rewritten.

    `assessment` is the record that was decided on; `minutes` the number of the minutes of a joint discussion or determination.
    """

    id = BigSerial(primary_key=True)
    claim = ForeignKey(Claim, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    place = SmallInt(default=None, null=False)
    act = Varchar(length=16, default=None, null=False)
    from_state = Varchar(length=20, default=None, null=False)
    to_state = Varchar(length=20, default=None, null=False)
    doer = Varchar(length=120, default=None, null=False)
    done_by = Varchar(length=120, default=None, null=False)
    hands = Array(base_column=Varchar(length=120), default=None, null=False)
    done_at = Timestamptz(default=None, null=False)
    due_on = Date(default=None, null=True)
    opinion = Text(default="", null=False)
    minutes = Varchar(length=60, default="", null=False)
    assessment = ForeignKey(Assessment, null=True, default=None, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    detail = JSONB(default=None, null=False)

    claim_act_once = Unique([claim, place])


class LineDecision(Table, tablename="line_decision"):
    """A reviewer's decision on a roster row beside what the rules say; the newest counts. An override needs a reason and expires."""

    id = BigSerial(primary_key=True)
    claim = ForeignKey(Claim, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    row = Integer(default=None, null=False)
    decision = Varchar(length=10, default=None, null=False)
    rule = Varchar(length=12, default="", null=False)
    reason = Text(default=None, null=False)
    evidence = ForeignKey(StoredFile, null=True, default=None, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    expires_on = Date(default=None, null=True)
    decider = Varchar(length=120, default=None, null=False)
    decided_by = Varchar(length=120, default=None, null=False)
    decided_at = Timestamptz(default=None, null=False)

    line_decision_known = Check("decision IN ('refuse', 'hold', 'evidence', 'override', 'cleared')")


class ClaimNote(Table, tablename="claim_note"):
    """An internal note or a logged call (sealed: people write names); the enterprise never sees it."""

    id = BigSerial(primary_key=True)
    claim = ForeignKey(Claim, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    kind = Varchar(length=8, default=None, null=False)
    sealed_words = Bytea(default=None, null=False)
    writer = Varchar(length=120, default=None, null=False)
    written_at = Timestamptz(default=None, null=False)

    claim_note_kind_known = Check("kind IN ('note', 'call')")


class ClaimHand(Table, tablename="claim_hand"):
    """Who is working on a claim, until when others are told so."""

    id = BigSerial(primary_key=True)
    claim = ForeignKey(Claim, null=False, unique=True, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    account = Varchar(length=120, default=None, null=False)
    name = Varchar(length=120, default=None, null=False)
    until = Timestamptz(default=None, null=False)


class ClaimAttachment(Table, tablename="claim_attachment"):
    """A paper of a claim (PDF, OFD, XML invoice, JPG, PNG); number and amount of an invoice where the format tells them."""

    id = BigSerial(primary_key=True)
    claim = ForeignKey(Claim, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    kind = Varchar(length=16, default=None, null=False)
    file = ForeignKey(StoredFile, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    media_type = Varchar(length=60, default=None, null=False)
    size = BigInt(default=None, null=False)
    title = Varchar(length=120, default=None, null=False)
    invoice_no = Varchar(length=40, default="", null=False)
    invoice_fen = BigInt(default=None, null=True)
    adder = Varchar(length=120, default=None, null=False)
    added_at = Timestamptz(default=None, null=False)

    claim_attachment_once = Unique([claim, file])


class ClaimAppeal(Table, tablename="claim_appeal"):
    """复核申请 or 异议 of an enterprise against a decision, decided by somebody outside the first decision."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    claim = ForeignKey(Claim, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    words = Text(default=None, null=False)
    asker = Varchar(length=120, default=None, null=False)
    asked_at = Timestamptz(default=None, null=False)
    decide_by = Date(default=None, null=True)
    state = Varchar(length=10, default=None, null=False)
    decider = Varchar(length=120, default=None, null=True)
    decided_at = Timestamptz(default=None, null=True)
    answer = Text(default="", null=False)

    claim_appeal_state_known = Check("state IN ('asked', 'upheld', 'rejected', 'withdrawn')")
    claim_appeal_decided_whole = Check("(state IN ('upheld', 'rejected')) = (decided_at IS NOT NULL)")


class SecondReview(Table, tablename="second_review"):
    """A decision drawn for a blind second review (审核差错率): the sample follows from the published seed."""

    id = BigSerial(primary_key=True)
    draw = Varchar(length=24, default=None, null=False)
    seed = Varchar(length=64, default=None, null=False)
    claim = ForeignKey(Claim, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    row = Integer(default=None, null=False)
    first_outcome = Varchar(length=16, default=None, null=False)
    drawn_at = Timestamptz(default=None, null=False)
    second_outcome = Varchar(length=16, default=None, null=True)
    rule = Varchar(length=12, default="", null=False)
    reviewer = Varchar(length=120, default=None, null=True)
    reviewed_at = Timestamptz(default=None, null=True)

    second_review_once = Unique([draw, claim, row])
    second_review_done_whole = Check("(second_outcome IS NULL) = (reviewed_at IS NULL)")


class ServiceRating(Table, tablename="service_rating"):
    """好差评 of an enterprise after decision or payment, and the office's reply."""

    id = BigSerial(primary_key=True)
    claim = ForeignKey(Claim, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    moment = Varchar(length=10, default=None, null=False)
    score = SmallInt(default=None, null=False)
    words = Text(default="", null=False)
    rated_at = Timestamptz(default=None, null=False)
    reply_by = Date(default=None, null=True)
    reply = Text(default="", null=False)
    replier = Varchar(length=120, default=None, null=True)
    replied_at = Timestamptz(default=None, null=True)

    service_rating_once = Unique([claim, moment])
    service_rating_moment_known = Check("moment IN ('decision', 'payment')")
    service_rating_possible = Check("score BETWEEN 1 AND 5")
