"""One table row as XML, quickly: a template for each pattern of empty cells; rows with unusual characters go cell by cell."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from training_admin.kit.money import yuan
from training_admin.kit.workbook.skeleton import Kind

CHARACTERS = {Kind.TEXT, Kind.WORDS}
DAY_ZERO = date(1899, 12, 30).toordinal()
WHOLE_BP, CENTI = 10_000, 100
REMEMBERED = 4096
PLACE_OF_NUMBER = "\0"
LINE_HEIGHT, LINE_GAP = 14, 5
# What XML cannot carry at all, and what Excel would read as an escape of its own.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_OWN_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
# What stands around a value: numbers, and formulas with what they came to.
PLAIN = "><v>{}</v></c>"
WRAPPED = {Kind.LINK: ' t="str">{}</c>', Kind.PLACE: ">{}</c>", Kind.SUM: ">{}</c>"}
_MARKS = ("&", "<", ">", "_x", " |", "| ")

ColumnCells = tuple[Kind, str, int, float]
Template = tuple[list[str], list[int] | None, list[tuple[int, Callable[[Any], str]]]]


def escaped(text: str) -> str:
    """Text as XML carries it; characters that no XML can carry become a visible sign."""
    text = _OWN_ESCAPE.sub("_x005F_", _IMPOSSIBLE.sub("�", text))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


@lru_cache(REMEMBERED)
def lines_needed(text: str, limit: int) -> int:
    """Lines of a text in a column of so many characters; a Chinese one counts twice, as it does in GBK."""
    return sum(max(1, -(-len(part.encode("gbk", "replace")) // limit)) for part in text.split("\n")) if text else 1


def is_plain(joined: str) -> bool:
    """Whether texts joined by | need neither escape nor care for spaces at their ends."""
    return joined.isprintable() and not any(mark in joined for mark in _MARKS)


class RowWriter:
    """Writes the rows of one table; each column is given by its kind, letter and style."""

    def __init__(self, columns: Sequence[ColumnCells]) -> None:
        self._columns = tuple(columns)
        self._texts = [place for place, (kind, *_) in enumerate(columns) if kind in CHARACTERS]
        self._templates: dict[tuple[bool, ...], Template] = {}

    def xml(self, rows: Sequence[Sequence[Any]], first: int) -> Iterator[str]:
        """The rows as XML, numbered from `first`."""
        plain, tall = self._are_plain(rows), self._tall(rows)
        for place, row in enumerate(rows):
            number = first + place
            xml = self._plain(number, row) if plain or self._are_plain([row]) else self._careful(number, row)
            if place in tall:
                height = tall[place] * LINE_HEIGHT + LINE_GAP
                xml = xml.replace(f'<row r="{number}"', f'<row r="{number}" ht="{height}" customHeight="1"', 1)
            yield xml

    def _careful(self, number: int, row: Sequence[Any]) -> str:
        cells = [self._cell(number, column, value) for column, value in zip(self._columns, row, strict=True)]
        return f'<row r="{number}">{"".join(cells)}</row>'

    def _tall(self, rows: Sequence[Sequence[Any]]) -> dict[int, int]:
        """Rows by place whose texts need several lines; a program that opens the file does not work that out for itself."""
        tall: dict[int, int] = {}
        for column in self._texts:
            limit = int(self._columns[column][3]) - 1
            texts = [row[column] or "" for row in rows]
            longest = max(map(len, texts))
            if 2 * longest <= limit or (longest <= limit and "".join(texts).isascii()):
                continue
            needed = {text: lines for text in set(texts) if (lines := lines_needed(text, limit)) > 1}
            if needed:
                for place, text in enumerate(texts):
                    if needed.get(text, 1) > tall.get(place, 1):
                        tall[place] = needed[text]
        return tall

    def _are_plain(self, rows: Sequence[Sequence[Any]]) -> bool:
        texts = self._texts
        return is_plain("|".join(["", *[row[place] for row in rows for place in texts if row[place]], ""]))

    def _plain(self, number: int, row: Sequence[Any]) -> str:
        if "" in row:
            row = [None if value == "" else value for value in row]
        empty = tuple([value is None for value in row])
        template = self._templates.get(empty)
        if template is None:
            template = self._templates[empty] = self._template(empty)
        pieces, present, figures = template
        values = list(row) if present is None else [row[place] for place in present]
        for place, digits in figures:
            values[place] = digits(values[place])
        return str(number).join(pieces) % tuple(values)

    def _template(self, empty: tuple[bool, ...]) -> Template:
        """The XML of a row, taken apart where its number stands, `%s` where a value stands; which values, and how they are written."""
        cells = [f'<row r="{PLACE_OF_NUMBER}">']
        present = [place for place, missing in enumerate(empty) if not missing]
        for (kind, letter, style, _), missing in zip(self._columns, empty, strict=True):
            start = f'<c r="{letter}{PLACE_OF_NUMBER}" s="{style}"'
            if missing:
                cells.append(f"{start}/>")
            elif kind in CHARACTERS:
                cells.append(f'{start} t="inlineStr"><is><t>%s</t></is></c>')
            else:
                cells.append(start + WRAPPED.get(self._columns[len(cells) - 1][0], PLAIN).format("%s"))
        figures = [(n, DIGITS[self._columns[place][0]]) for n, place in enumerate(present) if self._columns[place][0] not in CHARACTERS]
        return "".join([*cells, "</row>"]).split(PLACE_OF_NUMBER), None if len(present) == len(empty) else present, figures

    def _cell(self, number: int, column: ColumnCells, value: Any) -> str:
        kind, letter, style, _ = column
        start = f'<c r="{letter}{number}" s="{style}"'
        if value is None or value == "":
            return f"{start}/>"
        if kind in CHARACTERS:
            return f'{start} t="inlineStr"><is><t xml:space="preserve">{escaped(value)}</t></is></c>'
        return start + WRAPPED.get(kind, PLAIN).format(DIGITS[kind](value))


def _hundredths(value: int) -> str:
    return f"{value // CENTI}.{value % CENTI:02d}" if value >= 0 else yuan(value)


@lru_cache(REMEMBERED)
def _hours(value: int) -> str:
    return _hundredths(value)


@lru_cache(REMEMBERED)
def _ten_thousandths(value: int) -> str:
    return f"{value // WHOLE_BP}.{value % WHOLE_BP:04d}"


@lru_cache(REMEMBERED)
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
