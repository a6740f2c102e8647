"""Queries of what is not to be paid after all (不予拨付): proposed, decided or refused once, and voided."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from training_admin.database import fetch_tuples
from training_admin.kit.refusals import NotFound

_WITHHOLDING = """SELECT w.id, w.number, w.payable, p.subject, p.case_no, p.payee, p.payee_name, w.rest, w.fen, w.rows, w.reason, w.state,
    w.proposer, w.hands, w.proposed_at, w.decider, w.decided_at, w.said, w.voider, w.voided_at, w.void_reason
    FROM withholding w JOIN payable p ON p.id = w.payable"""
ROWS, HANDS = 9, 13


class WithholdingNotFound(NotFound):
    """There is no such proposal, or not for this actor."""

    code = "withholding-not-found"


class NewWithholding(msgspec.Struct, frozen=True):
    """What is proposed: the payable, whether it was set apart, its fen, and the rows of the case that it pays."""

    payable: int
    rest: bool
    fen: int
    rows: tuple[int, ...]
    reason: str


class Withholding(msgspec.Struct, frozen=True):
    """A proposal as stored; `said` is what the one who decided wrote, `hands` those who proposed it."""

    id: int
    number: str
    payable: int
    subject: str
    case_no: str
    payee: str
    payee_name: str
    rest: bool
    fen: int
    rows: tuple[int, ...]
    reason: str
    state: str
    proposer: str
    hands: frozenset[str]
    proposed_at: datetime
    decider: str | None
    decided_at: datetime | None
    said: str
    voider: str | None
    voided_at: datetime | None
    void_reason: str


def _withholding(row: tuple[Any, ...]) -> Withholding:
    values: list[Any] = list(row)
    values[ROWS], values[HANDS] = tuple(values[ROWS]), frozenset(values[HANDS])
    return Withholding(*values)


async def add(number: str, new: NewWithholding, *, proposer: str, hands: frozenset[str], at: datetime) -> None:
    """Keep a proposal."""
    await fetch_tuples(
        """INSERT INTO withholding (number, payable, rest, fen, rows, reason, state, proposer, hands, proposed_at, said, void_reason)
           VALUES ($1, $2, $3, $4, $5, $6, 'proposed', $7, $8, $9, '', '') RETURNING id""",
        *(number, new.payable, new.rest, new.fen, list(new.rows), new.reason, proposer, sorted(hands), at),
    )


async def by_number(number: str, organisations: Sequence[str] | None) -> Withholding:
    """One of a scope (None: of anybody), to whom it concerns only once it is decided; raises WithholdingNotFound."""
    found = await fetch_tuples(
        f"{_WITHHOLDING} WHERE w.number = $1 AND ($2::text[] IS NULL OR (p.payee = ANY($2) AND w.state IN ('decided', 'voided')))",
        *(number, organisations),
    )
    if not found:
        raise WithholdingNotFound("没有找到这项不予拨付，请从列表重新进入。")
    return _withholding(found[0])


async def listed(organisations: Sequence[str] | None, *, before: int | None, most: int) -> list[Withholding]:
    """Those of a scope, newest first; to whom they concern only once they are decided."""
    found = await fetch_tuples(
        f"""{_WITHHOLDING} WHERE ($1::text[] IS NULL OR (p.payee = ANY($1) AND w.state IN ('decided', 'voided')))
            AND ($2::bigint IS NULL OR w.id < $2) ORDER BY w.id DESC LIMIT $3""",
        *(organisations, before, most),
    )
    return [_withholding(row) for row in found]


async def last_decided(case_no: str) -> Withholding | None:
    """What was decided or voided last of a case."""
    found = await fetch_tuples(
        f"""{_WITHHOLDING} WHERE p.case_no = $1 AND w.state IN ('decided', 'voided')
            ORDER BY coalesce(w.voided_at, w.decided_at) DESC, w.id DESC LIMIT 1""",
        case_no,
    )
    return _withholding(found[0]) if found else None


async def proposed_for(payables: Sequence[int]) -> dict[int, str]:
    """The number of the open proposal of each payable that has one."""
    found = await fetch_tuples("SELECT payable, number FROM withholding WHERE payable = ANY($1) AND state = 'proposed'", list(payables))
    return dict(found)


async def proposed() -> list[frozenset[str]]:
    """The hands behind each proposal that nobody has decided yet."""
    return [frozenset(hands) for (hands,) in await fetch_tuples("SELECT hands FROM withholding WHERE state = 'proposed' ORDER BY id")]


async def note_decision(one: Withholding, state: str, *, decider: str, said: str, at: datetime) -> bool:
    """Keep a decision once; False when there is one."""
    return bool(
        await fetch_tuples(
            """UPDATE withholding SET state = $2, decider = $3, said = $4, decided_at = $5
               WHERE id = $1 AND state = 'proposed' RETURNING id""",
            *(one.id, state, decider, said, at),
        )
    )


async def note_void(one: Withholding, *, voider: str, reason: str, at: datetime) -> bool:
    """Keep that a decision was given up; False when it stands no more."""
    return bool(
        await fetch_tuples(
            """UPDATE withholding SET state = 'voided', voider = $2, void_reason = $3, voided_at = $4
               WHERE id = $1 AND state = 'decided' RETURNING id""",
            *(one.id, voider, reason, at),
        )
    )
