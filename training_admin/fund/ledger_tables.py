"""Tables of the double-entry ledger (资金明细账): budgets, their accounts, entries and postings. Money is fen.

Entries and postings are append only; at commit the database itself checks that each entry sums to zero in every budget and that the
balance of an account is that of its postings (see the migration).
"""

from piccolo.columns import BigInt, BigSerial, Boolean, ForeignKey, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table

_RESTRICT = OnDelete.restrict, OnUpdate.restrict


class FundBudget(Table, tablename="fund_budget"):
    """A budget line (预算指标): year, sub-fund, stream ("" for any), budget subject and paper; closed when its year was carried over."""

    id = BigSerial(primary_key=True)
    year = SmallInt(default=None, null=False)
    sub_fund = Varchar(length=12, default=None, null=False)
    stream = Varchar(length=20, default="", null=False)
    subject_code = Varchar(length=20, default=None, null=False)
    paper = Varchar(length=200, default=None, null=False)
    closed = Boolean(default=False, null=False)

    fund_budget_once = Unique([year, sub_fund, stream])
    fund_budget_sub_fund_known = Check("sub_fund IN ('enterprise', 'district', 'surplus')")


class FundAccount(Table, tablename="fund_account"):
    """One account of a budget: where its fen are. What was granted is negative, all others never are."""

    id = BigSerial(primary_key=True)
    budget = ForeignKey(FundBudget, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    kind = Varchar(length=12, default=None, null=False)
    balance_fen = BigInt(default=None, null=False)

    fund_account_once = Unique([budget, kind])
    fund_account_kind_known = Check("kind IN ('granted', 'available', 'committed', 'payable', 'paid', 'receivable', 'recovered')")
    fund_account_covered = Check("CASE kind WHEN 'granted' THEN balance_fen <= 0 ELSE balance_fen >= 0 END")


class FundEntry(Table, tablename="fund_entry"):
    """One act on the ledger; `business_id` is given by the act, so that the same act cannot be entered twice."""

    id = BigSerial(primary_key=True)
    business_id = Varchar(length=120, default=None, null=False, unique=True)
    act = Varchar(length=12, default=None, null=False)
    subject = Varchar(length=60, default=None, null=False, index=True)
    words = Text(default="", null=False)
    actor = Varchar(length=120, default=None, null=False)
    at = Timestamptz(default=None, null=False)


class FundPosting(Table, tablename="fund_posting"):
    """One side of an entry with the balance of its account afterwards."""

    id = BigSerial(primary_key=True)
    entry = ForeignKey(FundEntry, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    account = ForeignKey(FundAccount, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    amount_fen = BigInt(default=None, null=False)
    balance_after_fen = BigInt(default=None, null=False)

    fund_posting_moves = Check("amount_fen <> 0")
