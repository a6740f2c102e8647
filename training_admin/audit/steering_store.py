"""Queries of steering: what was done and paid in a year, counted by month, department and street; a constant number of statements.

A person is counted by his keyed hash. Of our own the frozen facts of closed classes count; claim lines count for classes that were
never closed here. Days are those of Shanghai.
"""

from datetime import date, datetime

import msgspec

from training_admin.audit.steering_facts import DEPARTMENT_OF, Counted, Department, Money, Paid, Rest
from training_admin.audit.store import DEAD
from training_admin.catalog.witness_facts import MOST as MOST_POINTS
from training_admin.database import fetch_tuples
from training_admin.kit.clock import day_bounds_utc

FIRM_MOST_POINTS = 5
MONTHS_LATER = 6
# Whoever ended later than this cannot be looked up half a year later: no such month was delivered.
LATEST = f"""(SELECT max(to_date(period, 'YYYY-MM')) - interval '{MONTHS_LATER - 1} months' FROM covered WHERE kind = 'insurance')"""  # noqa: S608
# Of each delivery's enterprises the newest row; an enterprise that nobody has told is in no street.
STREETS = "SELECT DISTINCT ON (uscc) uscc, street FROM enterprise_street ORDER BY uscc, id DESC"
# One seat of a class that ended in the year: $1 and $2 are its first and last day, $3 the instant at which it began.
SEATS = f"""
    closed AS MATERIALIZED (
        SELECT c.class_no, v.id AS version, v.content->>'stream' AS stream, v.content->>'level' AS level,
               convert_from(f.content, 'UTF8')::jsonb AS facts
        FROM class_closing f JOIN training_class c ON c.id = f.training_class
        JOIN class_version v ON v.training_class = c.id AND v.version = f.version WHERE f.closed_at >= $3
    ),
    taught AS (
        SELECT decode(t->>'person', 'hex') AS person, (k.facts->>'end')::date AS day, k.stream, k.level,
               coalesce(nullif(n.enterprise, ''), k.facts->>'enterprise') AS firm, k.facts->>'institution' AS institution,
               t->>'outcome' = 'passed' AS passed, t->>'certificate_no' <> '' AS certified
        FROM closed k CROSS JOIN jsonb_array_elements(k.facts->'trainees') t
        LEFT JOIN class_trainee n ON n.class_version = k.version AND n.person = decode(t->>'person', 'hex')
        WHERE (k.facts->>'end')::date BETWEEN $1 AND $2
    ),
    filed AS (SELECT DISTINCT ON (class_no) class_no, stream, institution, "end" FROM filing_version
              WHERE "end" BETWEEN $1 AND $2 ORDER BY class_no, id DESC),
    claimed AS (
        SELECT l.person, f."end" AS day, f.stream, NULL::text AS level, c.uscc AS firm, f.institution,
               l.exam_result = '合格' AS passed, false AS certified
        FROM filed f JOIN claim_class k ON k.class_no = f.class_no
        JOIN claim c ON c.id = k.claim AND c.state NOT IN {DEAD}
        JOIN claim_line l ON l.claim = c.id AND l.class_no = f.class_no AND l.readable AND length(l.person) > 0
        WHERE NOT EXISTS (SELECT 1 FROM training_class t JOIN class_closing d ON d.training_class = t.id
                          WHERE t.class_no = f.class_no OR t.class_no = regexp_replace(f.class_no, '-[0-9]+$', ''))
    ),
    seat AS (SELECT * FROM taught UNION ALL SELECT * FROM claimed)
"""  # noqa: S608 - no value is put in
_COUNTED = f"""
    WITH {SEATS}, street AS ({STREETS}),
    every AS (
        SELECT s.person, extract(month FROM s.day)::int AS month, coalesce($4::jsonb->>s.stream, '') AS department,
               coalesce(w.street, '') AS street, s.passed, s.certified AND s.level IS NOT NULL AS certified, s.level, true AS own
        FROM seat s LEFT JOIN street w ON w.uscc = s.firm
        UNION ALL
        SELECT o.person, extract(month FROM o.day)::int, d.department, coalesce(nullif(o.street, ''), w.street, ''), o.passed, false,
               NULL, false
        FROM channel_trained o JOIN channel_delivery d ON d.id = o.delivery LEFT JOIN street w ON w.uscc = o.uscc
        WHERE o.day BETWEEN $1 AND $2
    )
    SELECT month, department, street, count(*) FILTER (WHERE own), count(*) FILTER (WHERE own AND passed),
           count(DISTINCT person) FILTER (WHERE passed), count(DISTINCT person) FILTER (WHERE passed AND own),
           count(DISTINCT person) FILTER (WHERE passed AND NOT own), count(*) FILTER (WHERE own AND passed AND level IS NOT NULL),
           count(*) FILTER (WHERE own AND passed AND certified),
           count(*) FILTER (WHERE own AND passed AND certified AND level IN ('1', '2', '3'))
    FROM every GROUP BY GROUPING SETS ((), (month), (department), (street), (month, department), (department, street))
    HAVING count(*) > 0
"""  # noqa: S608 - no value is put in
_MONEY = """
    SELECT coalesce(-sum(a.balance_fen) FILTER (WHERE a.kind = 'granted'), 0)::bigint,
           coalesce(sum(a.balance_fen) FILTER (WHERE a.kind IN ('committed', 'payable')), 0)::bigint,
           coalesce(sum(a.balance_fen) FILTER (WHERE a.kind = 'paid'), 0)::bigint
    FROM fund_account a JOIN fund_budget b ON b.id = a.budget WHERE b.year = $1
"""
# Payments of the year, and what should have been paid in it and is not: $1 and $2 are its days, $3 today, $4 whose work a stream is.
_PAID = f"""
    WITH street AS ({STREETS}),
    entry AS (
        SELECT extract(month FROM coalesce(i.paid_on, p.pay_by))::int AS month, coalesce($4::jsonb->>pp.stream, '') AS department,
               coalesce(w.street, '') AS street, p.id, p.payee, i.paid_on IS NOT NULL AS paid, pp.fen,
               p.pay_by IS NOT NULL AND (i.paid_on IS NOT NULL OR p.pay_by < $3) AS due, i.paid_on <= p.pay_by AS in_time
        FROM payable p JOIN payable_part pp ON pp.payable = p.id LEFT JOIN payment_item i ON i.id = p.item AND i.state = 'paid'
        LEFT JOIN street w ON w.uscc = p.payee
        WHERE p.state IN ('due', 'batched', 'failed', 'paid')
          AND (i.paid_on BETWEEN $1 AND $2 OR (i.id IS NULL AND p.pay_by BETWEEN $1 AND $2))
    )
    SELECT month, department, street, coalesce(sum(fen) FILTER (WHERE paid), 0)::bigint, count(DISTINCT payee) FILTER (WHERE paid),
           count(DISTINCT id) FILTER (WHERE due), count(DISTINCT id) FILTER (WHERE due AND in_time)
    FROM entry GROUP BY GROUPING SETS ((), (month), (department), (street), (department, street)) HAVING count(*) > 0
"""  # noqa: S608 - no value is put in
# Apprentices filed and in their term, by month and street; $1 is the year.
_APPRENTICES = f"""
    WITH street AS ({STREETS}),
    active AS (
        SELECT m.month, coalesce(w.street, '') AS street, a.person
        FROM apprentice a JOIN programme p ON p.id = a.programme AND p.state IN ('approved', 'ended')
        CROSS JOIN generate_series(1, 12) AS m (month) LEFT JOIN street w ON w.uscc = p.uscc
        WHERE coalesce(a.joined_on, p.starts) < make_date($1, m.month, 1) + interval '1 month'
          AND coalesce(a.left_on, p.ended_on, p.starts + make_interval(months => p.months) - interval '1 day') >= make_date($1, m.month, 1)
    )
    SELECT month, street, count(DISTINCT person)::int FROM active GROUP BY GROUPING SETS ((), (month), (street)) HAVING count(*) > 0
"""  # noqa: S608 - no value is put in
_REST = f"""
    WITH {SEATS},
    later AS (
        SELECT DISTINCT s.person, to_char(s.day + interval '{MONTHS_LATER} months', 'YYYYMM')::int AS month FROM seat s
        WHERE s.passed AND s.day < {LATEST} AND to_char(s.day + interval '{MONTHS_LATER} months', 'YYYY-MM') IN (
            SELECT period FROM covered WHERE kind = 'insurance')
    )
    SELECT (SELECT count(DISTINCT person) FROM later),
           (SELECT count(DISTINCT l.person) FROM later l JOIN insured_month i ON i.person = l.person AND i.month = l.month),
           (SELECT coalesce(sum(e.value::int), 0)::int FROM class_witness w CROSS JOIN jsonb_each_text(w.scores) e
            WHERE w.moment = 'end' AND w.scores IS NOT NULL AND w.answered_at >= $3 AND w.answered_at < $4),
           (SELECT count(*)::int FROM class_witness w CROSS JOIN jsonb_each_text(w.scores) e
            WHERE w.moment = 'end' AND w.scores IS NOT NULL AND w.answered_at >= $3 AND w.answered_at < $4),
           (SELECT coalesce(sum(score), 0)::int FROM service_rating WHERE rated_at >= $3 AND rated_at < $4),
           (SELECT count(*)::int FROM service_rating WHERE rated_at >= $3 AND rated_at < $4)
"""  # noqa: S608 - no value is put in
Key = tuple[int | None, str | None, str | None]


