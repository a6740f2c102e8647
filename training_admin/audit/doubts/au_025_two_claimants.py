"""AU-025 劳务派遣双重申报 · the same person is claimed by two units for classes that overlap."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, of_lines
from training_admin.audit.facts import AuditClass, AuditLine, ClaimAudit


@check(id="AU-025", why="派遣单位与用工单位就同一人重复申报", needs="其他单位的申报", against="其他申报的花名册")
def au_025(claim: ClaimAudit) -> Iterator[Found]:
    """Counts claims of other units with overlapping class days, submitted before or after."""
    for klass, other, lines in by_cause(_twice(claim)):
        number, uscc, class_no = other.split("|")
        yield of_lines(klass.class_no, lines, 另一申报=number, 另一申报单位=uscc, 另一班级=class_no)


def _twice(claim: ClaimAudit) -> Iterator[tuple[AuditClass, AuditLine, str]]:
    for klass, line in claim.placed():
        for other in claim.others.get(line.person, ()):
            if other.uscc == claim.uscc or other.start is None or other.end is None or klass.start is None or klass.end is None:
                continue
            if other.start <= klass.end and klass.start <= other.end:
                yield klass, line, f"{other.claim_number}|{other.uscc}|{other.class_no}"
