"""Tables of what institutions and enterprises may train with, and of measures against them; versions are only ever added."""

from piccolo.columns import JSONB, Array, BigSerial, Boolean, Bytea, Date, ForeignKey, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training_admin.office.tables import StoredFile

_RESTRICT = OnDelete.restrict, OnUpdate.restrict


class ResourceRow(Table, tablename="resource"):
    """A registered thing through all its versions; `organisation` is the code of whose it is."""

    id = BigSerial(primary_key=True)
    organisation = Varchar(length=40, default=None, null=False, index=True)
    owner = Varchar(length=20, default=None, null=False)
    kind = Varchar(length=20, default=None, null=False)

    resource_owner_known = Check("owner IN ('institution', 'enterprise')")
    resource_kind_known = Check("kind IN ('licence', 'occupation', 'site', 'room', 'teacher', 'qualification', 'platform')")


class ResourceVersion(Table, tablename="resource_version"):
    """One version of a registered thing: entered by its organisation, decided once by an officer; it counts when it is approved.

    `sealed` holds the identity number of a teacher, `person` its keyed hash; `content` never holds a personal number.
    """

    id = BigSerial(primary_key=True)
    resource = ForeignKey(ResourceRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    version = SmallInt(default=None, null=False)
    organisation_name = Varchar(length=200, default=None, null=False)
    content = JSONB(default=None, null=False)
    ended = Boolean(default=None, null=False)
    sealed = Bytea(default=None, null=True)
    person = Bytea(default=None, null=True, index=True)
    file = ForeignKey(StoredFile, null=True, default=None, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    entered_by = Varchar(length=120, default=None, null=False)
    enterer = Varchar(length=120, default=None, null=False)
    hands = Array(base_column=Varchar(length=120), default=None, null=False)
    entered_at = Timestamptz(default=None, null=False)
    state = Varchar(length=12, default=None, null=False, index=True)
    decider = Varchar(length=120, default=None, null=True)
    decided_by = Varchar(length=120, default=None, null=True)
    decided_at = Timestamptz(default=None, null=True)
    reason = Text(default="", null=False)

    resource_version_once = Unique([resource, version])
    resource_version_state_known = Check("state IN ('waiting', 'approved', 'refused')")
    resource_version_decided_whole = Check("(state = 'waiting') = (decided_at IS NULL)")
    resource_version_person_sealed = Check("(sealed IS NULL) = (person IS NULL)")


class SanctionRow(Table, tablename="sanction"):
    """A measure against an organisation: proposed, told and decided by two persons; mended, repaired or lifted later."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    organisation = Varchar(length=40, default=None, null=False, index=True)
    organisation_name = Varchar(length=200, default=None, null=False)
    asked = Varchar(length=12, default=None, null=False)
    step = Varchar(length=12, default=None, null=False)
    facts = Text(default=None, null=False)
    ground = Text(default=None, null=False)
    conduct_ended_on = Date(default=None, null=False)
    proposed_by = Varchar(length=120, default=None, null=False)
    proposer = Varchar(length=120, default=None, null=False)
    hands = Array(base_column=Varchar(length=120), default=None, null=False)
    proposed_at = Timestamptz(default=None, null=False)
    state = Varchar(length=12, default=None, null=False)
    teller = Varchar(length=120, default=None, null=True)
    told_at = Timestamptz(default=None, null=True)
    state_by = Date(default=None, null=True)
    decided_by = Varchar(length=120, default=None, null=True)
    decider = Varchar(length=120, default=None, null=True)
    decided_at = Timestamptz(default=None, null=True)
    decided_on = Date(default=None, null=True)
    reason = Text(default="", null=False)
    fix_by = Date(default=None, null=True)
    fixed_on = Date(default=None, null=True)
    lifted_on = Date(default=None, null=True)
    closing = Text(default="", null=False)

    sanction_step_known = Check("step IN ('talk', 'letter', 'circular', 'ended', 'credit')")
    sanction_state_of_life = Check("state IN ('proposed', 'told', 'confirmed', 'refused', 'repaired', 'lifted')")
    sanction_told_whole = Check("(told_at IS NULL) = (state_by IS NULL) AND (state <> 'told' OR told_at IS NOT NULL)")
    sanction_decision_whole = Check(
        "(state IN ('proposed', 'told')) = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_on IS NULL)"
    )
    sanction_ended_whole = Check("(state = 'lifted') = (lifted_on IS NOT NULL) AND (state <> 'repaired' OR fixed_on IS NOT NULL)")


class SanctionPlea(Table, tablename="sanction_plea"):
    """What whom a measure concerns says about it: states its case, objects, or asks for it to be taken as mended; answered once.

    The words are sealed. `mark_by` and `due` are the last days to mark an objection and to answer; None where the calendar ends before.
    """

    id = BigSerial(primary_key=True)
    sanction = ForeignKey(SanctionRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    kind = Varchar(length=12, default=None, null=False)
    sealed_words = Bytea(default=None, null=False)
    asker = Varchar(length=120, default=None, null=False)
    on_paper = Boolean(default=None, null=False)
    asked_at = Timestamptz(default=None, null=False)
    mark_by = Date(default=None, null=True)
    due = Date(default=None, null=True)
    marker = Varchar(length=120, default=None, null=True)
    marked_at = Timestamptz(default=None, null=True)
    transferred = Boolean(default=False, null=False)
    state = Varchar(length=12, default=None, null=False)
    answer = Text(default="", null=False)
    decider = Varchar(length=120, default=None, null=True)
    decided_at = Timestamptz(default=None, null=True)

    sanction_plea_kind_known = Check("kind IN ('statement', 'objection', 'repair')")
    sanction_plea_state_known = Check("state IN ('heard', 'open', 'granted', 'denied')")
    sanction_plea_statement_heard = Check("(kind = 'statement') = (state = 'heard')")
    sanction_plea_answered_whole = Check("(state IN ('granted', 'denied')) = (decided_at IS NOT NULL)")
