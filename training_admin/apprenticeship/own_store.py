"""Queries of what apprentices say: their own programmes, voices only ever added, answers, and the phones for their sign-in."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.apprenticeship.own_facts import Said, Voice, month_day
from training_admin.apprenticeship.persons import ERASED_NAME
from training_admin.apprenticeship.record_store import RECORDED_STATES, ProgrammeHead
from training_admin.database import copy_rows, fetch_tuples

_SAID = "v.id, v.apprentice, v.kind, to_char(v.month, 'YYYY-MM'), v.said_at, v.answered_at, v.answer"
_COLUMNS = ("apprentice", "kind", "month", "sealed_words", "said_at", "answer")


class OwnRow(msgspec.Struct, frozen=True):
    """A programme that names a person, and what it tells of him; levels are codes, "" for none."""

    head: ProgrammeHead
    content: dict[str, object]
    apprentice: int
    name: str
    post: str
    joined_as: str
    joined_on: date | None
    contract_start: date | None
    contract_end: date | None
    agreement_on: date | None
    outcome: str
    left_on: date | None
    obtained_level: str
    mentor: str | None
    teacher: str | None


class VoiceRow(msgspec.Struct, frozen=True):
    """A voice in the list of those who answer: programme, name, and the voice itself."""

    number: str
    uscc: str
    enterprise_name: str
    institution_name: str
    person: str
    name: str
    said: Said
    answered_by: str | None


def _said(row: Sequence[Any]) -> Said:
    key, apprentice, kind, month, said_at, answered_at, answer = row
    return Said(key, apprentice, Voice(kind), month, said_at, answered_at, answer)


def _voice_row(row: Sequence[Any]) -> VoiceRow:
    number, uscc, enterprise, institution, person, name, answered_by, *said = row
    return VoiceRow(number, uscc, enterprise, institution, person, name, _said(said[:7]), answered_by)


async def own_programmes(person: str) -> list[OwnRow]:
    """The programmes that name a person and have not been made to forget him, the newest first."""
    found = await fetch_tuples(
        """SELECT p.id, p.number, p.uscc, p.enterprise_name, p.institution, p.institution_name, p.state, p.occupation_name, p.level,
               p.starts, p.months, p.content, a.id, a.name, a.post, a.joined_as, a.joined_on, a.contract_start, a.contract_end,
               a.agreement_on, a.outcome, a.left_on, a.obtained_level, m.name, t.name
           FROM apprentice a JOIN programme p ON p.id = a.programme
           LEFT JOIN programme_tutor m ON m.id = a.mentor LEFT JOIN programme_tutor t ON t.id = a.teacher
           WHERE a.person = $1 AND p.state = ANY($2) AND a.name <> $3 ORDER BY p.starts DESC, p.id DESC""",
        *(bytes.fromhex(person), list(RECORDED_STATES), ERASED_NAME),
    )
    return [OwnRow(ProgrammeHead(*row[:11]), msgspec.json.decode(row[11]), *row[12:]) for row in found]


async def apprentice_of(person: str, number: str) -> int | None:
    """A person's key as apprentice of a running programme; None when it does not name him."""
    found = await fetch_tuples(
        "SELECT a.id FROM apprentice a JOIN programme p ON p.id = a.programme WHERE a.person = $1 AND p.number = $2 AND p.state = ANY($3)",
        *(bytes.fromhex(person), number, list(RECORDED_STATES)),
    )
    return found[0][0] if found else None


async def said_by(apprentices: Sequence[int]) -> list[Said]:
    """Everything that apprentices said, the newest first."""
    found = await fetch_tuples(
        f"SELECT {_SAID} FROM apprentice_voice v WHERE v.apprentice = ANY($1) ORDER BY v.id DESC",  # noqa: S608 - our own texts
        list(apprentices),
    )
    return [_said(row) for row in found]


