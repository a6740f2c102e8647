"""Tables of certificates: what was issued is never deleted, only revoked or replaced; print runs are made by a worker."""

from piccolo.columns import JSONB, BigInt, BigSerial, Bytea, Date, ForeignKey, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check
from piccolo.table import Table

from training_admin.office.tables import StoredFile


class Certificate(Table, tablename="certificate"):
    """A certificate of our own (policy.md 6.2): `sealed` holds name and identity number, `content` everything else that is printed."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    kind = Varchar(length=16, default=None, null=False)
    organisation = Varchar(length=40, default=None, null=False, index=True)
    class_no = Varchar(length=40, default=None, null=False, index=True)
    person = Bytea(default=None, null=False, index=True)
    sealed = Bytea(default=None, null=False)
    content = JSONB(default=None, null=False)
    issued_on = Date(default=None, null=False)
    issuer = Varchar(length=120, default=None, null=False)
    issued_at = Timestamptz(default=None, null=False)
    state = Varchar(length=10, default=None, null=False, index=True)
    why_ended = Text(default="", null=False)
    ended_on = Date(default=None, null=True)
    ender = Varchar(length=120, default=None, null=True)
    replaced_by = Varchar(length=24, default=None, null=True)
    copies = SmallInt(default=0, null=False)

    certificate_kind_known = Check("kind IN ('training', 'completion', 'apprenticeship')")
    certificate_state_known = Check("state IN ('valid', 'revoked', 'replaced')")
    certificate_ended_whole = Check("(state = 'valid') = (ended_on IS NULL) AND (ended_on IS NULL) = (ender IS NULL)")
    certificate_replaced_named = Check("(state = 'replaced') = (replaced_by IS NOT NULL)")


class PrintRun(Table, tablename="certificate_print_run"):
    """A single file with many certificates, made by the worker: for whom, of what, how far it is."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    organisation = Varchar(length=40, default=None, null=False, index=True)
    title = Varchar(length=200, default=None, null=False)
    wanted = JSONB(default=None, null=False)
    total = Integer(default=None, null=False)
    done = Integer(default=0, null=False)
    state = Varchar(length=8, default=None, null=False)
    asker = Varchar(length=120, default=None, null=False)
    asked_at = Timestamptz(default=None, null=False)
    finished_at = Timestamptz(default=None, null=True)
    size = BigInt(default=0, null=False)
    file = ForeignKey(StoredFile, null=True, default=None, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)

    certificate_print_run_state_known = Check("state IN ('waiting', 'running', 'done', 'failed')")
    certificate_print_run_counts_possible = Check("total > 0 AND done BETWEEN 0 AND total")
