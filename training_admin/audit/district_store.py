"""Queries of what the checks over a period look at."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from training_admin.audit.district_facts import (
    BatchSums,
    DistrictAudit,
    FailedPayment,
    FirmClaim,
    InstitutionVisits,
    InstitutionVolume,
)
from training_admin.audit.store import DEAD
from training_admin.catalog.pooling import plain_number
from training_admin.database import fetch_tuples
from training_admin.kit.dated import Policy

_FILED = """JOIN LATERAL (SELECT f.institution, f.start FROM filing_version f JOIN delivery d ON d.id = f.delivery
    WHERE f.class_no = k.class_no ORDER BY d.received_at DESC, f.id DESC LIMIT 1) filed ON true"""


async def load_district(start: date, end: date, *, today: date, policy: Policy) -> DistrictAudit:
    """Everything of a period, both days included, in a constant number of queries; inside an open transaction."""
    claimed = await fetch_tuples(
        f"""SELECT DISTINCT k.class_no FROM claim c JOIN claim_class k ON k.claim = c.id
            WHERE c.as_of BETWEEN $1 AND $2 AND c.state NOT IN {DEAD} AND k.class_no <> '' ORDER BY 1""",  # noqa: S608 - our own words
        *(start, end),
    )
    classes = [row[0] for row in claimed]
    visited = {row[0] for row in await fetch_tuples("SELECT DISTINCT class_no FROM class_visit WHERE way = 'onsite'")}
    return DistrictAudit(
        start=start,
        end=end,
        today=today,
        policy=policy,
        batches=tuple(BatchSums(*row) for row in await _batches(start, end)),
        failed=tuple(FailedPayment(*row) for row in await _failed(start, end)),
        claims=tuple(FirmClaim(*row) for row in await _claims(start, end)),
        institutions=tuple(InstitutionVisits(*row) for row in await _visits(start, end)),
        people=await _people(start, end),
        called=await _called(classes),
        volumes=tuple(InstitutionVolume(*row) for row in await _volumes(start, end)),
        classes=len(classes),
        unvisited=tuple(each for each in classes if each not in visited and plain_number(each) not in visited),
    )


async def _batches(start: date, end: date) -> list[tuple[Any, ...]]:
    return await fetch_tuples(
        """SELECT b.number, (b.made_at AT TIME ZONE 'Asia/Shanghai')::date, b.total_fen, coalesce(sum(i.fen), 0)::bigint,
                  coalesce(sum(CASE WHEN i.state = 'failed' THEN i.fen ELSE coalesce(p.fen, 0) - i.netted_fen END), 0)::bigint
           FROM payment_batch b LEFT JOIN payment_item i ON i.batch = b.id
           LEFT JOIN LATERAL (SELECT sum(p.fen) AS fen FROM payable p WHERE p.item = i.id) p ON true
           WHERE b.state <> 'voided' AND (b.made_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN $1 AND $2 GROUP BY b.id ORDER BY b.id""",
        *(start, end),
    )


async def _failed(start: date, end: date) -> list[tuple[Any, ...]]:
    return await fetch_tuples(
        """SELECT b.number, p.case_no, p.payee, p.fen, (b.sent_at AT TIME ZONE 'Asia/Shanghai')::date
           FROM payable p JOIN payment_item i ON i.id = p.item JOIN payment_batch b ON b.id = i.batch
           WHERE p.state = 'failed' AND (b.made_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN $1 AND $2 ORDER BY p.id""",
        *(start, end),
    )


async def _claims(start: date, end: date) -> list[tuple[Any, ...]]:
    return await fetch_tuples(
        f"""SELECT c.number, c.uscc, c.as_of, a.payable_fen FROM claim c
            JOIN LATERAL (SELECT payable_fen FROM assessment WHERE claim = c.id ORDER BY place DESC LIMIT 1) a ON true
            WHERE c.as_of BETWEEN $1 AND $2 AND c.state NOT IN {DEAD} AND a.payable_fen > 0 ORDER BY c.id""",  # noqa: S608 - our own words
        *(start, end),
    )


async def _visits(start: date, end: date) -> list[tuple[Any, ...]]:
    return await fetch_tuples(
        f"""SELECT filed.institution, count(*), count(*) FILTER (WHERE NOT k.passed) FROM (
                SELECT DISTINCT ON (class_no) class_no, passed FROM class_visit WHERE visited_on BETWEEN $1 AND $2
                ORDER BY class_no, visited_on DESC, id DESC) k {_FILED}
            WHERE filed.institution IS NOT NULL GROUP BY 1 ORDER BY 1""",  # noqa: S608 - our own words
        *(start, end),
    )


async def _people(start: date, end: date) -> int:
    found = await fetch_tuples(
        f"""SELECT count(*) FROM (SELECT DISTINCT l.class_no, l.person FROM claim c JOIN claim_line l ON l.claim = c.id
            WHERE c.as_of BETWEEN $1 AND $2 AND c.state NOT IN {DEAD} AND length(l.person) > 0 AND l.class_no <> '') once""",  # noqa: S608 - our own words
        *(start, end),
    )
    return int(found[0][0])


async def _called(classes: Sequence[str]) -> int:
    found = await fetch_tuples(
        """SELECT count(*) FROM callback_person p JOIN callback_sample s ON s.id = p.sample WHERE s.class_no = ANY($1)
           AND EXISTS (SELECT 1 FROM callback_call k WHERE k.callback_person = p.id AND k.result <> 'missed')""",
        sorted({plain_number(each) for each in classes}),
    )
    return int(found[0][0])


async def _volumes(start: date, end: date) -> list[tuple[Any, ...]]:
    return await fetch_tuples(
        f"""SELECT t.institution, t.first, t.fen, (
                SELECT min((v.content ->> 'valid_from')::date) FROM resource r JOIN resource_version v ON v.resource = r.id
                WHERE r.organisation = t.institution AND r.kind = 'licence' AND v.state = 'approved')
            FROM (SELECT filed.institution, min(filed.start) AS first, coalesce(sum(o.fen), 0)::bigint AS fen
                FROM claim c JOIN (SELECT DISTINCT claim, class_no FROM claim_class WHERE class_no <> '') k ON k.claim = c.id {_FILED}
                LEFT JOIN (SELECT claim, class_no, sum(amount_fen) AS fen FROM claim_cost GROUP BY 1, 2) o
                    ON o.claim = c.id AND o.class_no = k.class_no
                WHERE c.as_of BETWEEN $1 AND $2 AND c.state NOT IN {DEAD} AND filed.institution IS NOT NULL GROUP BY 1) t
            ORDER BY 1""",  # noqa: S608 - our own words
        *(start, end),
    )