async def add_voice(apprentice: int, kind: Voice, *, month: str | None, sealed: bytes | None, at: datetime) -> None:
    """Keep what an apprentice says."""
    await copy_rows("apprentice_voice", _COLUMNS, [(apprentice, kind.value, month_day(month), sealed, at, "")])


async def voices(codes: Sequence[str] | None, kinds: Sequence[Voice], *, before: int | None, limit: int, open_only: bool) -> list[VoiceRow]:
    """Voices of some kinds in programmes of a scope, the newest first; with `open_only` those without an answer."""
    found = await fetch_tuples(
        f"""SELECT p.number, p.uscc, p.enterprise_name, p.institution_name, encode(a.person, 'hex'), a.name, v.answered_by, {_SAID}
            FROM apprentice_voice v JOIN apprentice a ON a.id = v.apprentice JOIN programme p ON p.id = a.programme
            WHERE ($1::varchar[] IS NULL OR p.uscc = ANY($1)) AND v.kind = ANY($2) AND ($3::bigint IS NULL OR v.id < $3)
              AND (v.answered_at IS NULL OR NOT $4) ORDER BY v.id DESC LIMIT $5""",  # noqa: S608 - our own texts
        *(codes, [each.value for each in kinds], before, open_only, limit),
    )
    return [_voice_row(row) for row in found]


async def voice(key: int, codes: Sequence[str] | None) -> tuple[VoiceRow, bytes | None] | None:
    """A voice in a scope with its sealed words; None when there is none."""
    found = await fetch_tuples(
        f"""SELECT p.number, p.uscc, p.enterprise_name, p.institution_name, encode(a.person, 'hex'), a.name, v.answered_by, {_SAID},
                v.sealed_words
            FROM apprentice_voice v JOIN apprentice a ON a.id = v.apprentice JOIN programme p ON p.id = a.programme
            WHERE v.id = $1 AND ($2::varchar[] IS NULL OR p.uscc = ANY($2))""",  # noqa: S608 - our own texts
        *(key, codes),
    )
    return (_voice_row(found[0]), found[0][-1]) if found else None


async def waiting(kinds: Sequence[Voice]) -> int:
    """How many voices of some kinds wait for an answer."""
    found = await fetch_tuples(
        "SELECT count(*) FROM apprentice_voice WHERE answered_at IS NULL AND kind = ANY($1)", [each.value for each in kinds]
    )
    count: int = found[0][0]
    return count


async def answer_voice(key: int, answer: str, *, by: str, at: datetime) -> bool:
    """Keep an answer; False when there is one already."""
    return bool(
        await fetch_tuples(
            """UPDATE apprentice_voice SET answer = $2, answered_by = $3, answered_at = $4
               WHERE id = $1 AND answered_at IS NULL RETURNING id""",
            *(key, answer, by, at),
        )
    )


async def confirmed(programme: int) -> tuple[int, int]:
    """How many apprentices of a programme have said that it is they, and how many have not: denials count like silence."""
    found = await fetch_tuples(
        """SELECT count(*) FILTER (WHERE said = 'me'), count(*) FILTER (WHERE said IS DISTINCT FROM 'me') FROM (
               SELECT (SELECT v.kind FROM apprentice_voice v WHERE v.apprentice = a.id AND v.kind IN ('me', 'not_me')
                       ORDER BY v.id LIMIT 1) said
               FROM apprentice a WHERE a.programme = $1) each""",
        programme,
    )
    return found[0][0], found[0][1]


async def sealed_phones(person: bytes) -> list[bytes]:
    """The sealed phones that approved programmes give a person."""
    found = await fetch_tuples(
        """SELECT a.sealed_phone FROM apprentice a JOIN programme p ON p.id = a.programme
           WHERE a.person = $1 AND p.state = ANY($2) AND a.sealed_phone IS NOT NULL""",
        *(person, list(RECORDED_STATES)),
    )
    return [row[0] for row in found]
