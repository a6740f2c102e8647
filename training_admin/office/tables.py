"""Tables of the office. Numbers and hashes are text, instants are aware, contents of files are sealed by the vault."""

from piccolo.columns import JSONB, BigInt, BigSerial, Boolean, Bytea, Date, ForeignKey, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table


class StoredFile(Table, tablename="stored_file"):
    """A file as it was handed in or made, found by the SHA-256 of its plain content and kept once."""

    id = BigSerial(primary_key=True)
    sha256 = Varchar(length=64, default=None, null=False, unique=True)
    media_type = Varchar(length=120, default=None, null=False)
    size = BigInt(default=None, null=False)
    key_version = SmallInt(default=None, null=False)
    sealed = Bytea(default=None, null=False)
    at = Timestamptz(default=None, null=False)

    stored_file_sha256_whole = Check("length(sha256) = 64")
    stored_file_size_possible = Check("size >= 0")


class KeyProof(Table, tablename="key_proof"):
    """A sealed known text: tells at start whether the key file belongs to this database."""

    id = SmallInt(primary_key=True, default=None, null=False)
    sealed = Bytea(default=None, null=False)

    key_proof_single = Check("id = 1")


class Trail(Table, tablename="trail"):
    """What was done by whom, append only: a trigger refuses changes, each row carries the hash of the one before."""

    number = BigInt(primary_key=True, default=None, null=False)
    at = Timestamptz(default=None, null=False)
    actor = Varchar(length=120, default=None, null=False)
    event = Varchar(length=120, default=None, null=False)
    subject = Varchar(length=120, default=None, null=False, index=True)
    detail = JSONB(default=None, null=False)
    previous_hash = Varchar(length=64, default=None, null=False, unique=True)
    hash = Varchar(length=64, default=None, null=False, unique=True)

    trail_number_counts_from_one = Check("number >= 1")
    trail_event_in_three_parts = Check("event ~ '^[a-z_]+:[a-z_]+:[a-z_]+$'")


class TrailHead(Table, tablename="trail_head"):
    """The end of the trail; locked by whoever writes the next row, so that the chain cannot fork."""

    id = SmallInt(primary_key=True, default=None, null=False)
    number = BigInt(default=None, null=False)
    hash = Varchar(length=64, default=None, null=False)

    trail_head_single = Check("id = 1")


class BusinessNumber(Table, tablename="business_number"):
    """The last number given out per kind and year; given out in the act's own transaction, so there are no gaps."""

    id = BigSerial(primary_key=True)
    kind = Varchar(length=40, default=None, null=False)
    year = SmallInt(default=None, null=False)
    last = BigInt(default=None, null=False)

    business_number_kind_year_unique = Unique([kind, year])
    business_number_positive = Check("last > 0")


class CalendarDay(Table, tablename="calendar_day"):
    """A published exception of the working calendar: a weekday off or a weekend day worked (调休), known since a day."""

    id = BigSerial(primary_key=True)
    day = Date(default=None, null=False, unique=True)
    worked = Boolean(default=None, null=False)
    name = Varchar(length=40, default=None, null=False)
    papers = Text(default=None, null=False)
    known_since = Date(default=None, null=False)


class JobDone(Table, tablename="job_done"):
    """Marks that a job's effect happened; written in the effect's own transaction."""

    id = BigSerial(primary_key=True)
    entrypoint = Varchar(length=60, default=None, null=False)
    key = Varchar(length=120, default=None, null=False)
    at = Timestamptz(default=None, null=False)

    job_done_once = Unique([entrypoint, key])


class JobStart(Table, tablename="job_start"):
    """How often a job was begun without an end; after the third time it is parked and waits for a person."""

    id = BigSerial(primary_key=True)
    entrypoint = Varchar(length=60, default=None, null=False)
    key = Varchar(length=120, default=None, null=False)
    starts = SmallInt(default=None, null=False)
    parked = Boolean(default=False, null=False)
    fault = Varchar(length=120, default="", null=False)
    at = Timestamptz(default=None, null=False)

    job_start_entrypoint_key_unique = Unique([entrypoint, key])
    job_start_counts_from_one = Check("starts >= 1")


class KnowledgeClock(Table, tablename="knowledge_clock"):
    """The instant at which something became known last: figures, catalog versions, deliveries of registers."""

    id = SmallInt(primary_key=True, default=None, null=False)
    at = Timestamptz(default=None, null=False)

    knowledge_clock_single = Check("id = 1")


class SentMessage(Table, tablename="message"):
    """A message as it was written, kept on the case it belongs to; of an organisation's people only those with `needs` read it."""

    id = BigSerial(primary_key=True)
    recipient_kind = Varchar(length=12, default=None, null=False)
    recipient = Varchar(length=64, default=None, null=False, index=True)
    needs = Varchar(length=30, default=None, null=True)
    subject = Varchar(length=40, default=None, null=False, index=True)
    title = Varchar(length=80, default=None, null=False)
    text = Text(default=None, null=False)
    link = Varchar(length=120, default=None, null=False)
    at = Timestamptz(default=None, null=False)
    sent_at = Timestamptz(default=None, null=True)
    channel = Varchar(length=12, default="", null=False)

    message_recipient_known = Check("recipient_kind IN ('account', 'person', 'organisation')")
    message_right_of_organisations = Check("(recipient_kind = 'organisation') = (needs IS NOT NULL)")


class MessageRead(Table, tablename="message_read"):
    """Somebody has read a message: the key of his account, or of his own records."""

    id = BigSerial(primary_key=True)
    message = ForeignKey(SentMessage, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=False)
    reader = Varchar(length=64, default=None, null=False)
    at = Timestamptz(default=None, null=False)

    message_read_once = Unique([message, reader])
