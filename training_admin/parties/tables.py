"""Tables of the parties: what other offices deliver, append only, each row tied to its delivery (the second clock).

The newest delivery that speaks about a thing decides; nothing is ever changed, so any past state can be read again.
"""

from piccolo.columns import BigInt, BigSerial, Bytea, Date, ForeignKey, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table


class Delivery(Table, tablename="delivery"):
    """One delivery of registers: who sent it, the day it describes, and when it became known here."""

    id = BigSerial(primary_key=True)
    source = Text(default=None, null=False)
    as_of = Date(default=None, null=False)
    received_at = Timestamptz(default=None, null=False, index=True)
    sha256 = Varchar(length=64, default=None, null=False, unique=True)
    rows = BigInt(default=None, null=False)

    delivery_rows_counted = Check("rows >= 0")


class Covered(Table, tablename="covered"):
    """A month of insurance or a year of surcharge that a delivery brought; what is not covered is unknown, not zero."""

    id = BigSerial(primary_key=True)
    delivery = ForeignKey(Delivery, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    kind = Varchar(length=12, default=None, null=False)
    period = Varchar(length=7, default=None, null=False)

    covered_once = Unique([delivery, kind, period])
    covered_kind_known = Check("kind IN ('insurance', 'surcharge')")


class EnterpriseVersion(Table, tablename="enterprise_version"):
    """An enterprise as one delivery describes it."""

    id = BigSerial(primary_key=True)
    delivery = ForeignKey(Delivery, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    uscc = Varchar(length=18, default=None, null=False, index=True)
    name = Varchar(length=200, default=None, null=False)
    size = Varchar(length=5, default=None, null=True)
    tax_district = Varchar(length=6, default=None, null=True)
    status = Varchar(length=20, default=None, null=True)
    kind = Varchar(length=20, default=None, null=False)
    insured_headcount = Integer(default=None, null=True)

    enterprise_version_once = Unique([delivery, uscc])
    enterprise_version_size_known = Check("size IN ('L', 'M', 'S', 'MICRO')")


class YearAmount(Table, tablename="year_amount"):
    """An enterprise's amount of a year in fen: surcharge paid, or subsidy already received."""

    id = BigSerial(primary_key=True)
    delivery = ForeignKey(Delivery, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    uscc = Varchar(length=18, default=None, null=False, index=True)
    kind = Varchar(length=12, default=None, null=False)
    year = SmallInt(default=None, null=False)
    amount_fen = BigInt(default=None, null=False)

    year_amount_once = Unique([delivery, uscc, kind, year])
    year_amount_kind_known = Check("kind IN ('surcharge', 'subsidy')")
    year_amount_not_negative = Check("amount_fen >= 0")


class InstitutionVersion(Table, tablename="institution_version"):
    """A training institution as one delivery describes it; occupations separated by a comma."""

    id = BigSerial(primary_key=True)
    delivery = ForeignKey(Delivery, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    uscc = Varchar(length=18, default=None, null=False, index=True)
    name = Varchar(length=200, default=None, null=False)
    licence_to = Date(default=None, null=True)
    occupations = Text(default=None, null=False)

    institution_version_once = Unique([delivery, uscc])


class InsuredMonthRow(Table, tablename="insured_month"):
    """One month of employee insurance: the person as keyed hash, the month as yyyymm, and who paid."""

    id = BigSerial(primary_key=True)
    delivery = ForeignKey(Delivery, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    person = Bytea(default=None, null=False, index=True)
    month = Integer(default=None, null=False)
    payer = Varchar(length=18, default=None, null=False)

    insured_month_possible = Check("month BETWEEN 200001 AND 209912 AND month % 100 BETWEEN 1 AND 12")
