"""The register template: filled in and read back, the same every time, text columns and drop-downs where they belong."""

import io
from datetime import date

import msgspec
import openpyxl

from tests.subsidy.register_books import ABOUT, INSURANCE, PAYMENTS, SOURCE, document, filled, tables_of
from training_admin.subsidy.form_sheets import FIRST_ROW, HEADER_ROW
from training_admin.subsidy.register_layout import ABOUT_LABELS, COLUMNS
from training_admin.subsidy.register_template import KNOWN, LABELS, register_template
from training_admin.subsidy.register_workbooks import read_register_workbook

TODAY = date(2026, 6, 1)


def test_the_template_is_the_same_every_time() -> None:
    first = register_template()
    register_template.cache_clear()
    assert register_template() == first


def test_a_filled_template_gives_the_same_document_as_json(letter: str) -> None:
    registers = document(letter)
    tables = tables_of(registers)
    about = tables.pop(ABOUT)
    book = openpyxl.load_workbook(io.BytesIO(filled(register_template(), tables, first_row=FIRST_ROW)))
    for label, value in about:
        row = next(cell.row for cell in book[ABOUT]["A"] if cell.value == label)
        book[ABOUT].cell(row, 2).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    read = read_register_workbook(buffer.getvalue(), today=TODAY)
    assert read.problems == ()
    assert read.document == msgspec.structs.replace(registers, source=SOURCE)


def test_the_empty_template_is_refused_by_what_is_missing() -> None:
    read = read_register_workbook(register_template(), today=TODAY)
    assert [(problem.sheet, problem.cell, problem.code) for problem in read.problems] == [
        (ABOUT, "B3", "MISSING"),
        (ABOUT, "B4", "MISSING"),
    ]


def test_every_column_is_explained_and_long_numbers_stand_in_text_columns() -> None:
    assert {column.header for columns in COLUMNS.values() for column in columns} == set(KNOWN)
    assert set(ABOUT_LABELS) == set(LABELS)
    book = openpyxl.load_workbook(io.BytesIO(register_template()))
    assert book["选项"].sheet_state == "hidden"
    for name, columns in COLUMNS.items():
        sheet = book[name]
        headers = {str(sheet.cell(HEADER_ROW, place).value): place for place in range(1, len(columns) + 1)}
        assert list(headers) == [column.header for column in columns]
        for header, place in headers.items():
            text = header == "证件号码" or header.endswith("信用代码") or header == "缴费月份"
            assert (sheet.cell(FIRST_ROW, place).number_format == "@") >= text, header
    lists = {validation.promptTitle for validation in book[PAYMENTS].data_validations.dataValidation if validation.type == "list"}
    assert lists == {"证件类型", "技能等级", "资金来源", "培训类别"}
    assert {validation.promptTitle for validation in book[INSURANCE].data_validations.dataValidation} >= {"证件号码", "缴费月份"}
