"""Queries of what is to be paid, and of holds on cases."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec

from training_admin.database import copy_rows, fetch_tuples
from training_admin.fund.batch_plan import Due
from training_admin.fund.ledger_facts import Part
from training_admin.fund.line_facts import Cut, SetApart
from training_admin.kit.refusals import NotFound

# Where bank, account and holder are sealed, and those of a payment.
ACCOUNT_PLACE = "payable.sealed_account"
ITEM_ACCOUNT_PLACE = "payment_item.sealed_account"
_PAYABLE = """SELECT id, subject, case_no, year, payee, payee_name, fen, state, since, notice_ends, pay_by,
    account_changed, called_back, item, EXISTS (SELECT 1 FROM payable_split s WHERE s.rest = payable.id) FROM payable"""


class PayableNotFound(NotFound):
    """Nothing is to be paid under this number."""

    code = "payable-not-found"


class PayableState(StrEnum):
    """Where something to be paid stands."""

    WAITING = "waiting"
    COMMITTED = "committed"
    DUE = "due"
    BATCHED = "batched"
    PAID = "paid"
    FAILED = "failed"
    RELEASED = "released"
    WITHHELD = "withheld"


PAYABLE_WORDS = {
    PayableState.WAITING: "等待预算",
    PayableState.COMMITTED: "已占用预算",
    PayableState.DUE: "待拨付",
    PayableState.BATCHED: "已列入批次",
    PayableState.PAID: "已拨付",
    PayableState.FAILED: "支付失败",
    PayableState.RELEASED: "已取消",
    PayableState.WITHHELD: "不予拨付",
}


class NewPayable(msgspec.Struct, frozen=True, kw_only=True):
    """What is entered: the case with its round as `subject`, fen by stream, and the account as sealed text with its keyed hash."""

    subject: str
    case_no: str
    year: int
    payee: str
    payee_name: str
    fen_by_stream: dict[str, int]
    since: datetime
    sealed_account: bytes
    account_hash: bytes

    @property
    def fen(self) -> int:
        """The whole amount."""
        return sum(self.fen_by_stream.values())


class Payable(msgspec.Struct, frozen=True):
    """Something to be paid as stored; `since` is its place in the order when money is short.

    `rest` marks lines that were held and set apart when the case was batched.
    """

    id: int
    subject: str
    case_no: str
    year: int
    payee: str
    payee_name: str
    fen: int
    state: PayableState
    since: datetime
    notice_ends: date | None
    pay_by: date | None
    account_changed: bool
    called_back: str | None
    item: int | None
    rest: bool = False


class Hold(msgspec.Struct, frozen=True):
    """A hold on a case that has not been lifted."""

    id: int
    case_no: str
    cause: str
    words: str
    placer: str
    placed_at: datetime


def _payable(row: tuple[Any, ...]) -> Payable:
    key, subject, case_no, year, payee, payee_name, fen, state, *rest = row
    return Payable(key, subject, case_no, year, payee, payee_name, fen, PayableState(state), *rest)


async def add_payable(new: NewPayable, *, account_changed: bool) -> int | None:
    """A payable that waits for money, with its parts; None when its subject is entered already."""
    found = await fetch_tuples(
        """INSERT INTO payable (subject, case_no, year, payee, payee_name, fen, state, since, sealed_account, account_hash, account_changed)
           VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8, $9, $10) ON CONFLICT (subject) DO NOTHING RETURNING id""",
        *(new.subject, new.case_no, new.year, new.payee, new.payee_name, new.fen, new.since),
        *(new.sealed_account, new.account_hash, account_changed),
    )
    if not found:
        return None
    key: int = found[0][0]
    await copy_rows("payable_part", ("payable", "stream", "fen"), [(key, stream, fen) for stream, fen in new.fen_by_stream.items()])
    return key


async def payable_by_subject(subject: str) -> Payable:
    """One payable; raises PayableNotFound."""
    found = await fetch_tuples(f"{_PAYABLE} WHERE subject = $1", subject)
    if not found:
        raise PayableNotFound("没有找到这笔应付款，请从列表重新进入。")
    return _payable(found[0])


async def payables_of(case_no: str) -> list[Payable]:
    """Everything to be paid for a case, oldest first."""
    return [_payable(row) for row in await fetch_tuples(f"{_PAYABLE} WHERE case_no = $1 ORDER BY id", case_no)]


async def payables_in(items: Sequence[int]) -> list[Payable]:
    """What goes into some payments, in the declared order."""
    return [_payable(row) for row in await fetch_tuples(f"{_PAYABLE} WHERE item = ANY($1) ORDER BY since, id", list(items))]


async def list_payables(*, states: Sequence[PayableState], year: int | None, most: int) -> list[Payable]:
    """Payables in the given states in their declared order."""
    found = await fetch_tuples(
        f"{_PAYABLE} WHERE state = ANY($1) AND ($2::int IS NULL OR year = $2) ORDER BY since, id LIMIT $3",
        *([each.value for each in states], year, most),
    )
    return [_payable(row) for row in found]


async def waiting_payables(year: int) -> list[Payable]:
    """What waits for money in the declared order: the instant of determination, then the order of entry."""
    return await list_payables(states=(PayableState.WAITING,), year=year, most=100_000)


async def wanted_by(payables: Sequence[int]) -> dict[int, dict[str, int]]:
    """Fen by stream of each payable."""
    found = await fetch_tuples("SELECT payable, stream, fen FROM payable_part WHERE payable = ANY($1) ORDER BY payable, stream", payables)
    wanted: dict[int, dict[str, int]] = {}
    for payable, stream, fen in found:
        wanted.setdefault(payable, {})[stream] = fen
    return wanted


async def parts_of(payables: Sequence[int]) -> dict[int, tuple[Part, ...]]:
    """From which budgets each payable is taken; nothing for one that waits."""
    found = await fetch_tuples(
        "SELECT payable, budget, fen FROM payable_part WHERE payable = ANY($1) AND budget IS NOT NULL ORDER BY payable, stream",
        list(payables),
    )
    parts: dict[int, tuple[Part, ...]] = {}
    for payable, budget, fen in found:
        parts[payable] = (*parts.get(payable, ()), Part(budget, fen))
    return parts


async def set_budgets(payable: int, chosen: Sequence[tuple[str, Part]]) -> None:
    """Keep from which budget each stream of a payable is taken."""
    await fetch_tuples(
        """UPDATE payable_part p SET budget = c.budget FROM unnest($2::text[], $3::bigint[]) AS c (stream, budget)
           WHERE p.payable = $1 AND p.stream = c.stream RETURNING p.id""",
        *(payable, [stream for stream, _part in chosen], [part.budget for _stream, part in chosen]),
    )


async def set_year(payable: int, year: int) -> None:
    """From which year's budgets a payable is paid."""
    await fetch_tuples("UPDATE payable SET year = $2 WHERE id = $1 RETURNING id", payable, year)


