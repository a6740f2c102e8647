"""Queries of lists from other departments: heads, rows by COPY, what they say of persons, purging."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.audit.match_facts import ListTold, MatchEntry, MatchHead, MatchKind
from training_admin.database import copy_rows, fetch_tuples

_HEAD = """SELECT number, kind, source, basis, as_of, covers_from, covers_to, purge_on, rows, importer, purged_at IS NOT NULL
    FROM match_list"""


class NewList(msgspec.Struct, frozen=True):
    """A list about to be stored."""

    number: str
    told: ListTold
    sha256: str
    importer: str
    at: datetime


def _head(row: tuple[Any, ...]) -> MatchHead:
    number, kind, *rest = row
    return MatchHead(number, MatchKind(kind), *rest)


async def number_of_file(sha256: str) -> str | None:
    """The number of the list that was imported from the same file."""
    found = await fetch_tuples("SELECT number FROM match_list WHERE sha256 = $1", sha256)
    return found[0][0] if found else None


async def add_list(new: NewList, entries: Sequence[MatchEntry]) -> None:
    """Store a list with its rows."""
    told = new.told
    found = await fetch_tuples(
        """INSERT INTO match_list (number, kind, source, basis, as_of, covers_from, covers_to, purge_on, rows, sha256,
               importer, imported_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id""",
        *(new.number, told.kind.value, told.source, told.basis, told.as_of, told.covers_from, told.covers_to, told.purge_on),
        *(len(entries), new.sha256, new.importer, new.at),
    )
    key = found[0][0]
    await copy_rows("match_entry", ("match_list", "person", "starts", "ends", "word"), _records(key, entries))


def _records(key: int, entries: Iterable[MatchEntry]) -> list[tuple[Any, ...]]:
    return [(key, bytes.fromhex(each.person), each.starts, each.ends, each.word) for each in entries]


async def heads(*, most: int) -> list[MatchHead]:
    """Lists, newest first, also those whose rows are purged."""
    return [_head(tuple(row)) for row in await fetch_tuples(f"{_HEAD} ORDER BY id DESC LIMIT $1", most)]


async def coverage() -> dict[MatchKind, list[MatchHead]]:
    """The lists that can still be compared with, by kind."""
    found: dict[MatchKind, list[MatchHead]] = {}
    for row in await fetch_tuples(f"{_HEAD} WHERE purged_at IS NULL ORDER BY id"):
        head = _head(tuple(row))
        found.setdefault(head.kind, []).append(head)
    return found


async def said_of(persons: Sequence[bytes]) -> dict[str, dict[MatchKind, tuple[MatchEntry, ...]]]:
    """What all lists say of persons, by person and kind, in one query."""
    found = await fetch_tuples(
        """SELECT encode(e.person, 'hex'), l.kind, e.starts, e.ends, e.word
           FROM (SELECT DISTINCT person FROM unnest($1::bytea[]) AS asked (person)) wanted
           JOIN match_entry e ON e.person = wanted.person JOIN match_list l ON l.id = e.match_list
           ORDER BY 1, 2, e.starts NULLS FIRST, e.id""",
        list(persons),
    )
    said: dict[str, dict[MatchKind, tuple[MatchEntry, ...]]] = {}
    for person, kind, starts, ends, word in found:
        of_person = said.setdefault(person, {})
        of_person[MatchKind(kind)] = (*of_person.get(MatchKind(kind), ()), MatchEntry(person, starts, ends, word))
    return said


async def purge(day: date, *, at: datetime) -> list[tuple[str, int]]:
    """Delete the rows of lists whose day has come; returns number and rows of each."""
    due = await fetch_tuples(
        "UPDATE match_list SET purged_at = $2 WHERE purge_on <= $1 AND purged_at IS NULL RETURNING id, number, rows", *(day, at)
    )
    await fetch_tuples("DELETE FROM match_entry WHERE match_list = ANY($1) RETURNING id", [key for key, _number, _rows in due])
    return [(number, rows) for _key, number, rows in due]
