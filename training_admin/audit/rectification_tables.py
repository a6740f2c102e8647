"""Tables of what was found wrong and has to be put right (审计整改台账): the entry, every act on it, and the papers of answers."""

from piccolo.columns import Array, BigInt, BigSerial, Boolean, Date, ForeignKey, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from training_admin.office.tables import StoredFile

_RESTRICT = OnDelete.restrict, OnUpdate.restrict


class RectificationRow(Table, tablename="rectification"):
    """Something to be put right: what, by whom, by when, and where it stands; `origin` is a doubt, a visit or a 取证单, "" when entered.

    `version` counts the acts. `reply` repeats the newest answer; what was asked never changes, only the deadline does. `proposed` is the
    ending that waits for a second person, `end_hands` who proposed it. Amounts are fen.
    """

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    source = Varchar(length=10, default="entered", null=False)
    origin = Varchar(length=80, default=None, null=False, index=True)
    organisation = Varchar(length=40, default=None, null=False, index=True)
    organisation_name = Varchar(length=200, default=None, null=False)
    class_no = Varchar(length=40, default="", null=False, index=True)
    case_no = Varchar(length=40, default="", null=False, index=True)
    amount_fen = BigInt(default=0, null=False)
    severity = Varchar(length=6, default="MEDIUM", null=False)
    problem = Text(default=None, null=False)
    evidence = Text(default="", null=False)
    measure = Text(default=None, null=False)
    deadline = Date(default=None, null=False)
    deadline_basis = Varchar(length=200, default="", null=False)
    asker = Varchar(length=120, default=None, null=False)
    asked_by = Varchar(length=120, default="", null=False)
    asked_at = Timestamptz(default=None, null=False)
    state = Varchar(length=10, default="open", null=False, index=True)
    version = SmallInt(default=1, null=False)
    reply = Text(default="", null=False)
    replier = Varchar(length=120, default="", null=False)
    replied_at = Timestamptz(default=None, null=True)
    held = Boolean(default=False, null=False)
    recovery = Varchar(length=24, default="", null=False)
    proposed = Varchar(length=10, default="", null=False)
    end_hands = Array(base_column=Varchar(length=120), default=list, null=False)
    ending = Varchar(length=10, default="", null=False)
    ender = Varchar(length=120, default="", null=False)
    ended_at = Timestamptz(default=None, null=True)
    words = Text(default="", null=False)

    rectification_source_known = Check("source IN ('visit', 'doubt', 'evidence', 'entered')")
    rectification_severity_known = Check("severity IN ('BLOCK', 'HIGH', 'MEDIUM')")
    rectification_state_known = Check("state IN ('open', 'answered', 'returned', 'ending', 'ended')")
    rectification_amount_possible = Check("amount_fen >= 0")
    rectification_proposed_waits = Check("(state = 'ending') = (proposed <> '')")
    rectification_ended_by_state = Check("(state = 'ended') = (ending <> '')")
    rectification_ending_is_known = Check("ending IN ('', 'closed', 'referred', 'withdrawn')")
    rectification_ended_whole = Check("(ending = '') = (ended_at IS NULL)")


class RectificationAct(Table, tablename="rectification_act"):
    """One act on an entry, append only: a trigger refuses changes. `deadline` is set where the act moves it."""

    id = BigSerial(primary_key=True)
    rectification = ForeignKey(RectificationRow, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    place = SmallInt(default=None, null=False)
    act = Varchar(length=12, default=None, null=False)
    words = Text(default=None, null=False)
    deadline = Date(default=None, null=True)
    doer = Varchar(length=120, default=None, null=False)
    done_by = Varchar(length=120, default=None, null=False)
    done_at = Timestamptz(default=None, null=False)

    rectification_act_once = Unique([rectification, place])


class RectificationFile(Table, tablename="rectification_file"):
    """A paper of an answer, sealed among the files."""

    id = BigSerial(primary_key=True)
    act = ForeignKey(RectificationAct, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    file = ForeignKey(StoredFile, null=False, on_delete=_RESTRICT[0], on_update=_RESTRICT[1], index=True)
    title = Varchar(length=80, default=None, null=False)

    rectification_file_once = Unique([act, file])
