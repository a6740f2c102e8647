"""From an assessment record and the reviewers' decisions on lines to what is determined: which rows are paid, fen by stream.

A word never pays more than the rules' own price of a row, and all rows together never more than what is left of the ceiling. A row that
is held is left out and may follow in a later claim. A row that only waits (暂缓) is added when every finding that holds it has been cleared
by evidence (unknown facts) or by an exception in force (failed checks); a row that the rules refuse is never paid by a word.

Of a programme of apprentices words change what is planned or entitled, never the advance: all that was advanced is netted (APP-24).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum

import msgspec

from training_admin.apprenticeship.amounts import ADVANCE_RULE, SETTLEMENT_RULE
from training_admin.catalog.facts import STREAM_APPRENTICE
from training_admin.kit.money import share_down, spread
from training_admin.kit.rulebook import Effect
from training_admin.kit.steps import Step
from training_admin.subsidy.record import PAYING, AssessmentRecord, Finding, LineOutcome, LineResult, programme_step

UNKNOWN, HOLDS = "unknown", Effect.HOLD.name


class LineWord(StrEnum):
    """What a reviewer says of a row beside the rules."""

    REFUSE = "refuse"
    HOLD = "hold"
    EVIDENCE = "evidence"
    OVERRIDE = "override"
    CLEARED = "cleared"


WORDS = {
    LineWord.REFUSE: "剔除",
    LineWord.HOLD: "暂缓",
    LineWord.EVIDENCE: "人工佐证",
    LineWord.OVERRIDE: "例外通过",
    LineWord.CLEARED: "取消此前的意见",
}


class LineSaid(msgspec.Struct, frozen=True):
    """The newest word on a row; an override counts until its last day."""

    row: int
    word: LineWord
    rule: str
    reason: str
    expires_on: date | None
    decider: str


class Determined(msgspec.Struct, frozen=True):
    """What a claim comes to: rows paid, rows left out by reviewers, fen by stream; `added` are those of `rows` paid by words.

    `clawback_fen` is what of an advance comes back because its settlement entitles to less (APP-24), `open` the rows of a programme that
    are held by the rules or by a word: they may still be entitled.
    `of_row` is the stream and the fen of each paid row: together they are the whole amount.
    """

    rows: tuple[int, ...]
    refused: tuple[int, ...]
    held: tuple[int, ...]
    fen_by_stream: dict[str, int]
    added: tuple[int, ...] = ()
    fen_of_added: int = 0
    clawback_fen: int = 0
    open: tuple[int, ...] = ()
    of_row: dict[int, tuple[str, int]] = {}

    @property
    def fen(self) -> int:
        """The whole amount."""
        return sum(self.fen_by_stream.values())


def newest(words: Iterable[LineSaid]) -> dict[int, LineSaid]:
    """The last word on each row, cleared ones left out; `words` are in the order in which they were said."""
    found = {each.row: each for each in words}
    return {row: each for row, each in found.items() if each.word is not LineWord.CLEARED}


class Cleared(msgspec.Struct, frozen=True):
    """What words have cleared on one row: rules whose missing fact was proved, rules that an exception in force sets aside."""

    proved: frozenset[str]
    excepted: frozenset[str]

    def clears(self, finding: Finding) -> bool:
        """Whether a finding no longer holds the row."""
        return finding.rule in (self.proved if finding.answer == UNKNOWN else self.excepted)


def cleared_rows(words: Iterable[LineSaid], *, today: date) -> dict[int, Cleared]:
    """Rows with words that clear findings, in the order in which they were said: a refusal, a hold or a cancellation ends all earlier ones.

    An exception counts up to its last day.
    """
    proved: dict[int, set[str]] = {}
    excepted: dict[int, set[str]] = {}
    for each in words:
        if each.word is LineWord.EVIDENCE:
            proved.setdefault(each.row, set()).add(each.rule)
        elif each.word is LineWord.OVERRIDE:
            if each.expires_on is not None and today <= each.expires_on:
                excepted.setdefault(each.row, set()).add(each.rule)
        else:
            proved.pop(each.row, None)
            excepted.pop(each.row, None)
    return {row: Cleared(frozenset(proved.get(row, ())), frozenset(excepted.get(row, ()))) for row in proved.keys() | excepted.keys()}


def determined(record: AssessmentRecord, said: Mapping[int, LineSaid], cleared: Mapping[int, Cleared] | None = None) -> Determined:
    """What is paid of a record after the reviewers' words; rows without a word are as the record says."""
    step = programme_step(record.ceiling)
    kept, refused, held = _sorted_out(record, said)
    added = _additions(record, said, cleared or {})
    rows = tuple(sorted([line.row for line in kept] + [line.row for line, _fen in added]))
    added_rows = tuple(line.row for line, _fen in added)
    if step is not None:
        kept_fen = sum(line.computed_fen for line in kept)
        due_fen = kept_fen + sum(part_fen for _line, part_fen in added)
        fen = _stage_fen(step, due_fen)
        back_fen = max(0, _whole(step, "advance_fen") - due_fen) if step.rule == SETTLEMENT_RULE else 0
        of_stream = {STREAM_APPRENTICE: fen} if fen else {}
        waiting = {line.row for line in record.lines if line.outcome is LineOutcome.HOLD} - {*rows, *refused} | set(held)
        added_fen = fen - _stage_fen(step, kept_fen)
        shares = {row: (STREAM_APPRENTICE, share) for row, share in programme_shares(record, rows, fen).items()} if fen else {}
        return Determined(rows, refused, held, of_stream, added_rows, added_fen, back_fen, tuple(sorted(waiting)), shares)
    streams = {each.class_no: each.stream for each in record.classes}
    by_stream: dict[str, int] = {}
    of_row: dict[int, tuple[str, int]] = {}
    for line, part_fen in (*((line, line.payable_fen) for line in kept), *added):
        stream = streams[line.class_no]
        by_stream[stream] = by_stream.get(stream, 0) + part_fen
        of_row[line.row] = (stream, part_fen)
    added_fen = sum(part_fen for _line, part_fen in added)
    return Determined(rows, refused, held, by_stream, added_rows, added_fen, of_row=of_row)


