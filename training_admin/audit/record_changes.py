"""What differs between two assessments of one claim, row by row, and its sums by enterprise, stream and month. Pure; amounts are fen."""

from collections.abc import Callable, Iterable
from datetime import date

import msgspec

from training_admin.subsidy.record import AssessmentRecord, LineResult


class LineChange(msgspec.Struct, frozen=True):
    """A row whose outcome or amount differs; None where the row or its amount is only on one side. `month` is that of class start."""

    row: int
    class_no: str
    stream: str
    month: str
    before: str
    after: str
    before_fen: int
    after_fen: int


class ClaimChange(msgspec.Struct, frozen=True):
    """One claim, or one class that will be claimed, under two states of knowledge or two policies; None while an amount is unknown."""

    number: str
    uscc: str
    enterprise_name: str
    before_fen: int | None
    after_fen: int | None
    lines: tuple[LineChange, ...]

    @property
    def differs(self) -> bool:
        """Whether anything a person is paid, or the whole, comes out otherwise."""
        return bool(self.lines) or self.before_fen != self.after_fen


class Share(msgspec.Struct, frozen=True):
    """A sum of one enterprise, stream or month before and after."""

    name: str
    before_fen: int
    after_fen: int

    @property
    def difference_fen(self) -> int:
        """What is paid more, negative where less."""
        return self.after_fen - self.before_fen


class Tally(msgspec.Struct, frozen=True):
    """Amounts of one compared claim by stream and month, also of rows that do not differ: stream, month, before, after."""

    change: ClaimChange
    parts: tuple[tuple[str, str, int, int], ...]


NO_ROW = ""


def line_changes(before: AssessmentRecord, after: AssessmentRecord) -> tuple[LineChange, ...]:
    """The rows that differ, in sheet order."""
    old, new = _by_row(before), _by_row(after)
    places = _places(before) | _places(after)
    found = []
    for row in sorted(old.keys() | new.keys()):
        one, other = old.get(row), new.get(row)
        if one is not None and other is not None and (one.outcome, one.payable_fen) == (other.outcome, other.payable_fen):
            continue
        class_no = (one or other).class_no  # type: ignore[union-attr] # a row is on one side at least
        stream, start = places.get(class_no, ("", None))
        found.append(
            LineChange(
                row=row,
                class_no=class_no,
                stream=stream,
                month=_month(start),
                before=NO_ROW if one is None else one.outcome.value,
                after=NO_ROW if other is None else other.outcome.value,
                before_fen=0 if one is None else one.payable_fen,
                after_fen=0 if other is None else other.payable_fen,
            )
        )
    return tuple(found)


def compared(before: AssessmentRecord, after: AssessmentRecord, *, number: str, enterprise_name: str) -> Tally:
    """Both assessments beside each other."""
    change = ClaimChange(
        number, before.uscc, enterprise_name, before.ceiling.payable_fen, after.ceiling.payable_fen, line_changes(before, after)
    )
    sums: dict[tuple[str, str], list[int]] = {}
    for side, record in enumerate((before, after)):
        places = _places(record)
        for line in record.lines:
            stream, start = places.get(line.class_no, ("", None))
            sums.setdefault((stream, _month(start)), [0, 0])[side] += line.payable_fen
    return Tally(change, tuple((stream, month, old, new) for (stream, month), (old, new) in sorted(sums.items()) if old or new))


def shares(tallies: Iterable[Tally], named: Callable[[Tally, tuple[str, str, int, int]], str]) -> tuple[Share, ...]:
    """Sums by whatever a name is given for, those that differ most first, then by name."""
    sums: dict[str, list[int]] = {}
    for tally in tallies:
        for part in tally.parts:
            own = sums.setdefault(named(tally, part), [0, 0])
            own[0] += part[2]
            own[1] += part[3]
    found = [Share(name, old, new) for name, (old, new) in sums.items()]
    return tuple(sorted(found, key=lambda each: (-abs(each.difference_fen), each.name)))


def _by_row(record: AssessmentRecord) -> dict[int, LineResult]:
    return {line.row: line for line in record.lines}


def _places(record: AssessmentRecord) -> dict[str, tuple[str, date | None]]:
    return {klass.class_no: (klass.stream, klass.start) for klass in record.classes}


def _month(start: date | None) -> str:
    return "" if start is None else f"{start:%Y-%m}"
