"""The workbook of a filing: sheets 开班备案表, 班级花名册, 教学计划表 (policy.md 7.2 sheets 4 to 6) in and out.

Reading happens in a child process and tells every wrong cell at once; teachers and rooms are named as registered.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TypeVar

import msgspec

from training_admin.catalog.class_facts import ClassContent, NamedTrainee, PlannedSession, Pool, Split
from training_admin.catalog.facts import LEVEL_WORDS, STREAMS
from training_admin.catalog.filing_roster import ROSTER_COLUMNS, SERIAL, Known, RosterReading
from training_admin.catalog.pooling import MOST_SEATS, split_from_text
from training_admin.kit.workbook.cells import Problems, RowReader, table_reader
from training_admin.kit.workbook.limits import Limits
from training_admin.kit.workbook.package import Package
from training_admin.kit.workbook.parts import read_parts
from training_admin.kit.workbook.problems import CellProblem
from training_admin.kit.workbook.sheet import Cell, read_rows
from training_admin.kit.workbook.table import Column, find_sheet, sheet_key
from training_admin.kit.workbook.values import compact, to_centihours, to_count, to_fen, to_switch

SHEET_FILING, SHEET_ROSTER, SHEET_PLAN = "开班备案表", "班级花名册", "教学计划表"
SEATS, SPLIT = "集中培训席位", "费用分摊"
COURSE, PROJECT = "课程编号", "年度项目编号"
FILING_COLUMNS = (
    Column("班期名称"),
    Column("委托企业信用代码"),
    Column("培训类别"),
    Column("项目编码", required=False),
    Column("职业编码", required=False),
    Column("技能等级", required=False),
    Column("考核方案"),
    Column("费用预算（元）"),
    Column("理论考核", required=False),
    Column("操作考核", required=False),
    Column(SEATS, required=False),
    Column(SPLIT, required=False),
    Column(COURSE, required=False),
    Column(PROJECT, required=False),
)
PLAN_COLUMNS = (
    SERIAL,
    Column("日期"),
    Column("时段"),
    Column("内容"),
    Column("理论课时", required=False),
    Column("实操课时", required=False),
    Column("教师"),
    Column("地点", required=False),
    Column("教材", required=False),
    Column("线上", required=False),
    Column("安全教育", required=False),
)
LIMITS = Limits(rows=10_000)
MOST_PROBLEMS = 1000
LONGEST_TITLE, LONGEST_TEXT, LONGEST_CODE = 200, 200, 40
CENTI = 100
_TIMES = re.compile(r"([01]?\d|2[0-4])[:：]([0-5]\d)[-–—~～至]+([01]?\d|2[0-4])[:：]([0-5]\d)")
_HALVES = {half: code for code, word in LEVEL_WORDS.items() for half in word.split("/")}
_LEVELS = _HALVES | {sheet_key(word): code for code, word in LEVEL_WORDS.items()}
_STREAMS = {stream: stream for stream in STREAMS}
TIMES_SENTENCE = "无法识别为时段，请按 09:00-11:30 的写法填写。"
HOURS_SENTENCE = "应为折合整分钟的课时（每课时 {minutes} 分钟），如 2、4、0.2。"
TEACHER_SENTENCE = "本单位没有登记这位教师，请先在“办学条件”中登记并经核定。"
ROOM_SENTENCE = "本单位没有登记这个教室，请先在“办学条件”中登记并经核定。"
SEATS_SENTENCE = f"应为 1 至 {MOST_SEATS} 的整数；不是集中培训班的留空。"
OWN_SENTENCE = "集中培训班由培训机构备案，企业自办的班级请留空。"
SPLIT_SENTENCE = "请填“按人数分摊”，或“按合同约定；统一社会信用代码 60%；统一社会信用代码 40%”，合计应为 100%。"
ITEM_SENTENCE = "补贴目录中没有这个项目，请核对项目编码；不在目录内的留空。"


COURSE_SENTENCE = "不是本单位已备案的课程，请核对课程编号；不引用课程的留空。"
PROJECT_SENTENCE = "不是已通过的、由本单位培训的年度培训项目，请按“申报编号/序号”填写，如 NJ202600001/1；没有的留空。"
T = TypeVar("T")


class Names(msgspec.Struct, frozen=True):
    """What a workbook names: registered teachers and rooms, catalog items with occupation and level, people known; minutes of an hour.

    `courses` are the approved ones of the organisation, `projects` the approved ones of yearly plans that it may train, by label;
    `titles` says by number or label what they are called.
    """

    organisation: str
    is_institution: bool
    teachers: dict[str, int]
    rooms: dict[str, int]
    items: dict[str, tuple[str | None, str | None]]
    hour_minutes: int
    known: Known = Known()
    courses: dict[str, str] = {}
    projects: dict[str, int] = {}
    titles: dict[str, str] = {}


class FilingRead(msgspec.Struct, frozen=True):
    """A filing as read; the content is None when a cell is wrong, the roster None when the workbook has no such sheet."""

    content: ClassContent | None
    roster: tuple[NamedTrainee, ...] | None
    problems: tuple[CellProblem, ...]
    problem_count: int


class Reading(msgspec.Struct, frozen=True):
    """What the child is handed."""

    content: bytes
    today: date
    names: Names


def read_task(payload: bytes) -> bytes:
    """The child's side of reading a filing."""
    reading = msgspec.msgpack.decode(payload, type=Reading)
    return msgspec.msgpack.encode(read_filing(reading.content, names=reading.names, today=reading.today))


