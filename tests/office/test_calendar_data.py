"""The published calendar as it comes with the program."""

from datetime import date

import pytest

from training_admin.database import read_transaction
from training_admin.kit.workdays import NoCalendar
from training_admin.office.calendar_data import published_calendar
from training_admin.office.workdays import load_calendar


def test_swapped_days_and_holidays_of_2026() -> None:
    calendar = published_calendar()
    assert calendar.is_workday(date(2026, 2, 28))
    assert not calendar.is_workday(date(2026, 2, 18))
    assert calendar.add_workdays(date(2026, 9, 24), 10) == date(2026, 10, 15)


def test_a_year_not_published_is_an_error() -> None:
    with pytest.raises(NoCalendar):
        published_calendar().is_workday(date(2027, 1, 4))


@pytest.mark.usefixtures("database")
async def test_the_database_starts_with_the_same_calendar() -> None:
    async with read_transaction():
        assert await load_calendar() == published_calendar()
