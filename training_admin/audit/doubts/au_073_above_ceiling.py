"""AU-073 超封顶拨付 · what was paid and is to be paid in the year exceeds the ceiling of the firm."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_claim
from training_admin.audit.facts import ClaimAudit
from training_admin.kit.money import yuan_grouped


@check(id="AU-073", why="同一年度多份申报合计超过补贴限额", needs="上年度实缴地方教育附加、已补贴金额、同年度其他申报", against="补贴限额")
def au_073(claim: ClaimAudit) -> Iterator[Found]:
    """The other claims of the firm in the year count with what their newest records would pay."""
    if claim.ceiling_fen is None or not claim.payable_fen:
        return
    total_fen = claim.paid_fen + claim.other_payable_fen + claim.payable_fen
    if total_fen > claim.ceiling_fen:
        yield of_claim(
            claim,
            补贴限额=yuan_grouped(claim.ceiling_fen),
            本年度已补贴=yuan_grouped(claim.paid_fen),
            同年度其他申报=yuan_grouped(claim.other_payable_fen),
            本申报=yuan_grouped(claim.payable_fen),
        )
