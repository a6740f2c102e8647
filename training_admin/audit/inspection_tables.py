"""Tables of inspections by lot (双随机、一公开)."""

from piccolo.columns import JSONB, BigSerial, SmallInt, Timestamptz, Varchar
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
