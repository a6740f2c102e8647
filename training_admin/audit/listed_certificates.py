"""Certificates of a claim's own classes that a list of another department names, by number."""

from collections.abc import Iterator

from training_admin.audit.check import day_text
from training_admin.audit.facts import AuditClass, AuditLine, ClaimAudit
from training_admin.audit.match_facts import MatchKind
from training_admin.kit.identifiers import clean_number


def certificates_listed(claim: ClaimAudit, kind: MatchKind) -> Iterator[tuple[AuditClass, AuditLine, str]]:
    """Class, line and the list's day of each certificate entered as a result here that a list of the kind names for its holder."""
    for klass, run in claim.run():
        for line in claim.lines_of.get(klass.class_no, ()):
            result = run.results.get(line.person)
            own = "" if result is None else clean_number(result.certificate_no)
            said = [each for each in claim.said_of(line, kind) if own and clean_number(each.word) == own]
            for day in sorted({day_text(each.starts) for each in said}):
                yield klass, line, day
