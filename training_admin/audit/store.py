"""Queries of the audit: everything about the chosen claims in a constant number of statements, handed out claim by claim.

Whatever grows with the people is read through cursors in order of the claims' keys, so memory holds one claim at a time.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.database import current_connection, fetch_tuples
from training_admin.fund.facts import OF_OWN_PAYMENTS
from training_admin.kit.refusals import NotFound
from training_admin.parties.store import month_number

BATCH = 1000
# Records are large: that of a claim of 10 000 people has a megabyte.
FEW = 4
# Rows of other claims that are named at an invoice used before.
MOST_ELSEWHERE = 50
# Roster rows from which on a workbook is made in a process of its own.
LARGE = 3000
# Claims that ask for nothing any more: nothing of them is claimed twice.
DEAD = "('withdrawn', 'replaced', 'not_accepted')"
_NEWEST = "SELECT * FROM assessment WHERE claim = c.id ORDER BY place DESC LIMIT 1"
_HEADS = f"""
    SELECT c.id, c.number, c.uscc, c.enterprise_name, c.claim_year, c.as_of, c.line_count, c.sealed_head, a.place, a.known_at, a.sha256,
           a.pack, a.computed_fen, a.payable_fen,
           (SELECT coalesce(sum((SELECT b.payable_fen FROM assessment b WHERE b.claim = o.id ORDER BY b.place DESC LIMIT 1)), 0)
            FROM claim o WHERE o.uscc = c.uscc AND o.claim_year = c.claim_year AND o.id <> c.id AND o.state NOT IN {DEAD})::bigint
    FROM claim c JOIN LATERAL ({_NEWEST}) a ON true
"""  # noqa: S608 - no value is put in
_LINES = """
    SELECT claim, row, readable, class_no, encode(person, 'hex'), person_group, birth, sex, contract_start, contract_end,
           attended_centihours, exam_result, sealed
    FROM claim_line WHERE claim = ANY($1) ORDER BY claim, row
"""
_RECORDS = f"""
    SELECT c.id, a.content FROM claim c JOIN LATERAL ({_NEWEST}) a ON true WHERE c.id = ANY($1) ORDER BY c.id
"""  # noqa: S608 - no value is put in
_INSURANCE = """
    SELECT claim, encode(person, 'hex'), month, payer FROM (
        SELECT l.claim, i.person, i.month, i.payer,
               dense_rank() OVER (PARTITION BY l.claim, i.person, i.month ORDER BY d.received_at DESC, d.id DESC) AS age
        FROM (SELECT DISTINCT claim, person FROM claim_line WHERE claim = ANY($1) AND length(person) > 0) l
        JOIN insured_month i ON i.person = l.person AND i.month BETWEEN $2 AND $3
        JOIN delivery d ON d.id = i.delivery AND d.received_at <= $4
    ) newest WHERE age = 1 GROUP BY claim, person, month, payer ORDER BY claim, person, month, payer
"""
_PAYMENTS = """
    SELECT DISTINCT l.claim, encode(p.person, 'hex'), p.occupation, p.level, p.paid_on, p.fund, p.amount_fen, p.stream, p.place
    FROM (SELECT DISTINCT claim, person FROM claim_line WHERE claim = ANY($1) AND length(person) > 0) l
    JOIN paid_training p ON p.person = l.person JOIN delivery d ON d.id = p.delivery AND d.received_at <= $2
    WHERE p.case_no IS NULL ORDER BY 1, 2, 5, 3, 4, 6, 7, 8, 9
"""
_SAID = """
    SELECT DISTINCT l.claim, encode(e.person, 'hex'), k.kind, e.starts, e.ends, e.word
    FROM (SELECT DISTINCT claim, person FROM claim_line WHERE claim = ANY($1) AND length(person) > 0) l
    JOIN match_entry e ON e.person = l.person JOIN match_list k ON k.id = e.match_list AND k.imported_at <= $2
    ORDER BY 1, 2, 3, 4, 5, 6
