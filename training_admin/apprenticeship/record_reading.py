"""Reading a workbook of monthly records (学徒每月记录): a row an apprentice and month, every wrong cell told at once.

Rows of which nothing is told are passed over, so that a prefilled workbook can be handed in half done. Columns of the other side are
refused at their header, or in the cell where only some of the programmes are the other side's to tell.
"""

from collections.abc import Callable, Mapping
from datetime import date

import msgspec

from training_admin.apprenticeship.record_facts import (
    FIELD_WORDS,
    SIDE_OF,
    SIDE_WORDS,
    WRONG_SENTENCES,
    Field,
    Side,
    Span,
    days_there,
    wrong_month,
    wrong_values,
)
from training_admin.catalog.roster_reading import PERSON_COLUMNS, SERIAL, Book, People, PersonAsked, RunRead, turned
from training_admin.kit.identifiers import clean_number
from training_admin.kit.workbook.cells import RowReader
from training_admin.kit.workbook.sheet import Cell, column_letters
from training_admin.kit.workbook.table import Column
from training_admin.kit.workbook.values import compact, to_centihours, to_fen, to_month

SHEET = "学徒每月记录"
PROGRAMME, MONTH = "学徒班编号", "月份"
COLUMNS = (Column(PROGRAMME, idle=True), *PERSON_COLUMNS, Column(MONTH), *(Column(words, required=False) for words in FIELD_WORDS.values()))
MONTH_SENTENCE = "无法识别为月份，请按 2026-03 的写法填写。"
PROGRAMME_SENTENCE = "没有这个学徒班，或它不由贵单位登记，请下载最新的表格核对。"
SETTLED_SENTENCE = "这个学徒班已提交结算申报，每月记录不能再改动，请删除这一行。"
NOT_YOURS_SENTENCE = "由{side}登记，贵单位不能填写，请{mend}。"
NEGATIVE_SENTENCE = "不能为负数，请核对。"
TWICE_SENTENCE = "这名学徒的这个月在上面已有一行，请删除多余的一行。"
NEGATIVE = -1
# Hours that no month can hold where no figure says more: 24 hours of 60 minutes a day.
DAY_CENTIHOURS = 3200


class ApprenticeAsked(msgspec.Struct, frozen=True, array_like=True):
    """An apprentice as the workbook shows him, his days, and the hours that the other side has told by month (hundredths)."""

    name: str
    masked: str
    left_on: date | None
    others: Mapping[str, int]


class ProgrammeAsked(msgspec.Struct, frozen=True, array_like=True):
    """A programme that may be told of: its term, which sides are told, whether it is settled, its people in their order."""

    number: str
    start: date
    end: date
    sides: tuple[Side, ...]
    settled: bool
    people: tuple[ApprenticeAsked, ...]


class RecordsAsked(msgspec.Struct, frozen=True):
    """What the child is handed; `day_centihours` is how many hours a day can hold, by month, where a figure says so."""

    content: bytes
    programmes: tuple[ProgrammeAsked, ...]
    today: date
    day_centihours: Mapping[str, int]


class MonthTold(msgspec.Struct, frozen=True, array_like=True):
    """A month of an apprentice as told, programme and person by place."""

    programme: int
    person: int
    month: str
    values: dict[Field, int]


class RecordsRead(RunRead, frozen=True):
    """The months as read; whatever is wrong, nothing of the row is kept."""

    told: tuple[MonthTold, ...] = ()


def read_task(payload: bytes) -> bytes:
    """The child's side of reading monthly records."""
    return msgspec.msgpack.encode(read_records(msgspec.msgpack.decode(payload, type=RecordsAsked)))


def possible_hours(month: str, span: Span, day_centihours: Mapping[str, int]) -> int:
    """How many hours, in hundredths, a month can hold for an apprentice."""
    return days_there(month, span) * day_centihours.get(month, DAY_CENTIHOURS)


def read_records(asked: RecordsAsked) -> RecordsRead:
    """Read a workbook; raises the refusals of kit.workbook when it cannot be opened. Wrong cells never raise: they are listed."""
    book = Book(asked.content)
    rows = book.sheet(SHEET)
    sides = {side for each in asked.programmes for side in each.sides}
    reader = None if rows is None else book.reader(rows, SHEET, COLUMNS)
    fields = None if reader is None else _own_columns(book, reader, sides)
    told: list[MonthTold] = []
    if reader is not None and fields is not None:
        found = _Rows(asked, fields)
        told = [each for each in map(found.read, turned(reader)) if each is not None]
    return RecordsRead(tuple(book.problems.found), book.problems.count, tuple(told))


