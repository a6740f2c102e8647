"""Queries of payment batches: what is due, batches with their payments, and what the bank said."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.database import copy_rows, fetch_tuples
from training_admin.fund.batch_plan import (
    BatchContent,
    BatchState,
    Due,
    FrozenCase,
    FrozenItem,
    ItemState,
    PlannedItem,
    item_code,
)
from training_admin.kit.refusals import NotFound

OPEN_STATES = (BatchState.DRAFT, BatchState.CHECKED, BatchState.APPROVED, BatchState.SENT)
_BATCH = """SELECT b.id, b.number, b.year, b.state, b.moved, b.total_fen, b.item_count, b.maker, b.made_by, b.hands, b.made_at, b.checker,
    b.checked_at, b.approver, b.approved_at, b.content_sha256, f.sha256, b.sent_at, b.settled_at, b.void_reason
    FROM payment_batch b LEFT JOIN stored_file f ON f.id = b.file"""
# Also an account that was none but the first when it was entered is another one as soon as the bank has paid the payee elsewhere since.
_CHANGED = """(p.account_changed OR p.account_hash <> (SELECT l.account_hash FROM payment_item l
    WHERE l.payee = p.payee AND l.state = 'paid' AND l.fen > 0 ORDER BY l.paid_on DESC, l.id DESC LIMIT 1))"""
_DUE = f"""SELECT p.id, p.subject, p.case_no, p.payee, p.payee_name, p.fen, p.since, p.notice_ends, p.account_hash,
    coalesce({_CHANGED}, false), p.called_back,
    ARRAY(SELECT h.words FROM fund_hold h WHERE h.case_no = p.case_no AND h.lifted_at IS NULL ORDER BY h.id),
    EXISTS (SELECT 1 FROM payable_split s WHERE s.rest = p.id), p.pay_by, p.sealed_account FROM payable p"""  # noqa: S608 - our own words


class BatchNotFound(NotFound):
    """There is no such batch."""

    code = "batch-not-found"


class Batch(msgspec.Struct, frozen=True):
    """A batch as stored; `hands` are all who have had a part in it, `file_sha256` the digest of its treasury file."""

    id: int
    number: str
    year: int
    state: BatchState
    moved: int
    total_fen: int
    item_count: int
    maker: str
    made_by: str
    hands: frozenset[str]
    made_at: datetime
    checker: str | None
    checked_at: datetime | None
    approver: str | None
    approved_at: datetime | None
    content_sha256: str | None
    file_sha256: str | None
    sent_at: datetime | None
    settled_at: datetime | None
    void_reason: str


class Item(msgspec.Struct, frozen=True):
    """A payment of a batch as stored, with its code; `fen` is what the bank pays."""

    id: int
    batch: int
    code: str
    payee: str
    payee_name: str
    fen: int
    netted_fen: int
    sealed_account: bytes
    account_hash: bytes
    state: ItemState
    bank_reference: str | None
    paid_on: date | None
    failure: str


class DueRow(msgspec.Struct, frozen=True):
    """Something that is due, by when it is to be paid, and its sealed account."""

    due: Due
    pay_by: date | None
    sealed_account: bytes


def _batch(row: tuple[Any, ...]) -> Batch:
    key, number, year, state, moved, total, count, maker, made_by, hands, *rest = row
    return Batch(key, number, year, BatchState(state), moved, total, count, maker, made_by, frozenset(hands), *rest)


def _due(row: tuple[Any, ...]) -> DueRow:
    key, subject, case, payee, name, fen, since, ends, account, changed, called_back, holds, rest, pay_by, sealed = row
    due = Due(key, subject, case, payee, name, fen, since, ends, account, changed, called_back, tuple(holds), rest)
    return DueRow(due, pay_by, sealed)


async def due_rows(*, subjects: Sequence[str] | None = None, most: int = 10_000) -> list[DueRow]:
    """Everything that is due, in the declared order; only of the given subjects when they are given."""
    found = await fetch_tuples(
        f"{_DUE} WHERE p.state = 'due' AND ($1::text[] IS NULL OR p.subject = ANY($1)) ORDER BY p.since, p.id LIMIT $2",
        *(None if subjects is None else list(subjects), most),
    )
    return [_due(row) for row in found]


async def late_rows(day: date, *, most: int) -> list[tuple[DueRow, str]]:
    """What should have been paid before a day and is not, with its state; the latest on top."""
    found = await fetch_tuples(
        f"""{_DUE.replace("SELECT ", "SELECT p.state, ", 1)} WHERE p.state IN ('due', 'batched', 'failed') AND p.pay_by < $1
            ORDER BY p.pay_by, p.id LIMIT $2""",
        *(day, most),
    )
    return [(_due(row[1:]), row[0]) for row in found]


async def rows_of_batch(batch: int) -> list[DueRow]:
    """What a batch pays, in the order of its payments."""
    return [
        _due(row)
        for row in await fetch_tuples(f"{_DUE} JOIN payment_item i ON i.id = p.item WHERE i.batch = $1 ORDER BY i.id, p.since, p.id", batch)
    ]


async def add_batch(
    number: str, year: int, items: Sequence[PlannedItem], *, maker: str, made_by: str, hands: frozenset[str], at: datetime
) -> int:
    """A batch without its payments."""
    found = await fetch_tuples(
        """INSERT INTO payment_batch (number, year, state, moved, total_fen, item_count, maker, made_by, hands, made_at, void_reason)
           VALUES ($1, $2, 'draft', 0, $3, $4, $5, $6, $7, $8, '') RETURNING id""",
        *(number, year, sum(each.fen for each in items), len(items), maker, made_by, sorted(hands), at),
    )
    key: int = found[0][0]
    return key


async def add_items(batch: int, items: Sequence[PlannedItem], accounts: Sequence[bytes]) -> int:
    """The payments of a batch with what goes into them; returns how many payables were taken, each only while it is due."""
    columns = ("batch", "payee", "payee_name", "fen", "netted_fen", "sealed_account", "account_hash", "state", "failure")
    rows = (
        (batch, item.payee, item.dues[0].payee_name, item.fen, item.netted_fen, sealed, item.dues[0].account, "pending", "")
        for item, sealed in zip(items, accounts, strict=True)
    )
    await copy_rows("payment_item", columns, rows)
    pairs = [(due.id, item.payee) for item in items for due in item.dues]
    taken = await fetch_tuples(
        """UPDATE payable p SET state = 'batched', item = i.id
           FROM unnest($2::bigint[], $3::text[]) AS t (payable, payee) JOIN payment_item i ON i.batch = $1 AND i.payee = t.payee
           WHERE p.id = t.payable AND p.state = 'due' RETURNING p.id""",
        *(batch, [payable for payable, _payee in pairs], [payee for _payable, payee in pairs]),
    )
    return len(taken)


async def batch_by_number(number: str) -> Batch:
    """One batch; raises BatchNotFound."""
    found = await fetch_tuples(f"{_BATCH} WHERE b.number = $1", number)
    if not found:
        raise BatchNotFound("没有找到这个拨付批次，请从列表重新进入。")
    return _batch(found[0])


async def list_batches(*, before: int | None, most: int) -> list[Batch]:
    """Batches, newest first."""
    return [
        _batch(row)
        for row in await fetch_tuples(f"{_BATCH} WHERE $1::bigint IS NULL OR b.id < $1 ORDER BY b.id DESC LIMIT $2", before, most)
    ]


async def open_batches() -> list[Batch]:
    """Batches that somebody has to take on, the oldest first."""
    return [_batch(row) for row in await fetch_tuples(f"{_BATCH} WHERE b.state = ANY($1) ORDER BY b.id", list(OPEN_STATES))]


async def items_of(batch: Batch) -> list[Item]:
    """The payments of a batch in their order."""
    found = await fetch_tuples(
        """SELECT id, batch, payee, payee_name, fen, netted_fen, sealed_account, account_hash, state, bank_reference, paid_on, failure
           FROM payment_item WHERE batch = $1 ORDER BY id""",
        batch.id,
    )
    return [_item(batch.number, place, row) for place, row in enumerate(found, 1)]


def _item(batch: str, place: int, row: tuple[Any, ...]) -> Item:
    key, number, payee, name, fen, netted, sealed, account, state, *rest = row
    return Item(key, number, item_code(batch, place), payee, name, fen, netted, sealed, account, ItemState(state), *rest)


async def payables_of_items(items: Sequence[int]) -> dict[int, list[tuple[str, str, int]]]:
    """Subject, case and fen of what goes into each payment, in their order."""
    found = await fetch_tuples("SELECT item, subject, case_no, fen FROM payable WHERE item = ANY($1) ORDER BY since, id", list(items))
    cases: dict[int, list[tuple[str, str, int]]] = {}
    for item, subject, case_no, fen in found:
        cases.setdefault(item, []).append((subject, case_no, fen))
    return cases


async def content_of(batch: Batch) -> BatchContent:
    """The content of a batch as it is stored now."""
    items = await items_of(batch)
    cases = await payables_of_items([item.id for item in items])
    return BatchContent(
        batch.number,
        tuple(
            FrozenItem(
                item.code,
                item.payee,
                item.payee_name,
                item.fen,
                item.netted_fen,
                item.account_hash.hex(),
                tuple(FrozenCase(*case) for case in cases.get(item.id, ())),
            )
            for item in items
        ),
    )


async def note_check(batch: Batch, *, checker: str, hands: frozenset[str], at: datetime) -> bool:
    """A draft is checked; False when it is none any more."""
    return bool(
        await fetch_tuples(
            """UPDATE payment_batch SET state = 'checked', moved = moved + 1, checker = $3, checked_at = $4, hands = $5
               WHERE id = $1 AND moved = $2 AND state = 'draft' RETURNING id""",
            *(batch.id, batch.moved, checker, at, sorted(batch.hands | hands)),
        )
    )


async def note_approval(batch: Batch, *, approver: str, hands: frozenset[str], at: datetime, sha256: str, file: int) -> bool:
    """A checked batch is approved and frozen; False when it is not checked any more."""
    return bool(
        await fetch_tuples(
            """UPDATE payment_batch SET state = 'approved', moved = moved + 1, approver = $3, approved_at = $4, hands = $5,
               content_sha256 = $6, file = $7 WHERE id = $1 AND moved = $2 AND state = 'checked' RETURNING id""",
            *(batch.id, batch.moved, approver, at, sorted(batch.hands | hands), sha256, file),
        )
    )


async def note_sent(batch: Batch, *, at: datetime) -> bool:
    """An approved batch is sent, once; False when it is not approved or was sent before."""
    return bool(
        await fetch_tuples(
            """UPDATE payment_batch SET state = 'sent', moved = moved + 1, sent_at = $3
               WHERE id = $1 AND moved = $2 AND state = 'approved' AND sent_at IS NULL RETURNING id""",
            *(batch.id, batch.moved, at),
        )
    )


async def note_settled(batch: int, *, at: datetime) -> bool:
    """A sent batch of which no payment is pending is settled."""
    return bool(
        await fetch_tuples(
            """UPDATE payment_batch b SET state = 'settled', moved = moved + 1, settled_at = $2 WHERE id = $1 AND state = 'sent'
               AND NOT EXISTS (SELECT 1 FROM payment_item i WHERE i.batch = b.id AND i.state = 'pending') RETURNING id""",
            *(batch, at),
        )
    )


async def void_batch(batch: Batch, *, reason: str) -> list[str] | None:
    """Void a batch and its payments and give what went into them back to be paid; returns the cases, None when it has moved.

    Lines that were set apart before are due again too, but move no case.
    """
    voided = await fetch_tuples(
        "UPDATE payment_batch SET state = 'voided', moved = moved + 1, void_reason = $3 WHERE id = $1 AND moved = $2 RETURNING id",
        *(batch.id, batch.moved, reason),
    )
    if not voided:
        return None
    back = await fetch_tuples(
        """UPDATE payable p SET state = 'due', item = NULL FROM payment_item i
           WHERE i.id = p.item AND i.batch = $1 AND p.state = 'batched'
           RETURNING p.case_no, EXISTS (SELECT 1 FROM payable_split s WHERE s.rest = p.id)""",
        batch.id,
    )
    await fetch_tuples("UPDATE payment_item SET state = 'voided' WHERE batch = $1 AND state = 'pending' RETURNING id", batch.id)
    return sorted(case for case, rest in back if not rest)


async def mark_paid(item: int, *, reference: str | None, paid_on: date) -> bool:
    """The bank has paid a pending payment; False when it is not pending any more."""
    return bool(
        await fetch_tuples(
            "UPDATE payment_item SET state = 'paid', bank_reference = $2, paid_on = $3 WHERE id = $1 AND state = 'pending' RETURNING id",
            *(item, reference, paid_on),
        )
    )


async def mark_failed(item: int, *, failure: str) -> bool:
    """The bank has not paid, or gave the money back; the reference stays as that of the payment that came back."""
    return bool(
        await fetch_tuples(
            "UPDATE payment_item SET state = 'failed', failure = $2 WHERE id = $1 AND state IN ('pending', 'paid') RETURNING id",
            *(item, failure),
        )
    )


async def references_taken(references: Iterable[str]) -> dict[str, int]:
    """Which of some references belong to a payment already, with its key."""
    found = await fetch_tuples("SELECT bank_reference, id FROM payment_item WHERE bank_reference = ANY($1)", sorted(set(references)))
    return dict(found)


async def kept_back(payees: Sequence[str]) -> dict[str, int]:
    """What payments that are still under way will keep back from each payee."""
    found = await fetch_tuples(
        """SELECT payee, sum(netted_fen)::bigint FROM payment_item WHERE state = 'pending' AND netted_fen > 0 AND payee = ANY($1)
           GROUP BY payee""",
        list(payees),
    )
    return dict(found)


async def set_account(payable: int, *, sealed: bytes, account: bytes, changed: bool) -> None:
    """Another account for something to be paid; who has called back before did so for the old one."""
    await fetch_tuples(
        """UPDATE payable SET sealed_account = $2, account_hash = $3, account_changed = $4, called_back = NULL, called_back_at = NULL
           WHERE id = $1 RETURNING id""",
        *(payable, sealed, account, changed),
    )


async def note_call_back(subject: str, *, by: str, at: datetime) -> str | None:
    """Somebody has called the payee back about his new account; returns the case, None when nothing waits for that."""
    found = await fetch_tuples(
        f"""UPDATE payable p SET called_back = $2, called_back_at = $3, account_changed = true
           WHERE p.subject = $1 AND {_CHANGED} AND p.called_back IS NULL AND p.state NOT IN ('paid', 'released', 'withheld', 'batched')
           RETURNING p.case_no""",  # noqa: S608 - our own words
        *(subject, by, at),
    )
    return found[0][0] if found else None
