"""AU-065 共用银行账户 · one account is named by several claimants."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_claim
from training_admin.audit.facts import ClaimAudit


@check(id="AU-065", why="多家单位由一人控制、代领补贴", needs="各单位的收款账户（个人账户待直补个人的申报）", against="其他单位的应付款")
def au_065(claim: ClaimAudit) -> Iterator[Found]:
    """Accounts are compared by their keyed hash; the account itself is not shown."""
    if claim.handled.same_account:
        yield of_claim(claim, 使用同一账户的其他单位="、".join(claim.handled.same_account))
