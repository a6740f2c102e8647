"""One pass over a sheet: guard and reading together. `<dimension>` is never believed, numbers keep their text."""

import re
from collections.abc import Callable
from operator import attrgetter, itemgetter

from training_admin.kit.workbook.bounds import Bounds, Cell, Kind, Row, column_letters, column_number, made_cell
from training_admin.kit.workbook.package import Package
from training_admin.kit.workbook.parts import Attributes, Parts, local, parse, whole_number
from training_admin.kit.workbook.pattern import LARGEST, rows_by_pattern

__all__ = ["Cell", "Kind", "Row", "column_letters", "column_number", "read_rows"]
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
Start = Callable[[str, Attributes], None]
_COLUMN, _ROW_NUMBER = attrgetter("column"), itemgetter(0)
End = Callable[[str], None]
Text = Callable[[str], None]


def _reading(  # noqa: C901, PLR0915 - three handlers over one state
    bounds: Bounds, parts: Parts, rows: list[Row]
) -> tuple[Start, End, Text]:
    """Handlers of one pass as closures over plain variables: a sheet has half a million events, attributes would cost half."""
    limits = bounds.limits
    row = column = cells = style = length = 0
    type_ = ""
    current: list[Cell] = []
    pieces: list[str] = []
    formula = take = phonetic = False

    def start(name: str, attributes: Attributes) -> None:
        nonlocal row, column, cells, style, type_, current, pieces, formula, take, phonetic, length
        if name == "c":
            row, column = _place(attributes.get("r"), row, column, bounds)
            cells += 1
            type_, style = attributes.get("t", ""), whole_number(attributes.get("s"))
            pieces, formula, length = [], False, 0
        elif name == "v" or (name == "t" and not phonetic):
            take = True
        elif name == "f":
            formula = True
        elif name == "row":
            row = whole_number(attributes.get("r")) or row + 1
            column, current = 0, []
            if cells > limits.cells:
                raise bounds.too_many_cells()
        elif name == "rPh":
            phonetic = True
        elif ":" in name:
            start(local(name), attributes)

    def end(name: str) -> None:
        nonlocal take, phonetic, current
        if name in {"v", "t"}:
            take = False
        elif name == "c":
            if pieces or formula:
                cell = made_cell(column, type_, style, "".join(pieces), parts, bounds, formula=formula)
                if cell is not None:
                    bounds.assert_inside(row, column, rows)
                    current.append(cell)
        elif name == "row":
            if current:
                rows.append((row, current))
                current = []
        elif name == "rPh":
            phonetic = False
        elif ":" in name:
            end(local(name))

    def text(data: str) -> None:
        nonlocal length
        if take:
            length += len(data)
            if length <= limits.text:
                pieces.append(data)

    return start, end, text


def _place(address: str | None, row: int, column: int, bounds: Bounds) -> tuple[int, int]:
    """Row and column of a cell by its address, or the next column when it has none."""
    if address is None:
        return row, column + 1
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise bounds.damaged("有无法识别的单元格地址")
    return int(found[2]), column_number(found[1])


def read_rows(package: Package, parts: Parts, sheet_name: str) -> list[Row]:
    """Rows with content of a named sheet, each with its number and its cells from left to right.

    Raises the refusals of `limits` naming sheet and cell.
    """
    part = next(entry.part for entry in parts.sheets if entry.name == sheet_name)
    bounds = Bounds(package.limits, sheet_name, part)
    rows = rows_by_pattern(package.read(part), parts, bounds) if package.size_of(part) <= LARGEST else None
    if rows is None:
        rows = []
        parse(package, part, *_reading(bounds, parts, rows))
    for _number, cells in rows:
        cells.sort(key=_COLUMN)
    return sorted(rows, key=_ROW_NUMBER)
