"""AU-053 证书与班级职业等级不符 · the level of a certificate is not that of the class."""

from collections.abc import Iterator

from training_admin.audit.certificate_words import faulty_lines
from training_admin.audit.check import Found, by_cause, check, of_lines
from training_admin.audit.facts import ClaimAudit
from training_admin.catalog.certificate_numbers import CertificateFault


@check(id="AU-053", why="以低等级证书领高等级补贴", needs="考核结果中的证书编号", against="班级的技能等级")
def au_053(claim: ClaimAudit) -> Iterator[Found]:
    """The level is read from the number; the occupation waits for the national query (AU-052)."""
    for klass, fault, lines in by_cause(faulty_lines(claim, (CertificateFault.LEVEL,))):
        yield of_lines(klass.class_no, lines, 不符之处=fault, 班级等级=klass.level or "无", 涉及人数=str(len(lines)))
