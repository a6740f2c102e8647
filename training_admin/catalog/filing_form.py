"""开班备案 by form: what was typed is read as the workbook is, so both ask for the same and tell every wrong field at once.

The roster is pasted, one person a line; what a user typed comes back to himself alone, in the answer to his own form.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from training_admin.catalog import filing_roster as r
from training_admin.catalog.class_facts import ClassContent, ClassPlan, NamedTrainee, PlannedSession, clock_text
from training_admin.catalog.facts import GROUP_WORDS, LEVEL_WORDS
from training_admin.catalog.filing_roster import ROSTER_COLUMNS, RosterReading
from training_admin.catalog.filing_workbook import (
    COURSE,
    FILING_COLUMNS,
    PLAN_COLUMNS,
    PROJECT,
    SEATS,
    SHEET_FILING,
    SHEET_PLAN,
    SHEET_ROSTER,
    SPLIT,
    Names,
    filing_row,
    session_row,
)
from training_admin.catalog.pooling import split_text
from training_admin.kit.money import yuan
from training_admin.kit.wording import hundredths, yes_no
from training_admin.kit.workbook.cells import Problems, RowReader
from training_admin.kit.workbook.sheet import Cell, Kind, column_letters
from training_admin.kit.workbook.table import Column, Table

MOST_ROWS, MOST_PEOPLE = 200, 500
CENTI = 100
# The order in which a line of the roster is written.
LINE = (r.NAME, r.IDENTITY, r.GROUP, r.ENTERPRISE, r.POST, r.PHONE, r.CONTRACT_START, r.CONTRACT_END, r.PRIOR, r.NOTE)
HEAD_HEADERS = {
    "title": "班期名称",
    "enterprise": "委托企业信用代码",
    "stream": "培训类别",
    "item": "项目编码",
    "occupation": "职业编码",
    "level": "技能等级",
    "assessment": "考核方案",
    "budget": "费用预算（元）",
    "theory_test": "理论考核",
    "practical_test": "操作考核",
    "seats": SEATS,
    "split": SPLIT,
    "course": COURSE,
    "project": PROJECT,
}
SESSION_HEADERS = {
    "day": "日期",
    "times": "时段",
    "topic": "内容",
    "theory": "理论课时",
    "practice": "实操课时",
    "teacher": "教师",
    "room": "地点",
    "textbook": "教材",
    "online": "线上",
    "safety": "安全教育",
}
_NEXT = re.compile(r"\s*[,，]\s*")


class TypedHead(msgspec.Struct, frozen=True):
    """The head of a class as typed."""

    title: str = ""
    enterprise: str = ""
    stream: str = ""
    item: str = ""
    occupation: str = ""
    level: str = ""
    assessment: str = ""
    budget: str = ""
    theory_test: str = "否"
    practical_test: str = "否"
    seats: str = ""
    split: str = ""
    course: str = ""
    project: str = ""


class TypedSession(msgspec.Struct, frozen=True):
    """One row of the plan as typed; one without day, topic and teacher is no session."""

    day: str = ""
    starts: str = ""
    ends: str = ""
    topic: str = ""
    theory: str = ""
    practice: str = ""
    teacher: str = ""
    room: str = ""
    textbook: str = ""
    online: str = "否"
    safety: str = "否"

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed that makes a session."""
        return not (self.day.strip() or self.topic.strip() or self.teacher.strip())

    @property
    def times(self) -> str:
        """Beginning and end as the workbook writes them; nothing when both are empty."""
        return f"{self.starts.strip()}-{self.ends.strip()}" if self.starts.strip() or self.ends.strip() else ""


class Typed(msgspec.Struct, frozen=True):
    """A whole filing as typed."""

    head: TypedHead = TypedHead()
    sessions: tuple[TypedSession, ...] = ()
    people: str = ""


class Fault(msgspec.Struct, frozen=True):
    """One wrong field: its place on the page (`head-title`, `session-3-day`, `people`), where that is in words, and how to mend it."""

    place: str
    where: str
    message: str


class FormRead(msgspec.Struct, frozen=True):
    """A filing as read from a form; the content is None when a field is wrong."""

    content: ClassContent | None
    roster: tuple[NamedTrainee, ...]
    faults: tuple[Fault, ...]


def read_form(typed: Typed, *, names: Names, today: date) -> FormRead:
    """Read what was typed; wrong fields never raise, they are listed in the order of the page."""
    problems = Problems()
    reader = _reader(SHEET_FILING, FILING_COLUMNS, problems)
    reader.turn_to(1, _cells(reader.table, {header: getattr(typed.head, field) for field, header in HEAD_HEADERS.items()}))
    head = filing_row(reader, names)
    sessions = read_sessions(typed.sessions, problems, names)
    people = RosterReading(
        known=names.known,
        own="" if names.is_institution else names.organisation,
        pooled=head is not None and head.pool is not None,
        today=today,
    )
    reader = _reader(SHEET_ROSTER, ROSTER_COLUMNS, problems)
    roster = []
    for number, line in lines_of(typed.people):
        reader.turn_to(number, _cells(reader.table, line))
        if (who := people.read(reader)) is not None:
            roster.append(who)
    faults = tuple(_fault(each.sheet, each.cell, each.message) for each in problems.found)
    whole = None if head is None or faults else msgspec.structs.replace(head, sessions=tuple(sessions))
    return FormRead(whole, tuple(roster), faults)


