"""Tables of claims: the claim as read, its assessments, and their findings as rows. Personal columns are sealed."""

from piccolo.columns import (
    JSONB,
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training_admin.office.tables import StoredFile


class Claim(Table, tablename="claim"):
    """One submitted claim; `sealed_head` holds account and contact, `attended_column` the letter of that column.

    `due_on` is the last day of the step it is in, `returned` counts 补正, `round` the workbooks handed in for it.
    """

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    uscc = Varchar(length=18, default=None, null=False, index=True)
    enterprise_name = Varchar(length=200, default=None, null=False)
    claim_year = SmallInt(default=None, null=False)
    as_of = Date(default=None, null=False)
    state = Varchar(length=20, default=None, null=False, index=True)
    version = Integer(default=None, null=False)
    readable_only = Boolean(default=None, null=False)
    submitted_at = Timestamptz(default=None, null=False)
    submitted_by = Varchar(length=120, default=None, null=False)
    file = ForeignKey(StoredFile, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, unique=True)
    sealed_head = Bytea(default=None, null=False)
    attended_column = Varchar(length=3, default=None, null=False)
    line_count = Integer(default=None, null=False)
    cells_read = Integer(default=None, null=False)
    problems = JSONB(default=None, null=False)
    moved_at = Timestamptz(default=None, null=True)
    due_on = Date(default=None, null=True)
    returned = SmallInt(default=0, null=False)
    round = SmallInt(default=1, null=False)
    street = Varchar(length=40, default="", null=False)

    claim_counts_possible = Check("line_count >= 0 AND cells_read >= 0 AND version >= 1")


class ClaimSignature(Table, tablename="claim_signature"):
    """The signature of an enterprise's head under the undertaking, over the very file that was submitted; once per claim.

    `signed_by` is the key of the account, or of the clerk whose one-time link was used (`way` link); then the name is what the clerk wrote.
    """

    id = BigSerial(primary_key=True)
    claim = ForeignKey(Claim, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, unique=True)
    way = Varchar(length=8, default=None, null=False)
    name = Varchar(length=60, default=None, null=False)
    signed_by = Varchar(length=120, default=None, null=False)
    signed_at = Timestamptz(default=None, null=False)
    file_sha256 = Varchar(length=64, default=None, null=False)
    undertaking = Text(default=None, null=False)
    same_hand = Boolean(default=None, null=False)

    claim_signature_way_known = Check("way IN ('account', 'link')")
    claim_signature_sha256_whole = Check("length(file_sha256) = 64")


class ClaimClass(Table, tablename="claim_class"):
    """One row of the class sheet: the number for joins, the row as read for the facts."""

    id = BigSerial(primary_key=True)
    claim = ForeignKey(Claim, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    row = Integer(default=None, null=False)
    class_no = Varchar(length=40, default=None, null=False, index=True)
    content = JSONB(default=None, null=False)

    claim_class_row_once = Unique([claim, row])


class ClaimLine(Table, tablename="claim_line"):
    """One row of the roster: keyed person and what rules need in clear, name and numbers sealed together."""

    id = BigSerial(primary_key=True)
    claim = ForeignKey(Claim, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=False)
    row = Integer(default=None, null=False)
    readable = Boolean(default=None, null=False)
    class_no = Varchar(length=40, default=None, null=False)
    person = Bytea(default=None, null=False, index=True)
    person_group = Varchar(length=20, default=None, null=False)
    birth = Date(default=None, null=True)
    sex = Varchar(length=1, default=None, null=True)
    contract_start = Date(default=None, null=True)
    contract_end = Date(default=None, null=True)
    attended_centihours = Integer(default=None, null=False)
    exam_result = Varchar(length=10, default=None, null=False)
    sealed = Bytea(default=None, null=False)

    claim_line_row_once = Unique([claim, row])


class ClaimCost(Table, tablename="claim_cost"):
    """One voucher of the cost sheet; the amount is empty where its cell could not be read."""

    id = BigSerial(primary_key=True)
    claim = ForeignKey(Claim, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    row = Integer(default=None, null=False)
    readable = Boolean(default=None, null=False)
    class_no = Varchar(length=40, default=None, null=False)
    category = Varchar(length=40, default=None, null=False)
    invoice_no = Varchar(length=40, default=None, null=False, index=True)
    issuer_name = Varchar(length=200, default=None, null=False)
    issuer = Varchar(length=18, default=None, null=False)
    invoiced_on = Date(default=None, null=True)
    amount_fen = BigInt(default=None, null=True)
    voucher_no = Varchar(length=60, default=None, null=False)

    claim_cost_row_once = Unique([claim, row])
    claim_cost_not_negative = Check("amount_fen >= 0")


class Assessment(Table, tablename="assessment"):
    """One assessment record of a claim, never rewritten: canonical JSON compressed, with the digest of the plain bytes."""

    id = BigSerial(primary_key=True)
    claim = ForeignKey(Claim, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    place = SmallInt(default=None, null=False)
    known_at = Timestamptz(default=None, null=False)
    engine = Varchar(length=12, default=None, null=False)
    pack = Varchar(length=60, default=None, null=False)
    cause = Varchar(length=120, default=None, null=False)
    sha256 = Varchar(length=64, default=None, null=False)
    content = Bytea(default=None, null=False)
    computed_fen = BigInt(default=None, null=False)
    payable_fen = BigInt(default=None, null=True)
    paying_people = Integer(default=None, null=False)

    assessment_place_once = Unique([claim, place])
    assessment_amounts_possible = Check("computed_fen >= 0 AND payable_fen >= 0 AND payable_fen <= computed_fen")


class FindingRow(Table, tablename="finding"):
    """One cause of one assessment with all the rows it touches: what lists and waiting claims are found by."""

    id = BigSerial(primary_key=True)
    assessment = ForeignKey(Assessment, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    rule = Varchar(length=12, default=None, null=False, index=True)
    scope = Varchar(length=8, default=None, null=False)
    class_no = Varchar(length=40, default=None, null=False)
    answer = Varchar(length=8, default=None, null=False)
    effect = Varchar(length=12, default=None, null=False)
    missing = Text(default=None, null=False)
    places = Integer(default=None, null=False)
    rows = Array(base_column=Integer(), default=None, null=False)

    finding_places_counted = Check("places >= 1")
