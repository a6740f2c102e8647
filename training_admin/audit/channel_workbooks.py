"""Files of other channels: people they have trained, or the streets of enterprises; a workbook or a CSV read in a child process.

Every wrong cell is named; no identity number leaves the child but to be hashed, and none stands in a message.
"""

from datetime import date
from enum import StrEnum

import msgspec

from training_admin.kit.child import ChildLimits, run_in_child
from training_admin.kit.identifiers import CITIZEN_CARD, ID_TYPES
from training_admin.kit.workbook.cells import Problems, RowReader, table_reader
from training_admin.kit.workbook.delimited import CSV_SHEET, csv_rows
from training_admin.kit.workbook.limits import Limits
from training_admin.kit.workbook.package import Package
from training_admin.kit.workbook.parts import read_parts
from training_admin.kit.workbook.problems import CellProblem
from training_admin.kit.workbook.sheet import read_rows
from training_admin.kit.workbook.table import Column, sheet_key

TASK = "training_admin.audit.channel_workbooks:read_task"
ID_TYPE, ID_NO, DAY, USCC, STREET, LEVEL, RESULT = "证件类型", "证件号码", "结业日期", "统一社会信用代码", "街镇", "等级", "考核结果"
PEOPLE_COLUMNS = (
    *(Column(ID_TYPE, required=False), Column(ID_NO), Column(DAY), Column(USCC, required=False), Column(STREET, required=False)),
    *(Column(LEVEL, required=False), Column(RESULT)),
)
REGISTERED = "注册地街镇"
STREET_COLUMNS = (Column(USCC), Column(STREET), Column(REGISTERED, required=False))
LONGEST_STREET = 40
MOST_ROWS, MOST_PROBLEMS = 40_000, 500
LIMITS = Limits(rows=MOST_ROWS)
TYPES = {sheet_key(each): each for each in ID_TYPES}
LEVELS = {
    **{str(level): str(level) for level in range(1, 6)},
    **dict(zip(("一级", "二级", "三级", "四级", "五级"), "12345", strict=True)),
    **dict(zip(("高级技师", "技师", "高级工", "中级工", "初级工"), "12345", strict=True)),
}
RESULTS = {"合格": "passed", "通过": "passed", "不合格": "failed", "缺考": "failed"}
DAY_SENTENCE = "不在所选年度内，请核对年度或日期。"


class FileKind(StrEnum):
    """What a file tells."""

    PEOPLE = "people"
    STREETS = "streets"


FILE_WORDS = {FileKind.PEOPLE: "其他渠道培训人员", FileKind.STREETS: "企业所在街镇"}


class Person(msgspec.Struct, frozen=True, array_like=True):
    """One trained person as read; the number goes no further than into the keyed hash."""

    number: str
    day: date
    uscc: str
    street: str
    level: str
    passed: bool


class FileReading(msgspec.Struct, frozen=True, array_like=True):
    """A file to read, what it tells, of which year, and what day it is."""

    content: bytes
    kind: FileKind
    year: int
    today: date


class FileRead(msgspec.Struct, frozen=True):
    """What was read when every cell is right; the first wrong cells and how many there are."""

    people: tuple[Person, ...]
    streets: tuple[tuple[str, str, str], ...]
    problems: tuple[CellProblem, ...]
    count: int


async def read_file(reading: FileReading) -> FileRead:
    """A file read in a child process; raises TableUnreadable, the refusals of kit.workbook and ChildFailed."""
    answer = await run_in_child(TASK, msgspec.msgpack.encode(reading), limits=ChildLimits())
    return msgspec.msgpack.decode(answer, type=FileRead)


def read_task(payload: bytes) -> bytes:
    """The child's side of `read_file`."""
    return msgspec.msgpack.encode(read_content(msgspec.msgpack.decode(payload, type=FileReading)))


def read_content(reading: FileReading) -> FileRead:
    """Read a file; wrong cells never raise, they are listed in reading order."""
    if reading.content.startswith(b"PK"):
        package = Package(reading.content, LIMITS)
        parts = read_parts(package)
        sheet, from_1904 = parts.sheets[0].name, parts.from_1904
        rows = read_rows(package, parts, sheet)
    else:
        sheet, rows, from_1904 = CSV_SHEET, csv_rows(reading.content, most_rows=MOST_ROWS), False
    problems = Problems(MOST_PROBLEMS)
    columns = PEOPLE_COLUMNS if reading.kind is FileKind.PEOPLE else STREET_COLUMNS
    reader = table_reader(rows, sheet, columns, problems, from_1904=from_1904, limits={STREET: LONGEST_STREET, REGISTERED: LONGEST_STREET})
    people: list[Person] = []
    streets: dict[str, tuple[str, str]] = {}
    for number, cells in () if reader is None or problems.count else reader.table.rows:
        assert reader is not None, "rows come from the reader"
        reader.turn_to(number, cells)
        if reading.kind is FileKind.STREETS:
            _street(reader, streets)
        elif (person := _person(reader, reading)) is not None:
            people.append(person)
    if reader is not None and not people and not streets and not problems.count:
        problems.note(sheet, "", "MISSING", sentence="文件中没有任何一行，请核对后重新上传。")
    if problems.count:
        return FileRead((), (), tuple(problems.found), problems.count)
    return FileRead(tuple(people), tuple((uscc, *both) for uscc, both in streets.items()), (), 0)


def _street(reader: RowReader, streets: dict[str, tuple[str, str]]) -> None:
    uscc, street = reader.uscc(USCC, required=True), reader.text(STREET, required=True)
    if uscc in streets:
        reader.refuse(USCC, "DUPLICATE_ROW")
    elif uscc:
        streets[uscc] = (street, reader.text(REGISTERED))


def _person(reader: RowReader, reading: FileReading) -> Person | None:
    id_type = reader.word(ID_TYPE, TYPES) or CITIZEN_CARD
    number = reader.identity(ID_NO, id_type, reading.today)
    day = reader.day(DAY, required=True)
    if day is not None and day.year != reading.year:
        reader.refuse(DAY, "DATE", DAY_SENTENCE)
    uscc, street = reader.uscc(USCC), reader.text(STREET)
    level, result = reader.word(LEVEL, LEVELS), reader.word(RESULT, RESULTS, required=True)
    if day is None or not reader.sound:
        return None
    return Person(number, day, uscc, street, level, result == "passed")
