"""Tables of visits told from a phone (现场检查): the key the form was opened with, and the photos with their digests."""

from piccolo.columns import BigInt, BigSerial, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training_admin.catalog.visit_tables import ClassVisit
from training_admin.office.tables import StoredFile

_RESTRICT = OnDelete.restrict, OnUpdate.restrict


class FieldVisit(Table, tablename="field_visit"):
    """A visit that was entered on a phone; `key` was made there when the form was opened and has one effect however often it is sent."""

    id = BigSerial(primary_key=True)
    key = Varchar(length=80, default=None, null=False, unique=True)
    sha256 = Varchar(length=64, default=None, null=False)
    plan = Varchar(length=24, default=None, null=False, index=True)
    visit = ForeignKey(ClassVisit, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], unique=True)
    opened_at = Timestamptz(default=None, null=False)
    sent_by = Varchar(length=120, default=None, null=False)
    sent_at = Timestamptz(default=None, null=False)


class FieldPhoto(Table, tablename="field_photo"):
    """A photo of a visit: its digest and size as the phone told them with the visit, the sealed file once it has arrived."""

    id = BigSerial(primary_key=True)
    field_visit = ForeignKey(FieldVisit, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    sha256 = Varchar(length=64, default=None, null=False)
    size = BigInt(default=None, null=False)
    taken_at = Timestamptz(default=None, null=False)
    file = ForeignKey(StoredFile, null=True, default=None, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)

    field_photo_once = Unique([field_visit, sha256])
    field_photo_sha256_whole = Check("length(sha256) = 64")
    field_photo_size_possible = Check("size > 0")
