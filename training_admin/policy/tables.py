"""Tables of policy, append only: papers, packs, dated figures with both clocks, adoptions. Values are canonical JSON."""

from piccolo.columns import JSONB, Array, BigSerial, Date, ForeignKey, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check, Unique
from piccolo.table import Table


class PolicyPaper(Table, tablename="policy_paper"):
    """A paper that figures come from, by the words it is cited with."""

    id = BigSerial(primary_key=True)
    title = Text(default=None, null=False, unique=True)


class PolicyPackVersion(Table, tablename="policy_pack"):
    """One version of a pack: its choices and cases as written; the figures stand apart."""

    id = BigSerial(primary_key=True)
    name = Varchar(length=80, default=None, null=False)
    version = Varchar(length=40, default=None, null=False)
    head = JSONB(default=None, null=False)
    sha256 = Varchar(length=64, default=None, null=False)

    policy_pack_version_once = Unique([name, version])
    policy_pack_sha256_whole = Check("length(sha256) = 64")


class PolicyFigure(Table, tablename="policy_figure"):
    """One dated value of a figure: in force from `start` to `end`, known since an instant (null: since its pack)."""

    id = BigSerial(primary_key=True)
    pack = ForeignKey(PolicyPackVersion, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    key = Varchar(length=80, default=None, null=False)
    name = Varchar(length=120, default=None, null=False)
    unit = Varchar(length=20, default=None, null=False)
    value = JSONB(default=None, null=False)
    start = Date(default=None, null=False)
    end = Date(default=None, null=True)
    paper = ForeignKey(PolicyPaper, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    standing = Varchar(length=8, default=None, null=False)
    local_standing = Varchar(length=8, default=None, null=False)
    note = Text(default=None, null=False)
    known_since = Timestamptz(default=None, null=True)

    policy_figure_once = Unique([pack, key, start, known_since])
    policy_figure_period_forward = Check('"end" IS NULL OR "end" >= start')


class PolicyAdoption(Table, tablename="policy_adoption"):
    """Since when a version of a pack is the one in use, and the two persons who decided it."""

    id = BigSerial(primary_key=True)
    pack = ForeignKey(PolicyPackVersion, null=False, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=True)
    proposed_by = Varchar(length=120, default=None, null=False)
    approved_by = Varchar(length=120, default=None, null=False)
    known_since = Timestamptz(default=None, null=False)

    policy_adoption_by_two = Check("proposed_by <> approved_by")


class PolicyProposal(Table, tablename="policy_proposal"):
    """A change of policy that one person proposes and another decides; what was proposed never changes, a decision is final.

    `hands` are the keys of everybody whose hand is in the proposal; `version` is the version in use when it was made.
    """

    id = BigSerial(primary_key=True)
    number = Varchar(length=24, default=None, null=False, unique=True)
    kind = Varchar(length=8, default=None, null=False)
    pack = Varchar(length=80, default=None, null=False)
    version = Varchar(length=40, default=None, null=True)
    content = JSONB(default=None, null=False)
    sha256 = Varchar(length=64, default=None, null=False)
    why = Text(default=None, null=False)
    proposed_by = Varchar(length=120, default=None, null=False)
    proposer = Varchar(length=130, default=None, null=False)
    hands = Array(base_column=Varchar(length=120), default=None, null=False)
    proposed_at = Timestamptz(default=None, null=False)
    state = Varchar(length=8, default=None, null=False, index=True)
    decided_by = Varchar(length=120, default=None, null=True)
    decider = Varchar(length=130, default=None, null=True)
    decided_at = Timestamptz(default=None, null=True)
    reason = Text(default="", null=False)

    policy_proposal_kind_known = Check("kind IN ('pack', 'figure')")
    policy_proposal_state_known = Check("state IN ('open', 'approved', 'refused')")
    policy_proposal_decided_whole = Check("(state = 'open') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)")
    policy_proposal_by_two = Check("decided_by IS NULL OR NOT decided_by = ANY(hands)")