"""
# A line of another claim pays when neither that claim's newest record nor the last word of its reviewers holds or refuses it, or when it
# was paid. What was paid before this claim's person came earlier, whenever its claim was submitted.
_OTHERS = f"""
    SELECT mine.claim, encode(mine.person, 'hex'), theirs.sealed, c.number, c.uscc, theirs.class_no,
           c.id < mine.claim OR p.id IS NOT NULL, k.content, p.id IS NOT NULL OR theirs.readable AND a.id IS NOT NULL AND NOT EXISTS (
               SELECT 1 FROM finding f WHERE f.assessment = a.id AND f.effect NOT IN ('', 'WARN')
               AND (f.scope = 'claim' OR (f.scope = 'class' AND f.class_no = theirs.class_no)
                    OR (f.scope = 'line' AND theirs.row = ANY(f.rows))))
               AND NOT coalesce((SELECT w.decision IN ('refuse', 'hold') FROM line_decision w WHERE w.claim = c.id AND w.row = theirs.row
                                 ORDER BY w.id DESC LIMIT 1), false)
    FROM (SELECT DISTINCT claim, person FROM claim_line WHERE claim = ANY($1) AND length(person) > 0) mine
    JOIN claim_line theirs ON theirs.person = mine.person AND theirs.claim <> mine.claim
    JOIN claim c ON c.id = theirs.claim AND c.state NOT IN {DEAD} LEFT JOIN LATERAL ({_NEWEST}) a ON true
    LEFT JOIN LATERAL (SELECT content FROM claim_class k WHERE k.claim = c.id AND k.class_no = theirs.class_no
                       ORDER BY k.row LIMIT 1) k ON true
    LEFT JOIN LATERAL (SELECT t.id FROM paid_training t WHERE t.case_no = c.number AND t.place = theirs.row AND t.gone_at IS NULL
                       AND NOT EXISTS (SELECT 1 FROM paid_training own JOIN claim me ON me.number = own.case_no
                                       WHERE me.id = mine.claim AND own.person = mine.person AND own.gone_at IS NULL) LIMIT 1) p ON true
    ORDER BY mine.claim, c.id, theirs.row
"""  # noqa: S608 - no value is put in


class NothingToExport(NotFound):
    """No assessed claim fits the wish."""

    code = "nothing-to-export"


class ClaimHead(msgspec.Struct, frozen=True):
    """One chosen claim with what its newest assessment says; `sealed_head` holds account and contact."""

    id: int
    number: str
    uscc: str
    enterprise_name: str
    claim_year: int
    as_of: date
    lines: int
    sealed_head: bytes
    place: int
    known_at: datetime
    sha256: str
    pack: str
    computed_fen: int
    payable_fen: int | None
    other_payable_fen: int


class RowsByClaim:
    """Rows of a cursor whose first column is the claim's key, in ascending order: asked for claim by claim in the same order."""

    def __init__(self, cursor: Any, batch: int = BATCH) -> None:
        self._cursor, self._batch = cursor, batch
        self._waiting: list[tuple[Any, ...]] = []
        self._over = False

    async def of(self, claim: int) -> list[tuple[Any, ...]]:
        """The rows of one claim, without the key."""
        rows: list[tuple[Any, ...]] = []
        while True:
            if not self._waiting and not self._over:
                self._waiting = await self._cursor.fetch(self._batch)
                self._over = len(self._waiting) < self._batch
            end = next((place for place, row in enumerate(self._waiting) if row[0] != claim), len(self._waiting))
            rows.extend(tuple(row)[1:] for row in self._waiting[:end])
            del self._waiting[:end]
            if self._waiting or self._over:
                return rows


async def _cursor(sql: str, *arguments: Any, batch: int = BATCH) -> RowsByClaim:
    return RowsByClaim(await current_connection().cursor(sql, *arguments), batch)


async def head_of(number: str, *, organisations: list[str] | None) -> list[ClaimHead]:
    """One claim of the scope by its number; raises NothingToExport when there is none or it has not been assessed."""
    found = await fetch_tuples(f"{_HEADS} WHERE c.number = $1 AND ($2::text[] IS NULL OR c.uscc = ANY($2))", number, organisations)
    if not found:
        raise NothingToExport("没有找到这份申报，或它还没有核验记录。请核对申报编号，或等自动核验完成后再导出。")
    return [ClaimHead(*row) for row in found]


async def heads_between(start: date, end: date, *, organisations: list[str] | None) -> list[ClaimHead]:
    """Assessed claims of the scope submitted in a stretch of days, both included; raises NothingToExport.

    A claim that was mended, withdrawn or turned away is not among them: its people would be counted beside those who are paid.
    """
    found = await fetch_tuples(
        f"""{_HEADS} WHERE c.as_of BETWEEN $1 AND $2 AND ($3::text[] IS NULL OR c.uscc = ANY($3)) AND c.state NOT IN {DEAD}
            ORDER BY c.id""",
        *(start, end, organisations),
    )
    if not found:
        raise NothingToExport("这段时间内没有已核验的申报。请换一段申报日期后重试。")
    return [ClaimHead(*row) for row in found]


