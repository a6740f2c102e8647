"""Tables of visits to classes (INSP-01): one row a visit, never rewritten."""

from piccolo.columns import Array, BigSerial, Boolean, Date, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table


class ClassVisit(Table, tablename="class_visit"):
    """A visit (检查记录) of a class by at least two inspectors: who was expected and present, what was found, whether it is in order.

    The class is told by its number, because classes filed elsewhere are visited too.
    """

    id = BigSerial(primary_key=True)
    class_no = Varchar(length=40, default=None, null=False, index=True)
    visited_on = Date(default=None, null=False)
    starts = SmallInt(default=None, null=False)
    way = Varchar(length=8, default=None, null=False)
    inspectors = Array(base_column=Varchar(length=120), default=None, null=False)
    expected = Integer(default=None, null=False)
    present = Integer(default=None, null=False)
    teacher_fits = Boolean(default=None, null=False)
    plan_fits = Boolean(default=None, null=False)
    textbooks = Boolean(default=None, null=False)
    order_kept = Boolean(default=None, null=False)
    safe = Boolean(default=None, null=False)
    passed = Boolean(default=None, null=False)
    words = Text(default="", null=False)
    teller = Varchar(length=120, default=None, null=False)
    told_at = Timestamptz(default=None, null=False)

    class_visit_way_known = Check("way IN ('onsite', 'video', 'phone')")
    class_visit_counts_possible = Check("expected >= 0 AND present BETWEEN 0 AND expected")
    class_visit_two_inspectors = Check("cardinality(inspectors) >= 2")
