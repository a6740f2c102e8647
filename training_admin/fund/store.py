"""Queries of the fund: trainings already paid, as known at an instant; a row delivered twice counts once."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from training_admin.database import copy_rows, fetch_tuples
from training_admin.fund.facts import PaidTraining


async def add_paid_trainings(delivery: int, payments: Iterable[PaidTraining]) -> None:
    """Earlier payments of a delivery; equal rows of one delivery are numbered, so that both count."""
    seen: Counter[PaidTraining] = Counter()
    rows = []
    for each in payments:
        rows.append(
            (
                delivery,
                bytes.fromhex(each.person),
                each.occupation,
                each.level,
                each.paid_on,
                each.fund,
                each.amount_fen,
                each.stream,
                seen[each],
            )
        )
        seen[each] += 1
    columns = ("delivery", "person", "occupation", "level", "paid_on", "fund", "amount_fen", "stream", "place")
    await copy_rows("paid_training", columns, rows)


async def load_payments(persons: Sequence[bytes], known_at: datetime) -> dict[str, tuple[PaidTraining, ...]]:
    """Earlier payments of persons, keyed by the hexadecimal person."""
    # Joined, not compared with an array: a plan that is kept for any length of it would look through all persons for every row.
    found = await fetch_tuples(
        """SELECT DISTINCT encode(p.person, 'hex'), p.occupation, p.level, p.paid_on, p.fund, p.amount_fen, p.stream, p.place
           FROM unnest($1::bytea[]) AS wanted (person) JOIN paid_training p ON p.person = wanted.person JOIN delivery d ON d.id = p.delivery
           WHERE d.received_at <= $2
           ORDER BY 1, 4, 2, 3, 5, 6, 7, 8""",
        list(persons),
        known_at,
    )
    paid: dict[str, list[PaidTraining]] = {}
    for person, occupation, level, paid_on, fund, amount_fen, stream, _place in found:
        paid.setdefault(person, []).append(PaidTraining(person, occupation, level, paid_on, fund, amount_fen, stream))
    return {person: tuple(payments) for person, payments in paid.items()}
