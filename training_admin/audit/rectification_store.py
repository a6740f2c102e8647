"""Queries of what has to be put right: entries, their history, their papers, counts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.audit.rectification_states import (
    Act,
    Ending,
    RectificationMoved,
    RectificationState,
    Source,
    is_heavy,
    is_overdue,
)
from training_admin.database import fetch_tuples
from training_admin.kit.refusals import NotFound

_FIELDS = (
    *("id", "number", "source", "origin", "organisation", "organisation_name", "class_no", "case_no", "amount_fen", "severity"),
    *("problem", "evidence", "measure", "deadline", "deadline_basis", "asker", "asked_by", "asked_at", "state", "version"),
    *("reply", "replier", "replied_at", "held", "recovery", "proposed", "end_hands", "ending", "ender", "ended_at", "words"),
)
_COLUMNS = ", ".join(f"r.{name}" for name in _FIELDS)
_NEW = _FIELDS[1 : _FIELDS.index("state")]
_MOVING = _FIELDS[_FIELDS.index("state") :]
_SCOPE = "($1::text[] IS NULL OR r.organisation = ANY($1))"
_WAITING = "r.state IN ('open', 'returned')"


class RectificationNotFound(NotFound):
    """There is no such entry, or not for this actor."""

    code = "rectification-not-found"


class RectificationFileNotFound(NotFound):
    """The entry has no such paper."""

    code = "rectification-file-not-found"


class Rectification(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the register as stored; amounts are fen."""

    id: int = 0
    number: str
    source: Source
    origin: str
    organisation: str
    organisation_name: str
    class_no: str
    case_no: str
    amount_fen: int
    severity: str
    problem: str
    evidence: str
    measure: str
    deadline: date
    deadline_basis: str
    asker: str
    asked_by: str
    asked_at: datetime
    state: RectificationState = RectificationState.OPEN
    version: int = 1
    reply: str = ""
    replier: str = ""
    replied_at: datetime | None = None
    held: bool = False
    recovery: str = ""
    proposed: str = ""
    end_hands: frozenset[str] = frozenset()
    ending: Ending | None = None
    ender: str = ""
    ended_at: datetime | None = None
    words: str = ""

    @property
    def heavy(self) -> bool:
        """Whether ending it takes two persons."""
        return is_heavy(self.severity, self.amount_fen, held=self.held, recovery=self.recovery)

    def overdue(self, today: date) -> bool:
        """Whether the organisation should have answered by now."""
        return is_overdue(self.state, self.deadline, today)


class Done(msgspec.Struct, frozen=True):
    """One act of the history."""

    id: int
    place: int
    act: Act
    words: str
    deadline: date | None
    doer: str
    done_by: str
    done_at: datetime


class Paper(msgspec.Struct, frozen=True):
    """A paper of an answer; `size` in bytes."""

    id: int
    act: int
    title: str
    media_type: str
    size: int
    sha256: str


class RegisterFilter(msgspec.Struct, frozen=True):
    """Which entries a list shows; empty means all. `overdue_on` keeps those whose deadline is over on that day."""

    state: str = ""
    severity: str = ""
    wanted: str = ""
    overdue_on: date | None = None


def _entry(row: tuple[Any, ...]) -> Rectification:
    plain = dict(zip(_FIELDS, row, strict=True))
    plain |= {
        "source": Source(plain["source"]),
        "state": RectificationState(plain["state"]),
        "end_hands": frozenset(plain["end_hands"]),
        "ending": Ending(plain["ending"]) if plain["ending"] else None,
    }
    return Rectification(**plain)


async def add(new: Rectification) -> int:
    """Keep a new entry; returns its key."""
    places = ", ".join(f"${place}" for place in range(1, len(_NEW) + 1))
    found = await fetch_tuples(
        f"""INSERT INTO rectification ({", ".join(_NEW)},
                state, version, reply, replier, held, recovery, proposed, end_hands, ending, ender, words)
            VALUES ({places}, 'open', 1, '', '', false, '', '', '{{}}', '', '', '') RETURNING id""",  # noqa: S608 - our own names
        *(getattr(new, name) for name in _NEW),
    )
    key: int = found[0][0]
    return key


async def move(before: Rectification, after: Rectification) -> None:
    """Keep where an entry stands now, over the version that was read; raises RectificationMoved."""
    names = ("deadline", "deadline_basis", *(name for name in _MOVING if name != "version"))
    values = {name: getattr(after, name) for name in names}
    values |= {"end_hands": sorted(after.end_hands), "ending": "" if after.ending is None else after.ending.value}
    sets = ", ".join(f"{name} = ${place}" for place, name in enumerate(names, start=3))
    moved = await fetch_tuples(
        f"UPDATE rectification SET {sets}, version = version + 1 WHERE id = $1 AND version = $2 RETURNING id",  # noqa: S608 - our own names
        *(before.id, before.version, *values.values()),
    )
    if not moved:
        raise RectificationMoved("这项整改刚刚有新的办理，请刷新页面后再办理。")


