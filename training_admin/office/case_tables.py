"""Tables of the office for cases of every room: repeated requests, public notices with objections, official papers."""

from piccolo.columns import JSONB, BigSerial, Bytea, Date, ForeignKey, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training_admin.office.tables import StoredFile

_RESTRICT = OnDelete.restrict, OnUpdate.restrict


class IdempotencyKey(Table, tablename="idempotency_key"):
    """A request that may be repeated: the same key of the same person gives the same answer, the act happens once."""

    id = BigSerial(primary_key=True)
    owner = Varchar(length=120, default=None, null=False)
    key = Varchar(length=80, default=None, null=False)
    request_sha256 = Varchar(length=64, default=None, null=False)
    status = SmallInt(default=None, null=True)
    answer = Bytea(default=None, null=True)
    at = Timestamptz(default=None, null=False)

    idempotency_key_once = Unique([owner, key])
    idempotency_key_answered_whole = Check("(status IS NULL) = (answer IS NULL)")


class PublicNotice(Table, tablename="public_notice"):
    """A public notice (公示): what is shown without sign-in, masked, from one day to another, then taken down."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    kind = Varchar(length=20, default=None, null=False)
    title = Varchar(length=200, default=None, null=False)
    content = JSONB(default=None, null=False)
    posted_on = Date(default=None, null=False)
    ends_on = Date(default=None, null=False, index=True)
    state = Varchar(length=10, default=None, null=False, index=True)
    poster = Varchar(length=120, default=None, null=False)
    posted_at = Timestamptz(default=None, null=False)
    closed_at = Timestamptz(default=None, null=True)

    public_notice_state_known = Check("state IN ('posted', 'closed', 'stopped')")
    public_notice_forward = Check("posted_on <= ends_on")


class NoticeCase(Table, tablename="notice_case"):
    """A case that a notice is about."""

    id = BigSerial(primary_key=True)
    notice = ForeignKey(PublicNotice, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=False)
    case_no = Varchar(length=40, default=None, null=False, index=True)

    notice_case_once = Unique([notice, case_no])


class NoticeObjection(Table, tablename="notice_objection"):
    """An objection to a notice: who objects may give a contact, which is sealed with the words; answered by an officer."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    notice = ForeignKey(PublicNotice, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    case_no = Varchar(length=40, default="", null=False)
    sealed_words = Bytea(default=None, null=False)
    at = Timestamptz(default=None, null=False)
    upheld = Varchar(length=8, default=None, null=True)
    reply = Text(default="", null=False)
    replier = Varchar(length=120, default=None, null=True)
    replied_at = Timestamptz(default=None, null=True)

    notice_objection_upheld_known = Check("upheld IS NULL OR upheld IN ('yes', 'no')")
    notice_objection_replied_whole = Check("(upheld IS NULL) = (replied_at IS NULL)")


class OfficialPaper(Table, tablename="official_paper"):
    """An official paper (文书): numbered, made from a case, kept as PDF; delivery is recorded."""

    id = BigSerial(primary_key=True)
    number = Varchar(length=40, default=None, null=False, unique=True)
    kind = Varchar(length=24, default=None, null=False)
    case_no = Varchar(length=40, default=None, null=False, index=True)
    content = JSONB(default=None, null=False)
    file = ForeignKey(StoredFile, null=True, default=None, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    maker = Varchar(length=120, default=None, null=False)
    made_at = Timestamptz(default=None, null=False)
    delivery_way = Varchar(length=20, default="", null=False)
    delivered_on = Date(default=None, null=True)
    deliverer = Varchar(length=120, default=None, null=True)


class PromptText(Table, tablename="prompt_text"):
    """What a form asks of a field, as an officer has written it better (填写提示): the newest version counts, none is changed."""

    id = BigSerial(primary_key=True)
    form = Varchar(length=20, default=None, null=False)
    sheet = Varchar(length=40, default=None, null=False)
    field = Varchar(length=40, default=None, null=False)
    version = SmallInt(default=None, null=False)
    text = Text(default=None, null=False)
    why = Text(default=None, null=False)
    author = Varchar(length=120, default=None, null=False)
    since = Timestamptz(default=None, null=False)

    prompt_text_once = Unique([form, sheet, field, version])
    prompt_text_version_counted = Check("version > 0 AND text <> ''")
