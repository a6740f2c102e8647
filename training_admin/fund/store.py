"""Queries of the fund: trainings already paid, as known at an instant; a row delivered twice counts once.

What was paid here is told by a delivery of our own, for which a case stands at each row; a payment that failed later is gone from then on.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

import msgspec

from training_admin.database import copy_rows, fetch_tuples
from training_admin.fund.facts import KnownPayments, OwnPayment, PaidTraining

# Of a payable: the bank paid it, and not all of it came back by recoveries.
_PAID = "p.state = 'paid' AND p.fen > (SELECT coalesce(sum(r.settled_fen), 0) FROM recovery r WHERE r.payable = p.id)"


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


async def load_payments(persons: Sequence[bytes], known_at: datetime) -> KnownPayments:
    """Earlier payments of persons, keyed by the hexadecimal person: those that others told of, and those made here."""
    # Joined, not compared with an array: a plan that is kept for any length of it would look through all persons for every row.
    found = await fetch_tuples(
        """SELECT DISTINCT encode(p.person, 'hex'), p.occupation, p.level, p.paid_on, p.fund, p.amount_fen, p.stream, p.place,
                  p.case_no, p.class_no, CASE WHEN p.case_no IS NOT NULL THEN d.received_at END
           FROM unnest($1::bytea[]) AS wanted (person) JOIN paid_training p ON p.person = wanted.person JOIN delivery d ON d.id = p.delivery
           WHERE d.received_at <= $2 AND (p.gone_at IS NULL OR p.gone_at > $2)
           ORDER BY 1, 4, 2, 3, 5, 6, 7, 8, 9""",
        *(list(persons), known_at),
    )
    told: dict[str, list[PaidTraining]] = {}
    own: dict[str, list[OwnPayment]] = {}
    for person, occupation, level, paid_on, fund, amount_fen, stream, place, case_no, class_no, since in found:
        training = PaidTraining(person, occupation, level, paid_on, fund, amount_fen, stream)
        if case_no is None:
            told.setdefault(person, []).append(training)
        else:
            own.setdefault(person, []).append(OwnPayment(case_no, class_no, place, since, training))
    return KnownPayments({each: tuple(paid) for each, paid in told.items()}, {each: tuple(paid) for each, paid in own.items()})


async def add_own_payments(delivery: int, case_no: str, paid: Mapping[int, tuple[str, PaidTraining]]) -> None:
    """What was paid for the rows of a case, each with its class, told by a delivery of our own."""
    columns = ("delivery", "person", "occupation", "level", "paid_on", "fund", "amount_fen", "stream", "place", "case_no", "class_no")
    await copy_rows(
        "paid_training",
        columns,
        [
            (delivery, bytes.fromhex(p.person), p.occupation, p.level, p.paid_on, p.fund, p.amount_fen, p.stream, row, case_no, class_no)
            for row, (class_no, p) in sorted(paid.items())
        ],
    )


async def paid_payables(case_no: str) -> dict[int, date]:
    """The keys of what was paid of a case, each with the day of its payment; without what came back whole by recoveries."""
    return dict(
        await fetch_tuples(
            f"""SELECT p.id, i.paid_on FROM payable p JOIN payment_item i ON i.id = p.item
                WHERE p.case_no = $1 AND {_PAID} ORDER BY p.id""",  # noqa: S608 - our own words
            case_no,
        )
    )


class OwnRow(msgspec.Struct, frozen=True):
    """One row of a case that counts as paid: its key, the delivery that told it, the person."""

    id: int
    delivery: int
    case_no: str
    row: int
    person: str
    paid_on: date


async def own_rows(cases: Sequence[str]) -> list[OwnRow]:
    """What counts as paid for some cases, in the order in which it was told."""
    found = await fetch_tuples(
        """SELECT id, delivery, case_no, place, encode(person, 'hex'), paid_on FROM paid_training
           WHERE case_no = ANY($1) AND gone_at IS NULL ORDER BY id""",
        list(cases),
    )
    return [OwnRow(*row) for row in found]


async def own_rows_gone(keys: Sequence[int], known_at: datetime) -> None:
    """The rows count as paid no longer, from an instant on."""
    await fetch_tuples("UPDATE paid_training SET gone_at = $2 WHERE id = ANY($1) AND gone_at IS NULL RETURNING id", list(keys), known_at)


async def untold_cases() -> list[str]:
    """Cases of which something was paid and nothing is told."""
    found = await fetch_tuples(
        f"""SELECT DISTINCT p.case_no FROM payable p WHERE {_PAID}
            AND NOT EXISTS (SELECT 1 FROM paid_training t WHERE t.case_no = p.case_no AND t.gone_at IS NULL) ORDER BY 1"""  # noqa: S608 - our own words
    )
    return [case_no for (case_no,) in found]


async def entries_of(case_no: str) -> int:
    """How many entries the ledger has of a case."""
    found = await fetch_tuples("SELECT count(*)::int FROM fund_entry WHERE subject = $1", case_no)
    return int(found[0][0])
