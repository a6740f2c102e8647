"""Stored orders of audit files: workbooks and data packages that a worker makes."""

from piccolo.columns import JSONB, BigInt, BigSerial, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check
from piccolo.table import Table

from training_admin.office.tables import StoredFile


class AuditFile(Table, tablename="audit_file"):
    """An audit workbook or data package somebody ordered: for which claims, how far it is, and the sealed file until it expires.

    `orderer` is who acts when it is made (kit.actor), `receipt` what was made.
    """

    id = BigSerial(primary_key=True)
    number = Varchar(length=20, default=None, null=False, unique=True)
    kind = Varchar(length=12, default=None, null=False)
    wanted = JSONB(default=None, null=False)
    conditions = Text(default=None, null=False)
    asker = Varchar(length=120, default=None, null=False)
    asked_by = Varchar(length=120, default=None, null=False, index=True)
    orderer = JSONB(default=None, null=False)
    asked_at = Timestamptz(default=None, null=False)
    state = Varchar(length=10, default=None, null=False)
    done = Integer(default=0, null=False)
    total = Integer(default=0, null=False)
    words = Text(default="", null=False)
    receipt = Text(default=None, null=True)
    size = BigInt(default=None, null=True)
    file = ForeignKey(StoredFile, null=True, default=None, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    ended_at = Timestamptz(default=None, null=True)

    audit_file_kind_known = Check("kind IN ('workbook', 'package')")
    audit_file_state_known = Check("state IN ('waiting', 'running', 'done', 'refused', 'expired')")
    audit_file_done_has_file = Check("(state IN ('done', 'expired')) = (file IS NOT NULL)")
