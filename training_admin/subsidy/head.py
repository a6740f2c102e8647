"""The sheet 申报表: labels with the value to their right, wherever they stand."""

from collections.abc import Sequence
from datetime import date

from training_admin.kit.identifiers import clean_number, uscc_problem
from training_admin.kit.workbook.sheet import Cell, Row, column_letters
from training_admin.kit.workbook.table import header_key
from training_admin.kit.workbook.values import compact, is_lost_number, plain, to_count, to_date
from training_admin.subsidy.cells import Problems
from training_admin.subsidy.form import FormHead
from training_admin.subsidy.layout import HEAD_LABELS, TEXT_LIMITS

REQUIRED = ("申报单位名称", "统一社会信用代码", "申报年度")
FIRST_YEAR, LAST_YEAR = 2015, 2100
Found = tuple[str, Cell | None]


def read_head(rows: Sequence[Row] | None, sheet: str, problems: Problems, *, from_1904: bool) -> FormHead | None:
    """The head of a claim, or None when the firm or the year cannot be read."""
    if rows is None:
        return None
    cells = _labelled(rows)
    problems.cells_read += len(HEAD_LABELS)
    for label in REQUIRED:
        if label not in cells:
            problems.note(sheet, "", "MISSING_COLUMN", label)
        elif cells[label][1] is None:
            problems.note(sheet, cells[label][0], "MISSING", label)
    uscc = _uscc(cells, sheet, problems)
    year = _year(cells, sheet, problems)
    name = _text(cells, "申报单位名称", sheet, problems)
    if not uscc or year is None or not name:
        return None
    return FormHead(
        enterprise_name=name,
        uscc=uscc,
        claim_year=year,
        size=_text(cells, "企业规模", sheet, problems),
        bank=_text(cells, "开户银行", sheet, problems),
        account=clean_number(_text(cells, "银行账号", sheet, problems)),
        account_holder=_text(cells, "账户名称", sheet, problems),
        contact=_text(cells, "联系人", sheet, problems),
        contact_phone=_text(cells, "联系电话", sheet, problems),
        claim_date=_day(cells, sheet, problems, from_1904=from_1904),
    )


def _labelled(rows: Sequence[Row]) -> dict[str, Found]:
    """Each known label with the address and the cell to its right (None when there is none)."""
    labels = {header_key(label): label for label in HEAD_LABELS}
    found: dict[str, Found] = {}
    for number, cells in rows:
        for place, cell in enumerate(cells):
            label = labels.get(header_key(cell.text).rstrip(":"))
            if label is None or label in found:
                continue
            right = cells[place + 1] if place + 1 < len(cells) else None
            if right is not None and header_key(right.text).rstrip(":") in labels:
                right = None
            column = cell.column + 1 if right is None else right.column
            found[label] = (f"{column_letters(column)}{number}", right)
    return found


def _uscc(cells: dict[str, Found], sheet: str, problems: Problems) -> str:
    label = "统一社会信用代码"
    address, cell = cells.get(label, ("", None))
    if cell is None:
        return ""
    code = clean_number(compact(cell))
    problem = "ID_AS_NUMBER" if is_lost_number(cell) else uscc_problem(code)
    if problem is None and cell.formula:
        problem = "FORMULA"
    if problem is None:
        return code
    problems.note(sheet, address, str(problem), label)
    return ""


def _year(cells: dict[str, Found], sheet: str, problems: Problems) -> int | None:
    label = "申报年度"
    address, cell = cells.get(label, ("", None))
    if cell is None:
        return None
    if cell.formula:
        problems.note(sheet, address, "FORMULA", label)
        return None
    text = compact(cell).removesuffix("年度").removesuffix("年")
    year = to_count(Cell(cell.column, cell.kind, text, formula=False))
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        problems.note(sheet, address, "NUMBER", label)
        return None
    return year


def _text(cells: dict[str, Found], label: str, sheet: str, problems: Problems) -> str:
    address, cell = cells.get(label, ("", None))
    if cell is None:
        return ""
    if cell.formula:
        problems.note(sheet, address, "FORMULA", label)
        return ""
    text = plain(cell)
    if len(text) > TEXT_LIMITS[label]:
        problems.note(sheet, address, "TOO_LONG", label)
        return ""
    return text


def _day(cells: dict[str, Found], sheet: str, problems: Problems, *, from_1904: bool) -> date | None:
    label = "申报日期"
    address, cell = cells.get(label, ("", None))
    if cell is None:
        return None
    day = None if cell.formula else to_date(cell, from_1904=from_1904)
    if day is None:
        problems.note(sheet, address, "FORMULA" if cell.formula else "DATE", label)
    return day
