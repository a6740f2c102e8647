"""Queries of the registers of an audit workbook: money paid and recovered, visits, answers, classes with their lessons and attendance.

Every query is asked once for all chosen claims; what grows with the people is read through cursors in the order of the classes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from training_admin.audit.store import RowsByClaim
from training_admin.database import current_connection, fetch_tuples

_CLASSES = """
    SELECT c.id, c.class_no, c.organisation_name, c.filed_on, x.content::text, x.decider,
           (SELECT count(*) FROM class_trainee t WHERE t.class_version = x.id)::int
    FROM training_class c JOIN class_version x ON x.training_class = c.id AND x.version = c.approved_version
    WHERE c.class_no = ANY($1) ORDER BY c.id
"""
_NAMES = """
    SELECT DISTINCT ON (r.id) r.id, r.kind, v.content::text, v.sealed FROM resource r
    JOIN resource_version v ON v.resource = r.id AND v.state = 'approved' AND v.decided_at <= $2
    WHERE r.id IN (
        SELECT (s ->> key)::bigint FROM training_class c
        JOIN class_version x ON x.training_class = c.id AND x.version = c.approved_version,
             jsonb_array_elements(x.content -> 'sessions') s, unnest(ARRAY['teacher', 'room']) key
        WHERE c.class_no = ANY($1) AND s ->> key IS NOT NULL)
    ORDER BY r.id, v.version DESC
