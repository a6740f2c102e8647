"""Queries of what is said about a measure by whom it concerns; the words are sealed, an answer is given once."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.database import fetch_tuples
from training_admin.kit.refusals import NotFound
from training_admin.kit.vault import vault
from training_admin.parties.sanction_states import PleaKind, PleaState

WORDS_PLACE = "sanction_plea.sealed_words"
_COLUMNS = """id, sanction, kind, sealed_words, asker, on_paper, asked_at, mark_by, due, marker, marked_at, transferred, state, answer,
    decider, decided_at"""


class PleaNotFound(NotFound):
    """There is no such plea on this measure."""

    code = "sanction-plea-not-found"


class Plea(msgspec.Struct, frozen=True):
    """A plea with its words opened; `due` is the last day to answer, None for a statement and where no calendar reaches."""

    id: int
    sanction: int
    kind: PleaKind
    words: str
    asker: str
    on_paper: bool
    asked_at: datetime
    mark_by: date | None
    due: date | None
    marker: str | None
    marked_at: datetime | None
    transferred: bool
    state: PleaState
    answer: str
    decider: str | None
    decided_at: datetime | None


def _plea(row: tuple[Any, ...]) -> Plea:
    plain = dict(zip(Plea.__struct_fields__, row, strict=True))
    words = vault().decrypt_text(row[3], place=WORDS_PLACE)
    return Plea(**(plain | {"kind": PleaKind(row[2]), "words": words, "state": PleaState(row[12])}))


async def add(plea: Plea) -> int:
    """Keep a plea; returns its key."""
    found = await fetch_tuples(
        """INSERT INTO sanction_plea (sanction, kind, sealed_words, asker, on_paper, asked_at, mark_by, due, transferred, state, answer)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, false, $9, '') RETURNING id""",
        *(plea.sanction, plea.kind.value, vault().encrypt_text(plea.words, place=WORDS_PLACE), plea.asker, plea.on_paper),
        *(plea.asked_at, plea.mark_by, plea.due, plea.state.value),
    )
    key: int = found[0][0]
    return key


async def of_sanction(sanction: int) -> list[Plea]:
    """Everything said about a measure, in order."""
    return [_plea(row) for row in await fetch_tuples(f"SELECT {_COLUMNS} FROM sanction_plea WHERE sanction = $1 ORDER BY id", sanction)]  # noqa: S608 - our own words


async def open_due(sanctions: Sequence[int]) -> dict[int, date | None]:
    """Of measures with something to be answered the earliest last day: to mark it where it must be marked first."""
    found = await fetch_tuples(
        """SELECT sanction, min(CASE WHEN kind = 'objection' AND marked_at IS NULL THEN mark_by ELSE due END) FROM sanction_plea
           WHERE sanction = ANY($1) AND state = 'open' GROUP BY sanction""",
        list(sanctions),
    )
    return dict(found)


async def mark(key: int, *, marker: str, transferred: bool, due: date | None, at: datetime) -> None:
    """Keep that an objection was marked, and the last day to answer it."""
    await fetch_tuples(
        "UPDATE sanction_plea SET marker = $2, marked_at = $3, transferred = $4, due = $5 WHERE id = $1",
        *(key, marker, at, transferred, due),
    )


async def answer(key: int, state: PleaState, *, words: str, decider: str, at: datetime) -> None:
    """Keep an answer."""
    await fetch_tuples(
        "UPDATE sanction_plea SET state = $2, answer = $3, decider = $4, decided_at = $5 WHERE id = $1 AND state = 'open'",
        *(key, state.value, words, decider, at),
    )
