import io
import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tests.subsidy.workbook_judge import (
    LIST_SHEET,
    assert_equal_but,
    cells_of,
    comments_of,
    decorated,
    fill_of,
    links_of,
    load,
    part_of,
    with_parts,
)
from training_admin.kit.refusals import Refusal
from training_admin.kit.workbook.marked import RED, mark
from training_admin.kit.workbook.marking import mark_workbook
from training_admin.subsidy.form import CellProblem
from training_admin.subsidy.workbooks import read_claim

TODAY = date(2026, 6, 1)
ROSTER, HEAD, COSTS = "参训人员花名册", "申报表", "费用明细"
DATA = Path(__file__).parent.parent / "data"
PROBLEMS = (
    CellProblem(HEAD, "B7", "TOO_LONG", "“开户银行”内容过长，请精简。"),
    CellProblem(ROSTER, "D7", "FORMULA", "“姓名”此处是公式，请改为直接填写的值。"),
    CellProblem(ROSTER, "D6", "MISSING", "“姓名”必填内容为空，请补充。"),
    CellProblem(ROSTER, "L4", "TOO_LONG", "“备注”内容过长，请精简。"),
    CellProblem(ROSTER, "L4", "UNKNOWN_VALUE", "“备注”不在可选范围内。"),
    CellProblem(ROSTER, "Z5", "MISSING", "<请补充> & '检查'"),
    CellProblem(ROSTER, "E500", "MISSING", "“证件号码”必填内容为空，请补充。"),
    CellProblem("没有的表", "", "MISSING_SHEET", "“没有的表”找不到这张工作表。"),
    CellProblem(COSTS, "", "MISSING_COLUMN", "“金额（元）”找不到这一列。"),
)
MARKED = {HEAD: {"B7"}, ROSTER: {"D7", "D6", "L4", "Z5", "E500"}}


def sample(letter: str) -> bytes:
    return (DATA / f"claim_{letter}.xlsx").read_bytes()


def problems_of(content: bytes) -> tuple[CellProblem, ...]:
    return read_claim(content, today=TODAY).problems


UPLOADS = [
    pytest.param(sample("A"), id="inline strings A"),
    pytest.param(sample("B"), id="inline strings B, hidden column"),
    pytest.param(decorated(sample("A")), id="shared strings, comments, pictures, tables A"),
    pytest.param(decorated(sample("B")), id="shared strings, comments, pictures, tables B"),
]


@pytest.mark.parametrize("upload", UPLOADS)
def test_everything_but_the_fill_of_marked_cells_equals_the_upload(upload: bytes) -> None:
    marked = mark(upload, PROBLEMS)
    assert_equal_but(upload, marked, MARKED)
    book = load(marked)
    for sheet, addresses in MARKED.items():
        for address in addresses:
            assert book[sheet][address].fill.fgColor.rgb == RED
            assert book[sheet][address].comment is not None


@pytest.mark.parametrize("upload", UPLOADS)
def test_problems_of_the_reader_are_marked_and_the_file_reads_as_before(upload: bytes) -> None:
    form = read_claim(upload, today=TODAY)
    marked = mark(upload, form.problems)
    assert read_claim(marked, today=TODAY) == form
    changed: dict[str, set[str]] = {}
    for problem in form.problems:
        changed.setdefault(problem.sheet, set()).add(problem.cell)
    assert_equal_but(upload, marked, changed)


@pytest.mark.parametrize("upload", UPLOADS)
def test_marking_again_replaces_the_marks(upload: bytes) -> None:
    first = mark(upload, PROBLEMS)
    assert mark(first, PROBLEMS) == first
    other = (CellProblem(ROSTER, "D8", "MISSING", "“姓名”必填内容为空，请补充。"),)
    second = mark(first, other)
    assert_equal_but(upload, second, {ROSTER: {"D8", *MARKED[ROSTER] & {"E500"}}})
    assert comments_of(load(second)[ROSTER]).keys() == comments_of(load(upload)[ROSTER]).keys() | {"D8"}
    assert load(second).sheetnames == load(first).sheetnames


@pytest.mark.parametrize("upload", UPLOADS)
def test_without_problems_all_marks_go_and_the_list_says_so(upload: bytes) -> None:
    cleaned = mark(mark(upload, PROBLEMS), ())
    assert_equal_but(upload, cleaned, {})
    before, after = load(upload), load(cleaned)
    for name in before.sheetnames:
        assert comments_of(after[name]) == comments_of(before[name])
    assert after[LIST_SHEET]["A2"].value == "没有发现需要更正的单元格。"


