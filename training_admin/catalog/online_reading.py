"""Reading learning records of online platforms (CLS-04): one row a record, traceable by the platform's own number."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from training_admin.catalog.roster_reading import PERSON_COLUMNS, Book, People, PersonAsked, RunRead, turned
from training_admin.kit.money import decimal_from_text
from training_admin.kit.workbook.cells import RowReader
from training_admin.kit.workbook.sheet import Cell, Kind, column_letters
from training_admin.kit.workbook.table import Column, sheet_key
from training_admin.kit.workbook.values import compact, to_count, to_switch

SHEET_ONLINE = "线上学习记录"
PLATFORM, RECORD, DAY, BEGAN, MINUTES = "平台", "记录编号", "课次日期", "开始时间", "学习分钟"
REAL_NAME, TUTORED, TESTED = "实名登录", "答疑", "测试"
COLUMNS = (
    *PERSON_COLUMNS,
    Column(PLATFORM),
    Column(RECORD),
    Column(DAY),
    Column(BEGAN),
    Column(MINUTES),
    Column(REAL_NAME),
    Column(TUTORED, required=False),
    Column(TESTED, required=False),
)
# A row in which none of these is filled in is one of the prefilled ones that nobody needed.
TELLING = (PLATFORM, RECORD, BEGAN, MINUTES, REAL_NAME)
LONGEST_NUMBER = 64
MINUTES_PER_DAY = 24 * 60
_TIME = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)(?::[0-5]\d)?", re.ASCII)
PLATFORM_SENTENCE = "不是本单位在“办学条件”中登记并在有效期内的线上平台，请核对名称或先行登记。"
DAY_SENTENCE = "教学计划中这一天没有线上课次，请核对日期。"
AHEAD_SENTENCE = "这个课次还没有上课，不能登记学习记录。"
TIME_SENTENCE = "无法识别为时间，请按 09:05 的写法填写。"
MANY_SENTENCE = "这一天有多个线上课次，开始时间应在其中一个课次的时段之内。"
NOT_HELD_SENTENCE = "这一天的线上课次已确认未开展，不能登记学习记录。"
MINUTES_SENTENCE = "应为 1 至 1440 的整数分钟。"
REAL_NAME_SENTENCE = "未实名登录的学习记录不能计入（CLS-04）。"
SWITCH_SENTENCE = "请填“是”或“否”。"
TWICE_SENTENCE = "记录编号与上面某一行重复，同一记录只能计一次。"
KNOWN_SENTENCE = "这个平台的记录编号已经登记过，同一记录只能计一次。"


class OnlineSession(msgspec.Struct, frozen=True, array_like=True):
    """An online session of the plan; minutes of the day."""

    day: date
    starts: int
    ends: int
    not_held: bool


class PlatformAsked(msgspec.Struct, frozen=True, array_like=True):
    """A registered platform: its name, since when it is tested and until when the report counts."""

    id: int
    name: str
    first: date
    last: date | None


class OnlineAsked(msgspec.Struct, frozen=True):
    """What the child is handed."""

    content: bytes
    people: tuple[PersonAsked, ...]
    sessions: tuple[OnlineSession, ...]
    platforms: tuple[PlatformAsked, ...]
    today: date


class RecordTold(msgspec.Struct, frozen=True, array_like=True):
    """A record as read: person and session by place, minute of the day when it began; `cell` is the address of its number."""

    person: int
    session: int
    platform: int
    record_no: str
    began: int
    minutes: int
    tutored: bool
    tested: bool
    cell: str


class OnlineRead(RunRead, frozen=True):
    """The records as read."""

    records: tuple[RecordTold, ...] = ()


def read_task(payload: bytes) -> bytes:
    """The child's side of reading online records."""
    return msgspec.msgpack.encode(read_online(msgspec.msgpack.decode(payload, type=OnlineAsked)))


def read_online(asked: OnlineAsked) -> OnlineRead:
    """Read a workbook; raises the refusals of kit.workbook when it cannot be opened. Wrong cells never raise: they are listed."""
    book = Book(asked.content)
    rows = book.sheet(SHEET_ONLINE)
    reader = None if rows is None else book.reader(rows, SHEET_ONLINE, COLUMNS)
    records: list[RecordTold] = []
    if reader is not None:
        people, seen = People(asked.people, once=False), set[tuple[int, str]]()
        for row in turned(reader):
            if any(reader.cell(header) is not None for header in TELLING):
                told = _record(row, people, asked, seen)
                if told is not None:
                    records.append(told)
    return OnlineRead(tuple(book.problems.found), book.problems.count, tuple(records))


