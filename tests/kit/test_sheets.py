"""Workbooks we give out, read back by openpyxl."""

import io
import zipfile
import zlib
from datetime import date
from typing import Any

import openpyxl
import pytest
from defusedxml import ElementTree
from openpyxl.worksheet.worksheet import Worksheet

from training_admin.kit.money import capital_amount
from training_admin.kit.workbook.behind import WORTH_A_THREAD, WriterBehind
from training_admin.kit.workbook.rows import lines_needed
from training_admin.kit.workbook.sheets import Column, Kind, Sheet, SheetWritten, Stamp, WorkbookWriter, write_workbook

COLUMNS = (
    Column("序号", Kind.INTEGER, 6),
    Column("姓名", Kind.WORDS, 10),
    Column("证件号码", Kind.TEXT, 20),
    Column("日期", Kind.DATE, 12),
    Column("课时", Kind.HOURS, 8, total=True),
    Column("出勤率", Kind.PERCENT, 9),
    Column("人次", Kind.INTEGER, 8, total=True),
    Column("金额", Kind.MONEY, 14, total=True),
)
SHEET = Sheet("明细", "明细表", ("单位：元", "编制日期：2026-06-01"), COLUMNS, ("制表人：", "复核人：", "负责人：", "（公章）"), "金额", 2)
STAMP = Stamp("SJAW2026000001", "AB12-CD34", "政策包 A&B")
ROW = (1, "张三", "310100199001011234", date(2026, 3, 9), 12050, 9583, 1, 123456)
FIRST_ROW = 5
INJECTIONS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0", "\t=1")
ODD = ("a&b", "<b>x</b>", " 两端空格 ", "_x0041_", "一\n二", "'单引号", "\u0001控制", "𬭊生僻", "é", "%s %d {0}")


def written(rows: list[tuple[Any, ...]], sheet: Sheet = SHEET) -> tuple[Worksheet, SheetWritten]:
    target = io.BytesIO()
    (told,) = write_workbook(target, [(sheet, rows)], STAMP)
    page = openpyxl.load_workbook(target)[sheet.name]
    assert isinstance(page, Worksheet)
    return page, told


def test_each_kind_comes_back_as_what_it_is() -> None:
    page, told = written([ROW])
    values: list[Any] = [cell.value for cell in page[FIRST_ROW]]
    assert [*values[:3], values[3].date(), *values[4:]] == [*ROW[:4], 120.5, 0.9583, 1, 1234.56]
    assert [cell.data_type for cell in page[FIRST_ROW]] == ["n", "s", "s", "d", "n", "n", "n", "n"]
    formats = [cell.number_format for cell in page[FIRST_ROW]]
    assert formats == ["#,##0", "@", "@", "yyyy-mm-dd", "General", "0.00%", "#,##0", "#,##0.00"]
    assert told == SheetWritten("明细", 1, {"课时": 12050, "人次": 1, "金额": 123456}, ("金额",))
    assert told.sums == {"金额": 123456}


@pytest.mark.parametrize("text", [*INJECTIONS, *ODD[:1], ODD[1], ODD[4], ODD[5], ODD[7], ODD[8], ODD[9]])
def test_what_people_wrote_is_text_and_stays_as_it_was(text: str) -> None:
    page, _told = written([(1, text, text, None, None, None, None, None)])
    for cell in (page.cell(FIRST_ROW, 2), page.cell(FIRST_ROW, 3)):
        assert (cell.value, cell.data_type) == (text, "s")


def part(rows: list[tuple[Any, ...]], name: str = "xl/worksheets/sheet1.xml") -> str:
    target = io.BytesIO()
    write_workbook(target, [(SHEET, rows)], STAMP)
    with zipfile.ZipFile(target) as package:
        assert package.testzip() is None
        for each in package.namelist():
            if each.endswith((".xml", ".rels")):
                ElementTree.fromstring(package.read(each))
        return package.read(name).decode()


def test_spaces_at_the_ends_are_kept_and_excels_own_escape_is_escaped() -> None:
    xml = part([(1, " 两端空格 ", "_x0041_", None, None, None, None, None)])
    assert '<t xml:space="preserve"> 两端空格 </t>' in xml
    assert "_x005F_x0041_" in xml


def test_what_no_xml_can_carry_becomes_visible() -> None:
    assert "�控制" in part([(1, "\u0001控制", None, None, None, None, None, None)])


def test_no_formula_but_the_sums() -> None:
    rows = [(n, text, text, None, None, None, 1, 100) for n, text in enumerate((*INJECTIONS, *ODD), 1)]
    xml = part(rows)
    assert xml.count("<f>") == 3
    assert "<f>SUM(H5:H21)</f><v>17.00</v>" in xml


def test_amounts_are_exact_decimals_also_where_floats_are_not() -> None:
    amounts = [1, 10, 29, 57, 100_29, 999_999_999_99, 0, -5, 110]
    xml = part([(n, None, None, None, None, None, None, fen) for n, fen in enumerate(amounts, 1)])
    for text in ("0.01", "0.10", "0.29", "0.57", "100.29", "999999999.99", "0.00", "-0.05", "1.10"):
        assert f"<v>{text}</v>" in xml


def test_the_total_row_has_formula_and_stored_value_and_capital_letters_below() -> None:
    target = io.BytesIO()
    write_workbook(target, [(SHEET, [ROW, (2, *ROW[1:-1], 44)])], STAMP)
    formulas, values = (openpyxl.load_workbook(target, data_only=stored)["明细"] for stored in (False, True))
    assert [formulas.cell(7, n).value for n in (1, 5, 7, 8)] == ["合计", "=SUM(E5:E6)", "=SUM(G5:G6)", "=SUM(H5:H6)"]
    assert [values.cell(7, n).value for n in (5, 7, 8)] == [241, 2, 1235]
    assert values.cell(8, 1).value == f"金额合计大写金额：{capital_amount(123500)}"
    assert [cell.value for cell in values[9] if cell.value] == ["制表人：", "复核人：", "负责人：", "（公章）"]


