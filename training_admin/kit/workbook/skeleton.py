"""The styled skeleton of a workbook we give out, made by openpyxl: styles, widths, frozen header, print set-up, footer."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

LONGEST_NAME = 31
LAST_ROW = 1_048_576
A4 = 9
ROW_HEIGHT = 18
PLAIN_FONT, TITLE_FONT = "宋体", "黑体"
PLAIN_SIZE, TITLE_SIZE = 10, 16
_EMPTY_DATA = re.compile(r"<sheetData\s*(?:/>|></sheetData>)")
_DIMENSION = re.compile(r"<dimension [^>]*>")
HEADER_FILL, TOTAL_FILL, LINE_COLOUR = "FFDDE6F0", "FFF3F6FA", "FF9AA5B1"


class Kind(StrEnum):
    """What a column holds and in which unit its values come."""

    TEXT = "text"
    WORDS = "words"
    MONEY = "money"
    DATE = "date"
    INTEGER = "integer"
    PERCENT = "percent"
    HOURS = "hours"
    LINK = "link"
    PLACE = "place"
    SUM = "sum"


NUMBER_FORMATS = {
    Kind.TEXT: "@",
    Kind.WORDS: "@",
    Kind.MONEY: "#,##0.00",
    Kind.DATE: "yyyy-mm-dd",
    Kind.INTEGER: "#,##0",
    Kind.PERCENT: "0.00%",
    Kind.HOURS: "General",
    Kind.LINK: "General",
    Kind.PLACE: "#,##0",
    Kind.SUM: "#,##0.00",
}
CENTRED, LEFT = (Kind.TEXT, Kind.DATE, Kind.INTEGER, Kind.PLACE), (Kind.WORDS, Kind.LINK)
SIDES = dict.fromkeys(CENTRED, "center") | dict.fromkeys(LEFT, "left")
# One line across a page; Excel takes 255 characters at its head, codes of type and size included.
LONGEST_MARGIN = 110
MARK_COLOUR = "8A949E"
LINK_COLOUR = "FF0B5CAD"


class Column(msgspec.Struct, frozen=True):
    """One column: header, what it holds, width in characters, and whether the 合计 row sums it.

    Values come as text (TEXT centred codes and numbers, WORDS left-aligned), fen (MONEY), date, int, basis points (PERCENT)
    or hundredths of a training hour (HOURS); LINK, PLACE and SUM are formulas of our own with their stored text, count or fen
    (kit.workbook.formulas); None is an empty cell.
    """

    header: str
    kind: Kind
    width: float
    total: bool = False


class Sheet(msgspec.Struct, frozen=True):
    """One sheet: its name (at most 31 characters), title, lines under the title, columns, and what stands below.

    `capital` names the summed money column that is also written in capital letters (大写金额); `closing` are the places
    to sign; `frozen` columns stay in sight at the left.
    """

    name: str
    title: str
    lines: tuple[str, ...]
    columns: tuple[Column, ...]
    closing: tuple[str, ...] = ()
    capital: str = ""
    frozen: int = 0

    @property
    def header_row(self) -> int:
        """The row of the header, counted from 1."""
        return len(self.lines) + 2

    @property
    def first_words(self) -> int:
        """The first column of text, where an empty table says so; -1 when there is none."""
        return next((n for n, column in enumerate(self.columns) if column.kind in {Kind.TEXT, Kind.WORDS}), -1)

    @property
    def last_letter(self) -> str:
        """The letter of the last column."""
        return get_column_letter(len(self.columns))


class Stamp(msgspec.Struct, frozen=True):
    """What every page carries at its foot: file number, check code, and the figures' pack and version.

    `watermark` stands in grey at the head of every page: by whom and when it was made.
    """

    file_number: str
    check_code: str
    version: str
    watermark: str = ""


class Styles(msgspec.Struct, frozen=True):
    """Numbers of the cell styles in styles.xml."""

    title: int
    line: int
    header: int
    capital: int
    body: Mapping[Kind, int]
    total: Mapping[Kind, int]


class Skeleton(msgspec.Struct, frozen=True):
    """Parts of the empty workbook by name, and for each sheet the XML before and after its rows."""

    parts: dict[str, bytes]
    heads: tuple[str, ...]
    tails: tuple[str, ...]
    styles: Styles


def filter_end(place: int) -> int:
    """A row number that stands for the last row of a sheet until it is known; each sheet has its own."""
    return LAST_ROW - place


def sheet_part(place: int) -> str:
    """The part of the zip that holds a sheet."""
    return f"xl/worksheets/sheet{place + 1}.xml"


def make_skeleton(sheets: Sequence[Sheet], stamp: Stamp) -> Skeleton:
    """Let openpyxl make the workbook without rows, and take it apart."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.calculation.fullCalcOnLoad = False
    for place, sheet in enumerate(sheets):
        assert len(sheet.name) <= LONGEST_NAME, sheet.name
        _set_up(book.create_sheet(sheet.name), sheet, stamp, place)
    styles = _styles(book.worksheets[0])
    saved = io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    heads, tails = [], []
    for place, sheet in enumerate(sheets):
        head, tail = _taken_apart(parts.pop(sheet_part(place)).decode(), sheet)
        heads.append(head)
        tails.append(tail)
    return Skeleton(parts, tuple(heads), tuple(tails), styles)


