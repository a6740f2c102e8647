"""Queries of training demand, and of the seats of a year's classes."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from training_admin.catalog.demand_facts import Demand, DemandState, Seats
from training_admin.database import fetch_tuples
from training_admin.kit.clock import SHANGHAI
from training_admin.kit.refusals import NotFound

_COLUMNS = """id, number, enterprise, enterprise_name, industry, title, occupation, level, item, people, wanted_by, words, entered_at,
    state, met_item, met_on"""
_FIELDS = Demand.__struct_fields__


class DemandNotFound(NotFound):
    """There is no demand of this number, or not for this actor."""

    code = "demand-not-found"


def _demand(row: Sequence[Any]) -> Demand:
    plain = dict(zip(_FIELDS, row, strict=True))
    at: datetime = plain["entered_on"]
    return Demand(**{**plain, "entered_on": at.astimezone(SHANGHAI).date(), "state": DemandState(plain["state"])})


async def add_demand(demand: Demand, *, entered_by: str, at: datetime) -> None:
    """A new demand, met at once where it says so."""
    await fetch_tuples(
        """INSERT INTO training_demand (number, enterprise, enterprise_name, industry, title, occupation, level, item, people, wanted_by,
               words, entered_by, entered_at, state, met_item, met_on)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)""",
        *(demand.number, demand.enterprise, demand.enterprise_name, demand.industry, demand.title, demand.occupation, demand.level),
        *(demand.item, demand.people, demand.wanted_by, demand.words, entered_by, at, demand.state.value, demand.met_item, demand.met_on),
    )


async def demand_by_number(number: str, codes: Sequence[str] | None) -> Demand:
    """A demand of a scope (None: of anybody); raises DemandNotFound."""
    found = await fetch_tuples(
        f"SELECT {_COLUMNS} FROM training_demand WHERE number = $1 AND ($2::text[] IS NULL OR enterprise = ANY($2))",  # noqa: S608 - our own words
        *(number, codes),
    )
    if not found:
        raise DemandNotFound("没有找到这项培训需求，请从列表重新进入。")
    return _demand(found[0])


async def list_demands(codes: Sequence[str] | None, *, before: int | None, limit: int) -> list[Demand]:
    """Demand of a scope, newest first, beginning before a key."""
    found = await fetch_tuples(
        f"""SELECT {_COLUMNS} FROM training_demand WHERE ($1::text[] IS NULL OR enterprise = ANY($1)) AND ($2::bigint IS NULL OR id < $2)
            ORDER BY id DESC LIMIT $3""",  # noqa: S608 - our own words
        *(codes, before, limit),
    )
    return [_demand(row) for row in found]


async def demands_since(first: datetime) -> list[Demand]:
    """What was entered since an instant, and whatever is open still."""
    found = await fetch_tuples(
        f"SELECT {_COLUMNS} FROM training_demand WHERE entered_at >= $1 OR state = 'open' ORDER BY id",  # noqa: S608 - our own words
        first,
    )
    return [_demand(row) for row in found]


async def open_demands(items: Sequence[str], occupations: Sequence[str]) -> list[Demand]:
    """Open demand that names one of the items or occupations, locked for the open transaction."""
    found = await fetch_tuples(
        f"""SELECT {_COLUMNS} FROM training_demand WHERE state = 'open' AND (item = ANY($1) OR occupation = ANY($2))
            ORDER BY id FOR UPDATE""",  # noqa: S608 - our own words
        *(list(items), list(occupations)),
    )
    return [_demand(row) for row in found]


async def withdraw(demand: Demand) -> bool:
    """Take a demand back; False when it is not open any more."""
    return bool(
        await fetch_tuples("UPDATE training_demand SET state = 'withdrawn' WHERE id = $1 AND state = 'open' RETURNING id", demand.id)
    )


async def meet(answers: Sequence[tuple[int, str]], day: date) -> None:
    """Keep by which item each demand is answered, and when."""
    await fetch_tuples(
        """UPDATE training_demand d SET state = 'met', met_item = a.item, met_on = $3
           FROM unnest($1::bigint[], $2::text[]) AS a (id, item) WHERE d.id = a.id AND d.state = 'open'""",
        *([key for key, _item in answers], [item for _key, item in answers], day),
    )


async def seats_of_year(year: int, today: date) -> list[Seats]:
    """The classes filed or approved that begin in a year: enrolled people, and the seats of the pool or of the smallest room. One query."""
    found = await fetch_tuples(
        """WITH room AS (
               SELECT DISTINCT ON (r.id) r.id, (v.content ->> 'capacity')::int AS capacity
               FROM resource r JOIN resource_version v ON v.resource = r.id
               WHERE r.kind = 'room' AND v.state = 'approved' ORDER BY r.id, v.version DESC
           ), klass AS (
               SELECT v.id, v.content, (SELECT min(s ->> 'day') FROM jsonb_array_elements(v.content -> 'sessions') s) AS first
               FROM training_class c
               JOIN class_version v ON v.training_class = c.id AND v.version = coalesce(c.approved_version, c.version)
               WHERE c.state IN ('submitted', 'approved', 'changing', 'suspended', 'closed')
           )
           SELECT k.content ->> 'occupation', k.content ->> 'item', k.first::date <= $2,
               coalesce(
                   (k.content -> 'pool' ->> 'seats')::int,
                   (SELECT min(room.capacity) FROM jsonb_array_elements(k.content -> 'sessions') s
                    JOIN room ON room.id = (s ->> 'room')::bigint)
               ),
               (SELECT count(*) FROM class_trainee t WHERE t.class_version = k.id)
           FROM klass k WHERE k.first IS NOT NULL AND extract(year FROM k.first::date) = $1""",
        *(year, today),
    )
    return [Seats(*row) for row in found]
