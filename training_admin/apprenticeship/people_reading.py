"""The people of a programme in and out: mentors and teachers on one sheet, apprentices on the other (学徒台账).

Reading happens in a child process and names every wrong cell at once; a tutor is named in the apprentices' sheet by his name.
"""

import io
from collections.abc import Sequence
from datetime import date

import msgspec

from training_admin.apprenticeship.plan_facts import (
    JOINED_WORDS,
    LONGEST_NAME,
    MENTOR,
    MOST_PEOPLE,
    MOST_TUTORS,
    TEACHER,
    TUTOR_WORDS,
    Entrant,
    Tutor,
)
from training_admin.kit.child import ChildLimits, run_in_child
from training_admin.kit.identifiers import clean_name, clean_number, is_mobile, likely_id_type
from training_admin.kit.workbook.cells import Problems, RowReader, table_reader
from training_admin.kit.workbook.limits import Limits
from training_admin.kit.workbook.package import Package
from training_admin.kit.workbook.parts import read_parts
from training_admin.kit.workbook.problems import CellProblem
from training_admin.kit.workbook.sheet import Cell, read_rows
from training_admin.kit.workbook.sheets import Column as Written
from training_admin.kit.workbook.sheets import Kind, Sheet, Stamp, write_workbook
from training_admin.kit.workbook.table import Column, find_sheet, sheet_key
from training_admin.kit.workbook.values import compact, to_fen, to_switch
from training_admin.parties.levels import LEVEL_WORDS

TUTORS, PEOPLE = "导师和教师", "学徒台账"
KIND, NAME, IDENTITY, LEVEL, QUALIFICATION, ALLOWANCE = "类别", "姓名", "证件号码", "技能等级", "资格或职称", "月津贴(元)"
PHONE, JOINED, JOINED_ON, STARTS, ENDS = "手机", "身份", "入职或转岗日期", "合同起始日", "合同截止日"
AGREED, POST, SKILLED, PRIOR, MENTOR_NAME, TEACHER_NAME = "培养协议日期", "岗位", "技能岗位", "培养前等级", "企业导师", "指导教师"
TUTOR_COLUMNS = (
    *(Column(KIND), Column(NAME), Column(IDENTITY)),
    *(Column(each, required=False) for each in (LEVEL, QUALIFICATION, ALLOWANCE)),
)
PEOPLE_COLUMNS = (
    Column("序号", required=False, idle=True),
    *(Column(each) for each in (NAME, IDENTITY)),
    Column(PHONE, required=False),
    *(Column(each) for each in (JOINED, JOINED_ON, STARTS)),
    Column(ENDS, required=False),
    *(Column(each) for each in (AGREED, POST, SKILLED)),
    Column(PRIOR, required=False),
    *(Column(each) for each in (MENTOR_NAME, TEACHER_NAME)),
)
PHONE_SENTENCE = "应为 11 位手机号码，请核对。"
MOST_PROBLEMS = 500
LIMITS = Limits(rows=MOST_PEOPLE + MOST_TUTORS + 100)
TASK = "training_admin.apprenticeship.people_reading:read_task"
_KINDS = {word: kind for kind, word in TUTOR_WORDS.items()} | {"导师": MENTOR, "教师": TEACHER, "指导教师": TEACHER}
_JOINED = {word: code for code, word in JOINED_WORDS.items()}
_LEVELS = {half: code for code, word in LEVEL_WORDS.items() for half in (*word.split("/"), sheet_key(word))}


class PeopleReading(msgspec.Struct, frozen=True):
    """What the child is handed."""

    content: bytes
    today: date


class PeopleRead(msgspec.Struct, frozen=True):
    """What was read: tutors and apprentices when every cell is right, the first wrong cells, and how many there are."""

    tutors: tuple[Tutor, ...]
    people: tuple[Entrant, ...]
    problems: tuple[CellProblem, ...]
    count: int


async def read_people(content: bytes, *, today: date) -> PeopleRead:
    """A workbook read in a child process; raises the refusals of kit.workbook and ChildFailed."""
    answer = await run_in_child(TASK, msgspec.msgpack.encode(PeopleReading(content, today)), limits=ChildLimits())
    return msgspec.msgpack.decode(answer, type=PeopleRead)