class YearCounted(msgspec.Struct, frozen=True):
    """A year in all, by month, department, street, department and street: people and seats, payments, apprentices.

    People are told by month and department too. In all keys None means every one of them, "" those that are told nowhere.
    """

    cells: dict[Key, Counted]
    payments: dict[Key, Paid]
    apprenticed: dict[Key, int]

    @property
    def whole(self) -> Counted:
        """The whole year."""
        return self.of()

    def of(self, *, month: int | None = None, department: str | None = None, street: str | None = None) -> Counted:
        """People and seats of one cell; nothing counted is a cell of zeros."""
        return self.cells.get((month, department, street), Counted())

    def paid(self, *, month: int | None = None, department: str | None = None, street: str | None = None) -> Paid:
        """Payments of one cell."""
        return self.payments.get((month, department, street), Paid())

    def apprentices(self, *, month: int | None = None, department: str | None = None, street: str | None = None) -> int:
        """Apprentices of one cell; all of them are the work of the department of labour."""
        return self.apprenticed.get((month, None, street), 0) if department in {None, Department.LABOUR} else 0

    @property
    def streets(self) -> list[str]:
        """The streets of the year, the unknown one last."""
        keys = {*self.cells, *self.payments, *self.apprenticed}
        found = {street for month, department, street in keys if month is None and department is None and street is not None}
        return sorted(found, key=lambda each: (each == "", each))


