"""Queries of the parties: deliveries go in by COPY, and come out as they were known at an instant."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache

import msgspec

from training_admin.database import copy_rows, fetch_tuples
from training_admin.parties.facts import Coverage, DeliveryHead, Enterprise, Institution, InsuredMonth, YearAmounts

MONTHS_PLACE = 100
# What one delivery tells of a person: its place among the deliveries, who paid, and for which months.
Told = tuple[tuple[datetime, int], str, list[int]]
SURCHARGE, SUBSIDY = "surcharge", "subsidy"


async def delivery_of(sha256: str) -> tuple[int, int] | None:
    """The key and the rows of a delivery that was received before, by the digest of its content."""
    found = await fetch_tuples("SELECT id, rows FROM delivery WHERE sha256 = $1", sha256)
    return (found[0][0], found[0][1]) if found else None


async def add_delivery(*, source: str, as_of: date, received_at: datetime, sha256: str, rows: int) -> int:
    """A new delivery; everything that comes with it carries its key."""
    found = await fetch_tuples(
        "INSERT INTO delivery (source, as_of, received_at, sha256, rows) VALUES ($1, $2, $3, $4, $5) RETURNING id",
        source,
        as_of,
        received_at,
        sha256,
        rows,
    )
    key: int = found[0][0]
    return key


async def delivery_heads(*, before: int | None, limit: int) -> list[DeliveryHead]:
    """Received deliveries, newest first, beginning before a key."""
    found = await fetch_tuples(
        "SELECT id, source, as_of, received_at, rows FROM delivery WHERE $1::bigint IS NULL OR id < $1 ORDER BY id DESC LIMIT $2",
        before,
        limit,
    )
    return [DeliveryHead(*row) for row in found]


async def add_coverage(delivery: int, coverage: Coverage) -> None:
    """Which months and years the delivery brought."""
    periods = [("insurance", month) for month in sorted(coverage.insurance)]
    periods += [("surcharge", year) for year in sorted(coverage.surcharge)]
    await copy_rows("covered", ("delivery", "kind", "period"), [(delivery, kind, period) for kind, period in periods])


async def add_enterprises(delivery: int, enterprises: Iterable[Enterprise]) -> None:
    """Enterprises with what they paid and received by year."""
    firms = list(enterprises)
    await copy_rows(
        "enterprise_version",
        ("delivery", "uscc", "name", "size", "tax_district", "status", "kind", "insured_headcount"),
        [(delivery, e.uscc, e.name, e.size, e.tax_district, e.status, e.kind, e.insured_headcount) for e in firms],
    )
    await add_year_amounts(delivery, firms)


async def add_year_amounts(delivery: int, firms: Iterable[Enterprise | YearAmounts]) -> None:
    """What enterprises paid and received by year."""
    amounts = [
        (delivery, firm.uscc, kind, int(year), amount)
        for firm in firms
        for kind, years in ((SURCHARGE, firm.surcharge_paid_fen), (SUBSIDY, firm.subsidy_paid_fen))
        for year, amount in years.items()
    ]
    await copy_rows("year_amount", ("delivery", "uscc", "kind", "year", "amount_fen"), amounts)


async def add_institutions(delivery: int, institutions: Iterable[Institution]) -> None:
    """Training institutions with their licences."""
    await copy_rows(
        "institution_version",
        ("delivery", "uscc", "name", "licence_to", "occupations"),
        [(delivery, i.uscc, i.name, i.licence_to, ",".join(i.occupations)) for i in institutions],
    )


async def add_insured_months(delivery: int, months: Iterable[InsuredMonth]) -> None:
    """Insured months; persons are hexadecimal keys."""
    await copy_rows(
        "insured_month",
        ("delivery", "person", "month", "payer"),
        ((delivery, bytes.fromhex(each.person), month_number(each.month), each.payer) for each in months),
    )


def month_number(month: str) -> int:
    """`2026-03` as 202603."""
    return int(month[:4]) * MONTHS_PLACE + int(month[5:])


@lru_cache(maxsize=4096)
def month_text(number: int) -> str:
    """202603 as `2026-03`."""
    return f"{number // MONTHS_PLACE:04d}-{number % MONTHS_PLACE:02d}"


async def load_coverage(known_at: datetime) -> Coverage:
    """Everything delivered by then."""
    found = await fetch_tuples(
        "SELECT DISTINCT c.kind, c.period FROM covered c JOIN delivery d ON d.id = c.delivery WHERE d.received_at <= $1",
        known_at,
    )
    periods: dict[str, set[str]] = {"insurance": set(), "surcharge": set()}
    for kind, period in found:
        periods[kind].add(period)
    return Coverage(frozenset(periods["insurance"]), frozenset(periods["surcharge"]))


async def load_enterprises(usccs: Sequence[str], known_at: datetime) -> dict[str, Enterprise]:
    """Enterprises as the newest delivery by then describes them; amounts of each year by the newest that names the year."""
    found = await fetch_tuples(
        """SELECT DISTINCT ON (e.uscc) e.uscc, e.name, e.size, e.tax_district, e.status, e.insured_headcount, e.kind,
               (SELECT coalesce(json_object_agg(y.kind || ':' || y.year, y.amount_fen), '{}') FROM (
                    SELECT DISTINCT ON (a.kind, a.year) a.kind, a.year, a.amount_fen
                    FROM year_amount a JOIN delivery ad ON ad.id = a.delivery
                    WHERE a.uscc = e.uscc AND ad.received_at <= $2 ORDER BY a.kind, a.year, ad.received_at DESC, a.id DESC
               ) y)::jsonb
           FROM enterprise_version e JOIN delivery d ON d.id = e.delivery
           WHERE e.uscc = ANY($1) AND d.received_at <= $2
           ORDER BY e.uscc, d.received_at DESC, e.id DESC""",
        list(usccs),
        known_at,
    )
    return {row[0]: _enterprise(row) for row in found}


def _enterprise(row: tuple[object, ...]) -> Enterprise:
    uscc, name, size, tax_district, status, headcount, kind, amounts = row
    years: dict[str, dict[str, int]] = {SURCHARGE: {}, SUBSIDY: {}}
    for key, amount in sorted(msgspec.json.decode(str(amounts), type=dict[str, int]).items()):
        what, _, year = key.partition(":")
        years[what][year] = amount
    return msgspec.convert(
        {
            "uscc": uscc,
            "name": name,
            "size": size,
            "tax_district": tax_district,
            "status": status,
            "surcharge_paid_fen": years[SURCHARGE],
            "subsidy_paid_fen": years[SUBSIDY],
            "insured_headcount": headcount,
            "kind": kind,
        },
        Enterprise,
    )


async def load_institutions(usccs: Sequence[str], known_at: datetime) -> dict[str, Institution]:
    """Institutions as the newest delivery by then describes them."""
    found = await fetch_tuples(
        """SELECT DISTINCT ON (i.uscc) i.uscc, i.name, i.licence_to, i.occupations
           FROM institution_version i JOIN delivery d ON d.id = i.delivery
           WHERE i.uscc = ANY($1) AND d.received_at <= $2 ORDER BY i.uscc, d.received_at DESC, i.id DESC""",
        list(usccs),
        known_at,
    )
    return {
        uscc: Institution(uscc, name, licence_to, tuple(each for each in occupations.split(",") if each))
        for uscc, name, licence_to, occupations in found
    }


async def load_insurance(persons: Sequence[bytes], *, first: str, last: str, known_at: datetime) -> dict[str, tuple[InsuredMonth, ...]]:
    """Insured months of persons in a stretch of months, each by the newest delivery that names person and month."""
    # OFFSET 0 keeps the look-up by person, whatever plan is kept: the months of all years are never read.
    found = await fetch_tuples(
        """SELECT encode(i.person, 'hex'), i.payer, d.received_at, d.id, array_agg(i.month)
           FROM unnest($1::bytea[]) AS wanted (person)
           CROSS JOIN LATERAL (SELECT person, payer, month, delivery FROM insured_month
                               WHERE person = wanted.person AND month BETWEEN $2 AND $3 OFFSET 0) i
           JOIN delivery d ON d.id = i.delivery AND d.received_at <= $4 GROUP BY i.person, i.payer, d.id""",
        list(persons),
        month_number(first),
        month_number(last),
        known_at,
    )
    told: dict[str, list[Told]] = {}
    for person, payer, received_at, delivery, months in found:
        told.setdefault(person, []).append(((received_at, delivery), payer, months))
    return {person: _insured_months(person, of_person) for person, of_person in told.items()}


@lru_cache(maxsize=4096)
def _month_texts(months: tuple[int, ...]) -> tuple[str, ...]:
    """Months in order, each once; most people of a firm are insured for the same ones."""
    return tuple([month_text(month) for month in sorted(set(months))])


def _insured_months(person: str, told: list[Told]) -> tuple[InsuredMonth, ...]:
    """What deliveries told of one person, each month by the newest of them that names it; by payer, then month."""
    _place, payer, months = told[0]
    if len(told) == 1:
        return tuple([InsuredMonth(person, month, payer) for month in _month_texts(tuple(months))])
    newest = {month: place for place, _payer, months in sorted(told) for month in months}
    paid = {(payer, month) for place, payer, months in told for month in months if newest[month] == place}
    return tuple([InsuredMonth(person, month_text(month), payer) for payer, month in sorted(paid)])
