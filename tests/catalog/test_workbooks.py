"""The catalog as a workbook: out and in again unchanged, wrong cells all told with their address, the change log as sheet 16."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest

from training_admin.catalog.changes import changes
from training_admin.catalog.facts import Entry, PublishedItem
from training_admin.catalog.sample import sample_catalog, sample_details
from training_admin.catalog.workbooks import CATALOG, CHANGES, catalog_workbook, changes_workbook, read_catalog_workbook

DAY = date(2026, 6, 1)
KNOWN = datetime(2026, 6, 1, tzinfo=UTC)
SAMPLE = [PublishedItem(item, sample_details()[item.item_code], "样例目录", KNOWN, "某人") for item in sample_catalog()]
HEADER_ROW = 3


def edited(edit: Callable[[Any], None]) -> bytes:
    """The sample as a workbook that somebody has changed."""
    book = openpyxl.load_workbook(io.BytesIO(catalog_workbook(SAMPLE, day=DAY)))
    edit(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_what_is_exported_reads_back_as_it_was() -> None:
    read = read_catalog_workbook(catalog_workbook(SAMPLE, day=DAY))
    assert read.problems == ()
    assert read.entries == tuple(Entry(each.item, each.details) for each in SAMPLE)


def test_every_wrong_cell_is_told_at_once_with_its_address() -> None:
    wrong = {
        "A": "编码 一", "B": "省级", "C": "Z", "D": "6-18-2", "E": None, "F": "十级", "G": "many", "J": "1.005", "M": "也许",
        "O": "在职从业人员、路人", "P": "自费", "R": "长" * 101, "S": "soon", "T": "2020-01-01",
    }  # fmt: skip

    def spoil(book: Any) -> None:
        sheet = book[CATALOG]
        for column, value in wrong.items():
            sheet[f"{column}{HEADER_ROW + 1}"] = value
        sheet[f"T{HEADER_ROW + 2}"] = date(2025, 1, 1)
        sheet[f"G{HEADER_ROW + 3}"] = 119
        sheet[f"A{HEADER_ROW + 5}"] = sheet[f"A{HEADER_ROW + 4}"].value

    read = read_catalog_workbook(edited(spoil))
    row = HEADER_ROW + 1
    expected = {f"{column}{row}" for column in wrong if column != "T"} | {f"T{row + 1}", f"G{row + 2}", f"A{row + 4}"}
    assert {problem.cell for problem in read.problems} == expected
    assert read.problem_count == len(expected)
    assert read.entries == ()
    assert {problem.code for problem in read.problems} >= {"MISSING", "MONEY", "NUMBER", "DATE", "DUPLICATE_ROW", "UNKNOWN_VALUE"}


def test_columns_may_stand_in_any_order_and_groups_may_be_letters() -> None:
    def change(book: Any) -> None:
        sheet = book[CATALOG]
        sheet.delete_rows(HEADER_ROW + 2, len(SAMPLE))
        sheet[f"O{HEADER_ROW + 1}"] = "M, E"
        sheet.move_range(f"A{HEADER_ROW}:A{HEADER_ROW + 1}", cols=25)

    read = read_catalog_workbook(edited(change))
    assert read.problems == ()
    assert [entry.details.groups for entry in read.entries] == [("E", "M")]
    assert read.entries[0].item == SAMPLE[0].item


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        pytest.param(lambda book: setattr(book[CATALOG], "title", "别的"), "MISSING_SHEET", id="no sheet"),
        pytest.param(lambda book: book[CATALOG].delete_rows(HEADER_ROW + 1, 100), "MISSING", id="no rows"),
        pytest.param(lambda book: book[CATALOG].delete_rows(HEADER_ROW, 1), "MISSING_COLUMN", id="no header"),
    ],
)
def test_a_workbook_without_catalog_is_told(edit: Callable[[Any], None], code: str) -> None:
    assert [problem.code for problem in read_catalog_workbook(edited(edit)).problems] == [code]


def test_the_change_log_has_the_columns_of_sheet_16() -> None:
    book = openpyxl.load_workbook(io.BytesIO(changes_workbook(changes(SAMPLE), day=DAY)))
    rows = list(book[CHANGES].iter_rows(values_only=True))
    assert rows[2] == ("项目", "字段", "旧值", "新值", "生效日", "依据文号", "操作人")
    assert rows[3][1:] == ("新增项目", None, SAMPLE[0].item.name, datetime(2026, 1, 1), "样例目录", "某人")  # noqa: DTZ001 - as openpyxl reads it
