"""Queries of what other departments were asked: whom about, how it went, and what the answer became."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.audit.match_facts import MatchKind
from training_admin.database import fetch_tuples
from training_admin.kit.refusals import NotFound

_QUERY = """SELECT q.id, q.number, q.kind, q.first, q.last, q.asked, q.unanswered, q.state, q.tries, q.fault, q.sha256, l.number, q.asker,
    q.asked_at, q.answered_at FROM match_query q LEFT JOIN match_list l ON l.id = q.match_list"""
# Persons of claims that are alive and of classes that touch the stretch.
_PERSONS = """FROM claim c JOIN claim_class k ON k.claim = c.id JOIN claim_line l ON l.claim = c.id AND l.class_no = k.class_no
    WHERE (k.content ->> 'start')::date <= $2 AND (k.content ->> 'end')::date >= $1
      AND c.state NOT IN ('withdrawn', 'replaced', 'not_accepted')"""


class QueryNotFound(NotFound):
    """No department was asked under this number."""

    code = "match-query-not-found"


class MatchQuery(msgspec.Struct, frozen=True):
    """A query as stored: persons asked about and not answered for, tries so far, the last fault's code, and the list it became."""

    id: int
    number: str
    kind: MatchKind
    first: date
    last: date
    asked: int
    unanswered: int | None
    state: str
    tries: int
    fault: str
    sha256: str | None
    list_number: str | None
    asker: str
    asked_at: datetime
    answered_at: datetime | None


def _query(row: tuple[Any, ...]) -> MatchQuery:
    key, number, kind, *rest = row
    return MatchQuery(key, number, MatchKind(kind), *rest)


async def persons_between(first: date, last: date) -> int:
    """How many persons there are to ask about."""
    found = await fetch_tuples(f"SELECT count(DISTINCT l.person)::int {_PERSONS}", first, last)
    return int(found[0][0])


async def sealed_persons(first: date, last: date) -> list[bytes]:
    """A sealed row of each person there is to ask about, in a fixed order."""
    found = await fetch_tuples(
        f"SELECT DISTINCT ON (l.person) l.sealed {_PERSONS} ORDER BY l.person, l.id DESC",
        *(first, last),
    )
    return [sealed for (sealed,) in found]


async def add_query(number: str, kind: MatchKind, first: date, last: date, *, asked: int, asker: str, at: datetime) -> None:
    """Keep a query before it is sent."""
    await fetch_tuples(
        """INSERT INTO match_query (number, kind, first, last, asked, state, tries, fault, asker, asked_at)
           VALUES ($1, $2, $3, $4, $5, 'waiting', 0, '', $6, $7) RETURNING id""",
        *(number, kind.value, first, last, asked, asker, at),
    )


async def query_by_number(number: str) -> MatchQuery:
    """One query; raises QueryNotFound."""
    found = await fetch_tuples(f"{_QUERY} WHERE q.number = $1", number)
    if not found:
        raise QueryNotFound("没有找到这次查询，请从比对名单页面重新进入。")
    return _query(found[0])


async def queries(*, most: int) -> list[MatchQuery]:
    """Queries, newest first."""
    return [_query(row) for row in await fetch_tuples(f"{_QUERY} ORDER BY q.id DESC LIMIT $1", most)]


async def waiting_for(kind: MatchKind, first: date, last: date) -> str | None:
    """The number of a query about the same that has no answer yet."""
    found = await fetch_tuples(
        "SELECT number FROM match_query WHERE kind = $1 AND first = $2 AND last = $3 AND state = 'waiting'", kind.value, first, last
    )
    return found[0][0] if found else None


async def note_fault(query: int, fault: str, *, failed: bool) -> None:
    """One more try came to nothing."""
    await fetch_tuples(
        """UPDATE match_query SET tries = tries + 1, fault = $2, state = CASE WHEN $3 THEN 'failed' ELSE state END
           WHERE id = $1 RETURNING id""",
        *(query, fault, failed),
    )


async def note_answer(query: int, *, unanswered: int, sha256: str, list_number: str, at: datetime) -> None:
    """The answer came: how many persons it says nothing of, the evidence, and the list it became."""
    await fetch_tuples(
        """UPDATE match_query SET state = 'answered', tries = tries + 1, fault = '', unanswered = $2, sha256 = $3, answered_at = $5,
               match_list = (SELECT id FROM match_list WHERE number = $4) WHERE id = $1 RETURNING id""",
        *(query, unanswered, sha256, list_number, at),
    )


async def evidence_of(lists: Sequence[str]) -> list[str]:
    """The SHA-256 of the answers that became some lists."""
    found = await fetch_tuples(
        "SELECT q.sha256 FROM match_query q JOIN match_list l ON l.id = q.match_list WHERE l.number = ANY($1) AND q.sha256 IS NOT NULL",
        list(lists),
    )
    return [sha256 for (sha256,) in found]
