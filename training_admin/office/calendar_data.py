"""The working calendar as published, read from the file that comes with the program (WD-01): what needs no database."""

from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

from training_admin.kit.workdays import Calendar


class _Year(msgspec.Struct, frozen=True):
    days: tuple[tuple[date, str, bool], ...]


class _File(msgspec.Struct, frozen=True):
    years: dict[str, _Year]


@cache
def published_calendar() -> Calendar:
    """All published years; a day of another year is an error (WD-02)."""
    content = files("training_admin.office").joinpath("data", "holidays_cn_2020_2026.json").read_bytes()
    years = msgspec.json.decode(content, type=_File).years
    days = [day for year in years.values() for day in year.days]
    return Calendar(
        years=frozenset(int(year) for year in years),
        off_days=frozenset(day for day, _, off in days if off),
        worked_days=frozenset(day for day, _, off in days if not off),
    )
