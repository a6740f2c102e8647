"""The program's own claim template with a form written into it, as the enterprise would have filled it in itself."""

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from openpyxl.worksheet.worksheet import Worksheet

from training_admin.subsidy.form import SHEET_CLASSES, SHEET_COSTS, SHEET_HEAD, SHEET_ROSTER, ClaimForm, ClassRow, FormHead, RosterRow
from training_admin.subsidy.form_sheets import FIRST_ROW, HEADER_ROW, form_bytes
from training_admin.subsidy.layout import CLASS_COLUMNS, HEAD_LABELS, ROSTER_COLUMNS
from training_admin.subsidy.template import new_claim_book

Value = str | int | float | date | None
CENTI = 100


@cache
def group_words() -> Mapping[str, str]:
    """The words of trainee groups by their codes."""
    content = msgspec.json.decode(files("training_admin.subsidy").joinpath("data", "code_lists.json").read_bytes())
    return {code: word for word, code in content["trainee_groups"]}


def filled_template(form: ClaimForm, better: Mapping[tuple[str, str], str] | None = None, changes: int = 0, *, number: str = "") -> bytes:
    """A claim form as .xlsx, ready for the vouchers: head, classes and roster are filled in, the costs are not.

    `number` is the claim that the file belongs to, where it is one already: the same form asked anew is another file.
    """
    book, forms = new_claim_book(better or {}, changes)
    book.properties.identifier = number or None
    assert form.head is not None, "a draft speaks for an enterprise"
    _write_head(book[SHEET_HEAD], form.head)
    _write_rows(book[SHEET_CLASSES], [_class_values(row, place) for place, row in enumerate(form.classes, start=1)], len(CLASS_COLUMNS))
    _write_rows(book[SHEET_ROSTER], [_line_values(row, place) for place, row in enumerate(form.lines, start=1)], len(ROSTER_COLUMNS))
    return form_bytes(book, [each for each in forms if each.name == SHEET_COSTS])


def _write_head(sheet: Worksheet, head: FormHead) -> None:
    for row in range(HEADER_ROW, HEADER_ROW + len(HEAD_LABELS)):
        label = str(sheet.cell(row, 1).value)
        _put(sheet.cell(row, 2), getattr(head, HEAD_LABELS[label]) or None)


def _write_rows(sheet: Worksheet, rows: Sequence[Sequence[Value]], columns: int) -> None:
    styled: list[Any] = [sheet.cell(FIRST_ROW, place) for place in range(1, columns + 1)]
    for number, values in enumerate(rows, start=FIRST_ROW):
        for place, (value, like) in enumerate(zip(values, styled, strict=True), start=1):
            cell = sheet.cell(number, place)
            _put(cell, value)
            if number > FIRST_ROW:
                cell.number_format, cell.font, cell.alignment = like.number_format, copy(like.font), copy(like.alignment)


def _put(cell: Any, value: Value) -> None:
    """Write a value; text that others have typed stays text, also where it looks like a formula."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def _hours(centihours: int | None) -> float | int | None:
    return None if centihours is None else centihours / CENTI if centihours % CENTI else centihours // CENTI


def _switch(value: bool | None) -> str | None:
    return None if value is None else "是" if value else "否"


def _class_values(row: ClassRow, place: int) -> list[Value]:
    return [
        *(place, row.class_no, row.stream, row.title, row.item, row.occupation, row.level, row.institution_name, row.institution),
        *(row.start, row.end, _hours(row.planned_centihours), _hours(row.delivered_centihours), _hours(row.online_centihours)),
        *(row.enrolled, _switch(row.theory_test), _switch(row.practical_test), None),
    ]


def _line_values(row: RosterRow, place: int) -> list[Value]:
    return [
        *(place, row.class_no, row.name, row.id_type, row.id_no, group_words()[row.group], row.mobile or None),
        *(row.contract_start, row.contract_end, _hours(row.attended_centihours), row.exam_result or None, row.note or None),
    ]
