"""AU-009 财政供养人员 · on the public payroll."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, day_text, of_lines
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.match_facts import MatchKind


@check(id="AU-009", why="财政供养人员不得享受企业职工培训补贴", needs="财政供养人员名单", against="财政、编制部门名单")
def au_009(claim: ClaimAudit) -> Iterator[Found]:
    """On the payroll on the first day of the class; one cause for each day of the list."""
    found = (
        (klass, line, day_text(entry.starts))
        for klass, line in claim.placed()
        for entry in claim.said_of(line, MatchKind.PAYROLL)
        if klass.start is not None and entry.covers(klass.start)
    )
    for klass, cause, lines in by_cause(found):
        yield of_lines(klass.class_no, lines, 起始日期=cause)
