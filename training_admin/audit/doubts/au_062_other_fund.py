"""AU-062 跨资金重复 · the same certificate, or the same occupation and level, was paid by another fund."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, of_lines
from training_admin.audit.facts import AuditClass, AuditLine, ClaimAudit
from training_admin.audit.listed_certificates import certificates_listed
from training_admin.audit.match_facts import MatchKind
from training_admin.audit.paid_before import paid_before
from training_admin.catalog.facts import FUND_WORDS


@check(
    id="AU-062",
    why="同一培训不得由两项资金重复补贴",
    needs="其他资金的补贴记录（按职业和等级）、其他资金已补贴的证书名单（按证书编号）",
    against="就业补助资金、失业保险基金补贴记录和名单",
)
def au_062(claim: ClaimAudit) -> Iterator[Found]:
    """Payments carry no certificate number: of them occupation and level are compared, as DUP-01 does. Lists carry it."""
    for klass, fund, lines in by_cause(_other_fund(claim)):
        yield of_lines(
            klass.class_no, lines, 职业编码=klass.occupation or "", 等级=klass.level or "", 已补贴资金=FUND_WORDS.get(fund, fund)
        )
    for klass, day, lines in by_cause(certificates_listed(claim, MatchKind.OTHER_FUND)):
        yield of_lines(klass.class_no, lines, 其他资金已补贴同一证书=day, 涉及人数=str(len(lines)))


def _other_fund(claim: ClaimAudit) -> Iterator[tuple[AuditClass, AuditLine, str]]:
    for klass, line in claim.placed():
        if klass.occupation is None:
            continue
        same = [each for each in paid_before(claim, line.person) if (each.occupation, each.level) == (klass.occupation, klass.level)]
        for fund in sorted({each.fund for each in same if each.fund != klass.fund}):
            yield klass, line, fund
