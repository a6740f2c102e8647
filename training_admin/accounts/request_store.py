"""Queries of requests of persons about their own data; the text is sealed and opened by the service."""

from datetime import datetime
from typing import Any

from training_admin.database import fetch_tuples

_COLUMNS = "id, number, encode(person, 'hex'), kind, sealed_text, state, made_at, decided_at, answer"
OPEN = "open"


async def add_request(*, number: str, person: bytes, kind: str, sealed_text: bytes, at: datetime) -> None:
    """A new request."""
    await fetch_tuples(
        "INSERT INTO personal_request (number, person, kind, sealed_text, state, made_at, answer) VALUES ($1, $2, $3, $4, 'open', $5, '')",
        *(number, person, kind, sealed_text, at),
    )


async def count_open(person: bytes) -> int:
    """How many requests of a person wait."""
    found = await fetch_tuples("SELECT count(*) FROM personal_request WHERE person = $1 AND state = 'open'", person)
    return int(found[0][0])


async def requests_of(person: bytes, *, most: int) -> list[tuple[Any, ...]]:
    """The requests of one person, newest first."""
    return await fetch_tuples(f"SELECT {_COLUMNS} FROM personal_request WHERE person = $1 ORDER BY id DESC LIMIT $2", person, most)  # noqa: S608 - our own texts


async def requests_page(state: str, *, before: int | None, limit: int) -> list[tuple[Any, ...]]:
    """Requests in one state before a key, newest first."""
    return await fetch_tuples(
        f"SELECT {_COLUMNS} FROM personal_request WHERE state = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",  # noqa: S608 - our own texts
        *(state, before, limit),
    )


async def load_request(number: str) -> tuple[Any, ...] | None:
    """One request; None when there is none."""
    found = await fetch_tuples(f"SELECT {_COLUMNS} FROM personal_request WHERE number = $1", number)  # noqa: S608 - our own texts
    return found[0] if found else None


async def decide(number: str, *, state: str, answer: str, by: str, at: datetime) -> bool:
    """Keep the decision; False when somebody has decided meanwhile."""
    found = await fetch_tuples(
        """UPDATE personal_request SET state = $2, answer = $3, decided_by = $4, decided_at = $5
           WHERE number = $1 AND state = 'open' RETURNING id""",
        *(number, state, answer, by, at),
    )
    return bool(found)
