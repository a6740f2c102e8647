"""Queries of classes as they were run and of claims as they were handled, for the checks; a constant number whatever was entered."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from training_admin.audit.run_facts import (
    Clash,
    FullDay,
    Handled,
    OnlineStudy,
    PaidOut,
    RunAudit,
    RunResult,
    RunSession,
    SignedSession,
)
from training_admin.catalog.pooling import plain_number
from training_admin.database import fetch_tuples
from training_admin.kit.clock import shanghai_day

# How bytes begin in JSON of the database, before their hexadecimal digits.
IN_JSON = "\\x"
# A trainee who is told as absent or on leave is not there; two rooms of one teacher are two sessions, one room is a pooled one.
# OFFSET 0 keeps the look-ups by key: what other years hold is never read.
_CLASHES = """
    SELECT mine.training_class, mine.taken, encode(mine.key, 'hex'), mine.day, mine.starts, mine.ends, o.class_no
    FROM (SELECT training_class, taken, key, min(day) AS first, max(day) AS last FROM class_interval
          WHERE training_class = ANY($1) GROUP BY training_class, taken, key) who
    CROSS JOIN LATERAL (SELECT * FROM class_interval WHERE key = who.key AND day BETWEEN who.first AND who.last
                        AND taken = who.taken AND training_class <> who.training_class OFFSET 0) theirs
    CROSS JOIN LATERAL (SELECT * FROM class_interval WHERE key = who.key AND day = theirs.day AND taken = who.taken
                        AND training_class = who.training_class AND theirs.starts < ends AND starts < theirs.ends OFFSET 0) mine
    JOIN training_class o ON o.id = theirs.training_class
    WHERE (mine.taken <> 'trainee' OR NOT EXISTS (
          SELECT 1 FROM (VALUES (mine.training_class, mine.day, mine.starts), (theirs.training_class, theirs.day, theirs.starts))
              AS at (training_class, day, starts)
          CROSS JOIN LATERAL (SELECT a.mark FROM class_attendance a WHERE a.training_class = at.training_class AND a.day = at.day
              AND a.starts = at.starts AND a.person = mine.key ORDER BY a.id DESC LIMIT 1) told
          WHERE told.mark IN ('absent', 'leave')))
      AND (mine.taken <> 'teacher' OR NOT EXISTS (
          SELECT 1 FROM class_interval r JOIN class_interval s ON s.key = r.key AND s.day = r.day AND s.taken = 'room'
          WHERE r.taken = 'room' AND r.training_class = mine.training_class AND s.training_class = theirs.training_class
            AND r.day = mine.day AND r.starts = mine.starts AND s.starts = theirs.starts OFFSET 0))
    ORDER BY 1, 2, 7, 4, 5, 3
"""
_UNPLANNED = """
    SELECT training_class, day, starts, starts + minutes FROM (
        SELECT DISTINCT ON (training_class, day, starts) training_class, day, starts, minutes FROM class_session_held
        WHERE training_class = ANY($1) ORDER BY training_class, day, starts, id DESC) held
    WHERE minutes > 0 AND NOT EXISTS (
        SELECT 1 FROM class_version v, jsonb_array_elements(v.content -> 'sessions') s
        WHERE v.training_class = held.training_class AND v.decision = 'approved'
          AND (s ->> 'day')::date = held.day AND (s ->> 'starts')::int = held.starts)
    ORDER BY 1, 2, 3
"""
_RESULTS = """
    WITH newest AS (
        SELECT DISTINCT ON (training_class, person) training_class, person, certificate_no, certified_on, told_at FROM class_result
        WHERE training_class = ANY($1) ORDER BY training_class, person, id DESC)
    SELECT n.training_class, encode(n.person, 'hex'), n.certificate_no, n.certified_on,
        ARRAY(SELECT DISTINCT c.class_no FROM class_result r JOIN training_class c ON c.id = r.training_class
              WHERE n.certificate_no <> '' AND r.certificate_no <> '' AND r.certificate_no = n.certificate_no
                AND r.person <> n.person ORDER BY 1),
        CASE WHEN n.told_at > f.closed_at THEN n.told_at END
    FROM newest n LEFT JOIN class_closing f ON f.training_class = n.training_class ORDER BY 1, 2
