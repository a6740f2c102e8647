"""Workbooks we give out: rows are streamed as XML straight into the zip, so memory stays flat however many there are.

What people wrote is always a text cell, also when it begins with = + - @: never a formula, never changed. Amounts are real
numbers written from fen as decimal text; the 合计 row is a live SUM with its stored value.
"""

import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from types import TracebackType
from typing import IO, Any, Self

import msgspec
from openpyxl.utils import get_column_letter

from training_admin.kit.money import capital_amount, yuan
from training_admin.kit.workbook.behind import WriterBehind
from training_admin.kit.workbook.rows import CHARACTERS, RowWriter, escaped
from training_admin.kit.workbook.skeleton import (
    LAST_ROW,
    Column,
    Kind,
    Sheet,
    Skeleton,
    Stamp,
    filter_end,
    make_skeleton,
    sheet_part,
)

__all__ = ["Column", "Kind", "Sheet", "SheetWritten", "Stamp", "Tell", "WorkbookWriter", "untold", "write_workbook"]

# Hears how many of how many sheets are written.
Tell = Callable[[int, int], None]

FAST = 1
BATCH = 500
ROWS_BELOW = 10
FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)
NOTHING = "（无记录）"
TOTAL_WORD = "合计"
TITLE_HEIGHT, LINE_HEIGHT, HEADER_HEIGHT, BODY_HEIGHT, SIGN_HEIGHT = 30, 18, 32, 18, 26
SUMMED = {Kind.MONEY, Kind.INTEGER, Kind.HOURS}


class SheetWritten(msgspec.Struct, frozen=True):
    """What a written sheet holds: rows of the table, and the sum of each summed column in its own unit; `amounts` are those in fen."""

    name: str
    rows: int
    totals: dict[str, int]
    amounts: tuple[str, ...] = ()

    @property
    def sums(self) -> dict[str, int]:
        """The sums of its amounts, fen."""
        return {name: self.totals[name] for name in self.amounts}


def untold(_done: int, _total: int) -> None:
    """Nobody waits for the progress."""


