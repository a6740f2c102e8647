"""AU-070 发票开票方与承训机构不符 · the invoice was issued by somebody else than the institution of the filing."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check
from training_admin.audit.facts import AuditCost, ClaimAudit
from training_admin.kit.money import yuan_grouped


@check(id="AU-070", why="借用他人发票列支培训费", needs="发票开票单位信用代码、备案的培训机构", against="开班备案")
def au_070(claim: ClaimAudit) -> Iterator[Found]:
    """One doubt for each class and issuer; says nothing where issuer or institution is not known."""
    foreign: dict[tuple[str, str], list[AuditCost]] = {}
    for cost in claim.costs:
        klass = claim.class_of.get(cost.class_no)
        institution = None if klass is None or klass.filing is None else klass.filing.institution
        if institution and cost.issuer and cost.issuer != institution:
            foreign.setdefault((cost.class_no, f"{cost.issuer}|{institution}"), []).append(cost)
    for (class_no, names), costs in foreign.items():
        issuer, institution = names.split("|")
        amount_fen = sum(cost.amount_fen or 0 for cost in costs)
        evidence = (
            ("开票单位", issuer),
            ("备案培训机构", institution),
            ("费用明细", "、".join(f"第{cost.row}行" for cost in costs)),
            ("发票金额", yuan_grouped(amount_fen)),
        )
        yield Found(class_no, (), amount_fen, evidence)