async def note(entry: int, place: int, act: Act, *, words: str, deadline: date | None, doer: str, by: str, at: datetime) -> int:
    """Keep an act of the history; returns its key."""
    found = await fetch_tuples(
        """INSERT INTO rectification_act (rectification, place, act, words, deadline, doer, done_by, done_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id""",
        *(entry, place, act.value, words, deadline, doer, by, at),
    )
    key: int = found[0][0]
    return key


async def by_number(number: str, organisations: Sequence[str] | None) -> Rectification:
    """One entry of a scope; raises RectificationNotFound."""
    found = await fetch_tuples(f"SELECT {_COLUMNS} FROM rectification r WHERE {_SCOPE} AND r.number = $2", organisations, number)  # noqa: S608 - our own words
    if not found:
        raise RectificationNotFound("没有找到这项整改，请从台账重新进入。")
    return _entry(found[0])


async def history_of(entry: int) -> list[Done]:
    """Every act on an entry, oldest first."""
    found = await fetch_tuples(
        "SELECT id, place, act, words, deadline, doer, done_by, done_at FROM rectification_act WHERE rectification = $1 ORDER BY place",
        entry,
    )
    return [Done(key, place, Act(act), *rest) for key, place, act, *rest in found]


async def listed(organisations: Sequence[str] | None, wanted: RegisterFilter, *, after: int, most: int) -> list[Rectification]:
    """Entries of a scope: what runs first by deadline, then what has ended, newest first."""
    found = await fetch_tuples(
        f"""SELECT {_COLUMNS} FROM rectification r
            WHERE {_SCOPE} AND ($2 = '' OR r.state = $2) AND ($3 = '' OR r.severity = $3)
              AND (strpos(r.number, $4) > 0 OR strpos(r.organisation, $4) > 0 OR strpos(r.organisation_name, $4) > 0
                   OR strpos(r.class_no, $4) > 0 OR strpos(r.origin, $4) > 0)
              AND ($5::date IS NULL OR ({_WAITING} AND r.deadline < $5))
            ORDER BY r.state = 'ended', CASE WHEN r.state <> 'ended' THEN r.deadline END, r.id DESC OFFSET $6 LIMIT $7""",  # noqa: S608 - our own words
        *(organisations, wanted.state, wanted.severity, wanted.wanted, wanted.overdue_on, after, most),
    )
    return [_entry(row) for row in found]


async def counted(organisations: Sequence[str] | None, today: date) -> dict[str, int]:
    """How many entries of a scope stand in which state, and under `overdue` how many are."""
    found = await fetch_tuples(f"SELECT r.state, count(*) FROM rectification r WHERE {_SCOPE} GROUP BY 1", organisations)  # noqa: S608 - our own words
    late = await fetch_tuples(
        f"SELECT count(*) FROM rectification r WHERE {_SCOPE} AND {_WAITING} AND r.deadline < $2",  # noqa: S608 - our own words
        *(organisations, today),
    )
    return dict(found) | {"overdue": late[0][0]}


async def waiting(until: date, *, most: int) -> list[tuple[Rectification, datetime | None]]:
    """Entries that wait for their organisation with a deadline up to a day, and when each was last reminded of this deadline."""
    found = await fetch_tuples(
        f"""SELECT {_COLUMNS}, (SELECT max(a.done_at) FROM rectification_act a WHERE a.rectification = r.id AND a.act = 'remind'
                AND a.deadline = r.deadline)
            FROM rectification r WHERE {_WAITING} AND r.deadline <= $1 ORDER BY r.deadline, r.id LIMIT $2""",  # noqa: S608 - our own words
        *(until, most),
    )
    return [(_entry(row[:-1]), row[-1]) for row in found]


async def running_of(source: Source, origin: str, organisation: str) -> str | None:
    """The number of what runs already about the same origin; None when nothing does."""
    found = await fetch_tuples(
        "SELECT number FROM rectification WHERE source = $1 AND origin = $2 AND organisation = $3 AND state <> 'ended' AND origin <> ''",
        *(source.value, origin, organisation),
    )
    return found[0][0] if found else None


async def add_file(act: int, file: int, *, title: str) -> None:
    """Join a kept file to an answer; the same file again changes nothing."""
    await fetch_tuples(
        """INSERT INTO rectification_file (act, file, title) VALUES ($1, $2, $3) ON CONFLICT (act, file) DO NOTHING RETURNING id""",
        *(act, file, title),
    )


async def papers_of(entry: int) -> list[Paper]:
    """The papers of an entry in the order in which they came."""
    found = await fetch_tuples(
        """SELECT f.id, f.act, f.title, s.media_type, s.size, s.sha256 FROM rectification_file f
           JOIN rectification_act a ON a.id = f.act JOIN stored_file s ON s.id = f.file WHERE a.rectification = $1 ORDER BY f.id""",
        entry,
    )
    return [Paper(*row) for row in found]