def _own_columns(book: Book, reader: RowReader, sides: set[Side]) -> tuple[Field, ...] | None:
    """The columns that are read: the fields of the sides told here; those of others are refused at their header.

    None when an own column is missing, which is noted; there may be none of online hours.
    """
    own, header = [], reader.table.header_row
    before = book.problems.count
    for field, words in FIELD_WORDS.items():
        place = reader.table.places.get(words)
        if SIDE_OF[field] in sides:
            own.append(field)
            if place is None and field is not Field.ONLINE:
                book.problems.note(SHEET, f"A{header}", "MISSING_COLUMN", words)
        elif place is not None:
            sentence = NOT_YOURS_SENTENCE.format(side=SIDE_WORDS[SIDE_OF[field]], mend="删除这一列")
            book.problems.note(SHEET, f"{column_letters(place)}{header}", "NOT_YOURS", words, sentence)
    return tuple(own) if book.problems.count == before else None


class _Rows:
    """Reads row after row, remembering which months were told above."""

    def __init__(self, asked: RecordsAsked, fields: tuple[Field, ...]) -> None:
        self.asked = asked
        self.fields = fields
        self.places = {clean_number(each.number): place for place, each in enumerate(asked.programmes)}
        self.people = [People([PersonAsked(one.name, one.masked) for one in each.people], once=False) for each in asked.programmes]
        self.seen: set[tuple[int, int, str]] = set()

    def read(self, row: RowReader) -> MonthTold | None:
        """A row; None when nothing is told in it or something is wrong, which is noted."""
        if not any((cell := row.cell(FIELD_WORDS[field])) is not None and compact(cell) for field in self.fields):
            return None
        place = row.value(
            PROGRAMME,
            lambda cell: self.places.get(clean_number(compact(cell))),
            "UNKNOWN_PROGRAMME",
            required=True,
            sentence=PROGRAMME_SENTENCE,
        )
        month = row.value(MONTH, lambda cell: to_month(cell, from_1904=row.from_1904), "DATE", required=True, sentence=MONTH_SENTENCE)
        if place is None:
            return None
        programme = self.asked.programmes[place]
        if programme.settled:
            row.refuse(PROGRAMME, "SETTLED", SETTLED_SENTENCE)
            return None
        person = self.people[place].of(row)
        values = self._values(row, programme)
        if person is None or month is None:
            return None
        if (place, person, month) in self.seen:
            row.refuse(SERIAL, "DUPLICATE_ROW", TWICE_SENTENCE)
            return None
        self.seen.add((place, person, month))
        self._check(row, programme, programme.people[person], month, values)
        return MonthTold(place, person, month, values) if row.sound else None

    def _values(self, row: RowReader, programme: ProgrammeAsked) -> dict[Field, int]:
        """The values of the programme's own fields; what is wrong is noted and left out."""
        values = {}
        for field in self.fields:
            words = FIELD_WORDS[field]
            if SIDE_OF[field] not in programme.sides:
                if row.cell(words) is not None:
                    row.refuse(words, "NOT_YOURS", NOT_YOURS_SENTENCE.format(side=SIDE_WORDS[SIDE_OF[field]], mend="清空"))
                continue
            code = "MONEY" if field is Field.WAGE else "NUMBER"
            value = row.value(words, value_of(field), code)
            if value == NEGATIVE:
                row.refuse(words, "NEGATIVE", NEGATIVE_SENTENCE)
            elif value is not None:
                values[field] = value
        return values

    def _check(self, row: RowReader, programme: ProgrammeAsked, one: ApprenticeAsked, month: str, values: dict[Field, int]) -> None:
        """Note what is wrong with the month or with its values; a cell that could not be read is not called missing."""
        span = Span(programme.start, programme.end, one.left_on)
        wrong = wrong_month(month, span, self.asked.today)
        if wrong is not None:
            row.refuse(MONTH, wrong.value, WRONG_SENTENCES[wrong])
            return
        possible = possible_hours(month, span, self.asked.day_centihours)
        found = wrong_values(values, programme.sides, others=one.others.get(month, 0), possible=possible)
        for field, why in found.items():
            words = FIELD_WORDS[field]
            if field in values or row.cell(words) is None:
                row.refuse(words, why.value, WRONG_SENTENCES[why])


def value_of(field: Field) -> Callable[[Cell], int | None]:
    """How a cell of a field is read: hundredths of an hour or fen, `NEGATIVE` for a number below nought, None for no number."""
    read = to_fen if field is Field.WAGE else to_centihours

    def value(cell: Cell) -> int | None:
        found = read(cell)
        if found is None and (text := compact(cell)).startswith("-"):
            return None if read(msgspec.structs.replace(cell, text=text[1:])) is None else NEGATIVE
        return found

    return value