async def move_payable(payable: int, *, before: Sequence[PayableState], after: PayableState) -> bool:
    """Move a payable from one of some states to another; False when it is in none of them any more."""
    return bool(
        await fetch_tuples(
            "UPDATE payable SET state = $3 WHERE id = $1 AND state = ANY($2) RETURNING id",
            *(payable, [each.value for each in before], after.value),
        )
    )


async def set_terms(payable: int, *, notice_ends: date, pay_by: date | None) -> None:
    """When the notice of a payable ends and by when it is to be paid."""
    await fetch_tuples("UPDATE payable SET notice_ends = $2, pay_by = $3 WHERE id = $1 RETURNING id", payable, notice_ends, pay_by)


async def set_apart_of(payables: Sequence[int]) -> list[SetApart]:
    """What was set apart from or into some payables, oldest first."""
    found = await fetch_tuples(
        "SELECT origin, rest, rows FROM payable_split WHERE origin = ANY($1) OR rest = ANY($1) ORDER BY id", list(payables)
    )
    return [SetApart(origin, rest, tuple(rows)) for origin, rest, rows in found]


async def set_apart(due: Due, cut: Cut, *, by: str, at: datetime) -> str | None:
    """Take a cut out of something due into a payable of its own with the same terms; its subject, None when it is not due any more.

    Every part stays in its budget.
    """
    streams, fen = list(cut.fen_by_stream), list(cut.fen_by_stream.values())
    moved = await fetch_tuples("UPDATE payable SET fen = fen - $2 WHERE id = $1 AND state = 'due' RETURNING id", due.id, cut.fen)
    if not moved:
        return None
    made = await fetch_tuples(
        """INSERT INTO payable (subject, case_no, year, payee, payee_name, fen, state, since, notice_ends, pay_by, sealed_account,
               account_hash, account_changed, called_back, called_back_at)
           SELECT p.case_no || split_part(substr(p.subject, length(p.case_no) + 1), '-', 1) || '-'
                   || (SELECT count(*) + 1 FROM payable_split s JOIN payable o ON o.id = s.rest WHERE o.case_no = p.case_no)::text,
               p.case_no, p.year, p.payee, p.payee_name, $2, 'due', p.since, p.notice_ends, p.pay_by, p.sealed_account,
               p.account_hash, p.account_changed, p.called_back, p.called_back_at
           FROM payable p WHERE p.id = $1 RETURNING id, subject""",
        *(due.id, cut.fen),
    )
    key, subject = made[0]
    await fetch_tuples(
        """INSERT INTO payable_part (payable, stream, budget, fen)
           SELECT $2, p.stream, p.budget, c.fen FROM payable_part p JOIN unnest($3::text[], $4::bigint[]) AS c (stream, fen) USING (stream)
           WHERE p.payable = $1 RETURNING id""",
        *(due.id, key, streams, fen),
    )
    await fetch_tuples(
        """DELETE FROM payable_part p USING unnest($2::text[], $3::bigint[]) AS c (stream, fen)
           WHERE p.payable = $1 AND p.stream = c.stream AND p.fen = c.fen RETURNING p.id""",
        *(due.id, streams, fen),
    )
    await fetch_tuples(
        """UPDATE payable_part p SET fen = p.fen - c.fen FROM unnest($2::text[], $3::bigint[]) AS c (stream, fen)
           WHERE p.payable = $1 AND p.stream = c.stream RETURNING p.id""",
        *(due.id, streams, fen),
    )
    await fetch_tuples(
        "INSERT INTO payable_split (origin, rest, rows, fen, words, by, at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        *(due.id, key, list(cut.rows), cut.fen, cut.words, by, at),
    )
    return str(subject)


