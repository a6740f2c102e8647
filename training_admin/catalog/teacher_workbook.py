"""The roster of teachers 教师花名册 (policy.md 7.2 sheet 7) in and out, with what a registration needs beside it.

Reading happens in a child process and tells every wrong cell at once. A teacher with several qualifications stands in several rows.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from training_admin.kit.identifiers import IdReading, clean_number, likely_id_type, read_identity
from training_admin.kit.workbook.cells import Problems, RowReader, table_reader
from training_admin.kit.workbook.limits import Limits
from training_admin.kit.workbook.package import Package
from training_admin.kit.workbook.parts import read_parts
from training_admin.kit.workbook.problems import CellProblem
from training_admin.kit.workbook.sheet import read_rows
from training_admin.kit.workbook.sheets import Column as Written
from training_admin.kit.workbook.sheets import Kind, Sheet, Stamp, write_workbook
from training_admin.kit.workbook.table import Column, find_sheet, sheet_key
from training_admin.kit.workbook.values import compact
from training_admin.parties.institution_facts import ResourceKind
from training_admin.parties.levels import LEVEL_WORDS
from training_admin.parties.resource_bulk import NewQualification, NewTeacher
from training_admin.parties.resource_forms import FULL_TIME_WORDS, LONGEST, ResourceRefused, read_form

SHEET = "教师花名册"
NAME, IDENTITY, SEX, AGE, EDUCATION, MAJOR, RANK = "姓名", "证件号码", "性别", "年龄", "学历", "专业", "职称"
TITLE, TEACHES, FULL_TIME = "职业资格名称/等级", "担任课程", "专/兼职"
NUMBER, OCCUPATION, LEVEL, UNTIL, ENGAGED = "资格证书编号", "可授职业编码", "可授至等级", "资格有效期至", "聘期至"
COLUMNS = (
    Column("序号", required=False, idle=True),
    Column(NAME),
    Column(IDENTITY),
    Column(SEX, required=False, idle=True),
    Column(AGE, required=False, idle=True),
    *(Column(each, required=False) for each in (EDUCATION, MAJOR, RANK, TITLE)),
    Column(TEACHES, required=False, idle=True),
    Column(FULL_TIME),
    *(Column(each, required=False) for each in (NUMBER, OCCUPATION, LEVEL, UNTIL, ENGAGED)),
)
MOST_ROWS, MOST_PROBLEMS = 500, 500
LIMITS = Limits(rows=MOST_ROWS + 50)
SEX_WORDS = {"M": "男", "F": "女"}
_SEXES = {word: code for code, word in SEX_WORDS.items()}
_FULL = {word: code for code, word in FULL_TIME_WORDS.items()}
_LEVELS = {half: code for code, word in LEVEL_WORDS.items() for half in (*word.split("/"), sheet_key(word))}
LAYOUT = Sheet(
    name=SHEET,
    title="教师花名册",
    lines=("证件号码按文本填写；性别、年龄和担任课程由系统带出，登记时可不填。一名教师有多项资格的，分行填写，姓名和证件号码相同。",),
    columns=(
        Written("序号", Kind.INTEGER, 7),
        Written(NAME, Kind.TEXT, 12),
        Written(IDENTITY, Kind.TEXT, 24),
        Written(SEX, Kind.TEXT, 7),
        Written(AGE, Kind.INTEGER, 7),
        Written(EDUCATION, Kind.TEXT, 10),
        Written(MAJOR, Kind.WORDS, 16),
        Written(RANK, Kind.TEXT, 12),
        Written(TITLE, Kind.WORDS, 22),
        Written(TEACHES, Kind.WORDS, 26),
        Written(FULL_TIME, Kind.TEXT, 9),
        Written(NUMBER, Kind.TEXT, 18),
        Written(OCCUPATION, Kind.TEXT, 14),
        Written(LEVEL, Kind.TEXT, 14),
        Written(UNTIL, Kind.DATE, 13),
        Written(ENGAGED, Kind.DATE, 13),
    ),
)


class TeachersReading(msgspec.Struct, frozen=True):
    """What the child is handed."""

    content: bytes
    today: date


class TeachersRead(msgspec.Struct, frozen=True):
    """What was read: the teachers when every cell is right, the wrong cells, their count, and the column of the numbers."""

    teachers: tuple[NewTeacher, ...]
    problems: tuple[CellProblem, ...]
    count: int
    identity_column: str = ""


def read_task(payload: bytes) -> bytes:
    """The child's side of reading a roster of teachers."""
    reading = msgspec.msgpack.decode(payload, type=TeachersReading)
    return msgspec.msgpack.encode(read_teachers(reading.content, today=reading.today))


