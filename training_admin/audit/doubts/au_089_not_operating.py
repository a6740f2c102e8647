"""AU-089 一企多址/注销企业申报 · the claimant is deregistered or abnormal."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_claim
from training_admin.audit.facts import ClaimAudit

OPERATING = frozenset({"存续", "在业", "在营", "开业", "正常"})


@check(id="AU-089", why="歇业、非正常户、注销企业不得申报", needs="企业登记状态", against="企业登记信息")
def au_089(claim: ClaimAudit) -> Iterator[Found]:
    """The words by which registers call an operating firm are all good; a status not delivered says nothing."""
    status = None if claim.enterprise is None else claim.enterprise.status
    if status is not None and status not in OPERATING:
        yield of_claim(claim, 登记状态=status)
