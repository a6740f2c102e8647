"""Queries of claims and their assessments. Rows go in by COPY and come out as tuples; persons are keyed hashes."""

import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from training_admin.database import copy_rows, fetch_tuples
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.kit.refusals import NotFound
from training_admin.kit.vault import Vault
from training_admin.subsidy.form import CellProblem, ClaimForm, ClassRow, CostRow
from training_admin.subsidy.gather import KeyedClaim, KeyedLine
from training_admin.subsidy.record import PAYING, AssessmentRecord, Finding
from training_admin.subsidy.views import ClaimSummary, PersonShown, RecordHead

SEALED_LINE = "claim_line.sealed"
SEALED_HEAD = "claim.sealed_head"
PERSON_PLACE = "person"
FASTEST = 1
_SUMMARY = """
    SELECT c.number, c.uscc, c.enterprise_name, c.claim_year, c.state, c.as_of, c.submitted_at, c.line_count,
           a.computed_fen, a.payable_fen
    FROM claim c LEFT JOIN LATERAL (
        SELECT computed_fen, payable_fen FROM assessment WHERE claim = c.id ORDER BY place DESC LIMIT 1
    ) a ON true
"""
LINE_COLUMNS = (
    "claim",
    "row",
    "readable",
    "class_no",
    "person",
    "person_group",
    "birth",
    "sex",
    "contract_start",
    "contract_end",
    "attended_centihours",
    "exam_result",
    "sealed",
)
_COST_COLUMNS = (
    "claim",
    "row",
    "readable",
    "class_no",
    "category",
    "invoice_no",
    "issuer_name",
    "issuer",
    "invoiced_on",
    "amount_fen",
    "voucher_no",
)


class ClaimNotFound(NotFound):
    """There is no such claim, or not for this actor."""

    code = "claim-not-found"


class SealedLine(msgspec.Struct, frozen=True, array_like=True):
    """What of a roster row is kept only sealed."""

    name: str
    id_type: str
    id_no: str
    mobile: str
    note: str


class StoredRecord(msgspec.Struct, frozen=True):
    """One stored assessment with its digest, and what it was made of: the claim, the pack, when its facts were known."""

    key: int
    claim: int
    number: str
    known_at: datetime
    pack: str
    sha256: str
    lines: int


class NewClaim(msgspec.Struct, frozen=True):
    """A claim about to be stored."""

    number: str
    keyed: KeyedClaim
    form: ClaimForm
    file_id: int
    readable_only: bool
    submitted_at: datetime
    submitted_by: str
    state: str


async def add_claim(new: NewClaim, vault: Vault) -> int:
    """Store a claim with classes, lines and costs; returns its key. Belongs inside a write transaction."""
    head = new.form.head
    assert head is not None
    found = await fetch_tuples(
        """INSERT INTO claim (number, uscc, enterprise_name, claim_year, as_of, state, version, readable_only,
               submitted_at, submitted_by, file, sealed_head, attended_column, line_count, cells_read, problems)
           VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id""",
        new.number,
        head.uscc,
        head.enterprise_name,
        head.claim_year,
        new.keyed.as_of,
        new.state,
        new.readable_only,
        new.submitted_at,
        new.submitted_by,
        new.file_id,
        vault.encrypt(msgspec.json.encode(head), place=SEALED_HEAD),
        new.keyed.attended_column,
        len(new.keyed.lines),
        new.form.cells_read,
        msgspec.json.encode(new.form.problems).decode(),
    )
    claim_id: int = found[0][0]
    await copy_rows(
        "claim_class",
        ("claim", "row", "class_no", "content"),
        [(claim_id, row.row, row.class_no, msgspec.json.encode(row).decode()) for row in new.form.classes],
    )
    await copy_rows("claim_line", LINE_COLUMNS, line_records(claim_id, new, vault))
    await copy_rows("claim_cost", _COST_COLUMNS, [_cost_record(claim_id, cost) for cost in new.form.costs])
    return claim_id