class WorkbookWriter:
    """Writes sheet after sheet in the order declared: `write` rows into the present one, `end_sheet` to go to the next.

    `cells` tells where the sums of the sheets already ended stand, by sheet and header; `tell` hears of each that is ended.
    """

    def __init__(self, target: IO[bytes], sheets: Sequence[Sheet], stamp: Stamp, *, tell: Tell = untold) -> None:
        self._tell = tell
        self._target = target
        self._sheets = tuple(sheets)
        self._skeleton: Skeleton = make_skeleton(self._sheets, stamp)
        self._package = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=FAST)
        self._behind = WriterBehind()
        self._names = self._skeleton.parts["xl/workbook.xml"].decode()
        self.written: list[SheetWritten] = []
        self.cells: dict[tuple[str, str], str] = {}
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self.close()
        else:
            self._give_up()

    def _give_up(self) -> None:
        """Leave an empty file rather than half a workbook."""
        self._behind.end()
        self._part.close()
        self._package.close()
        self._target.seek(0)
        self._target.truncate()

    @property
    def next_row(self) -> int:
        """The number of the row that is written next into the present sheet."""
        return self._next

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Append rows to the present sheet; each has one value per column."""
        remaining = iter(rows)
        while batch := list(islice(remaining, BATCH)):
            self._write_batch(batch)

    def _write_batch(self, batch: Sequence[Sequence[Any]]) -> None:
        first = self._next
        self._next += len(batch)
        assert self._next < LAST_ROW - ROWS_BELOW, "more rows than a sheet of Excel holds"
        self._behind.write(self._part, self._rows.xml(batch, first))
        for place in self._totals:
            self._totals[place] += sum([row[place] or 0 for row in batch])

    def end_sheet(self) -> SheetWritten:
        """Finish the present sheet with 合计, 大写金额 and the places to sign, and begin the next one."""
        sheet, place = self._sheets[len(self.written)], len(self.written)
        rows = self._next - sheet.header_row - 1
        if rows == 0:
            self._write_batch([[NOTHING if n == sheet.first_words else None for n in range(len(sheet.columns))]])
        last = self._next - 1
        self._behind.settle()
        self._part.write("".join(self._below(sheet, last)).encode())
        tail = self._skeleton.tails[place].replace(str(filter_end(place)), str(last))
        self._part.write(tail.replace("</worksheet>", f"{_text_is_text(sheet, last)}</worksheet>").encode())
        self._part.close()
        self._names = self._names.replace(f"${filter_end(place)}", f"${last}")
        totals = {sheet.columns[column].header: total for column, total in self._totals.items()}
        amounts = tuple(sheet.columns[column].header for column in self._totals if sheet.columns[column].kind is Kind.MONEY)
        self.written.append(SheetWritten(sheet.name, rows, totals, amounts))
        self._tell(len(self.written), len(self._sheets))
        if len(self.written) < len(self._sheets):
            self._begin()
        return self.written[-1]

    def close(self) -> tuple[SheetWritten, ...]:
        """Write the other parts, once; every sheet must have been ended."""
        assert len(self.written) == len(self._sheets), "a sheet has not been written"
        if self._package.fp is None:
            return tuple(self.written)
        for name, content in self._skeleton.parts.items():
            self._package.writestr(_entry(name), self._names.encode() if name == "xl/workbook.xml" else content)
        self._package.close()
        self._behind.end()
        return tuple(self.written)

    def _begin(self) -> None:
        place = len(self.written)
        sheet = self._sheets[place]
        body = self._skeleton.styles.body
        self._rows = RowWriter([(c.kind, get_column_letter(n), body[c.kind], c.width) for n, c in enumerate(sheet.columns, 1)])
        self._totals = {n: 0 for n, column in enumerate(sheet.columns) if column.total}
        assert all(sheet.columns[n].kind in SUMMED for n in self._totals), "only amounts, counts and hours have a sum"
        self._next = sheet.header_row + 1
        # By its name alone it is packed at the level of the file and bears the first day of all zips.
        self._part = self._package.open(sheet_part(place), "w", force_zip64=True)
        self._part.write(self._skeleton.heads[place].encode())
        self._part.write("".join(self._above(sheet)).encode())

    def _row(self, number: int, cells: Iterable[str], height: float = BODY_HEIGHT) -> str:
        return f'<row r="{number}" ht="{height}" customHeight="1">{"".join(cells)}</row>'

    def _above(self, sheet: Sheet) -> Iterator[str]:
        styles = self._skeleton.styles
        yield self._row(1, [_text(f"A{1}", styles.title, sheet.title)], TITLE_HEIGHT)
        for number, line in enumerate(sheet.lines, 2):
            yield self._row(number, [_text(f"A{number}", styles.line, line)], LINE_HEIGHT)
        header = sheet.header_row
        heads = [_text(f"{get_column_letter(n)}{header}", styles.header, column.header) for n, column in enumerate(sheet.columns, 1)]
        yield self._row(header, heads, HEADER_HEIGHT)

    def _below(self, sheet: Sheet, last: int) -> Iterator[str]:
        number = last + 1
        if self._totals:
            yield self._row(number, self._total_cells(sheet, number), BODY_HEIGHT + 2)
            number += 1
        if sheet.capital:
            place = next(n for n, column in enumerate(sheet.columns) if column.header == sheet.capital)
            words = f"{sheet.capital.removesuffix(TOTAL_WORD)}{TOTAL_WORD}大写金额：{capital_amount(self._totals[place])}"
            yield self._row(number, [_text(f"A{number}", self._skeleton.styles.capital, words)], BODY_HEIGHT + 4)
            number += 1
        if sheet.closing:
            letters = _spread_letters(sheet, len(sheet.closing))
            style = self._skeleton.styles.line
            yield self._row(
                number, [_text(f"{a}{number}", style, text) for a, text in zip(letters, sheet.closing, strict=True)], SIGN_HEIGHT
            )

    def _total_cells(self, sheet: Sheet, number: int) -> Iterator[str]:
        first = sheet.header_row + 1
        for place, column in enumerate(sheet.columns):
            address, style = f"{get_column_letter(place + 1)}{number}", self._skeleton.styles.total[column.kind]
            if place in self._totals:
                letter, value = get_column_letter(place + 1), _plain_number(column.kind, self._totals[place])
                self.cells[sheet.name, column.header] = f"${letter}${number}"
                yield f'<c r="{address}" s="{style}"><f>SUM({letter}{first}:{letter}{number - 1})</f><v>{value}</v></c>'
            elif place == 0:
                yield _text(address, self._skeleton.styles.total[Kind.TEXT], TOTAL_WORD)
            else:
                yield f'<c r="{address}" s="{style}"/>'


def write_workbook(target: IO[bytes], tables: Sequence[tuple[Sheet, Iterable[Sequence[Any]]]], stamp: Stamp) -> tuple[SheetWritten, ...]:
    """A whole workbook from sheets with their rows at hand; tells what each sheet holds."""
    with WorkbookWriter(target, [sheet for sheet, _rows in tables], stamp) as writer:
        for _sheet, rows in tables:
            writer.write(rows)
            writer.end_sheet()
    return tuple(writer.written)


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry of the zip; without the moment of writing the same content gives the same bytes."""
    entry = zipfile.ZipInfo(name, FIRST_DAY_OF_ZIP)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _text(address: str, style: int, text: str) -> str:
    return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escaped(text)}</t></is></c>'


def _plain_number(kind: Kind, value: int) -> str:
    """The decimal text of an amount, count or hours in its own unit; no float ever touches it."""
    return str(value) if kind is Kind.INTEGER else yuan(value)


def _spread_letters(sheet: Sheet, count: int) -> list[str]:
    """Columns at which the places to sign begin, spread evenly over the width of the sheet."""
    edges = [0.0]
    for column in sheet.columns:
        edges.append(edges[-1] + column.width)
    wanted = [edges[-1] * n / count for n in range(count)]
    places = [max(n for n, edge in enumerate(edges[:-1]) if edge <= want) for want in wanted]
    for n in range(1, count):
        places[n] = min(max(places[n], places[n - 1] + 1), len(sheet.columns) - count + n)
    return [get_column_letter(place + 1) for place in places]


def _text_is_text(sheet: Sheet, last: int) -> str:
    """Tells Excel not to mark identity numbers as numbers stored as text."""
    letters = [get_column_letter(n) for n, column in enumerate(sheet.columns, 1) if column.kind in CHARACTERS]
    if not letters:
        return ""
    places = " ".join(f"{letter}{sheet.header_row + 1}:{letter}{last}" for letter in letters)
    return f'<ignoredErrors><ignoredError sqref="{places}" numberStoredAsText="1"/></ignoredErrors>'
