"""Table rows as XML, quickly: column by column, each value put into words once and then remembered."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from itertools import repeat
from typing import Any

from training_admin.kit.money import yuan
from training_admin.kit.workbook.skeleton import Kind

CHARACTERS = {Kind.TEXT, Kind.WORDS}
DAY_ZERO = date(1899, 12, 30).toordinal()
WHOLE_BP, CENTI = 10_000, 100
REMEMBERED = 1024
BEGIN = b'<row r="'
LINE_HEIGHT, LINE_GAP = 14, 5
# What XML cannot carry at all, and what Excel would read as an escape of its own.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_OWN_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
# What stands around a value: numbers, and formulas with what they came to.
PLAIN = "><v>", "</v></c>"
WRAPPED = {Kind.LINK: (' t="str">', "</c>"), Kind.PLACE: (">", "</c>"), Kind.SUM: (">", "</c>")}
_MARKS = ("&", "<", ">", "_x", " |", "| ")

ColumnCells = tuple[Kind, str, int, float]


def escaped(text: str) -> str:
    """Text as XML carries it; characters that no XML can carry become a visible sign."""
    text = _OWN_ESCAPE.sub("_x005F_", _IMPOSSIBLE.sub("�", text))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def lines_needed(text: str, limit: int) -> int:
    """Lines of a text in a column of so many characters; a Chinese one counts twice, as it does in GBK."""
    return sum(max(1, -(-len(part.encode("gbk", "replace")) // limit)) for part in text.split("\n")) if text else 1


def is_plain(joined: str) -> bool:
    """Whether texts joined by | need neither escape nor care for spaces at their ends."""
    return joined.isprintable() and not any(mark in joined for mark in _MARKS)


class RowWriter:
    """Writes the rows of one table; each column is given by its kind, letter and style."""

    def __init__(self, columns: Sequence[ColumnCells]) -> None:
        openings = [f'<c r="{letter}' for _, letter, _, _ in columns]
        self._head = f'">{openings[0]}'.encode()
        self._columns = [_Cells(*column, after) for column, after in zip(columns, [*openings[1:], "</row>"], strict=True)]

    def xml(self, rows: Sequence[Sequence[Any]], first: int) -> bytes:
        """The rows as XML, numbered from `first`: between two pieces of a row there always stands its number."""
        tall: dict[int, int] = {}
        pieces = [column.of(values, tall) for column, values in zip(self._columns, zip(*rows, strict=True), strict=True)]
        heads = [self._head] * len(rows)
        for place, lines in tall.items():
            heads[place] = b'" ht="%d" customHeight="1%b' % (lines * LINE_HEIGHT + LINE_GAP, self._head)
        numbers = [b"%d" % number for number in range(first, first + len(rows))]
        return b"".join([number.join(row) for number, row in zip(numbers, zip(repeat(BEGIN), heads, *pieces, strict=False), strict=False)])


class _Cells:
    """The cells of one column by value, each from behind the row's number to the next place where it stands."""

    def __init__(self, kind: Kind, _letter: str, style: int, width: float, after: str) -> None:
        self._kind, self._limit = kind, int(width) - 1
        self._start, self._after = f'" s="{style}"', after
        self._cells: dict[Any, bytes] = {}
        self._tall: dict[str, int] = {}

    def of(self, values: Sequence[Any], tall: dict[int, int]) -> list[bytes]:
        """The cells of a stretch of rows; rows that need several lines are told in `tall` by place."""
        new = set(values).difference(self._cells)
        if new:
            if len(self._cells) > REMEMBERED:
                self._cells, self._tall, new = {}, {}, set(values)
            self._learn(new)
        if self._tall:
            for place, lines in [(place, self._tall[value]) for place, value in enumerate(values) if value in self._tall]:
                if lines > tall.get(place, 1):
                    tall[place] = lines
        return list(map(self._cells.__getitem__, values))

    def _learn(self, new: set[Any]) -> None:
        for nothing in new & {None, ""}:
            new.remove(nothing)
            self._cells[nothing] = f"{self._start}/>{self._after}".encode()
        if self._kind in CHARACTERS:
            self._learn_texts(new)
            return
        digits, (before, behind) = DIGITS[self._kind], WRAPPED.get(self._kind, PLAIN)
        before, behind = self._start + before, behind + self._after
        self._cells.update([(value, f"{before}{digits(value)}{behind}".encode()) for value in new])

    def _learn_texts(self, new: set[str]) -> None:
        plain = is_plain("|".join(["", *new, ""]))
        before, behind = f'{self._start} t="inlineStr"><is><t>', f"</t></is></c>{self._after}"
        if plain:
            self._cells.update([(text, f"{before}{text}{behind}".encode()) for text in new])
        else:
            kept = f'{before[:-1]} xml:space="preserve">'
            self._cells.update([(text, f"{before if is_plain(f'|{text}|') else kept}{escaped(text)}{behind}".encode()) for text in new])
        if not plain or 2 * max(map(len, new), default=0) > self._limit:
            self._tall.update([(text, lines) for text in new if (lines := lines_needed(text, self._limit)) > 1])


def _hundredths(value: int) -> str:
    return f"{value // CENTI}.{value % CENTI:02d}" if value >= 0 else yuan(value)


def _hours(value: int) -> str:
    return _hundredths(value)


def _ten_thousandths(value: int) -> str:
    return f"{value // WHOLE_BP}.{value % WHOLE_BP:04d}"


def _serial(day: date) -> str:
    return str(day.toordinal() - DAY_ZERO)


def _formula(text: str) -> str:
    return f"<f>{text}</f>" if text else ""


DIGITS: dict[Kind, Callable[[Any], str]] = {
    Kind.MONEY: _hundredths,
    Kind.HOURS: _hours,
    Kind.PERCENT: _ten_thousandths,
    Kind.DATE: _serial,
    Kind.INTEGER: str,
    Kind.LINK: lambda told: f"{_formula(told[0])}<v>{escaped(told[1])}</v>",
    Kind.PLACE: lambda told: f"{_formula(told[0])}<v>{told[1]}</v>",
    Kind.SUM: lambda told: f"{_formula(told[0])}<v>{yuan(told[1])}</v>",
}
