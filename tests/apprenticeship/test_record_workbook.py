"""The workbook of monthly records: six hundred apprentices of fifteen programmes over twelve months, seeded with faults of every kind."""

import asyncio
import io
import random
from datetime import date
from typing import Any

import openpyxl
import pytest

from tests.apprenticeship.programmes import add_programme, done, head_of, tell
from tests.catalog.test_attendance_workbook import saved
from tests.people import ENTERPRISE_A, sign_in_as
from training_admin.apprenticeship.record_facts import FIELD_WORDS, Field, Side, last_day
from training_admin.apprenticeship.record_intake import WorkbookWrong, give_workbook, import_workbook, read_workbook
from training_admin.apprenticeship.record_keeping import RecordRefused
from training_admin.apprenticeship.record_reading import SHEET
from training_admin.apprenticeship.record_store import newest
from training_admin.database import counted_queries, fetch_tuples, read_transaction
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.kit.workbook.marked import RED, mark
from training_admin.office.trail import has_event

PROGRAMMES, EACH, MONTHS = 15, 40, 12
SEED, FAULTS = 20260601, 260
HEADER_ROW, FIRST_ROW = 4, 5
# Left in the eleventh month: of that month and later nothing is asked but the days he was there.
LEFT = date(2026, 4, 10)
COLUMN = dict(zip(FIELD_WORDS, "FGHIJK", strict=True))
VALUES = {Field.GENERAL: 5, Field.BASICS: 10.5, Field.ONLINE: 2, Field.PRACTICE: 25, Field.MENTOR: 10, Field.WAGE: 5123.45}
Fault = tuple[str, str]
HOURS = [field for field in Field if field is not Field.WAGE]
# What is written into a cell, and what must be told of that cell.
NAMING: list[tuple[str, Any, str]] = [
    *(("A", "XT2025999999", "UNKNOWN_PROGRAMME"), ("A", None, "MISSING"), ("B", 41, "UNKNOWN_SERIAL"), ("B", "一", "UNKNOWN_SERIAL")),
    *(
        ("B", "OTHER", "SERIAL_MISMATCH"),
        ("C", "某人", "NAME_MISMATCH"),
        ("C", None, "MISSING"),
        ("D", "3102**********99", "NUMBER_MISMATCH"),
    ),
    *(("E", "6月", "DATE"), ("E", None, "MISSING"), ("E", "2025-05", "OUTSIDE_TERM"), ("E", "2026-06", "OUTSIDE_TERM")),
]
WRONG: list[tuple[Field, Any, str]] = [
    *((each, "十课时", "NUMBER") for each in HOURS),
    *((each, -1, "NEGATIVE") for each in (*HOURS, Field.WAGE)),
    *((each, "=1+1", "FORMULA") for each in (*HOURS, Field.WAGE)),
    *((each, 1.234, "NUMBER") for each in HOURS),
    *((each, 260, "MORE_THAN_POSSIBLE") for each in HOURS),
    *((each, None, "MISSING") for each in (Field.GENERAL, Field.BASICS, Field.PRACTICE, Field.MENTOR)),
    *((Field.WAGE, "五千", "MONEY"), (Field.WAGE, 5000.123, "MONEY"), (Field.WAGE, None, "WAGE_NOT_TOLD")),
    *((Field.ONLINE, 15.51, "ONLINE_TOO_MANY"), (Field.PRACTICE, "FULL", "SUM_TOO_LARGE")),
]


