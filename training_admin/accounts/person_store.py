"""Queries of one-time codes: only the newest code of a person counts, and only for a few tries."""

from datetime import datetime

from training_admin.database import fetch_tuples


async def add_code(person: bytes, code_hash: bytes, *, at: datetime, ends_at: datetime) -> None:
    """A new code; it takes the place of earlier ones."""
    await fetch_tuples(
        "INSERT INTO one_time_code (person, code_hash, made_at, ends_at, tries) VALUES ($1, $2, $3, $4, 0)", person, code_hash, at, ends_at
    )


async def take_try(person: bytes, *, at: datetime, most: int) -> tuple[int, bytes] | None:
    """Use up one try of the person's newest code; its key and hash, or None when there is none that still counts."""
    found = await fetch_tuples(
        """UPDATE one_time_code SET tries = tries + 1
           WHERE id = (SELECT id FROM one_time_code WHERE person = $1 ORDER BY id DESC LIMIT 1)
             AND used_at IS NULL AND ends_at > $2 AND tries < $3 RETURNING id, code_hash""",
        *(person, at, most),
    )
    return (found[0][0], found[0][1]) if found else None


async def use_code(code: int, *, at: datetime) -> None:
    """The code has done its work."""
    await fetch_tuples("UPDATE one_time_code SET used_at = $2 WHERE id = $1", code, at)
