"""A running class at best, hints for who is behind, and what a person is told of an outcome."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from tests.catalog.classes import plan, session
from training_admin.catalog.forecast_facts import Hint, Verdict
from training_admin.catalog.run_facts import Attended, ClassRun, ClosedClass, ClosedTrainee, Held, Mark, Outcome, Result, Way
from training_admin.subsidy.forecasting import (
    Course,
    behind_hint,
    closed_course,
    last_claim_day,
    mend_by,
    open_hints,
    running_course,
    verdict_of,
)
from training_admin.subsidy.record import LineOutcome

AT = datetime(2026, 7, 6, 4, tzinfo=UTC)
FIRST, SECOND, THIRD = date(2026, 7, 6), date(2026, 7, 7), date(2026, 7, 8)
PLAN = plan(sessions=(session(FIRST), session(SECOND, online=True), session(THIRD, online=True)))
ONE, TWO = PLAN.trainees[0].person, PLAN.trainees[1].person
WAIT = Hint("TR-01", "", "")
END = date(2026, 10, 17)


def held(day: date, minutes: int = 135) -> Held:
    return Held(day, 540, minutes, Way.PAGE, "", "t", AT)


def test_what_is_not_confirmed_counts_as_held_and_attended_by_everybody() -> None:
    run = ClassRun(
        held={(FIRST, 540): held(FIRST, 90), (SECOND, 540): held(SECOND, 135)},
        attended={(FIRST, 540, ONE): Attended(FIRST, 540, ONE, Mark.PRESENT, 135, Way.PAGE, "", "t", AT)},
        results={ONE: Result(ONE, None, None, Outcome.FAILED, "", None, "t", AT)},
    )
    course = running_course(PLAN, run, hour_minutes=45)
    assert (course.delivered_centihours, course.online_centihours, course.closed) == (800, 600, False)
    assert (course.attended[ONE], course.attended[TWO]) == (500, 300)
    assert (course.results[ONE], course.results[TWO]) == ("不合格", "")
    assert (course.behind[ONE], course.behind[TWO]) == ((200, 500), (0, 500))
    assert [each.day for each in course.left] == [THIRD]


def test_a_closed_class_is_what_was_frozen() -> None:
    closed = ClosedClass(
        class_no="BJ1",
        version=1,
        enterprise="F",
        institution=None,
        start=FIRST,
        end=THIRD,
        delivered_centihours=900,
        online_centihours=600,
        enrolled=2,
        trainees=(ClosedTrainee(ONE, 900, "passed", ""), ClosedTrainee(TWO, 100, "", "")),
    )
    assert closed_course(closed) == Course(900, 600, {ONE: 900, TWO: 100}, {ONE: "合格", TWO: ""}, closed=True)


def behind(attended: int, delivered: int, best: int, whole: int, *, left: bool = True) -> Hint | None:
    sessions = (session(SECOND), session(THIRD)) if left else ()
    return behind_hint(Course(whole, 0, {"p": best}, {}, closed=False, left=sessions, behind={"p": (attended, delivered)}), "p", 8000)


def test_who_is_behind_is_told_how_many_hours_are_still_possible() -> None:
    hint = behind(300, 500, 800, 1000)
    assert hint is not None
    assert hint.mend_by == THIRD
    assert hint.would_pass == "其余 5 课时中至少再出勤 5 课时时可通过。"
    assert behind(400, 500, 900, 1000) is None
    assert behind(200, 500, 700, 1000) is None
    assert behind(300, 500, 300, 500, left=False) is None
    assert behind_hint(Course(0, 0, {}, {}, closed=True), "p", 8000) is None


def test_what_nobody_has_told_is_asked_for() -> None:
    assert [hint.rule for hint in open_hints(contract=True, result=True, claim_by=END)] == ["TR-01", "EXAM-01"]
    assert open_hints(contract=False, result=False, claim_by=END) == ()
    assert (mend_by("TR-01", END), mend_by("FILE-01", END)) == (END, None)


@pytest.mark.parametrize(
    ("end", "last"), [(date(2026, 7, 17), END), (date(2026, 11, 30), date(2027, 2, 28)), (date(2026, 12, 31), date(2027, 3, 31))]
)
def test_the_last_day_of_the_claim_is_that_of_the_rule(end: date, last: date) -> None:
    assert last_claim_day(end, months=3, year_end="05-31") == last
    assert last_claim_day(end, months=12, year_end="05-31") == date(2027, 5, 31)


@pytest.mark.parametrize(
    ("outcome", "waiting", "verdict"),
    [
        (LineOutcome.PAY, (), Verdict.PAYABLE),
        (LineOutcome.REDUCE, (), Verdict.PAYABLE),
        (LineOutcome.PAY, (WAIT,), Verdict.PENDING),
        (LineOutcome.HOLD, (), Verdict.PENDING),
        (LineOutcome.CELL, (WAIT,), Verdict.PENDING),
        (LineOutcome.REJECT_LINE, (WAIT,), Verdict.REFUSED),
        (LineOutcome.REJECT_CLASS, (), Verdict.REFUSED),
        (LineOutcome.REJECT_CLAIM, (), Verdict.REFUSED),
    ],
)
def test_a_person_is_told_what_is_sure(outcome: LineOutcome, waiting: tuple[Hint, ...], verdict: Verdict) -> None:
    assert verdict_of(outcome, waiting) is verdict


def test_the_structs_say_the_same_after_a_journey() -> None:
    assert msgspec.json.decode(msgspec.json.encode(WAIT), type=Hint) == WAIT
