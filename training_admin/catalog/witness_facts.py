"""Everyone a witness (CONF-01): what a trainee is asked at enrolment and at the end, and what may be told of it to whom.

Employer and institution learn only how many have confirmed; a denial counts for them as not confirmed, like no answer at all, so that
nobody can be called to account for it. Officers and auditors see each answer.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec


class Moment(StrEnum):
    """When somebody is asked."""

    ENROLMENT = "enrolment"
    END = "end"


class Answer(StrEnum):
    """What he answers; both are final, a denial given by mistake is cleared up by the officer who follows the doubt AU-090."""

    ME = "me"
    NOT_ME = "not_me"


MOMENT_WORDS = {Moment.ENROLMENT: "开班时", Moment.END: "结业时"}
ANSWER_WORDS = {Answer.ME: "是我", Answer.NOT_ME: "不是我、我没参加"}
CHANNEL_WORDS = {"link": "短信链接", "own": "登录后"}
# Our own choice, no paper names a day (暂定): how long a link works, and after how many days it is sent once more.
ANSWER_DAYS = 15
REMIND_AFTER_DAYS = (3, 7)
QUESTIONS = (
    ("content", "培训内容对工作有帮助"),
    ("teacher", "教师讲得清楚"),
    ("place", "场地和设备合适"),
    ("service", "组织和服务周到"),
)
LEAST, MOST = 1, 5
# The job that asks the people of one class.
ASK_CLASS = "witness_ask"


class Question(msgspec.Struct, frozen=True):
    """What one person is or was asked about one class."""

    id: int
    training_class: int
    person: str
    moment: Moment
    asked_at: datetime
    answer_by: date
    answer: Answer | None
    answered_at: datetime | None
    channel: str
    scores: dict[str, int]


class Confirmed(msgspec.Struct, frozen=True):
    """How many of those asked at one moment have confirmed, and how many have not."""

    moment: Moment
    confirmed: int
    unconfirmed: int


def last_day_to_answer(asked: date) -> date:
    """Until when a link works."""
    return asked + timedelta(days=ANSWER_DAYS)


def confirmed_of(questions: Iterable[Question]) -> tuple[Confirmed, ...]:
    """The counts by moment; moments at which nobody was asked are left out."""
    told: dict[Moment, list[bool]] = {}
    for each in questions:
        told.setdefault(each.moment, []).append(each.answer is Answer.ME)
    return tuple(Confirmed(moment, sum(told[moment]), told[moment].count(False)) for moment in Moment if moment in told)


def scores_of(given: Mapping[str, str]) -> dict[str, int] | None:
    """The satisfaction questionnaire as sent, each from 1 to 5, unanswered ones left out; None when a score is none."""
    found: dict[str, int] = {}
    for key, _words in QUESTIONS:
        text = given.get(key, "").strip()
        if not text:
            continue
        if text not in {str(score) for score in range(LEAST, MOST + 1)}:
            return None
        found[key] = int(text)
    return found


def average_of(questions: Iterable[Question], key: str) -> int | None:
    """The mean score of one question in hundredths, rounded down; None when nobody gave one."""
    scores = [each.scores[key] for each in questions if key in each.scores]
    return sum(scores) * 100 // len(scores) if scores else None


def hidden_name(name: str) -> str:
    """A name for a page behind a link that may have reached a stranger: the first character and stars."""
    return name[:1] + "*" * max(1, len(name) - 1)
