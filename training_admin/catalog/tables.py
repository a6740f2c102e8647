"""Tables of the catalog: item versions and filed classes, append only; hours in hundredths of 45 minutes, money in fen."""

from piccolo.columns import JSONB, Array, BigInt, BigSerial, Boolean, Bytea, Date, ForeignKey, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training_admin.parties.tables import Delivery


class CatalogItemVersion(Table, tablename="catalog_item"):
    """One item in one period with its price; a later row for the same item and start replaces it from `known_since` on."""

    id = BigSerial(primary_key=True)
    item_code = Varchar(length=40, default=None, null=False, index=True)
    name = Varchar(length=200, default=None, null=False)
    category = Varchar(length=40, default=None, null=False)
    occupation = Varchar(length=20, default=None, null=True)
    level = Varchar(length=8, default=None, null=True)
    std_centihours = Integer(default=None, null=False)
    std_fen = BigInt(default=None, null=False)
    base_fen = BigInt(default=None, null=True)
    urgent = Boolean(default=None, null=False)
    pilot = Boolean(default=None, null=False)
    fund = Varchar(length=12, default=None, null=False)
    valid_from = Date(default=None, null=False)
    valid_to = Date(default=None, null=True)
    paper = Text(default=None, null=False)
    known_since = Timestamptz(default=None, null=False)
    tier = Varchar(length=12, default="district", null=False)
    priority_industry = Varchar(length=40, default=None, null=True)
    developer = Varchar(length=200, default=None, null=True)
    theory_centihours = Integer(default=None, null=True)
    practice_centihours = Integer(default=None, null=True)
    assessment_fen = BigInt(default=None, null=True)
    groups = Text(default="", null=False)
    standing = Varchar(length=8, default="A", null=False)
    published_by = Varchar(length=200, default="", null=False)

    catalog_item_version_once = Unique([item_code, valid_from, known_since])
    catalog_item_amounts_possible = Check("std_fen >= 0 AND std_centihours >= 0 AND (base_fen IS NULL OR base_fen >= 0)")
    catalog_item_parts_possible = Check(
        "coalesce(theory_centihours, 0) >= 0 AND coalesce(practice_centihours, 0) >= 0 AND coalesce(assessment_fen, 0) >= 0"
    )
    catalog_item_period_forward = Check("valid_to IS NULL OR valid_to >= valid_from")


class FilingVersion(Table, tablename="filing_version"):
    """A class as one delivery of the filing register describes it."""

    id = BigSerial(primary_key=True)
    delivery = ForeignKey(Delivery, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    class_no = Varchar(length=40, default=None, null=False, index=True)
    enterprise = Varchar(length=18, default=None, null=False)
    institution = Varchar(length=18, default=None, null=True)
    stream = Varchar(length=20, default=None, null=False)
    item = Varchar(length=40, default=None, null=True)
    start = Date(default=None, null=False)
    end = Date(default=None, null=False)
    planned_centihours = Integer(default=None, null=False)
    delivered_centihours = Integer(default=None, null=False)
    enrolled = Integer(default=None, null=False)
    mode = Varchar(length=10, default=None, null=False)
    filed_at = Date(default=None, null=True)
    approved_at = Date(default=None, null=True)
    theory_test = Boolean(default=None, null=True)
    practical_test = Boolean(default=None, null=True)
    online_centihours = Integer(default=None, null=True)

    filing_version_once = Unique([delivery, class_no])
    filing_version_days_forward = Check('"end" >= start')
    filing_version_counts_possible = Check("planned_centihours >= 0 AND delivered_centihours >= 0 AND enrolled >= 0")


class CatalogProposal(Table):
    """A proposed item, or a revision of many, on its way into the catalog; what was proposed never changes.

    `hands` are the keys of everybody who proposed, `prepared_hands` of everybody who prepared the publication.
    """

    id = BigSerial(primary_key=True)
    number = Varchar(length=20, default=None, null=False, unique=True)
    stage = Varchar(length=12, default=None, null=False, index=True)
    institution = Varchar(length=18, default=None, null=True, index=True)
    institution_name = Varchar(length=200, default="", null=False)
    partner = Varchar(length=18, default=None, null=True, index=True)
    partner_name = Varchar(length=200, default="", null=False)
    content = JSONB(default=None, null=False)
    sha256 = Varchar(length=64, default=None, null=False)
    why = Text(default=None, null=False)
    hands = Array(base_column=Varchar(length=120), default=None, null=False)
    proposer = Varchar(length=200, default=None, null=False)
    proposed_at = Timestamptz(default=None, null=False)
    consent = Text(default="", null=False)
    consented_at = Timestamptz(default=None, null=True)
    seed = Varchar(length=64, default="", null=False)
    opinions_until = Date(default=None, null=True)
    notice_until = Date(default=None, null=True)
    paper = Text(default="", null=False)
    valid_from = Date(default=None, null=True)
    valid_to = Date(default=None, null=True)
    prepared_hands = Array(base_column=Varchar(length=120), default=list, null=False)
    preparer = Varchar(length=200, default="", null=False)
    decided_by = Varchar(length=120, default=None, null=True)
    decider = Varchar(length=200, default="", null=False)
    decided_at = Timestamptz(default=None, null=True)
    reason = Text(default="", null=False)

    catalog_proposal_by_two = Check("stage <> 'published' OR NOT decided_by = ANY(prepared_hands)")


class CatalogExpert(Table):
    """Somebody of the pool of experts; who has left stays for the draws he was in."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=20, default=None, null=False, unique=True)
    name = Varchar(length=40, default=None, null=False)
    organisation = Varchar(length=200, default=None, null=False)
    field = Varchar(length=100, default=None, null=False)
    active = Boolean(default=True, null=False)


class CatalogSeat(Table):
    """A drawn expert's seat with his score sheet: by one-time link, or entered from the signed sheet."""

    id = BigSerial(primary_key=True)
    proposal = ForeignKey(CatalogProposal, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    expert = ForeignKey(CatalogExpert, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    place = SmallInt(default=None, null=False)
    token_hash = Bytea(default=None, null=True, unique=True)
    token_until = Timestamptz(default=None, null=True)
    points = JSONB(default=None, null=True)
    remark = Text(default="", null=False)
    entered_by = Varchar(length=200, default="", null=False)
    entered_at = Timestamptz(default=None, null=True)

    catalog_seat_once = Unique([proposal, expert])
    catalog_seat_place_once = Unique([proposal, place])


class CatalogVoice(Table):
    """What somebody said to a proposal: an opinion while opinions are asked for, an objection during the notice."""

    id = BigSerial(primary_key=True)
    proposal = ForeignKey(CatalogProposal, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    kind = Varchar(length=12, default=None, null=False)
    name = Varchar(length=100, default="", null=False)
    text = Text(default=None, null=False)
    said_at = Timestamptz(default=None, null=False)
    outcome = Varchar(length=12, default=None, null=True)
    answer = Text(default="", null=False)
    answered_by = Varchar(length=200, default="", null=False)
    answered_at = Timestamptz(default=None, null=True)

    catalog_voice_answered = Check("(outcome IS NULL) = (answered_at IS NULL)")
