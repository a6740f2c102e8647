"""Queries of sheet 12 (学徒台账): the apprentices of many programmes with what was recorded of them, in a constant number of statements."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from training_admin.database import fetch_tuples
from training_admin.kit.workdays import add_months

_PROGRAMMES = """SELECT id, number, uscc, enterprise_name, institution_name, occupation_name, level, starts, months, state FROM programme"""


class RegisterProgramme(msgspec.Struct, frozen=True):
    """A programme as the register names it."""

    id: int
    number: str
    uscc: str
    enterprise_name: str
    institution_name: str
    occupation_name: str
    level: str
    starts: date
    months: int
    state: str

    @property
    def ends(self) -> date:
        """The last day of the term."""
        return add_months(self.starts, self.months) - timedelta(days=1)


class RegisterPerson(msgspec.Struct, frozen=True):
    """An apprentice as the register lists him; `years` are hundredths of hours by block for each year of the term, from the first on."""

    row: int
    name: str
    sealed: bytes
    post: str
    mentor: str
    teacher: str
    contract_start: date | None
    contract_end: date | None
    outcome: str
    left_on: date | None
    obtained_level: str
    certificate_no: str
    certified_on: date | None
    lowest_wage_fen: int | None
    years: tuple[tuple[int, int, int], ...]


async def one_programme(number: str, codes: Sequence[str] | None) -> list[RegisterProgramme]:
    """A programme of a scope, which covers its enterprise or its institution; nothing when there is none."""
    found = await fetch_tuples(
        f"{_PROGRAMMES} WHERE number = $1 AND ($2::text[] IS NULL OR uscc = ANY($2) OR institution = ANY($2))", number, codes
    )
    return [RegisterProgramme(*row) for row in found]


async def programmes_between(
    first: date | None, last: date | None, codes: Sequence[str] | None, firms: Sequence[str] | None, *, most: int
) -> list[RegisterProgramme]:
    """Approved programmes of a scope that start from `first` to `last`, of the enterprises `firms` when they are given, oldest first."""
    found = await fetch_tuples(
        f"""{_PROGRAMMES} WHERE state IN ('approved', 'ended') AND ($1::date IS NULL OR starts >= $1) AND ($2::date IS NULL OR starts <= $2)
            AND ($3::text[] IS NULL OR uscc = ANY($3) OR institution = ANY($3)) AND ($4::text[] IS NULL OR uscc = ANY($4))
            ORDER BY starts, id LIMIT $5""",
        *(first, last, codes, firms, most),
    )
    return [RegisterProgramme(*row) for row in found]


async def programmes_numbered(numbers: Sequence[str]) -> list[RegisterProgramme]:
    """Programmes by their numbers, in that order of entry."""
    found = await fetch_tuples(f"{_PROGRAMMES} WHERE number = ANY($1) ORDER BY id", list(numbers))
    return [RegisterProgramme(*row) for row in found]


async def people_of(programmes: Sequence[RegisterProgramme]) -> dict[int, list[RegisterPerson]]:
    """The apprentices of programmes in their order, with hours by year of the term and the lowest wage; two queries."""
    keys = [each.id for each in programmes]
    found = await fetch_tuples(
        """SELECT a.programme, a.id, a.place, a.name, a.sealed, a.post, coalesce(m.name, ''), coalesce(t.name, ''), a.contract_start,
                  a.contract_end, a.outcome, a.left_on, a.obtained_level, a.certificate_no, a.certified_on
           FROM apprentice a LEFT JOIN programme_tutor m ON m.id = a.mentor LEFT JOIN programme_tutor t ON t.id = a.teacher
           WHERE a.programme = ANY($1) ORDER BY a.programme, a.place""",
        keys,
    )
    told = await _years(keys)
    people: dict[int, list[RegisterPerson]] = {}
    for programme, key, *rest in found:
        whole: list[Any] = [*rest, *told.get(key, (None, ()))]
        people.setdefault(programme, []).append(RegisterPerson(*whole))
    return people


async def _years(programmes: Sequence[int]) -> dict[int, tuple[int | None, tuple[tuple[int, int, int], ...]]]:
    """The lowest wage and the hours by year of the term, by apprentice; the newest record of a month counts."""
    found = await fetch_tuples(
        """SELECT apprentice, year, min(net_wage_fen), sum(general_centihours)::int, sum(basics_centihours)::int,
                  sum(practice_centihours)::int FROM (
               SELECT x.*, row_number() OVER (PARTITION BY x.apprentice, x.month ORDER BY x.place DESC) AS age,
                      greatest(0, ((extract(year FROM x.month) - extract(year FROM p.starts)) * 12
                                   + extract(month FROM x.month) - extract(month FROM p.starts))::int / 12) AS year
               FROM programme p JOIN apprentice a ON a.programme = p.id JOIN apprentice_month x ON x.apprentice = a.id
               WHERE p.id = ANY($1)
           ) newest WHERE age = 1 GROUP BY apprentice, year ORDER BY apprentice, year""",
        list(programmes),
    )
    told: dict[int, tuple[int | None, dict[int, tuple[int, int, int]]]] = {}
    for apprentice, year, wage, *hours in found:
        lowest, years = told.get(apprentice, (None, {}))
        wages: list[Any] = [each for each in (lowest, wage) if each is not None]
        told[apprentice] = (min(wages, default=None), {**years, year: tuple(hours)})
    return {key: (wage, tuple(years.get(n, (0, 0, 0)) for n in range(max(years) + 1))) for key, (wage, years) in told.items()}
