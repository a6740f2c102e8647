"""Queries of pooled classes that are open, and of the seats firms ask for in them; a constant number whatever is open."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from training_admin.catalog.class_facts import ClassContent
from training_admin.database import fetch_tuples

# States in which a pooled class stands for what somebody has handed in; drafts are nobody's business yet.
_STANDING = "('submitted', 'approved', 'changing', 'suspended')"


class OpenClass(msgspec.Struct, frozen=True):
    """A pooled class as handed in: its content, its people by firm, and the seats that firms were promised."""

    id: int
    class_no: str
    organisation: str
    organisation_name: str
    content: ClassContent
    people: dict[str, int]
    promised: dict[str, int]


class SeatRequest(msgspec.Struct, frozen=True):
    """Seats a firm asks for, and what came of it."""

    enterprise: str
    enterprise_name: str
    people: int
    words: str
    asked_at: datetime
    state: str
    decider: str | None
    decided_at: datetime | None


async def open_classes(*, since: date, class_no: str | None = None, most: int) -> list[OpenClass]:
    """Pooled classes handed in since a day, newest first, or the one of a number; three queries."""
    found = await fetch_tuples(
        f"""SELECT c.id, c.class_no, c.organisation, c.organisation_name, v.id, v.content
            FROM training_class c JOIN class_version v ON v.training_class = c.id AND v.version = coalesce(c.approved_version, c.version)
            WHERE c.state IN {_STANDING} AND c.filed_on >= $1 AND jsonb_typeof(v.content -> 'pool') = 'object'
              AND ($2::text IS NULL OR c.class_no = $2)
            ORDER BY c.id DESC LIMIT $3""",  # noqa: S608 - our own words
        *(since, class_no, most),
    )
    heads = await fetch_tuples(
        """SELECT class_version, enterprise, count(*) FROM class_trainee
           WHERE class_version = ANY($1) GROUP BY class_version, enterprise""",
        [row[4] for row in found],
    )
    promised = await fetch_tuples(
        "SELECT training_class, enterprise, people FROM class_seat_request WHERE training_class = ANY($1) AND state = 'agreed'",
        [row[0] for row in found],
    )
    by_version: dict[int, dict[str, int]] = {}
    for version, enterprise, count in heads:
        by_version.setdefault(version, {})[enterprise] = count
    by_class: dict[int, dict[str, int]] = {}
    for owner, enterprise, people in promised:
        by_class.setdefault(owner, {})[enterprise] = people
    return [
        OpenClass(
            id=key,
            class_no=number,
            organisation=organisation,
            organisation_name=name,
            content=msgspec.json.decode(content, type=ClassContent),
            people=by_version.get(version, {}),
            promised=by_class.get(key, {}),
        )
        for key, number, organisation, name, version, content in found
    ]


async def ask_seats(training_class: int, *, enterprise: str, enterprise_name: str, people: int, words: str, by: str, at: datetime) -> bool:
    """Keep a firm's request, in place of one that was not agreed to; False when it was."""
    return bool(
        await fetch_tuples(
            """INSERT INTO class_seat_request (training_class, enterprise, enterprise_name, people, words, asked_by, asked_at, state)
               VALUES ($1, $2, $3, $4, $5, $6, $7, 'asked')
               ON CONFLICT (training_class, enterprise) DO UPDATE SET people = excluded.people, words = excluded.words,
                   asked_by = excluded.asked_by, asked_at = excluded.asked_at, state = 'asked', decider = NULL, decided_at = NULL
               WHERE class_seat_request.state <> 'agreed' RETURNING id""",
            *(training_class, enterprise, enterprise_name, people, words, by, at),
        )
    )


async def decide_seats(training_class: int, enterprise: str, *, state: str, decider: str, at: datetime) -> int | None:
    """Answer a request that waits; gives the seats asked for, None when none waits."""
    found = await fetch_tuples(
        """UPDATE class_seat_request SET state = $3, decider = $4, decided_at = $5
           WHERE training_class = $1 AND enterprise = $2 AND state = 'asked' RETURNING people""",
        *(training_class, enterprise, state, decider, at),
    )
    return found[0][0] if found else None


async def requests_of(training_class: int, enterprises: Sequence[str] | None = None) -> list[SeatRequest]:
    """The requests of a class in the order they came, or those of some firms alone."""
    found = await fetch_tuples(
        """SELECT enterprise, enterprise_name, people, words, asked_at, state, decider, decided_at FROM class_seat_request
           WHERE training_class = $1 AND ($2::text[] IS NULL OR enterprise = ANY($2)) ORDER BY asked_at, id""",
        *(training_class, None if enterprises is None else list(enterprises)),
    )
    return [SeatRequest(*row) for row in found]