def test_comments_carry_code_and_sentence_and_those_of_the_enterprise_stay() -> None:
    upload = decorated(sample("A"))
    comments = comments_of(load(mark(upload, PROBLEMS))[ROSTER])
    assert comments["D7"] == "【系统核验】FORMULA：“姓名”此处是公式，请改为直接填写的值。"
    assert comments["L4"] == "【系统核验】TOO_LONG：“备注”内容过长，请精简。\nUNKNOWN_VALUE：“备注”不在可选范围内。"
    assert comments["D6"] == "自己的批注\n【系统核验】MISSING：“姓名”必填内容为空，请补充。"
    assert comments["B5"] == "人事科：已核对\n第二行"
    vml = next(name for name in zipfile.ZipFile(io.BytesIO(upload)).namelist() if name.lower().endswith(".vml"))
    old = [each[0] for each in re.finditer(rb"<(\w+):shape .*?</\1:shape>", part_of(upload, vml), re.DOTALL)]
    assert len(old) == 2
    assert all(shape in part_of(mark(upload, PROBLEMS), vml) for shape in old)


def test_the_list_names_every_problem_with_a_link_to_its_cell() -> None:
    sheet = load(mark(sample("B"), PROBLEMS))[LIST_SHEET]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_col=5)]
    assert rows[0] == ["序号", "工作表", "单元格", "错误代码", "说明与更正办法"]
    assert [row[0] for row in rows[1:]] == list(range(1, len(PROBLEMS) + 1))
    assert [tuple(row[1:]) for row in rows[1:]] == [(each.sheet, each.cell or "（整张表）", each.code, each.message) for each in PROBLEMS]
    assert links_of(sheet) == {f"C{row}": (None, f"'{each.sheet}'!{each.cell}") for row, each in enumerate(PROBLEMS, start=4) if each.cell}
    assert sheet.column_dimensions["G"].hidden
    assert sheet.column_dimensions["F"].hidden


def test_a_link_to_a_sheet_whose_name_has_an_apostrophe_and_spaces_works() -> None:
    book = load(sample("A"))
    book[ROSTER].title = "参训人员 花名册"
    book.create_sheet("it's")
    buffer = io.BytesIO()
    book.save(buffer)
    problems = (CellProblem(ROSTER, "D7", "MISSING", "空"), CellProblem("it's", "A1", "MISSING", "空"))
    marked = load(mark(buffer.getvalue(), problems))
    assert links_of(marked[LIST_SHEET]) == {"C4": (None, "'参训人员 花名册'!D7"), "C5": (None, "'it''s'!A1")}
    assert marked["参训人员 花名册"]["D7"].fill.fgColor.rgb == RED
    assert marked["it's"]["A1"].fill.fgColor.rgb == RED


def test_a_mended_file_loses_its_marks_and_keeps_what_was_mended() -> None:
    upload = sample("B")
    book = load(mark(upload, problems_of(upload)))
    book[ROSTER]["D19"] = "王小明"
    book[ROSTER]["C24"] = "310100199001011233"
    book[ROSTER]["C24"].number_format = "@"
    buffer = io.BytesIO()
    book.save(buffer)
    mended = buffer.getvalue()
    problems = problems_of(mended)
    assert [each.cell for each in problems] == ["C14"] or [each.cell for each in problems] == ["C14", "C24"]
    again = load(mark(mended, (CellProblem(ROSTER, "C14", "ID_CHECK", "请更正"),)))
    original = load(upload)
    assert again[ROSTER]["D19"].value == "王小明"
    for address in ("D19", "C24"):
        assert fill_of(again[ROSTER][address]) == fill_of(original[ROSTER][address])
        assert again[ROSTER][address].comment is None
    assert again[ROSTER]["C24"].number_format == "@"
    assert again[ROSTER]["C14"].fill.fgColor.rgb == RED
    assert again.sheetnames == [*original.sheetnames, LIST_SHEET]