def line_records(claim_id: int, new: NewClaim, vault: Vault) -> Iterable[tuple[Any, ...]]:
    """The rows of `claim_line` of a claim, in the order of its columns."""
    encode, seal = msgspec.msgpack.encode, vault.encryption(place=SEALED_LINE)
    for line, row in zip(new.keyed.lines, new.form.lines, strict=True):
        sealed = seal(encode(SealedLine(row.name, row.id_type, row.id_no, row.mobile, row.note)))
        yield (
            claim_id,
            line.row,
            line.readable,
            line.class_no,
            bytes.fromhex(line.person),
            line.group,
            line.birth,
            line.sex,
            line.contract_start,
            line.contract_end,
            line.attended_centihours,
            line.exam_result,
            sealed,
        )


def _cost_record(claim_id: int, cost: CostRow) -> tuple[Any, ...]:
    return (
        claim_id,
        cost.row,
        cost.readable,
        cost.class_no,
        cost.category,
        cost.invoice_no,
        cost.issuer_name,
        cost.issuer,
        cost.invoiced_on,
        cost.amount_fen,
        cost.voucher_no,
    )


async def claim_of_file(file_id: int) -> ClaimSummary | None:
    """The claim made from a stored file, if there is one: the same workbook is one claim."""
    found = await fetch_tuples(_SUMMARY + " WHERE c.file = $1", file_id)
    return ClaimSummary(*found[0]) if found else None


async def rows_of_file(file_id: int) -> frozenset[int]:
    """The roster rows that were claimed with a stored file."""
    found = await fetch_tuples("SELECT l.row FROM claim_line l JOIN claim c ON c.id = l.claim WHERE c.file = $1", file_id)
    return frozenset(row for (row,) in found)


async def standing_claims(class_nos: Sequence[str]) -> dict[str, str]:
    """Which of some classes stand in a claim that was neither withdrawn nor turned away, with its number; in the open transaction."""
    found = await fetch_tuples(
        """SELECT k.class_no, min(c.number) FROM claim_class k JOIN claim c ON c.id = k.claim
           WHERE k.class_no = ANY($1) AND c.state NOT IN ('withdrawn', 'not_accepted') GROUP BY k.class_no ORDER BY k.class_no""",
        list(class_nos),
    )
    return dict(found)


async def claim_summary(number: str, *, organisations: list[str] | None = None) -> tuple[int, ClaimSummary, tuple[CellProblem, ...], str]:
    """Key, summary, cell problems and SHA-256 of the file of a claim; raises ClaimNotFound, also for another organisation's."""
    found = await fetch_tuples(
        _SUMMARY.replace("SELECT ", "SELECT c.id, c.problems, (SELECT sha256 FROM stored_file WHERE id = c.file), ", 1)  # noqa: S608 - our own texts
        + " WHERE c.number = $1 AND ($2::text[] IS NULL OR c.uscc = ANY($2))",
        number,
        organisations,
    )
    if not found:
        raise ClaimNotFound("没有找到这份申报，请核对申报编号。")
    claim_id, problems, sha256, *rest = found[0]
    return claim_id, ClaimSummary(*rest), msgspec.json.decode(problems, type=tuple[CellProblem, ...]), sha256


async def claim_summaries(
    *, before: int | None, limit: int, state: str | None, organisations: list[str] | None
) -> list[tuple[int, ClaimSummary]]:
    """Newest claims of the organisations first (None for all), by key, for keyset paging."""
    found = await fetch_tuples(
        _SUMMARY.replace("SELECT ", "SELECT c.id, ", 1) + " WHERE ($1::bigint IS NULL OR c.id < $1) AND ($2::text IS NULL OR c.state = $2)"
        " AND ($4::text[] IS NULL OR c.uscc = ANY($4)) ORDER BY c.id DESC LIMIT $3",
        *(before, state, limit, organisations),
    )
    return [(row[0], ClaimSummary(*row[1:])) for row in found]


async def year_totals() -> list[tuple[int, ...]]:
    """By claim year: enterprises, claims, rows, paying people, computed and payable fen of the newest records."""
    found = await fetch_tuples(
        """SELECT c.claim_year, count(DISTINCT c.uscc), count(*), sum(c.line_count)::bigint, coalesce(sum(a.paying_people), 0)::bigint,
               coalesce(sum(a.computed_fen), 0)::bigint, coalesce(sum(a.payable_fen), 0)::bigint
           FROM claim c LEFT JOIN LATERAL (
               SELECT paying_people, computed_fen, payable_fen FROM assessment WHERE claim = c.id ORDER BY place DESC LIMIT 1
           ) a ON true GROUP BY c.claim_year ORDER BY c.claim_year DESC"""
    )
    return [tuple(row) for row in found]


