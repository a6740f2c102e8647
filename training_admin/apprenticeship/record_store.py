"""Queries of monthly records: programmes of a scope, their apprentices, the newest record of each month, and what was told before."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.apprenticeship.facts import Hours, MonthDone
from training_admin.apprenticeship.loading import ProgrammeNotFound
from training_admin.apprenticeship.record_facts import Recorded, Side, Span, first_day, months_told, teller_sides, teller_text
from training_admin.database import copy_rows, fetch_tuples
from training_admin.kit.workdays import ONE_DAY, add_months, months_touched

# Programmes of which months are told: the approved ones, also after their term.
RECORDED_STATES = ("approved", "ended")
_HEAD = """SELECT p.id, p.number, p.uscc, p.enterprise_name, p.institution, p.institution_name, p.state, p.occupation_name, p.level,
    p.starts, p.months FROM programme p"""
_IN_SCOPE = "($1::varchar[] IS NULL OR p.uscc = ANY($1) OR p.institution = ANY($1))"
_RECORD = """m.apprentice, to_char(m.month, 'YYYY-MM'), m.place, m.general_centihours, m.basics_centihours, m.practice_centihours,
    m.online_centihours, m.mentor_centihours, m.net_wage_fen, m.way, m.recorder, m.recorded_at"""
# The newest record of a month, and behind it who has told any of its records.
_NEWEST = f"""SELECT DISTINCT ON (m.apprentice, m.month) {_RECORD},
    array_agg(split_part(m.recorder, '·', 1)) OVER (PARTITION BY m.apprentice, m.month) FROM apprentice_month m"""  # noqa: S608 - our own texts
_COLUMNS = (
    *("apprentice", "month", "place", "general_centihours", "basics_centihours", "practice_centihours", "online_centihours"),
    *("mentor_centihours", "net_wage_fen", "way", "recorder", "recorded_at"),
)


class ProgrammeHead(msgspec.Struct, frozen=True):
    """A programme as its monthly records need it; `months` counts the term whole."""

    id: int
    number: str
    uscc: str
    enterprise_name: str
    institution: str
    institution_name: str
    state: str
    occupation_name: str
    level: str
    starts: date
    months: int

    @property
    def end(self) -> date:
        """The last day of the term."""
        return add_months(self.starts, self.months) - ONE_DAY

    @property
    def all_months(self) -> tuple[str, ...]:
        """Every month of the term."""
        return months_touched(self.starts, self.end)

    def told_months(self, today: date) -> tuple[str, ...]:
        """The months that can be told by now."""
        return months_told(self.starts, self.months, today)

    def sides_of(self, organisation: str | None) -> tuple[Side, ...]:
        """Which sides of the programme an organisation is."""
        codes = {Side.ENTERPRISE: self.uscc, Side.INSTITUTION: self.institution}
        return tuple(side for side in Side if codes[side] == organisation)


class ApprenticeHead(msgspec.Struct, frozen=True):
    """An apprentice as the tables of months name him; `serial` counts the people of his programme from 1."""

    id: int
    programme: int
    serial: int
    person: str
    name: str
    sealed: bytes
    outcome: str
    left_on: date | None

    def span(self, head: ProgrammeHead) -> Span:
        """His days in the programme."""
        return Span(head.starts, head.end, self.left_on)


async def programmes(codes: Sequence[str] | None, *, number: str | None = None) -> list[ProgrammeHead]:
    """Programmes of a scope of which months are told, the newest first; of one number when it is given."""
    found = await fetch_tuples(
        f"{_HEAD} WHERE {_IN_SCOPE} AND p.state = ANY($2) AND ($3::varchar IS NULL OR p.number = $3) ORDER BY p.starts DESC, p.id DESC",
        *(codes, list(RECORDED_STATES), number),
    )
    return [ProgrammeHead(*row) for row in found]


async def programme_by_number(number: str, codes: Sequence[str] | None) -> ProgrammeHead:
    """One of them; raises ProgrammeNotFound."""
    found = await programmes(codes, number=number)
    if not found:
        raise ProgrammeNotFound("没有找到这个学徒班，或它还没有通过备案。请从“每月记录”重新进入。")
    return found[0]


async def apprentices(heads: Sequence[ProgrammeHead]) -> dict[int, list[ApprenticeHead]]:
    """The apprentices of programmes by programme, in their order; one query however many."""
    found = await fetch_tuples(
        """SELECT id, programme, row_number() OVER (PARTITION BY programme ORDER BY place), encode(person, 'hex'), name, sealed,
               outcome, left_on FROM apprentice WHERE programme = ANY($1) ORDER BY programme, place""",
        [each.id for each in heads],
    )
    people: dict[int, list[ApprenticeHead]] = {each.id: [] for each in heads}
    for row in found:
        people[row[1]].append(ApprenticeHead(*row))
    return people


def _done(row: Sequence[Any]) -> MonthDone:
    month, general, basics, practice, online, mentor, wage = row
    return MonthDone(month, Hours(general, basics, practice, online), mentor, wage)


async def newest(heads: Sequence[ProgrammeHead], *, first: str = "2000-01", last: str = "2099-12") -> dict[tuple[int, str], Recorded]:
    """The newest record of every month of every apprentice of programmes, in one query."""
    found = await fetch_tuples(
        f"""{_NEWEST} JOIN apprentice a ON a.id = m.apprentice
            WHERE a.programme = ANY($1) AND m.month BETWEEN $2 AND $3 ORDER BY m.apprentice, m.month, m.place DESC""",
        *([each.id for each in heads], first_day(first), first_day(last)),
    )
    return {(row[0], row[1]): _recorded(row, row[12]) for row in found}


async def newest_of(apprentices: Sequence[int]) -> dict[tuple[int, str], Recorded]:
    """The same of single apprentices by their keys."""
    found = await fetch_tuples(f"{_NEWEST} WHERE m.apprentice = ANY($1) ORDER BY m.apprentice, m.month, m.place DESC", list(apprentices))
    return {(row[0], row[1]): _recorded(row, row[12]) for row in found}


async def history(apprentice: int, month: str) -> list[Recorded]:
    """Everything told of a month of an apprentice, the newest first."""
    found = await fetch_tuples(
        f"SELECT {_RECORD} FROM apprentice_month m WHERE m.apprentice = $1 AND m.month = $2 ORDER BY m.place DESC",  # noqa: S608 - our own texts
        *(apprentice, first_day(month)),
    )
    return [_recorded(row, [row[10]]) for row in found]


def _recorded(row: Sequence[Any], tellers: Iterable[str]) -> Recorded:
    apprentice, month, place, general, basics, practice, online, mentor, wage, way, recorder, at, *_rest = row
    sides = frozenset[Side]().union(*map(teller_sides, tellers))
    done = _done((month, general, basics, practice, online, mentor, wage))
    return Recorded(apprentice, place, done, sides, way, recorder, at)


class NewMonth(msgspec.Struct, frozen=True):
    """A record to be added: of which apprentice, the how manieth of its month, and the whole month."""

    apprentice: int
    place: int
    done: MonthDone


async def add_months_done(rows: Iterable[NewMonth], *, sides: Mapping[int, Iterable[Side]], way: str, name: str, at: datetime) -> None:
    """Records as told, by COPY; what was told before stays below. `sides` are those that tell, by apprentice."""
    copied = (
        (
            *(each.apprentice, first_day(each.done.month), each.place, each.done.hours.general, each.done.hours.basics),
            *(each.done.hours.practice, each.done.hours.online, each.done.mentor_centihours, each.done.net_wage_fen),
            *(way, teller_text(sides[each.apprentice], name), at),
        )
        for each in rows
    )
    await copy_rows("apprentice_month", _COLUMNS, copied)
