"""What a month can hold, what contradicts in it, what is missing and when somebody is reminded, as pure functions."""

from datetime import date

import msgspec
import pytest

from tests.apprenticeship.programmes import done
from training_admin.apprenticeship.facts import Hours, MonthDone
from training_admin.apprenticeship.record_facts import (
    Contradiction,
    Field,
    MonthState,
    Side,
    Span,
    Wrong,
    contradictions,
    days_there,
    due_day,
    hours_of_others,
    is_month,
    merged,
    month_states,
    months_told,
    reminder_round,
    teller_name,
    teller_sides,
    teller_text,
    values_of,
    wage_is_low,
    wrong_month,
    wrong_values,
)

SPAN = Span(date(2025, 6, 16), date(2026, 6, 15), date(2026, 2, 10))
BOTH, FIRM, SCHOOL = tuple(Side), (Side.ENTERPRISE,), (Side.INSTITUTION,)
WHOLE = {Field.GENERAL: 500, Field.BASICS: 1000, Field.ONLINE: 200, Field.PRACTICE: 2500, Field.MENTOR: 1000, Field.WAGE: 500_000}


@pytest.mark.parametrize(
    ("month", "today", "days", "wrong"),
    [
        ("2025-05", date(2026, 6, 1), 0, Wrong.OUTSIDE_TERM),
        ("2025-06", date(2026, 6, 1), 15, None),
        ("2025-07", date(2025, 7, 30), 31, Wrong.FUTURE_MONTH),
        ("2025-07", date(2025, 7, 31), 31, None),
        ("2026-02", date(2026, 2, 9), 10, Wrong.FUTURE_MONTH),
        ("2026-02", date(2026, 2, 10), 10, None),
        ("2026-03", date(2026, 6, 1), 0, Wrong.AFTER_LEAVING),
        ("2026-07", date(2026, 8, 1), 0, Wrong.OUTSIDE_TERM),
    ],
)
def test_a_month_is_told_of_who_was_there_and_when_it_is_over(month: str, today: date, days: int, wrong: Wrong | None) -> None:
    assert (days_there(month, SPAN), wrong_month(month, SPAN, today)) == (days, wrong)


@pytest.mark.parametrize(
    ("sides", "changes", "wrong"),
    [
        (BOTH, {}, {}),
        (FIRM, {Field.WAGE: None}, {Field.WAGE: Wrong.WAGE_NOT_TOLD}),
        (FIRM, {Field.MENTOR: None}, {Field.MENTOR: Wrong.MISSING}),
        (SCHOOL, {Field.GENERAL: None, Field.ONLINE: None}, {Field.GENERAL: Wrong.MISSING}),
        (SCHOOL, {Field.ONLINE: None}, {}),
        (SCHOOL, {Field.ONLINE: 1501}, {Field.ONLINE: Wrong.ONLINE_TOO_MANY}),
        (FIRM, {Field.PRACTICE: 24_801}, {Field.PRACTICE: Wrong.MORE_THAN_POSSIBLE}),
        (FIRM, {Field.PRACTICE: 24_800}, {Field.PRACTICE: Wrong.SUM_TOO_LARGE}),
        (SCHOOL, {Field.BASICS: 24_400}, {Field.BASICS: Wrong.SUM_TOO_LARGE}),
        (BOTH, {Field.MENTOR: 24_801}, {Field.MENTOR: Wrong.MORE_THAN_POSSIBLE}),
    ],
)
def test_values_of_a_month(sides: tuple[Side, ...], changes: dict[Field, int | None], wrong: dict[Field, Wrong]) -> None:
    mine = set(values_of(done("2026-01"), sides)) if sides != BOTH else set(WHOLE)
    values = {field: value for field, value in {**WHOLE, **changes}.items() if field in mine and value is not None}
    others = 0 if sides == BOTH else hours_of_others(done("2026-01"), sides)
    assert wrong_values(values, sides, others=others, possible=24_800) == wrong


