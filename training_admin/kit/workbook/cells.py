"""Reading single cells of an uploaded workbook: each asked value once, every problem noted with address, code and how to mend it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from training_admin.kit.identifiers import IdProblem, clean_number, read_identity, uscc_problem
from training_admin.kit.workbook.problems import CellProblem
from training_admin.kit.workbook.sheet import Cell, Kind, Row, column_letters
from training_admin.kit.workbook.table import Column, Table, find_table
from training_admin.kit.workbook.values import compact, is_lost_number, plain, to_date

T = TypeVar("T")
LONGEST_TEXT = 200
REMEMBERED = 4096
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
    "MISSING_COLUMN": "找不到这一列，请按模板补上该列的表头。",
    "MISSING_SHEET": "找不到这张工作表，请按模板补上，工作表名称须一致。",
    "DUPLICATE_ROW": "与上面某一行重复，无法判断以哪一行为准，请删除多余的一行。",
    "NOT_COVERED": "不在“交付说明”所列的范围内，请核对，或在“交付说明”中补充。",
    "NO_ROWS": "所列的期间没有任何数据行，会使所有人被认定为没有记录。请补充数据，或从“交付说明”中删去该期间。",
}
USCC_SENTENCES = {
    "ID_CHECK": "统一社会信用代码未通过校验，请对照营业执照更正。",
    "ID_FORMAT": "应为 18 位统一社会信用代码，请对照营业执照更正。",
    "ID_AS_NUMBER": "统一社会信用代码被存为数字，末几位可能已丢失。请把单元格设为“文本”格式后重新输入完整代码。",
}


class Problems:
    """Problems of a workbook in reading order (`most` of them at the most), their count, and how many cells were asked for."""

    def __init__(self, most: int | None = None) -> None:
        self.found: list[CellProblem] = []
        self.count = 0
        self.cells_read = 0
        self._most = most

    def note(self, sheet: str, cell: str, code: str, header: str = "", sentence: str = "") -> None:
        """Note one problem; the sentence names the field, never the value."""
        self.count += 1
        if self._most is None or self.count <= self._most:
            prefix = f"“{header}”" if header else ""
            self.found.append(CellProblem(sheet, cell, code, prefix + (sentence or SENTENCES[code])))


class RowReader:
    """The cells of one row of a table, asked one after the other; `sound` tells whether all were readable so far.

    `limits` are the longest texts by header, in characters; other texts may have `LONGEST_TEXT`.
    """

    __slots__ = ("cells", "from_1904", "limits", "problems", "row", "sheet", "sound", "table")

    def __init__(self, table: Table, sheet: str, problems: Problems, *, from_1904: bool, limits: Mapping[str, int]) -> None:
        self.table = table
        self.sheet = sheet
        self.problems = problems
        self.from_1904 = from_1904
        self.limits = limits
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

    def refuse(self, header: str, code: str, sentence: str = "") -> None:
        """Note a problem of the cell under a header."""
        self.sound = False
        self.problems.note(self.sheet, f"{column_letters(self.table.places[header])}{self.row}", code, header, sentence)

    def value(self, header: str, read: Callable[[Cell], T | None], code: str, *, required: bool = False, sentence: str = "") -> T | None:
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
            self.refuse(header, code, sentence)
            return None
        return value

    def remembered(self, header: str, ask: Callable[[], T]) -> Callable[[], T]:
        """A question about one column, asked row after row: what a cell without problem said is told again of an equal cell.

        The answer must depend on the cell alone, and asking must read just that cell.
        """
        place = self.table.places.get(header, 0)
        known: dict[Cell, T] = {}

        def answer() -> T:
            cell = self.cells.get(place)
            if cell is None:
                return ask()
            said = known.get(cell)
            if said is not None:
                self.problems.cells_read += 1
                return said
            before = self.problems.count
            said = ask()
            if self.problems.count == before and len(known) < REMEMBERED:
                known[cell] = said
            return said

        return answer

    def text(self, header: str, *, required: bool = False, spaced: bool = True, limit: int | None = None) -> str:
        """A text within its limit; "" when empty or not readable."""
        found = self.value(header, plain if spaced else compact, "UNKNOWN_VALUE", required=required)
        if found is None:
            return ""
        if len(found) > (limit or self.limits.get(header, LONGEST_TEXT)):
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

    def identity(self, header: str, id_type: str, today: date, *, checked: bool = True) -> str:
        """The cleaned identity number; one code per cell in the order of the code lists, a lost number before all others.

        An office's register says what it says: unless `checked`, a number that only fails its check is taken as it is.
        """
        cell = self.cell(header)
        if cell is None:
            if header in self.table.places:
                self.refuse(header, "MISSING")
            return ""
        number = clean_number(compact(cell))
        code = identity_code(cell, id_type, number, today)
        if code == IdProblem.CHECK and not checked:
            code = "FORMULA" if cell.formula else ""
        if code:
            self.refuse(header, code)
        return number

    def uscc(self, header: str, *, required: bool = False) -> str:
        """A unified social credit code that passes its check; "" when empty or wrong."""
        cell = self.cell(header)
        if cell is None:
            if required and header in self.table.places:
                self.refuse(header, "MISSING")
            return ""
        number = clean_number(compact(cell))
        code = uscc_code(cell, number)
        if code:
            self.refuse(header, code, USCC_SENTENCES.get(code, ""))
            return ""
        return number


def table_reader(
    rows: Sequence[Row],
    sheet: str,
    columns: Sequence[Column],
    problems: Problems,
    *,
    from_1904: bool,
    limits: Mapping[str, int] | None = None,
) -> RowReader | None:
    """A reader for the table of a sheet; headers that are missing or stand twice are noted."""
    table = find_table(rows, columns)
    if table is None:
        problems.note(sheet, "", "MISSING_COLUMN", "、".join(column.header for column in columns if column.required))
        return None
    for header, place in table.repeated:
        problems.note(sheet, f"{column_letters(place)}{table.header_row}", "DUPLICATE_HEADER", header)
    for column in columns:
        if column.required and column.header not in table.places:
            problems.note(sheet, f"A{table.header_row}", "MISSING_COLUMN", column.header)
    return RowReader(table, sheet, problems, from_1904=from_1904, limits=limits or {})


def identity_code(cell: Cell, id_type: str, number: str, today: date) -> str:
    """What is wrong with a cell that holds an identity number, "" for nothing; `today` bounds the date of birth."""
    if is_lost_number(cell):
        return "ID_AS_NUMBER"
    if cell.formula and not number:
        return "FORMULA"
    reading = read_identity(id_type, number, today) if id_type else None
    if isinstance(reading, IdProblem):
        return reading.value
    return "FORMULA" if cell.formula else ""


def uscc_code(cell: Cell, code: str) -> str:
    """What is wrong with a cell that holds a unified social credit code, "" for nothing."""
    problem = "ID_AS_NUMBER" if is_lost_number(cell) else uscc_problem(code)
    if problem is None:
        return "FORMULA" if cell.formula else ""
    return str(problem)
