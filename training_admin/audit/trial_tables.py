"""Table of trials (试算): a policy tried on stored claims and filed classes, or what a correction does to decided claims."""

from piccolo.columns import BigSerial, Bytea, Integer, SmallInt, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table


class TrialRow(Table, tablename="trial"):
    """What is tried, how far it has come, and its result as compressed JSON; `subject` is a proposal, a delivery or a figure."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    kind = Varchar(length=10, default=None, null=False, index=True)
    subject = Varchar(length=40, default=None, null=False)
    title = Varchar(length=300, default=None, null=False)
    year = SmallInt(default=None, null=False)
    asker = Varchar(length=120, default=None, null=False)
    asked_at = Timestamptz(default=None, null=False)
    state = Varchar(length=8, default=None, null=False)
    done = Integer(default=0, null=False)
    total = Integer(default=0, null=False)
    result = Bytea(default=None, null=True)
    ended_at = Timestamptz(default=None, null=True)

    trial_kind_known = Check("kind IN ('proposal', 'current', 'delivery', 'figure')")
    trial_state_known = Check("state IN ('waiting', 'running', 'done', 'refused')")
    trial_done_whole = Check("(state = 'done') = (result IS NOT NULL)")
