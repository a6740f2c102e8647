"""Tables of call-backs by sample (电话回访): the list with its digest and seed, who was drawn, and every call, append only."""

from piccolo.columns import JSONB, BigSerial, Bytea, ForeignKey, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training_admin.catalog.class_tables import ClassVersionRow

_RESTRICT = OnDelete.restrict, OnUpdate.restrict


class CallbackSample(Table, tablename="callback_sample"):
    """A sample of the roster of a class: the roster's places with their digest, the seed from the trail, the places drawn in order."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    class_version = ForeignKey(ClassVersionRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], unique=True)
    class_no = Varchar(length=40, default=None, null=False, index=True)
    places = JSONB(default=None, null=False)
    list_sha256 = Varchar(length=64, default=None, null=False)
    seed = Varchar(length=64, default=None, null=False)
    maker = Varchar(length=120, default=None, null=False)
    made_by = Varchar(length=120, default=None, null=False)
    made_at = Timestamptz(default=None, null=False)


class CallbackPerson(Table, tablename="callback_person"):
    """Somebody who was drawn: his place in the roster, and his key; `turn` counts from one in the order of the draw."""

    id = BigSerial(primary_key=True)
    sample = ForeignKey(CallbackSample, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    turn = SmallInt(default=None, null=False)
    place = SmallInt(default=None, null=False)
    person = Bytea(default=None, null=False)

    callback_person_once = Unique([sample, turn])
    callback_person_place_once = Unique([sample, place])


class CallbackCall(Table, tablename="callback_call"):
    """One call: reached, not reached, or what he says contradicts the records; a trigger refuses changes, the newest counts."""

    id = BigSerial(primary_key=True)
    callback_person = ForeignKey(CallbackPerson, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    result = Varchar(length=12, default=None, null=False)
    words = Text(default=None, null=False)
    recording = Varchar(length=40, default=None, null=False)
    caller = Varchar(length=120, default=None, null=False)
    called_by = Varchar(length=120, default=None, null=False)
    called_at = Timestamptz(default=None, null=False)

    callback_call_result_known = Check("result IN ('agrees', 'missed', 'contradicts')")
