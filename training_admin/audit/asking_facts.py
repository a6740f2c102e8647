"""Asking another department about persons, as pure data: what is sent, what comes back, and whether the answer can be believed.

One request names at most `MOST_IN_REQUEST` persons. Who is not answered for is neither clean nor found: he is only counted.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated

import msgspec

from training_admin.audit.match_facts import KINDS, MatchKind
from training_admin.kit.refusals import Refusal

MOST_IN_REQUEST, MOST_ASKED = 500, 20_000
LARGEST_ANSWER = 4 * 1024 * 1024
LONGEST_WORD = 100
Number = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class DepartmentAway(Refusal):
    """The department did not answer, or not in the agreed form; it is asked again, `code` tells what was wrong."""

    status = 502
    code = "department-away"
    title = "部门接口没有答复"


class AnswerWrong(DepartmentAway):
    """What came back is not an answer to what was asked."""

    code = "department-answer-wrong"


class Question(msgspec.Struct, frozen=True):
    """The body of a request: persons by identity number and the stretch of days that is asked about."""

    query: str
    part: int
    kind: MatchKind
    first: date
    last: date
    persons: tuple[str, ...]

    def __repr__(self) -> str:
        """Without the numbers: a repr ends up in logs."""
        return f"Question({self.query!r}, part={self.part}, persons={len(self.persons)})"


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the department knows of a person: from when to when, and a word."""

    id_no: Number
    starts: date | None = None
    ends: date | None = None
    word: Annotated[str, msgspec.Meta(max_length=LONGEST_WORD)] = ""

    def __repr__(self) -> str:
        """Without the number: a repr ends up in logs."""
        return "Entry()"


class Answer(msgspec.Struct, frozen=True):
    """The body of an answer: the day it stands for, what is known, and of whom nothing can be said."""

    query: str
    part: int
    as_of: date
    entries: Annotated[tuple[Entry, ...], msgspec.Meta(max_length=20 * MOST_IN_REQUEST)] = ()
    unanswered: Annotated[tuple[Number, ...], msgspec.Meta(max_length=MOST_IN_REQUEST)] = ()

    def __repr__(self) -> str:
        """Without the numbers: a repr ends up in logs."""
        return f"Answer({self.query!r}, part={self.part}, entries={len(self.entries)}, unanswered={len(self.unanswered)})"


def questions(query: str, kind: MatchKind, first: date, last: date, persons: Sequence[str]) -> Iterator[Question]:
    """The requests that ask about all persons, in their order."""
    for part, start in enumerate(range(0, len(persons), MOST_IN_REQUEST)):
        yield Question(query, part, kind, first, last, tuple(persons[start : start + MOST_IN_REQUEST]))


def answer_to(question: Question, content: bytes, *, today: date) -> Answer:
    """The answer in a body; raises AnswerWrong when it is none to this question, or speaks of somebody who was not asked about."""
    try:
        answer = msgspec.json.decode(content, type=Answer)
    except msgspec.MsgspecError:
        raise AnswerWrong("答复的格式不符合约定。") from None
    asked = set(question.persons)
    if (answer.query, answer.part) != (question.query, question.part) or answer.as_of > today:
        raise AnswerWrong("答复的查询编号、序号或日期与查询不符。")
    if not asked.issuperset(each.id_no for each in answer.entries) or not asked.issuperset(answer.unanswered):
        raise AnswerWrong("答复中有未查询的人员。")
    for each in answer.entries:
        backwards = each.starts is not None and each.ends is not None and each.ends < each.starts
        if backwards or (each.ends is not None and not KINDS[question.kind].last):
            raise AnswerWrong("答复中有起止日期不合理的记录。")
    return answer
