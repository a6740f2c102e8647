"""Tables of steering: yearly targets, streets of enterprises, people trained through other channels, alarms; only ever added to."""

from piccolo.columns import BigInt, BigSerial, Boolean, Bytea, Date, ForeignKey, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table

_RESTRICT = OnDelete.restrict, OnUpdate.restrict


class YearTarget(Table, tablename="year_target"):
    """A target of one indicator for a year, a department ("" all) and a street ("" all); the newest row of them counts.

    `value` is in the indicator's own unit: people, firms, basis points or fen; None takes the target back.
    """

    id = BigSerial(primary_key=True)
    year = SmallInt(default=None, null=False, index=True)
    indicator = Varchar(length=24, default=None, null=False)
    department = Varchar(length=12, default="", null=False)
    street = Varchar(length=40, default="", null=False)
    value = BigInt(default=None, null=True)
    paper = Varchar(length=200, default=None, null=False)
    standing = Varchar(length=5, default=None, null=False)
    responsible = Varchar(length=60, default=None, null=False)
    account = Varchar(length=24, default=None, null=True)
    why = Text(default=None, null=False)
    entered_by = Varchar(length=120, default=None, null=False)
    enterer = Varchar(length=120, default=None, null=False)
    entered_at = Timestamptz(default=None, null=False)

    year_target_possible = Check("value IS NULL OR value > 0")


class ChannelDelivery(Table, tablename="channel_delivery"):
    """A file of another channel: people it has trained in a year (人员), or in which street enterprises are (街镇)."""

    id = BigSerial(primary_key=True)
    kind = Varchar(length=8, default=None, null=False)
    channel = Varchar(length=100, default=None, null=False)
    department = Varchar(length=12, default="", null=False)
    year = SmallInt(default=None, null=False)
    sha256 = Varchar(length=64, default=None, null=False, unique=True)
    rows = Integer(default=None, null=False)
    imported_by = Varchar(length=120, default=None, null=False)
    importer = Varchar(length=120, default=None, null=False)
    imported_at = Timestamptz(default=None, null=False)

    channel_delivery_kind_known = Check("kind IN ('people', 'streets')")


class ChannelTrained(Table, tablename="channel_trained"):
    """One person whom another channel has trained: his keyed hash and nothing else of him, the day, the enterprise, the level of 1 to 5."""

    id = BigSerial(primary_key=True)
    delivery = ForeignKey(ChannelDelivery, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    person = Bytea(default=None, null=False)
    day = Date(default=None, null=False, index=True)
    uscc = Varchar(length=18, default="", null=False)
    street = Varchar(length=40, default="", null=False)
    level = Varchar(length=1, default="", null=False)
    passed = Boolean(default=None, null=False)

    channel_trained_level_known = Check("level IN ('', '1', '2', '3', '4', '5')")


class EnterpriseStreet(Table, tablename="enterprise_street"):
    """In which street an enterprise pays its taxes, and is registered where that is told apart; the newest delivery counts."""

    id = BigSerial(primary_key=True)
    delivery = ForeignKey(ChannelDelivery, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    uscc = Varchar(length=18, default=None, null=False, index=True)
    street = Varchar(length=40, default=None, null=False)
    registered = Varchar(length=40, default="", null=False)

    enterprise_street_once = Unique([delivery, uscc])


class IndicatorAlarm(Table, tablename="indicator_alarm"):
    """An alarm 黄/橙/红 of a target on a day: what was reached, what was expected, whose it is, how it was disposed of."""

    id = BigSerial(primary_key=True)
    year = SmallInt(default=None, null=False)
    indicator = Varchar(length=24, default=None, null=False)
    department = Varchar(length=12, default="", null=False)
    street = Varchar(length=40, default="", null=False)
    colour = Varchar(length=8, default=None, null=False)
    done = BigInt(default=None, null=False)
    expected = BigInt(default=None, null=False)
    responsible = Varchar(length=60, default=None, null=False)
    account = Varchar(length=24, default=None, null=True)
    raised_on = Date(default=None, null=False)
    raised_at = Timestamptz(default=None, null=False)
    disposal = Text(default="", null=False)
    disposed_by = Varchar(length=120, default=None, null=True)
    disposer = Varchar(length=120, default=None, null=True)
    disposed_at = Timestamptz(default=None, null=True)

    indicator_alarm_once = Unique([year, indicator, department, street, colour, raised_on])
    indicator_alarm_colour_known = Check("colour IN ('yellow', 'orange', 'red')")
    indicator_alarm_disposed_whole = Check("(disposed_at IS NULL) = (disposed_by IS NULL) AND (disposed_at IS NULL) = (disposer IS NULL)")
