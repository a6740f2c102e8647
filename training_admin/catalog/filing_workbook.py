"""The workbook of a filing: sheets 开班备案表, 班级花名册, 教学计划表 (policy.md 7.2 sheets 4 to 6) in and out.

Reading happens in a child process and tells every wrong cell at once; teachers and rooms are named as registered.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

import msgspec

from training_admin.catalog.class_facts import PlannedSession
from training_admin.catalog.class_store import ClassContent
from training_admin.catalog.facts import GROUP_WORDS, LEVEL_WORDS, STREAMS
from training_admin.catalog.filing import NamedTrainee
from training_admin.kit.identifiers import clean_number, likely_id_type
from training_admin.kit.workbook.cells import Problems, RowReader, table_reader
from training_admin.kit.workbook.limits import Limits
from training_admin.kit.workbook.package import Package
from training_admin.kit.workbook.parts import read_parts
from training_admin.kit.workbook.problems import CellProblem
from training_admin.kit.workbook.sheet import Cell, read_rows
from training_admin.kit.workbook.table import Column, find_sheet, sheet_key
from training_admin.kit.workbook.values import compact, to_centihours, to_fen, to_switch

SHEET_FILING, SHEET_ROSTER, SHEET_PLAN = "开班备案表", "班级花名册", "教学计划表"
SERIAL = Column("序号", required=False, idle=True)
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
)
ROSTER_COLUMNS = (
    SERIAL,
    Column("姓名"),
    Column("证件号码"),
    Column("人员类别", required=False),
    Column("所在单位信用代码", required=False),
    Column("岗位", required=False),
    Column("备注", required=False, idle=True),
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
LONGEST_TITLE, LONGEST_NAME, LONGEST_TEXT, LONGEST_CODE = 200, 100, 200, 40
CENTI = 100
_TIMES = re.compile(r"([01]?\d|2[0-4])[:：]([0-5]\d)[-–—~～至]+([01]?\d|2[0-4])[:：]([0-5]\d)")
_HALVES = {half: code for code, word in LEVEL_WORDS.items() for half in word.split("/")}
_LEVELS = _HALVES | {sheet_key(word): code for code, word in LEVEL_WORDS.items()}
_GROUPS = {sheet_key(word): code for code, word in GROUP_WORDS.items()} | {code: code for code in GROUP_WORDS}
_STREAMS = {stream: stream for stream in STREAMS}
TIMES_SENTENCE = "无法识别为时段，请按 09:00-11:30 的写法填写。"
HOURS_SENTENCE = "应为折合整分钟的课时（每课时 {minutes} 分钟），如 2、4、0.2。"
TEACHER_SENTENCE = "本单位没有登记这位教师，请先在“办学条件”中登记并经核定。"
ROOM_SENTENCE = "本单位没有登记这个教室，请先在“办学条件”中登记并经核定。"
ITEM_SENTENCE = "补贴目录中没有这个项目，请核对项目编码；不在目录内的留空。"


class Names(msgspec.Struct, frozen=True):
    """What names in a workbook mean: registered teachers and rooms, catalog items with occupation and level, minutes of an hour."""

    organisation: str
    is_institution: bool
    teachers: dict[str, int]
    rooms: dict[str, int]
    items: dict[str, tuple[str | None, str | None]]
    hour_minutes: int


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
    filed = [each for reader in book.rows(SHEET_FILING, FILING_COLUMNS) if (each := _filing(reader, names)) is not None]
    roster = None
    if book.has(SHEET_ROSTER):
        roster = tuple(who for reader in book.rows(SHEET_ROSTER, ROSTER_COLUMNS) if (who := _trainee(reader, names, today)) is not None)
    sessions = tuple(one for reader in book.rows(SHEET_PLAN, PLAN_COLUMNS) if (one := _session(reader, names)) is not None)
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


def _filing(reader: RowReader, names: Names) -> ClassContent | None:
    title = reader.text("班期名称", required=True, limit=LONGEST_TITLE)
    enterprise = reader.uscc("委托企业信用代码", required=True) if names.is_institution else names.organisation
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
    )


def _trainee(reader: RowReader, names: Names, today: date) -> NamedTrainee | None:
    name = reader.text("姓名", required=True, limit=LONGEST_NAME)
    cell = reader.cell("证件号码")
    likely = "" if cell is None else likely_id_type(clean_number(compact(cell)))
    identity = reader.identity("证件号码", likely, today)
    group = reader.word("人员类别", _GROUPS) or "E"
    own = "" if names.is_institution else names.organisation
    enterprise = reader.uscc("所在单位信用代码") or own
    post, note = reader.text("岗位", limit=LONGEST_NAME), reader.text("备注", limit=LONGEST_TEXT)
    return NamedTrainee(name, identity, group, enterprise, post, note) if reader.sound else None


def _session(reader: RowReader, names: Names) -> PlannedSession | None:
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


def _named(names: Mapping[str, int]) -> Callable[[Cell], int | None]:
    keyed = {sheet_key(name): key for name, key in names.items()}
    return lambda cell: keyed.get(sheet_key(cell.text.strip()))
