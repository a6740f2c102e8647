"""AU-006 服刑/强制戒毒期间参训 · a session while the person was detained."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, day_text, of_lines
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.match_facts import MatchKind


@check(id="AU-006", why="服刑或强制戒毒期间不可能到场参训", needs="服刑、强制戒毒名单、课次", against="司法、公安部门名单")
def au_006(claim: ClaimAudit) -> Iterator[Found]:
    """A day of teaching that lies inside a stretch of the list; each stretch is one cause."""
    found = (
        (klass, line, f"{day_text(entry.starts)}至{day_text(entry.ends)}")
        for klass, line in claim.placed()
        for entry in claim.said_of(line, MatchKind.DETENTION)
        if any(entry.covers(day) for day in claim.days_of(klass))
    )
    for klass, cause, lines in by_cause(found):
        yield of_lines(klass.class_no, lines, 期间=cause)