def test_the_sheet_prints_on_a4_with_its_header_on_each_page() -> None:
    page, _told = written([ROW] * 3)
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.sheet_properties.pageSetUpPr is not None
    foot: Any = page.oddFooter
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage) == (1, 0, True)
    assert page.print_title_rows == "$4:$4"
    assert page.freeze_panes == "C5"
    assert page.auto_filter.ref == "A4:H7"
    assert foot.center.text == "第 &P 页 共 &N 页"
    assert foot.left.text == "文件号 SJAW2026000001　校验码 AB12-CD34"
    assert [str(each) for each in page.merged_cells.ranges] == ["A1:H1"]
    assert [page.column_dimensions[letter].width for letter in "ABH"] == [6, 10, 14]


def test_an_empty_table_says_so_and_still_adds_up() -> None:
    page, told = written([])
    assert page.cell(FIRST_ROW, 2).value == "（无记录）"
    assert page.cell(6, 8).value == "=SUM(H5:H5)"
    assert (told.rows, told.totals["金额"]) == (0, 0)


def test_a_table_without_text_or_sums_needs_neither() -> None:
    sheet = Sheet("数", "数", (), (Column("数", Kind.INTEGER, 5),))
    page, told = written([], sheet)
    assert (page.max_row, told.totals) == (3, {})
    page, told = written([(7,)], sheet)
    assert page.cell(3, 1).value == 7


def test_several_sheets_in_their_order_and_long_tables_in_batches() -> None:
    target = io.BytesIO()
    second = Sheet("第二", "第二张", ("甲", "乙", "丙"), COLUMNS)
    with WorkbookWriter(target, [SHEET, second], STAMP) as writer:
        writer.write((n, "甲", None, None, None, None, 1, n) for n in range(1, 1801))
        writer.end_sheet()
        writer.write([ROW])
        writer.write([ROW])
        writer.end_sheet()
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["明细", "第二"]
    assert [sheet.rows for sheet in writer.written] == [1800, 2]
    assert book["明细"].cell(FIRST_ROW + 1799, 1).value == 1800
    assert book["明细"].auto_filter.ref == "A4:H1804"
    assert book["第二"].auto_filter.ref == "A5:H7"
    assert book["第二"].print_title_rows == "$5:$5"


def test_a_failure_leaves_no_half_workbook_that_opens() -> None:
    target = io.BytesIO()
    with pytest.raises(RuntimeError), WorkbookWriter(target, [SHEET], STAMP):
        raise RuntimeError
    assert target.getvalue() == b""


def test_rows_are_as_tall_as_their_texts_need() -> None:
    page, _told = written([ROW, (2, "一个很长很长的名字", *ROW[2:]), (3, "Abcdefghi", *ROW[2:])])
    assert [page.row_dimensions[row].height for row in (5, 6, 7)] == [None, 33, None]
    assert lines_needed("", 9) == 1
    assert lines_needed("一\n二", 9) == 2


def test_the_same_content_gives_the_same_bytes() -> None:
    first, second = io.BytesIO(), io.BytesIO()
    for target in (first, second):
        write_workbook(target, [(SHEET, [ROW])], STAMP)
    with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as two:
        for name in one.namelist():
            if name != "docProps/core.xml":
                assert one.read(name) == two.read(name)


def test_long_sheets_are_packed_quickly_at_the_lowest_level() -> None:
    target = io.BytesIO()
    write_workbook(target, [(SHEET, [(n, f"第{n}人", *ROW[2:]) for n in range(5000)])], STAMP)
    with zipfile.ZipFile(target) as package:
        entry = package.getinfo("xl/worksheets/sheet1.xml")
        packer = zlib.compressobj(1, zlib.DEFLATED, -15)
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert entry.compress_size == pytest.approx(len(packer.compress(package.read(entry)) + packer.flush()), rel=0.001)


def test_more_values_than_are_remembered_and_empty_ones_among_them() -> None:
    texts = [("", None, f"第{n}人", f"<{n}>", f" {n}", "很长的名字" * (1 + n // 6 % 3))[n % 6] for n in range(4000)]
    page, _told = written([(n, text, *ROW[2:]) for n, text in enumerate(texts)])
    found = page.iter_rows(min_row=FIRST_ROW, max_row=FIRST_ROW + 3999, max_col=2, values_only=True)
    assert [tuple(row) for row in found] == [(n, text or None) for n, text in enumerate(texts)]
    heights = {n % 18: page.row_dimensions[FIRST_ROW + n].height for n in (0, 5, 11, 17)}
    assert heights == {0: None, 5: 33, 11: 47, 17: 61}


class FullDisk(io.BytesIO):
    """A file that takes no large piece."""

    def write(self, content: Any, /) -> int:
        if len(content) > 64:
            raise OSError(28, "No space left on device")
        return super().write(content)


def test_an_error_of_writing_behind_is_raised_by_the_next_call() -> None:
    behind, file, large = WriterBehind(), FullDisk(), b"0" * WORTH_A_THREAD
    behind.write(file, b"small")
    behind.write(file, large)
    with pytest.raises(OSError, match="No space left"):
        behind.write(file, b"more")
    behind.write(file, large)
    with pytest.raises(OSError, match="No space left"):
        behind.settle()
    behind.write(file, large)
    behind.end()
    assert file.getvalue() == b"small"
