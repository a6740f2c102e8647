"""The classes of stored claims as they were run in this system: sessions, intervals, attendance, results, visits, with a few faults.

Everything but the plans is made inside the database from the rosters of the claims. One class in a hundred has the teacher of the one
before it, one person in two hundred also sits in the class before, one certificate in five hundred is given twice.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from training_admin.catalog.class_facts import ClassContent, PlannedSession
from training_admin.database import copy_rows, execute_script, fetch_tuples, write_transaction
from training_admin.kit.workdays import Calendar
from training_admin.office.calendar_data import published_calendar
from training_admin.subsidy.form import ClassRow

# Four double hours a day, in minutes of the day; one is 90 minutes.
SLOTS = tuple((starts, starts + 90) for starts in (540, 645, 780, 885))
LONGEST = 200
_ENTERED = datetime(2026, 1, 4, 2, tzinfo=UTC)
_APPROVED = datetime(2026, 1, 5, 2, tzinfo=UTC)
_PEOPLE = """
    CREATE TEMPORARY TABLE bench_person ON COMMIT DROP AS
    SELECT DISTINCT ON (t.id, l.person) t.id AS training_class, l.person, l.row FROM training_class t
    JOIN claim_line l ON l.class_no = t.class_no WHERE t.moved = -1 AND length(l.person) > 0;
    CREATE UNIQUE INDEX ON bench_person (training_class, person);
    INSERT INTO bench_person SELECT t.id, p.person, -p.row FROM training_class t
    JOIN bench_person p ON p.training_class = t.id - 1 AND p.row % 200 = 7 ON CONFLICT DO NOTHING;
    CREATE TEMPORARY TABLE bench_session ON COMMIT DROP AS
    SELECT t.id AS training_class, (s ->> 'day')::date AS day, (s ->> 'starts')::smallint AS starts, (s ->> 'ends')::smallint AS ends,
           sha256(int8send(CASE WHEN t.id % 100 = 0 THEN t.id - 1 ELSE t.id END)) AS teacher, sha256(int8send(-t.id)) AS room
    FROM training_class t JOIN class_version v ON v.training_class = t.id, jsonb_array_elements(v.content -> 'sessions') s
    WHERE t.moved = -1;
    ANALYZE bench_person; ANALYZE bench_session;
"""
_RUN = """
    INSERT INTO class_interval (training_class, taken, key, day, starts, ends)
    SELECT s.training_class, 'trainee', p.person, s.day, s.starts, s.ends FROM bench_session s JOIN bench_person p USING (training_class)
    UNION ALL SELECT training_class, 'teacher', teacher, day, starts, ends FROM bench_session
    UNION ALL SELECT training_class, 'room', room, day, starts, ends FROM bench_session;
    INSERT INTO class_attendance (training_class, day, starts, person, mark, minutes, way, device, told_by, told_at)
    SELECT s.training_class, s.day, s.starts, p.person, CASE WHEN h % 20 = 0 THEN 'absent' ELSE 'present' END,
           CASE WHEN h % 20 = 0 THEN 0 ELSE 90 END, CASE WHEN h % 20 = 0 THEN 'sheet' ELSE 'code' END,
           encode(substr(p.person, 1, 8), 'hex'), 'bench',
           (s.day + make_interval(mins => s.starts, secs => h % 600)) AT TIME ZONE 'Asia/Shanghai'
    FROM bench_session s JOIN bench_person p USING (training_class)
    CROSS JOIN LATERAL (SELECT abs(hashint8(p.row * 7919 + s.starts + (s.day - '2020-01-01'::date) * 31)::bigint) AS h) x WHERE p.row > 0;
    INSERT INTO class_session_held (training_class, day, starts, minutes, way, confirmer, confirmed_by, confirmed_at)
    SELECT training_class, day, starts, 90, 'page', 'bench', 'bench', (day + 1)::timestamptz FROM bench_session;
    INSERT INTO class_result (training_class, person, outcome, certificate_no, certified_on, told_by, told_at)
    SELECT p.training_class, p.person, 'passed',
           CASE WHEN x.level IS NULL THEN '' ELSE concat('S', lpad((x.id % 10000)::text, 4, '0'), '31', lpad((x.id / 10000)::text, 6, '0'),
               '26', x.level, lpad((p.row - (x.id % 50 = 0 AND p.row % 10 = 9)::int)::text, 6, '0')) END,
           CASE WHEN x.level IS NOT NULL THEN x.ends + 14 END, 'bench', (x.ends + 15)::timestamptz
    FROM bench_person p JOIN (
        SELECT v.training_class AS id, translate(left(v.content ->> 'level', 1), '一二三四五', '12345') AS level,
               (SELECT max(s.day) FROM bench_session s WHERE s.training_class = v.training_class) AS ends
        FROM class_version v) x ON x.id = p.training_class
    WHERE p.row > 0;
    INSERT INTO class_closing (training_class, version, content, sha256, closer, closed_by, closed_at)
    SELECT training_class, 1, ''::bytea, '', 'bench', 'bench', (max(day) + 20)::timestamptz FROM bench_session GROUP BY 1;
    INSERT INTO class_visit (class_no, visited_on, starts, way, inspectors, expected, present, teacher_fits, plan_fits, textbooks,
                             order_kept, safe, passed, teller, told_at)
    SELECT t.class_no, min(s.day), 560, 'onsite', ARRAY['甲', '乙'], 30, 30, t.id % 50 > 0, true, true, true, true, true, 'bench',
           min(s.day)::timestamptz
    FROM training_class t JOIN bench_session s ON s.training_class = t.id WHERE t.id % 4 = 0 GROUP BY t.id, t.class_no;
    UPDATE training_class SET moved = 0 WHERE moved = -1;
