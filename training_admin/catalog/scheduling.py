"""Laying sessions on days, as pure functions: a plan from weekdays, and what remains of one moved past a suspension."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date

import msgspec

from training_admin.catalog.class_facts import PlannedSession
from training_admin.kit.workdays import ONE_DAY, Calendar, NoCalendar

# A class that does not fit into two years is no class.
MOST_DAYS = 730


def teaching_days(first: date, weekdays: Collection[int], calendar: Calendar) -> Iterator[date]:
    """Days on the given weekdays (Monday is 0) from a day on, without public holidays; raises NoCalendar.

    A Saturday or Sunday that is worked instead of a holiday (调休) is left out as well: the trainees are at work.
    """
    day = first
    for _ in range(MOST_DAYS):
        if day.year not in calendar.years:
            raise NoCalendar(day.year)
        if day.weekday() in weekdays and day not in calendar.off_days and day not in calendar.worked_days:
            yield day
        day += ONE_DAY


def planned_sessions(
    lessons: Iterable[PlannedSession], *, first: date, weekdays: Collection[int], calendar: Calendar
) -> list[PlannedSession]:
    """The lessons one a teaching day, in their order; their own days do not count. Raises NoCalendar."""
    days = teaching_days(first, weekdays, calendar)
    return [msgspec.structs.replace(each, day=day) for each, day in zip(lessons, days, strict=False)]


def moved_sessions(sessions: Iterable[PlannedSession], *, first: date, resume: date, calendar: Calendar) -> tuple[PlannedSession, ...]:
    """All sessions from `first` on moved so that they go on from `resume`, on the weekdays they are held on; raises NoCalendar.

    Sessions of one day stay together; the hours of the day stay as they were.
    """
    assert first <= resume
    ordered = sorted(sessions, key=lambda each: (each.day, each.starts))
    remaining = sorted({each.day for each in ordered if each.day >= first})
    weekdays = {day.weekday() for day in remaining}
    moved = dict(zip(remaining, teaching_days(resume, weekdays, calendar), strict=False))
    return tuple(msgspec.structs.replace(each, day=moved.get(each.day, each.day)) for each in ordered)


def changed_days(before: Iterable[PlannedSession], after: Iterable[PlannedSession]) -> set[date]:
    """The days on which two plans differ."""
    return {each.day for each in set(before) ^ set(after)}
