"""Statutory retirement age by month of birth, in months of age (reform in force from 2025-01-01; TR-02)."""

from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

TRACKS = ("M", "F55", "F50")


class _Track(msgspec.Struct, frozen=True):
    base: int
    rows: tuple[tuple[str, int], ...]


class _Table(msgspec.Struct, frozen=True):
    tracks: dict[str, _Track]


@cache
def _tables() -> dict[str, _Track]:
    content = files("training_admin.parties").joinpath("data", "retirement_age.json").read_bytes()
    return msgspec.json.decode(content, type=_Table).tracks


@cache
def _limit(track: str, year: int, month: int) -> int:
    table = _tables()[track]
    rows = dict(table.rows)
    born = f"{year:04d}-{month:02d}"
    last = table.rows[-1]
    return rows.get(born, last[1] if born > last[0] else table.base)


def limit_months(track: str, birth: date) -> int:
    """The age in months at which a person of the track retires: M men, F55 and F50 women by post.

    Born before the first row of the table: the age before the reform; after the last row: its last value. The limit is
    passed from the month in which that age is reached.
    """
    return _limit(track, birth.year, birth.month)


@cache
def lowest_limit_months(track: str) -> int:
    """The youngest age in months at which anyone of the track ever retires."""
    table = _tables()[track]
    return min(table.base, *(months for _born, months in table.rows))
