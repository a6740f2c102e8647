"""Queries of the changes of programmes, and what an approved one does to an apprentice."""

from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.apprenticeship.plan_facts import ChangeContent, change_words
from training_admin.apprenticeship.states import ChangeKind
from training_admin.database import fetch_tuples


class NewChange(msgspec.Struct, frozen=True):
    """A change as it is asked for."""

    programme: int
    apprentice: int | None
    kind: ChangeKind
    content: msgspec.Struct
    happened_on: date
    reason: str
    asker: str
    hands: frozenset[str]
    at: datetime


class AskedChange(msgspec.Struct, frozen=True):
    """A change with its decision, None while it waits; `row` and `name` are those of the apprentice.

    `words` tell what is asked for.
    """

    id: int
    kind: ChangeKind
    apprentice: int | None
    row: int | None
    name: str
    content: dict[str, Any]
    happened_on: date
    reason: str
    asker: str
    hands: frozenset[str]
    asked_at: datetime
    decision: str | None
    decider: str | None
    decided_at: datetime | None
    opinion: str
    words: str


async def add_change(new: NewChange) -> int:
    """Keep a change that waits for its decision."""
    found = await fetch_tuples(
        """INSERT INTO programme_change (programme, apprentice, kind, content, happened_on, reason, asker, hands, asked_at, opinion)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '') RETURNING id""",
        *(new.programme, new.apprentice, new.kind.value, msgspec.json.encode(new.content).decode(), new.happened_on, new.reason),
        *(new.asker, sorted(new.hands), new.at),
    )
    key: int = found[0][0]
    return key


async def changes_of(programme: int) -> list[AskedChange]:
    """The changes of a programme, newest first."""
    found = await fetch_tuples(
        """SELECT c.id, c.kind, c.apprentice, a.place, coalesce(a.name, ''), c.content::text, c.happened_on, c.reason, c.asker, c.hands,
                  c.asked_at, c.decision, c.decider, c.decided_at, c.opinion, coalesce(t.name, '')
           FROM programme_change c LEFT JOIN apprentice a ON a.id = c.apprentice
           LEFT JOIN programme_tutor t ON t.id = (c.content ->> 'tutor')::bigint WHERE c.programme = $1 ORDER BY c.id DESC""",
        programme,
    )
    return [_change(row) for row in found]


def _change(row: Any) -> AskedChange:
    key, kind, apprentice, place, name, content, happened_on, reason, asker, hands, *rest, tutor = row
    plain = msgspec.json.decode(content)
    told: list[Any] = [*rest, change_words(msgspec.convert(plain, ChangeContent, strict=False), tutor)]
    return AskedChange(key, ChangeKind(kind), apprentice, place, name, plain, happened_on, reason, asker, frozenset(hands), *told)


async def decide(change: int, decision: str, *, decider: str, at: datetime, opinion: str) -> bool:
    """Decide a change that waits; False when it was decided before."""
    return bool(
        await fetch_tuples(
            """UPDATE programme_change SET decision = $2, decider = $3, decided_at = $4, opinion = $5
               WHERE id = $1 AND decision IS NULL RETURNING id""",
            *(change, decision, decider, at, opinion),
        )
    )


async def open_apprentice(programme: int, row: int | None) -> int | None:
    """The key of an apprentice of whom nothing final is known and no change waits."""
    found = await fetch_tuples(
        """SELECT a.id FROM apprentice a WHERE a.programme = $1 AND a.place = $2::bigint AND a.outcome = 'open'
           AND NOT EXISTS (SELECT 1 FROM programme_change c WHERE c.apprentice = a.id AND c.decision IS NULL)""",
        *(programme, row),
    )
    return found[0][0] if found else None


async def is_tutor(programme: int, tutor: int | None, kind: str) -> bool:
    """Whether somebody is a mentor, or a teacher, of a programme."""
    return bool(await fetch_tuples("SELECT 1 FROM programme_tutor WHERE programme = $1 AND id = $2 AND kind = $3", programme, tutor, kind))


async def set_left(apprentice: int, day: date, cause: str, months_done: int | None) -> None:
    """An apprentice has left; excused, the months he did are paid."""
    await fetch_tuples(
        "UPDATE apprentice SET outcome = 'left', left_on = $2, left_cause = $3, months_done = $4 WHERE id = $1 RETURNING id",
        *(apprentice, day, cause, months_done),
    )


async def set_tutor(apprentice: int, kind: str, tutor: int) -> None:
    """Another mentor or teacher from now on."""
    assert kind in {"mentor", "teacher"}
    await fetch_tuples(f"UPDATE apprentice SET {kind} = $2 WHERE id = $1 RETURNING id", apprentice, tutor)  # noqa: S608 - one of two words


async def set_result(apprentice: int, outcome: str, level: str, certificate_no: str, certified_on: date | None) -> None:
    """What an apprentice has obtained."""
    await fetch_tuples(
        "UPDATE apprentice SET outcome = $2, obtained_level = $3, certificate_no = $4, certified_on = $5 WHERE id = $1 RETURNING id",
        *(apprentice, outcome, level, certificate_no, certified_on),
    )
