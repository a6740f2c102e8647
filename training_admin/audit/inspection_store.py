"""Queries of inspections by lot: what may be drawn with its risks, plans, and what became of the drawn classes."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.audit.inspection_facts import Drawn, Plan, Risks
from training_admin.audit.lots import Lot
from training_admin.database import fetch_tuples
from training_admin.kit.refusals import NotFound

_PLAN = """SELECT id, number, year, title, lots::text, inspectors::text, list_sha256, classes, people, planner, published_at, seed,
    drawn::text, drawer, drawn_at FROM inspection_plan"""


class PlanNotFound(NotFound):
    """There is no such plan."""

    code = "inspection-plan-not-found"


async def risks_between(start: date, end: date, *, today: date, most: int) -> list[Risks]:
    """Approved classes that run in a stretch of days, with what speaks for looking at them; in the order of their numbers."""
    found = await fetch_tuples(
        """SELECT c.class_no, c.organisation, c.organisation_name,
                  (SELECT count(*) FROM class_visit v JOIN training_class o ON o.class_no = v.class_no
                   WHERE o.organisation = c.organisation AND NOT v.passed AND v.visited_on > $3::date - 365)::int,
                  EXISTS (SELECT 1 FROM sanction s WHERE s.organisation = c.organisation AND s.state = 'confirmed' AND s.lifted_on IS NULL),
                  NOT EXISTS (SELECT 1 FROM training_class o WHERE o.organisation = c.organisation AND o.approved_on < $3::date - 180),
                  EXISTS (SELECT 1 FROM class_visit v WHERE v.class_no = c.class_no AND v.way = 'onsite' AND v.passed)
           FROM training_class c JOIN class_version x ON x.training_class = c.id AND x.version = c.approved_version
           WHERE c.approved_version IS NOT NULL AND c.state <> 'withdrawn' AND EXISTS (
               SELECT 1 FROM jsonb_array_elements(x.content -> 'sessions') s WHERE (s ->> 'day')::date BETWEEN $1 AND $2)
           ORDER BY c.class_no LIMIT $4""",
        *(start, end, today, most),
    )
    return [Risks(*row) for row in found]


async def inspectors_named() -> list[str]:
    """The names of everybody who may inspect, in order."""
    found = await fetch_tuples(
        """SELECT DISTINCT a.name FROM account a JOIN account_role r ON r.account = a.id AND r.revoked_at IS NULL
           WHERE r.role = 'inspector' AND a.state = 'active' ORDER BY a.name"""
    )
    return [name for (name,) in found]


async def add_plan(plan: Plan, *, basis: dict[str, Any]) -> None:
    """A published plan that waits for its draw."""
    await fetch_tuples(
        """INSERT INTO inspection_plan (number, year, title, lots, inspectors, list_sha256, classes, people, basis, planner, published_at,
               seed, drawn, drawer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '[]', '') RETURNING id""",
        *(plan.number, plan.year, plan.title, msgspec.json.encode(plan.lots).decode(), msgspec.json.encode(plan.inspectors).decode()),
        *(plan.list_sha256, plan.classes, plan.people, msgspec.json.encode(basis).decode(), plan.planner, plan.published_at),
    )


async def undrawn_between(start: date, end: date) -> str | None:
    """The number of a published plan about some of these days that was not drawn yet."""
    found = await fetch_tuples(
        """SELECT number FROM inspection_plan WHERE seed = '' AND (basis ->> 'from')::date <= $2 AND (basis ->> 'to')::date >= $1
           ORDER BY id LIMIT 1""",
        *(start, end),
    )
    return found[0][0] if found else None


async def keep_draw(plan: Plan, *, seed: str, drawn: Sequence[Drawn], drawer: str, at: datetime) -> bool:
    """Keep the draw of a plan that was not drawn yet; False otherwise."""
    return bool(
        await fetch_tuples(
            "UPDATE inspection_plan SET seed = $2, drawn = $3, drawer = $4, drawn_at = $5 WHERE id = $1 AND seed = '' RETURNING id",
            *(plan.id, seed, msgspec.json.encode(drawn).decode(), drawer, at),
        )
    )


def _plan(row: tuple[Any, ...]) -> Plan:
    key, number, year, title, lots, inspectors, digest, classes, people, planner, published_at, seed, drawn, drawer, drawn_at = row
    return Plan(
        id=key,
        number=number,
        year=year,
        title=title,
        lots=msgspec.json.decode(lots, type=tuple[Lot, ...]),
        inspectors=msgspec.json.decode(inspectors, type=tuple[str, ...]),
        list_sha256=digest,
        classes=classes,
        people=people,
        planner=planner,
        published_at=published_at,
        seed=seed,
        drawn=msgspec.json.decode(drawn, type=tuple[Drawn, ...]),
        drawer=drawer,
        drawn_at=drawn_at,
    )


async def plan_by_number(number: str, *, lock: bool = False) -> Plan:
    """One plan; raises PlanNotFound."""
    found = await fetch_tuples(f"{_PLAN} WHERE number = $1{' FOR UPDATE' if lock else ''}", number)
    if not found:
        raise PlanNotFound("没有找到这次抽查，请从列表重新进入。")
    return _plan(tuple(found[0]))


async def plans(*, most: int) -> list[Plan]:
    """Plans, newest first."""
    return [_plan(tuple(row)) for row in await fetch_tuples(f"{_PLAN} ORDER BY id DESC LIMIT $1", most)]


async def results_since(class_nos: Sequence[str], day: date) -> dict[str, tuple[date, bool, int | None]]:
    """The newest visit of classes on or after a day: when, whether it was in order, and its key where it came from a phone."""
    found = await fetch_tuples(
        """SELECT DISTINCT ON (v.class_no) v.class_no, v.visited_on, v.passed, f.visit FROM class_visit v
           LEFT JOIN field_visit f ON f.visit = v.id WHERE v.class_no = ANY($1) AND v.visited_on >= $2
           ORDER BY v.class_no, v.visited_on DESC, v.id DESC""",
        *(list(class_nos), day),
    )
    return {class_no: (visited_on, passed, phone) for class_no, visited_on, passed, phone in found}


async def coverage(start: date, end: date) -> tuple[int, int]:
    """Approved classes that end in a stretch of days, and those of them visited on the spot (INSP-01)."""
    found = await fetch_tuples(
        """SELECT count(*)::int, (count(*) FILTER (WHERE EXISTS (
                  SELECT 1 FROM class_visit v WHERE v.class_no = c.class_no AND v.way = 'onsite')))::int
           FROM training_class c JOIN class_version x ON x.training_class = c.id AND x.version = c.approved_version
           WHERE c.state <> 'withdrawn' AND (SELECT max((s ->> 'day')::date) FROM jsonb_array_elements(x.content -> 'sessions') s)
                 BETWEEN $1 AND $2""",
        *(start, end),
    )
    return found[0][0], found[0][1]
