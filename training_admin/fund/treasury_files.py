"""The file for the treasury 国库支付清单: workbook and CSV, columns as the officer arranges them, amounts in figures and capitals."""

import csv
import io
from collections.abc import Sequence

from training_admin.fund.batch_plan import (
    ACCOUNT,
    AMOUNT,
    BANK,
    CAPITAL,
    CODE,
    HOLDER,
    NUMBER,
    TREASURY_COLUMNS,
    USE,
    TreasuryRow,
    arranged,
    treasury_values,
)
from training_admin.fund.batch_store import Item
from training_admin.fund.payable_store import ITEM_ACCOUNT_PLACE
from training_admin.fund.payee_account import opened_account
from training_admin.kit.money import yuan
from training_admin.kit.workbook.sheets import Column, Kind, Sheet, Stamp, write_workbook

__all__ = ["ALL_COLUMNS", "arranged", "treasury_csv", "treasury_rows", "treasury_workbook"]
ALL_COLUMNS = TREASURY_COLUMNS
CODE_LENGTH = 16
_COLUMNS = {
    NUMBER: Column(NUMBER, Kind.INTEGER, 6),
    HOLDER: Column(HOLDER, Kind.WORDS, 30),
    ACCOUNT: Column(ACCOUNT, Kind.TEXT, 24),
    BANK: Column(BANK, Kind.WORDS, 28),
    AMOUNT: Column(AMOUNT, Kind.MONEY, 16, total=True),
    CAPITAL: Column(CAPITAL, Kind.WORDS, 36),
    USE: Column(USE, Kind.WORDS, 18),
    CODE: Column(CODE, Kind.TEXT, 18),
}


def treasury_rows(items: Sequence[Item]) -> list[TreasuryRow]:
    """The payments with their accounts opened."""
    rows = []
    for item in items:
        account = opened_account(item.sealed_account, place=ITEM_ACCOUNT_PLACE)
        rows.append(TreasuryRow(item.code, account.holder, account.account, account.bank, item.fen))
    return rows


def treasury_workbook(number: str, rows: Sequence[TreasuryRow], columns: Sequence[str], digest: str) -> bytes:
    """The file as a workbook with its sum in figures and capitals; `digest` is that of the frozen content."""
    sheet = Sheet(
        name="支付清单",
        title="职工职业培训补贴支付清单",
        lines=(f"拨付批次：{number}", f"内容摘要（SHA-256）：{digest}"),
        columns=tuple(_COLUMNS[column] for column in columns),
        closing=("经办：", "复核：", "审批："),
        capital=AMOUNT,
    )
    target = io.BytesIO()
    write_workbook(target, [(sheet, treasury_values(rows, columns))], Stamp(number, digest[:CODE_LENGTH], "支付清单"))
    return target.getvalue()


def treasury_csv(rows: Sequence[TreasuryRow], columns: Sequence[str]) -> bytes:
    """The file as CSV with accounts as text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    place = columns.index(AMOUNT)
    for row in treasury_values(rows, columns):
        amount = row[place]
        assert isinstance(amount, int), "amounts are fen"
        writer.writerow([*(_plain(value) for value in row[:place]), yuan(amount), *(_plain(value) for value in row[place + 1 :])])
    return text.getvalue().encode("utf-8-sig")


def _plain(value: object) -> str:
    """A cell that no program takes for a formula: names come from claims."""
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
