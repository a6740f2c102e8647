"""Queries of returned money made available again: proposed, signed or refused once."""

from datetime import datetime
from typing import Any

import msgspec

from training_admin.database import fetch_tuples
from training_admin.kit.refusals import NotFound

_REUSE = "SELECT id, number, budget, fen, ground, state, proposer, hands, proposed_at, decider, decided_at, reason FROM reuse"


class ReuseNotFound(NotFound):
    """There is no such proposal."""

    code = "reuse-not-found"


class Reuse(msgspec.Struct, frozen=True):
    """A proposal to make returned money of a budget available again."""

    id: int
    number: str
    budget: int
    fen: int
    ground: str
    state: str
    proposer: str
    hands: frozenset[str]
    proposed_at: datetime
    decider: str | None
    decided_at: datetime | None
    reason: str


def _reuse(row: tuple[Any, ...]) -> Reuse:
    values: list[Any] = list(row)
    values[7] = frozenset(values[7])
    return Reuse(*values)


async def add(number: str, budget: int, fen: int, ground: str, *, proposer: str, hands: frozenset[str], at: datetime) -> None:
    """Keep a proposal."""
    await fetch_tuples(
        """INSERT INTO reuse (number, budget, fen, ground, state, proposer, hands, proposed_at, reason)
           VALUES ($1, $2, $3, $4, 'proposed', $5, $6, $7, '')""",
        *(number, budget, fen, ground, proposer, sorted(hands), at),
    )


async def reuse_by_number(number: str) -> Reuse:
    """A proposal; raises ReuseNotFound."""
    found = await fetch_tuples(f"{_REUSE} WHERE number = $1", number)
    if not found:
        raise ReuseNotFound("没有找到这项退款转可用，请核对编号。")
    return _reuse(found[0])


async def reuses_of(budget: int) -> list[Reuse]:
    """The proposals of a budget, newest first."""
    return [_reuse(row) for row in await fetch_tuples(f"{_REUSE} WHERE budget = $1 ORDER BY id DESC", budget)]


async def note_decision(reuse: Reuse, state: str, *, decider: str, reason: str, at: datetime) -> bool:
    """Keep a decision once; False when there is one."""
    return bool(
        await fetch_tuples(
            """UPDATE reuse SET state = $2, decider = $3, decided_at = $4, reason = $5 WHERE id = $1 AND state = 'proposed' RETURNING id""",
            *(reuse.id, state, decider, at, reason),
        )
    )