async def load_keyed_claim(claim_id: int) -> KeyedClaim:
    """A stored claim as the facts need it, in two queries."""
    return (await load_keyed_claims([claim_id]))[claim_id]


async def load_keyed_claims(claims: Sequence[int]) -> dict[int, KeyedClaim]:
    """Stored claims as the facts need them by their keys, in two queries."""
    heads = await fetch_tuples(
        """SELECT c.id, c.number, c.uscc, c.claim_year, c.as_of, c.attended_column,
               (SELECT coalesce(json_agg(k.content ORDER BY k.row), '[]') FROM claim_class k WHERE k.claim = c.id)::text,
               (SELECT coalesce(json_agg(json_build_object('row', o.row, 'readable', o.readable, 'class_no', o.class_no,
                    'category', o.category, 'invoice_no', o.invoice_no, 'amount_fen', o.amount_fen) ORDER BY o.row), '[]')
                FROM claim_cost o WHERE o.claim = c.id)::text
           FROM claim c WHERE c.id = ANY($1) ORDER BY c.id""",
        list(claims),
    )
    lines: dict[int, list[KeyedLine]] = {}
    for claim, *line in await fetch_tuples(
        """SELECT claim, row, readable, class_no, encode(person, 'hex'), person_group, birth, sex, contract_start, contract_end,
               attended_centihours, exam_result FROM claim_line WHERE claim = ANY($1) ORDER BY claim, row""",
        list(claims),
    ):
        lines.setdefault(claim, []).append(KeyedLine(*line))
    return {
        key: KeyedClaim(
            claim_number=number,
            uscc=uscc,
            claim_year=claim_year,
            as_of=as_of,
            classes=msgspec.json.decode(classes, type=tuple[ClassRow, ...]),
            lines=tuple(lines.get(key, ())),
            costs=msgspec.json.decode(costs, type=tuple[CostRow, ...]),
            attended_column=attended_column,
        )
        for key, number, uscc, claim_year, as_of, attended_column, classes, costs in heads
    }


async def people_shown(claim_id: int, vault: Vault, mask: Any) -> dict[int, PersonShown]:
    """Names and masked numbers of a claim by row."""
    found = await fetch_tuples("SELECT row, sealed FROM claim_line WHERE claim = $1 ORDER BY row", claim_id)
    people = {}
    for row, sealed in found:
        line = msgspec.msgpack.decode(vault.decrypt(sealed, place=SEALED_LINE), type=SealedLine)
        people[row] = PersonShown(line.name, line.id_type, mask(line.id_no))
    return people


async def add_record(claim_id: int, record: AssessmentRecord, *, known_at: datetime, cause: str) -> RecordHead:
    """Keep a record for ever, beside the earlier ones, with its findings as rows; one cause is one finding."""
    plain = canonical_json(record)
    digest = sha256_hex(plain)
    found = await fetch_tuples(
        """INSERT INTO assessment (claim, place, known_at, engine, pack, cause, sha256, content,
               computed_fen, payable_fen, paying_people)
           SELECT $1, coalesce(max(place), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM assessment WHERE claim = $1
           RETURNING id, place""",
        claim_id,
        known_at,
        record.engine,
        record.pack,
        cause,
        digest,
        zlib.compress(plain, FASTEST),
        record.ceiling.computed_fen,
        record.ceiling.payable_fen,
        sum(1 for line in record.lines if line.outcome in PAYING),
    )
    assessment_id, place = found[0]
    await copy_rows(
        "finding",
        ("assessment", "rule", "scope", "class_no", "answer", "effect", "missing", "places", "rows"),
        finding_records(assessment_id, record),
    )
    return RecordHead(place, known_at, digest, cause, record.ceiling.payable_fen)


