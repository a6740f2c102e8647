"""Queries of targets and alarms; rows are only ever added, an alarm is disposed of once."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.audit.steering_facts import Colour, Indicator, Target
from training_admin.database import fetch_tuples
from training_admin.kit.dated import Standing
from training_admin.kit.refusals import NotFound

_ENTRY = "id, indicator, department, street, value, paper, standing, responsible, account, why, enterer, entered_at"
_ALARM = """id, year, indicator, department, street, colour, done, expected, responsible, account, raised_on, disposal, disposer,
    disposed_at"""


class AlarmNotFound(NotFound):
    """There is no such alarm."""

    code = "alarm-not-found"


class Entry(msgspec.Struct, frozen=True):
    """A target as somebody entered it, or took it back (`value` None)."""

    id: int
    target: Target
    taken_back: bool
    why: str
    enterer: str
    entered_at: datetime


class Alarm(msgspec.Struct, frozen=True):
    """An alarm with what was said to it."""

    id: int
    year: int
    indicator: Indicator
    department: str
    street: str
    colour: Colour
    done: int
    expected: int
    responsible: str
    account: str | None
    raised_on: date
    disposal: str
    disposer: str | None
    disposed_at: datetime | None


def _entry(row: Sequence[Any]) -> Entry:
    key, indicator, department, street, value, paper, standing, responsible, account, *rest = row
    target = Target(Indicator(indicator), value or 0, paper, Standing(standing), responsible, account, department, street)
    return Entry(key, target, value is None, *rest)


def _alarm(row: Sequence[Any]) -> Alarm:
    key, year, indicator, department, street, colour, *rest = row
    return Alarm(key, year, Indicator(indicator), department, street, Colour(colour), *rest)


async def add_target(year: int, target: Target, *, taken_back: bool, why: str, by: str, enterer: str, at: datetime) -> int:
    """Enter a target, or take it back."""
    found = await fetch_tuples(
        """INSERT INTO year_target (year, indicator, department, street, value, paper, standing, responsible, account, why, entered_by,
               enterer, entered_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id""",
        *(year, target.indicator.value, target.department, target.street, None if taken_back else target.value, target.paper),
        *(target.standing.value, target.responsible, target.account, why, by, enterer, at),
    )
    key: int = found[0][0]
    return key


async def entries_of(year: int) -> list[Entry]:
    """Every entry of a year in the order in which it was made."""
    return [_entry(row) for row in await fetch_tuples(f"SELECT {_ENTRY} FROM year_target WHERE year = $1 ORDER BY id", year)]  # noqa: S608 - our own words


async def officers() -> list[tuple[str, str, str]]:
    """Key, name and organisation of those who can answer for a target: accounts in use of offices."""
    rows = await fetch_tuples(
        """SELECT a.key, a.name, o.name FROM account a JOIN organisation o ON o.id = a.organisation
           WHERE a.state = 'active' AND o.kind IN ('street', 'hr_bureau', 'education_bureau', 'trade_union', 'finance_bureau')
           ORDER BY o.code, a.name, a.id LIMIT 500"""
    )
    return [(key, name, organisation) for key, name, organisation in rows]


async def known_streets() -> list[str]:
    """Every street that a delivery or a target names."""
    rows = await fetch_tuples(
        """SELECT street FROM enterprise_street UNION SELECT street FROM channel_trained WHERE street <> ''
           UNION SELECT street FROM year_target WHERE street <> '' ORDER BY 1"""
    )
    return [street for (street,) in rows]


async def add_alarms(alarms: Iterable[Alarm], *, at: datetime) -> list[Alarm]:
    """Raise alarms that are not there: the same colour of the same target is raised again only after it was disposed of."""
    wanted = list(alarms)
    columns = [
        [getattr(each, name) for each in wanted]
        for name in ("year", "indicator", "department", "street", "colour", "done", "expected", "responsible", "account", "raised_on")
    ]
    rows = await fetch_tuples(
        f"""INSERT INTO indicator_alarm
               (year, indicator, department, street, colour, done, expected, responsible, account, raised_on, raised_at, disposal)
           SELECT n.*, $11, '' FROM unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
               $8::text[], $9::text[], $10::date[]) AS n (year, indicator, department, street, colour, done, expected, responsible, account,
               raised_on)
           WHERE NOT EXISTS (SELECT 1 FROM indicator_alarm a WHERE a.year = n.year AND a.indicator = n.indicator
               AND a.department = n.department AND a.street = n.street AND a.colour = n.colour AND a.disposed_at IS NULL)
           ON CONFLICT DO NOTHING RETURNING {_ALARM}""",  # noqa: S608 - our own words
        *columns,
        at,
    )
    return [_alarm(row) for row in rows]


async def alarms(year: int) -> list[Alarm]:
    """The alarms of a year, those that nobody has disposed of first, the newest first."""
    rows = await fetch_tuples(
        f"SELECT {_ALARM} FROM indicator_alarm WHERE year = $1 ORDER BY disposed_at IS NOT NULL, id DESC LIMIT 500",  # noqa: S608 - our own words
        year,
    )
    return [_alarm(row) for row in rows]


async def alarm_by_key(key: int) -> Alarm:
    """One alarm; raises AlarmNotFound."""
    rows = await fetch_tuples(f"SELECT {_ALARM} FROM indicator_alarm WHERE id = $1", key)  # noqa: S608 - our own words
    if not rows:
        raise AlarmNotFound("没有找到这条预警，请从列表重新进入。")
    return _alarm(rows[0])


async def dispose(key: int, words: str, *, by: str, disposer: str, at: datetime) -> bool:
    """Keep how an alarm was disposed of; False when it was before."""
    return bool(
        await fetch_tuples(
            """UPDATE indicator_alarm SET disposal = $2, disposed_by = $3, disposer = $4, disposed_at = $5
               WHERE id = $1 AND disposed_at IS NULL RETURNING id""",
            *(key, words, by, disposer, at),
        )
    )
