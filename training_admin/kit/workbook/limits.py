"""Limits on everything a workbook may hold, and the refusals that name the part or cell."""

import msgspec

from training_admin.kit.refusals import Unreadable

MEGABYTE = 1024 * 1024


class Limits(msgspec.Struct, frozen=True):
    """Bytes, parts, rows, columns, cells and text lengths beyond which a workbook is refused.

    `rows` may be preceded by `heading_rows`: titles and headers do not count as rows of a claim. `elements` and `depth`
    bound the XML of one part; a row of a sheet never has more cells than `row_cells` (Excel's own bound).
    """

    file_bytes: int = 20 * MEGABYTE
    parts: int = 2_000
    directory_bytes: int = 2 * MEGABYTE
    part_bytes: int = 256 * MEGABYTE
    total_bytes: int = 320 * MEGABYTE
    ratio: int = 250
    ratio_from_bytes: int = 4 * MEGABYTE
    sheets: int = 64
    rows: int = 20_000
    heading_rows: int = 20
    columns: int = 256
    cells: int = 600_000
    row_cells: int = 16_384
    elements: int = 1_200_000
    shared_strings: int = 300_000
    shared_text: int = 48 * MEGABYTE
    text: int = 32_767
    styles: int = 65_000
    depth: int = 64


LIMITS = Limits()
SAVE_AS = "请在 WPS 或 Excel 中点击“文件→另存为→Microsoft Excel 文件(*.xlsx)”，再上传另存的文件。"


class WorkbookRefused(Unreadable):
    """Base of all refusals of a workbook as a whole; `part` or `cell` says where."""

    code = "workbook-refused"
    title = "工作簿无法读取"


class NotAWorkbook(WorkbookRefused):
    """The file is not an .xlsx workbook."""

    code = "workbook-not-xlsx"


class OldWorkbook(WorkbookRefused):
    """The file is an .xls or .et workbook."""

    code = "workbook-old-format"


class EncryptedWorkbook(WorkbookRefused):
    """The workbook is protected by a password."""

    code = "workbook-encrypted"


class TextTable(WorkbookRefused):
    """The file is a CSV or another text."""

    code = "workbook-is-text"


class DamagedWorkbook(WorkbookRefused):
    """The zip or one of its parts is broken."""

    code = "workbook-damaged"


class MacroWorkbook(WorkbookRefused):
    """The workbook carries macros."""

    code = "workbook-macro"


class DoctypeInWorkbook(WorkbookRefused):
    """A part declares a document type or entities."""

    code = "workbook-doctype"


class TooLargeWorkbook(WorkbookRefused):
    """The workbook or a part of it unpacks to too much."""

    code = "workbook-too-large"


class TooComplexWorkbook(WorkbookRefused):
    """A part holds too many elements, or elements nested too deeply."""

    code = "workbook-too-complex"


class TooManyRows(WorkbookRefused):
    """A sheet has more rows than intake allows."""

    code = "workbook-too-many-rows"


class FarCell(WorkbookRefused):
    """A cell with content stands far outside the table."""

    code = "workbook-far-cell"


class TooManyCells(WorkbookRefused):
    """A sheet has too many cells."""

    code = "workbook-too-many-cells"
