"""The sheet 申报表: labels with the value to their right, wherever they stand."""

from collections.abc import Sequence

from training_admin.kit.identifiers import clean_number
from training_admin.kit.workbook.cells import USCC_SENTENCES, Problems, uscc_code
from training_admin.kit.workbook.sheet import Cell, Row
from training_admin.kit.workbook.values import compact, to_count
from training_admin.subsidy.form import FormHead
from training_admin.subsidy.labels import LabelReader
from training_admin.subsidy.layout import HEAD_LABELS, TEXT_LIMITS

NAME, USCC, YEAR = REQUIRED = ("申报单位名称", "统一社会信用代码", "申报年度")
FIRST_YEAR, LAST_YEAR = 2015, 2100


def read_head(rows: Sequence[Row] | None, sheet: str, problems: Problems, *, from_1904: bool) -> FormHead | None:
    """The head of a claim, or None when the firm or the year cannot be read."""
    if rows is None:
        return None
    reader = LabelReader(rows, HEAD_LABELS, sheet, problems, from_1904=from_1904)
    problems.cells_read += len(HEAD_LABELS)
    reader.require(REQUIRED)
    year = reader.value(YEAR, _year, "NUMBER")
    # Read whole even where firm or year is wrong: the enterprise is told all wrong cells at once.
    head = FormHead(
        enterprise_name=_text(reader, NAME),
        uscc=_uscc(reader),
        claim_year=year or 0,
        size=_text(reader, "企业规模"),
        bank=_text(reader, "开户银行"),
        account=clean_number(_text(reader, "银行账号")),
        account_holder=_text(reader, "账户名称"),
        contact=_text(reader, "联系人"),
        contact_phone=_text(reader, "联系电话"),
        claim_date=reader.day("申报日期"),
    )
    return head if head.uscc and year is not None and head.enterprise_name else None


def _uscc(reader: LabelReader) -> str:
    cell = reader.cell(USCC)
    if cell is None:
        return ""
    number = clean_number(compact(cell))
    code = uscc_code(cell, number)
    if code:
        reader.refuse(USCC, code, USCC_SENTENCES.get(code, ""))
        return ""
    return number


def _year(cell: Cell) -> int | None:
    text = compact(cell).removesuffix("年度").removesuffix("年")
    year = to_count(Cell(cell.column, cell.kind, text, formula=False))
    return year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else None


def _text(reader: LabelReader, label: str) -> str:
    return reader.text(label, TEXT_LIMITS[label])
