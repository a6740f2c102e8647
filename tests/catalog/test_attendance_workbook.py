"""The attendance workbook: forty sessions of fifty people with two hundred seeded faults, marked, mended and taken."""

import io
import random
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from tests.catalog.classes import FIRST_DAY, plan, roster, sessions, trainees
from tests.catalog.running import LAST_DAY, held_all, move_to, passed_all, run_of, running_class, started, told
from tests.catalog.test_filing import registrar
from training_admin.catalog.attendance_reading import (
    SHEET_ATTENDANCE,
    SHEET_SIGNED,
    AttendanceAsked,
    AttendanceRead,
    SessionAsked,
    read_attendance,
    session_header,
)
from training_admin.catalog.class_facts import ClassPlan, clock_text
from training_admin.catalog.closing import close_class
from training_admin.catalog.roster_reading import PersonAsked
from training_admin.catalog.run_facts import Mark, Way, key_of
from training_admin.catalog.run_intake import WorkbookWrong, import_attendance
from training_admin.catalog.run_intake import read_attendance as read_upload
from training_admin.catalog.run_workbooks import attendance_workbook
from training_admin.catalog.running import NotRunning, confirm_session
from training_admin.kit.clock import FixedClock
from training_admin.kit.workbook.marked import RED, mark
from training_admin.kit.workbook.sheet import column_letters

HEADER_ROW = 4
FIRST_ROW, FIRST_SESSION = 5, 4
PEOPLE, SESSIONS, AHEAD, NOT_HELD = 50, 40, 4, 2
SEED, FAULTS = 20260706, 200
MASKED = [f"3101**********{number:02d}" for number in range(PEOPLE)]
WHOLE = plan(sessions=sessions(FIRST_DAY, SESSIONS), trainees=trainees(1, PEOPLE))
# The last sessions have not come, two were not held.
LATER, CANCELLED = range(SESSIONS - AHEAD, SESSIONS), (7, 21)
Fault = tuple[str, str]
NAMING: list[tuple[str, Any, str]] = [
    *(("B", "别人", "NAME_MISMATCH"), ("C", "3102**********99", "NUMBER_MISMATCH"), ("A", "OTHER", "SERIAL_MISMATCH")),
    *(("A", 500, "UNKNOWN_SERIAL"), ("B", None, "MISSING"), ("A", "第三", "UNKNOWN_SERIAL")),
]
WRONG: list[tuple[Any, str]] = [
    *(("?", "UNKNOWN_SIGN"), ("√√", "UNKNOWN_SIGN"), ("√60", "UNKNOWN_SIGN"), (1, "UNKNOWN_SIGN"), ("△0", "UNKNOWN_SIGN")),
    *(("△136", "MORE_THAN_TAUGHT"), ("△9999", "MORE_THAN_TAUGHT"), ("=1+1", "FORMULA"), ("到", "UNKNOWN_SIGN")),
]


def filled(whole: ClassPlan = WHOLE) -> bytes:
    """A workbook as exported after the sessions that were held, with marks of every kind."""
    draw = random.Random(SEED)  # noqa: S311 - a drawing that can be repeated
    attended = []
    for place, each in enumerate(whole.sessions):
        if place in LATER or place in CANCELLED:
            continue
        for one in whole.trainees:
            kind = draw.choices(list(Mark), [90, 4, 3, 3])[0]
            minutes = draw.choice([60, 100, 135]) if kind is Mark.LATE else 135 if kind is Mark.PRESENT else 0
            attended.append(told(each, one.person, kind, minutes, device="ab" * 32))
    return attendance_workbook(whole, run_of(whole, 0, attended=attended), masked=MASKED[: len(whole.trainees)], hour_minutes=45)


def asked(content: bytes) -> AttendanceAsked:
    return AttendanceAsked(
        content,
        tuple(PersonAsked(each.name, masked) for each, masked in zip(WHOLE.trainees, MASKED, strict=True)),
        tuple(
            SessionAsked(session_header(each.day, clock_text(each.starts)), each.minutes, place in LATER, place in CANCELLED)
            for place, each in enumerate(WHOLE.sessions)
        ),
    )


def found(content: bytes) -> AttendanceRead:
    return read_attendance(asked(content))


