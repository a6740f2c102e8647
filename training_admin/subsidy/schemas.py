"""The JSON of claims: what goes over the wire. Amounts are whole fen with a display string, instants carry +08:00."""

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from training_admin.kit.money import yuan_grouped
from training_admin.kit.wording import hundredths
from training_admin.parties.facts import DeliveryHead
from training_admin.subsidy.explain import explain_claim, explain_class, explain_line
from training_admin.subsidy.explained import LineShown, RuleAnswer, StepShown
from training_admin.subsidy.form import CellProblem
from training_admin.subsidy.record import AssessmentRecord, ClassResult, LineResult
from training_admin.subsidy.screens import LineRow, line_row, state_words, totals
from training_admin.subsidy.views import (
    ClaimDetail,
    ClaimReceipt,
    ClaimSummary,
    Contradiction,
    PersonShown,
    Precheck,
    RecordHead,
)
from training_admin.web import shanghai_iso


class Amount(msgspec.Struct, frozen=True):
    """An amount of money in fen, and how it is shown in yuan."""

    amount_fen: int
    display: str


class ReceiptAnswer(msgspec.Struct, frozen=True):
    """The receipt of a submitted claim."""

    number: str
    state: str
    state_words: str
    lines: int
    submitted_at: str


class ClaimRow(msgspec.Struct, frozen=True):
    """A claim in a list; amounts are null before the assessment and while the ceiling is unknown."""

    number: str
    uscc: str
    enterprise_name: str
    claim_year: int
    state: str
    state_words: str
    as_of: date
    submitted_at: str
    lines: int
    computed: Amount | None
    payable: Amount | None


class ClaimsPage(msgspec.Struct, frozen=True):
    """A page of claims, newest first; `next_cursor` is null on the last one."""

    claims: tuple[ClaimRow, ...]
    next_cursor: str | None


class TotalsAnswer(msgspec.Struct, frozen=True):
    """How many lines have which outcome, and the sums."""

    people: int
    paying: int
    held: int
    refused: int
    cells: int
    outcomes: dict[str, int]


class CeilingAnswer(msgspec.Struct, frozen=True):
    """The enterprise ceiling; null where it is not known yet or there is none, as `words` says."""

    ceiling: Amount | None
    left: Amount | None
    computed: Amount
    payable: Amount | None
    cut: Amount | None
    words: str
    steps: tuple[StepShown, ...]


class ClassAnswer(msgspec.Struct, frozen=True):
    """One class with its price per head, step by step, and the answers of its rules. Hours are training hours of 45 minutes."""

    class_no: str
    stream: str
    item_code: str | None
    start: date
    end: date
    enrolled: int
    delivered_hours: str
    eligible_cost: Amount
    refused_cost: Amount
    per_head: Amount
    payable_people: int
    computed: Amount
    answers: tuple[RuleAnswer, ...]
    steps: tuple[StepShown, ...]


class Reason(msgspec.Struct, frozen=True):
    """A rule that failed or is unknown, with its numbers in a sentence."""

    rule: str
    sentence: str


class LineAnswer(msgspec.Struct, frozen=True):
    """One roster row; the person's number is masked."""

    row: int
    class_no: str
    person: PersonShown
    outcome: str
    outcome_words: str
    computed: Amount
    payable: Amount
    reasons: tuple[Reason, ...]


class LinesPage(msgspec.Struct, frozen=True):
    """A page of roster rows in sheet order."""

    lines: tuple[LineAnswer, ...]
    next_cursor: str | None


class LineDecision(msgspec.Struct, frozen=True):
    """One roster row explained clause by clause."""

    person: PersonShown
    decision: LineShown


class AssessmentAnswer(msgspec.Struct, frozen=True):
    """One assessment of a claim as a whole; lines are asked for apart."""

    as_of: date
    pack: str
    pack_version: str
    engine: str
    totals: TotalsAnswer
    ceiling: CeilingAnswer
    answers: tuple[RuleAnswer, ...]
    classes: tuple[ClassAnswer, ...]


class RecordAnswer(msgspec.Struct, frozen=True):
    """One stored assessment: its place among those of the claim and the SHA-256 of its canonical JSON."""

    place: int
    known_at: str
    cause: str
    sha256: str
    payable: Amount | None


class ClaimAnswer(msgspec.Struct, frozen=True):
    """A claim with its newest assessment (null while it is under way), all records and wrong cells."""

    claim: ClaimRow
    assessment: AssessmentAnswer | None
    records: tuple[RecordAnswer, ...]
    cells: tuple[CellProblem, ...]


class PrecheckAnswer(msgspec.Struct, frozen=True):
    """The result of a pre-check; nothing is stored."""

    readable_lines: int
    unreadable_lines: int
    cells: tuple[CellProblem, ...]
    contradictions: tuple[Contradiction, ...]
    assessment: AssessmentAnswer | None
    lines: tuple[LineAnswer, ...]


class DeliveryAnswer(msgspec.Struct, frozen=True):
    """One received delivery of registers."""

    delivery: int
    source: str
    as_of: date
    received_at: str
    rows: int


