"""The workbook of monthly records given out: a row for each apprentice and month of a span, prefilled with what is known."""

import io
from collections.abc import Iterable, Mapping, Sequence

from training_admin.apprenticeship.record_facts import FIELD_WORDS, SIDE_OF, Field, Recorded, Side, days_there, values_of
from training_admin.apprenticeship.record_reading import MONTH, PROGRAMME, SHEET
from training_admin.apprenticeship.record_store import ApprenticeHead, ProgrammeHead
from training_admin.catalog.roster_reading import NAME, NUMBER, SERIAL
from training_admin.kit.workbook.sheets import Column, Kind, Sheet, Stamp, write_workbook

LINES = (
    "一行一名学徒的一个月。学徒班编号、序号、姓名、月份用于核对，请勿改动；没有登记的行可以留空，也可以删除。",
    "课时按每课时 45 分钟计，最多两位小数；实发工资为扣除个人缴纳的社会保险费之后的金额。登记了的月份各格都须填写，没有的填 0。",
)


def record_sheet(fields: Sequence[Field]) -> Sheet:
    """The sheet with the columns of these fields."""
    return Sheet(
        name=SHEET,
        title=SHEET,
        lines=LINES,
        columns=(
            Column(PROGRAMME, Kind.TEXT, 18),
            Column(SERIAL, Kind.INTEGER, 7),
            Column(NAME, Kind.TEXT, 12),
            Column(NUMBER, Kind.TEXT, 22),
            Column(MONTH, Kind.TEXT, 10),
            *(Column(FIELD_WORDS[each], Kind.MONEY if each is Field.WAGE else Kind.HOURS, 15) for each in fields),
        ),
        frozen=5,
    )


def record_rows(
    head: ProgrammeHead,
    people: Sequence[ApprenticeHead],
    masked: Sequence[str],
    told: Mapping[tuple[int, str], Recorded],
    months: Iterable[str],
    *,
    sides: Sequence[Side],
    fields: Sequence[Field],
) -> Iterable[list[object]]:
    """The rows of a programme: for each month everybody who was there in it, with what these sides have told."""
    for month in months:
        for one, number in zip(people, masked, strict=True):
            if not days_there(month, one.span(head)):
                continue
            known = told.get((one.id, month))
            mine = set() if known is None else set(sides) & known.sides
            values = {} if known is None else values_of(known.done, mine)
            cells = [values.get(each) if SIDE_OF[each] in sides else None for each in fields]
            yield [head.number, one.serial, one.name, number, month, *cells]


def record_workbook(fields: Sequence[Field], rows: Sequence[Sequence[object]], *, file_number: str) -> bytes:
    """The workbook; without rows it has one empty row to be filled in."""
    target = io.BytesIO()
    sheet = record_sheet(fields)
    written = rows or [[None] * len(sheet.columns)]
    write_workbook(target, [(sheet, written)], Stamp(file_number=file_number, check_code="", version="1"))
    return target.getvalue()
