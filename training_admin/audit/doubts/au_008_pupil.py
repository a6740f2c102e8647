"""AU-008 在校生冒充职工 · a full-time pupil listed as employee."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, day_text, of_lines
from training_admin.audit.facts import EMPLOYEE_GROUP, ClaimAudit
from training_admin.audit.match_facts import MatchKind


@check(id="AU-008", why="全日制在校生不属于企业职工", needs="学籍名单、人员类别", against="教育部门名单")
def au_008(claim: ClaimAudit) -> Iterator[Found]:
    """Enrolled full time on the first day of the class and listed as an employee; one cause for each day of the list."""
    found = (
        (klass, line, day_text(entry.starts))
        for klass, line in claim.placed()
        for entry in claim.said_of(line, MatchKind.SCHOOL)
        if klass.start is not None and line.group == EMPLOYEE_GROUP and entry.covers(klass.start)
    )
    for klass, cause, lines in by_cause(found):
        yield of_lines(klass.class_no, lines, 入学日期=cause)
