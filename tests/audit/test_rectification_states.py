"""The life of a rectification: which act leads where, when two persons are needed, and what depends on the day."""

from datetime import date

import pytest

from training_admin.audit.rectification_states import (
    ACT_WORDS,
    ENDING_WORDS,
    SOURCE_WORDS,
    STATE_WORDS,
    Act,
    Ending,
    RectificationMoved,
    RectificationState,
    Source,
    acts_now,
    is_heavy,
    is_overdue,
    next_state,
    reminder_round,
    workdays_left,
)
from training_admin.kit.workdays import Calendar

S, A = RectificationState, Act
# 22 to 28 June 2026: 22 June is taken as a holiday, the Sunday after it as worked.
CALENDAR = Calendar(frozenset({2026}), frozenset({date(2026, 6, 22)}), frozenset({date(2026, 6, 28)}))
EVERYTHING = [
    (S.OPEN, {A.ANSWER, A.EXTEND, A.REFER, A.WITHDRAW, A.HOLD, A.RECOVER, A.REMIND}),
    (S.RETURNED, {A.ANSWER, A.EXTEND, A.REFER, A.WITHDRAW, A.HOLD, A.RECOVER, A.REMIND}),
    (S.ANSWERED, {A.SEND_BACK, A.CLOSE, A.REFER, A.WITHDRAW, A.HOLD, A.RECOVER}),
    (S.ENDING, {A.CONFIRM, A.REFUSE}),
    (S.ENDED, set()),
]


@pytest.mark.parametrize(("state", "fitting"), EVERYTHING)
def test_each_state_knows_its_acts_and_refuses_all_others(state: RectificationState, fitting: set[Act]) -> None:
    assert acts_now(state) == fitting
    for act in set(Act) - fitting - {A.ASK}:
        with pytest.raises(RectificationMoved):
            next_state(state, act, heavy=False, answered=False)


@pytest.mark.parametrize(
    ("state", "act", "heavy", "answered", "after"),
    [
        (S.OPEN, A.ANSWER, True, False, S.ANSWERED),
        (S.ANSWERED, A.SEND_BACK, True, True, S.RETURNED),
        (S.ANSWERED, A.CLOSE, False, True, S.ENDED),
        (S.ANSWERED, A.CLOSE, True, True, S.ENDING),
        (S.OPEN, A.WITHDRAW, True, False, S.ENDING),
        (S.ENDING, A.CONFIRM, True, True, S.ENDED),
        (S.ENDING, A.REFUSE, True, True, S.RETURNED),
        (S.ENDING, A.REFUSE, True, False, S.OPEN),
        (S.OPEN, A.EXTEND, True, False, S.OPEN),
        (S.ANSWERED, A.HOLD, False, True, S.ANSWERED),
    ],
)
def test_acts_lead_where_the_table_says(
    state: RectificationState, act: Act, *, heavy: bool, answered: bool, after: RectificationState
) -> None:
    assert next_state(state, act, heavy=heavy, answered=answered) is after


def test_everything_has_its_words() -> None:
    assert set(STATE_WORDS) == set(S)
    assert set(ACT_WORDS) == set(A)
    assert set(ENDING_WORDS) == set(Ending)
    assert set(SOURCE_WORDS) == set(Source)


@pytest.mark.parametrize(
    ("severity", "fen", "held", "recovery", "heavy"),
    [
        ("BLOCK", 0, False, "", True),
        ("HIGH", 0, False, "", True),
        ("MEDIUM", 0, False, "", False),
        ("MEDIUM", 1, False, "", True),
        ("MEDIUM", 0, True, "", True),
        ("MEDIUM", 0, False, "ZH20260001", True),
    ],
)
def test_money_and_what_is_high_need_two_persons(severity: str, fen: int, *, held: bool, recovery: str, heavy: bool) -> None:
    assert is_heavy(severity, fen, held=held, recovery=recovery) is heavy


def test_the_deadline_itself_is_in_time() -> None:
    deadline = date(2026, 6, 24)
    assert not is_overdue(S.OPEN, deadline, deadline)
    assert is_overdue(S.RETURNED, deadline, date(2026, 6, 25))
    assert not is_overdue(S.ANSWERED, deadline, date(2026, 6, 25))


@pytest.mark.parametrize(
    ("deadline", "today", "left"),
    [
        (date(2026, 6, 26), date(2026, 6, 26), 0),
        (date(2026, 6, 24), date(2026, 6, 19), 2),
        (date(2026, 6, 28), date(2026, 6, 26), 1),
        (date(2026, 6, 21), date(2026, 6, 19), 0),
        (date(2026, 6, 19), date(2026, 6, 24), -2),
        (date(2027, 1, 4), date(2026, 12, 31), None),
    ],
)
def test_working_days_are_counted_over_holidays_and_worked_sundays(deadline: date, today: date, left: int | None) -> None:
    assert workdays_left(deadline, today, CALENDAR) == left


@pytest.mark.parametrize(("left", "turn"), [(None, None), (4, None), (3, 0), (0, 0), (-1, 1), (-3, 1), (-4, 2), (-6, 2), (-7, 3)])
def test_reminders_come_before_the_deadline_and_every_so_often_after_it(left: int | None, turn: int | None) -> None:
    assert reminder_round(left, 3) == turn
