"""Forms we give out to be filled in: one look, one header row, drop-downs, text columns and prompts, deterministic bytes.

Required headers show a ＊ by their number format and not in their text, so that the header stays exactly its name.
"""

import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from training_admin.kit.workbook.editing import Editing
from training_admin.kit.workbook.package import Package
from training_admin.kit.workbook.parts import read_parts

TITLE_ROW, HINT_ROW, HEADER_ROW, FIRST_ROW = 1, 2, 3, 4
TEXT, DAY, COUNT, HOURS, MONEY, PLAIN = "@", "yyyy-mm-dd", "0", "0.##", "#,##0.00", "General"
FACE = "等线"
INK, SOFT, NAVY, SLATE, REQUIRED_FILL, LINE = "FF1F2D3D", "FF5F6B7A", "FF1F3864", "FF44546A", "FF9C2B2B", "FFBFC6CF"
MARK_REQUIRED = '"＊"@'
OPTIONS_SHEET = "选项"
VERSION_PROPERTY = "template_version"
CORE = "docProps/core.xml"
MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - openpyxl writes document times without a zone
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_PREPARED = re.compile(rb'<row r="%d".*?</row>' % FIRST_ROW, re.DOTALL)
_NUMBER = re.compile(rb'(?<= r="[A-Z])%d(?=")|(?<= r=")%d(?=")' % (FIRST_ROW, FIRST_ROW))
THIN = Side(style="thin", color=LINE)
FRAME = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)


class FormColumn(msgspec.Struct, frozen=True):
    """A column to be filled in: header, number format, width, what to write there, and the list its words come from."""

    header: str
    form: str = PLAIN
    width: float = 14
    required: bool = False
    prompt: str = ""
    options: str = ""


class FormSheet(msgspec.Struct, frozen=True):
    """A table to be filled in: sheet name, title, hint below it, columns, and how many rows are prepared."""

    name: str
    title: str
    hint: str
    columns: tuple[FormColumn, ...]
    rows: int = 2_000