class StreamMonth(msgspec.Struct, frozen=True):
    """What of the year's budgets was committed and paid in one month for one stream, in fen."""

    stream: str
    month: int
    committed_fen: int
    paid_fen: int


def bounds(year: int) -> tuple[date, date, datetime]:
    """First and last day of a year, and the instant at which it began."""
    first = date(year, 1, 1)
    return first, date(year, 12, 31), day_bounds_utc(first)[0]


def _departments() -> str:
    return msgspec.json.encode({stream: each.value for stream, each in DEPARTMENT_OF.items()}).decode()


async def _payments(year: int, today: date) -> dict[Key, Paid]:
    rows = await fetch_tuples(_PAID, date(year, 1, 1), date(year, 12, 31), today, _departments())
    return {(month, department, street): Paid(*values) for month, department, street, *values in rows}


async def paid_in(year: int, today: date) -> Paid:
    """The payments of a whole year; one query."""
    return (await _payments(year, today)).get((None, None, None), Paid())


async def counted(year: int, today: date) -> YearCounted:
    """People trained, payments and apprentices of a year; three queries."""
    first, last, begins = bounds(year)
    people = await fetch_tuples(_COUNTED, first, last, begins, _departments())
    apprenticed = await fetch_tuples(_APPRENTICES, year)
    return YearCounted(
        {(month, department, street): Counted(*values) for month, department, street, *values in people},
        await _payments(year, today),
        {(month, None, street): count for month, street, count in apprenticed},
    )


