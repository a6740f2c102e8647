from datetime import UTC, date, datetime, timedelta

import pytest

from training_admin.kit.clock import FixedClock, SystemClock, day_bounds_utc, shanghai_day


@pytest.mark.parametrize(
    ("at", "day"),
    [
        pytest.param(datetime(2026, 5, 31, 15, 59, 59, tzinfo=UTC), date(2026, 5, 31), id="last second of the day in Shanghai"),
        pytest.param(datetime(2026, 5, 31, 16, 0, tzinfo=UTC), date(2026, 6, 1), id="midnight in Shanghai"),
    ],
)
def test_the_day_is_the_one_in_shanghai(at: datetime, day: date) -> None:
    assert shanghai_day(at) == FixedClock(at).today() == day


def test_a_day_lasts_from_midnight_to_midnight_in_shanghai() -> None:
    start, end = day_bounds_utc(date(2026, 6, 1))
    assert (start, end) == (datetime(2026, 5, 31, 16, tzinfo=UTC), datetime(2026, 6, 1, 16, tzinfo=UTC))
    assert start.tzinfo is UTC


def test_a_fixed_clock_stands_until_it_is_moved() -> None:
    clock = FixedClock(datetime(2026, 6, 1, tzinfo=UTC))
    assert clock.now() == clock.now()
    clock.move(timedelta(days=1))
    assert clock.now() == datetime(2026, 6, 2, tzinfo=UTC)


def test_the_system_clock_is_aware_and_agrees_with_itself() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.today() in {shanghai_day(clock.now()), shanghai_day(clock.now() - timedelta(seconds=5))}


@pytest.mark.parametrize("use", [shanghai_day, FixedClock], ids=["day", "clock"])
def test_a_naive_instant_is_refused(use: object) -> None:
    assert callable(use)
    with pytest.raises(AssertionError):
        use(datetime(2026, 6, 1))  # noqa: DTZ001 - what must be refused