async def heads_of(numbers: Sequence[str]) -> list[ClaimHead]:
    """Assessed claims by their numbers that still ask for something, in order of submission; others are left out."""
    query = f"{_HEADS} WHERE c.number = ANY($1) AND c.state NOT IN {DEAD} ORDER BY c.id"
    return [ClaimHead(*row) for row in await fetch_tuples(query, list(numbers))]


async def numbers_between(start: date, end: date) -> list[str]:
    """Numbers of assessed claims submitted in a stretch of days, both included, that still ask for something."""
    found = await fetch_tuples(
        f"""SELECT c.number FROM claim c WHERE c.as_of BETWEEN $1 AND $2 AND c.state NOT IN {DEAD}
            AND EXISTS (SELECT 1 FROM assessment a WHERE a.claim = c.id) ORDER BY c.id""",  # noqa: S608 - our own words
        *(start, end),
    )
    return [row[0] for row in found]


async def lines(claims: Sequence[int]) -> RowsByClaim:
    """Roster rows, names and numbers sealed."""
    return await _cursor(_LINES, list(claims))


async def records(claims: Sequence[int]) -> RowsByClaim:
    """The newest record of each claim, compressed."""
    return await _cursor(_RECORDS, list(claims), batch=FEW)


async def insurance(claims: Sequence[int], *, first: str, last: str, known_at: datetime) -> RowsByClaim:
    """Insured months of the people of each claim: person, month as number, payer; each month by the newest delivery."""
    return await _cursor(_INSURANCE, list(claims), month_number(first), month_number(last), known_at)


async def payments(claims: Sequence[int], known_at: datetime) -> RowsByClaim:
    """Earlier payments of the people of each claim."""
    return await _cursor(_PAYMENTS, list(claims), known_at)


async def said_elsewhere(claims: Sequence[int], known_at: datetime) -> RowsByClaim:
    """What lists of other departments say of the people of each claim: person, kind, from, to, word."""
    return await _cursor(_SAID, list(claims), known_at)


async def others(claims: Sequence[int]) -> RowsByClaim:
    """Rows of other claims with the same people."""
    return await _cursor(_OTHERS, list(claims))


async def other_classes(claims: Sequence[int]) -> list[tuple[str, str]]:
    """Class numbers and contents of other claims' classes in which people of these claims stand."""
    found = await fetch_tuples(
        """SELECT DISTINCT k.class_no, k.content::text
           FROM (SELECT DISTINCT claim, person FROM claim_line WHERE claim = ANY($1) AND length(person) > 0) mine
           JOIN claim_line theirs ON theirs.person = mine.person AND theirs.claim <> mine.claim
           JOIN claim_class k ON k.claim = theirs.claim AND k.class_no = theirs.class_no""",
        list(claims),
    )
    return [(row[0], row[1]) for row in found]


async def classes(claims: Sequence[int]) -> list[tuple[int, str]]:
    """Class rows of the claims in sheet order: claim and content."""
    found = await fetch_tuples("SELECT claim, content::text FROM claim_class WHERE claim = ANY($1) ORDER BY claim, row", list(claims))
    return [(row[0], row[1]) for row in found]


async def costs(claims: Sequence[int]) -> RowsByClaim:
    """Vouchers in sheet order, each with the first rows of other claims that carry the same invoice number."""
    return await _cursor(
        f"""SELECT o.claim, o.row, o.readable, o.class_no, o.category, o.invoice_no, o.issuer_name, o.issuer, o.invoiced_on,
               o.amount_fen, o.voucher_no, (
                   SELECT json_agg(json_build_array(e.number, e.row) ORDER BY e.id, e.row) FROM (
                       SELECT c.id, c.number, x.row FROM claim_cost x JOIN claim c ON c.id = x.claim AND c.state NOT IN {DEAD}
                       WHERE x.invoice_no = o.invoice_no AND x.claim <> o.claim AND o.invoice_no <> ''
                       ORDER BY c.id, x.row LIMIT {MOST_ELSEWHERE}) e)::text
           FROM claim_cost o WHERE o.claim = ANY($1) ORDER BY o.claim, o.row""",  # noqa: S608 - our own words
        list(claims),
    )


async def deliveries(known_at: datetime) -> list[tuple[str, date, datetime, int]]:
    """The last twenty deliveries of registers by then, newest first: source, as-of day, instant, rows. Own payments are none."""
    found = await fetch_tuples(
        """SELECT source, as_of, received_at, rows FROM delivery WHERE received_at <= $1 AND source <> $2
           ORDER BY received_at DESC, id DESC LIMIT 20""",
        *(known_at, OF_OWN_PAYMENTS),
    )
    return [(row[0], row[1], row[2], row[3]) for row in found]
