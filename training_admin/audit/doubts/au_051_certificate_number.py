"""AU-051 证书编号不合规则 · a certificate number breaks the coding rule."""

from collections.abc import Iterator

from training_admin.audit.certificate_words import faulty_lines
from training_admin.audit.check import Found, by_cause, check, of_lines
from training_admin.audit.facts import ClaimAudit
from training_admin.catalog.certificate_numbers import CertificateFault


@check(id="AU-051", why="伪造的证书常不合编码规则", needs="考核结果中的证书编号和发证日期", against="人社鉴发〔2019〕2号编码规则")
def au_051(claim: ClaimAudit) -> Iterator[Found]:
    """Shape, province and year; what the number says of the level is AU-053."""
    wrong = (CertificateFault.SHAPE, CertificateFault.PROVINCE, CertificateFault.YEAR)
    for klass, fault, lines in by_cause(faulty_lines(claim, wrong)):
        yield of_lines(klass.class_no, lines, 不符之处=fault, 涉及人数=str(len(lines)))
