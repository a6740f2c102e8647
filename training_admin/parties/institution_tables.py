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
    """A measure against an organisation: proposed by one person, confirmed by another; mended, repaired or lifted later."""

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
    decided_by = Varchar(length=120, default=None, null=True)
    decider = Varchar(length=120, default=None, null=True)
    decided_at = Timestamptz(default=None, null=True)
    decided_on = Date(default=None, null=True)
    reason = Text(default="", null=False)
    fix_by = Date(default=None, null=True)
    objected_on = Date(default=None, null=True)
    fixed_on = Date(default=None, null=True)
    lifted_on = Date(default=None, null=True)
    closing = Text(default="", null=False)

    sanction_step_known = Check("step IN ('talk', 'letter', 'circular', 'ended', 'credit')")
    sanction_state_known = Check("state IN ('proposed', 'confirmed', 'refused')")
    sanction_decided_whole = Check("(state = 'proposed') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_on IS NULL)")