"""


async def _cursor(sql: str, *arguments: Any) -> RowsByClaim:
    return RowsByClaim(await current_connection().cursor(sql, *arguments))


async def payments(cases: Sequence[str]) -> list[tuple[Any, ...]]:
    """What is or was to be paid for some claims, by stream, oldest first."""
    return await fetch_tuples(
        """SELECT p.case_no, p.payee, p.payee_name, p.year, p.state, t.stream, t.fen, b.sub_fund, b.subject_code, b.paper,
                  (SELECT a.balance_fen FROM fund_account a WHERE a.budget = b.id AND a.kind = 'available'),
                  ba.number, ba.approver, ba.approved_at, i.bank_reference, i.paid_on, p.sealed_account,
                  (SELECT n.posted_on FROM notice_case k JOIN public_notice n ON n.id = k.notice WHERE k.case_no = p.case_no
                   ORDER BY n.id DESC LIMIT 1), p.notice_ends,
                  p.state = 'failed' OR EXISTS (
                      SELECT 1 FROM fund_entry e WHERE e.subject = p.case_no AND starts_with(e.business_id, 'fail:' || p.subject || '/'))
           FROM payable p JOIN payable_part t ON t.payable = p.id LEFT JOIN fund_budget b ON b.id = t.budget
           LEFT JOIN payment_item i ON i.id = p.item LEFT JOIN payment_batch ba ON ba.id = i.batch
           WHERE p.case_no = ANY($1) AND p.state <> 'released' ORDER BY p.id, t.id""",
        list(cases),
    )


async def paid_in_ledger(cases: Sequence[str]) -> int:
    """What the ledger says was paid for some claims less what came back unpaid, in fen, whatever was recovered later."""
    found = await fetch_tuples(
        """SELECT coalesce(sum(g.amount_fen), 0)::bigint FROM fund_posting g JOIN fund_account a ON a.id = g.account AND a.kind = 'paid'
           JOIN fund_entry e ON e.id = g.entry AND e.act IN ('pay', 'fail')
           WHERE e.subject = ANY($1)""",
        list(cases),
    )
    return int(found[0][0])


async def recoveries(cases: Sequence[str]) -> list[tuple[Any, ...]]:
    """Decided recoveries of some claims, oldest first; of one given up only what had come back."""
    return await fetch_tuples(
        """SELECT r.number, r.case_no, r.payee_name, r.reason, CASE r.state WHEN 'voided' THEN r.settled_fen ELSE r.fen END, r.settled_fen,
                  (r.decided_at AT TIME ZONE 'Asia/Shanghai')::date, r.referred, r.state,
                  (SELECT string_agg(t.reference, '、' ORDER BY t.id) FROM recovery_receipt t WHERE t.recovery = r.id)
           FROM recovery r WHERE r.case_no = ANY($1) AND (r.state IN ('decided', 'settled') OR r.settled_fen > 0) ORDER BY r.id""",
        list(cases),
    )


async def received(cases: Sequence[str]) -> int:
    """What came back of some claims by the receipts, in fen."""
    found = await fetch_tuples(
        "SELECT coalesce(sum(t.fen), 0)::bigint FROM recovery_receipt t JOIN recovery r ON r.id = t.recovery WHERE r.case_no = ANY($1)",
        list(cases),
    )
    return int(found[0][0])


async def visits(class_nos: Sequence[str]) -> list[tuple[Any, ...]]:
    """Visits of some classes, class by class, oldest first, with the mean and the lowest attendance of the class in basis points."""
    return await fetch_tuples(
        """SELECT class_no, visited_on, starts, inspectors, way, expected, present,
                  CASE WHEN expected > 0 THEN present * 10000 / expected END,
                  (sum(present) OVER w * 10000 / nullif(sum(expected) OVER w, 0))::int,
                  min(CASE WHEN expected > 0 THEN present * 10000 / expected END) OVER w,
                  teacher_fits, plan_fits, textbooks, order_kept, safe, passed, words
           FROM class_visit WHERE class_no = ANY($1) WINDOW w AS (PARTITION BY class_no) ORDER BY class_no, visited_on, id""",
        list(class_nos),
    )


async def answers(class_nos: Sequence[str], known_at: datetime) -> RowsByClaim:
    """What trainees of some classes were asked and answered by an instant, class by class."""
    return await _cursor(
        """SELECT c.id, t.name, t.sealed_phone, w.moment, CASE WHEN w.answered_at <= $2 THEN w.answer END, w.channel, w.scores::text,
                  CASE WHEN w.answered_at <= $2 THEN w.answered_at END, w.asked_at
           FROM class_witness w JOIN training_class c ON c.id = w.training_class
           JOIN class_version x ON x.training_class = c.id AND x.version = c.approved_version
           LEFT JOIN LATERAL (SELECT name, sealed_phone FROM class_trainee WHERE class_version = x.id AND person = w.person
                              ORDER BY place LIMIT 1) t ON true
           WHERE c.class_no = ANY($1) AND w.asked_at <= $2 ORDER BY c.id, w.id""",
        *(list(class_nos), known_at),
    )


async def callbacks(class_nos: Sequence[str], known_at: datetime) -> dict[str, list[tuple[Any, ...]]]:
    """Calls to those who were drawn by an instant, by class, oldest first: name, sealed phone, result, caller, when, recording."""
    found = await fetch_tuples(
        """SELECT s.class_no, t.name, t.sealed_phone, k.result, k.caller, k.called_at, k.recording
           FROM callback_sample s JOIN callback_person p ON p.sample = s.id JOIN callback_call k ON k.callback_person = p.id
           JOIN class_trainee t ON t.class_version = s.class_version AND t.place = p.place
           WHERE s.class_no = ANY($1) AND k.called_at <= $2 ORDER BY s.class_no, k.id""",
        *(list(class_nos), known_at),
    )
    calls: dict[str, list[tuple[Any, ...]]] = {}
    for class_no, *rest in found:
        calls.setdefault(class_no, []).append(tuple(rest))
    return calls


async def classes(class_nos: Sequence[str]) -> RowsByClaim:
    """Classes filed here with their approved plan, in the order of their keys; the first column is the key."""
    return await _cursor(_CLASSES, list(class_nos))


async def class_keys(class_nos: Sequence[str]) -> tuple[list[int], list[str], int]:
    """Keys and numbers of the classes that are filed here and approved, and the most lessons one of them has."""
    found = await fetch_tuples(
        """SELECT c.id, c.class_no, jsonb_array_length(x.content -> 'sessions') FROM training_class c
           JOIN class_version x ON x.training_class = c.id AND x.version = c.approved_version WHERE c.class_no = ANY($1) ORDER BY c.id""",
        list(class_nos),
    )
    return [row[0] for row in found], [row[1] for row in found], max((row[2] for row in found), default=0)


async def names(class_nos: Sequence[str], known_at: datetime) -> list[tuple[Any, ...]]:
    """Teachers and rooms of some classes as registered: key, kind, content, sealed number; what they are now is what is shown."""
    return await fetch_tuples(_NAMES, list(class_nos), known_at)


async def qualifications(teachers: Sequence[int], known_at: datetime) -> list[tuple[int, str]]:
    """The qualifications of some teachers as registered: key and content."""
    found = await fetch_tuples(
        """SELECT id, content FROM (
               SELECT DISTINCT ON (r.id) r.id, v.content::text AS content, v.ended, (v.content ->> 'teacher')::bigint AS teacher
               FROM resource r JOIN resource_version v ON v.resource = r.id AND v.state = 'approved' AND v.decided_at <= $2
               WHERE r.kind = 'qualification' AND r.organisation IN (SELECT organisation FROM resource WHERE id = ANY($1))
               ORDER BY r.id, v.version DESC) newest
           WHERE NOT ended AND teacher = ANY($1) ORDER BY id""",
        *(list(teachers), known_at),
    )
    return [(row[0], row[1]) for row in found]


async def rosters(class_nos: Sequence[str]) -> RowsByClaim:
    """The approved rosters of classes in the order of their keys: person and name."""
    return await _cursor(
        """SELECT c.id, encode(t.person, 'hex'), t.name FROM training_class c
           JOIN class_version x ON x.training_class = c.id AND x.version = c.approved_version
           JOIN class_trainee t ON t.class_version = x.id WHERE c.class_no = ANY($1) ORDER BY c.id, t.place""",
        list(class_nos),
    )


async def held(keys: Sequence[int], known_at: datetime) -> RowsByClaim:
    """Lessons as last confirmed, class by class."""
    return await _cursor(
        """SELECT DISTINCT ON (training_class, day, starts) training_class, day, starts, minutes, way, note, confirmer, confirmed_at
           FROM class_session_held WHERE training_class = ANY($1) AND confirmed_at <= $2 ORDER BY training_class, day, starts, id DESC""",
        *(list(keys), known_at),
    )


async def attended(keys: Sequence[int], known_at: datetime) -> RowsByClaim:
    """Attendance as last told, class by class."""
    return await _cursor(
        """SELECT DISTINCT ON (training_class, day, starts, person) training_class, day, starts, encode(person, 'hex'), mark, minutes, way,
                  device, told_by, told_at
           FROM class_attendance WHERE training_class = ANY($1) AND told_at <= $2
           ORDER BY training_class, day, starts, person, id DESC""",
        *(list(keys), known_at),
    )