def read_sessions(typed: Sequence[TypedSession], problems: Problems, names: Names) -> list[PlannedSession]:
    """The sessions of the rows that hold one."""
    reader, found = _reader(SHEET_PLAN, PLAN_COLUMNS, problems), []
    for number, row in enumerate(typed, start=1):
        if row.is_blank:
            continue
        reader.turn_to(number, _cells(reader.table, {header: getattr(row, field) for field, header in SESSION_HEADERS.items()}))
        session = session_row(reader, names)
        if session is not None:
            found.append(session)
    return found


def lines_of(people: str) -> Iterable[tuple[int, dict[str, str]]]:
    """Each person by the number of his line, as cells by header; parts stand behind tabs (pasted from a sheet) or commas."""
    for number, line in enumerate(people.splitlines(), start=1):
        if line.strip():
            parts = line.split("\t") if "\t" in line else _NEXT.split(line.strip())
            # What stands behind the last column belongs to the note: nothing that was typed is lost silently.
            told = [*parts[: len(LINE) - 1], "，".join(parts[len(LINE) - 1 :])]
            yield number, dict(zip(LINE, told, strict=False))


def faults_of(problems: Problems) -> tuple[Fault, ...]:
    """Problems as places of the page."""
    return tuple(_fault(each.sheet, each.cell, each.message) for each in problems.found)


def _reader(sheet: str, columns: Sequence[Column], problems: Problems) -> RowReader:
    places = {column.header: place for place, column in enumerate(columns, start=1)}
    return RowReader(Table(0, places, (), ()), sheet, problems, from_1904=False, limits={})


def _cells(table: Table, texts: Mapping[str, str]) -> dict[int, Cell]:
    return {
        place: Cell(place, Kind.TEXT, texts[header].strip(), formula=False)
        for header, place in table.places.items()
        if texts.get(header, "").strip()
    }


_FIELDS = {
    SHEET_FILING: ({header: field for field, header in HEAD_HEADERS.items()}, FILING_COLUMNS),
    SHEET_PLAN: ({header: field for field, header in SESSION_HEADERS.items()}, PLAN_COLUMNS),
}


def _fault(sheet: str, cell: str, message: str) -> Fault:
    letters, row = cell.rstrip("0123456789"), cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if sheet == SHEET_ROSTER:
        return Fault("people", f"花名册第 {row} 行", message)
    fields, columns = _FIELDS[sheet]
    header = next(column.header for place, column in enumerate(columns, start=1) if column_letters(place) == letters)
    if sheet == SHEET_FILING:
        return Fault(f"head-{fields[header]}", "备案内容", message)
    field = "starts" if fields[header] == "times" else fields[header]
    return Fault(f"session-{row}-{field}", f"第 {row} 行课次", message)


def typed_of(
    plan: ClassPlan,
    *,
    masked: Sequence[str],
    phones: Sequence[str],
    teachers: Mapping[int, str],
    rooms: Mapping[int, str],
    hour_minutes: int,
    project: str = "",
) -> Typed:
    """A class as it would be typed, numbers and phones masked: what the form of a draft begins with."""
    head = TypedHead(
        title=plan.title,
        enterprise=plan.enterprise,
        stream=plan.stream,
        item=plan.item or "",
        occupation="" if plan.item else plan.occupation or "",
        level="" if plan.item else LEVEL_WORDS.get(plan.level or "", ""),
        assessment=plan.assessment_plan,
        budget=yuan(plan.budget_fen),
        theory_test=yes_no(plan.theory_test),
        practical_test=yes_no(plan.practical_test),
        seats="" if plan.pool is None else str(plan.pool.seats),
        split="" if plan.pool is None else split_text(plan.pool),
        course=plan.course or "",
        project=project,
    )
    lines = []
    for each, number, phone in zip(plan.trainees, masked, phones, strict=True):
        days = (each.contract_start.isoformat() if each.contract_start else "", each.contract_end.isoformat() if each.contract_end else "")
        line = (each.name, number, GROUP_WORDS[each.group], each.enterprise, each.post, phone, *days, each.prior, each.note)
        lines.append("\t".join(line).rstrip())
    sessions = tuple(typed_session(each, teachers=teachers, rooms=rooms, hour_minutes=hour_minutes) for each in plan.sessions)
    return Typed(head, sessions, "\n".join(lines))


def typed_session(each: PlannedSession, *, teachers: Mapping[int, str], rooms: Mapping[int, str], hour_minutes: int) -> TypedSession:
    """A session as it would be typed."""
    return TypedSession(
        day=each.day.isoformat(),
        starts=clock_text(each.starts),
        ends=clock_text(each.ends),
        topic=each.topic,
        theory=hundredths(each.theory_minutes * CENTI // hour_minutes),
        practice=hundredths(each.practice_minutes * CENTI // hour_minutes),
        teacher=teachers.get(each.teacher or 0, ""),
        room=rooms.get(each.room or 0, ""),
        textbook=each.textbook,
        online=yes_no(each.online),
        safety=yes_no(each.safety),
    )
