"""Tables of dated lists: changes of a list as proposed and decided by two persons, with their entries; nothing is removed."""

from piccolo.columns import Array, BigSerial, Date, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table


class ListChange(Table, tablename="list_change"):
    """A change of one list: some entries that count together when another person approves them."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    kind = Varchar(length=24, default=None, null=False)
    why = Text(default=None, null=False)
    proposed_by = Varchar(length=120, default=None, null=False)
    proposer = Varchar(length=120, default=None, null=False)
    hands = Array(base_column=Varchar(length=120), default=None, null=False)
    proposed_at = Timestamptz(default=None, null=False)
    state = Varchar(length=12, default=None, null=False)
    decided_by = Varchar(length=120, default=None, null=True)
    decider = Varchar(length=120, default=None, null=True)
    decided_at = Timestamptz(default=None, null=True)
    reason = Text(default="", null=False)

    list_change_kind_known = Check(
        "kind IN ('key_enterprise', 'enterprise_industry', 'priority_industry', 'pilot_occupation', 'cooperation_base')"
    )
    list_change_state_known = Check("state IN ('open', 'approved', 'refused')")
    list_change_decided_whole = Check("(state = 'open') = (decided_at IS NULL)")


class ListEntryRow(Table, tablename="list_entry"):
    """One entry of a change; days with both ends, no end means until further notice."""

    id = BigSerial(primary_key=True)
    change = ForeignKey(ListChange, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=False)
    place = Integer(default=None, null=False)
    code = Varchar(length=20, default=None, null=False, index=True)
    name = Varchar(length=200, default=None, null=False)
    industry = Varchar(length=5, default=None, null=True)
    valid_from = Date(default=None, null=False)
    valid_to = Date(default=None, null=True)
    paper = Text(default=None, null=False)
    standing = Varchar(length=5, default=None, null=False)

    list_entry_once = Unique([change, place])
    list_entry_days_forward = Check("valid_to IS NULL OR valid_to >= valid_from")
