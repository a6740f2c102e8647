"""Made-up claims as workbooks in the shape that enterprises send."""

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from training_admin.catalog.facts import LEVEL_WORDS
from training_admin.demo.district import CLAIM_DAY, MadeClaim
from training_admin.kit.workbook.table import Column
from training_admin.parties.facts import SIZE_WORDS
from training_admin.subsidy.form import SHEET_CLASSES, SHEET_COSTS, SHEET_HEAD, SHEET_ROSTER
from training_admin.subsidy.layout import CLASS_COLUMNS, COST_COLUMNS, ROSTER_COLUMNS

FIRST_ROW = 4


def claim_workbook(claim: MadeClaim, day: date = CLAIM_DAY) -> bytes:
    """The claim as .xlsx, dated on a day; roster rows begin at row 4 in the order of classes and people."""
    book = Workbook()
    head = book.active
    assert isinstance(head, Worksheet)
    head.title = SHEET_HEAD
    _head(head, claim, day)
    firm = claim.firm.name
    _table(book.create_sheet(SHEET_CLASSES), "培训班级明细", firm, CLASS_COLUMNS, _class_rows(claim))
    _table(book.create_sheet(SHEET_ROSTER), "参训人员花名册", firm, ROSTER_COLUMNS, _roster_rows(claim))
    _table(book.create_sheet(SHEET_COSTS), "培训费用明细", firm, COST_COLUMNS, _cost_rows(claim))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _head(sheet: Worksheet, claim: MadeClaim, day: date) -> None:
    firm = claim.firm
    sheet.append(["企业职工职业培训补贴申报表（演示）"])
    sheet.append([])
    for label, value in (
        ("申报单位名称", firm.name),
        ("统一社会信用代码", firm.uscc),
        ("申报年度", day.year),
        ("企业规模", SIZE_WORDS[firm.size or "S"]),
        ("开户银行", "样例银行松江支行"),
        ("银行账号", "3100" + (firm.uscc[12:17] + firm.uscc[8:12]).replace("X", "0").rjust(13, "0")),
        ("账户名称", claim.holder or firm.name),
        ("联系人", "经办人"),
        ("联系电话", "021-00000000"),
        ("申报日期", day),
    ):
        sheet.append([label, value])


def _table(sheet: Worksheet, title: str, firm: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
    sheet.append([title])
    sheet.append([f"填报单位：{firm}"])
    sheet.append([column.header for column in columns])
    for number, row in enumerate(rows, start=1):
        sheet.append([number, *row])


def _class_rows(claim: MadeClaim) -> Iterable[Sequence[Any]]:
    for klass in claim.classes:
        filing, item = klass.filing, klass.item
        level = None if item is None or item.level is None else LEVEL_WORDS[item.level]
        test = "是" if filing.theory_test is not False else "否"
        yield (
            filing.class_no,
            filing.stream,
            klass.title,
            filing.item,
            item.occupation if item else None,
            level,
            klass.institution_name,
            filing.institution,
            filing.start,
            filing.end,
            filing.planned_hours,
            filing.delivered_hours,
            0,
            filing.enrolled,
            test,
            test,
            None,
        )


def _roster_rows(claim: MadeClaim) -> Iterable[Sequence[Any]]:
    for klass in claim.classes:
        for row in klass.rows:
            yield (
                klass.filing.class_no,
                row.name,
                "居民身份证",
                row.id_no,
                row.group,
                row.mobile,
                row.contract_start,
                row.contract_end,
                row.attended,
                row.result,
                None,
            )


def _cost_rows(claim: MadeClaim) -> Iterable[Sequence[Any]]:
    for voucher in claim.vouchers:
        yield (
            voucher.class_no,
            voucher.category,
            voucher.invoice_no,
            voucher.issuer_name,
            voucher.issuer,
            voucher.invoiced_on,
            voucher.amount_yuan,
            voucher.voucher_no,
            None,
        )
