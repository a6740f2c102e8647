"""Sessions on days: weekdays without holidays, and what remains of a class after a suspension."""

from datetime import date, timedelta

import pytest

from tests.catalog.classes import FIRST_DAY, plan, session
from training_admin.catalog.scheduling import changed_days, moved_sessions, planned_sessions, teaching_days
from training_admin.kit.workdays import NoCalendar
from training_admin.office.calendar_data import published_calendar

SUNDAY, FRIDAY = 6, 4


def test_a_plan_skips_holidays_and_swapped_days() -> None:
    lessons = [session(FIRST_DAY)] * 3
    found = planned_sessions(lessons, first=date(2026, 9, 18), weekdays={FRIDAY, SUNDAY}, calendar=published_calendar())
    # Sunday 20 September is worked instead of Friday 25; Sunday 27 is the holiday's last day.
    assert [each.day for each in found] == [date(2026, 9, 18), date(2026, 10, 9), date(2026, 10, 11)]


def test_a_year_without_calendar_is_no_guess() -> None:
    with pytest.raises(NoCalendar):
        list(teaching_days(date(2026, 12, 31), {0, 1, 2, 3, 4}, published_calendar()))


def test_no_plan_is_longer_than_two_years() -> None:
    days = list(teaching_days(date(2020, 1, 1), {0}, published_calendar()))
    assert days[-1] < date(2020, 1, 1) + timedelta(days=730)


def test_all_remaining_sessions_move_behind_a_suspension_on_their_weekdays() -> None:
    sessions = plan().sessions
    moved = moved_sessions(sessions, first=date(2026, 7, 9), resume=date(2026, 7, 13), calendar=published_calendar())
    assert [each.day for each in moved[:3]] == [each.day for each in sessions[:3]]
    assert [each.day for each in moved[3:5]] == [date(2026, 7, 13), date(2026, 7, 14)]
    assert [each.starts for each in moved] == [each.starts for each in sessions]
    assert min(changed_days(sessions, moved)) == date(2026, 7, 9)
    assert not changed_days(sessions, sessions)