def edited(content: bytes, cells: dict[str, Any]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    for address, value in cells.items():
        book[SHEET][address] = value
    return saved(book)


def filled(content: bytes) -> bytes:
    """Everything told of everybody."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book[SHEET]
    for row in range(FIRST_ROW, sheet.max_row + 1):
        for field, letter in COLUMN.items():
            sheet[f"{letter}{row}"] = VALUES[field]
    return saved(book)


def seeded(content: bytes) -> tuple[dict[str, Any], set[Fault]]:
    """Faults drawn by a seed, each in a row of its own: what is written where, and what must be told of which cell."""
    draw = random.Random(SEED)  # noqa: S311 - a drawing that can be repeated
    sheet = openpyxl.load_workbook(io.BytesIO(content))[SHEET]
    cells: dict[str, Any] = {}
    wanted: set[Fault] = set()

    def put(address: str, value: Any, code: str) -> None:
        cells[address] = value
        wanted.add((address, code))

    # The very last rows are left alone: what is named twice is written below.
    rows = draw.sample(range(FIRST_ROW, sheet.max_row - 50), FAULTS - 10)
    kinds = NAMING * 5 + WRONG * 6
    draw.shuffle(kinds)
    for row, (where, value, code) in zip(rows, kinds, strict=False):
        if isinstance(where, Field):
            # All that a month can hold at eight hours a day leaves no room for theory.
            most = last_day(sheet[f"E{row}"].value).day * 8
            put(f"{COLUMN[where]}{row}", most if value == "FULL" else value, code)
        else:
            serial = sheet[f"B{row}"].value
            put(f"{where}{row}", (serial + 1 if serial < EACH else serial - 2) if value == "OTHER" else value, code)
    below = sheet.max_row
    for extra, row in enumerate(draw.sample(range(below - 40, below), 8), start=1):
        for letter in "ABCDEFGHIJK":
            cells[f"{letter}{below + extra}"] = sheet[f"{letter}{row}"].value
        put(f"B{below + extra}", sheet[f"B{row}"].value, "DUPLICATE_ROW")
    for extra, (month, code) in enumerate((("2026-05", "AFTER_LEAVING"), ("2026-05", "AFTER_LEAVING")), start=9):
        # The first two of the last programme have left; a month after that is told of them.
        for letter, value in zip("ABCDE", (sheet[f"A{below}"].value, extra - 8, f"学徒{561 + extra - 9}", None, month), strict=True):
            cells[f"{letter}{below + extra}"] = value
        cells |= {f"{COLUMN[field]}{below + extra}": VALUES[field] for field in Field}
        put(f"E{below + extra}", month, code)
    assert len(wanted) == FAULTS
    return cells, wanted


async def district(clock: FixedClock, programmes: int, each: int) -> None:
    for place in range(programmes):
        left = {1: LEFT, 2: LEFT} if place == programmes - 1 else {}
        # The newest comes first in the workbook: the last added is told as the last one, so days of starting fall.
        await add_programme(f"XT2025{place + 1:06d}", each, clock, first=1 + place * each, left=left)


@pytest.mark.usefixtures("database")
async def test_faults_among_seven_thousand_rows_are_told_marked_mended_and_taken(clock: FixedClock) -> None:
    await district(clock, PROGRAMMES, EACH)
    given = await give_workbook(DEMO, first="2025-06", last="2026-05", clock=clock)
    sheet = openpyxl.load_workbook(io.BytesIO(given))[SHEET]
    rows = sheet.max_row - HEADER_ROW
    assert rows == PROGRAMMES * EACH * MONTHS - 2
    assert [cell.value for cell in sheet[FIRST_ROW]][5:] == [None] * len(Field)
    clean = ordered(filled(given))
    cells, wanted = seeded(clean)
    faulty = edited(clean, cells)
    _offered, read = await read_workbook(DEMO, faulty, clock=clock)
    got = {(each.cell, each.code) for each in read.problems}
    precision, recall = len(got & wanted) / len(got), len(got & wanted) / len(wanted)
    assert min(precision, recall) >= 0.99, (sorted(got - wanted), sorted(wanted - got))
    assert len({code for _cell, code in wanted}) >= 18
    assert len(read.problems) == read.problem_count == len(got)
    with pytest.raises(WorkbookWrong):
        await import_workbook(DEMO, faulty, clock=clock)

    marked = mark(faulty, read.problems)
    book = openpyxl.load_workbook(io.BytesIO(marked))
    red = {cell.coordinate for row in book[SHEET].iter_rows() for cell in row if cell.fill.fgColor.rgb == RED}
    assert red == {address for address, _code in wanted}
    original = openpyxl.load_workbook(io.BytesIO(clean))[SHEET]
    mended = edited(marked, {address: original[address].value for address in cells})
    assert await import_workbook(DEMO, mended, clock=clock) == (rows, rows)
    assert await import_workbook(DEMO, mended, clock=clock) == (rows, 0)


def ordered(content: bytes) -> bytes:
    """The rows as given: programmes that began on one day stand newest first, so the one with the leavers stands on top; it goes last."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book[SHEET]
    rows = sorted(sheet.iter_rows(min_row=FIRST_ROW, values_only=True), key=lambda row: (row[0], row[4], row[1]))
    for number, row in enumerate(rows, start=FIRST_ROW):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value
    return saved(book)


@pytest.mark.usefixtures("database")
async def test_a_workbook_of_many_takes_as_few_queries_as_one_of_few(clock: FixedClock) -> None:
    await district(clock, 1, 6)
    few = filled(await give_workbook(DEMO, first="2025-06", last="2026-05", clock=clock))
    with counted_queries() as small:
        assert (await import_workbook(DEMO, few, clock=clock))[1] == 6 * MONTHS - 2
    for place in range(1, PROGRAMMES):
        await add_programme(f"XT2025{place + 1:06d}", EACH, clock, first=100 + place * EACH)
    many = filled(await give_workbook(DEMO, first="2025-06", last="2026-05", clock=clock))
    with counted_queries() as large:
        assert (await import_workbook(DEMO, many, clock=clock))[1] == (PROGRAMMES - 1) * EACH * MONTHS
    assert len(large) == len(small) <= 14


@pytest.mark.usefixtures("database")
async def test_each_side_tells_its_own_and_a_correction_stands_above_what_was_told(clock: FixedClock) -> None:
    await add_programme("XT2025000001", 3, clock)
    firm, school = (await sign_in_as("jingban-a", clock)).actor, (await sign_in_as("jiaowu", clock)).actor
    book = await give_workbook(firm, first="2026-04", last="2026-05", clock=clock)
    headers = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(book))[SHEET][HEADER_ROW]]
    assert headers[5:] == [FIELD_WORDS[each] for each in (Field.PRACTICE, Field.MENTOR, Field.WAGE)]
    told = {f"{letter}{row}": value for row in (5, 6) for letter, value in zip("FGH", (25, 10, 2700), strict=True)}
    assert await import_workbook(firm, edited(book, told), clock=clock) == (2, 2)
    assert await import_workbook(firm, edited(book, told | {"H5": 2740}), clock=clock) == (2, 1)

    theirs = await give_workbook(school, first="2026-04", last="2026-04", clock=clock)
    told = {f"{letter}{row}": value for row in (5, 6, 7) for letter, value in zip("FGH", (5, 10, 2), strict=True)}
    assert await import_workbook(school, edited(theirs, told), clock=clock) == (3, 3)
    # The school's workbook handed in by the firm, and hours that the firm's leave no room for.
    with pytest.raises(WorkbookWrong) as wrong:
        await import_workbook(firm, edited(theirs, told), clock=clock)
    assert [(each["cell"], each["code"]) for each in wrong.value.extra["cells"]] == [
        *(("F4", "NOT_YOURS"), ("G4", "NOT_YOURS"), ("H4", "NOT_YOURS")),
        *(("A4", "MISSING_COLUMN"), ("A4", "MISSING_COLUMN"), ("A4", "MISSING_COLUMN")),
    ]
    with pytest.raises(WorkbookWrong) as wrong:
        await import_workbook(school, edited(theirs, told | {"G5": 211}), clock=clock)
    assert [(each["cell"], each["code"]) for each in wrong.value.extra["cells"]] == [("G5", "SUM_TOO_LARGE")]

    head, people = await head_of("XT2025000001")
    async with read_transaction():
        kept = await newest([head])
        assert await has_event("apprenticeship:month:recorded", head.number)
        rows = await fetch_tuples("SELECT place, net_wage_fen FROM apprentice_month WHERE apprentice = $1 ORDER BY place", people[0].id)
    first = kept[people[0].id, "2026-04"]
    assert (first.done.net_wage_fen, first.done.hours.general, first.done.hours.practice) == (274_000, 500, 2500)
    assert (first.place, first.sides) == (3, frozenset(Side))
    assert [tuple(row) for row in rows] == [(1, 270_000), (2, 274_000), (3, 274_000)]
    assert kept[people[2].id, "2026-04"].sides == frozenset({Side.INSTITUTION})
    # Given out again, each finds what it has told.
    again = openpyxl.load_workbook(io.BytesIO(await give_workbook(firm, first="2026-04", last="2026-04", clock=clock)))[SHEET]
    assert [[cell.value for cell in row[5:]] for row in again.iter_rows(min_row=FIRST_ROW)] == [[25, 10, 2740], [25, 10, 2700], [None] * 3]


