"""Queries of closing the books: carry-overs and monthly reconciliations."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.database import fetch_tuples
from training_admin.fund.closing_facts import CarriedLine, Difference
from training_admin.fund.ledger_facts import Account
from training_admin.kit.refusals import NotFound

_CARRY = "SELECT id, number, from_year, content, state, proposer, hands, proposed_at, signer, signed_at FROM carry_over"
_RECONCILED = (
    "SELECT id, month, books_fen, treasury_fen, differences, words, maker, hands, made_at, checker, checked_at FROM reconciliation"
)


class CarryNotFound(NotFound):
    """The year was not proposed to be carried over."""

    code = "carry-over-not-found"


class ReconciliationNotFound(NotFound):
    """The month was not reconciled."""

    code = "reconciliation-not-found"


class Carry(msgspec.Struct, frozen=True):
    """A carry-over as stored."""

    id: int
    number: str
    from_year: int
    lines: tuple[CarriedLine, ...]
    state: str
    proposer: str
    hands: frozenset[str]
    proposed_at: datetime
    signer: str | None
    signed_at: datetime | None


class Reconciled(msgspec.Struct, frozen=True):
    """A reconciled month as stored; `month` is its first day."""

    id: int
    month: date
    books_fen: int
    treasury_fen: int
    differences: tuple[Difference, ...]
    words: str
    maker: str
    hands: frozenset[str]
    made_at: datetime
    checker: str | None
    checked_at: datetime | None


def _carry(row: tuple[Any, ...]) -> Carry:
    key, number, year, content, state, proposer, hands, *rest = row
    lines = msgspec.json.decode(content, type=tuple[CarriedLine, ...])
    return Carry(key, number, year, lines, state, proposer, frozenset(hands), *rest)


def _reconciled(row: tuple[Any, ...]) -> Reconciled:
    key, month, books, treasury, content, words, maker, hands, *rest = row
    found = msgspec.json.decode(content, type=tuple[Difference, ...])
    return Reconciled(key, month, books, treasury, found, words, maker, frozenset(hands), *rest)


async def carry_of(year: int) -> Carry | None:
    """The carry-over of a year, or None."""
    found = await fetch_tuples(f"{_CARRY} WHERE from_year = $1", year)
    return _carry(found[0]) if found else None


async def list_carries() -> list[Carry]:
    """Every carry-over, the latest year first."""
    return [_carry(row) for row in await fetch_tuples(f"{_CARRY} ORDER BY from_year DESC")]


async def propose(number: str, year: int, lines: Sequence[CarriedLine], *, proposer: str, hands: frozenset[str], at: datetime) -> bool:
    """Propose a carry-over, in place of an earlier proposal; False when the year was carried over."""
    return bool(
        await fetch_tuples(
            """INSERT INTO carry_over (number, from_year, content, state, proposer, hands, proposed_at)
               VALUES ($1, $2, $3, 'proposed', $4, $5, $6)
               ON CONFLICT (from_year) DO UPDATE SET content = excluded.content, proposer = excluded.proposer, hands = excluded.hands,
                   proposed_at = excluded.proposed_at WHERE carry_over.state = 'proposed' RETURNING id""",
            *(number, year, msgspec.json.encode(list(lines)).decode(), proposer, sorted(hands), at),
        )
    )


async def note_signed(carry: Carry, *, signer: str, at: datetime) -> bool:
    """A proposed carry-over is done; False when it was done before."""
    return bool(
        await fetch_tuples(
            """UPDATE carry_over SET state = 'done', signer = $2, signed_at = $3
               WHERE id = $1 AND state = 'proposed' AND proposed_at = $4 RETURNING id""",
            *(carry.id, signer, at, carry.proposed_at),
        )
    )


async def follow_budgets(moves: Sequence[tuple[int, Account, int]], *, from_year: int) -> None:
    """What waits, is committed or payable of a year belongs to the next one and to the budgets its money went to."""
    await fetch_tuples(
        """UPDATE payable_part pp SET budget = m.target
           FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS m (source, kind, target), payable p
           WHERE p.id = pp.payable AND pp.budget = m.source
             AND m.kind = CASE WHEN p.state = 'committed' THEN 'committed' WHEN p.state IN ('due', 'batched', 'failed') THEN 'payable' END
           RETURNING pp.id""",
        *([source for source, _kind, _target in moves], [kind.value for _source, kind, _target in moves]),
        [target for _source, _kind, target in moves],
    )
    await fetch_tuples(
        """UPDATE payable SET year = $1 + 1
           WHERE year = $1 AND state IN ('waiting', 'committed', 'due', 'batched', 'failed') RETURNING id""",
        from_year,
    )


async def waiting_in(year: int) -> int:
    """How many cases wait for money of a year."""
    count: int = (await fetch_tuples("SELECT count(*) FROM payable WHERE year = $1 AND state = 'waiting'", year))[0][0]
    return count


async def waiting_before(year: int) -> list[int]:
    """The years before a year for whose money something waits."""
    return [each for (each,) in await fetch_tuples("SELECT DISTINCT year FROM payable WHERE year < $1 AND state = 'waiting'", year)]


async def paid_between(first: date, after: date) -> list[tuple[str, int]]:
    """Reference and fen of what the bank paid in a stretch of days, and of what was returned or came back from the bank (negative).

    What came back stays paid in the month in which it was paid, and is negative in the month in which that was entered.
    """
    found = await fetch_tuples(
        """SELECT bank_reference, fen FROM payment_item
           WHERE state IN ('paid', 'failed') AND bank_reference IS NOT NULL AND paid_on >= $1 AND paid_on < $2
           UNION ALL
           SELECT bank_reference, -fen FROM payment_item i WHERE state = 'failed' AND bank_reference IS NOT NULL AND EXISTS (
               SELECT 1 FROM fund_entry e WHERE e.act = 'fail' AND e.business_id LIKE '%/' || i.id
               AND (e.at AT TIME ZONE 'Asia/Shanghai')::date >= $1 AND (e.at AT TIME ZONE 'Asia/Shanghai')::date < $2)
           UNION ALL
           SELECT reference, -fen FROM recovery_receipt WHERE way = 'returned' AND received_on >= $1 AND received_on < $2""",
        *(first, after),
    )
    return [(reference, fen) for reference, fen in found]


async def month_of(month: date) -> Reconciled | None:
    """The reconciliation of a month, or None."""
    found = await fetch_tuples(f"{_RECONCILED} WHERE month = $1", month)
    return _reconciled(found[0]) if found else None


async def list_months() -> list[Reconciled]:
    """Every reconciled month, newest first."""
    return [_reconciled(row) for row in await fetch_tuples(f"{_RECONCILED} ORDER BY month DESC LIMIT 240")]


async def keep_month(new: Reconciled) -> bool:
    """Keep a reconciliation, in place of an earlier one that nobody has checked; False when it was checked."""
    return bool(
        await fetch_tuples(
            """INSERT INTO reconciliation (month, books_fen, treasury_fen, differences, words, maker, hands, made_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
               ON CONFLICT (month) DO UPDATE SET books_fen = excluded.books_fen, treasury_fen = excluded.treasury_fen,
                   differences = excluded.differences, words = excluded.words, maker = excluded.maker, hands = excluded.hands,
                   made_at = excluded.made_at WHERE reconciliation.checked_at IS NULL RETURNING id""",
            *(new.month, new.books_fen, new.treasury_fen, msgspec.json.encode(list(new.differences)).decode(), new.words, new.maker),
            *(sorted(new.hands), new.made_at),
        )
    )


async def note_checked(month: Reconciled, *, checker: str, at: datetime) -> bool:
    """A reconciliation is checked; False when it was checked before or made anew."""
    return bool(
        await fetch_tuples(
            "UPDATE reconciliation SET checker = $2, checked_at = $3 WHERE id = $1 AND checked_at IS NULL AND made_at = $4 RETURNING id",
            *(month.id, checker, at, month.made_at),
        )
    )
