"""Queries of performance evaluation and budget making: each institution or enterprise of a year, plans and running classes by stream."""

from typing import Any

import msgspec

from training_admin.audit.performance_facts import OrganisationCounted
from training_admin.audit.steering_store import LATEST, MONTHS_LATER, SEATS, bounds
from training_admin.catalog.witness_facts import MOST as MOST_POINTS
from training_admin.database import fetch_tuples

_ORGANISATIONS = """
    WITH {seats},
    mine AS (SELECT *, {column} AS code FROM seat WHERE {column} IS NOT NULL),
    later AS (
        SELECT DISTINCT code, person, to_char(day + interval '{months} months', 'YYYYMM')::int AS month FROM mine
        WHERE passed AND day < {latest}
          AND to_char(day + interval '{months} months', 'YYYY-MM') IN (SELECT period FROM covered WHERE kind = 'insurance')
    ),
    followed AS (
        SELECT l.code, count(DISTINCT l.person) AS followed, count(DISTINCT i.person) AS employed FROM later l
        LEFT JOIN insured_month i ON i.person = l.person AND i.month = l.month GROUP BY l.code
    ),
    said AS (
        SELECT v.content->>'{key}' AS code, sum(e.value::int) AS points, count(*) * {most} AS possible
        FROM class_witness w JOIN training_class c ON c.id = w.training_class
        JOIN class_version v ON v.training_class = c.id AND v.version = c.approved_version
        CROSS JOIN jsonb_each_text(w.scores) e
        WHERE w.moment = 'end' AND w.scores IS NOT NULL AND w.answered_at >= $3 GROUP BY 1
    ),
    hours AS (
        SELECT f.{filed} AS code, sum(f.planned_centihours) AS planned, sum(f.delivered_centihours) AS delivered
        FROM (SELECT DISTINCT ON (class_no) * FROM filing_version WHERE "end" BETWEEN $1 AND $2 ORDER BY class_no, id DESC) f
        WHERE f.{filed} IS NOT NULL GROUP BY 1
    ),
    counted AS (
        SELECT code, count(*) AS enrolled, count(*) FILTER (WHERE passed) AS passed,
               count(DISTINCT person) FILTER (WHERE passed) AS people,
               count(*) FILTER (WHERE passed AND level IS NOT NULL) AS levelled,
               count(*) FILTER (WHERE passed AND level IS NOT NULL AND certified) AS certified
        FROM mine GROUP BY code
    )
    SELECT n.code, coalesce(o.name, n.code), n.enrolled, n.passed, n.people, n.levelled, n.certified,
           coalesce(f.followed, 0), coalesce(f.employed, 0), coalesce(s.points, 0)::int, coalesce(s.possible, 0)::int,
           coalesce(h.planned, 0)::bigint, coalesce(h.delivered, 0)::bigint
    FROM counted n LEFT JOIN followed f ON f.code = n.code LEFT JOIN said s ON s.code = n.code LEFT JOIN hours h ON h.code = n.code
    LEFT JOIN LATERAL (
        SELECT name FROM organisation WHERE organisation.code = n.code
        UNION ALL SELECT name FROM (SELECT name FROM enterprise_version WHERE uscc = n.code ORDER BY id DESC LIMIT 1) e
        UNION ALL SELECT name FROM (SELECT name FROM institution_version WHERE uscc = n.code ORDER BY id DESC LIMIT 1) i LIMIT 1
    ) o ON true
    ORDER BY n.people DESC, n.code LIMIT {limit}
"""
MOST_SHOWN = 2000


class Wanted(msgspec.Struct, frozen=True):
    """What a stream is expected to need, and after what: people and fen."""

    stream: str
    source: str
    count: int
    people: int
    fen: int


def _query(*, institutions: bool) -> str:
    column, key = ("institution", "institution") if institutions else ("firm", "enterprise")
    filed = "institution" if institutions else "enterprise"
    return _ORGANISATIONS.format(
        seats=SEATS, latest=LATEST, column=column, key=key, filed=filed, months=MONTHS_LATER, most=MOST_POINTS, limit=MOST_SHOWN
    )


async def organisations(year: int, *, institutions: bool) -> list[OrganisationCounted]:
    """Every institution, or enterprise, that trained people in a year, the largest first; one query."""
    rows: list[tuple[Any, ...]] = await fetch_tuples(_query(institutions=institutions), *bounds(year))
    return [OrganisationCounted(*row) for row in rows]


async def wanted_by_stream(year: int) -> list[Wanted]:
    """What a year needs: approved projects without a class, classes not claimed yet as forecast, what waits for money; one query."""
    rows = await fetch_tuples(
        """SELECT l.stream, 'plans', count(*), sum(l.people)::bigint, sum(l.budget_fen)::bigint
           FROM training_plan_line l JOIN training_plan p ON p.id = l.plan WHERE p.year = $1 AND p.state = 'approved'
             AND NOT EXISTS (SELECT 1 FROM training_class c
                             JOIN class_version v ON v.training_class = c.id AND v.version = c.approved_version
                             WHERE c.state NOT IN ('ended', 'withdrawn') AND (v.content->>'project')::bigint = l.id)
           GROUP BY l.stream
           UNION ALL
           SELECT v.content->>'stream', 'classes', count(*), sum(f.payable)::bigint, sum(f.payable_fen)::bigint
           FROM training_class c JOIN class_version v ON v.training_class = c.id AND v.version = c.approved_version
           JOIN LATERAL (SELECT payable, payable_fen FROM class_forecast WHERE training_class = c.id
                         ORDER BY made_on DESC LIMIT 1) f ON true
           WHERE c.state NOT IN ('ended', 'withdrawn')
             AND (SELECT max((s->>'day')::date) FROM jsonb_array_elements(v.content->'sessions') s)
                 BETWEEN make_date($1, 1, 1) AND make_date($1, 12, 31)
             AND NOT EXISTS (SELECT 1 FROM claim_class k JOIN claim q ON q.id = k.claim
                             WHERE k.class_no = c.class_no AND q.state NOT IN ('withdrawn', 'replaced', 'not_accepted'))
           GROUP BY 1
           UNION ALL
           SELECT pp.stream, 'waiting', count(*), 0, sum(pp.fen)::bigint FROM payable_part pp JOIN payable p ON p.id = pp.payable
           WHERE p.year = $1 AND p.state = 'waiting' GROUP BY pp.stream
           ORDER BY 2, 1""",
        year,
    )
    return [Wanted(*row) for row in rows]
