"""Queries of visits to classes; rows are never rewritten."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from training_admin.catalog.visit_facts import Visit, VisitWay
from training_admin.database import fetch_tuples

_COLUMNS = (
    *("class_no", "visited_on", "starts", "way", "inspectors", "expected", "present", "teacher_fits", "plan_fits", "textbooks"),
    *("order_kept", "safe", "passed", "words"),
)
_OWN = """($1::text[] IS NULL OR v.class_no IN (SELECT c.class_no FROM training_class c WHERE c.organisation = ANY($1)
    OR EXISTS (SELECT 1 FROM class_version x WHERE x.training_class = c.id AND (x.content ->> 'enterprise' = ANY($1)
        OR x.content ->> 'pool' IS NOT NULL
        AND EXISTS (SELECT 1 FROM class_trainee t WHERE t.class_version = x.id AND t.enterprise = ANY($1))))))"""


class KeptVisit(msgspec.Struct, frozen=True):
    """A visit as stored, with who told it when."""

    id: int
    visit: Visit
    teller: str
    told_at: datetime


async def add_visit(visit: Visit, *, teller: str, at: datetime) -> int:
    """Keep a visit."""
    values = [getattr(visit, name) for name in _COLUMNS]
    values[_COLUMNS.index("inspectors")] = list(visit.inspectors)
    places = ", ".join(f"${place}" for place in range(1, len(_COLUMNS) + 3))
    found = await fetch_tuples(
        f"INSERT INTO class_visit ({', '.join(_COLUMNS)}, teller, told_at) VALUES ({places}) RETURNING id",  # noqa: S608 - our own names
        *(*values, teller, at),
    )
    key: int = found[0][0]
    return key


async def visits(*, organisations: Sequence[str] | None, class_nos: Sequence[str] | None, most: int) -> list[KeptVisit]:
    """Visits, newest first: of given classes or all, of the organisations' own classes or everybody's."""
    found = await fetch_tuples(
        f"""SELECT v.id, v.teller, v.told_at, {", ".join(f"v.{name}" for name in _COLUMNS)} FROM class_visit v
            WHERE {_OWN} AND ($2::text[] IS NULL OR v.class_no = ANY($2)) ORDER BY v.visited_on DESC, v.id DESC LIMIT $3""",  # noqa: S608 - our own names
        *(organisations, class_nos, most),
    )
    kept = []
    for key, teller, told_at, *values in found:
        fields = dict(zip(_COLUMNS, values, strict=True))
        visit = Visit(**{**fields, "way": VisitWay(fields["way"]), "inspectors": tuple(fields["inspectors"])})
        kept.append(KeptVisit(key, visit, teller, told_at))
    return kept


async def results_of(class_nos: Sequence[str]) -> list[tuple[str, VisitWay, bool]]:
    """Class, way and conclusion of each visit, oldest first."""
    found = await fetch_tuples(
        "SELECT class_no, way, passed FROM class_visit WHERE class_no = ANY($1) ORDER BY visited_on, id", list(class_nos)
    )
    return [(class_no, VisitWay(way), passed) for class_no, way, passed in found]
