"""openpyxl as judge: everything it sees in a workbook, so that two workbooks can be compared cell by cell."""

import io
import zipfile
from datetime import date
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image as Picture

LIST_SHEET = "错误清单"
STYLES = ("number_format", "font", "border", "alignment", "protection", "quotePrefix")


def load(content: bytes) -> openpyxl.Workbook:
    """A workbook with its formulas."""
    return openpyxl.load_workbook(io.BytesIO(content))


def cells_of(sheet: Worksheet) -> dict[str, tuple[Any, ...]]:
    """Value and style of every cell that holds either."""
    known: dict[Any, tuple[str, ...]] = {}
    found: dict[str, tuple[Any, ...]] = {}
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, Cell) and (cell.value is not None or cell.has_style):
                key = tuple(cell._style)  # type: ignore[attr-defined] # openpyxl keeps it private
                if key not in known:
                    known[key] = (*(repr(getattr(cell, name)) for name in STYLES), fill_of(cell))
                found[cell.coordinate] = (cell.value, cell.data_type, *known[key])
    return found


def fill_of(cell: Any) -> str:
    """The fill of a cell as a comparable text."""
    return repr(cell.fill)


def surroundings(sheet: Worksheet) -> dict[str, Any]:
    """What a sheet has besides its cells."""
    return {
        "merged": sorted(str(each) for each in sheet.merged_cells.ranges),
        "widths": {key: (each.width, each.hidden, each.min, each.max) for key, each in sheet.column_dimensions.items()},
        "heights": {key: (each.height, each.hidden) for key, each in sheet.row_dimensions.items() if each.height or each.hidden},
        "validations": sorted(repr(each) for each in sheet.data_validations.dataValidation),
        "conditional": sorted((str(each.sqref), repr(each.rules)) for each in sheet.conditional_formatting),
        "images": [each._data() for each in sheet._images],  # type: ignore[attr-defined] # openpyxl keeps it private
        "freeze": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
        "titles": sheet.print_title_rows,
        "setup": repr(sheet.page_setup),
        "locked": sheet.protection.sheet,
        "state": sheet.sheet_state,
        "tables": sorted(sheet.tables.items()),  # type: ignore[no-untyped-call] # openpyxl has no types here
        "links": links_of(sheet),
    }


def links_of(sheet: Worksheet) -> dict[str, tuple[str | None, str | None]]:
    """Target and place inside the workbook of every link by address."""
    linked = (cell for row in sheet.iter_rows() for cell in row if cell.hyperlink is not None)
    return {cell.coordinate: (cell.hyperlink.target, cell.hyperlink.location) for cell in linked if cell.hyperlink is not None}


def comments_of(sheet: Worksheet) -> dict[str, str]:
    """The comments of a sheet by address."""
    return {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment is not None}


def assert_equal_but(upload: bytes, marked: bytes, changed: dict[str, set[str]]) -> None:
    """Every cell and every surrounding equals the upload, but for the style of the named cells by sheet."""
    before, after = load(upload), load(marked)
    assert [name for name in after.sheetnames if not name.startswith(LIST_SHEET)] == before.sheetnames
    assert {name: str(each.value) for name, each in after.defined_names.items()} == {
        name: str(each.value) for name, each in before.defined_names.items()
    }
    for name in before.sheetnames:
        old, new = before[name], after[name]
        touched = changed.get(name, set())
        expected, found = cells_of(old), cells_of(new)
        assert {key: each for key, each in found.items() if key not in touched} == {
            key: each for key, each in expected.items() if key not in touched
        }
        for address in touched:
            assert (new[address].value, new[address].number_format) == (old[address].value, old[address].number_format)
            assert (repr(new[address].font), repr(new[address].border)) == (repr(old[address].font), repr(old[address].border))
        assert surroundings(new) == surroundings(old)
        kept = {key: text for key, text in comments_of(new).items() if key not in touched}
        assert kept == {key: text for key, text in comments_of(old).items() if key not in touched}


def part_of(content: bytes, name: str) -> bytes:
    """One part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def with_parts(content: bytes, changes: dict[str, bytes | None]) -> bytes:
    """A workbook with parts replaced or added, or taken out (None)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, part in changes.items():
            if part is not None:
                new.writestr(name, part)
    return buffer.getvalue()


def _picture() -> io.BytesIO:
    picture = io.BytesIO()
    Picture.new("RGB", (12, 8), (200, 30, 60)).save(picture, "PNG")
    picture.seek(0)
    return picture


def decorated(sample: bytes) -> bytes:
    """A sample claim as openpyxl rewrites it (shared strings), with everything an enterprise may add to it."""
    book = load(sample)
    roster: Worksheet = book["参训人员花名册"]
    validation = DataValidation(type="list", formula1='"合格,不合格,缺考"', allow_blank=True, promptTitle="考核结果", prompt="请选择")
    validation.add("K4:K400")
    roster.add_data_validation(validation)
    roster.conditional_formatting.add("J4:J80", CellIsRule(operator="lessThan", formula=["96"], fill=PatternFill(bgColor="FFFFFF00")))  # type: ignore[no-untyped-call] # openpyxl has no types here
    roster.column_dimensions["F"].hidden = True
    roster.column_dimensions["Z"].width = 33.5
    roster.row_dimensions[5].height = 31
    roster.freeze_panes = "C4"
    roster.print_title_rows = "3:3"
    roster["B5"].comment = Comment("人事科：已核对\n第二行", "张工", height=60, width=200)
    roster["D6"].comment = Comment("自己的批注", "李工")
    thick = Side(style="thick", color="FF00AA00")
    roster["D7"].border = Border(left=thick, bottom=thick)
    roster["D7"].fill = PatternFill("solid", fgColor="FFFFF2CC")
    roster["D7"].font = Font(name="楷体", size=13, bold=True, color="FF0000FF")
    roster["D7"].alignment = Alignment(horizontal="right", textRotation=15)
    roster["D7"].protection = Protection(locked=False)
    roster["N2"] = "内部说明"
    roster["N2"].hyperlink = "https://example.invalid/x?a=1&b=2"
    roster.add_image(Image(_picture()), "P2")
    book.defined_names["单价"] = DefinedName("单价", attr_text="内部数据!$B$2")
    inner = book.create_sheet("内部数据")
    inner.append(["项目", "数值"])
    inner.append(["单价", 12.5])
    inner["C2"] = "=B2*2"
    inner["D2"] = date(2026, 3, 1)
    inner.add_table(Table(displayName="表一", ref="A1:B2"))
    inner.add_image(Image(_picture()), "F2")
    inner.protection.sheet = True
    hidden = book.create_sheet("隐藏")
    hidden.sheet_state = "hidden"
    hidden["A1"] = "密"
    for number in range(4, 8):
        roster[f"{get_column_letter(26)}{number}"].number_format = "0.00%"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
