"""Numbers and days as people read them."""

from datetime import UTC, date, datetime

import pytest

from training_admin.kit import wording


@pytest.mark.parametrize(
    ("value", "words"),
    [(12000, "120"), (12050, "120.5"), (12005, "120.05"), (5, "0.05"), (0, "0"), (-150, "-1.5"), (123456700, "1,234,567")],
)
def test_hundredths_keep_every_digit_and_no_more(value: int, words: str) -> None:
    assert wording.hundredths(value) == words


@pytest.mark.parametrize(("value", "words"), [(8000, "80.00%"), (3333, "33.33%"), (5, "0.05%"), (10000, "100.00%")])
def test_percent_has_two_decimals(value: int, words: str) -> None:
    assert wording.percent(value) == words


@pytest.mark.parametrize(("value", "words"), [(8000, "0.8"), (10000, "1"), (12345, "1.2345"), (0, "0")])
def test_a_factor_is_plain(value: int, words: str) -> None:
    assert wording.factor(value) == words


@pytest.mark.parametrize(("months", "words"), [(192, "16岁"), (195, "16岁3个月"), (0, "0岁")])
def test_an_age_is_years_and_months(months: int, words: str) -> None:
    assert wording.age(months) == words


def test_days_are_chinese_and_nothing_is_said_to_be_nothing() -> None:
    assert wording.day(date(2026, 3, 9)) == "2026年3月9日"
    assert wording.day(None) == "无"
    assert wording.day_of_year("05-31") == "5月31日"
    assert wording.period(date(2026, 1, 1), None) == "2026年1月1日起"
    assert wording.period(date(2026, 1, 1), date(2026, 12, 31)) == "2026年1月1日至2026年12月31日"


def test_a_moment_is_told_by_the_clock_in_shanghai() -> None:
    assert wording.moment(datetime(2026, 5, 31, 17, 5, tzinfo=UTC)) == "2026年6月1日 01:05"


def test_a_switch_is_yes_or_no() -> None:
    assert (wording.yes_no(True), wording.yes_no(False)) == ("是", "否")


def test_rows_are_written_as_people_write_them() -> None:
    assert wording.row_ranges([14, 10, 11, 12, 18, 10]) == "10-12、14、18"
    assert wording.row_ranges([]) == ""
