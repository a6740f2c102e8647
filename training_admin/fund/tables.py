"""Tables of the fund: trainings already paid, as delivered; `place` tells equal rows of one delivery apart."""

from piccolo.columns import BigInt, BigSerial, Bytea, Date, ForeignKey, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check
from piccolo.table import Table

from training_admin.parties.tables import Delivery


class PaidTrainingRow(Table, tablename="paid_training"):
    """One paid training of a person (keyed hash), from this fund or another. The same row delivered again counts once.

    `case_no` names the claim for which it was paid here, with its class, and `place` the row; `gone_at` is since when it counts no longer.
    """

    id = BigSerial(primary_key=True)
    delivery = ForeignKey(Delivery, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    person = Bytea(default=None, null=False, index=True)
    occupation = Varchar(length=20, default=None, null=True)
    level = Varchar(length=8, default=None, null=True)
    paid_on = Date(default=None, null=False)
    fund = Varchar(length=12, default=None, null=False)
    amount_fen = BigInt(default=None, null=False)
    stream = Varchar(length=20, default=None, null=True)
    place = SmallInt(default=None, null=False)
    case_no = Varchar(length=40, default=None, null=True, index=True)
    class_no = Varchar(length=40, default=None, null=True)
    gone_at = Timestamptz(default=None, null=True)

    paid_training_not_negative = Check("amount_fen >= 0 AND place >= 0")
