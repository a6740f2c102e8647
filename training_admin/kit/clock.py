"""Time as an argument: instants are aware UTC, policy days are days in Shanghai."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Whatever can say what time it is."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def today(self) -> date:
        """The present day in Asia/Shanghai, which is the day that policy speaks of."""
        ...

    def wall(self) -> datetime:
        """The present instant as other people's devices see it, also where the district lives on another day (demo)."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return shanghai_day(self.now())

    def wall(self) -> datetime:
        return self.now()


class FixedClock:
    """A clock that stands still until it is moved: for tests, replays and the demo district."""

    def __init__(self, at: datetime) -> None:
        assert at.tzinfo is not None
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def today(self) -> date:
        return shanghai_day(self._at)

    def wall(self) -> datetime:
        return self._at

    def move(self, by: timedelta) -> None:
        """Let time pass; a clock never runs backwards."""
        assert by >= timedelta()
        self._at += by


def shanghai_day(at: datetime) -> date:
    """The day in Shanghai on which an instant falls; SQL's `date(at)` would be the UTC day."""
    assert at.tzinfo is not None
    return at.astimezone(SHANGHAI).date()


def day_bounds_utc(day: date) -> tuple[datetime, datetime]:
    """First instant of a day in Shanghai and first instant of the next one, in UTC."""
    start = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    return start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC)
