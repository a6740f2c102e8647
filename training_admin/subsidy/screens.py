"""What lists and summaries of a claim show: totals, outcome bar, rows by outcome. Reads records, computes no decision."""

import string
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from training_admin.subsidy.explain import OUTCOME_WORDS, reasons_in_short
from training_admin.subsidy.form import SHEET_ROSTER, CellProblem
from training_admin.subsidy.record import PAYING, AssessmentRecord, LineOutcome, LineResult
from training_admin.subsidy.review_states import STATE_WORDS as CLAIM_STATE_WORDS
from training_admin.subsidy.views import PersonShown

BAR_WIDTH = 1000
_LETTERS = string.ascii_uppercase
NOBODY = PersonShown("（未识别）", "", "")
STATE_WORDS: Mapping[str, str] = {state.value: words for state, words in CLAIM_STATE_WORDS.items()}


class BarPart(msgspec.Struct, frozen=True):
    """One outcome in the bar: how many lines, and where it stands on a width of 1000."""

    outcome: str
    words: str
    count: int
    x: int
    width: int


class Totals(msgspec.Struct, frozen=True):
    """The figures on top of a result; amounts None while the ceiling is unknown."""

    people: int
    paying: int
    held: int
    refused: int
    cells: int
    computed_fen: int
    ceiling_fen: int | None
    left_fen: int | None
    cut_fen: int | None
    payable_fen: int | None
    bar: tuple[BarPart, ...]


class LineRow(msgspec.Struct, frozen=True):
    """One roster row in a list, with the rules that decide it in short."""

    row: int
    class_no: str
    person: PersonShown
    outcome: str
    outcome_words: str
    computed_fen: int
    payable_fen: int
    reasons: tuple[tuple[str, str], ...]


class LineFilter(msgspec.Struct, frozen=True):
    """Which rows a list shows; empty means all."""

    outcome: str = ""
    class_no: str = ""


DELIVERY = "delivery-"


def cause_words(cause: str) -> str:
    """Why a claim was assessed, in words."""
    return "登记数据更新后重新核验" if cause.startswith(DELIVERY) else cause


def cells_of_row(problems: Iterable[CellProblem], row: int) -> list[CellProblem]:
    """The wrong cells of one roster row."""
    return [problem for problem in problems if problem.sheet == SHEET_ROSTER and problem.cell.lstrip(_LETTERS) == str(row)]


def state_words(state: str) -> str:
    """The state of a claim in words."""
    return STATE_WORDS.get(state, state)


def totals(record: AssessmentRecord) -> Totals:
    """Sums over the lines of a record."""
    counts = Counter(line.outcome for line in record.lines)
    ceiling = record.ceiling
    paying = sum(counts[outcome] for outcome in PAYING)
    return Totals(
        people=len(record.lines),
        paying=paying,
        held=counts[LineOutcome.HOLD],
        refused=len(record.lines) - paying - counts[LineOutcome.HOLD] - counts[LineOutcome.CELL],
        cells=counts[LineOutcome.CELL],
        computed_fen=ceiling.computed_fen,
        ceiling_fen=ceiling.ceiling_fen,
        left_fen=ceiling.left_fen,
        cut_fen=ceiling.cut_fen,
        payable_fen=ceiling.payable_fen,
        bar=_bar(counts, len(record.lines)),
    )


def _bar(counts: Mapping[LineOutcome, int], people: int) -> tuple[BarPart, ...]:
    parts, before = [], 0
    for outcome in LineOutcome:
        count = counts[outcome]
        if count:
            x, end = BAR_WIDTH * before // people, BAR_WIDTH * (before + count) // people
            parts.append(BarPart(outcome.value, OUTCOME_WORDS[outcome], count, x, end - x))
            before += count
    return tuple(parts)


def chosen_lines(record: AssessmentRecord, wanted: LineFilter) -> list[LineResult]:
    """The rows a filter lets through, in sheet order."""
    return [
        line
        for line in record.lines
        if (not wanted.outcome or line.outcome.value == wanted.outcome) and (not wanted.class_no or line.class_no == wanted.class_no)
    ]


def line_row(record: AssessmentRecord, line: LineResult, people: Mapping[int, PersonShown]) -> LineRow:
    """One row for a list."""
    return LineRow(
        row=line.row,
        class_no=line.class_no,
        person=people.get(line.row, NOBODY),
        outcome=line.outcome.value,
        outcome_words=OUTCOME_WORDS[line.outcome],
        computed_fen=line.computed_fen,
        payable_fen=line.payable_fen,
        reasons=() if line.outcome is LineOutcome.CELL else reasons_in_short(record, line),
    )


def page_of_lines(
    record: AssessmentRecord, people: Mapping[int, PersonShown], wanted: LineFilter, *, after: int, limit: int
) -> tuple[list[LineRow], int | None]:
    """Rows after a sheet row, and the row to go on from (None at the end)."""
    rest = [line for line in chosen_lines(record, wanted) if line.row > after]
    shown = [line_row(record, line, people) for line in rest[:limit]]
    return shown, shown[-1].row if len(rest) > limit else None


def line_of(record: AssessmentRecord, row: int) -> LineResult | None:
    """The result of one sheet row."""
    return next((line for line in record.lines if line.row == row), None)


def not_paying_rows(record: AssessmentRecord | None) -> frozenset[int]:
    """The rows of a pre-check that would not be paid now: what an enterprise can leave out and claim later."""
    return frozenset() if record is None else frozenset(line.row for line in record.lines if line.outcome not in PAYING)
