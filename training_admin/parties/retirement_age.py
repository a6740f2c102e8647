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
def _table() -> dict[str, dict[str, int]]:
    content = files("training_admin.parties").joinpath("data", "retirement_age.json").read_bytes()
    tracks = msgspec.json.decode(content, type=_Table).tracks
    return {name: {"": track.base, **dict(track.rows)} for name, track in tracks.items()}


def limit_months(track: str, birth: date) -> int:
    """The age in months at which a person of the track retires: M men, F55 and F50 women by post.

    Born before the first row of the table: the age before the reform; after the last row: its last value. The limit is
    passed from the month in which that age is reached.
    """
    months = _table()[track]
    born = f"{birth:%Y-%m}"
    found = months.get(born)
    if found is not None:
        return found
    last = max(months)
    return months[last] if born > last else months[""]
