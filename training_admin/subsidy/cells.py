"""Reading single cells of a claim: each asked value once, every problem noted with address, code and how to mend it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from training_admin.kit.workbook.sheet import Cell, Kind, column_letters
from training_admin.kit.workbook.table import Table
from training_admin.kit.workbook.values import compact, plain, to_date
from training_admin.subsidy.form import CellProblem
from training_admin.subsidy.layout import TEXT_LIMITS

T = TypeVar("T")
SENTENCES = {
    "ID_CHECK": "证件号码未通过校验（出生日期或校验码不对），请对照证件原件更正。",
    "ID_AS_NUMBER": "证件号码被存为数字，末几位可能已丢失。请把单元格设为“文本”格式后重新输入完整号码。",
    "ID_FORMAT": "证件号码的位数或字符与证件类型不符，请核对证件类型和号码。",
    "FORMULA": "此处是公式，请改为直接填写的值（复制后“选择性粘贴→数值”）。",
    "DATE": "无法识别为日期，请按 2026-03-05 的写法填写。",
    "MONEY": "不是最多两位小数的金额，请只填数字，如 31920.00。",
    "NUMBER": "不是有效的数字，请只填非负数字（最多两位小数）。",
    "MISSING": "必填内容为空，请补充。",
    "UNKNOWN_VALUE": "不在可选范围内，请从下拉列表中选择。",
    "UNKNOWN_CLASS": "“培训班级”表中没有这个班级编号，请核对或先在“培训班级”表中补充。",
    "TOO_LONG": "内容过长，请精简。",
    "DUPLICATE_HEADER": "同名的列出现两次，无法判断以哪一列为准，请删除多余的一列。",
    "MISSING_COLUMN": "找不到这一列，请按申报模板补上该列的表头。",
    "MISSING_SHEET": "找不到这张工作表，请按申报模板补上，工作表名称须一致。",
}


class Problems:
    """Problems of a workbook in reading order, and how many cells were asked for."""

    def __init__(self) -> None:
        self.found: list[CellProblem] = []
        self.cells_read = 0

    def note(self, sheet: str, cell: str, code: str, header: str = "") -> None:
        """Note one problem; the sentence names the field, never the value."""
        prefix = f"“{header}”" if header else ""
        self.found.append(CellProblem(sheet, cell, code, prefix + SENTENCES[code]))


class RowReader:
    """The cells of one row of a table, asked one after the other; `sound` tells whether all were readable so far."""

    __slots__ = ("cells", "from_1904", "problems", "row", "sheet", "sound", "table")

    def __init__(self, table: Table, sheet: str, problems: Problems, *, from_1904: bool) -> None:
        self.table = table
        self.sheet = sheet
        self.problems = problems
        self.from_1904 = from_1904
        self.row = 0
        self.cells: Mapping[int, Cell] = {}
        self.sound = True

    def turn_to(self, row: int, cells: Mapping[int, Cell]) -> None:
        """Go on to a row."""
        self.row, self.cells, self.sound = row, cells, True

    def cell(self, header: str) -> Cell | None:
        """The cell under a header, or None when the column or the cell is empty."""
        place = self.table.places.get(header)
        if place is None:
            return None
        self.problems.cells_read += 1
        return self.cells.get(place)

    def refuse(self, header: str, code: str) -> None:
        """Note a problem of the cell under a header."""
        self.sound = False
        self.problems.note(self.sheet, f"{column_letters(self.table.places[header])}{self.row}", code, header)

    def value(self, header: str, read: Callable[[Cell], T | None], code: str, *, required: bool = False) -> T | None:
        """A typed value; an empty optional cell is None without a problem."""
        place = self.table.places.get(header)
        if place is None:
            return None
        self.problems.cells_read += 1
        cell = self.cells.get(place)
        if cell is None:
            if required:
                self.refuse(header, "MISSING")
            return None
        if cell.formula:
            self.refuse(header, "FORMULA")
            return None
        value = read(cell)
        if value is None or cell.kind is Kind.ERROR:
            self.refuse(header, code)
            return None
        return value

    def text(self, header: str, *, required: bool = False, spaced: bool = True) -> str:
        """A text within its limit; "" when empty or not readable."""
        found = self.value(header, plain if spaced else compact, "UNKNOWN_VALUE", required=required)
        if found is None:
            return ""
        if len(found) > TEXT_LIMITS.get(header, 200):
            self.refuse(header, "TOO_LONG")
            return ""
        return found

    def day(self, header: str, *, required: bool = False) -> date | None:
        """A day."""
        return self.value(header, self._to_date, "DATE", required=required)

    def _to_date(self, cell: Cell) -> date | None:
        return to_date(cell, from_1904=self.from_1904)

    def word(self, header: str, words: Mapping[str, str], *, required: bool = False) -> str:
        """A word of a list, given as its code; "" when empty or unknown."""
        return self.value(header, lambda cell: words.get(compact(cell)), "UNKNOWN_VALUE", required=required) or ""
