"""What stands beside the tables of a form: the sheet of labels with one value each, and the guide with every column's demand."""

from collections.abc import Mapping, Sequence

import msgspec
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from training_admin.subsidy.form_sheets import (
    FACE,
    FRAME,
    HEADER_ROW,
    INK,
    MARK_REQUIRED,
    NAVY,
    PLAIN,
    REQUIRED_FILL,
    SOFT,
    TEXT,
    FormSheet,
    set_up_page,
    write_title,
)

GUIDE_SHEET = "填表说明"


class FormLabel(msgspec.Struct, frozen=True):
    """A label with a value to be filled in to its right."""

    label: str
    form: str = PLAIN
    required: bool = False
    prompt: str = ""
    options: str = ""


class FormHeading(msgspec.Struct, frozen=True):
    """The title and template version that the sheets of one form share."""

    title: str
    version: str


def add_labels(book: Workbook, name: str, heading: FormHeading, labels: Sequence[FormLabel], ranges: Mapping[str, str]) -> None:
    """A sheet of labels and the values to their right, one below the other, with prompts and drop-downs."""
    sheet: Worksheet = book.create_sheet(name)
    write_title(sheet, heading.title, f"带＊的项目必填。模板版本 {heading.version}。", "D")
    for letter, width in zip("ABCD", (22, 46, 4, 46), strict=True):
        sheet.column_dimensions[letter].width = width
    for row, label in enumerate(labels, start=HEADER_ROW):
        _add_label(sheet, row, label, ranges)
    row = HEADER_ROW + len(labels) + 1
    for place, text in ((1, "模板版本"), (2, heading.version)):
        cell = sheet.cell(row, place, text)
        cell.number_format, cell.font = TEXT, Font(name=FACE, size=9, color=SOFT)
    sheet.freeze_panes = f"A{HEADER_ROW}"
    set_up_page(sheet)
    sheet.page_setup.orientation = "portrait"


def _add_label(sheet: Worksheet, row: int, label: FormLabel, ranges: Mapping[str, str]) -> None:
    name, value = sheet.cell(row, 1, label.label), sheet.cell(row, 2)
    name.font = Font(name=FACE, size=11, bold=True, color="FFFFFFFF")
    name.fill = PatternFill("solid", fgColor=REQUIRED_FILL if label.required else NAVY)
    name.number_format = MARK_REQUIRED if label.required else PLAIN
    value.number_format = label.form
    value.font = Font(name=FACE, size=11, color=INK)
    for cell in (name, value):
        cell.alignment = Alignment(horizontal="left", vertical="center", indent=1)
        cell.border = FRAME
    sheet.row_dimensions[row].height = 24
    if not label.prompt:
        return
    validation = DataValidation(allow_blank=True, showErrorMessage=bool(label.options), showInputMessage=True)
    if label.options:
        validation.type, validation.formula1 = "list", ranges[label.options]
    validation.promptTitle, validation.prompt = label.label, label.prompt
    validation.add(f"B{row}")
    sheet.add_data_validation(validation)


def add_guide(book: Workbook, heading: FormHeading, lines: Sequence[str], forms: Sequence[FormSheet]) -> None:
    """The sheet 填表说明: how to fill in, and every column with what it asks."""
    sheet: Worksheet = book.create_sheet(GUIDE_SHEET)
    write_title(sheet, GUIDE_SHEET, f"{heading.title} · 模板版本 {heading.version}", "D")
    for letter, width in zip("ABCD", (20, 22, 9, 74), strict=True):
        sheet.column_dimensions[letter].width = width
    body = Font(name=FACE, size=11, color=INK)
    row = HEADER_ROW
    for line in lines:
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)
        cell = sheet.cell(row, 1, line)
        cell.font, cell.alignment = body, Alignment(vertical="center", wrap_text=True)
        sheet.row_dimensions[row].height = 32
        row += 1
    row += 1
    heads = (
        ("工作表", "列", "必填", "填写要求"),
        *(
            (form.name, each.header, "是" if each.required else "", each.prompt)
            for form in forms
            for each in form.columns
            if each.prompt or each.required
        ),
    )
    for place_in_table, values in enumerate(heads):
        for place, text in enumerate(values, start=1):
            cell = sheet.cell(row + place_in_table, place, text or None)
            cell.border, cell.alignment = FRAME, Alignment(vertical="center", wrap_text=True)
            cell.font = body if place_in_table else Font(name=FACE, size=11, bold=True, color="FFFFFFFF")
            if not place_in_table:
                cell.fill = PatternFill("solid", fgColor=NAVY)
    set_up_page(sheet)
    sheet.page_setup.orientation = "portrait"
