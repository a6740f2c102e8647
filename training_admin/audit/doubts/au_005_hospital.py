"""AU-005 住院期间参训 · a session while the person was in hospital."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, day_text, of_lines
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.match_facts import MatchKind


@check(id="AU-005", why="住院期间不可能到场参训", needs="住院期间名单、课次", against="医保部门名单")
def au_005(claim: ClaimAudit) -> Iterator[Found]:
    """A day of teaching that lies inside a stretch of the list, the days of admission and discharge left out; each stretch is one cause."""
    found = (
        (klass, line, f"{day_text(entry.starts)}至{day_text(entry.ends)}")
        for klass, line in claim.placed()
        for entry in claim.said_of(line, MatchKind.HOSPITAL)
        if any((entry.starts is None or entry.starts < day) and (entry.ends is None or day < entry.ends) for day in claim.days_of(klass))
    )
    for klass, cause, lines in by_cause(found):
        yield of_lines(klass.class_no, lines, 住院期间=cause)
