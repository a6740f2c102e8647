"""Tables of filed classes: versions are only ever added; intervals are what the version in force takes, for finding double bookings."""

from piccolo.columns import JSONB, Array, BigInt, BigSerial, Boolean, Bytea, Date, ForeignKey, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table

_RESTRICT = OnDelete.restrict, OnUpdate.restrict


class ClassRow(Table, tablename="training_class"):
    """A class through all its versions: who files it, in which state it is, which version counts.

    `organisation` is the code of whoever files it; `moved` counts the acts, so that two people cannot act on one state.
    """

    id = BigSerial(primary_key=True)
    class_no = Varchar(length=40, default=None, null=False, unique=True)
    organisation = Varchar(length=40, default=None, null=False, index=True)
    organisation_name = Varchar(length=200, default=None, null=False)
    state = Varchar(length=12, default=None, null=False, index=True)
    version = SmallInt(default=None, null=False)
    approved_version = SmallInt(default=None, null=True)
    filed_on = Date(default=None, null=True)
    approved_on = Date(default=None, null=True)
    decide_by = Date(default=None, null=True)
    moved = BigInt(default=0, null=False)

    training_class_state_known_2 = Check(
        "state IN ('draft', 'submitted', 'returned', 'approved', 'changing', 'suspended', 'closed', 'ended', 'withdrawn')"
    )
    training_class_approved_dated = Check("(approved_version IS NULL) = (approved_on IS NULL)")


class ClassVersionRow(Table, tablename="class_version"):
    """One version of a class as handed in: plan as JSON without any identity number, why it was changed, who entered and decided it."""

    id = BigSerial(primary_key=True)
    training_class = ForeignKey(ClassRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    version = SmallInt(default=None, null=False)
    content = JSONB(default=None, null=False)
    cause = Varchar(length=12, default=None, null=False)
    reason = Text(default="", null=False)
    urgent = Boolean(default=False, null=False)
    enterer = Varchar(length=120, default=None, null=False)
    entered_by = Varchar(length=120, default=None, null=False)
    hands = Array(base_column=Varchar(length=120), default=None, null=False)
    entered_at = Timestamptz(default=None, null=False)
    decision = Varchar(length=12, default=None, null=True)
    decider = Varchar(length=120, default=None, null=True)
    decided_by = Varchar(length=120, default=None, null=True)
    decided_at = Timestamptz(default=None, null=True)
    opinion = Text(default="", null=False)

    class_version_once = Unique([training_class, version])
    class_version_cause_known = Check("cause IN ('filed', 'changed', 'suspended', 'resumed')")
    class_version_decided_whole = Check("(decision IS NULL) = (decided_at IS NULL)")


class ClassTraineeRow(Table, tablename="class_trainee"):
    """One person of the roster of a version: `person` is the keyed hash of the identity number that `sealed` holds.

    `sealed_phone` is where he is asked to confirm; an open contract end is open-ended. Erased rows keep the person's key alone.
    """

    id = BigSerial(primary_key=True)
    class_version = ForeignKey(ClassVersionRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    place = SmallInt(default=None, null=False)
    person = Bytea(default=None, null=False, index=True)
    sealed = Bytea(default=None, null=False)
    name = Varchar(length=100, default=None, null=False)
    target_group = Varchar(length=4, default=None, null=False)
    enterprise = Varchar(length=18, default="", null=False)
    post = Varchar(length=100, default="", null=False)
    note = Text(default="", null=False)
    sealed_phone = Bytea(default=None, null=True)
    contract_start = Date(default=None, null=True)
    contract_end = Date(default=None, null=True)
    prior = Varchar(length=60, default="", null=False)

    class_trainee_once = Unique([class_version, place])


class ClassIntervalRow(Table, tablename="class_interval"):
    """An interval that a person or a room is taken by a class, in minutes of a day; written anew when the class moves.

    A person as trainee and as teacher has one key, so that both are found by one look-up of key and days.
    """

    id = BigSerial(primary_key=True)
    training_class = ForeignKey(ClassRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    taken = Varchar(length=8, default=None, null=False)
    key = Bytea(default=None, null=False)
    day = Date(default=None, null=False)
    starts = SmallInt(default=None, null=False)
    ends = SmallInt(default=None, null=False)

    class_interval_once = Unique([key, day, starts, ends, training_class, taken])
    class_interval_forward = Check("0 <= starts AND starts < ends AND ends <= 1440")