def _sorted_out(record: AssessmentRecord, said: Mapping[int, LineSaid]) -> tuple[list[LineResult], tuple[int, ...], tuple[int, ...]]:
    """The lines that stay, and the rows that words refuse and hold, in sheet order."""
    of_programme = programme_step(record.ceiling) is not None
    kept: list[LineResult] = []
    refused: list[int] = []
    held: list[int] = []
    for line in record.lines:
        word = said[line.row].word if line.row in said else None
        if word is LineWord.REFUSE:
            refused.append(line.row)
        elif word is LineWord.HOLD:
            held.append(line.row)
        elif line.outcome in PAYING and (line.computed_fen if of_programme else line.payable_fen) > 0:
            kept.append(line)
    return kept, tuple(refused), tuple(held)


def _stage_fen(step: Step, fen: int) -> int:
    """What a stage pays of all that is planned (APP-21) or entitled (APP-24)."""
    if step.rule == ADVANCE_RULE:
        return share_down(fen, _whole(step, "share_bp"))
    return max(0, fen - _whole(step, "advance_fen"))


def _whole(step: Step, name: str) -> int:
    value = step.figures[name]
    assert isinstance(value, int)
    return value


def programme_shares(record: AssessmentRecord, rows: Collection[int], fen: int) -> dict[int, int]:
    """The share of each paid apprentice in what was determined, in fen by row, pro rata with largest remainders."""
    weights = {line.row: line.computed_fen for line in record.lines if line.row in rows}
    return dict(zip(weights, spread(fen, list(weights.values())), strict=True))


def _additions(record: AssessmentRecord, said: Mapping[int, LineSaid], cleared: Mapping[int, Cleared]) -> list[tuple[LineResult, int]]:
    """Rows that words add, in sheet order, each at most its own price, all of them at most what the record leaves of the ceiling.

    A person who is paid for another row of the claim is not added: the rules have not looked at both together.
    """
    if record.ceiling.payable_fen is None:
        return []
    left = None
    if record.ceiling.left_fen is not None and programme_step(record.ceiling) is None:
        left = record.ceiling.left_fen - record.ceiling.payable_fen
    paid = {line.person for line in record.lines if line.payable_fen > 0}
    above = {each.class_no: (*each.findings, *record.findings) for each in record.classes}
    added: list[tuple[LineResult, int]] = []
    for line in record.lines:
        done = cleared.get(line.row)
        if done is None or line.outcome is not LineOutcome.HOLD or not line.person or line.person in paid:
            continue
        if line.row in said and said[line.row].word in {LineWord.REFUSE, LineWord.HOLD}:
            continue
        if not all(done.clears(each) for each in (*line.findings, *above.get(line.class_no, ())) if each.effect == HOLDS):
            continue
        fen = line.computed_fen if left is None else min(line.computed_fen, left)
        if fen > 0:
            added.append((line, fen))
            paid.add(line.person)
            left = None if left is None else left - fen
    return added
