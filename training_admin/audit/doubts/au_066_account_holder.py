"""AU-066 收款户名不符 · the account holder is not the claimant."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_claim
from training_admin.audit.facts import ClaimAudit
from training_admin.kit.identifiers import clean_number


@check(id="AU-066", why="补贴应拨入申报单位本单位账户", needs="申报表的账户名称", against="申报单位名称、企业登记名称")
def au_066(claim: ClaimAudit) -> Iterator[Found]:
    """Spaces and full-width signs make no difference; a form without account holder is no doubt but a missing field."""
    names = {clean_number(claim.enterprise_name)}
    if claim.enterprise is not None:
        names.add(clean_number(claim.enterprise.name))
    if claim.account_holder and clean_number(claim.account_holder) not in names:
        yield of_claim(claim, 账户名称=claim.account_holder, 申报单位=claim.enterprise_name)
