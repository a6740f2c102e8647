"""One pass over a sheet: guard and reading together. `<dimension>` is never believed, numbers keep their text."""

import re
from enum import StrEnum
from functools import cache

import msgspec

from training_admin.kit.workbook.limits import DamagedWorkbook, FarCell, TooManyCells, TooManyRows
from training_admin.kit.workbook.package import Package
from training_admin.kit.workbook.parts import Attributes, Parts, parse

LETTERS = 26
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_TAGS = ("row", "c", "v", "t", "f", "is", "rPh")


class Kind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    ERROR = "error"


class Cell(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One cell with content: column counted from 1, kind, its text (a number as written in the file), formula or not."""

    column: int
    kind: Kind
    text: str
    formula: bool


Row = tuple[int, list[Cell]]


@cache
def column_number(letters: str) -> int:
    """`A` is 1, `Z` 26, `AA` 27."""
    number = 0
    for letter in letters:
        number = number * LETTERS + ord(letter) - 64
    return number


@cache
def column_letters(number: int) -> str:
    """1 is `A`, 27 is `AA`."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, LETTERS)
        letters = chr(65 + rest) + letters
    return letters


_KINDS = {"s": Kind.TEXT, "str": Kind.TEXT, "inlineStr": Kind.TEXT, "b": Kind.BOOLEAN, "e": Kind.ERROR, "d": Kind.TEXT}


class _Reading:
    """The state of one pass; cells without content are passed over."""

    def __init__(self, package: Package, parts: Parts, sheet_name: str, part: str) -> None:
        self.limits = package.limits
        self.parts = parts
        self.sheet_name = sheet_name
        self.part = part
        self.rows: list[Row] = []
        self.row = self.column = self.cells = 0
        self.current: list[Cell] = []
        self.type = ""
        self.style = 0
        self.formula = self.take = self.phonetic = False
        self.pieces: list[str] = []
        self.tags = {tag: tag for tag in _TAGS}

    def start(self, name: str, attributes: Attributes) -> None:
        tag = self.tags.get(name) or self._prefixed(name)
        if tag == "c":
            self._start_cell(attributes)
        elif tag == "v" or (tag == "t" and not self.phonetic):
            self.take = True
        elif tag == "f":
            self.formula = True
        elif tag == "row":
            given = attributes.get("r")
            self.row = int(given) if given and given.isdecimal() else self.row + 1
            self.column, self.current = 0, []
        elif tag == "rPh":
            self.phonetic = True

    def _prefixed(self, name: str) -> str:
        bare = name.rpartition(":")[2]
        known = bare if ":" in name and bare in _TAGS else "-"
        self.tags[name] = known
        return known

    def _start_cell(self, attributes: Attributes) -> None:
        address = attributes.get("r")
        if address is None:
            self.column += 1
        else:
            found = _ADDRESS.fullmatch(address)
            if found is None:
                raise DamagedWorkbook(f"工作表“{self.sheet_name}”中有无法识别的单元格地址，文件已损坏。", part=self.part)
            self.column, self.row = column_number(found[1]), int(found[2])
        self.cells += 1
        if self.cells > self.limits.cells:
            raise TooManyCells(f"工作表“{self.sheet_name}”的单元格超过 {self.limits.cells} 个，请删除多余的行列后重新上传。")
        self.type = attributes.get("t", "")
        self.style = int(attributes.get("s", 0) or 0)
        self.formula = False
        self.pieces = []

    def end(self, name: str) -> None:
        tag = self.tags.get(name, "-")
        if tag in {"v", "t"}:
            self.take = False
        elif tag == "c":
            if self.pieces or self.formula:
                self._add_cell()
        elif tag == "row":
            if self.current:
                self.rows.append((self.row, self.current))
                self.current = []
        elif tag == "rPh":
            self.phonetic = False

    def text(self, data: str) -> None:
        if self.take:
            self.pieces.append(data)

    def _add_cell(self) -> None:
        text = "".join(self.pieces) if len(self.pieces) != 1 else self.pieces[0]
        kind = _KINDS.get(self.type)
        if kind is None:
            kind = Kind.DATE if self.style in self.parts.date_styles else Kind.NUMBER
        elif self.type == "s":
            text = self._shared(text)
        if not text.strip() and not self.formula:
            return
        self._refuse_far()
        self.current.append(Cell(self.column, kind, text[: self.limits.text], self.formula))

    def _shared(self, text: str) -> str:
        place = int(text) if text.isdecimal() else -1
        if not 0 <= place < len(self.parts.strings):
            raise DamagedWorkbook(f"工作表“{self.sheet_name}”引用了不存在的文本，文件已损坏。", part=self.part)
        return self.parts.strings[place]

    def _refuse_far(self) -> None:
        cell = f"{column_letters(self.column)}{self.row}"
        if self.column > self.limits.columns:
            raise FarCell(
                f"工作表“{self.sheet_name}”的 {cell} 单元格远在表格之外，请删除其内容后重新上传。", sheet=self.sheet_name, cell=cell
            )
        if self.row > self.limits.rows:
            previous = self.rows[-1][0] if self.rows else 0
            if self.row - previous > self.limits.rows // 2:
                raise FarCell(
                    f"工作表“{self.sheet_name}”的 {cell} 单元格远在表格之外，请删除其内容后重新上传。", sheet=self.sheet_name, cell=cell
                )
            raise TooManyRows(
                f"工作表“{self.sheet_name}”超过 {self.limits.rows} 行（到 {cell}），请拆分成几份申报。", sheet=self.sheet_name, cell=cell
            )


def read_rows(package: Package, parts: Parts, sheet_name: str) -> list[Row]:
    """Rows with content of a named sheet, each with its number and its cells from left to right.

    Raises the refusals of `limits` naming sheet and cell.
    """
    part = next(entry.part for entry in parts.sheets if entry.name == sheet_name)
    reading = _Reading(package, parts, sheet_name, part)
    parse(package, part, reading.start, reading.end, reading.text)
    for _number, cells in reading.rows:
        cells.sort(key=_column)
    return sorted(reading.rows, key=_row_number)


def _column(cell: Cell) -> int:
    return cell.column


def _row_number(row: Row) -> int:
    return row[0]
