"""The working calendar 工作日历 as it is stored: published years only (WD-01, WD-02)."""

from datetime import date

from training_admin.database import fetch_tuples
from training_admin.kit.workdays import Calendar


async def load_calendar(*, known_at: date | None = None) -> Calendar:
    """The calendar as known on a day, by default everything known; a year not yet published then is not covered."""
    rows = await fetch_tuples("SELECT day, worked FROM calendar_day WHERE known_since <= $1", known_at or date.max)
    return Calendar(
        years=frozenset(day.year for day, _ in rows),
        off_days=frozenset(day for day, worked in rows if not worked),
        worked_days=frozenset(day for day, worked in rows if worked),
    )