def test_rows_that_moved_after_marking_get_their_own_fill_back() -> None:
    upload = decorated(sample("A"))
    book = load(mark(upload, PROBLEMS))
    roster = book[ROSTER]
    roster.move_range("A7:M7", rows=200)
    buffer = io.BytesIO()
    book.save(buffer)
    cleaned = load(mark(buffer.getvalue(), ()))
    assert cells_of(cleaned[ROSTER])["D207"][2:] == cells_of(load(upload)[ROSTER])["D7"][2:]


def test_red_cells_of_a_file_whose_list_was_deleted_lose_the_red() -> None:
    book = load(mark(sample("A"), PROBLEMS))
    del book[LIST_SHEET]
    buffer = io.BytesIO()
    book.save(buffer)
    cleaned = load(mark(buffer.getvalue(), ()))
    assert cleaned[ROSTER]["D7"].fill.fill_type is None
    assert cleaned[ROSTER]["D7"].comment is None


def test_the_list_moved_to_the_front_is_replaced_and_names_keep_their_sheets() -> None:
    book = load(mark(sample("A"), PROBLEMS))
    book.move_sheet(LIST_SHEET, offset=-10)
    book[ROSTER].print_title_rows = "3:3"
    book.active = 3
    buffer = io.BytesIO()
    book.save(buffer)
    again = load(mark(buffer.getvalue(), PROBLEMS))
    assert again.sheetnames == [*load(sample("A")).sheetnames, LIST_SHEET]
    assert again[ROSTER].print_title_rows == "$3:$3"
    assert again.active is not None
    assert again.active.title == ROSTER


def test_a_list_sheet_of_the_enterprise_itself_stays() -> None:
    book = load(sample("A"))
    book.create_sheet(LIST_SHEET)["A1"] = "我们自己的清单"
    buffer = io.BytesIO()
    book.save(buffer)
    marked = mark(mark(buffer.getvalue(), PROBLEMS), PROBLEMS)
    assert load(marked).sheetnames[-2:] == [LIST_SHEET, f"{LIST_SHEET}(2)"]
    assert load(marked)[LIST_SHEET]["A1"].value == "我们自己的清单"


def test_empty_sheets_and_empty_rows_take_marks() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = HEAD
    other = book.create_sheet(ROSTER)
    other.row_dimensions[4].height = 40
    other["C6"] = "右边"
    buffer = io.BytesIO()
    book.save(buffer)
    problems = [CellProblem(HEAD, "B3", "MISSING", "空")]
    problems += [CellProblem(ROSTER, address, "MISSING", "空") for address in ("B2", "A6", "D6", "B6", "A4", "A9")]
    marked = mark(buffer.getvalue(), problems)
    book = load(marked)
    assert [cell for cell in ("B2", "A6", "D6", "B6", "A4", "A9") if book[ROSTER][cell].fill.fgColor.rgb == RED] == [
        "B2", "A6", "D6", "B6", "A4", "A9"
    ]  # fmt: skip
    xml = part_of(marked, "xl/worksheets/sheet2.xml")
    assert re.findall(rb'<row [^>]*?r="(\d+)"', xml) == [b"2", b"4", b"6", b"9"]
    assert re.findall(rb'<c r="([A-Z]+6)"', xml) == [b"A6", b"B6", b"C6", b"D6"]
    assert load(marked)[HEAD]["B3"].fill.fgColor.rgb == RED


def test_an_empty_cell_takes_the_style_of_its_row_or_column() -> None:
    upload = sample("A")
    xml = part_of(upload, "xl/worksheets/sheet3.xml")
    styled = xml.replace(b"<cols>", b'<cols><col min="30" max="31" width="9" style="2"/>').replace(
        b'<row r="5">', b'<row r="5" s="3" customFormat="1" spans="1:12">'
    )
    content = with_parts(upload, {"xl/worksheets/sheet3.xml": styled})
    problems = [CellProblem(ROSTER, "AD9", "MISSING", "空"), CellProblem(ROSTER, "AD5", "MISSING", "空")]
    marked = mark(content, problems)
    book = load(marked)[ROSTER]
    assert book["AD9"].number_format == load(upload)[ROSTER]["H4"].number_format
    assert book["AD5"].font.sz == load(upload)[ROSTER]["A1"].font.sz
    assert b'spans="1:12"' not in part_of(marked, "xl/worksheets/sheet3.xml")


