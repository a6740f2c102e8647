"""Rows whose certificate number contradicts something, with the contradiction in words."""

from collections.abc import Iterator, Sequence

from training_admin.audit.facts import AuditClass, AuditLine, ClaimAudit
from training_admin.catalog.certificate_numbers import FAULT_WORDS, CertificateFault, certificate_faults


def faulty_lines(claim: ClaimAudit, wanted: Sequence[CertificateFault]) -> Iterator[tuple[AuditClass, AuditLine, str]]:
    """Every row with a certificate number that has one of the faults; the number itself is not told."""
    for klass, run in claim.run():
        for line in claim.lines_of.get(klass.class_no, ()):
            result = run.results.get(line.person)
            if result is None or not result.certificate_no or result.certified_on is None:
                continue
            faults = certificate_faults(result.certificate_no, level=klass.level, issued_on=result.certified_on)
            if words := "".join(FAULT_WORDS[each] for each in faults if each in wanted):
                yield klass, line, words
