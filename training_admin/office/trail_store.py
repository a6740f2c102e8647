"""Queries of the trail's readers: filtered pages newest first, and one row.

Conditions are only written when they are asked for, so that each one finds its index.
"""

from datetime import datetime
from typing import cast

import msgspec

from training_admin.database import fetch_tuples
from training_admin.office.trail import AT, COLUMNS, Stored

_COLUMNS = ", ".join((COLUMNS[0], AT, *COLUMNS[2:]))
# Whoever stands in for another is found under both keys.
_HANDS = "string_to_array(actor, ' for ')"


class TrailWanted(msgspec.Struct, frozen=True):
    """What is asked for; None is everything. `event` is a whole event or its first parts, ended by a colon."""

    actor: str | None = None
    event: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def rows_before(wanted: TrailWanted, *, before: int | None, limit: int) -> list[Stored]:
    """Rows that match, newest first, before a number; inside an open transaction."""
    conditions, arguments = _conditions(wanted)
    if before is not None:
        arguments.append(before)
        conditions.append(f"number < ${len(arguments)}")
    arguments.append(limit)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    query = f"SELECT {_COLUMNS} FROM trail {where} ORDER BY number DESC LIMIT ${len(arguments)}"  # noqa: S608 - our own words only
    return cast("list[Stored]", await fetch_tuples(query, *arguments))


def _conditions(wanted: TrailWanted) -> tuple[list[str], list[object]]:
    conditions: list[str] = []
    arguments: list[object] = []
    if wanted.actor is not None:
        arguments.append([wanted.actor])
        conditions.append(f"{_HANDS} @> ${len(arguments)}::text[]")
    if wanted.event is not None:
        arguments.append(f"{wanted.event.replace('_', chr(92) + '_')}%" if wanted.event.endswith(":") else wanted.event)
        conditions.append(f"event {'LIKE' if wanted.event.endswith(':') else '='} ${len(arguments)}")
    if wanted.subject is not None:
        arguments.append(wanted.subject)
        conditions.append(f"subject = ${len(arguments)}")
    if wanted.since is not None:
        arguments.append(wanted.since)
        conditions.append(f"at >= ${len(arguments)}")
    if wanted.until is not None:
        arguments.append(wanted.until)
        conditions.append(f"at < ${len(arguments)}")
    return conditions, arguments


async def load_row(number: int) -> Stored | None:
    """One row by its number, inside an open transaction; None when there is none."""
    found = await fetch_tuples(f"SELECT {_COLUMNS} FROM trail WHERE number = $1", number)  # noqa: S608 - our own words only
    return cast("Stored", found[0]) if found else None
