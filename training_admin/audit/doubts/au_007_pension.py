"""AU-007 领取养老待遇人员 · the trainee already draws a pension."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, day_text, of_lines
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.match_facts import MatchKind


@check(id="AU-007", why="领取养老待遇的人员不属于补贴对象", needs="领取养老待遇名单", against="社保部门名单")
def au_007(claim: ClaimAudit) -> Iterator[Found]:
    """A pension that began on or before the first day of the class; one cause for each day of the list."""
    found = (
        (klass, line, day_text(entry.starts))
        for klass, line in claim.placed()
        for entry in claim.said_of(line, MatchKind.PENSION)
        if entry.starts is not None and klass.start is not None and entry.starts <= klass.start
    )
    for klass, cause, lines in by_cause(found):
        yield of_lines(klass.class_no, lines, 开始领取日期=cause)
