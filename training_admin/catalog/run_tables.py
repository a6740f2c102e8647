"""Tables of running classes: sessions held, attendance, online records, results, confirmations, forecasts, closing.

What people enter is only ever added; the newest row of a session, person or result counts, the older ones stay visible.
"""

from piccolo.columns import JSONB, BigInt, BigSerial, Boolean, Bytea, Date, ForeignKey, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training_admin.catalog.class_tables import ClassRow
from training_admin.parties.institution_tables import ResourceRow

_RESTRICT = OnDelete.restrict, OnUpdate.restrict


class SessionHeldRow(Table, tablename="class_session_held"):
    """A session confirmed as held: taught minutes, 0 for one that was not held. A session is known by its day and beginning."""

    id = BigSerial(primary_key=True)
    training_class = ForeignKey(ClassRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    day = Date(default=None, null=False)
    starts = SmallInt(default=None, null=False)
    minutes = SmallInt(default=None, null=False)
    way = Varchar(length=8, default=None, null=False)
    note = Text(default="", null=False)
    confirmer = Varchar(length=120, default=None, null=False)
    confirmed_by = Varchar(length=120, default=None, null=False)
    confirmed_at = Timestamptz(default=None, null=False)

    class_session_held_possible = Check("minutes BETWEEN 0 AND 1440 AND starts BETWEEN 0 AND 1439")
    class_session_held_way_known = Check("way IN ('page', 'workbook', 'sheet')")


class AttendanceRow(Table, tablename="class_attendance"):
    """How one person attended one session: mark and attended minutes, in which way it was told, by which device and when."""

    id = BigSerial(primary_key=True)
    training_class = ForeignKey(ClassRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    day = Date(default=None, null=False)
    starts = SmallInt(default=None, null=False)
    person = Bytea(default=None, null=False)
    mark = Varchar(length=8, default=None, null=False)
    minutes = SmallInt(default=None, null=False)
    way = Varchar(length=8, default=None, null=False)
    device = Varchar(length=64, default="", null=False)
    told_by = Varchar(length=120, default=None, null=False)
    told_at = Timestamptz(default=None, null=False)

    class_attendance_mark_known = Check("mark IN ('present', 'late', 'leave', 'absent')")
    class_attendance_way_known = Check("way IN ('code', 'page', 'workbook', 'sheet', 'online')")
    class_attendance_possible = Check("minutes BETWEEN 0 AND 1440")


class OnlineRecordRow(Table, tablename="class_online_record"):
    """One learning record of an online platform, traceable by the platform's own number (CLS-04)."""

    id = BigSerial(primary_key=True)
    training_class = ForeignKey(ClassRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    platform = ForeignKey(ResourceRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    record_no = Varchar(length=64, default=None, null=False)
    person = Bytea(default=None, null=False)
    day = Date(default=None, null=False)
    starts = SmallInt(default=None, null=False)
    began_at = Timestamptz(default=None, null=False)
    minutes = SmallInt(default=None, null=False)
    real_name = Boolean(default=None, null=False)
    tutored = Boolean(default=None, null=False)
    tested = Boolean(default=None, null=False)
    told_by = Varchar(length=120, default=None, null=False)
    told_at = Timestamptz(default=None, null=False)

    class_online_record_once = Unique([platform, record_no])
    class_online_record_possible = Check("minutes BETWEEN 1 AND 1440")


class ResultRow(Table, tablename="class_result"):
    """The assessment result of one person (EXAM-01): theory and practice where they are held, the outcome, a certificate's number."""

    id = BigSerial(primary_key=True)
    training_class = ForeignKey(ClassRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    person = Bytea(default=None, null=False)
    theory = Varchar(length=8, default="", null=False)
    practice = Varchar(length=8, default="", null=False)
    outcome = Varchar(length=8, default=None, null=False)
    certificate_no = Varchar(length=40, default="", null=False)
    certified_on = Date(default=None, null=True)
    told_by = Varchar(length=120, default=None, null=False)
    told_at = Timestamptz(default=None, null=False)

    class_result_outcome_known = Check("outcome IN ('passed', 'failed', 'absent')")
    class_result_parts_known = Check("theory IN ('', 'passed', 'failed', 'absent') AND practice IN ('', 'passed', 'failed', 'absent')")
    class_result_certificate_dated = Check("(certificate_no = '') = (certified_on IS NULL)")


class WitnessRow(Table, tablename="class_witness"):
    """What a trainee is asked at enrolment and at the end, and what he answers (CONF-01); the link is known by its hash only."""

    id = BigSerial(primary_key=True)
    training_class = ForeignKey(ClassRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    person = Bytea(default=None, null=False, index=True)
    moment = Varchar(length=10, default=None, null=False)
    token_hash = Bytea(default=None, null=False, unique=True)
    asked_at = Timestamptz(default=None, null=False)
    answer_by = Date(default=None, null=False)
    answer = Varchar(length=8, default=None, null=True)
    answered_at = Timestamptz(default=None, null=True)
    channel = Varchar(length=8, default="", null=False)
    scores = JSONB(default=None, null=True)

    class_witness_once = Unique([training_class, person, moment])
    class_witness_moment_known = Check("moment IN ('enrolment', 'end')")
    class_witness_answer_known = Check("answer IS NULL OR answer IN ('me', 'not_me')")
    class_witness_answered_whole = Check("(answer IS NULL) = (answered_at IS NULL)")


class ForecastRow(Table, tablename="class_forecast"):
    """What the later claim would say of a class on one day (dry run): per person outcome, rules and fen; written by the claims' room."""

    id = BigSerial(primary_key=True)
    training_class = ForeignKey(ClassRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    made_on = Date(default=None, null=False)
    made_at = Timestamptz(default=None, null=False)
    payable = Integer(default=None, null=False)
    refused = Integer(default=None, null=False)
    pending = Integer(default=None, null=False)
    payable_fen = BigInt(default=None, null=False)
    content = JSONB(default=None, null=False)
    sha256 = Varchar(length=64, default=None, null=False)

    class_forecast_once = Unique([training_class, made_on])


class ClosingRow(Table, tablename="class_closing"):
    """The facts of a class frozen when it was closed, as canonical JSON with their digest; never rewritten."""

    id = BigSerial(primary_key=True)
    training_class = ForeignKey(ClassRow, null=False, unique=True, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    version = SmallInt(default=None, null=False)
    content = Bytea(default=None, null=False)
    sha256 = Varchar(length=64, default=None, null=False)
    closer = Varchar(length=120, default=None, null=False)
    closed_by = Varchar(length=120, default=None, null=False)
    closed_at = Timestamptz(default=None, null=False)


class SeatRequestRow(Table, tablename="class_seat_request"):
    """Seats that a firm asks for in a pooled class (集中培训班)."""

    id = BigSerial(primary_key=True)
    training_class = ForeignKey(ClassRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    enterprise = Varchar(length=40, default=None, null=False, index=True)
    enterprise_name = Varchar(length=200, default=None, null=False)
    people = SmallInt(default=None, null=False)
    words = Text(default="", null=False)
    asked_by = Varchar(length=120, default=None, null=False)
    asked_at = Timestamptz(default=None, null=False)
    state = Varchar(length=8, default=None, null=False)
    decider = Varchar(length=120, default=None, null=True)
    decided_at = Timestamptz(default=None, null=True)

    class_seat_request_once = Unique([training_class, enterprise])
    class_seat_request_possible = Check("people > 0")
    class_seat_request_state_known = Check("state IN ('asked', 'agreed', 'refused')")
    class_seat_request_decided_whole = Check("(state = 'asked') = (decided_at IS NULL)")
