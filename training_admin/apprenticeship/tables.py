"""Tables of the new-style apprenticeship: programmes (学徒班), apprentices, tutors, months, changes, the apprentices' own voice."""

from piccolo.columns import JSONB, Array, BigInt, BigSerial, Boolean, Bytea, Date, ForeignKey, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table

_RESTRICT = OnDelete.restrict, OnUpdate.restrict


class ProgrammeRow(Table, tablename="programme"):
    """A programme (学徒班, 一班一方案) of one enterprise with one institution: plan as JSON, both signatures, filing and its decision.

    `signed_sha256` is the digest of what both sides sign (plan and people), there while one of them has signed it or more.
    `months` is the term in whole months; `moved` counts the acts, so that two people cannot act on one state.
    """

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    uscc = Varchar(length=18, default=None, null=False, index=True)
    enterprise_name = Varchar(length=200, default=None, null=False)
    institution = Varchar(length=40, default=None, null=False, index=True)
    institution_name = Varchar(length=200, default=None, null=False)
    state = Varchar(length=12, default=None, null=False, index=True)
    occupation = Varchar(length=20, default=None, null=False)
    occupation_name = Varchar(length=100, default=None, null=False)
    level = Varchar(length=1, default=None, null=False)
    starts = Date(default=None, null=False)
    months = SmallInt(default=None, null=False)
    content = JSONB(default=None, null=False)
    enterer = Varchar(length=120, default=None, null=False)
    entered_at = Timestamptz(default=None, null=False)
    enterprise_signer = Varchar(length=120, default=None, null=True)
    enterprise_signed_at = Timestamptz(default=None, null=True)
    institution_signer = Varchar(length=120, default=None, null=True)
    institution_signed_at = Timestamptz(default=None, null=True)
    signed_sha256 = Varchar(length=64, default=None, null=True)
    hands = Array(base_column=Varchar(length=120), default=list, null=False)
    filed_on = Date(default=None, null=True)
    decide_by = Date(default=None, null=True)
    decider = Varchar(length=120, default=None, null=True)
    decided_at = Timestamptz(default=None, null=True)
    approved_on = Date(default=None, null=True)
    ended_on = Date(default=None, null=True)
    opinion = Text(default="", null=False)
    moved = BigInt(default=0, null=False)

    programme_state_known = Check("state IN ('draft', 'signing', 'submitted', 'returned', 'refused', 'approved', 'ended', 'withdrawn')")
    programme_level_known = Check("level IN ('1', '2', '3', '4', '5')")
    programme_term_possible = Check("months BETWEEN 1 AND 60")
    programme_signed_whole = Check(
        "(enterprise_signer IS NULL) = (enterprise_signed_at IS NULL) AND (institution_signer IS NULL) = (institution_signed_at IS NULL)"
    )
    programme_signed_digest = Check("signed_sha256 IS NULL OR length(signed_sha256) = 64")
    programme_approved_dated = Check("state NOT IN ('approved', 'ended') OR approved_on IS NOT NULL")