@pytest.mark.usefixtures("database")
async def test_a_settled_programme_takes_no_more_and_others_tell_nothing(clock: FixedClock) -> None:
    await add_programme("XT2025000001", 2, clock)
    await add_programme("XT2025000002", 2, clock, first=10)
    await tell("XT2025000001", done("2026-04"), clock)
    firm = (await sign_in_as("jingban-a", clock)).actor

    async def settled(numbers: Any) -> frozenset[str]:
        return frozenset({"XT2025000001"} & set(numbers))

    before = await give_workbook(firm, first="2026-05", last="2026-05", clock=clock)
    after = await give_workbook(firm, first="2026-05", last="2026-05", clock=clock, settled=settled)
    assert {row[0].value for row in openpyxl.load_workbook(io.BytesIO(after))[SHEET].iter_rows(min_row=FIRST_ROW)} == {"XT2025000002"}
    told = {f"{letter}{row}": value for row in (5, 6, 7, 8) for letter, value in zip("FGH", (25, 10, 2700), strict=True)}
    with pytest.raises(WorkbookWrong) as wrong:
        await import_workbook(firm, edited(before, told), clock=clock, settled=settled)
    assert {each["code"] for each in wrong.value.extra["cells"]} == {"SETTLED"}
    other = (await sign_in_as("jingban-b", clock)).actor
    with pytest.raises(RecordRefused):
        await give_workbook(other, first="2026-05", last="2026-05", clock=clock)
    with pytest.raises(RecordRefused):
        await give_workbook(firm, first="2026-06", last="2026-05", clock=clock)