def read_task(payload: bytes) -> bytes:
    """The child's side of `read_people`."""
    reading = msgspec.msgpack.decode(payload, type=PeopleReading)
    return msgspec.msgpack.encode(read_people_workbook(reading.content, today=reading.today))


def read_people_workbook(content: bytes, *, today: date) -> PeopleRead:
    """Read both sheets; wrong cells never raise, they are listed in reading order."""
    package = Package(content, LIMITS)
    parts = read_parts(package)
    problems = Problems(MOST_PROBLEMS)
    readers: dict[str, RowReader | None] = {}
    for sheet, columns in ((TUTORS, TUTOR_COLUMNS), (PEOPLE, PEOPLE_COLUMNS)):
        entry = find_sheet(parts, sheet)
        if entry is None:
            problems.note(sheet, "", "MISSING_SHEET", sheet)
            continue
        rows = read_rows(package, parts, entry.name)
        readers[sheet] = table_reader(rows, sheet, columns, problems, from_1904=parts.from_1904)
    tutors = _tutors(readers.get(TUTORS), today)
    names = {kind: {each.name for each in tutors if each.kind == kind} for kind in TUTOR_WORDS}
    people = _people(readers.get(PEOPLE), names, {each.identity for each in tutors if each.identity}, today)
    if len(people) > MOST_PEOPLE or len(tutors) > MOST_TUTORS:
        problems.note(PEOPLE, "", "UNKNOWN_VALUE", sentence=f"一个学徒班至多 {MOST_PEOPLE} 名学徒、{MOST_TUTORS} 名导师和教师。")
    kept = not problems.count
    return PeopleRead(tuple(tutors) if kept else (), tuple(people) if kept else (), tuple(problems.found), problems.count)


def _turned(reader: RowReader | None) -> Sequence[RowReader]:
    """Nothing to read without a reader; rows are taken one after the other otherwise."""
    return () if reader is None else (reader,)


def _identity(reader: RowReader, today: date) -> str:
    cell = reader.cell(IDENTITY)
    likely = "" if cell is None else likely_id_type(clean_number(compact(cell)))
    return reader.identity(IDENTITY, likely, today)


def _tutors(reader: RowReader | None, today: date) -> list[Tutor]:
    found: list[Tutor] = []
    seen: set[tuple[str, str]] = set()
    kinds: dict[str, str] = {}
    for one in _turned(reader):
        for number, cells in one.table.rows:
            one.turn_to(number, cells)
            each = Tutor(
                kind=one.word(KIND, _KINDS, required=True),
                name=clean_name(one.text(NAME, required=True, limit=LONGEST_NAME)),
                identity=_identity(one, today),
                level=one.word(LEVEL, _LEVELS),
                qualification=one.text(QUALIFICATION, limit=LONGEST_NAME),
                allowance_fen=one.value(ALLOWANCE, to_fen, "MONEY") or 0,
            )
            if (each.kind, each.name) in seen and each.name:
                one.refuse(NAME, "DUPLICATE_ROW", "同类别中已有同名的人员，请加以区别（如“王强（一车间）”）。")
            if each.identity and kinds.setdefault(each.identity, each.kind) != each.kind:
                one.refuse(IDENTITY, "UNKNOWN_VALUE", "这个人已登记为另一类人员，企业导师和指导教师应是两个人（双导师），请核对。")
            seen.add((each.kind, each.name))
            found.append(each)
    return found


