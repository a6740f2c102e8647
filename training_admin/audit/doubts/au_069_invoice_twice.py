"""AU-069 发票重复使用 · one invoice number in two claims, or twice with the same amount in one."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check
from training_admin.audit.facts import AuditCost, ClaimAudit
from training_admin.kit.money import yuan_grouped


@check(id="AU-069", why="同一发票重复列支", needs="费用凭证；其他申报的费用凭证", against="本申报及其他申报的费用明细")
def au_069(claim: ClaimAudit) -> Iterator[Found]:
    """Within a claim an invoice may be split over classes; the same number with the same amount is a doubt."""
    by_number: dict[str, list[AuditCost]] = {}
    for cost in claim.costs:
        if cost.invoice_no:
            by_number.setdefault(cost.invoice_no, []).append(cost)
    for number, costs in by_number.items():
        elsewhere = sorted({f"{other}第{row}行" for cost in costs for other, row in cost.elsewhere})
        amounts = [cost.amount_fen for cost in costs]
        if elsewhere or len(set(amounts)) < len(amounts):
            here = "、".join(f"第{cost.row}行" for cost in costs)
            amount_fen = sum(amount or 0 for amount in amounts)
            evidence = (
                ("发票号码", number),
                ("本申报费用明细", here),
                ("其他申报费用明细", "、".join(elsewhere) or "无"),
                ("发票金额", yuan_grouped(amount_fen)),
            )
            yield Found(costs[0].class_no, (), amount_fen, evidence)
