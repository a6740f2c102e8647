"""Queries of the questions to trainees: who is not asked yet, whose answer a link stands for, who is reminded, who denied."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.catalog.pooling import plain_number
from training_admin.catalog.witness_facts import Answer, Moment, Question
from training_admin.database import copy_rows, fetch_tuples

_COLUMNS = """w.id, w.training_class, encode(w.person, 'hex'), w.moment, w.asked_at, w.answer_by, w.answer, w.answered_at, w.channel,
    w.scores"""
_OPEN_END = """
    SELECT c.class_no FROM training_class c JOIN class_version v ON v.training_class = c.id AND v.version = c.approved_version
    WHERE (c.state = 'closed' OR c.state IN ('approved', 'changing', 'suspended')
           AND (SELECT max((s->>'day')::date) FROM jsonb_array_elements(v.content->'sessions') s) < $1)
      AND EXISTS (SELECT 1 FROM class_trainee t WHERE t.class_version = v.id AND NOT EXISTS (
          SELECT 1 FROM class_witness w WHERE w.training_class = c.id AND w.person = t.person AND w.moment = 'end'))
    ORDER BY c.id
"""


def _question(row: tuple[Any, ...]) -> Question:
    key, training_class, person, moment, asked_at, answer_by, answer, answered_at, channel, scores = row
    return Question(
        *(key, training_class, person, Moment(moment), asked_at, answer_by, Answer(answer) if answer else None, answered_at, channel),
        {} if scores is None else msgspec.json.decode(scores, type=dict[str, int]),
    )


async def unasked(training_class: int, version_key: int, moment: Moment) -> list[str]:
    """Persons of a roster who were not asked at a moment, in the roster's order."""
    found = await fetch_tuples(
        """SELECT encode(t.person, 'hex') FROM class_trainee t WHERE t.class_version = $2 AND NOT EXISTS (
               SELECT 1 FROM class_witness w WHERE w.training_class = $1 AND w.person = t.person AND w.moment = $3)
           ORDER BY t.place""",
        *(training_class, version_key, moment.value),
    )
    return list(dict.fromkeys(row[0] for row in found))


async def add_questions(training_class: int, tokens: Sequence[tuple[str, bytes]], moment: Moment, *, at: datetime, answer_by: date) -> None:
    """Ask persons, each with the hash of a token."""
    rows = [(training_class, bytes.fromhex(person), moment.value, hashed, at, answer_by, "") for person, hashed in tokens]
    columns = ("training_class", "person", "moment", "token_hash", "asked_at", "answer_by", "channel")
    await copy_rows("class_witness", columns, rows)


async def keys_of(training_class: int, persons: Sequence[str], moment: Moment) -> dict[str, int]:
    """The keys of the questions to some persons."""
    found = await fetch_tuples(
        "SELECT encode(person, 'hex'), id FROM class_witness WHERE training_class = $1 AND moment = $2 AND person = ANY($3)",
        *(training_class, moment.value, [bytes.fromhex(person) for person in persons]),
    )
    return {row[0]: row[1] for row in found}


async def question_of_token(hashed: bytes) -> Question | None:
    """The question that a token stands for, answered or not; None when there is none."""
    found = await fetch_tuples(f"SELECT {_COLUMNS} FROM class_witness w WHERE w.token_hash = $1", hashed)  # noqa: S608 - our own texts
    return _question(found[0]) if found else None


async def question_by_key(key: int) -> Question | None:
    """A question by its key."""
    found = await fetch_tuples(f"SELECT {_COLUMNS} FROM class_witness w WHERE w.id = $1", key)  # noqa: S608 - our own texts
    return _question(found[0]) if found else None


async def questions_of_person(person: str) -> list[Question]:
    """Everything a person was asked, newest first."""
    found = await fetch_tuples(
        f"SELECT {_COLUMNS} FROM class_witness w WHERE w.person = $1 ORDER BY w.id DESC",  # noqa: S608 - our own texts
        bytes.fromhex(person),
    )
    return [_question(row) for row in found]


async def questions_of_class(training_class: int) -> list[Question]:
    """Everything that was asked about a class, in the order of asking."""
    found = await fetch_tuples(
        f"SELECT {_COLUMNS} FROM class_witness w WHERE w.training_class = $1 ORDER BY w.id",  # noqa: S608 - our own texts
        training_class,
    )
    return [_question(row) for row in found]


async def answer_question(key: int, answer: Answer, *, channel: str, scores: dict[str, int], at: datetime) -> bool:
    """Keep an answer; False when the question was answered before."""
    return bool(
        await fetch_tuples(
            """UPDATE class_witness SET answer = $2, answered_at = $3, channel = $4, scores = $5 WHERE id = $1 AND answer IS NULL
               RETURNING id""",
            *(key, answer.value, at, channel, msgspec.json.encode(scores).decode() if scores else None),
        )
    )


async def renew_token(key: int, hashed: bytes) -> None:
    """A new token in place of the earlier one."""
    await fetch_tuples("UPDATE class_witness SET token_hash = $2 WHERE id = $1", key, hashed)


async def classes_at_end(today: date) -> list[str]:
    """Numbers of classes that are over or closed and whose people were not all asked at the end."""
    return [row[0] for row in await fetch_tuples(_OPEN_END, today)]


async def open_questions(today: date, *, before: datetime) -> list[Question]:
    """Questions asked before an instant that wait for an answer and whose links still work."""
    found = await fetch_tuples(
        f"""SELECT {_COLUMNS} FROM class_witness w WHERE w.answer IS NULL AND w.answer_by >= $1 AND w.asked_at < $2 ORDER BY w.id""",  # noqa: S608 - our own texts
        *(today, before),
    )
    return [_question(row) for row in found]


async def sent_before(entrypoint: str, keys: Sequence[str]) -> frozenset[str]:
    """Which of the jobs have been done."""
    found = await fetch_tuples("SELECT key FROM job_done WHERE entrypoint = $1 AND key = ANY($2)", entrypoint, list(keys))
    return frozenset(row[0] for row in found)


async def sealed_phones(person: bytes) -> list[bytes]:
    """The sealed phones that the approved rosters of classes give a person."""
    found = await fetch_tuples(
        """SELECT t.sealed_phone FROM class_trainee t JOIN class_version v ON v.id = t.class_version
           JOIN training_class c ON c.id = v.training_class AND c.approved_version = v.version
           WHERE t.person = $1 AND t.sealed_phone IS NOT NULL""",
        person,
    )
    return [row[0] for row in found]


async def denials_of(class_nos: Sequence[str], known_at: datetime) -> frozenset[tuple[str, str]]:
    """Class number and person of everybody who had denied by an instant to have taken part, at enrolment or at the end.

    The numbers are those of claims: of a pooled class that of a firm, which leads to the class.
    """
    named: dict[str, list[str]] = {}
    for class_no in class_nos:
        named.setdefault(plain_number(class_no), []).append(class_no)
    found = await fetch_tuples(
        """SELECT DISTINCT c.class_no, encode(w.person, 'hex') FROM class_witness w JOIN training_class c ON c.id = w.training_class
           WHERE c.class_no = ANY($1) AND w.answer = 'not_me' AND w.answered_at <= $2""",
        *(list(named), known_at),
    )
    return frozenset((class_no, person) for plain, person in found for class_no in named[plain])
