"""The trail 操作留痕: what was done by whom, in the act's own transaction; if it cannot be written the act fails."""

from datetime import datetime
from typing import Any

import msgspec

from training_admin.database import copy_rows, fetch_tuples
from training_admin.kit.actor import Actor
from training_admin.kit.digest import canonical_json, sha256_hex

GENESIS = "0" * 64
COLUMNS = ("number", "at", "actor", "event", "subject", "detail", "previous_hash", "hash")


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
    await fetch_tuples("INSERT INTO trail_head (id, number, hash) VALUES (1, 0, $1) ON CONFLICT (id) DO NOTHING", GENESIS)
    number, previous = (await fetch_tuples("SELECT number, hash FROM trail_head WHERE id = 1 FOR UPDATE"))[0]
    row = TrailRow(number + 1, at, actor.key, event, subject, plain, previous)
    digest = row.hash()
    stored = (row.number, at, row.actor, event, subject, canonical_json(plain).decode(), previous, digest)
    await copy_rows("trail", COLUMNS, [stored])
    await fetch_tuples("UPDATE trail_head SET number = $1, hash = $2 WHERE id = 1", row.number, digest)
    return row.number


async def first_broken_row() -> int | None:
    """The number of the first row that was changed, taken out or added from outside; None when the trail is whole."""
    previous, expected = GENESIS, 1
    rows = await fetch_tuples("SELECT number, at, actor, event, subject, detail, previous_hash, hash FROM trail ORDER BY number")
    for number, at, actor, event, subject, detail, previous_hash, digest in rows:
        row = TrailRow(number, at, actor, event, subject, msgspec.json.decode(detail), previous_hash)
        if row.number != expected or previous_hash != previous or row.hash() != digest:
            return expected
        previous, expected = digest, expected + 1
    head = await fetch_tuples("SELECT number, hash FROM trail_head WHERE id = 1")
    told = tuple(head[0]) if head else (0, GENESIS)
    return None if told == (expected - 1, previous) else expected
