"""Queries of recoveries: what was decided to be returned, what came back, and from which budgets it was."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.database import fetch_tuples
from training_admin.fund.ledger_facts import Part
from training_admin.kit.refusals import NotFound

_RECOVERY = """SELECT r.id, r.number, r.case_no, r.payable, r.payee, r.payee_name, r.reason, r.fen, r.settled_fen, r.fine_min_fen,
    r.fine_max_fen, r.state, r.proposer, r.hands, r.proposed_at, r.decider, r.decided_at, r.return_by, r.referred FROM recovery r"""
HANDS = 13


class RecoveryNotFound(NotFound):
    """There is no such recovery, or not for this actor."""

    code = "recovery-not-found"


class Recovery(msgspec.Struct, frozen=True):
    """A recovery as stored; amounts are fen, `hands` those who proposed it."""

    id: int
    number: str
    case_no: str
    payable: int
    payee: str
    payee_name: str
    reason: str
    fen: int
    settled_fen: int
    fine_min_fen: int
    fine_max_fen: int
    state: str
    proposer: str
    hands: frozenset[str]
    proposed_at: datetime
    decider: str | None
    decided_at: datetime | None
    return_by: date | None
    referred: str

    @property
    def left_fen(self) -> int:
        """What has not come back yet."""
        return self.fen - self.settled_fen


class Receipt(msgspec.Struct, frozen=True):
    """Money that came back."""

    id: int
    recovery: int
    way: str
    fen: int
    item: int | None
    reference: str
    received_on: date
    told_at: datetime


def _recovery(row: tuple[Any, ...]) -> Recovery:
    row = (*row[:HANDS], frozenset(row[HANDS]), *row[HANDS + 1 :])
    return Recovery(*row)


async def add_recovery(new: Recovery) -> int:
    """A proposed recovery."""
    found = await fetch_tuples(
        """INSERT INTO recovery (number, case_no, payable, payee, payee_name, reason, fen, settled_fen, fine_min_fen, fine_max_fen, state,
               proposer, hands, proposed_at, referred)
           VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, 'proposed', $10, $11, $12, '') RETURNING id""",
        *(new.number, new.case_no, new.payable, new.payee, new.payee_name, new.reason, new.fen, new.fine_min_fen, new.fine_max_fen),
        *(new.proposer, sorted(new.hands), new.proposed_at),
    )
    key: int = found[0][0]
    return key


async def recovery_by_number(number: str, organisations: Sequence[str] | None) -> Recovery:
    """One recovery of a scope (None: of anybody); raises RecoveryNotFound."""
    found = await fetch_tuples(f"{_RECOVERY} WHERE r.number = $1 AND ($2::text[] IS NULL OR r.payee = ANY($2))", number, organisations)
    if not found:
        raise RecoveryNotFound("没有找到这项追回，请从追回台账重新进入。")
    return _recovery(found[0])


async def recovery_by_id(recovery: int) -> Recovery:
    """One recovery by its key."""
    return _recovery((await fetch_tuples(f"{_RECOVERY} WHERE r.id = $1", recovery))[0])


async def list_recoveries(organisations: Sequence[str] | None, *, case_no: str | None, before: int | None, most: int) -> list[Recovery]:
    """Recoveries of a scope, newest first."""
    found = await fetch_tuples(
        f"""{_RECOVERY} WHERE ($1::text[] IS NULL OR r.payee = ANY($1)) AND ($2::text IS NULL OR r.case_no = $2)
            AND ($3::bigint IS NULL OR r.id < $3) ORDER BY r.id DESC LIMIT $4""",
        *(organisations, case_no, before, most),
    )
    return [_recovery(row) for row in found]


async def proposed_recoveries() -> list[frozenset[str]]:
    """The hands behind each recovery that nobody has decided yet."""
    return [_recovery(row).hands for row in await fetch_tuples(f"{_RECOVERY} WHERE r.state = 'proposed' ORDER BY r.id")]


async def open_recoveries(payee: str) -> list[Recovery]:
    """What a payee has to return, oldest first."""
    return [_recovery(row) for row in await fetch_tuples(f"{_RECOVERY} WHERE r.payee = $1 AND r.state = 'decided' ORDER BY r.id", payee)]


async def recoveries_of_payable(payable: int) -> list[Recovery]:
    """Recoveries of something paid that count: proposed, decided or settled; a voided one for what came back of it."""
    return [
        _recovery(row) for row in await fetch_tuples(f"{_RECOVERY} WHERE r.payable = $1 AND r.state <> 'refused' ORDER BY r.id", payable)
    ]


async def asked_back(case_no: str, *, but: int) -> bool:
    """Whether a case has to return something by another recovery than one, so that it stays in recovery whatever becomes of that one."""
    return bool(await fetch_tuples("SELECT 1 FROM recovery WHERE case_no = $1 AND state = 'decided' AND id <> $2 LIMIT 1", case_no, but))


async def taken_back(payables: Sequence[int]) -> bool:
    """Whether something of what was paid is being recovered or has come back."""
    return bool(
        await fetch_tuples(
            "SELECT 1 FROM recovery WHERE payable = ANY($1) AND (state IN ('proposed', 'decided', 'settled') OR settled_fen > 0) LIMIT 1",
            list(payables),
        )
    )


async def owed_by(payees: Sequence[str]) -> dict[str, int]:
    """What each payee has to return."""
    found = await fetch_tuples(
        "SELECT payee, sum(fen - settled_fen)::bigint FROM recovery WHERE state = 'decided' AND payee = ANY($1) GROUP BY payee",
        list(payees),
    )
    return dict(found)


async def note_decision(recovery: Recovery, state: str, *, decider: str, at: datetime, return_by: date | None) -> bool:
    """Decide a proposed recovery; False when it was decided before."""
    return bool(
        await fetch_tuples(
            """UPDATE recovery SET state = $2, decider = $3, decided_at = $4, return_by = $5
               WHERE id = $1 AND state = 'proposed' RETURNING id""",
            *(recovery.id, state, decider, at, return_by),
        )
    )


async def note_void(recovery: Recovery) -> bool:
    """What has not come back of a decided recovery is not asked for any more; False when it has moved."""
    return bool(
        await fetch_tuples(
            "UPDATE recovery SET state = 'voided' WHERE id = $1 AND state = 'decided' AND settled_fen = $2 RETURNING id",
            *(recovery.id, recovery.settled_fen),
        )
    )


async def note_referral(recovery: Recovery, words: str) -> None:
    """Where a recovery was referred to (移送)."""
    await fetch_tuples("UPDATE recovery SET referred = $2 WHERE id = $1 RETURNING id", recovery.id, words)


async def reference_taken(reference: str) -> bool:
    """Whether a receipt with this reference was entered."""
    return bool(await fetch_tuples("SELECT 1 FROM recovery_receipt WHERE reference = $1", reference))


async def add_receipt(
    recovery: Recovery, fen: int, *, way: str, reference: str, on: date, item: int | None, teller: str, at: datetime
) -> None:
    """Money that came back; the recovery is settled with its last fen."""
    await fetch_tuples(
        """INSERT INTO recovery_receipt (recovery, way, fen, item, reference, received_on, teller, told_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id""",
        *(recovery.id, way, fen, item, reference, on, teller, at),
    )
    await fetch_tuples(
        """UPDATE recovery SET settled_fen = settled_fen + $2, state = CASE WHEN settled_fen + $2 = fen THEN 'settled' ELSE state END
           WHERE id = $1 RETURNING id""",
        *(recovery.id, fen),
    )


async def take_back_receipt(receipt: Receipt) -> None:
    """What was kept back has not come back after all, because the payment itself came back."""
    await fetch_tuples("DELETE FROM recovery_receipt WHERE id = $1 RETURNING id", receipt.id)
    await fetch_tuples(
        """UPDATE recovery SET settled_fen = settled_fen - $2, state = CASE state WHEN 'settled' THEN 'decided' ELSE state END
           WHERE id = $1 RETURNING id""",
        *(receipt.recovery, receipt.fen),
    )


async def receipts_of(recovery: int) -> list[Receipt]:
    """What came back of a recovery, oldest first."""
    return await _receipts("recovery", recovery)


async def references_of(recoveries: Sequence[int]) -> dict[int, list[str]]:
    """The references under which money of some recoveries came back."""
    found = await fetch_tuples("SELECT recovery, reference FROM recovery_receipt WHERE recovery = ANY($1) ORDER BY id", list(recoveries))
    references: dict[int, list[str]] = {}
    for recovery, reference in found:
        references.setdefault(recovery, []).append(reference)
    return references


async def receipts_of_item(item: int) -> list[Receipt]:
    """What a payment kept back, newest first."""
    return (await _receipts("item", item))[::-1]


async def _receipts(column: str, key: int) -> list[Receipt]:
    found = await fetch_tuples(
        f"SELECT id, recovery, way, fen, item, reference, received_on, told_at FROM recovery_receipt WHERE {column} = $1 ORDER BY id",  # noqa: S608 - our own words
        key,
    )
    return [Receipt(*row) for row in found]


async def receivable_parts(number: str) -> list[Part]:
    """What a recovery still asks for, by budget, as the ledger tells it."""
    return await _parts(
        """e.business_id = 'recover:' || $1 OR e.business_id = 'forgive:' || $1 OR e.business_id LIKE 'return:' || $1 || '/%'
           OR e.business_id LIKE 'undo:' || $1 || '/%'""",
        number,
    )


async def returned_by(number: str, reference: str) -> list[Part]:
    """What came back with one receipt, by budget, as the ledger tells it."""
    found = await _parts("e.business_id = 'return:' || $1", f"{number}/{reference}")
    return [Part(part.budget, -part.fen) for part in found]


async def _parts(which: str, value: str) -> list[Part]:
    found = await fetch_tuples(
        f"""SELECT a.budget, sum(p.amount_fen)::bigint FROM fund_posting p JOIN fund_entry e ON e.id = p.entry
            JOIN fund_account a ON a.id = p.account WHERE a.kind = 'receivable' AND ({which})
            GROUP BY a.budget HAVING sum(p.amount_fen) <> 0 ORDER BY a.budget""",  # noqa: S608 - our own words
        value,
    )
    return [Part(budget, fen) for budget, fen in found]


async def decided_parts(number: str) -> list[Part]:
    """What a recovery took out of what was paid, by budget, less what was forgiven."""
    return await _parts("e.business_id = 'recover:' || $1 OR e.business_id = 'forgive:' || $1", number)
