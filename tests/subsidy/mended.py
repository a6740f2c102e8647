"""Sample claim workbooks with single cells changed, as an enterprise mends them."""

import io
from collections.abc import Mapping

from openpyxl import load_workbook

from tests.web.conftest import sample
from training_admin.subsidy.form import SHEET_ROSTER


def mended(letter: str, cells: Mapping[str, str | int | None], *, sheet: str = SHEET_ROSTER, without: tuple[int, ...] = ()) -> bytes:
    """A sample workbook with other values in some cells, and without some rows of the sheet."""
    book = load_workbook(io.BytesIO(sample(f"claim_{letter}.xlsx")))
    for address, value in cells.items():
        book[sheet][address] = value
    for row in sorted(without, reverse=True):
        book[sheet].delete_rows(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def column_of(letter: str, header: str, *, sheet: str = SHEET_ROSTER) -> str:
    """The letter of the column that bears a header."""
    book = load_workbook(io.BytesIO(sample(f"claim_{letter}.xlsx")))
    for row in book[sheet].iter_rows(max_row=5):
        for cell in row:
            if cell.value is not None and str(cell.value).startswith(header):
                return str(cell.column_letter)
    raise AssertionError(header)
