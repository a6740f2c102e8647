"""AU-056 成绩事后修改 · a result was changed after the class was closed."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, day_text, of_lines
from training_admin.audit.facts import AuditClass, AuditLine, ClaimAudit


@check(id="AU-056", why="考后改分、篡改成绩", needs="考核结果的登记时间、结班时间", against="结班时冻结的班级事实")
def au_056(claim: ClaimAudit) -> Iterator[Found]:
    """Closing freezes results: whatever is told later is a change, whichever way it was made."""
    for klass, day, lines in by_cause(_changed(claim)):
        yield of_lines(klass.class_no, lines, 修改日期=day, 涉及人数=str(len(lines)))


def _changed(claim: ClaimAudit) -> Iterator[tuple[AuditClass, AuditLine, str]]:
    for klass, run in claim.run():
        for line in claim.lines_of.get(klass.class_no, ()):
            result = run.results.get(line.person)
            if result is not None and result.changed_after is not None:
                yield klass, line, day_text(result.changed_after)
