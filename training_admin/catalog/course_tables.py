"""Tables of registered courses and of training demand: course versions are only ever added, a demand is met or withdrawn once."""

from piccolo.columns import JSONB, Array, BigInt, BigSerial, Date, ForeignKey, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table

_RESTRICT = OnDelete.restrict, OnUpdate.restrict


class CourseRow(Table, tablename="course"):
    """A course through all its versions; `organisation` is the code of whoever teaches it, `moved` counts the acts."""

    id = BigSerial(primary_key=True)
    course_no = Varchar(length=40, default=None, null=False, unique=True)
    organisation = Varchar(length=40, default=None, null=False, index=True)
    organisation_name = Varchar(length=200, default=None, null=False)
    state = Varchar(length=12, default=None, null=False, index=True)
    version = SmallInt(default=None, null=False)
    approved_version = SmallInt(default=None, null=True)
    submitted_on = Date(default=None, null=True)
    approved_on = Date(default=None, null=True)
    decide_by = Date(default=None, null=True)
    moved = BigInt(default=0, null=False)

    course_state_known = Check("state IN ('draft', 'submitted', 'returned', 'approved', 'changing', 'ended', 'withdrawn')")
    course_approved_dated = Check("(approved_version IS NULL) = (approved_on IS NULL)")


class CourseVersionRow(Table, tablename="course_version"):
    """One version of a course as handed in, with who entered and who decided it; the content holds no personal number."""

    id = BigSerial(primary_key=True)
    course = ForeignKey(CourseRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    version = SmallInt(default=None, null=False)
    content = JSONB(default=None, null=False)
    enterer = Varchar(length=120, default=None, null=False)
    entered_by = Varchar(length=120, default=None, null=False)
    hands = Array(base_column=Varchar(length=120), default=None, null=False)
    entered_at = Timestamptz(default=None, null=False)
    decision = Varchar(length=12, default=None, null=True)
    decider = Varchar(length=120, default=None, null=True)
    decided_by = Varchar(length=120, default=None, null=True)
    decided_at = Timestamptz(default=None, null=True)
    opinion = Text(default="", null=False)

    course_version_once = Unique([course, version])
    course_version_decided_whole = Check("(decision IS NULL) = (decided_at IS NULL)")


class TrainingDemandRow(Table, tablename="training_demand"):
    """What an enterprise needs to have taught: an item or an occupation, how many people, by when; `met_on` when an item answers it."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    enterprise = Varchar(length=40, default=None, null=False, index=True)
    enterprise_name = Varchar(length=200, default=None, null=False)
    industry = Varchar(length=4, default="", null=False)
    title = Varchar(length=200, default=None, null=False)
    occupation = Varchar(length=20, default=None, null=True)
    level = Varchar(length=4, default=None, null=True)
    item = Varchar(length=40, default=None, null=True)
    people = Integer(default=None, null=False)
    wanted_by = Date(default=None, null=True)
    words = Text(default="", null=False)
    entered_by = Varchar(length=120, default=None, null=False)
    entered_at = Timestamptz(default=None, null=False)
    state = Varchar(length=10, default=None, null=False, index=True)
    met_item = Varchar(length=40, default=None, null=True)
    met_on = Date(default=None, null=True)

    training_demand_state_known = Check("state IN ('open', 'met', 'withdrawn')")
    training_demand_possible = Check("people > 0")
    training_demand_met_whole = Check("(state = 'met') = (met_on IS NOT NULL) AND (met_on IS NULL) = (met_item IS NULL)")