def _record(reader: RowReader, people: People, asked: OnlineAsked, seen: set[tuple[int, str]]) -> RecordTold | None:
    person = people.of(reader)
    day = reader.day(DAY, required=True)
    began = reader.value(BEGAN, to_minute, "TIME", required=True, sentence=TIME_SENTENCE)
    minutes = reader.value(MINUTES, _minutes, "NUMBER", required=True, sentence=MINUTES_SENTENCE)
    number = reader.text(RECORD, required=True, spaced=False, limit=LONGEST_NUMBER)
    platform = _platform(reader, asked.platforms, day)
    session = None if day is None else _session(reader, asked.sessions, day, began, asked.today)
    real_name = reader.value(REAL_NAME, to_switch, "UNKNOWN_VALUE", required=True, sentence=SWITCH_SENTENCE)
    if real_name is False:
        reader.refuse(REAL_NAME, "NOT_REAL_NAME", REAL_NAME_SENTENCE)
    tutored, tested = (reader.value(each, to_switch, "UNKNOWN_VALUE", sentence=SWITCH_SENTENCE) for each in (TUTORED, TESTED))
    if platform is not None and number:
        if (platform, number) in seen:
            reader.refuse(RECORD, "DUPLICATE_RECORD", TWICE_SENTENCE)
        seen.add((platform, number))
    if not reader.sound or None in {person, session, platform, began, minutes}:
        return None
    assert person is not None
    assert session is not None
    assert platform is not None
    assert began is not None
    assert minutes is not None
    cell = f"{column_letters(reader.table.places[RECORD])}{reader.row}"
    return RecordTold(person, session, platform, number, began, minutes, bool(tutored), bool(tested), cell)


def _platform(reader: RowReader, platforms: Sequence[PlatformAsked], day: date | None) -> int | None:
    named: Mapping[str, PlatformAsked] = {sheet_key(each.name): each for each in platforms}

    def found(cell: Cell) -> int | None:
        each = named.get(sheet_key(cell.text.strip()))
        holds = each is not None and (day is None or (each.first <= day and (each.last is None or day <= each.last)))
        return each.id if each is not None and holds else None

    return reader.value(PLATFORM, found, "UNKNOWN_PLATFORM", required=True, sentence=PLATFORM_SENTENCE)


def _session(reader: RowReader, sessions: Sequence[OnlineSession], day: date, began: int | None, today: date) -> int | None:
    """The online session of a day, by place; of several the one in which the record began."""
    here = [(place, each) for place, each in enumerate(sessions) if each.day == day]
    if not here:
        reader.refuse(DAY, "UNKNOWN_SESSION", DAY_SENTENCE)
        return None
    if day > today:
        reader.refuse(DAY, "FUTURE_SESSION", AHEAD_SENTENCE)
        return None
    if len(here) > 1:
        if began is None:
            return None
        here = [(place, each) for place, each in here if each.starts <= began < each.ends]
        if not here:
            reader.refuse(BEGAN, "UNKNOWN_SESSION", MANY_SENTENCE)
            return None
    place, session = here[0]
    if session.not_held:
        reader.refuse(DAY, "NOT_HELD", NOT_HELD_SENTENCE)
        return None
    return place


def to_minute(cell: Cell) -> int | None:
    """A time of the day in minutes, from 09:05 or from what a spreadsheet makes of it, a fraction of a day."""
    if cell.kind in {Kind.NUMBER, Kind.DATE}:
        value = decimal_from_text(cell.text)
        if value is None or not 0 <= value < 1:
            return None
        return int((value * MINUTES_PER_DAY).quantize(Decimal(1))) % MINUTES_PER_DAY
    found = _TIME.fullmatch(compact(cell))
    return None if found is None else int(found[1]) * 60 + int(found[2])


def _minutes(cell: Cell) -> int | None:
    count = to_count(cell)
    return count if count is not None and 1 <= count <= MINUTES_PER_DAY else None
