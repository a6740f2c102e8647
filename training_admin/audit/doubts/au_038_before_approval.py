"""AU-038 备案前已开班 · the class started before its filing was approved."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, day_text, of_class
from training_admin.audit.facts import ClaimAudit


@check(id="AU-038", why="先备案、后培训、再申请是基本次序", needs="开班备案的审核通过日", against="开班备案")
def au_038(claim: ClaimAudit) -> Iterator[Found]:
    """A class without filing by the claimant, or with one that is not approved yet, started before approval as well."""
    for klass in claim.classes:
        filing = klass.filing if klass.filing is not None and klass.filing.enterprise == claim.uscc else None
        approved = None if filing is None else filing.approved_at
        if klass.start is None or (approved is not None and approved <= klass.start):
            continue
        state = "无本单位备案" if filing is None else "已备案"
        yield of_class(claim, klass, 备案情况=state, 审核通过日=day_text(approved), 开班日期=day_text(klass.start))