def read_teachers(content: bytes, *, today: date) -> TeachersRead:
    """Read a roster; raises the refusals of kit.workbook when it cannot be opened. Wrong cells never raise: they are listed."""
    package = Package(content, LIMITS)
    parts = read_parts(package)
    problems = Problems(MOST_PROBLEMS)
    entry = find_sheet(parts, SHEET)
    if entry is None:
        problems.note(SHEET, "", "MISSING_SHEET", SHEET)
        return TeachersRead((), tuple(problems.found), problems.count)
    reader = table_reader(read_rows(package, parts, entry.name), SHEET, COLUMNS, problems, from_1904=parts.from_1904)
    teachers: dict[str, NewTeacher] = {}
    for each in () if reader is None else _rows(reader, today):
        assert reader is not None, "rows come from the reader"
        first = teachers.setdefault(each.identity, each)
        if first is each:
            continue
        if first.content["name"] != each.content["name"]:
            reader.refuse(NAME, "DUPLICATE_ROW", f"与第 {first.row} 行证件号码相同而姓名不同，请核对。")
        elif not each.qualifications or set(map(str, each.qualifications)) & set(map(str, first.qualifications)):
            reader.refuse(IDENTITY, "DUPLICATE_ROW")
        both = (*first.qualifications, *each.qualifications)
        teachers[each.identity] = msgspec.structs.replace(first, qualifications=both)
    if not teachers and not problems.count:
        problems.note(SHEET, "", "MISSING", sentence="这张工作表中没有任何教师，请至少填写一行。")
    column = "" if reader is None or IDENTITY not in reader.table.places else reader.table.address(IDENTITY, 1)[:-1]
    return TeachersRead(() if problems.count else tuple(teachers.values()), tuple(problems.found), problems.count, column)


def _rows(reader: RowReader, today: date) -> Iterator[NewTeacher]:
    for number, cells in reader.table.rows:
        reader.turn_to(number, cells)
        read = _teacher(reader, today)
        if read is not None:
            yield read


def _teacher(reader: RowReader, today: date) -> NewTeacher | None:
    name = reader.text(NAME, required=True, limit=LONGEST)
    cell = reader.cell(IDENTITY)
    likely = "" if cell is None else likely_id_type(clean_number(compact(cell)))
    identity = reader.identity(IDENTITY, likely, today)
    sex = reader.word(SEX, _SEXES)
    told = read_identity(likely, identity, today) if reader.sound and identity else None
    if sex and isinstance(told, IdReading) and told.sex is not None and told.sex != sex:
        reader.refuse(SEX, "UNKNOWN_VALUE", "与证件号码所示的性别不一致，请核对。")
    typed = {
        "name": name,
        "identity": identity,
        "full_time": reader.word(FULL_TIME, _FULL, required=True),
        "valid_to": _day_text(reader.day(ENGAGED)),
        **{field: reader.text(header) for field, header in (("education", EDUCATION), ("major", MAJOR), ("rank", RANK))},
    }
    qualifications = _qualifications(reader, today)
    if not reader.sound:
        return None
    try:
        filled = read_form(ResourceKind.TEACHER, typed, today=today, identity_needed=True)
    except ResourceRefused as refusal:
        reader.refuse(NAME, "UNKNOWN_VALUE", refusal.sentence)
        return None
    assert filled.identity is not None, "the form asked for it"
    return NewTeacher(filled.content, filled.identity, qualifications, reader.row)


def _qualifications(reader: RowReader, today: date) -> tuple[NewQualification, ...]:
    """The qualification of a row; none where nothing of one is filled in."""
    title, number = reader.text(TITLE), reader.text(NUMBER)
    typed = {
        "title": title,
        "number": number,
        "teacher": "1",
        "occupation": reader.text(OCCUPATION, spaced=False, limit=20),
        "level": reader.word(LEVEL, _LEVELS),
        "valid_to": _day_text(reader.day(UNTIL)),
    }
    if not any(value for field, value in typed.items() if field != "teacher"):
        return ()
    for header, value in ((TITLE, title), (NUMBER, number)):
        if not value and reader.sound:
            _missing(reader, header)
    if not reader.sound:
        return ()
    content = read_form(ResourceKind.QUALIFICATION, typed, today=today, identity_needed=False).content
    return (NewQualification({field: value for field, value in content.items() if field != "teacher"}),)


def _missing(reader: RowReader, header: str) -> None:
    """A qualification has a name and a number: note the empty cell, or the name's where the column is not there."""
    there = header if header in reader.table.places else NAME
    reader.refuse(there, "MISSING", "填写了职业资格的，资格名称和证书编号都须填写。")


def _day_text(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def teachers_workbook(rows: Sequence[Sequence[object]], *, file_number: str) -> bytes:
    """The roster as workbook; without rows it is what is filled in."""
    target = io.BytesIO()
    body = [list(row) for row in rows] or [[None] * len(LAYOUT.columns)]
    write_workbook(target, [(LAYOUT, body)], Stamp(file_number=file_number, check_code="", version="1"))
    return target.getvalue()
