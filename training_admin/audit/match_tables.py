"""Tables of lists that other departments hand over for comparison; persons stand there by keyed hash only, and are purged on their day."""

from piccolo.columns import BigSerial, Bytea, Date, ForeignKey, Integer, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check
from piccolo.table import Table


class MatchListRow(Table, tablename="match_list"):
    """A list with its source, legal basis, coverage and purge date; the head stays when its rows are purged."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    kind = Varchar(length=12, default=None, null=False, index=True)
    source = Varchar(length=200, default=None, null=False)
    basis = Varchar(length=300, default=None, null=False)
    as_of = Date(default=None, null=False)
    covers_from = Date(default=None, null=False)
    covers_to = Date(default=None, null=False)
    purge_on = Date(default=None, null=False, index=True)
    rows = Integer(default=None, null=False)
    sha256 = Varchar(length=64, default=None, null=False, unique=True)
    importer = Varchar(length=120, default=None, null=False)
    imported_at = Timestamptz(default=None, null=False)
    purged_at = Timestamptz(default=None, null=True)

    match_list_in_known_kind = Check(
        "kind IN ('death', 'pension', 'payroll', 'school', 'abroad', 'hospital', 'detention', 'status', 'other_fund', 'not_found')"
    )
    match_list_forward = Check("covers_from <= covers_to AND purge_on > as_of")


class MatchEntryRow(Table, tablename="match_entry"):
    """One person of a list, by the keyed hash under which claims know him."""

    id = BigSerial(primary_key=True)
    match_list = ForeignKey(MatchListRow, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    person = Bytea(default=None, null=False, index=True)
    starts = Date(default=None, null=True)
    ends = Date(default=None, null=True)
    word = Varchar(length=100, default="", null=False)


class MatchQueryRow(Table, tablename="match_query"):
    """A department asked about everybody trained in a stretch of days; the answer as it came is a sealed file (`sha256`)."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    kind = Varchar(length=12, default=None, null=False)
    first = Date(default=None, null=False)
    last = Date(default=None, null=False)
    asked = Integer(default=None, null=False)
    unanswered = Integer(default=None, null=True)
    state = Varchar(length=10, default=None, null=False, index=True)
    tries = SmallInt(default=0, null=False)
    fault = Varchar(length=60, default="", null=False)
    sha256 = Varchar(length=64, default=None, null=True)
    match_list = ForeignKey(MatchListRow, null=True, default=None, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    asker = Varchar(length=120, default=None, null=False)
    asked_at = Timestamptz(default=None, null=False)
    answered_at = Timestamptz(default=None, null=True)

    match_query_forward = Check("first <= last AND asked > 0")
    match_query_state_known = Check("state IN ('waiting', 'answered', 'failed')")
    match_query_answered_whole = Check("(state = 'answered') = (answered_at IS NOT NULL AND match_list IS NOT NULL AND sha256 IS NOT NULL)")
