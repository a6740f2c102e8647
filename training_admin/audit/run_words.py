"""Sessions and clashes in words, and grouped as the checks need them."""

from collections.abc import Sequence
from datetime import date

from training_admin.audit.run_facts import Clash, RunAudit, RunSession
from training_admin.catalog.class_facts import clock_text

MOST_NAMED = 8


def session_word(day: date, starts: int) -> str:
    """A session by its day and beginning."""
    return f"{day.isoformat()} {clock_text(starts)}"


def session_words(sessions: Sequence[RunSession]) -> str:
    """Sessions in order, the first few by name."""
    ordered = sorted(sessions, key=lambda each: (each.day, each.starts))
    return "、".join(session_word(each.day, each.starts) for each in ordered[:MOST_NAMED]) + ("等" if len(ordered) > MOST_NAMED else "")


def clash_words(clashes: Sequence[Clash]) -> str:
    """When two classes clash, the first few times by name, and how often."""
    times = sorted({(each.day, each.starts) for each in clashes})
    return f"{session_words([RunSession(day, starts, starts) for day, starts in times])}（共{len(times)}次）"


def clashes_by_class(run: RunAudit, taken: str) -> list[tuple[str, list[Clash]]]:
    """The clashes of trainees, teachers or rooms by the other class, each in order of time."""
    found: dict[str, list[Clash]] = {}
    for each in sorted(run.clashes, key=lambda one: (one.other_class, one.day, one.starts, one.key)):
        if each.taken == taken:
            found.setdefault(each.other_class, []).append(each)
    return list(found.items())