def test_extensions_namespaces_and_drawings_of_the_sheet_stay_byte_for_byte() -> None:
    upload = sample("A")
    xml = part_of(upload, "xl/worksheets/sheet3.xml").decode()
    extra = (
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
        '<x14:dataValidations count="0"/></ext></extLst></worksheet>'
    )
    rich = xml.replace("</worksheet>", extra).replace(
        "<worksheet ",
        '<worksheet xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac xr" '
        'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac" '
        'xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision" ',
    )
    content = with_parts(upload, {"xl/worksheets/sheet3.xml": rich.encode()})
    marked = part_of(mark(content, PROBLEMS), "xl/worksheets/sheet3.xml").decode()
    assert re.sub(r"<legacyDrawing [^>]*/>", "", marked).endswith(extra)
    assert "<legacyDrawing" in marked[: marked.index("<extLst")]
    assert marked[: marked.index("<sheetData>")] == rich[: rich.index("<sheetData>")]
    untouched = re.sub(r' s="\d+"|<c [^>]*/>|<row r="500">.*?</row>', "", rich[: rich.index("<mergeCells")])
    assert re.sub(r' s="\d+"|<c [^>]*/>|<row r="500">.*?</row>', "", marked[: marked.index("<mergeCells")]) == untouched


def test_prefixed_and_utf16_sheets_and_sheets_with_a_byte_order_mark_take_marks() -> None:
    upload = sample("A")
    xml = part_of(upload, "xl/worksheets/sheet3.xml").decode()
    prefixed = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", xml).replace("xmlns=", "xmlns:x=")
    for content in (prefixed.encode(), b"\xef\xbb\xbf" + xml.encode(), xml.encode("utf-16")):
        marked = mark(with_parts(upload, {"xl/worksheets/sheet3.xml": content}), PROBLEMS)
        assert_equal_but(upload, marked, MARKED)


def test_a_workbook_without_styles_takes_marks() -> None:
    upload = sample("A")
    types = part_of(upload, "[Content_Types].xml")
    bare = with_parts(
        upload,
        {
            "xl/styles.xml": None,
            "[Content_Types].xml": re.sub(rb'<Override PartName="/xl/styles.xml"[^>]*>', b"", types),
            "xl/_rels/workbook.xml.rels": re.sub(
                rb'<Relationship [^>]*styles.xml"[^>]*>', b"", part_of(upload, "xl/_rels/workbook.xml.rels")
            ),
        },
    )
    bare = with_parts(
        bare,
        {f"xl/worksheets/sheet{n}.xml": re.sub(rb' s="\d+"', b"", part_of(bare, f"xl/worksheets/sheet{n}.xml")) for n in range(1, 5)},
    )
    marked = load(mark(bare, PROBLEMS))
    assert marked[ROSTER]["D7"].fill.fgColor.rgb == RED
    assert mark(mark(bare, PROBLEMS), PROBLEMS) == mark(bare, PROBLEMS)


def test_a_comments_part_without_drawing_gets_boxes_for_all_its_comments() -> None:
    upload = decorated(sample("A"))
    names = zipfile.ZipFile(io.BytesIO(upload)).namelist()
    vml = next(name for name in names if name.lower().endswith(".vml"))
    rels = "xl/worksheets/_rels/sheet3.xml.rels"
    bare = with_parts(
        upload,
        {
            vml: None,
            rels: re.sub(rb"<Relationship [^>]*vmlDrawing[^>]*>", b"", part_of(upload, rels)),
            "xl/worksheets/sheet3.xml": re.sub(rb"<legacyDrawing[^>]*>", b"", part_of(upload, "xl/worksheets/sheet3.xml")),
        },
    )
    marked = mark(bare, PROBLEMS)
    drawing = next(name for name in zipfile.ZipFile(io.BytesIO(marked)).namelist() if name.lower().endswith("vmldrawing1.vml"))
    assert part_of(marked, drawing).count(b"<v:shape ") == len(comments_of(load(marked)[ROSTER]))


async def test_marking_in_the_child_gives_the_same_bytes() -> None:
    upload = sample("B")
    problems = problems_of(upload)
    assert await mark_workbook(upload, problems) == mark(upload, problems)


async def test_a_file_that_cannot_be_opened_is_refused_when_marked() -> None:
    with pytest.raises(Refusal) as refusal:
        await mark_workbook(b"no workbook at all", PROBLEMS)
    assert refusal.value.problem()["code"] == "workbook-is-text"