def _people(reader: RowReader | None, names: dict[str, set[str]], teaching: set[str], today: date) -> list[Entrant]:
    found: list[Entrant] = []
    seen: set[str] = set()
    for one in _turned(reader):
        for number, cells in one.table.rows:
            one.turn_to(number, cells)
            each = _entrant(one, today)
            if each.identity and each.identity in seen:
                one.refuse(IDENTITY, "DUPLICATE_ROW", "这名学徒在上面已有一行，请删除多余的一行。")
            if each.identity in teaching:
                one.refuse(IDENTITY, "UNKNOWN_VALUE", f"这个人在“{TUTORS}”中，学徒不能同时是本班的导师或教师，请核对。")
            seen.add(each.identity)
            for header, kind, name in ((MENTOR_NAME, MENTOR, each.mentor), (TEACHER_NAME, TEACHER, each.teacher)):
                if name and name not in names[kind]:
                    one.refuse(header, "UNKNOWN_VALUE", f"“{TUTORS}”中没有这名{TUTOR_WORDS[kind]}，请先登记或更正姓名。")
            if each.contract_start and each.contract_end and each.contract_end < each.contract_start:
                one.refuse(ENDS, "DATE", "早于合同起始日，请核对。")
            found.append(each)
    return found


def _phone(reader: RowReader) -> str:
    def read(cell: Cell) -> str | None:
        number = clean_number(compact(cell))
        return number if is_mobile(number) else None

    return reader.value(PHONE, read, "UNKNOWN_VALUE", sentence=PHONE_SENTENCE) or ""


def _entrant(reader: RowReader, today: date) -> Entrant:
    return Entrant(
        name=clean_name(reader.text(NAME, required=True, limit=LONGEST_NAME)),
        identity=_identity(reader, today),
        phone=_phone(reader),
        joined_as=reader.word(JOINED, _JOINED, required=True),
        joined_on=reader.day(JOINED_ON, required=True),
        contract_start=reader.day(STARTS, required=True),
        contract_end=reader.day(ENDS),
        agreement_on=reader.day(AGREED, required=True),
        post=reader.text(POST, required=True, limit=LONGEST_NAME),
        skilled_post=reader.value(SKILLED, to_switch, "UNKNOWN_VALUE", required=True),
        prior_level=reader.word(PRIOR, _LEVELS),
        mentor=clean_name(reader.text(MENTOR_NAME, required=True, limit=LONGEST_NAME)),
        teacher=clean_name(reader.text(TEACHER_NAME, required=True, limit=LONGEST_NAME)),
    )


def people_workbook(tutors: Sequence[Tutor], people: Sequence[Entrant]) -> bytes:
    """The workbook with what is known filled in; without people it is what is filled in."""
    widths = {NAME: 12, IDENTITY: 24, POST: 18, QUALIFICATION: 18}
    dates = {JOINED_ON, STARTS, ENDS, AGREED}
    sheets = []
    for name, title, columns, rows in (
        (TUTORS, "企业导师和培训机构指导教师", TUTOR_COLUMNS, [_tutor_row(each) for each in tutors]),
        (PEOPLE, "学徒台账", PEOPLE_COLUMNS, [_entrant_row(place, each) for place, each in enumerate(people, start=1)]),
    ):
        kinds = [_kind(column.header, dates) for column in columns]
        written = tuple(Written(each.header, kind, widths.get(each.header, 14)) for each, kind in zip(columns, kinds, strict=True))
        layout = Sheet(name=name, title=title, lines=("证件号码按文本填写；导师和教师先在“导师和教师”中登记。",), columns=written)
        sheets.append((layout, rows or [[None] * len(columns)]))
    target = io.BytesIO()
    write_workbook(target, sheets, Stamp(file_number="", check_code="", version="1"))
    return target.getvalue()


def _kind(header: str, dates: set[str]) -> Kind:
    if header in dates:
        return Kind.DATE
    return Kind.MONEY if header == ALLOWANCE else Kind.INTEGER if header == "序号" else Kind.TEXT


def _tutor_row(each: Tutor) -> list[object]:
    level = LEVEL_WORDS.get(each.level)
    return [TUTOR_WORDS[each.kind], each.name, each.identity, level, each.qualification or None, each.allowance_fen or None]


def _entrant_row(place: int, each: Entrant) -> list[object]:
    skilled = None if each.skilled_post is None else "是" if each.skilled_post else "否"
    return [
        *(place, each.name, each.identity, each.phone or None, JOINED_WORDS[each.joined_as], each.joined_on, each.contract_start),
        *(each.contract_end, each.agreement_on, each.post, skilled, LEVEL_WORDS.get(each.prior_level), each.mentor, each.teacher),
    ]