"""


# Days on which a trainee sits in several classes, with the taught minutes of all; where he is told as absent he is taught nothing.
_FULL_DAYS = """
    WITH shared AS (
        SELECT DISTINCT mine.training_class, mine.key, mine.day FROM class_interval mine
        JOIN class_interval theirs ON theirs.key = mine.key AND theirs.day = mine.day AND theirs.taken = 'trainee'
            AND theirs.training_class <> mine.training_class
        WHERE mine.training_class = ANY($1) AND mine.taken = 'trainee')
    SELECT d.training_class, encode(d.key, 'hex'), d.day,
           sum((s ->> 'theory_minutes')::int + (s ->> 'practice_minutes')::int)::int,
           string_agg(DISTINCT CASE WHEN c.id <> d.training_class THEN c.class_no END, '、')
    FROM shared d JOIN class_interval i ON i.key = d.key AND i.day = d.day AND i.taken = 'trainee'
    JOIN training_class c ON c.id = i.training_class
    JOIN class_version v ON v.training_class = c.id AND v.version = c.approved_version
    CROSS JOIN LATERAL jsonb_array_elements(v.content -> 'sessions') s
    WHERE (s ->> 'day')::date = i.day AND (s ->> 'starts')::int = i.starts AND coalesce((
        SELECT a.mark FROM class_attendance a WHERE a.training_class = i.training_class AND a.day = i.day AND a.starts = i.starts
            AND a.person = d.key ORDER BY a.id DESC LIMIT 1), '') NOT IN ('absent', 'leave')
    GROUP BY 1, 2, 3 HAVING count(DISTINCT c.id) > 1 ORDER BY 1, 3, 2
"""


async def load_runs(class_nos: Sequence[str]) -> dict[str, RunAudit]:
    """The classes of these numbers that were run in this system; a firm's number of a pooled class leads to the class."""
    found = await fetch_tuples(
        """SELECT c.id, c.class_no, v.content -> 'sessions' FROM training_class c
           JOIN class_version v ON v.training_class = c.id AND v.version = c.approved_version WHERE c.class_no = ANY($1)""",
        sorted({plain_number(each) for each in class_nos}),
    )
    keys = [row[0] for row in found]
    if not keys:
        return {}
    full_days = _by_class(await fetch_tuples(_FULL_DAYS, keys))
    clashes, unplanned = _by_class(await fetch_tuples(_CLASHES, keys)), _by_class(await fetch_tuples(_UNPLANNED, keys))
    results = _by_class(await fetch_tuples(_RESULTS, keys))
    signed, online = await _signed(keys), await _online(keys)
    visits, teaching = await _visits([row[1] for row in found]), await _teaching(keys)
    by_plain = {
        plain: RunAudit(
            sessions=msgspec.json.decode(content, type=tuple[RunSession, ...]),
            clashes=tuple(Clash(*row) for row in clashes.get(key, ())),
            full_days=tuple(FullDay(*row) for row in full_days.get(key, ())),
            unplanned=tuple(RunSession(*row) for row in unplanned.get(key, ())),
            unfit_visits=tuple((row[0], row[1]) for row in visits.get(plain, ())),
            signed=tuple(_signed_session(*row) for row in signed.get(key, ())),
            online=tuple(OnlineStudy(*row) for row in online.get(key, ())),
            results={
                person: RunResult(number, on, tuple(shared), None if changed is None else shanghai_day(changed))
                for person, number, on, shared, changed in results.get(key, ())
            },
            teaching_trainees=tuple(row[0] for row in teaching.get(key, ())),
        )
        for key, plain, content in found
    }
    return {each: by_plain[plain_number(each)] for each in class_nos if plain_number(each) in by_plain}


def _by_class(rows: Sequence[tuple[Any, ...]]) -> dict[Any, list[tuple[Any, ...]]]:
    grouped: dict[Any, list[tuple[Any, ...]]] = {}
    for row in rows:
        grouped.setdefault(row[0], []).append(tuple(row)[1:])
    return grouped