def read_filing(content: bytes, *, names: Names, today: date) -> FilingRead:
    """Read a workbook; raises the refusals of kit.workbook when it cannot be opened. Wrong cells never raise: they are listed."""
    book = _Book(content)
    filed = [each for reader in book.rows(SHEET_FILING, FILING_COLUMNS) if (each := filing_row(reader, names)) is not None]
    roster = None
    if book.has(SHEET_ROSTER):
        own, pooled = "" if names.is_institution else names.organisation, any(each.pool is not None for each in filed)
        people = RosterReading(known=names.known, own=own, pooled=pooled, today=today)
        roster = tuple(who for reader in book.rows(SHEET_ROSTER, ROSTER_COLUMNS) if (who := people.read(reader)) is not None)
    sessions = tuple(one for reader in book.rows(SHEET_PLAN, PLAN_COLUMNS) if (one := session_row(reader, names)) is not None)
    problems = book.problems
    if not problems.count and len(filed) != 1:
        problems.note(SHEET_FILING, "", "MISSING", sentence="“开班备案表”应恰有一行，一份工作簿备案一个班级。")
    whole = None if problems.count else msgspec.structs.replace(filed[0], sessions=sessions)
    return FilingRead(whole, roster, tuple(problems.found), problems.count)


class _Book:
    """An opened workbook with the problems found so far."""

    def __init__(self, content: bytes) -> None:
        self.package = Package(content, LIMITS)
        self.parts = read_parts(self.package)
        self.problems = Problems(MOST_PROBLEMS)

    def has(self, name: str) -> bool:
        return find_sheet(self.parts, name) is not None

    def rows(self, name: str, columns: tuple[Column, ...]) -> Iterator[RowReader]:
        """The reader of a sheet that must be there, turned to one row after the other."""
        entry = find_sheet(self.parts, name)
        if entry is None:
            self.problems.note(name, "", "MISSING_SHEET", name)
            return
        rows = read_rows(self.package, self.parts, entry.name)
        reader = table_reader(rows, name, columns, self.problems, from_1904=self.parts.from_1904)
        if reader is None:
            return
        for number, cells in reader.table.rows:
            reader.turn_to(number, cells)
            yield reader


