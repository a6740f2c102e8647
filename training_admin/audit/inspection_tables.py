"""Tables of inspections by lot (双随机、一公开) and of what was found wrong and has to be put right (整改)."""

from piccolo.columns import JSONB, BigSerial, Date, SmallInt, Text, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table


class InspectionPlanRow(Table, tablename="inspection_plan"):
    """A plan of inspections: the list with lots and its digest are published first; the seed comes from the trail afterwards.

    `drawn` names each class with its inspectors; it stays empty until the draw.
    """

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    year = SmallInt(default=None, null=False, index=True)
    title = Varchar(length=200, default=None, null=False)
    lots = JSONB(default=None, null=False)
    inspectors = JSONB(default=None, null=False)
    list_sha256 = Varchar(length=64, default=None, null=False)
    classes = SmallInt(default=None, null=False)
    people = SmallInt(default=None, null=False)
    basis = JSONB(default=None, null=False)
    planner = Varchar(length=120, default=None, null=False)
    published_at = Timestamptz(default=None, null=False)
    seed = Varchar(length=64, default="", null=False)
    drawn = JSONB(default=None, null=False)
    drawer = Varchar(length=120, default="", null=False)
    drawn_at = Timestamptz(default=None, null=True)

    inspection_plan_counts_possible = Check("classes >= 1 AND people >= 2")
    inspection_plan_drawn_whole = Check("(seed = '') = (drawn_at IS NULL)")


class RectificationRow(Table, tablename="rectification"):
    """Something to be put right (整改台账): problem, measure, deadline, and how it ended; `origin` is a plan, a doubt or a case."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    origin = Varchar(length=40, default=None, null=False, index=True)
    organisation = Varchar(length=40, default=None, null=False, index=True)
    organisation_name = Varchar(length=200, default=None, null=False)
    class_no = Varchar(length=40, default="", null=False, index=True)
    problem = Text(default=None, null=False)
    measure = Text(default=None, null=False)
    deadline = Date(default=None, null=False)
    asker = Varchar(length=120, default=None, null=False)
    asked_at = Timestamptz(default=None, null=False)
    reply = Text(default="", null=False)
    replier = Varchar(length=120, default="", null=False)
    replied_at = Timestamptz(default=None, null=True)
    ending = Varchar(length=10, default="", null=False)
    ender = Varchar(length=120, default="", null=False)
    ended_at = Timestamptz(default=None, null=True)
    words = Text(default="", null=False)

    rectification_ending_known = Check("ending IN ('', 'closed', 'referred')")
    rectification_ended_whole = Check("(ending = '') = (ended_at IS NULL)")
