"""What an apprentice's own page works out: hours against the plan, wages, what was said last, what is missing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.apprenticeship.programmes import PLANNED, done
from training_admin.apprenticeship.facts import Hours
from training_admin.apprenticeship.own_facts import (
    MonthOwn,
    Said,
    Voice,
    blocks_of,
    hours_so_far,
    missing_of,
    month_day,
    planned_of,
    said_of_wage,
    wage_words,
    who_said,
)
from training_admin.apprenticeship.record_facts import Recorded, Side

AT = datetime(2026, 5, 10, 1, 0, tzinfo=UTC)


def record(month: str, *, wage: int | None = 500_000, at: datetime = AT) -> Recorded:
    return Recorded(1, 1, done(month, wage=wage), frozenset(Side), "form", "企业·张三", at)


def said(key: int, kind: Voice, *, month: str | None = None, at: datetime = AT) -> Said:
    return Said(key, 1, kind, month, at, None, "")


def test_hours_against_the_plan() -> None:
    told = hours_so_far([record("2026-03"), record("2026-04")])
    planned = planned_of({"planned": PLANNED})
    assert (told, planned) == (Hours(1000, 2000, 5000, 400), Hours(7500, 12500, 30000, 2000))
    assert [(each.words, each.told, each.planned, each.percent) for each in blocks_of(told, planned)] == [
        ("通用素质", 1000, 7500, 13),
        ("专业基础", 2000, 12500, 16),
        ("操作技能", 5000, 30000, 16),
        ("合计", 8000, 50000, 16),
    ]
    assert planned_of({}) is None
    assert {each.percent for each in blocks_of(told, None)} == {None}
    assert blocks_of(Hours(practice=900), Hours(practice=600))[2].percent == 100


@pytest.mark.parametrize(
    ("wage", "minimum", "words"),
    [(274_000, 274_000, "不低于最低工资"), (273_999, 274_000, "低于最低工资"), (1, None, "当月没有标准"), (None, 274_000, "未登记")],
)
def test_a_wage_against_the_minimum_of_its_month(wage: int | None, minimum: int | None, words: str) -> None:
    assert wage_words(MonthOwn("2026-04", record("2026-04", wage=wage), minimum, None)) == words
    assert wage_words(MonthOwn("2026-04", None, minimum, None)) == "未登记"


def test_the_first_word_on_who_it_is_and_the_last_on_a_wage_count() -> None:
    voices = [said(3, Voice.ME), said(1, Voice.NOT_ME), said(2, Voice.COMPLAINT)]
    assert who_said(voices) == voices[1]
    assert who_said([voices[2]]) is None
    wages = [
        said(4, Voice.WAGE_WRONG, month="2026-04"),
        said(5, Voice.WAGE_OK, month="2026-04"),
        said(6, Voice.WAGE_WRONG, month="2026-03"),
    ]
    assert said_of_wage(wages, record("2026-04")) is Voice.WAGE_OK
    # Corrected since: what was said of the earlier figure says nothing of this one.
    assert said_of_wage(wages, record("2026-04", at=AT + timedelta(days=1))) is None
    assert said_of_wage(wages, None) is None


def test_what_is_missing() -> None:
    end = date(2026, 5, 31)
    assert missing_of(mentor=True, teacher=True, agreement_on=end, contract_end=None, end=end, answered=True, untold=0) == []
    everything = missing_of(
        mentor=False, teacher=False, agreement_on=None, contract_end=date(2026, 4, 30), end=end, answered=False, untold=2
    )
    assert len(everything) == 6
    assert everything[-1] == "有 2 个月的课时或工资尚未登记完整"
    assert (month_day(None), month_day("2026-04")) == (None, date(2026, 4, 1))
