"""A list goes out as a workbook and comes back the same; every wrong cell is named at once and nothing is taken in."""

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.parties.test_list_facts import FIRM, KEY, OWN, WIDE
from training_admin.kit.dated import Standing
from training_admin.parties.list_facts import KIND_WORDS, ListEntry, ListKind
from training_admin.parties.list_workbooks import columns_of, list_workbook, read_list, read_list_workbook

PILOT = ListEntry(ListKind.PILOT_OCCUPATION, "6-18-02-04", "=焊工", date(2026, 1, 1), None, "测试文件", Standing.KNOWN)


def book(kind: ListKind, *rows: list[Any], sheet: str = "", header: list[str] | None = None) -> bytes:
    made = Workbook()
    page = made.active
    assert page is not None
    page.title = sheet or KIND_WORDS[kind]
    for row in [header or [column.header for column in columns_of(kind)], *rows]:
        page.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize("entry", [KEY, OWN, WIDE, PILOT], ids=lambda each: each.kind.value)
def test_what_goes_out_comes_back(entry: ListEntry) -> None:
    content = list_workbook(entry.kind, [entry])
    assert load_workbook(io.BytesIO(content)).active is not None
    read = read_list_workbook(content, entry.kind)
    assert (read.entries, read.problems, read.count) == ((entry,), (), 0)


def test_wrong_cells_are_named_all_at_once() -> None:
    good = [FIRM, "样例企业", "2026-01-01", "", "文件", "有据"]
    read = read_list_workbook(
        book(
            ListKind.KEY_ENTERPRISE,
            good,
            good,
            [FIRM[:-1] + "1", "", "soon", "2026-01-01", "x" * 501, "maybe"],
            [FIRM, "样例企业", "2026-03-01", "2026-02-01", "文件", "有据"],
        ),
        ListKind.KEY_ENTERPRISE,
    )
    found = [(each.cell, each.code) for each in read.problems]
    assert found == [
        ("A3", "DUPLICATE_ROW"),
        ("A4", "ID_CHECK"),
        ("B4", "MISSING"),
        ("C4", "DATE"),
        ("E4", "TOO_LONG"),
        ("F4", "UNKNOWN_VALUE"),
        ("D5", "DATE"),
    ]
    assert read.entries == ()
    assert read.count == len(found)


@pytest.mark.parametrize(
    ("kind", "row", "cell"),
    [
        pytest.param(ListKind.PRIORITY_INDUSTRY, ["34", "通用设备", "2026-01-01", "", "文件", "有据"], "A2", id="no letter"),
        pytest.param(ListKind.PILOT_OCCUPATION, ["焊工", "焊工", "2026-01-01", "", "文件", "有据"], "A2", id="no occupation"),
        pytest.param(ListKind.ENTERPRISE_INDUSTRY, [FIRM, "企业", "", "2026-01-01", "", "文件", "有据"], "C2", id="no industry"),
    ],
)
def test_codes_of_each_list_are_checked(kind: ListKind, row: list[str], cell: str) -> None:
    assert [each.cell for each in read_list_workbook(book(kind, row), kind).problems] == [cell]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(book(ListKind.KEY_ENTERPRISE, sheet="别的"), "MISSING_SHEET", id="no such sheet"),
        pytest.param(book(ListKind.KEY_ENTERPRISE, header=["甲", "乙"]), "MISSING_COLUMN", id="no header"),
        pytest.param(book(ListKind.KEY_ENTERPRISE), "MISSING", id="no row"),
    ],
)
def test_a_workbook_without_a_list_says_so(content: bytes, code: str) -> None:
    assert [each.code for each in read_list_workbook(content, ListKind.KEY_ENTERPRISE).problems] == [code]


async def test_reading_happens_in_a_child() -> None:
    assert (await read_list(list_workbook(ListKind.KEY_ENTERPRISE, [KEY]), ListKind.KEY_ENTERPRISE)).entries == (KEY,)
