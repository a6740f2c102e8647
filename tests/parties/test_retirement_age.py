"""The retirement table is read by month of birth, with the base age before it and the last value after it."""

from datetime import date
from itertools import pairwise

import pytest

from training_admin.parties.retirement_age import TRACKS, limit_months


@pytest.mark.parametrize(
    ("track", "birth", "months"),
    [
        pytest.param("M", date(1964, 12, 31), 720, id="man born before the reform"),
        pytest.param("M", date(1965, 1, 1), 721, id="first month of the table"),
        pytest.param("M", date(1976, 8, 31), 755, id="one month before the end of the table"),
        pytest.param("M", date(1976, 9, 1), 756, id="last month of the table"),
        pytest.param("M", date(1999, 1, 1), 756, id="man born after the table"),
        pytest.param("F55", date(1969, 12, 31), 660, id="woman on the 55 track before the reform"),
        pytest.param("F55", date(1990, 5, 5), 696, id="woman on the 55 track after the table"),
        pytest.param("F50", date(1975, 3, 9), 602, id="woman on the 50 track"),
        pytest.param("F50", date(2000, 1, 1), 660, id="woman on the 50 track after the table"),
    ],
)
def test_limit_follows_the_month_of_birth(track: str, birth: date, months: int) -> None:
    assert limit_months(track, birth) == months


def test_limit_never_falls_as_births_get_later() -> None:
    for track in TRACKS:
        limits = [limit_months(track, date(year, month, 1)) for year in range(1960, 1990) for month in range(1, 13)]
        assert limits == sorted(limits)
        assert all(later - earlier <= 1 for earlier, later in pairwise(limits))
