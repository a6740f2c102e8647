"""Queries of dated lists: changes with their entries, and what counts of them at an instant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from training_admin.database import copy_rows, fetch_tuples
from training_admin.kit.dated import Standing
from training_admin.kit.refusals import NotFound
from training_admin.parties.list_facts import ListEntry, ListKind, newest

_CHANGE = """c.id, c.number, c.kind, c.why, c.proposer, c.hands, c.proposed_at, c.state, c.decider, c.decided_at, c.reason,
    (SELECT count(*) FROM list_entry n WHERE n.change = c.id)"""
_ENTRY_COLUMNS = ("code", "name", "industry", "valid_from", "valid_to", "paper", "standing")
_ENTRY = "c.kind, e.code, e.name, e.valid_from, e.valid_to, e.paper, e.standing, e.industry"


class ListChangeNotFound(NotFound):
    """There is no change of this number."""

    code = "list-change-not-found"


class Change(msgspec.Struct, frozen=True):
    """A change of a list as stored; `count` says how many entries it has."""

    id: int
    number: str
    kind: ListKind
    why: str
    proposer: str
    hands: frozenset[str]
    proposed_at: datetime
    state: str
    decider: str | None
    decided_at: datetime | None
    reason: str
    count: int


def _change(row: tuple[Any, ...]) -> Change:
    key, number, kind, why, proposer, hands, *rest = row
    return Change(key, number, ListKind(kind), why, proposer, frozenset(hands), *rest)


def _entry(row: Sequence[Any]) -> ListEntry:
    kind, code, name, valid_from, valid_to, paper, standing, industry = row
    return ListEntry(ListKind(kind), code, name, valid_from, valid_to, paper, Standing(standing), industry)


async def add_change(change: Change, entries: Sequence[ListEntry], *, proposed_by: str) -> None:
    """A change that waits for its decision, with its entries."""
    found = await fetch_tuples(
        """INSERT INTO list_change (number, kind, why, proposed_by, proposer, hands, proposed_at, state, reason)
           VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', '') RETURNING id""",
        *(change.number, change.kind.value, change.why, proposed_by, change.proposer, sorted(change.hands), change.proposed_at),
    )
    rows = [(found[0][0], place, *(getattr(each, name) for name in _ENTRY_COLUMNS)) for place, each in enumerate(entries, 1)]
    await copy_rows("list_entry", ("change", "place", *_ENTRY_COLUMNS), rows)


async def load_change(number: str) -> Change:
    """A change by its number; raises ListChangeNotFound."""
    found = await fetch_tuples(f"SELECT {_CHANGE} FROM list_change c WHERE c.number = $1", number)  # noqa: S608 - our own words
    if not found:
        raise ListChangeNotFound("没有找到这项名单变更，请核对编号。")
    return _change(found[0])


async def entries_of(change: int) -> list[ListEntry]:
    """The entries of a change in their order."""
    found = await fetch_tuples(
        f"SELECT {_ENTRY} FROM list_entry e JOIN list_change c ON c.id = e.change WHERE c.id = $1 ORDER BY e.place",  # noqa: S608 - our own words
        change,
    )
    return [_entry(row) for row in found]


async def decide_change(change: Change, *, by: str) -> bool:
    """Keep the decision that the change carries; False when somebody has decided meanwhile."""
    return bool(
        await fetch_tuples(
            """UPDATE list_change SET state = $2, decided_by = $3, decider = $4, decided_at = $5, reason = $6
               WHERE number = $1 AND state = 'open' RETURNING id""",
            *(change.number, change.state, by, change.decider, change.decided_at, change.reason),
        )
    )


async def changes(*, before: int | None, limit: int) -> list[Change]:
    """Changes, newest first, beginning before a key."""
    found = await fetch_tuples(
        f"SELECT {_CHANGE} FROM list_change c WHERE $1::bigint IS NULL OR c.id < $1 ORDER BY c.id DESC LIMIT $2",  # noqa: S608 - our own words
        *(before, limit),
    )
    return [_change(row) for row in found]


async def load_lists(*, known_at: datetime, kind: ListKind | None = None, without: int | None = None) -> tuple[ListEntry, ...]:
    """Every entry that counts as known at an instant, of all days, as if one change had not been; inside an open transaction."""
    found = await fetch_tuples(
        f"""SELECT {_ENTRY} FROM list_entry e JOIN list_change c ON c.id = e.change
            WHERE c.state = 'approved' AND c.decided_at <= $1 AND ($2::text IS NULL OR c.kind = $2)
              AND ($3::bigint IS NULL OR c.id <> $3)
            ORDER BY c.decided_at, c.id, e.place""",  # noqa: S608 - our own words
        *(known_at, None if kind is None else kind.value, without),
    )
    return newest(_entry(row) for row in found)