@pytest.mark.usefixtures("database")
async def test_both_sides_tell_at_once_and_neither_is_lost(clock: FixedClock) -> None:
    await add_programme("XT2025000001", 3, clock)
    firm, school = (await sign_in_as("jingban-a", clock)).actor, (await sign_in_as("jiaowu", clock)).actor
    told = {f"{letter}{row}": value for row in (5, 6, 7) for letter, value in zip("FGH", (5, 10, 2), strict=True)}
    books = [edited(await give_workbook(each, first="2026-05", last="2026-05", clock=clock), told) for each in (firm, school)]
    results = await asyncio.gather(*(import_workbook(*each, clock=clock) for each in zip((firm, school), books, strict=True)))
    assert list(results) == [(3, 3), (3, 3)]
    head, people = await head_of("XT2025000001")
    async with read_transaction():
        kept = await newest([head])
    for one in people:
        record = kept[one.id, "2026-05"]
        assert (record.place, record.sides, record.done.hours.total) == (2, frozenset(Side), 2000)


@pytest.mark.usefixtures("database")
async def test_a_firm_that_teaches_for_another_tells_of_each_programme_what_is_its_own(clock: FixedClock) -> None:
    await add_programme("XT2025000001", 1, clock)
    await add_programme("XT2025000002", 1, clock, first=10, uscc="91310117X130000171", institution=ENTERPRISE_A)
    firm = (await sign_in_as("jingban-a", clock)).actor
    book = await give_workbook(firm, first="2026-05", last="2026-05", clock=clock)
    sheet = openpyxl.load_workbook(io.BytesIO(book))[SHEET]
    assert [sheet[each].value for each in ("A5", "A6")] == ["XT2025000002", "XT2025000001"]
    teaches = dict(zip(("F5", "G5", "H5"), (5, 10, 2), strict=True))
    works = dict(zip(("I6", "J6", "K6"), (25, 10, 5000), strict=True))
    with pytest.raises(WorkbookWrong) as wrong:
        await import_workbook(firm, edited(book, teaches | works | {"I5": 1, "F6": 0}), clock=clock)
    assert [(each["cell"], each["code"]) for each in wrong.value.extra["cells"]] == [("I5", "NOT_YOURS"), ("F6", "NOT_YOURS")]
    assert await import_workbook(firm, edited(book, teaches | works), clock=clock) == (2, 2)
