"""From an assessment record and the reviewers' decisions on lines to what is determined: which rows are paid, fen by stream.

A decision never pays more than the record says; a row that is held is left out and may follow in a later claim.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

import msgspec

from training_admin.subsidy.record import PAYING, AssessmentRecord


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
    """What a claim comes to: rows paid, rows left out by reviewers, fen by stream."""

    rows: tuple[int, ...]
    refused: tuple[int, ...]
    held: tuple[int, ...]
    fen_by_stream: dict[str, int]

    @property
    def fen(self) -> int:
        """The whole amount."""
        return sum(self.fen_by_stream.values())


def newest(words: Iterable[LineSaid]) -> dict[int, LineSaid]:
    """The last word on each row, cleared ones left out; `words` are in the order in which they were said."""
    found = {each.row: each for each in words}
    return {row: each for row, each in found.items() if each.word is not LineWord.CLEARED}


def determined(record: AssessmentRecord, said: Mapping[int, LineSaid]) -> Determined:
    """What is paid of a record after the reviewers' words; rows without a word are as the record says."""
    streams = {each.class_no: each.stream for each in record.classes}
    rows: list[int] = []
    refused: list[int] = []
    held: list[int] = []
    fen: dict[str, int] = {}
    for line in record.lines:
        word = said[line.row].word if line.row in said else None
        if word is LineWord.REFUSE:
            refused.append(line.row)
        elif word is LineWord.HOLD:
            held.append(line.row)
        elif line.outcome in PAYING and line.payable_fen > 0:
            rows.append(line.row)
            stream = streams[line.class_no]
            fen[stream] = fen.get(stream, 0) + line.payable_fen
    return Determined(tuple(rows), tuple(refused), tuple(held), fen)