class DeliveriesPage(msgspec.Struct, frozen=True):
    """A page of deliveries, newest first; `next_cursor` is null on the last one."""

    deliveries: tuple[DeliveryAnswer, ...]
    next_cursor: str | None


class DeliveryReceiptAnswer(msgspec.Struct, frozen=True):
    """The receipt of a delivery: its rows, the claims that are assessed again because of it, and whether it was there before."""

    delivery: int
    rows: int
    claims: tuple[str, ...]
    already_there: bool


def delivery_answer(head: DeliveryHead) -> DeliveryAnswer:
    """A delivery for the wire."""
    return DeliveryAnswer(head.id, head.source, head.as_of, shanghai_iso(head.received_at), head.rows)


def amount(fen: int) -> Amount:
    """An amount with its display."""
    return Amount(fen, yuan_grouped(fen))


def optional_amount(fen: int | None) -> Amount | None:
    """An amount, or null."""
    return None if fen is None else amount(fen)


def receipt_answer(receipt: ClaimReceipt) -> ReceiptAnswer:
    """A receipt for the wire."""
    return ReceiptAnswer(receipt.number, receipt.state, state_words(receipt.state), receipt.lines, shanghai_iso(receipt.submitted_at))


def claim_row(summary: ClaimSummary) -> ClaimRow:
    """A claim of a list for the wire."""
    return ClaimRow(
        number=summary.number,
        uscc=summary.uscc,
        enterprise_name=summary.enterprise_name,
        claim_year=summary.claim_year,
        state=summary.state,
        state_words=state_words(summary.state),
        as_of=summary.as_of,
        submitted_at=shanghai_iso(summary.submitted_at),
        lines=summary.lines,
        computed=optional_amount(summary.computed_fen),
        payable=optional_amount(summary.payable_fen),
    )


def claim_answer(detail: ClaimDetail) -> ClaimAnswer:
    """A claim for the wire."""
    return ClaimAnswer(
        claim=claim_row(detail.summary),
        assessment=None if detail.record is None else assessment_answer(detail.record),
        records=tuple(_record_answer(head) for head in detail.records),
        cells=detail.problems,
    )


def precheck_answer(checked: Precheck) -> PrecheckAnswer:
    """A pre-check for the wire."""
    record = checked.record
    return PrecheckAnswer(
        readable_lines=checked.readable_lines,
        unreadable_lines=checked.unreadable_lines,
        cells=checked.problems,
        contradictions=checked.contradictions,
        assessment=None if record is None else assessment_answer(record),
        lines=() if record is None else line_answers(line_row(record, line, checked.people) for line in record.lines),
    )


def assessment_answer(record: AssessmentRecord) -> AssessmentAnswer:
    """A record as a whole for the wire."""
    sums, shown, ceiling = totals(record), explain_claim(record), record.ceiling
    return AssessmentAnswer(
        as_of=record.as_of,
        pack=record.pack,
        pack_version=record.pack_version,
        engine=record.engine,
        totals=TotalsAnswer(sums.people, sums.paying, sums.held, sums.refused, sums.cells, {part.outcome: part.count for part in sums.bar}),
        ceiling=CeilingAnswer(
            ceiling=optional_amount(ceiling.ceiling_fen),
            left=optional_amount(ceiling.left_fen),
            computed=amount(ceiling.computed_fen),
            payable=optional_amount(ceiling.payable_fen),
            cut=optional_amount(ceiling.cut_fen),
            words=shown.ceiling_words,
            steps=shown.steps,
        ),
        answers=shown.answers,
        classes=tuple(_class_answer(klass) for klass in record.classes),
    )


def line_answers(rows: Iterable[LineRow]) -> tuple[LineAnswer, ...]:
    """Roster rows for the wire."""
    return tuple(
        LineAnswer(
            row=row.row,
            class_no=row.class_no,
            person=row.person,
            outcome=row.outcome,
            outcome_words=row.outcome_words,
            computed=amount(row.computed_fen),
            payable=amount(row.payable_fen),
            reasons=tuple(Reason(rule, text) for rule, text in row.reasons),
        )
        for row in rows
    )


def line_decision(record: AssessmentRecord, line: LineResult, people: Mapping[int, PersonShown]) -> LineDecision:
    """One row explained for the wire."""
    return LineDecision(line_row(record, line, people).person, explain_line(record, line))


def _class_answer(klass: ClassResult) -> ClassAnswer:
    shown = explain_class(klass)
    return ClassAnswer(
        class_no=klass.class_no,
        stream=klass.stream,
        item_code=klass.item_code,
        start=klass.start,
        end=klass.end,
        enrolled=klass.enrolled,
        delivered_hours=hundredths(klass.delivered_centihours),
        eligible_cost=amount(klass.eligible_cost_fen),
        refused_cost=amount(klass.refused_cost_fen),
        per_head=amount(klass.per_head_fen),
        payable_people=klass.payable_people,
        computed=amount(klass.computed_fen),
        answers=shown.answers,
        steps=shown.steps,
    )


def _record_answer(head: RecordHead) -> RecordAnswer:
    return RecordAnswer(head.place, shanghai_iso(head.known_at), head.cause, head.sha256, optional_amount(head.payable_fen))
