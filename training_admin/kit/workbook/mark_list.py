"""The sheet 错误清单 of a marked workbook: every problem with a link to its cell, and in a hidden column the cell's own style.

The hidden cells carry the style a marked cell had before: whatever program saves the file renumbers both alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

import msgspec

from training_admin.kit.workbook.problems import CellProblem
from training_admin.kit.workbook.restyle import Styles
from training_admin.kit.workbook.splice import Place, address_of

LIST_SHEET = "错误清单"
SIGN = "training-admin:marks:1"
TITLE = "错误清单（系统核验结果）"
HEADERS = ("序号", "工作表", "单元格", "错误代码", "说明与更正办法")
WIDTHS = (7, 20, 11, 20, 72)
SIGN_COLUMN, STYLE_COLUMN = "F", "G"
STYLE_COLUMN_NUMBER = 7
HIDDEN_COLUMNS = (6, 7)
HEADER_ROW = 3
LINE_HEIGHT, LAST_NARROW = 16, 0xFF
WHOLE_SHEET = "（整张表）"
FONT = '<name val="等线"/><family val="2"/>'
FOUND = "共 {} 处需要更正，对应单元格已标红并加批注。请在原表中更正后保存，直接重新上传本文件即可，无需删除本表和标记。"
NOTHING = "没有发现需要更正的单元格。"
THIN = "".join(f'<{side} style="thin"><color rgb="FFBFBFBF"/></{side}>' for side in ("left", "right", "top", "bottom"))


class Marked(msgspec.Struct, frozen=True):
    """One row of the list: the problem, the real name of its sheet, its place, and the style the cell had before."""

    problem: CellProblem
    sheet: str
    place: Place | None
    style: int | None


class _Looks(msgspec.Struct, frozen=True):
    title: int
    remark: int
    header: int
    plain: int
    middle: int
    link: int


def _looks(styles: Styles) -> _Looks:
    border = f"{THIN}<diagonal/>"
    text, middle = '<alignment vertical="center" wrapText="1"/>', '<alignment horizontal="center" vertical="center"/>'
    dark = '<patternFill patternType="solid"><fgColor rgb="FF44546A"/><bgColor indexed="64"/></patternFill>'
    return _Looks(
        title=styles.add(font=f'<b/><sz val="16"/><color rgb="FF1F2D3D"/>{FONT}', alignment='<alignment vertical="center"/>'),
        remark=styles.add(font=f'<sz val="10"/><color rgb="FF595959"/>{FONT}', alignment=text),
        header=styles.add(font=f'<b/><sz val="11"/><color rgb="FFFFFFFF"/>{FONT}', fill=dark, border=border, alignment=middle),
        plain=styles.add(font=f'<sz val="11"/>{FONT}', border=border, alignment=text),
        middle=styles.add(font=f'<sz val="11"/>{FONT}', border=border, alignment=middle),
        link=styles.add(font=f'<u/><sz val="11"/><color rgb="FF0563C1"/>{FONT}', border=border, alignment=middle),
    )


def list_sheet(rows: Sequence[Marked], styles: Styles, namespace: str) -> bytes:
    """The XML of the list sheet."""
    looks = _looks(styles)
    remark = FOUND.format(len(rows)) if rows else NOTHING
    lines = [
        _row(1, 30, [_text("A1", TITLE, looks.title), _text(f"{SIGN_COLUMN}1", SIGN, 0)]),
        _row(2, 33, [_text("A2", remark, looks.remark)]),
        _row(HEADER_ROW, 22, [_text(f"{'ABCDE'[place]}{HEADER_ROW}", header, looks.header) for place, header in enumerate(HEADERS)]),
        *(_problem_row(number, row, looks) for number, row in enumerate(rows, start=1)),
    ]
    links = "".join(_link(HEADER_ROW + number, row) for number, row in enumerate(rows, start=1) if row.place is not None)
    columns = "".join(f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(WIDTHS, start=1))
    hidden = "".join(f'<col min="{n}" max="{n}" width="9" hidden="1" customWidth="1"/>' for n in HIDDEN_COLUMNS)
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns={quoteattr(namespace)}>'
        '<sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:{STYLE_COLUMN}{HEADER_ROW + len(rows)}"/>'
        f'<sheetViews><sheetView showGridLines="0" workbookViewId="0"><pane ySplit="{HEADER_ROW}" topLeftCell="A{HEADER_ROW + 1}" '
        f'activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" activeCell="A{HEADER_ROW + 1}" sqref="A{HEADER_ROW + 1}"/>'
        '</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f"<cols>{columns}{hidden}</cols>"
        f"<sheetData>{''.join(lines)}</sheetData>"
        '<mergeCells count="2"><mergeCell ref="A1:E1"/><mergeCell ref="A2:E2"/></mergeCells>'
        + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
        + '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;C第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter></worksheet>"
    ).encode()


def _problem_row(number: int, row: Marked, looks: _Looks) -> str:
    at = HEADER_ROW + number
    address = WHOLE_SHEET if row.place is None else address_of(row.place)
    cells = [
        f'<c r="A{at}" s="{looks.middle}"><v>{number}</v></c>',
        _text(f"B{at}", row.sheet, looks.plain),
        _text(f"C{at}", address, looks.middle if row.place is None else looks.link),
        _text(f"D{at}", row.problem.code, looks.middle),
        _text(f"E{at}", row.problem.message, looks.plain),
    ]
    if row.style is not None:
        cells.append(f'<c r="{STYLE_COLUMN}{at}" s="{row.style}"/>')
    lines = -(-_width(row.problem.message) // WIDTHS[-1])
    return _row(at, max(1, lines) * LINE_HEIGHT + 4, cells)


def _width(text: str) -> int:
    """How wide a text is in characters of a column: those of Chinese take two."""
    return sum(2 if ord(character) > LAST_NARROW else 1 for character in text)


def _link(at: int, row: Marked) -> str:
    assert row.place is not None
    quoted = row.sheet.replace("'", "''")
    address = address_of(row.place)
    return f'<hyperlink ref="C{at}" location={quoteattr(f"{chr(39)}{quoted}{chr(39)}!{address}")} display="{address}"/>'


def _row(number: int, height: int, cells: Iterable[str]) -> str:
    return f'<row r="{number}" ht="{height}" customHeight="1">{"".join(cells)}</row>'


def _text(address: str, text: str, style: int) -> str:
    return f'<c r="{address}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def former_styles(texts: Mapping[Place, str], styles: Mapping[Place, int]) -> dict[tuple[str, str], int]:
    """The styles that cells had before they were marked, by sheet name and address, from a list sheet's texts and styles."""
    return {
        (name, texts[(row, 3)]): styles[(row, STYLE_COLUMN_NUMBER)]
        for (row, column), name in texts.items()
        if column == 2 and row > HEADER_ROW and (row, 3) in texts and (row, STYLE_COLUMN_NUMBER) in styles  # noqa: PLR2004 - 工作表 and 单元格
    }