async def last_account_of(payee: str) -> bytes | None:
    """The keyed hash of the account to which the bank paid a payee last; None when it never did."""
    found = await fetch_tuples(
        "SELECT account_hash FROM payment_item WHERE payee = $1 AND state = 'paid' AND fen > 0 ORDER BY paid_on DESC, id DESC LIMIT 1",
        payee,
    )
    return found[0][0] if found else None


async def last_sealed_account(payee: str) -> tuple[bytes, date] | None:
    """The sealed account to which a payee was paid last (its place is ITEM_ACCOUNT_PLACE), and the day; None when he never was."""
    found = await fetch_tuples(
        """SELECT sealed_account, paid_on FROM payment_item WHERE payee = $1 AND state = 'paid' AND fen > 0 AND paid_on IS NOT NULL
           ORDER BY paid_on DESC, id DESC LIMIT 1""",
        payee,
    )
    return (found[0][0], found[0][1]) if found else None


async def add_hold(case_no: str, *, cause: str, words: str, placer: str, at: datetime) -> int:
    """A hold on a case."""
    found = await fetch_tuples(
        """INSERT INTO fund_hold (case_no, cause, words, placer, placed_at, lift_reason) VALUES ($1, $2, $3, $4, $5, '') RETURNING id""",
        *(case_no, cause, words, placer, at),
    )
    key: int = found[0][0]
    return key


async def lift_holds(case_no: str, *, cause: str | None, lifter: str, at: datetime, reason: str) -> int:
    """Lift the holds of a case, of one cause or all; returns how many were."""
    found = await fetch_tuples(
        """UPDATE fund_hold SET lifter = $3, lifted_at = $4, lift_reason = $5
           WHERE case_no = $1 AND lifted_at IS NULL AND ($2::text IS NULL OR cause = $2) RETURNING id""",
        *(case_no, cause, lifter, at, reason),
    )
    return len(found)


async def open_holds(cases: Sequence[str]) -> dict[str, list[Hold]]:
    """Holds that have not been lifted, by case."""
    found = await fetch_tuples(
        """SELECT id, case_no, cause, words, placer, placed_at FROM fund_hold WHERE case_no = ANY($1) AND lifted_at IS NULL ORDER BY id""",
        list(cases),
    )
    holds: dict[str, list[Hold]] = {}
    for row in found:
        holds.setdefault(row[1], []).append(Hold(*row))
    return holds


async def all_open_holds(*, most: int = 1000) -> list[Hold]:
    """Holds that have not been lifted, newest first."""
    found = await fetch_tuples(
        "SELECT id, case_no, cause, words, placer, placed_at FROM fund_hold WHERE lifted_at IS NULL ORDER BY id DESC LIMIT $1", most
    )
    return [Hold(*row) for row in found]
