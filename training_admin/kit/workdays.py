"""Working days and month arithmetic. A year without a published calendar is an error, never a guess (WD-01, WD-02)."""

import calendar as months
from datetime import date, timedelta

import msgspec

ONE_DAY = timedelta(days=1)
MONTHS_PER_YEAR = 12
SATURDAY = 5
LONGEST_COUNT = 2000


class NoCalendar(Exception):
    """The day lies in a year whose working calendar has not been published (WD-02)."""

    code = "ERROR_NO_CALENDAR"

    def __init__(self, year: int) -> None:
        super().__init__(f"no working calendar for {year}")
        self.year = year


class Calendar(msgspec.Struct, frozen=True):
    """The published exceptions: years covered, weekdays off, weekend days worked (调休)."""

    years: frozenset[int]
    off_days: frozenset[date]
    worked_days: frozenset[date]

    def is_workday(self, day: date) -> bool:
        """Whether the day is worked; raises NoCalendar for a year without table."""
        if day.year not in self.years:
            raise NoCalendar(day.year)
        if day in self.off_days:
            return False
        return day in self.worked_days or day.weekday() < SATURDAY

    def add_workdays(self, start: date, count: int) -> date:
        """The day `count` working days after `start`, which itself is not counted (行政许可法 art. 82)."""
        return self._walk(start, count, ONE_DAY)

    def latest_before(self, start: date, count: int) -> date:
        """The latest day that leaves `count` working days before `start` (FILE-01)."""
        return self._walk(start, count, -ONE_DAY)

    def _walk(self, start: date, count: int, step: timedelta) -> date:
        assert 0 <= count <= LONGEST_COUNT
        day = start
        for _ in range(count):
            day += step
            while not self.is_workday(day):
                day += step
        return day


def add_months(start: date, count: int) -> date:
    """The same day `count` months later, clamped to the last day of a shorter month (policy.md W07)."""
    year, month = divmod(start.year * MONTHS_PER_YEAR + start.month - 1 + count, MONTHS_PER_YEAR)
    return date(year, month + 1, min(start.day, months.monthrange(year, month + 1)[1]))


def months_touched(start: date, end: date) -> tuple[str, ...]:
    """Every calendar month touched by a stretch of days, as `2026-03` (TR-01)."""
    first = start.year * MONTHS_PER_YEAR + start.month - 1
    last = end.year * MONTHS_PER_YEAR + end.month - 1
    return tuple(f"{month // MONTHS_PER_YEAR:04d}-{month % MONTHS_PER_YEAR + 1:02d}" for month in range(first, last + 1))


def age_in_months(born: date, day: date) -> int:
    """Full months of life on a day; someone born on the 31st completes a shorter month on its last day."""
    whole = (day.year - born.year) * MONTHS_PER_YEAR + day.month - born.month
    if day.day >= born.day or (day + ONE_DAY).month != day.month:
        return whole
    return whole - 1