def _set_up(page: Worksheet, sheet: Sheet, stamp: Stamp, place: int) -> None:
    for number, column in enumerate(sheet.columns, 1):
        page.column_dimensions[get_column_letter(number)].width = column.width
    header = sheet.header_row
    page.freeze_panes = f"{get_column_letter(sheet.frozen + 1)}{header + 1}"
    page.auto_filter.ref = f"A{header}:{sheet.last_letter}{filter_end(place)}"
    page.print_title_rows = f"{header}:{header}"
    page.sheet_format.defaultRowHeight = ROW_HEIGHT
    page.sheet_format.customHeight = True
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = A4
    page.page_setup.fitToWidth = 1
    page.page_setup.fitToHeight = 0
    page.print_options.horizontalCentered = True
    margins = page.page_margins
    margins.left = margins.right = 0.35
    margins.top, margins.bottom, margins.header, margins.footer = 0.45, 0.6, 0.25, 0.3
    footer = page.oddFooter
    assert footer is not None, "openpyxl makes one"
    footer.left.text = _footer_text(f"文件号 {stamp.file_number}　校验码 {stamp.check_code}")
    footer.center.text = "第 &P 页 共 &N 页"
    footer.right.text = _footer_text(stamp.version)
    for part in (footer.left, footer.center, footer.right):
        part.size = 8
    if stamp.watermark:
        above = page.oddHeader
        assert above is not None, "openpyxl makes one"
        above.center.text = _footer_text(stamp.watermark[:LONGEST_MARGIN])
        above.center.size, above.center.color = 8, MARK_COLOUR


def _footer_text(text: str) -> str:
    return text.replace("&", "&&")


def _taken_apart(xml: str, sheet: Sheet) -> tuple[str, str]:
    """The XML up to the first row and after the last one, without the size that is not known yet."""
    head, tail = _EMPTY_DATA.split(xml)
    merged = f'<mergeCells count="1"><mergeCell ref="A1:{sheet.last_letter}1"/></mergeCells>'
    filters, _, print_setup = tail.partition("<printOptions")
    assert print_setup, "the print set-up names the printing options"
    return f"{_DIMENSION.sub('', head)}<sheetData>", f"</sheetData>{filters}{merged}<printOptions{print_setup}"


def _styles(page: Worksheet) -> Styles:
    line = Side(style="thin", color=LINE_COLOUR)
    box = Border(left=line, right=line, top=line, bottom=line)
    plain, bold = Font(name=PLAIN_FONT, size=PLAIN_SIZE), Font(name=PLAIN_FONT, size=PLAIN_SIZE, bold=True)
    heading = Font(name=TITLE_FONT, size=TITLE_SIZE, bold=True)
    shade, header_shade = (PatternFill("solid", fgColor=colour) for colour in (TOTAL_FILL, HEADER_FILL))

    def number(
        font: Font, side: str, *, wrap: bool = False, border: Border | None = None, fill: PatternFill | None = None, **more: str
    ) -> int:
        cell = Cell(page, row=1, column=1)
        cell.font = font
        cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=wrap)
        if border is not None:
            cell.border = border
        if fill is not None:
            cell.fill = fill
        if more:
            cell.number_format = more["number_format"]
        return int(cell.style_id)

    linked = Font(name=PLAIN_FONT, size=PLAIN_SIZE, color=LINK_COLOUR, underline="single")

    def of_kinds(plain_font: Font, fill: PatternFill | None) -> dict[Kind, int]:
        fonts = {Kind.LINK: linked, Kind.PLACE: linked}
        return {
            kind: number(
                fonts.get(kind, plain_font),
                SIDES.get(kind, "right"),
                wrap=kind in {Kind.TEXT, Kind.WORDS},
                border=box,
                fill=fill,
                number_format=form,
            )
            for kind, form in NUMBER_FORMATS.items()
        }

    return Styles(
        title=number(heading, "center"),
        line=number(plain, "left"),
        header=number(bold, "center", wrap=True, border=box, fill=header_shade),
        capital=number(bold, "left"),
        body=of_kinds(plain, None),
        total=of_kinds(bold, shade),
    )
