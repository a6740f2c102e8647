"""Which claims ask for the money of an apprentice programme, with the programme as it stood when they were submitted."""

from piccolo.columns import BigSerial, Bytea, ForeignKey, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.constraints import Check
from piccolo.table import Table

from training_admin.subsidy.tables import Claim


class ClaimProgramme(Table, tablename="claim_programme"):
    """The programme (学徒班) of a claim and what is claimed of it: the advance (预拨) or the settlement (结算).

    `content` are the frozen facts as compressed canonical JSON without what the registers say, never rewritten.
    """

    id = BigSerial(primary_key=True)
    claim = ForeignKey(Claim, null=False, unique=True, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict)
    programme = Varchar(length=24, default=None, null=False, index=True)
    stage = Varchar(length=10, default=None, null=False)
    content = Bytea(default=None, null=False)
    sha256 = Varchar(length=64, default=None, null=False)

    claim_programme_stage_known = Check("stage IN ('advance', 'settlement')")
    claim_programme_sha256_whole = Check("length(sha256) = 64")
