"""AU-052 证书联网查无 · the national query does not know the certificate."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, of_lines
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.listed_certificates import certificates_listed
from training_admin.audit.match_facts import MatchKind


@check(
    id="AU-052",
    why="全国查询系统没有的证书，不能证明取得技能等级",
    needs="联网查无的证书名单（按证书编号）、考核结果",
    against="全国技能人才评价证书查询系统的查询结果",
)
def au_052(claim: ClaimAudit) -> Iterator[Found]:
    """One cause for each day of the query; a certificate that nobody asked about is neither found nor missing."""
    for klass, day, lines in by_cause(certificates_listed(claim, MatchKind.NOT_FOUND)):
        yield of_lines(klass.class_no, lines, 查询日期=day, 涉及人数=str(len(lines)))