class TutorRow(Table, tablename="programme_tutor"):
    """An enterprise mentor (企业导师) or an institution teacher (培训机构指导教师) ; `person` is his key over all programmes."""

    id = BigSerial(primary_key=True)
    programme = ForeignKey(ProgrammeRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    kind = Varchar(length=8, default=None, null=False)
    place = SmallInt(default=None, null=False)
    name = Varchar(length=100, default=None, null=False)
    person = Bytea(default=None, null=False, index=True)
    sealed = Bytea(default=None, null=False)
    level = Varchar(length=1, default="", null=False)
    qualification = Varchar(length=100, default="", null=False)
    allowance_fen = BigInt(default=0, null=False)

    programme_tutor_once = Unique([programme, kind, place])
    programme_tutor_kind_known = Check("kind IN ('mentor', 'teacher')")
    programme_tutor_allowance = Check("allowance_fen >= 0")


class ApprenticeRow(Table, tablename="apprentice"):
    """One apprentice of a programme: `person` is the keyed hash of the number that `sealed` holds; what became of him stands here too.

    `outcome` is open until the term ends; `excused` says that he left by work injury or the firm's closure, `months_done` are then paid.
    """

    id = BigSerial(primary_key=True)
    programme = ForeignKey(ProgrammeRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    place = SmallInt(default=None, null=False)
    person = Bytea(default=None, null=False, index=True)
    sealed = Bytea(default=None, null=False)
    sealed_phone = Bytea(default=None, null=True)
    name = Varchar(length=100, default=None, null=False)
    birth = Date(default=None, null=True)
    sex = Varchar(length=1, default=None, null=True)
    joined_as = Varchar(length=12, default=None, null=False)
    joined_on = Date(default=None, null=True)
    contract_start = Date(default=None, null=True)
    contract_end = Date(default=None, null=True)
    agreement_on = Date(default=None, null=True)
    post = Varchar(length=100, default="", null=False)
    skilled_post = Boolean(default=None, null=True)
    prior_level = Varchar(length=1, default="", null=False)
    mentor = ForeignKey(TutorRow, null=True, default=None, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    teacher = ForeignKey(TutorRow, null=True, default=None, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    outcome = Varchar(length=10, default="open", null=False)
    left_on = Date(default=None, null=True)
    left_cause = Varchar(length=12, default="", null=False)
    months_done = SmallInt(default=None, null=True)
    obtained_level = Varchar(length=1, default="", null=False)
    certificate_no = Varchar(length=40, default="", null=False)
    certified_on = Date(default=None, null=True)

    apprentice_once = Unique([programme, place])
    apprentice_person_once = Unique([programme, person])
    apprentice_joined_known = Check("joined_as IN ('hired', 'transferred', 'in_service')")
    apprentice_outcome_known = Check("outcome IN ('open', 'certified', 'completed', 'failed', 'left')")
    apprentice_left_dated = Check("(outcome = 'left') = (left_on IS NOT NULL)")
    apprentice_cause_known = Check("left_cause IN ('', 'own', 'dismissed', 'injury', 'closure')")
    apprentice_certificate_dated = Check("(certificate_no = '') = (certified_on IS NULL)")


class MonthRow(Table, tablename="apprentice_month"):
    """A month of one apprentice as recorded: hours by block (hundredths of 45 minutes), mentor's hours, net wage in fen.

    Records are only added; `place` counts them, and the newest of a month counts.
    """

    id = BigSerial(primary_key=True)
    apprentice = ForeignKey(ApprenticeRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    month = Date(default=None, null=False)
    place = SmallInt(default=None, null=False)
    general_centihours = Integer(default=None, null=False)
    basics_centihours = Integer(default=None, null=False)
    practice_centihours = Integer(default=None, null=False)
    online_centihours = Integer(default=None, null=False)
    mentor_centihours = Integer(default=None, null=False)
    net_wage_fen = BigInt(default=None, null=True)
    way = Varchar(length=8, default=None, null=False)
    recorder = Varchar(length=120, default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)

    apprentice_month_once = Unique([apprentice, month, place])
    apprentice_month_first_day = Check("extract(day FROM month) = 1")
    apprentice_month_way_known = Check("way IN ('form', 'workbook', 'api')")
    apprentice_month_possible = Check(
        "general_centihours >= 0 AND basics_centihours >= 0 AND practice_centihours >= 0 AND mentor_centihours >= 0 "
        "AND online_centihours BETWEEN 0 AND general_centihours + basics_centihours AND net_wage_fen >= 0"
    )


class ProgrammeChangeRow(Table, tablename="programme_change"):
    """A change asked for and decided: leaving, work injury, closure, another tutor, a longer term, results; content without any number."""

    id = BigSerial(primary_key=True)
    programme = ForeignKey(ProgrammeRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    apprentice = ForeignKey(ApprenticeRow, null=True, default=None, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    kind = Varchar(length=12, default=None, null=False)
    content = JSONB(default=None, null=False)
    happened_on = Date(default=None, null=False)
    reason = Text(default=None, null=False)
    asker = Varchar(length=120, default=None, null=False)
    hands = Array(base_column=Varchar(length=120), default=list, null=False)
    asked_at = Timestamptz(default=None, null=False)
    decision = Varchar(length=8, default=None, null=True)
    decider = Varchar(length=120, default=None, null=True)
    decided_at = Timestamptz(default=None, null=True)
    opinion = Text(default="", null=False)

    programme_change_kind_known = Check("kind IN ('left', 'injury', 'closure', 'mentor', 'teacher', 'extension', 'results')")
    programme_change_decision_known = Check("decision IS NULL OR decision IN ('approved', 'refused')")
    programme_change_decided_whole = Check("(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decider IS NULL)")


class ApprenticeVoiceRow(Table, tablename="apprentice_voice"):
    """What an apprentice says himself: 是我, 不是我, that a wage is wrong, or a complaint in sealed words; only ever added."""

    id = BigSerial(primary_key=True)
    apprentice = ForeignKey(ApprenticeRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    kind = Varchar(length=10, default=None, null=False)
    month = Date(default=None, null=True)
    sealed_words = Bytea(default=None, null=True)
    said_at = Timestamptz(default=None, null=False)
    answered_by = Varchar(length=120, default=None, null=True)
    answered_at = Timestamptz(default=None, null=True)
    answer = Text(default="", null=False)

    apprentice_voice_kind_known = Check("kind IN ('me', 'not_me', 'wage_ok', 'wage_wrong', 'complaint')")
    apprentice_voice_answered_whole = Check("(answered_by IS NULL) = (answered_at IS NULL)")