def test_each_side_leaves_what_the_other_has_told() -> None:
    firm = merged("2026-01", None, {Field.PRACTICE: 2500, Field.MENTOR: 1000, Field.WAGE: 500_000})
    assert firm == MonthDone("2026-01", Hours(practice=2500), 1000, 500_000)
    both = merged("2026-01", firm, {Field.GENERAL: 500, Field.BASICS: 1000, Field.ONLINE: 200})
    assert values_of(both, BOTH) == WHOLE
    # Told again without online hours, there were none; the firm's correction leaves them.
    assert merged("2026-01", both, {Field.GENERAL: 500, Field.BASICS: 900}).hours == Hours(500, 900, 2500, 0)
    assert merged("2026-01", both, {Field.WAGE: 1}).hours == both.hours
    assert [hours_of_others(both, each) for each in (FIRM, SCHOOL, BOTH)] == [1500, 2500, 0]
    assert hours_of_others(None, FIRM) == 0
    assert Field.WAGE not in values_of(msgspec.structs.replace(both, net_wage_fen=None), FIRM)


def test_contradictions_are_told_and_refuse_nothing() -> None:
    both = frozenset(Side)
    assert contradictions(done("2026-01"), both, 274_000) == ()
    low = done("2026-01", wage=273_999, mentor=2600)
    assert contradictions(low, both, 274_000) == (Contradiction.WAGE_LOW, Contradiction.MENTOR_MORE)
    nothing = done("2026-01", practice=0, mentor=0, theory=0)
    assert contradictions(nothing, both, None) == (Contradiction.NOTHING_HELD,)
    assert contradictions(nothing, frozenset(FIRM), None) == ()
    assert not wage_is_low(done("2026-01", wage=None), 274_000)
    assert not wage_is_low(low, None)


def test_what_is_missing_by_side_and_when_it_is_late() -> None:
    spans = [(1, Span(date(2025, 6, 1), date(2026, 5, 31))), (2, Span(date(2025, 6, 1), date(2026, 5, 31), date(2025, 6, 20)))]
    told = {(1, "2025-06"): frozenset(FIRM), (2, "2025-06"): frozenset(Side)}
    months = months_told(date(2025, 6, 1), 12, date(2025, 7, 31))
    assert months == ("2025-06", "2025-07")
    june, july = month_states(spans, told, months, date(2025, 7, 31))
    assert june == MonthState("2025-06", date(2025, 7, 15), 2, {Side.ENTERPRISE: 0, Side.INSTITUTION: 1}, late=True)
    assert july == MonthState("2025-07", date(2025, 8, 15), 1, {Side.ENTERPRISE: 1, Side.INSTITUTION: 1}, late=False)
    assert (june.whole, month_states([], {}, ["2025-06"], date(2025, 7, 31))[0].whole) == (False, True)
    assert months_told(date(2025, 6, 16), 1, date(2025, 7, 15)) == ("2025-06", "2025-07")
    assert due_day("2025-12") == date(2026, 1, 15)


def test_reminders_come_before_and_after_the_day() -> None:
    due = date(2025, 7, 15)
    days = [date(2025, 7, 11), date(2025, 7, 12), date(2025, 7, 15), date(2025, 7, 16), date(2025, 7, 23), date(2025, 9, 1)]
    assert [reminder_round(due, each) for each in days] == [None, -3, -3, 1, 8, 8]


def test_who_told_is_kept_with_his_side() -> None:
    assert teller_text(BOTH, "张三") == "企业、培训机构·张三"
    assert teller_name(teller_text(FIRM, "李·四")) == "企业 李·四"
    assert teller_sides(teller_text(FIRM, "李·四")) == frozenset(FIRM)
    assert (teller_name("录入"), teller_sides("录入")) == ("录入", frozenset(Side))
    assert len(teller_text(FIRM, "长" * 200)) == 120
    assert teller_sides(teller_text(BOTH, "张三")) == frozenset(Side)


@pytest.mark.parametrize(
    ("text", "good"),
    [("2026-03", True), ("2026-13", False), ("2026-3", False), ("1999-12", False), ("２０２６-03", False), ("2026", False)],
)
def test_months_as_they_stand_in_addresses(text: str, good: bool) -> None:
    assert is_month(text) is good
