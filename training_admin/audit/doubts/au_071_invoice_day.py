"""AU-071 发票日期倒挂 · the invoice is older than the filing of the class or younger than the claim."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, day_text
from training_admin.audit.facts import AuditCost, ClaimAudit
from training_admin.kit.money import yuan_grouped

BEFORE, AFTER = "早于开班备案日", "晚于申报日"


@check(id="AU-071", why="补开或挪用发票", needs="开票日期、备案日、申报日（合作协议日期到位前以备案日为下限）", against="开班备案、申报表")
def au_071(claim: ClaimAudit) -> Iterator[Found]:
    """One doubt for each class and direction."""
    wrong: dict[tuple[str, str, str], list[AuditCost]] = {}
    for cost in claim.costs:
        klass = claim.class_of.get(cost.class_no)
        filed = None if klass is None or klass.filing is None else klass.filing.filed_at
        if cost.invoiced_on is None:
            continue
        if cost.invoiced_on > claim.as_of:
            wrong.setdefault((cost.class_no, AFTER, day_text(claim.as_of)), []).append(cost)
        elif filed is not None and cost.invoiced_on < filed:
            wrong.setdefault((cost.class_no, BEFORE, day_text(filed)), []).append(cost)
    for (class_no, cause, limit), costs in wrong.items():
        days = "、".join(f"第{cost.row}行 {day_text(cost.invoiced_on)}" for cost in costs)
        amount_fen = sum(cost.amount_fen or 0 for cost in costs)
        yield Found(class_no, (), amount_fen, ((cause, limit), ("开票日期", days), ("发票金额", yuan_grouped(amount_fen))))
