"""Tables of yearly plans: a plan while it is written and decided, and its approved projects, to which classes refer."""

from piccolo.columns import JSONB, Array, BigInt, BigSerial, Boolean, ForeignKey, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training_admin.office.tables import StoredFile


class TrainingPlan(Table, tablename="training_plan"):
    """A plan of one enterprise for one year; `version` counts every change, so that nobody overwrites what he has not seen."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    enterprise = Varchar(length=40, default=None, null=False, index=True)
    enterprise_name = Varchar(length=200, default=None, null=False)
    year = SmallInt(default=None, null=False)
    state = Varchar(length=12, default=None, null=False)
    version = Integer(default=None, null=False)
    content = JSONB(default=None, null=False)
    paper = ForeignKey(StoredFile, null=True, default=None, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    made_at = Timestamptz(default=None, null=False)
    submitter = Varchar(length=120, default=None, null=True)
    hands = Array(base_column=Varchar(length=120), default=None, null=False)
    submitted_at = Timestamptz(default=None, null=True)
    decider = Varchar(length=120, default=None, null=True)
    decided_at = Timestamptz(default=None, null=True)
    reason = Text(default="", null=False)

    training_plan_state_known = Check("state IN ('draft', 'submitted', 'approved', 'returned')")
    training_plan_year_possible = Check("year BETWEEN 2000 AND 2999")
    training_plan_version_counts = Check("version >= 1")


class TrainingPlanLine(Table, tablename="training_plan_line"):
    """An approved project of a plan: never changed, referred to by classes. Money in fen."""

    id = BigSerial(primary_key=True)
    plan = ForeignKey(TrainingPlan, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=False)
    place = SmallInt(default=None, null=False)
    title = Varchar(length=200, default=None, null=False)
    stream = Varchar(length=20, default=None, null=False)
    people = Integer(default=None, null=False)
    budget_fen = BigInt(default=None, null=False)
    way = Varchar(length=12, default=None, null=False)
    business = Text(default=None, null=False)
    item = Varchar(length=40, default=None, null=True)
    institution = Varchar(length=40, default=None, null=True)
    contract = Varchar(length=200, default=None, null=False)
    pooled = Boolean(default=None, null=False)
    split = Varchar(length=12, default=None, null=True)

    training_plan_line_once = Unique([plan, place])
    training_plan_line_possible = Check("people > 0 AND budget_fen >= 0 AND place >= 1")
    training_plan_line_way_known = Check("way IN ('self', 'commissioned', 'joint')")
    training_plan_line_split_known = Check("pooled = (split IS NOT NULL) AND (split IS NULL OR split IN ('per_head', 'contract'))")
