"""Tables of the audit: doubts as they were found, never deleted, and what officers decided about them."""

from piccolo.columns import JSONB, Array, BigInt, BigSerial, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training_admin.subsidy.tables import Claim

_RESTRICT = OnDelete.restrict, OnUpdate.restrict


class AuditDoubt(Table, tablename="audit_doubt"):
    """A doubt 疑点 about a claim, a batch, an institution, a firm or a period: what was found with its evidence.

    `fingerprint` tells one finding from another of the same subject, so that looking again finds the same row; `gone_at` is when it was
    not found any more. `organisation` is the firm or institution it is about; `decision` repeats the newest row of its decisions.
    """

    id = BigSerial(primary_key=True)
    number = Varchar(length=80, default=None, null=False, unique=True)
    rule = Varchar(length=8, default=None, null=False, index=True)
    kind = Varchar(length=12, default=None, null=False)
    subject = Varchar(length=60, default=None, null=False)
    claim = ForeignKey(Claim, null=True, default=None, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    organisation = Varchar(length=40, default=None, null=False, index=True)
    class_no = Varchar(length=40, default=None, null=False)
    rows = Array(base_column=Integer(), default=None, null=False)
    amount_fen = BigInt(default=None, null=False)
    severity = Varchar(length=6, default=None, null=False)
    evidence = JSONB(default=None, null=False)
    against = Text(default=None, null=False)
    fingerprint = Varchar(length=64, default=None, null=False)
    first_seen = Timestamptz(default=None, null=False)
    gone_at = Timestamptz(default=None, null=True)
    decision = Varchar(length=10, default="", null=False)

    audit_doubt_once = Unique([kind, subject, fingerprint])
    audit_doubt_kind_known = Check("kind IN ('claim', 'batch', 'institution', 'enterprise', 'period')")
    audit_doubt_severity_known = Check("severity IN ('BLOCK', 'HIGH', 'MEDIUM')")
    audit_doubt_decision_known = Check("decision IN ('', 'confirmed', 'false')")
    audit_doubt_claim_named = Check("(kind = 'claim') = (claim IS NOT NULL)")


class DoubtDecision(Table, tablename="audit_doubt_decision"):
    """What an officer decided about a doubt, with his reason; the newest counts, none is rewritten."""

    id = BigSerial(primary_key=True)
    doubt = ForeignKey(AuditDoubt, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    decision = Varchar(length=10, default=None, null=False)
    reason = Text(default=None, null=False)
    decider = Varchar(length=120, default=None, null=False)
    decided_by = Varchar(length=120, default=None, null=False)
    decided_at = Timestamptz(default=None, null=False)

    audit_doubt_decision_is_known = Check("decision IN ('confirmed', 'false')")
