"""A table in a sheet: the header row found by its names, columns in any order, rows without content passed over."""

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from training_admin.kit.identifiers import halfwidth
from training_admin.kit.workbook.parts import Parts, SheetEntry
from training_admin.kit.workbook.sheet import Cell, Row, column_letters

HEADER_WITHIN = 20
TOTAL_WORDS = frozenset({"合计", "小计", "总计", "共计"})
_DROPPED = str.maketrans("", "", "* \t\r\n\u200b\ufeff")
# A unit or a remark for whoever fills in: 金额(元), 证件号码(18位). Never 万元, which is another unit.
_REMARK = re.compile(r"\((?:(?:人民币)?元|课时|学时|人|必填|选填|[0-9]+(?:位|分钟)[^()]*)\)$")
# How the foot of a printed table begins; such a row is no data.
FOOT_WORDS = ("填表人", "制表人", "制表", "审核人", "复核人", "负责人", "填表日期", "单位盖章", "注:", "说明:", "备注:", "填表说明")


class Column(msgspec.Struct, frozen=True):
    """A column asked for: its header, whether the column must be there, and whether it says something by itself.

    `idle` columns (序号, 备注) do not make a row: a row with nothing else is passed over.
    """

    header: str
    required: bool = True
    idle: bool = False


class Table(msgspec.Struct, frozen=True):
    """A found table: header row number, the place of each known header, headers that stand twice, and the rows below."""

    header_row: int
    places: dict[str, int]
    repeated: tuple[tuple[str, int], ...]
    rows: tuple[tuple[int, dict[int, Cell]], ...]

    def address(self, header: str, row: int) -> str:
        """The address of a cell of a known column."""
        return f"{column_letters(self.places[header])}{row}"


def header_key(text: str) -> str:
    """A header made comparable: half-width, without spaces, marks and the unit or remark in brackets."""
    key = halfwidth(text).translate(_DROPPED).rstrip(":")
    return _REMARK.sub("", key) or key


def find_table(rows: Sequence[Row], columns: Sequence[Column]) -> Table | None:
    """The table whose header row, among the first rows, names most of the columns; None when no row names half of them."""
    wanted = {header_key(column.header): column.header for column in columns}
    best: Row | None = None
    best_found = 0
    for row in rows[:HEADER_WITHIN]:
        found = len({header_key(cell.text) for cell in row[1]} & wanted.keys())
        if found > best_found:
            best, best_found = row, found
    if best is None or best_found * 2 < sum(1 for column in columns if column.required):
        return None
    places: dict[str, int] = {}
    repeated: list[tuple[str, int]] = []
    for cell in best[1]:
        header = wanted.get(header_key(cell.text))
        if header is None:
            continue
        if header in places:
            repeated.append((header, cell.column))
        else:
            places[header] = cell.column
    telling = {places[column.header] for column in columns if not column.idle and column.header in places}
    return Table(best[0], places, tuple(repeated), tuple(_rows_below(rows, best[0], telling)))


def _rows_below(rows: Iterable[Row], header_row: int, telling: set[int]) -> Iterable[tuple[int, dict[int, Cell]]]:
    for number, cells in rows:
        if number <= header_row:
            continue
        by_column = {cell.column: cell for cell in cells}
        if telling.isdisjoint(by_column) or _is_total(by_column):
            continue
        yield number, by_column


def _is_total(cells: Mapping[int, Cell]) -> bool:
    first = cells[min(cells)]
    if first.text.isascii():
        return False
    key = header_key(first.text)
    return key in TOTAL_WORDS or halfwidth(first.text).translate(_DROPPED).startswith(FOOT_WORDS)


def sheet_key(name: str) -> str:
    """A sheet name made comparable: half-width, without spaces."""
    return halfwidth(name).replace(" ", "")


def find_sheet(parts: Parts, name: str) -> SheetEntry | None:
    """The sheet of a name, spaces and full-width forms made equal; None when there is none."""
    return next((entry for entry in parts.sheets if sheet_key(entry.name) == name), None)