async def _signed(keys: Sequence[int]) -> dict[Any, list[tuple[Any, ...]]]:
    return _by_class(
        await fetch_tuples(
            """SELECT training_class, day, starts, sum(people)::int, sum(seconds)::bigint, sum(squares)::bigint,
                      (json_agg(persons) FILTER (WHERE device <> '' AND people > 1))::text
               FROM (SELECT training_class, day, starts, device, count(*) AS people, sum(second) AS seconds,
                            sum(second * second) AS squares, array_agg(person ORDER BY person) AS persons
                     FROM (SELECT DISTINCT ON (training_class, day, starts, person) training_class, day, starts, person, device,
                                  extract(epoch FROM told_at)::bigint - extract(epoch FROM day)::bigint AS second
                           FROM class_attendance WHERE training_class = ANY($1) AND way = 'code'
                           ORDER BY training_class, day, starts, person, id) each
                     GROUP BY training_class, day, starts, device) devices
               GROUP BY training_class, day, starts ORDER BY training_class, day, starts""",
            list(keys),
        )
    )


def _signed_session(day: date, starts: int, people: int, seconds: int, squares: int, together: str | None) -> SignedSession:
    devices = msgspec.json.decode(together or "[]", type=list[list[str]])
    return SignedSession(
        day, starts, people, seconds, squares, tuple(sorted(tuple(each.removeprefix(IN_JSON) for each in device) for device in devices))
    )


async def _online(keys: Sequence[int]) -> dict[Any, list[tuple[Any, ...]]]:
    return _by_class(
        await fetch_tuples(
            """SELECT training_class, encode(person, 'hex'), record_no, extract(epoch FROM began_at)::bigint, minutes
               FROM class_online_record WHERE training_class = ANY($1) ORDER BY training_class, person, began_at, record_no""",
            list(keys),
        )
    )


async def _visits(class_nos: Sequence[str]) -> dict[Any, list[tuple[Any, ...]]]:
    return _by_class(
        await fetch_tuples(
            """SELECT class_no, visited_on, concat_ws('、', CASE WHEN NOT teacher_fits THEN '教师不符' END,
                      CASE WHEN NOT plan_fits THEN '计划不符' END)
               FROM class_visit WHERE class_no = ANY($1) AND NOT (teacher_fits AND plan_fits) ORDER BY class_no, visited_on, id""",
            list(class_nos),
        )
    )


async def _teaching(keys: Sequence[int]) -> dict[Any, list[tuple[Any, ...]]]:
    return _by_class(
        await fetch_tuples(
            """SELECT t.training_class, encode(t.key, 'hex') FROM (
                   SELECT DISTINCT training_class, key FROM class_interval WHERE training_class = ANY($1) AND taken = 'teacher') t
               WHERE EXISTS (SELECT 1 FROM class_interval s WHERE s.key = t.key AND s.training_class = t.training_class
                             AND s.taken = 'trainee' OFFSET 0) ORDER BY 1, 2""",
            list(keys),
        )
    )


async def load_handled(claims: Sequence[int]) -> Mapping[int, Handled]:
    """How claims were handled and paid, and which other payees have the account to which they are paid."""
    keys = list(claims)
    hands = _by_class(await fetch_tuples("SELECT claim, act, hands FROM claim_act WHERE claim = ANY($1) ORDER BY claim, place", keys))
    paid = _by_class(
        await fetch_tuples(
            """SELECT c.id, i.paid_on, p.notice_ends, p.fen, (
                   SELECT count(*) FROM notice_objection o JOIN notice_case n ON n.notice = o.notice
                   WHERE n.case_no = c.number AND o.case_no IN ('', c.number)
                     AND (o.at AT TIME ZONE 'Asia/Shanghai')::date <= i.paid_on
                     AND (o.replied_at IS NULL OR (o.replied_at AT TIME ZONE 'Asia/Shanghai')::date > i.paid_on))
               FROM claim c JOIN payable p ON p.case_no = c.number AND p.state = 'paid' JOIN payment_item i ON i.id = p.item
               WHERE c.id = ANY($1) ORDER BY c.id, p.id""",
            keys,
        )
    )
    shared = _by_class(
        await fetch_tuples(
            """SELECT DISTINCT c.id, o.payee FROM claim c JOIN payable p ON p.case_no = c.number
               JOIN payable o ON o.account_hash = p.account_hash AND o.payee <> p.payee AND o.state <> 'released'
               WHERE c.id = ANY($1) AND p.state <> 'released' ORDER BY 1, 2""",
            keys,
        )
    )
    return {
        claim: Handled(
            hands=tuple((act, frozenset(who)) for act, who in hands.get(claim, ())),
            payments=tuple(PaidOut(on, ends, count, fen) for on, ends, fen, count in paid.get(claim, ()) if on is not None),
            same_account=tuple(row[0] for row in shared.get(claim, ())),
        )
        for claim in claims
    }
