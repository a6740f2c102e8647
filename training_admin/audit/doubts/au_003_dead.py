"""AU-003 死亡人员参训 · training dated after death."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, day_text, of_lines
from training_admin.audit.facts import ClaimAudit
from training_admin.audit.match_facts import MatchKind


@check(id="AU-003", why="死亡之后的课次必为虚构", needs="死亡名单、课次", against="民政、公安或社保名单")
def au_003(claim: ClaimAudit) -> Iterator[Found]:
    """The day of death before a day of teaching; one cause for each day of the list."""
    found = (
        (klass, line, day_text(entry.starts))
        for klass, line in claim.placed()
        for entry in claim.said_of(line, MatchKind.DEATH)
        if entry.starts is not None and any(entry.starts < day for day in claim.days_of(klass))
    )
    for klass, cause, lines in by_cause(found):
        yield of_lines(klass.class_no, lines, 死亡日期=cause)
