"""What may be told of answers: counts without denials, scores from one to five."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from training_admin.catalog.forecast_facts import Forecast, Hint, PersonForecast, Verdict, newly_refused
from training_admin.catalog.witness_facts import (
    Answer,
    Confirmed,
    Moment,
    Question,
    average_of,
    confirmed_of,
    hidden_name,
    last_day_to_answer,
    scores_of,
)

OPEN = Question(1, 1, "p", Moment.END, datetime(2026, 7, 18, tzinfo=UTC), date(2026, 8, 2), None, None, "", {})


def answered(answer: Answer, **scores: int) -> Question:
    return msgspec.structs.replace(OPEN, answer=answer, scores=scores)


def test_a_denial_counts_as_not_confirmed_like_no_answer_at_all() -> None:
    asked = [OPEN, answered(Answer.NOT_ME), answered(Answer.ME)]
    assert confirmed_of(asked) == (Confirmed(Moment.END, 1, 2),)
    assert confirmed_of([]) == ()


@pytest.mark.parametrize(
    ("given", "scores"),
    [
        ({}, {}),
        ({"content": "5", "place": " 1 ", "service": ""}, {"content": 5, "place": 1}),
        ({"content": "0"}, None),
        ({"content": "6"}, None),
        ({"content": "５"}, None),
        ({"other": "9"}, {}),
    ],
)
def test_scores_are_one_to_five_or_left_out(given: dict[str, str], scores: dict[str, int] | None) -> None:
    assert scores_of(given) == scores


def test_the_mean_is_in_hundredths_of_those_who_gave_one() -> None:
    asked = [OPEN, answered(Answer.ME, content=5), answered(Answer.ME, content=4, place=3), answered(Answer.ME, content=4)]
    assert average_of(asked, "content") == 433
    assert average_of(asked, "service") is None


def test_a_stranger_sees_the_surname_only() -> None:
    assert [hidden_name(name) for name in ("王", "王小明", "")] == ["王*", "王**", "*"]
    assert last_day_to_answer(date(2026, 7, 18)) == date(2026, 8, 2)


def forecast(*verdicts: Verdict) -> Forecast:
    people = tuple(PersonForecast(str(place), verdict, "PAY", 100, 90, (Hint("ATT-01", "", ""),)) for place, verdict in enumerate(verdicts))
    return Forecast(
        class_no="BJ1",
        version=1,
        as_of=date(2026, 7, 17),
        closed=False,
        sessions_left=0,
        budget_fen=0,
        per_head_fen=100,
        class_hints=(),
        people=people,
    )


def test_only_who_is_newly_refused_is_told_of_and_only_what_is_certain_is_summed_up() -> None:
    before = forecast(Verdict.PAYABLE, Verdict.REFUSED, Verdict.PENDING)
    now = forecast(Verdict.REFUSED, Verdict.REFUSED, Verdict.PENDING)
    assert (newly_refused(None, before), newly_refused(before, now), newly_refused(now, before)) == (1, 1, 0)
    assert (before.payable_fen, now.payable_fen, before.count("pending")) == (90, 0, 1)
