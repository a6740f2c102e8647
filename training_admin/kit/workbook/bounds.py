"""What a cell is, and the bounds it must stand in."""

from enum import StrEnum
from functools import cache

import msgspec

from training_admin.kit.workbook.limits import DamagedWorkbook, FarCell, Limits, TooManyCells, TooManyRows, WorkbookRefused
from training_admin.kit.workbook.parts import Parts

LETTERS = 26


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
SHARED = "s"
_KINDS = {SHARED: Kind.TEXT, "str": Kind.TEXT, "inlineStr": Kind.TEXT, "b": Kind.BOOLEAN, "e": Kind.ERROR, "d": Kind.TEXT}


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


class Bounds(msgspec.Struct, frozen=True):
    """What one pass needs to refuse a cell: the limits and where they are spoken of."""

    limits: Limits
    sheet_name: str
    part: str

    def damaged(self, what: str) -> DamagedWorkbook:
        """The sheet breaks the format."""
        return DamagedWorkbook(f"工作表“{self.sheet_name}”中{what}，文件已损坏。请重新打开原文件并另存后再上传。", part=self.part)

    def too_many_cells(self) -> TooManyCells:
        """More cells than allowed."""
        return TooManyCells(
            f"工作表“{self.sheet_name}”的单元格超过 {self.limits.cells} 个，请删除多余的行列后重新上传。",
            sheet=self.sheet_name,
            part=self.part,
        )

    @property
    def last_row(self) -> int:
        """The last row that may hold anything."""
        return self.limits.rows + self.limits.heading_rows

    def assert_inside(self, row: int, column: int, rows: list[Row]) -> None:
        """Raises FarCell or TooManyRows for a cell with content outside the bounds."""
        if row > self.last_row or column > self.limits.columns:
            raise self._outside(row, column, rows[-1][0] if rows else 0)

    def _outside(self, row: int, column: int, last_row: int) -> WorkbookRefused:
        cell = f"{column_letters(column)}{row}"
        if column > self.limits.columns or row - last_row > self.limits.rows // 2:
            sentence = f"工作表“{self.sheet_name}”的 {cell} 单元格远在表格之外，请删除其内容后重新上传。"
            return FarCell(sentence, sheet=self.sheet_name, cell=cell)
        sentence = f"工作表“{self.sheet_name}”超过 {self.limits.rows} 行（到 {cell}），请拆分成几份后分别上传。"
        return TooManyRows(sentence, sheet=self.sheet_name, cell=cell)


def kind_of(type_: str, style: int, parts: Parts) -> Kind:
    """What a cell of a type and a style holds; a number shown as a date is one."""
    return _KINDS.get(type_) or (Kind.DATE if style in parts.date_styles else Kind.NUMBER)


def made_cell(column: int, type_: str, style: int, text: str, parts: Parts, bounds: Bounds, *, formula: bool) -> Cell | None:
    """A cell, or None when it has neither content nor a formula."""
    if type_ == SHARED and text:
        text = shared_text(text.strip(), parts, bounds)
    if formula or (text and not text.isspace()):
        return Cell(column, kind_of(type_, style, parts), text[: bounds.limits.text], formula)
    return None


def shared_text(place: str, parts: Parts, bounds: Bounds) -> str:
    """The shared string of a place as written; raises DamagedWorkbook when there is none."""
    try:
        if place.isdecimal():
            return parts.strings[int(place)]
    except (IndexError, ValueError):
        pass
    raise bounds.damaged("引用了不存在的文本")
