"""What the workbooks of a running class share: how they are opened, and how a row names a person of the roster.

A person is named by serial and name, and by the masked number where it is given; the cell that contradicts the roster is told.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from training_admin.kit.identifiers import clean_name, clean_number
from training_admin.kit.workbook.cells import Problems, RowReader, table_reader
from training_admin.kit.workbook.limits import Limits
from training_admin.kit.workbook.package import Package
from training_admin.kit.workbook.parts import read_parts
from training_admin.kit.workbook.problems import CellProblem
from training_admin.kit.workbook.sheet import Row, read_rows
from training_admin.kit.workbook.table import Column, find_sheet
from training_admin.kit.workbook.values import to_count

LIMITS = Limits(rows=20_000)
MOST_PROBLEMS = 2000
SERIAL, NAME, NUMBER = "序号", "姓名", "证件号码"
PERSON_COLUMNS = (Column(SERIAL, idle=True), Column(NAME), Column(NUMBER, required=False))
SERIAL_SENTENCE = "应为花名册中的序号（整数），请下载最新的表格填写。"
UNKNOWN_SERIAL_SENTENCE = "花名册中没有这个序号，请下载最新的表格核对。"
SERIAL_MISMATCH_SENTENCE = "与姓名、证件号码所指的不是同一人，请对照花名册更正序号。"
NAME_MISMATCH_SENTENCE = "与花名册中这个序号的姓名不一致，请更正。"
NUMBER_MISMATCH_SENTENCE = "与花名册中这个序号的证件号码（隐去部分位数）不一致，请更正或留空。"
DUPLICATE_SENTENCE = "这名学员在上面已有一行，请删除多余的一行。"


class PersonAsked(msgspec.Struct, frozen=True, array_like=True):
    """Somebody of the roster as the workbook shows him; his serial is his place."""

    name: str
    masked: str


class RunRead(msgspec.Struct, frozen=True):
    """What is wrong with a workbook: the first problems, and how many there are."""

    problems: tuple[CellProblem, ...]
    problem_count: int


class Book:
    """An opened workbook with the problems found so far."""

    def __init__(self, content: bytes) -> None:
        self.package = Package(content, LIMITS)
        self.parts = read_parts(self.package)
        self.problems = Problems(MOST_PROBLEMS)

    def sheet(self, name: str) -> list[Row] | None:
        """The rows of a sheet that must be there; None when it is not, which is noted."""
        entry = find_sheet(self.parts, name)
        if entry is None:
            self.problems.note(name, "", "MISSING_SHEET", name)
            return None
        return read_rows(self.package, self.parts, entry.name)

    def reader(self, rows: Sequence[Row], name: str, columns: Sequence[Column]) -> RowReader | None:
        """A reader for the table of a sheet; None when a column that must be there is missing, which is noted."""
        before = self.problems.count
        reader = table_reader(rows, name, columns, self.problems, from_1904=self.parts.from_1904)
        return reader if self.problems.count == before else None


def turned(reader: RowReader) -> Iterator[RowReader]:
    """A reader turned to one row after the other."""
    for number, cells in reader.table.rows:
        reader.turn_to(number, cells)
        yield reader


class People:
    """Finds the person of a row; `once` refuses a second row of somebody."""

    def __init__(self, people: Sequence[PersonAsked], *, once: bool) -> None:
        self._people = people
        self._once = once
        self._seen: set[int] = set()
        self._by_words: Mapping[tuple[str, str], int] = {(clean_name(each.name), each.masked): n for n, each in enumerate(people)}

    def of(self, reader: RowReader) -> int | None:
        """The place of the row's person in the roster, from 0; None when a cell is wrong, which is noted once."""
        serial = reader.value(SERIAL, to_count, "UNKNOWN_SERIAL", required=True, sentence=SERIAL_SENTENCE)
        name = clean_name(reader.text(NAME, required=True))
        number = clean_number(reader.text(NUMBER, spaced=False))
        if serial is None or not name:
            return None
        if not 0 < serial <= len(self._people):
            reader.refuse(SERIAL, "UNKNOWN_SERIAL", UNKNOWN_SERIAL_SENTENCE)
            return None
        place = serial - 1
        asked = self._people[place]
        right_name, right_number = name == clean_name(asked.name), number in {"", asked.masked}
        if not right_name and (not right_number or self._by_words.get((name, number), place) != place):
            reader.refuse(SERIAL, "SERIAL_MISMATCH", SERIAL_MISMATCH_SENTENCE)
        elif not right_name:
            reader.refuse(NAME, "NAME_MISMATCH", NAME_MISMATCH_SENTENCE)
        elif not right_number:
            reader.refuse(NUMBER, "NUMBER_MISMATCH", NUMBER_MISMATCH_SENTENCE)
        elif self._once and place in self._seen:
            reader.refuse(SERIAL, "DUPLICATE_ROW", DUPLICATE_SENTENCE)
        else:
            self._seen.add(place)
            return place
        return None
