"""The trail 操作留痕: what was done by whom, in the act's own transaction; if it cannot be written the act fails.

`trail_check` finds what was changed from outside, `anchors` keeps signed heads beside the database, `trail_export` hands it to auditors.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast

import msgspec

from training_admin.database import copy_rows, fetch_tuples
from training_admin.kit.actor import Actor
from training_admin.kit.digest import canonical_json, sha256_hex

GENESIS = "0" * 64
# An instant that Python cannot hold is none that `record` wrote.
AT = "CASE WHEN at BETWEEN '0001-01-02' AND '9999-12-30' THEN at END"
COLUMNS = ("number", "at", "actor", "event", "subject", "detail", "previous_hash", "hash")
BEFORE_ALL = -(2**63)
# Rows fetched at a time when the whole trail is read: memory stays the same however long it is.
BATCH = 2000
# Number, instant, actor, event, subject, detail as JSON text, hash of the row before, hash.
Stored = tuple[int, datetime, str, str, str, str, str, str]


class TrailRow(msgspec.Struct, frozen=True):
    """One thing that was done. `event` is room:subject:action, `subject` a business number; no personal data anywhere."""

    number: int
    at: datetime
    actor: str
    event: str
    subject: str
    detail: dict[str, Any]
    previous_hash: str

    def hash(self) -> str:
        """SHA-256 over the canonical JSON of the row, which contains the hash of the row before."""
        return sha256_hex(canonical_json(self))


async def record(actor: Actor, event: str, subject: str, detail: dict[str, Any] | msgspec.Struct | None = None, *, at: datetime) -> int:
    """Append one row and return its number; call it late in the act, because writers of the trail wait for each other."""
    plain: dict[str, Any] = msgspec.json.decode(canonical_json(detail or {}))
    assert not _has_float(plain), "a fraction has no single spelling, so its hash could not be computed again"
    number, previous = (await fetch_tuples("SELECT number, hash FROM trail_head WHERE id = 1 FOR UPDATE"))[0]
    row = TrailRow(number + 1, at.astimezone(UTC), actor.trail_key, event, subject, plain, previous)
    digest = row.hash()
    stored = (row.number, row.at, row.actor, event, subject, canonical_json(plain).decode(), previous, digest)
    await copy_rows("trail", COLUMNS, [stored])
    await fetch_tuples("UPDATE trail_head SET number = $1, hash = $2 WHERE id = 1", row.number, digest)
    return row.number


async def head() -> tuple[int, str] | None:
    """Number and hash of the last row as the head tells them, inside an open transaction; None when the head was taken away."""
    found = await fetch_tuples("SELECT number, hash FROM trail_head WHERE id = 1")
    return (found[0][0], found[0][1]) if found else None


async def hash_of(number: int) -> str | None:
    """The stored hash of one row, inside an open transaction; the row before the first one is there from the beginning."""
    if number == 0:
        return GENESIS
    found = await fetch_tuples("SELECT hash FROM trail WHERE number = $1", number)
    return found[0][0] if found else None


async def row_of(event: str, subject: str) -> tuple[int, str] | None:
    """Number and hash of the row that tells the first time something was done to a subject, inside an open transaction."""
    found = await fetch_tuples("SELECT number, hash FROM trail WHERE subject = $1 AND event = $2 ORDER BY number LIMIT 1", subject, event)
    return (found[0][0], found[0][1]) if found else None


async def has_event(event: str, subject: str) -> bool:
    """Whether something was ever done to a subject, inside an open transaction."""
    return bool(await fetch_tuples("SELECT 1 FROM trail WHERE subject = $1 AND event = $2 LIMIT 1", subject, event))


async def last_at(event: str, subject: str) -> datetime | None:
    """When something was last done to a subject, inside an open transaction."""
    found = await fetch_tuples("SELECT max(at) FROM trail WHERE subject = $1 AND event = $2", subject, event)
    last: datetime | None = found[0][0]
    return last


async def stored_batches() -> AsyncIterator[list[Stored]]:
    """All rows by number, a batch at a time, inside an open transaction."""
    after = BEFORE_ALL
    columns = ", ".join((COLUMNS[0], AT, *COLUMNS[2:]))
    query = f"SELECT {columns} FROM trail WHERE number > $1 ORDER BY number LIMIT {BATCH}"  # noqa: S608 - our own words only
    while batch := await fetch_tuples(query, after):
        yield cast("list[Stored]", batch)
        after = batch[-1][0]


def digest_of(stored: Stored, *, number: int | None = None) -> str:
    """The hash of a stored row computed again, with `number` as if it stood elsewhere; empty for what `record` cannot have written."""
    own, at, actor, event, subject, detail, previous_hash, _hash = stored
    try:
        plain = msgspec.json.decode(detail)
    except msgspec.DecodeError:
        return ""
    return TrailRow(own if number is None else number, at, actor, event, subject, plain, previous_hash).hash()


def _has_float(content: Any) -> bool:
    if isinstance(content, dict):
        return any(map(_has_float, content.values()))
    if isinstance(content, list):
        return any(map(_has_float, content))
    return isinstance(content, float)
