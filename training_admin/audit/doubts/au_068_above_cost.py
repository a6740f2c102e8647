"""AU-068 补贴超过实际费用 · the subsidy of a class is above the share of its allowable cost."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, of_class, percent_text
from training_admin.audit.facts import ClaimAudit
from training_admin.kit.money import share_down, yuan_grouped
from training_admin.subsidy.parameters import ENT_COST_SHARE_OFFLINE


@check(id="AU-068", why="补贴不得超过实际费用的规定比例", needs="费用凭证、核验记录", against="费用明细")
def au_068(claim: ClaimAudit) -> Iterator[Found]:
    """The share that the record used, or the one in force on class start where its price has no such step.

    A class priced by standard alone whose claim needs no voucher (免申即享) has no cost to compare with.
    """
    with_vouchers = {cost.class_no for cost in claim.costs}
    for klass in claim.classes:
        paid_fen = sum(line.payable_fen for line in claim.lines_of.get(klass.class_no, ()))
        if not paid_fen or klass.start is None:
            continue
        share_bp = klass.cost_share_bp
        if share_bp is None:
            if klass.class_no not in with_vouchers:
                continue
            share_bp = claim.policy.at(ENT_COST_SHARE_OFFLINE, klass.start)
        most_fen = share_down(klass.eligible_cost_fen, share_bp)
        if paid_fen > most_fen:
            yield of_class(
                claim,
                klass,
                班级补贴=yuan_grouped(paid_fen),
                认定费用=yuan_grouped(klass.eligible_cost_fen),
                费用比例=percent_text(share_bp),
                按比例上限=yuan_grouped(most_fen),
            )
