"""The audit workbook of a claim: its sheets, texts as text, and sums that equal the stored record."""

import io
from typing import Any

from openpyxl import load_workbook

from training_admin.audit.workbooks import claim_workbook
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock

SHEETS = ["补贴人员明细表", "企业补贴汇总表", "班级花名册", "费用明细表", "审计疑点清单"]


def header_row(sheet: Any) -> tuple[int, list[str]]:
    """The number and the words of the row that begins with 序号 or names the columns."""
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if sum(value is not None for value in row) > 5:
            return number, [str(value) for value in row]
    raise AssertionError("no header")


async def test_the_people_of_the_workbook_add_up_to_the_decision(claims: dict[str, str], clock: FixedClock) -> None:
    content = await claim_workbook(DEMO, claims["A"], clock=clock)
    book = load_workbook(io.BytesIO(content), data_only=True)
    assert book.sheetnames[:5] == SHEETS
    people = book[SHEETS[0]]
    first, header = header_row(people)
    paid, number = header.index("实发"), header.index("证件号码")
    rows: list[Any] = [row for row in people.iter_rows(min_row=first + 1, values_only=True) if isinstance(row[0], int)]
    assert len(rows) == 71
    assert round(sum(row[paid] or 0 for row in rows) * 100) == 10_336_000
    assert all(isinstance(row[number], str) and len(row[number]) == 18 for row in rows)


async def test_the_public_variant_hides_numbers_and_vouchers(claims: dict[str, str], clock: FixedClock) -> None:
    content = await claim_workbook(DEMO, claims["A"], clock=clock, public=True)
    book = load_workbook(io.BytesIO(content), data_only=True)
    assert "费用明细表" not in book.sheetnames
    texts = [str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row if value is not None]
    assert not any(text.startswith("310100") for text in texts)
    assert any(text.startswith("3101****") for text in texts)