async def money(year: int, paid: Paid) -> Money:
    """The fund of a year as the ledger has it, with its payments; one query."""
    ((granted, committed, spent),) = await fetch_tuples(_MONEY, year)
    return Money(granted, committed, spent, paid.firms, paid.due, paid.in_time)


async def rest(year: int, apprentices: int) -> Rest:
    """People half a year later and points given, with the apprentices; one query."""
    first, last, begins = bounds(year)
    ends = day_bounds_utc(last)[1]
    ((followed, still, points, answers, firm_points, ratings),) = await fetch_tuples(_REST, first, last, begins, ends)
    return Rest(apprentices, followed, still, points, answers * MOST_POINTS, firm_points, ratings * FIRM_MOST_POINTS)


async def stream_months(year: int) -> list[StreamMonth]:
    """What was committed and paid of the year's budgets by stream and month; one query."""
    rows = await fetch_tuples(
        """SELECT stream, month, sum(committed)::bigint, sum(paid)::bigint FROM (
               SELECT pp.stream, extract(month FROM p.since AT TIME ZONE 'Asia/Shanghai')::int AS month, pp.fen AS committed, 0 AS paid
               FROM payable_part pp JOIN payable p ON p.id = pp.payable JOIN fund_budget b ON b.id = pp.budget AND b.year = $1
               WHERE p.state NOT IN ('waiting', 'released', 'withheld')
               UNION ALL
               SELECT pp.stream, extract(month FROM i.paid_on)::int, 0, pp.fen
               FROM payable_part pp JOIN payable p ON p.id = pp.payable JOIN fund_budget b ON b.id = pp.budget AND b.year = $1
               JOIN payment_item i ON i.id = p.item AND i.state = 'paid' WHERE p.state = 'paid'
           ) x GROUP BY stream, month ORDER BY stream, month""",
        year,
    )
    return [StreamMonth(*row) for row in rows]


async def budgets_by_stream(year: int) -> dict[str, int]:
    """What was granted of a year by stream ("" for any) in fen."""
    rows = await fetch_tuples(
        """SELECT b.stream, -sum(a.balance_fen)::bigint FROM fund_budget b JOIN fund_account a ON a.budget = b.id AND a.kind = 'granted'
           WHERE b.year = $1 GROUP BY b.stream ORDER BY b.stream""",
        year,
    )
    return dict(rows)


async def returned_by_month(year: int) -> dict[int, int]:
    """What came back of recoveries in a year by month, in fen."""
    rows = await fetch_tuples(
        """SELECT extract(month FROM received_on)::int, sum(fen)::bigint FROM recovery_receipt
           WHERE received_on BETWEEN $1 AND $2 GROUP BY 1 ORDER BY 1""",
        *(date(year, 1, 1), date(year, 12, 31)),
    )
    return dict(rows)


async def held_cases() -> int:
    """How many cases are held before payment, for whatever reason; no name is told."""
    ((count,),) = await fetch_tuples("SELECT count(DISTINCT case_no)::int FROM fund_hold WHERE lifted_at IS NULL")
    return int(count)
