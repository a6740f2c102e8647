"""Queries of 复核申请: asked by an enterprise, decided by somebody outside the first decision."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.database import fetch_tuples
from training_admin.subsidy.review_states import ClaimState

_APPEAL = """SELECT p.id, p.number, c.number, c.enterprise_name, c.state, p.words, p.asker, p.asked_at, p.decide_by, p.state, p.decider,
    p.decided_at, p.answer FROM claim_appeal p JOIN claim c ON c.id = p.claim"""


class Appeal(msgspec.Struct, frozen=True):
    """One 复核申请 with its claim; `decide_by` is the last day for the answer."""

    id: int
    number: str
    claim: str
    enterprise_name: str
    claim_state: ClaimState
    words: str
    asker: str
    asked_at: datetime
    decide_by: date | None
    state: str
    decider: str | None
    decided_at: datetime | None
    answer: str


def _appeal(row: tuple[Any, ...]) -> Appeal:
    key, number, claim, name, state, *rest = row
    return Appeal(key, number, claim, name, ClaimState(state), *rest)


async def add_appeal(number: str, claim: int, words: str, *, asker: str, at: datetime, decide_by: date | None) -> None:
    """A new 复核申请."""
    await fetch_tuples(
        """INSERT INTO claim_appeal (number, claim, words, asker, asked_at, decide_by, state, answer)
           VALUES ($1, $2, $3, $4, $5, $6, 'asked', '') RETURNING id""",
        *(number, claim, words, asker, at, decide_by),
    )


async def appeals_of(claim: int) -> list[Appeal]:
    """What was asked about a claim, oldest first."""
    return [_appeal(row) for row in await fetch_tuples(f"{_APPEAL} WHERE p.claim = $1 ORDER BY p.id", claim)]


async def appeals_in(organisations: Sequence[str] | None, *, most: int) -> list[Appeal]:
    """The appeals of a scope, those that wait first, then the newest."""
    found = await fetch_tuples(
        f"{_APPEAL} WHERE $1::text[] IS NULL OR c.uscc = ANY($1) ORDER BY (p.state = 'asked') DESC, p.id DESC LIMIT $2",
        *(organisations, most),
    )
    return [_appeal(row) for row in found]


async def close_appeal(appeal: int, state: str, *, decider: str, at: datetime, answer: str) -> bool:
    """Decide an appeal that waits; False when it does not wait any more."""
    return bool(
        await fetch_tuples(
            """UPDATE claim_appeal SET state = $2, decider = $3, decided_at = $4, answer = $5 WHERE id = $1 AND state = 'asked'
               RETURNING id""",
            *(appeal, state, decider, at, answer),
        )
    )
