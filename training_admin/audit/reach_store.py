"""Queries of 应享未享 (who could have claimed and never did) and of the workload of streets and sections; one query each."""

from typing import Any

import msgspec

from training_admin.audit.steering_store import STREETS, bounds
from training_admin.audit.store import DEAD
from training_admin.database import fetch_tuples
from training_admin.kit.clock import day_bounds_utc

MOST_LISTED = 5000


class Untouched(msgspec.Struct, frozen=True):
    """A firm that paid the surcharge of the year before, has insured staff and has never claimed; amounts are fen.

    `skilled` are people with a level certificate or a paid level training whose newest insured month the firm has paid.
    """

    uscc: str
    name: str
    size: str | None
    street: str
    surcharge_fen: int
    insured: int
    skilled: int


class Work(msgspec.Struct, frozen=True):
    """What an organisation has done in a year at one step: acts, different cases, roster rows, acts after the last day."""

    organisation: str
    kind: str
    step: str
    acts: int
    cases: int
    rows: int
    late: int


async def untouched(year: int) -> list[Untouched]:
    """The firms of 应享未享 for a claim year, those with most skilled people first."""
    rows: list[tuple[Any, ...]] = await fetch_tuples(
        f"""WITH paid AS (
                SELECT DISTINCT ON (uscc) uscc, amount_fen FROM year_amount WHERE kind = 'surcharge' AND year = $1 - 1
                ORDER BY uscc, delivery DESC
            ),
            candidate AS (
                SELECT p.* FROM paid p WHERE p.amount_fen > 0
                  AND NOT EXISTS (SELECT 1 FROM claim c WHERE c.uscc = p.uscc AND c.state NOT IN {DEAD})
                  AND NOT EXISTS (SELECT 1 FROM year_amount y WHERE y.uscc = p.uscc AND y.kind = 'subsidy' AND y.amount_fen > 0)
            ),
            firm AS (
                SELECT DISTINCT ON (e.uscc) e.uscc, e.name, e.size, e.insured_headcount FROM enterprise_version e
                JOIN candidate c ON c.uscc = e.uscc ORDER BY e.uscc, e.id DESC
            ),
            skilled AS (
                SELECT person FROM class_result WHERE certificate_no <> ''
                UNION SELECT person FROM channel_trained WHERE level <> '' AND passed
                UNION SELECT person FROM paid_training WHERE level IS NOT NULL
            ),
            newest AS (
                SELECT DISTINCT ON (i.person) i.person, i.payer FROM insured_month i WHERE i.payer IN (SELECT uscc FROM candidate)
                ORDER BY i.person, i.month DESC, i.id DESC
            ),
            staff AS (
                SELECT n.payer, count(*) AS insured, count(k.person) AS skilled FROM newest n LEFT JOIN skilled k ON k.person = n.person
                GROUP BY n.payer
            )
            SELECT c.uscc, f.name, f.size, coalesce(w.street, ''), c.amount_fen,
                   greatest(coalesce(s.insured, 0), coalesce(f.insured_headcount, 0))::int, coalesce(s.skilled, 0)::int
            FROM candidate c JOIN firm f ON f.uscc = c.uscc LEFT JOIN staff s ON s.payer = c.uscc
            LEFT JOIN ({STREETS}) w ON w.uscc = c.uscc
            WHERE greatest(coalesce(s.insured, 0), coalesce(f.insured_headcount, 0)) > 0
            ORDER BY 7 DESC, c.amount_fen DESC, c.uscc LIMIT {MOST_LISTED}""",  # noqa: S608 - our own words
        year,
    )
    return [Untouched(*row) for row in rows]


async def workload(year: int) -> list[Work]:
    """What each organisation of the administration did in a year by step; those who stand in for others count for their own."""
    _first, last, begins = bounds(year)
    ends = day_bounds_utc(last)[1]
    rows: list[tuple[Any, ...]] = await fetch_tuples(
        """WITH done AS (
               SELECT 'claim' AS kind, a.act AS step, a.done_by AS by, a.claim AS id, c.line_count AS rows,
                      a.due_on IS NOT NULL AND (a.done_at AT TIME ZONE 'Asia/Shanghai')::date > a.due_on AS late
               FROM claim_act a JOIN claim c ON c.id = a.claim WHERE a.done_at >= $1 AND a.done_at < $2
               UNION ALL
               SELECT 'class', v.decision, v.decided_by, v.training_class,
                      (SELECT count(*) FROM class_trainee t WHERE t.class_version = v.id)::int, false
               FROM class_version v WHERE v.decided_at >= $1 AND v.decided_at < $2
               UNION ALL
               SELECT 'resource', r.state, r.decided_by, r.resource, 0, false
               FROM resource_version r WHERE r.decided_at >= $1 AND r.decided_at < $2
           )
           SELECT o.name, d.kind, d.step, count(*), count(DISTINCT d.id), sum(d.rows)::bigint, count(*) FILTER (WHERE d.late)
           FROM done d JOIN account a ON a.key = split_part(d.by, ' for ', 1) JOIN organisation o ON o.id = a.organisation
           WHERE o.kind IN ('street', 'hr_bureau', 'education_bureau', 'trade_union', 'finance_bureau')
           GROUP BY o.code, o.name, d.kind, d.step ORDER BY o.code, d.kind, d.step""",
        *(begins, ends),
    )
    return [Work(*row) for row in rows]