"""


class Ran(msgspec.Struct, frozen=True):
    """A class about to be run: its row in the form, how many people it has, and the slots between its days."""

    row: ClassRow
    people: int
    slots: tuple[PlannedSession, ...]


def _slots(row: ClassRow, calendar: Calendar) -> Iterator[PlannedSession]:
    assert row.start is not None
    day, ends = row.start, row.end or row.start
    while day <= ends:
        if calendar.is_workday(day):
            for place, (starts, stops) in enumerate(SLOTS):
                yield PlannedSession(day, starts, stops, "课", 45, 45, None, None, safety=place == 0)
        day += timedelta(days=1)


async def _classes(claims: Sequence[int]) -> list[Ran]:
    """The classes of the claims that are not run here yet, with the people on their rosters."""
    found = await fetch_tuples(
        """SELECT DISTINCT ON (k.class_no) k.content::text,
                  (SELECT count(*) FROM claim_line l WHERE l.claim = k.claim AND l.class_no = k.class_no)
           FROM claim_class k WHERE k.claim = ANY($1) AND k.content ->> 'start' IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM training_class t WHERE t.class_no = k.class_no) ORDER BY k.class_no, k.id""",
        list(claims),
    )
    calendar = published_calendar()
    rows = [(msgspec.json.decode(content, type=ClassRow), count) for content, count in found]
    return [Ran(row, people, tuple(_slots(row, calendar))[:LONGEST]) for row, people in rows]


def _content(ran: Ran, most: int) -> str:
    """The plan as a version keeps it: its sessions spread over the days of the class."""
    count = min(most, len(ran.slots))
    sessions = tuple(ran.slots[place * len(ran.slots) // count] for place in range(count))
    row = ran.row
    content = ClassContent(
        title=row.title or "",
        enterprise="",
        institution=row.institution,
        stream=row.stream or "",
        item=row.item,
        occupation=row.occupation,
        level=row.level,
        sessions=sessions,
    )
    return msgspec.json.encode(content).decode()


def _most(classes: Sequence[Ran], intervals: int) -> int:
    """How many sessions a class has at most, so that all of them together have so many intervals of trainees."""
    return next(
        (most for most in range(1, LONGEST) if sum(each.people * min(most, len(each.slots)) for each in classes) >= intervals), LONGEST
    )


async def run_classes(claims: Sequence[int], *, intervals: int, analyse: bool = True) -> int:
    """Run the classes of some claims until there are about so many attendance intervals; returns how many there are in all."""
    async with write_transaction():
        classes = await _classes(claims)
        most = _most(classes, intervals)
        await copy_rows(
            "training_class",
            ("class_no", "organisation", "organisation_name", "state", "version", "approved_version", "approved_on", "moved"),
            [(each.row.class_no, "S", "校", "closed", 1, 1, date(2026, 1, 5), -1) for each in classes],
        )
        keys = {row[1]: row[0] for row in await fetch_tuples("SELECT id, class_no FROM training_class WHERE moved = -1")}
        await copy_rows(
            "class_version",
            ("training_class", "version", "content", "cause", "enterer", "entered_by", "hands", "entered_at", "decision", "decided_at"),
            [
                (keys[each.row.class_no], 1, _content(each, most), "filed", "bench", "bench", [], _ENTERED, "approved", _APPROVED)
                for each in classes
            ],
        )
        await execute_script("SET LOCAL session_replication_role = replica")
        await execute_script(_PEOPLE)
        await execute_script(_RUN)
    async with write_transaction():
        if not analyse:
            return 0
        await fetch_tuples("ANALYZE")
        ((count,),) = await fetch_tuples("SELECT count(*) FROM class_attendance")
    return int(count)
