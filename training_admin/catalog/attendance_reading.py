"""Reading an attendance workbook (sheet 8 考勤表): one row a trainee, one column a session, every wrong cell told at once.

A session's column bears day and beginning (`2026-07-06 09:00`); a cell is √, △, ○, × or empty, and △60 is late with 60 attended minutes.
"""

import re
from collections.abc import Sequence
from datetime import date

import msgspec

from training_admin.catalog.roster_reading import NAME, NUMBER, PERSON_COLUMNS, SERIAL, Book, People, PersonAsked, RunRead, turned
from training_admin.catalog.run_facts import MARK_SIGNS, MARK_WORDS, Mark
from training_admin.kit.workbook.cells import RowReader
from training_admin.kit.workbook.sheet import Cell, Row, column_letters
from training_admin.kit.workbook.table import Column, header_key
from training_admin.kit.workbook.values import compact

SHEET_ATTENDANCE, SHEET_SIGNED = "考勤表", "签到记录"
ATTENDED_HOURS, DELIVERED_HOURS, RATE = "出勤课时", "应出勤课时", "出勤率"
OWN_HEADERS = frozenset({SERIAL, NAME, NUMBER, ATTENDED_HOURS, DELIVERED_HOURS, RATE, "备注"})
_SIGNS = {sign: mark for mark, sign in MARK_SIGNS.items()} | {word: mark for mark, word in MARK_WORDS.items()}
# As people type them on other keyboards.
_SIGNS |= {"✓": Mark.PRESENT, "✔": Mark.PRESENT, "▲": Mark.LATE, "Δ": Mark.LATE, "〇": Mark.LEAVE, "◯": Mark.LEAVE}
_SIGNS |= {"O": Mark.LEAVE, "x": Mark.ABSENT, "X": Mark.ABSENT, "✗": Mark.ABSENT, "✕": Mark.ABSENT}
_LATE = re.compile(r"(△|▲|Δ|迟到)([1-9]\d{0,3})(?:分钟?)?", re.ASCII)
SIGN_SENTENCE = "应为 √（出勤）、△（迟到，可写学习分钟，如 △60）、○（请假）、×（缺勤）之一，未登记的留空。"
AHEAD_SENTENCE = "这个课次还没有上课，不能登记，请清空。"
NOT_HELD_SENTENCE = "这个课次已确认未开展，不能登记，请清空。"
MINUTES_SENTENCE = "迟到学员的学习分钟应在 1 至 {minutes} 之间。"
SESSION_SENTENCE = "教学计划中没有这个课次（表头应为日期和开始时间，如 2026-07-06 09:00），请更正表头或删除这一列。"


class SessionAsked(msgspec.Struct, frozen=True, array_like=True):
    """A session of the plan: taught minutes (planned ones while it is not confirmed), whether its day has come and it was held."""

    header: str
    minutes: int
    ahead: bool
    not_held: bool


class AttendanceAsked(msgspec.Struct, frozen=True):
    """What the child is handed."""

    content: bytes
    people: tuple[PersonAsked, ...]
    sessions: tuple[SessionAsked, ...]


class MarkTold(msgspec.Struct, frozen=True, array_like=True):
    """A mark of a person in a session, both by place; minutes are None where the sign says all."""

    person: int
    session: int
    mark: Mark
    minutes: int | None


class AttendanceRead(RunRead, frozen=True):
    """The marks as read; whatever is wrong, no mark of it is kept."""

    marks: tuple[MarkTold, ...] = ()


def read_task(payload: bytes) -> bytes:
    """The child's side of reading attendance."""
    return msgspec.msgpack.encode(read_attendance(msgspec.msgpack.decode(payload, type=AttendanceAsked)))


def session_header(day: date, clock: str) -> str:
    """The header of a session's column."""
    return f"{day.isoformat()} {clock}"


def read_attendance(asked: AttendanceAsked) -> AttendanceRead:
    """Read a workbook; raises the refusals of kit.workbook when it cannot be opened. Wrong cells never raise: they are listed."""
    book = Book(asked.content)
    marks: list[MarkTold] = []
    rows = book.sheet(SHEET_ATTENDANCE)
    columns = (*PERSON_COLUMNS, *(Column(each.header, required=False) for each in asked.sessions))
    reader = None if rows is None else book.reader(rows, SHEET_ATTENDANCE, columns)
    if rows is not None and reader is not None:
        _refuse_unknown_sessions(book, rows, reader, asked.sessions)
        people = People(asked.people, once=True)
        present = [(n, each) for n, each in enumerate(asked.sessions) if each.header in reader.table.places]
        for row in turned(reader):
            person = people.of(row)
            for place, session in present:
                told = _mark(row, session)
                if told is not None and person is not None:
                    marks.append(MarkTold(person, place, *told))
    return AttendanceRead(tuple(book.problems.found), book.problems.count, tuple(marks))


def _refuse_unknown_sessions(book: Book, rows: Sequence[Row], reader: RowReader, sessions: Sequence[SessionAsked]) -> None:
    """Headers that are neither ours nor a session's: a column that nobody reads would be lost without a word."""
    known = {header_key(each) for each in OWN_HEADERS} | {header_key(each.header) for each in sessions}
    for cell in next(cells for number, cells in rows if number == reader.table.header_row):
        if header_key(cell.text) not in known:
            address = f"{column_letters(cell.column)}{reader.table.header_row}"
            book.problems.note(SHEET_ATTENDANCE, address, "UNKNOWN_SESSION", "", SESSION_SENTENCE)


def _mark(reader: RowReader, session: SessionAsked) -> tuple[Mark, int | None] | None:
    """The mark of a cell; None when it is empty or wrong, which is noted."""
    told = reader.value(session.header, _sign, "UNKNOWN_SIGN", sentence=SIGN_SENTENCE)
    if told is None:
        return None
    mark, minutes = told
    if session.ahead:
        reader.refuse(session.header, "FUTURE_SESSION", AHEAD_SENTENCE)
    elif session.not_held:
        reader.refuse(session.header, "NOT_HELD", NOT_HELD_SENTENCE)
    elif minutes is not None and minutes > session.minutes:
        reader.refuse(session.header, "MORE_THAN_TAUGHT", MINUTES_SENTENCE.format(minutes=session.minutes))
    else:
        return mark, minutes
    return None


def _sign(cell: Cell) -> tuple[Mark, int | None] | None:
    text = compact(cell)
    if text in _SIGNS:
        return _SIGNS[text], None
    late = _LATE.fullmatch(text)
    return None if late is None else (Mark.LATE, int(late[2]))