def finding_records(assessment_id: int, record: AssessmentRecord) -> list[tuple[Any, ...]]:
    """Findings as rows: those of claim and classes once, those of lines grouped by cause with the rows they touch."""
    rows: list[tuple[Any, ...]] = []
    grouped: dict[tuple[str, str, str, str, str], list[int]] = {}
    rows.extend(_finding_record(assessment_id, finding, "claim", "", 1, []) for finding in record.findings)
    for klass in record.classes:
        rows.extend(_finding_record(assessment_id, finding, "class", klass.class_no, 1, []) for finding in klass.findings)
    for line in record.lines:
        for finding in line.findings:
            cause = (finding.rule, line.class_no, finding.answer, finding.effect, finding.missing)
            grouped.setdefault(cause, []).append(line.row)
    for (rule, class_no, answer, effect, missing), places in grouped.items():
        rows.append((assessment_id, rule, "line", class_no, answer, effect, missing, len(places), places))
    return rows


def _finding_record(assessment_id: int, finding: Finding, scope: str, class_no: str, places: int, rows: Sequence[int]) -> tuple[Any, ...]:
    return (
        assessment_id,
        finding.rule,
        scope,
        class_no,
        finding.answer,
        finding.effect,
        finding.missing,
        places,
        list(rows),
    )


async def record_heads(claim_id: int) -> tuple[RecordHead, ...]:
    """All assessments of a claim, oldest first."""
    found = await fetch_tuples(
        "SELECT place, known_at, sha256, cause, payable_fen FROM assessment WHERE claim = $1 ORDER BY place", claim_id
    )
    return tuple(RecordHead(*row) for row in found)


async def load_record(claim_id: int, place: int | None) -> tuple[bytes, str] | None:
    """The plain bytes and the digest of one record, the newest when no place is given."""
    found = await fetch_tuples(
        """SELECT content, sha256 FROM assessment WHERE claim = $1 AND ($2::int IS NULL OR place = $2)
           ORDER BY place DESC LIMIT 1""",
        claim_id,
        place,
    )
    return (zlib.decompress(found[0][0]), found[0][1]) if found else None


async def every_record(after: int, limit: int, *, number: str | None = None) -> list[StoredRecord]:
    """Assessments in order of their keys, of all claims or of one."""
    of_one, numbers = ("", ()) if number is None else (" AND c.number = $3", (number,))
    found = await fetch_tuples(
        f"""SELECT a.id, a.claim, c.number, a.known_at, a.pack, a.sha256, c.line_count FROM assessment a JOIN claim c ON c.id = a.claim
            WHERE a.id > $1{of_one} ORDER BY a.id LIMIT $2""",  # noqa: S608 - our own words
        *(after, limit, *numbers),
    )
    return [StoredRecord(*row) for row in found]


async def claims_touched(delivery_id: int, states: Sequence[str]) -> list[tuple[int, str]]:
    """Claims in the given states about whose firm, classes or persons a delivery says something, or that wait for what it covers.

    OFFSET 0 keeps the look-up of lines by person: the lines of all years are never read.
    """
    found = await fetch_tuples(
        """SELECT c.id, c.number FROM claim c JOIN (
               SELECT o.id FROM (SELECT uscc FROM enterprise_version WHERE delivery = $1
                                 UNION SELECT uscc FROM year_amount WHERE delivery = $1) firm JOIN claim o ON o.uscc = firm.uscc
               UNION SELECT k.claim FROM filing_version f JOIN claim_class k ON k.class_no = f.class_no WHERE f.delivery = $1
               UNION SELECT l.claim FROM (SELECT person FROM insured_month WHERE delivery = $1
                                          UNION SELECT person FROM paid_training WHERE delivery = $1) told
                     CROSS JOIN LATERAL (SELECT claim FROM claim_line WHERE person = told.person OFFSET 0) l
               UNION SELECT a.claim FROM finding f JOIN assessment a ON a.id = f.assessment
                     WHERE f.answer = 'unknown' AND EXISTS (SELECT 1 FROM covered v WHERE v.delivery = $1)) touched ON touched.id = c.id
           WHERE c.state = ANY($2)
           ORDER BY c.id""",
        delivery_id,
        list(states),
    )
    return [(row[0], row[1]) for row in found]
