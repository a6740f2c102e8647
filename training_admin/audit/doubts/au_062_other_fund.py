"""AU-062 跨资金重复 · the same occupation and level was paid by another fund."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, of_lines
from training_admin.audit.facts import AuditClass, AuditLine, ClaimAudit
from training_admin.audit.paid_before import paid_before
from training_admin.catalog.facts import FUND_WORDS


@check(
    id="AU-062",
    why="同一培训不得由两项资金重复补贴",
    needs="其他资金的补贴记录（证书编号到位前按职业和等级比对）",
    against="就业补助资金、失业保险基金补贴记录",
)
def au_062(claim: ClaimAudit) -> Iterator[Found]:
    """Compares occupation and level, as DUP-01 does, because payments carry no certificate number yet."""
    for klass, fund, lines in by_cause(_other_fund(claim)):
        yield of_lines(
            klass.class_no, lines, 职业编码=klass.occupation or "", 等级=klass.level or "", 已补贴资金=FUND_WORDS.get(fund, fund)
        )


def _other_fund(claim: ClaimAudit) -> Iterator[tuple[AuditClass, AuditLine, str]]:
    for klass, line in claim.placed():
        if klass.occupation is None:
            continue
        same = [each for each in paid_before(claim, line.person) if (each.occupation, each.level) == (klass.occupation, klass.level)]
        for fund in sorted({each.fund for each in same if each.fund != klass.fund}):
            yield klass, line, fund
