"""AU-050 重复证书编号 · one certificate number stands for two people or two classes."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, of_lines
from training_admin.audit.facts import AuditClass, AuditLine, ClaimAudit


@check(id="AU-050", why="一证多用、冒用他人证书", needs="考核结果中的证书编号", against="全部班级的考核结果")
def au_050(claim: ClaimAudit) -> Iterator[Found]:
    """The same number for another person, in this class or in others; one set of classes is one cause."""
    for klass, classes, lines in by_cause(_twice(claim)):
        yield of_lines(klass.class_no, lines, 同一编号的另一班级=classes, 涉及人数=str(len(lines)))


def _twice(claim: ClaimAudit) -> Iterator[tuple[AuditClass, AuditLine, str]]:
    for klass, run in claim.run():
        for line in claim.lines_of.get(klass.class_no, ()):
            result = run.results.get(line.person)
            if result is not None and result.shared_with:
                yield klass, line, "、".join(result.shared_with)
