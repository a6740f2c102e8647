"""The workbook of a filing: what is laid out is filled in and read back; every wrong cell is told at once."""

import io
from datetime import date
from typing import Any

import msgspec
import openpyxl
import pytest

from tests.catalog.classes import furnished, roster
from tests.catalog.test_filing import approved, registrar, shown
from tests.people import ENTERPRISE_A, sign_in_as
from training_admin.catalog.class_changes import change_class
from training_admin.catalog.filing import FilingRefused, save_class, submit_class
from training_admin.catalog.filing_intake import FilingIncomplete, Pattern, copied, exported, labels, laid_out, read_upload
from training_admin.catalog.filing_workbook import SHEET_FILING, SHEET_PLAN, SHEET_ROSTER
from training_admin.kit.clock import FixedClock
from training_admin.parties.institution_facts import Room, RoomUse

pytestmark = pytest.mark.usefixtures("database")
PATTERN = Pattern(
    first=date(2026, 9, 18),
    weekdays=(0, 2, 4),
    starts=540,
    ends=720,
    sessions=8,
    theory_centihours=100,
    practice_centihours=300,
)


def filled(content: bytes, *, people: bool = True, **cells: Any) -> bytes:
    """A laid out workbook as a clerk would fill it in, with some cells (`plan_C5`) changed afterwards."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    filing, plan = book[SHEET_FILING], book[SHEET_PLAN]
    for column, value in zip(
        "ABCDEFGH", ("2026焊工五级01", ENTERPRISE_A, "职业技能类", None, "6-18-02-04", "五级", "实操", 12000), strict=True
    ):
        filing[f"{column}4"] = value
    if people:
        for row, each in enumerate(roster(), start=4):
            for column, text in zip("BDE", (each.name, each.identity, "在职从业人员"), strict=True):
                book[SHEET_ROSTER][f"{column}{row}"] = text
    else:
        del book[SHEET_ROSTER]
    for row in range(4, 12):
        for column, value in zip("DGHIK", ("焊接操作", "教师甲", "101", "焊工教程", "是" if row < 6 else "否"), strict=True):
            plan[f"{column}{row}"] = value
    for place, value in cells.items():
        sheet, _, address = place.partition("_")
        book[{"filing": SHEET_FILING, "roster": SHEET_ROSTER, "plan": SHEET_PLAN}[sheet]][address] = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


async def test_what_is_laid_out_is_filled_in_read_back_and_filed(clock: FixedClock) -> None:
    teacher, room = await furnished(clock)
    actor = await registrar(clock)
    content = filled(await laid_out(actor, PATTERN, clock=clock))
    read = await read_upload(actor, content, clock=clock)
    assert read.content is not None
    assert read.roster is not None
    assert [each.identity for each in read.roster] == [each.identity for each in roster()]
    sessions = read.content.sessions
    # Friday 25 September and the first week of October are holidays.
    assert [each.day for each in sessions[:4]] == [date(2026, 9, 18), date(2026, 9, 21), date(2026, 9, 23), date(2026, 9, 28)]
    assert {(each.teacher, each.room, each.starts, each.ends) for each in sessions} == {(teacher, room, 540, 720)}
    assert {(each.theory_minutes, each.practice_minutes) for each in sessions} == {(45, 135)}
    assert [each.safety for each in sessions] == [True] * 2 + [False] * 6
    assert (read.content.budget_fen, read.content.level, read.content.enterprise) == (1_200_000, "5", ENTERPRISE_A)
    number = await save_class(actor, read.content, read.roster, clock=clock)
    await submit_class(actor, number, clock=clock)
    assert (await shown(clock, number)).head.state == "submitted"


async def test_every_wrong_cell_is_told_at_once_and_nothing_is_kept(clock: FixedClock) -> None:
    await furnished(clock)
    actor = await registrar(clock)
    wrong: dict[str, Any] = {
        "filing_B4": "91310117X11000037X",
        "filing_D4": "没有这个项目",
        "filing_H4": "一万",
        "roster_D5": "310100199001010019",
        "roster_E6": "外星人",
        "plan_B4": "某日",
        "plan_C5": "上午",
        "plan_E6": 0.5,
        "plan_G7": "无此教师",
        "plan_H8": "无此教室",
        "plan_H9": None,
    }
    content = filled(await laid_out(actor, PATTERN, clock=clock), **wrong)
    with pytest.raises(FilingIncomplete) as refused:
        await read_upload(actor, content, clock=clock)
    names = {SHEET_FILING: "filing", SHEET_ROSTER: "roster", SHEET_PLAN: "plan"}
    assert {f"{names[each['sheet']]}_{each['cell']}" for each in refused.value.extra["cells"]} == set(wrong)
    assert "310100199001010019" not in str(refused.value.extra)


async def test_sheets_that_are_missing_are_named(clock: FixedClock) -> None:
    await furnished(clock)
    actor = await registrar(clock)
    book = openpyxl.Workbook()
    target = io.BytesIO()
    book.save(target)
    with pytest.raises(FilingIncomplete) as refused:
        await read_upload(actor, target.getvalue(), clock=clock)
    assert {each["sheet"] for each in refused.value.extra["cells"]} == {SHEET_FILING, SHEET_PLAN}
    empty = await laid_out(actor, PATTERN, clock=clock)
    with pytest.raises(FilingIncomplete):
        await read_upload(actor, empty, clock=clock)


async def test_a_class_is_copied_without_its_people_and_exported_with_masked_numbers(clock: FixedClock) -> None:
    number, _filed = await approved(clock)
    actor = await registrar(clock)
    copy = openpyxl.load_workbook(io.BytesIO(await copied(actor, number, date(2026, 9, 21), clock=clock)))
    assert copy[SHEET_FILING]["A4"].value == "2026样例学校焊工五级01"
    assert copy[SHEET_ROSTER]["B4"].value is None
    assert copy[SHEET_PLAN]["B4"].value.date() == date(2026, 9, 21)
    assert copy[SHEET_PLAN]["G4"].value == "教师甲"
    with pytest.raises(FilingRefused, match="2027"):
        await copied(actor, number, date(2026, 12, 31), clock=clock)
    out = openpyxl.load_workbook(io.BytesIO(await exported(actor, number, clock=clock)))
    identity = roster()[0].identity
    assert out[SHEET_ROSTER]["D4"].value == identity[:4] + "*" * 12 + identity[-2:]
    assert out[SHEET_FILING]["T4"].value == number


async def test_a_change_without_roster_sheet_keeps_the_people(clock: FixedClock) -> None:
    number, _filed = await approved(clock)
    actor = await registrar(clock)
    read = await read_upload(actor, filled(await laid_out(actor, PATTERN, clock=clock), people=False), clock=clock)
    assert read.content is not None
    assert read.roster is None
    await change_class(actor, number, read.content, read.roster, reason="教室维修", clock=clock)
    assert len((await shown(clock, number)).plan.trainees) == len(roster())


@pytest.mark.parametrize("wrong", [{"weekdays": ()}, {"sessions": 0}, {"sessions": 201}, {"ends": 540}, {"first": date(2026, 12, 30)}])
async def test_a_pattern_that_cannot_be_laid_out_is_refused(clock: FixedClock, wrong: dict[str, Any]) -> None:
    enterprise = (await sign_in_as("jingban-a", clock)).actor
    with pytest.raises(FilingRefused):
        await laid_out(enterprise, msgspec.structs.replace(PATTERN, **wrong), clock=clock)
    assert await laid_out(enterprise, PATTERN, clock=clock)


def test_two_of_the_same_name_are_told_apart() -> None:
    rooms = [Room(key, 1, name, 20, RoomUse.BOTH, "") for key, name in ((1, "101"), (2, "101"), (3, "102"))]
    assert labels(rooms) == {1: "101（1）", 2: "101（2）", 3: "102"}