def filing_row(reader: RowReader, names: Names) -> ClassContent | None:
    """The head of a class, without sessions; None when a cell is wrong."""
    title = reader.text("班期名称", required=True, limit=LONGEST_TITLE)
    pool = _pool(reader, names)
    enterprise = reader.uscc("委托企业信用代码", required=pool is None) if names.is_institution else names.organisation
    stream = reader.word("培训类别", _STREAMS, required=True)
    item = reader.text("项目编码", spaced=False, limit=LONGEST_CODE) or None
    occupation = reader.text("职业编码", spaced=False, limit=20) or None
    level = reader.word("技能等级", _LEVELS) or None
    if item is not None:
        if item in names.items:
            occupation, level = names.items[item]
        else:
            reader.refuse("项目编码", "UNKNOWN_VALUE", ITEM_SENTENCE)
    assessment = reader.text("考核方案", required=True, limit=2000)
    budget = reader.value("费用预算（元）", to_fen, "MONEY", required=True)
    theory, practical = reader.value("理论考核", to_switch, "UNKNOWN_VALUE"), reader.value("操作考核", to_switch, "UNKNOWN_VALUE")
    course = reader.value(COURSE, _of(names.courses), "UNKNOWN_VALUE", sentence=COURSE_SENTENCE)
    project = reader.value(PROJECT, _of(names.projects), "UNKNOWN_VALUE", sentence=PROJECT_SENTENCE)
    if not reader.sound or budget is None:
        return None
    return ClassContent(
        title=title,
        enterprise=enterprise,
        institution=names.organisation if names.is_institution else None,
        stream=stream,
        item=item,
        occupation=occupation,
        level=level,
        sessions=(),
        assessment_plan=assessment,
        budget_fen=budget,
        theory_test=bool(theory),
        practical_test=bool(practical),
        pool=pool,
        course=course,
        project=project,
    )


def _pool(reader: RowReader, names: Names) -> Pool | None:
    seats = reader.value(SEATS, _seats, "NUMBER", sentence=SEATS_SENTENCE)
    split = reader.value(SPLIT, lambda cell: split_from_text(cell.text), "UNKNOWN_VALUE", sentence=SPLIT_SENTENCE)
    if seats is None:
        if split is not None:
            reader.refuse(SEATS, "MISSING") if SEATS in reader.table.places else reader.refuse(SPLIT, "UNKNOWN_VALUE", SEATS_SENTENCE)
        return None
    if not names.is_institution:
        reader.refuse(SEATS, "UNKNOWN_VALUE", OWN_SENTENCE)
    way, shares = split or (Split.PER_HEAD, {})
    return Pool(seats, way, dict(shares))


def _seats(cell: Cell) -> int | None:
    seats = to_count(cell)
    return seats if seats and seats <= MOST_SEATS else None


def session_row(reader: RowReader, names: Names) -> PlannedSession | None:
    """One session of the plan; None when a cell is wrong."""
    day = reader.day("日期", required=True)
    times = reader.value("时段", _times, "UNKNOWN_VALUE", required=True, sentence=TIMES_SENTENCE)
    topic = reader.text("内容", required=True, limit=LONGEST_TEXT)
    theory, practice = _minutes(reader, "理论课时", names.hour_minutes), _minutes(reader, "实操课时", names.hour_minutes)
    online = bool(reader.value("线上", to_switch, "UNKNOWN_VALUE"))
    safety = bool(reader.value("安全教育", to_switch, "UNKNOWN_VALUE"))
    teacher = reader.value("教师", _named(names.teachers), "UNKNOWN_VALUE", required=True, sentence=TEACHER_SENTENCE)
    room = reader.value("地点", _named(names.rooms), "UNKNOWN_VALUE", required=not online, sentence=ROOM_SENTENCE)
    textbook = reader.text("教材", limit=LONGEST_TEXT)
    if day is None or times is None or not reader.sound:
        return None
    return PlannedSession(
        *(day, times[0], times[1], topic, theory, practice, teacher, room), online=online, safety=safety, textbook=textbook
    )


def _times(cell: Cell) -> tuple[int, int] | None:
    found = _TIMES.fullmatch(compact(cell))
    if found is None:
        return None
    numbers = [int(each) for each in found.groups()]
    return numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]


def _minutes(reader: RowReader, header: str, hour_minutes: int) -> int:
    def whole(cell: Cell) -> int | None:
        hours = to_centihours(cell)
        return None if hours is None or hours * hour_minutes % CENTI else hours * hour_minutes // CENTI

    return reader.value(header, whole, "NUMBER", sentence=HOURS_SENTENCE.format(minutes=hour_minutes)) or 0


def _of(names: Mapping[str, T]) -> Callable[[Cell], T | None]:
    return lambda cell: names.get(compact(cell).upper())


def _named(names: Mapping[str, int]) -> Callable[[Cell], int | None]:
    keyed = {sheet_key(name): key for name, key in names.items()}
    return lambda cell: keyed.get(sheet_key(cell.text.strip()))