def saved(book: Any) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def edited(content: bytes, cells: dict[str, Any]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    for address, value in cells.items():
        book[SHEET_ATTENDANCE][address] = value
    return saved(book)


def seeded(content: bytes) -> tuple[dict[str, Any], set[Fault]]:
    """Faults drawn by a seed, each in a cell of its own: what is written where, and what must be told of which cell."""
    draw = random.Random(SEED)  # noqa: S311 - a drawing that can be repeated
    sheet = openpyxl.load_workbook(io.BytesIO(content))[SHEET_ATTENDANCE]
    cells: dict[str, Any] = {}
    wanted: set[Fault] = set()

    def put(address: str, value: Any, code: str) -> None:
        cells[address] = value
        wanted.add((address, code))

    lost_columns = {11, 30}
    for column in lost_columns:
        put(f"{column_letters(FIRST_SESSION + column)}{HEADER_ROW}", draw.choice(["2027-01-01 09:00", "7月6日"]), "UNKNOWN_SESSION")
    rows = draw.sample(range(PEOPLE), 30)
    for place, (letter, value, code) in zip(rows, NAMING * 5, strict=True):
        # The serial of the next one, or of the one before the last.
        other = place + 2 if place < PEOPLE - 1 else PEOPLE - 1
        put(f"{letter}{FIRST_ROW + place}", other if value == "OTHER" else value, code)
    intact = [place for place in range(PEOPLE) if place not in rows]
    for extra, place in enumerate(draw.sample(intact, 5)):
        row = FIRST_ROW + PEOPLE + extra
        for number in range(1, FIRST_SESSION):
            cells[f"{column_letters(number)}{row}"] = sheet.cell(FIRST_ROW + place, number).value
        put(f"A{row}", place + 1, "DUPLICATE_ROW")
    free = [
        (row, column)
        for row in range(PEOPLE)
        for column in range(SESSIONS)
        if column not in lost_columns and column not in LATER and column not in CANCELLED
    ]
    for row, column in draw.sample(free, FAULTS - len(wanted) - 30):
        put(f"{column_letters(FIRST_SESSION + column)}{FIRST_ROW + row}", *draw.choice(WRONG))
    for columns, code, count in ((list(LATER), "FUTURE_SESSION", 15), (list(CANCELLED), "NOT_HELD", 15)):
        places = [(row, column) for row in range(PEOPLE) for column in columns]
        for row, column in draw.sample(places, count):
            put(f"{column_letters(FIRST_SESSION + column)}{FIRST_ROW + row}", draw.choice(["√", "×", "△30"]), code)
    assert len(wanted) == FAULTS
    return cells, wanted


def test_two_hundred_seeded_faults_are_told_marked_mended_and_taken() -> None:
    clean = filled()
    whole = found(clean)
    assert (whole.problem_count, len(whole.marks)) == (0, PEOPLE * (SESSIONS - AHEAD - NOT_HELD))
    cells, wanted = seeded(clean)
    faulty = edited(clean, cells)
    read = found(faulty)
    got = {(each.cell, each.code) for each in read.problems}
    precision, recall = len(got & wanted) / len(got), len(got & wanted) / len(wanted)
    assert min(precision, recall) >= 0.99, (sorted(got - wanted), sorted(wanted - got))
    assert len(read.problems) == read.problem_count == len(got)
    assert all(each.sheet == SHEET_ATTENDANCE and each.message for each in read.problems)

    marked = mark(faulty, read.problems)
    book = openpyxl.load_workbook(io.BytesIO(marked))
    assert book.sheetnames == [SHEET_ATTENDANCE, SHEET_SIGNED, "错误清单"]
    red = {cell.coordinate for row in book[SHEET_ATTENDANCE].iter_rows() for cell in row if cell.fill.fgColor.rgb == RED}
    assert red == {address for address, _code in wanted}
    assert all(book[SHEET_ATTENDANCE][address].comment is not None for address in red)
    assert {(each.cell, each.code) for each in found(marked).problems} == wanted

    original = openpyxl.load_workbook(io.BytesIO(clean))[SHEET_ATTENDANCE]
    mended = edited(marked, {address: original[address].value for address in cells})
    again = found(mended)
    assert (again.problem_count, again.problems) == (0, ())
    assert set(again.marks) == set(whole.marks)


@pytest.mark.parametrize(
    ("sign", "mark_", "minutes"),
    [
        *(("√", Mark.PRESENT, None), ("✓", Mark.PRESENT, None), (" √ ", Mark.PRESENT, None), ("出勤", Mark.PRESENT, None)),
        *(("△", Mark.LATE, None), ("△60", Mark.LATE, 60), ("迟到 60 分", Mark.LATE, 60), ("▲５０", Mark.LATE, 50)),
        *(("○", Mark.LEAVE, None), ("〇", Mark.LEAVE, None), ("请假", Mark.LEAVE, None)),
        *(("×", Mark.ABSENT, None), ("x", Mark.ABSENT, None), ("缺勤", Mark.ABSENT, None)),
    ],
)
def test_signs_as_people_write_them(sign: str, mark_: Mark, minutes: int | None) -> None:
    read = found(edited(filled(), {"D5": sign}))
    assert read.problems == ()
    assert [(each.mark, each.minutes) for each in read.marks if (each.person, each.session) == (0, 0)] == [(mark_, minutes)]


def test_columns_and_rows_may_be_left_out_and_moved_but_not_named_twice() -> None:
    book = openpyxl.load_workbook(io.BytesIO(filled()))
    sheet = book[SHEET_ATTENDANCE]
    sheet.delete_cols(3)
    sheet.delete_cols(10, 5)
    sheet.delete_rows(20, 5)
    del book[SHEET_SIGNED]
    read = found(saved(book))
    assert read.problems == ()
    assert {each.person for each in read.marks} == set(range(PEOPLE)) - set(range(15, 20))
    twice = edited(filled(), {"E4": openpyxl.load_workbook(io.BytesIO(filled()))[SHEET_ATTENDANCE]["D4"].value})
    assert [(each.cell, each.code) for each in found(twice).problems] == [("E4", "DUPLICATE_HEADER")]


def test_a_name_without_number_tells_the_serial_when_it_is_somebody_elses() -> None:
    other = edited(filled(), {"B5": "学员2", "C5": None})
    assert [(each.cell, each.code) for each in found(other).problems] == [("B5", "NAME_MISMATCH")]
    swapped = edited(filled(), {"A5": 2})
    assert [(each.cell, each.code) for each in found(swapped).problems] == [("A5", "SERIAL_MISMATCH")]


def test_a_workbook_without_the_sheet_or_its_columns_is_told() -> None:
    book = openpyxl.Workbook()
    assert [each.code for each in found(saved(book)).problems] == ["MISSING_SHEET"]
    sheet = book.worksheets[0]
    sheet.title = SHEET_ATTENDANCE
    assert [each.code for each in found(saved(book)).problems] == ["MISSING_COLUMN"]
    sheet.append(["姓名", "备注"])
    assert [(each.cell, each.code) for each in found(saved(book)).problems] == [("A1", "MISSING_COLUMN")]


@pytest.mark.usefixtures("database")
async def test_an_exported_workbook_is_filled_in_and_taken(clock: FixedClock) -> None:
    number = await started(clock)
    actor = await registrar(clock)
    move_to(clock, FIRST_DAY + timedelta(days=2), "12:00")
    running = await running_class(clock, number)
    masked = [each.identity[:4] + "*" * 12 + each.identity[-2:] for each in roster()]
    empty = attendance_workbook(running.plan, running.run, masked=masked, hour_minutes=45)
    cells = {f"{column}{row}": "√" for column in "DEF" for row in range(5, 11)} | {"D5": "△60", "E6": "×", "F7": "○"}
    await confirm_session(actor, number, "2026-07-08-0900", held=True, minutes=100, note="", clock=clock)
    assert await import_attendance(actor, number, edited(empty, cells), confirm=True, clock=clock) == (18, 2)
    run = (await running_class(clock, number)).run
    people = [each.person for each in running.plan.trainees]
    first, second, third = (key_of(each) for each in running.plan.sessions[:3])
    assert (run.attended[(*first, people[0])].minutes, run.attended[(*first, people[0])].way) == (60, Way.WORKBOOK)
    assert [run.attended[(*second, people[1])].minutes, run.attended[(*third, people[2])].minutes] == [0, 0]
    assert run.attended[(*third, people[0])].minutes == 100
    assert (run.held[first].way, run.held[third].way, run.held[third].minutes) == (Way.WORKBOOK, Way.PAGE, 100)
    assert await import_attendance(actor, number, edited(empty, cells), confirm=True, clock=clock) == (0, 0)
    exported = attendance_workbook(running.plan, run, masked=masked, hour_minutes=45)
    sheet = openpyxl.load_workbook(io.BytesIO(exported))[SHEET_ATTENDANCE]
    assert [sheet[each].value for each in ("D5", "E6", "F7", "G5")] == ["△60", "×", "○", None]
    # 60 of 135, all of 135, all of 100 minutes.
    assert [round(sheet[f"{column}5"].value, 4) for column in "NOP"] == [6.55, 8.22, 0.7972]


@pytest.mark.usefixtures("database")
async def test_wrong_cells_keep_nothing_and_a_closed_class_takes_no_workbook(clock: FixedClock) -> None:
    number = await started(clock)
    actor = await registrar(clock)
    move_to(clock, FIRST_DAY, "12:00")
    running = await running_class(clock, number)
    empty = attendance_workbook(running.plan, running.run, masked=["" for _ in range(6)], hour_minutes=45)
    wrong = edited(empty, {"D5": "√", "E5": "√", "D6": "!"})
    with pytest.raises(WorkbookWrong) as refused:
        await import_attendance(actor, number, wrong, confirm=False, clock=clock)
    assert [(each["cell"], each["code"]) for each in refused.value.extra["cells"]] == [("E5", "FUTURE_SESSION"), ("D6", "UNKNOWN_SIGN")]
    assert (await running_class(clock, number)).run.attended == {}
    _running, read = await read_upload(actor, number, wrong, clock=clock)
    assert read.problem_count == 2
    move_to(clock, LAST_DAY)
    await held_all(clock, number)
    await passed_all(clock, number, actor)
    await close_class(actor, number, clock=clock)
    with pytest.raises(NotRunning):
        await import_attendance(actor, number, empty, confirm=False, clock=clock)