def new_form(*, title: str, version: str) -> Workbook:
    """An empty workbook that carries its title and template version in its document properties."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title = title
    book.properties.creator = "培训补贴系统"
    book.properties.version = version
    book.properties.created = MADE
    book.custom_doc_props.append(  # type: ignore[attr-defined] # the stubs lack it
        StringProperty(name=VERSION_PROPERTY, value=version)
    )
    return book


def add_options(book: Workbook, lists: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The hidden sheet of the words of all lists; gives the range of each list."""
    sheet = book.create_sheet(OPTIONS_SHEET)
    sheet.sheet_state = "hidden"
    ranges: dict[str, str] = {}
    for place, (name, words) in enumerate(lists.items(), start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = 28
        sheet.cell(1, place, name).font = Font(name=FACE, bold=True)
        for row, word in enumerate(words, start=2):
            sheet.cell(row, place, word).number_format = TEXT
        ranges[name] = f"{OPTIONS_SHEET}!${letter}$2:${letter}${len(words) + 1}"
    return ranges


def add_table(book: Workbook, form: FormSheet, ranges: Mapping[str, str]) -> Worksheet:
    """A sheet with title, hint, header row and prepared rows below."""
    sheet: Worksheet = book.create_sheet(form.name)
    last = get_column_letter(len(form.columns))
    write_title(sheet, form.title, form.hint, last)
    sheet.row_dimensions[HEADER_ROW].height = 30
    for place, column in enumerate(form.columns, start=1):
        _write_header(sheet, place, column)
        _prepare(sheet, place, column)
        if column.prompt or column.options:
            sheet.add_data_validation(_validation(column, get_column_letter(place), form.rows, ranges))
    area = f"A{FIRST_ROW}:{last}{FIRST_ROW + form.rows - 1}"
    used = FormulaRule(  # type: ignore[no-untyped-call] # openpyxl has no types here
        formula=[f"COUNTA($A{FIRST_ROW}:${last}{FIRST_ROW})>0"], border=FRAME
    )
    sheet.conditional_formatting.add(area, used)
    sheet.freeze_panes = f"C{FIRST_ROW}"
    sheet.print_title_rows = f"{TITLE_ROW}:{HEADER_ROW}"
    set_up_page(sheet)
    return sheet


def write_title(sheet: Worksheet, title: str, hint: str, last: str) -> None:
    """A merged title and a merged hint over the columns up to `last`."""
    for row, text, height in ((TITLE_ROW, title, 34), (HINT_ROW, hint, 32)):
        sheet.merge_cells(f"A{row}:{last}{row}")
        cell = sheet.cell(row, 1, text)
        cell.alignment = Alignment(vertical="center", wrap_text=row == HINT_ROW)
        sheet.row_dimensions[row].height = height
    sheet["A1"].font = Font(name=FACE, size=16, bold=True, color=INK)
    sheet["A2"].font = Font(name=FACE, size=10, color=SOFT)


def set_up_page(sheet: Worksheet) -> None:
    """A4 landscape, fit to width, page numbers."""
    sheet.sheet_view.showGridLines = True
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    assert sheet.oddFooter is not None, "openpyxl makes one"
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    sheet.page_margins.left = sheet.page_margins.right = 0.4


def form_bytes(book: Workbook, forms: Sequence[FormSheet]) -> bytes:
    """The workbook's bytes with the first row of each form repeated; the same workbook always gives the same."""
    buffer = io.BytesIO()
    book.save(buffer)
    package = Package(buffer.getvalue())
    parts = {entry.name: entry.part for entry in read_parts(package).sheets}
    editing = Editing(package)
    for form in forms:
        editing.put(parts[form.name], _repeated(editing.read(parts[form.name]), form.rows))
    stamp = f"{MADE.isoformat()}Z".encode()
    editing.put(CORE, _MODIFIED.sub(lambda found: found[1] + stamp, editing.read(CORE)))
    return editing.save()


def _repeated(content: bytes, rows: int) -> bytes:
    """A sheet whose first prepared row stands `rows` times; openpyxl would need seconds to style as many cells."""
    found = _PREPARED.search(content)
    assert found is not None
    pieces = _NUMBER.split(found[0])
    row_bytes = [str(number).encode().join(pieces) for number in range(FIRST_ROW, FIRST_ROW + rows)]
    return content[: found.start()] + b"".join(row_bytes) + content[found.end() :]


def _write_header(sheet: Worksheet, place: int, column: FormColumn) -> None:
    cell = sheet.cell(HEADER_ROW, place, column.header)
    cell.font = Font(name=FACE, size=11, bold=True, color="FFFFFFFF")
    cell.fill = PatternFill("solid", fgColor=REQUIRED_FILL if column.required else SLATE)
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    cell.border = FRAME
    if column.required:
        cell.number_format = MARK_REQUIRED
    sheet.column_dimensions[get_column_letter(place)].width = column.width


def _prepare(sheet: Worksheet, place: int, column: FormColumn) -> None:
    """Formats of the first empty cell below a header, and of the whole column for rows beyond those prepared."""
    font = Font(name=FACE, size=11, color=INK)
    side = "left" if column.form in {TEXT, PLAIN} else "right"
    alignment = Alignment(horizontal=side, vertical="center")
    whole = sheet.column_dimensions[get_column_letter(place)]
    whole.number_format, whole.font = column.form, font
    cell = sheet.cell(FIRST_ROW, place)
    cell.number_format, cell.font, cell.alignment = column.form, font, alignment


def _validation(column: FormColumn, letter: str, rows: int, ranges: Mapping[str, str]) -> DataValidation:
    """A drop-down where the words are known, otherwise the prompt alone: what may be written is decided when the file is read."""
    if column.options:
        source = ranges.get(column.options, column.options)
        validation = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
        validation.errorTitle, validation.error = "不在可选范围内", f"请从下拉列表中选择“{column.header}”。"
    else:
        validation = DataValidation(allow_blank=True, showErrorMessage=False)
    if column.prompt:
        validation.showInputMessage = True
        validation.promptTitle, validation.prompt = column.header, column.prompt
    validation.add(f"{letter}{FIRST_ROW}:{letter}{FIRST_ROW + rows - 1}")
    return validation
