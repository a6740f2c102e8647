"""Sheet 7 in and out: a filled-in roster registers teachers with qualifications, every wrong cell is told, numbers go out masked."""

import io
from collections.abc import Sequence
from datetime import date

import openpyxl
import pytest

from tests.catalog.classes import roster
from tests.catalog.test_courses import approved
from tests.catalog.test_filing import registrar
from tests.parties.resources import CARD, entered
from tests.people import sign_in_as
from training_admin.catalog.teacher_rosters import TeachersIncomplete, exported, import_teachers, template
from training_admin.catalog.teacher_workbook import SHEET
from training_admin.database import counted_queries
from training_admin.demo.offices import ENTERPRISE_B, INSTITUTION
from training_admin.kit.actor import NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.parties.institution_facts import Qualification, ResourceKind, Teacher
from training_admin.parties.institution_store import ResourceNotFound
from training_admin.parties.institutions import decide_resource, show_register

pytestmark = pytest.mark.usefixtures("database")
NUMBERS = [each.identity for each in roster(8)]
Row = Sequence[object]


def row(place: int, **cells: object) -> list[object]:
    """A right row of a person with one qualification; sex as the number says."""
    sex = "男" if int(NUMBERS[place][16]) % 2 else "女"
    usual: dict[str, object] = {
        "A": place + 1,
        "B": f"教师{place}",
        "C": NUMBERS[place],
        "D": sex,
        "E": 36,
        "F": "本科",
        "G": "机械",
        "H": "讲师",
        "I": "焊工技师",
        "J": "焊接",
        "K": "专职",
        "L": f"ZG-{place}",
        "M": "6-18-02-04",
        "N": "五级",
        "O": date(2027, 12, 31),
        "P": date(2028, 6, 30),
    }
    return list((usual | cells).values())


async def filled(clock: FixedClock, *rows: Row) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(template(await registrar(clock))))
    for number, cells in enumerate(rows, start=4):
        for column, value in enumerate(cells, start=1):
            book[SHEET].cell(number, column).value = value  # type: ignore[assignment] # openpyxl types its cells more narrowly
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


async def wrong_cells(clock: FixedClock, *rows: Row) -> list[tuple[str, str]]:
    with pytest.raises(TeachersIncomplete) as refused:
        await import_teachers(await registrar(clock), await filled(clock, *rows), clock=clock)
    return [(each["cell"], each["code"]) for each in refused.value.extra["cells"]]


async def test_teachers_and_qualifications_wait_and_count_when_approved(clock: FixedClock) -> None:
    actor = await registrar(clock)
    bare = row(1, I=None, L=None, M=None, N=None, O=None, P=None, F=None, G=None, H=None)
    content = await filled(clock, row(0), row(0, I="高级技师", L="ZG-9", M=None, N=None), bare)
    assert await import_teachers(actor, content, clock=clock) == 4
    waiting = await show_register(actor, INSTITUTION, clock=clock)
    assert {each.state for each in waiting.newest} == {"waiting"}
    assert waiting.facts.teachers == ()
    officer = (await sign_in_as("chushen", clock)).actor
    for each in waiting.newest:
        await decide_resource(officer, each.resource, approve=True, reason="", clock=clock)
    first, second = (await show_register(actor, INSTITUTION, clock=clock)).facts.teachers
    assert (first.name, first.full_time, first.education, first.major, first.rank, first.valid_to) == (
        *("教师0", True, "本科", "机械", "讲师"),
        date(2028, 6, 30),
    )
    assert [(each.title, each.number, each.occupation, each.level, each.valid_to) for each in first.qualifications] == [
        ("焊工技师", "ZG-0", "6-18-02-04", "5", date(2027, 12, 31)),
        ("高级技师", "ZG-9", None, None, date(2027, 12, 31)),
    ]
    assert (second.education, second.qualifications, second.valid_to) == (None, (), None)
    assert isinstance(first, Teacher)
    assert isinstance(first.qualifications[0], Qualification)


async def test_every_wrong_cell_is_told_at_once_and_nothing_is_registered(clock: FixedClock) -> None:
    other = "女" if row(1)[3] == "男" else "男"
    found = await wrong_cells(
        clock,
        row(0, B=None),
        row(1, D=other),
        row(2, C="310100199001010021"),
        row(3, C="310100********01"),
        row(4, K="外聘"),
        row(5, L=None),
        row(6, O="很久", N="六级"),
    )
    assert found == [
        ("B4", "MISSING"),
        ("D5", "UNKNOWN_VALUE"),
        ("C6", "ID_CHECK"),
        ("C7", "ID_FORMAT"),
        ("K8", "UNKNOWN_VALUE"),
        ("L9", "MISSING"),
        ("N10", "UNKNOWN_VALUE"),
        ("O10", "DATE"),
    ]
    assert (await show_register(await registrar(clock), INSTITUTION, clock=clock)).newest == ()


async def test_a_person_stands_once_for_each_qualification(clock: FixedClock) -> None:
    assert await wrong_cells(clock, row(0), row(0)) == [("C5", "DUPLICATE_ROW")]
    assert await wrong_cells(clock, row(0), row(0, B="别人", L="ZG-2")) == [("B5", "DUPLICATE_ROW")]
    assert await wrong_cells(clock) == [("", "MISSING")]


async def test_who_is_registered_already_is_told_by_his_cell(clock: FixedClock) -> None:
    await entered(clock, ResourceKind.TEACHER, approve=False)
    assert await wrong_cells(clock, row(0), row(1, C=CARD, D=None)) == [("C5", "DUPLICATE_ROW")]


async def test_a_workbook_without_the_sheet_or_without_anything_is_told(clock: FixedClock) -> None:
    book = openpyxl.Workbook()
    target = io.BytesIO()
    book.save(target)
    with pytest.raises(TeachersIncomplete) as refused:
        await import_teachers(await registrar(clock), target.getvalue(), clock=clock)
    assert refused.value.extra["cells"][0]["code"] == "MISSING_SHEET"
    with pytest.raises(TeachersIncomplete, match="先选择"):
        await import_teachers(await registrar(clock), b"", clock=clock)
    with pytest.raises(NotAllowed):
        await import_teachers((await sign_in_as("chushen", clock)).actor, b"", clock=clock)


async def test_what_goes_out_is_masked_and_names_courses(clock: FixedClock) -> None:
    teacher = await entered(clock, ResourceKind.TEACHER, education="本科")
    await entered(clock, ResourceKind.LICENCE)
    await entered(clock, ResourceKind.OCCUPATION)
    await entered(clock, ResourceKind.QUALIFICATION, teacher=str(teacher))
    await entered(clock, ResourceKind.QUALIFICATION, teacher=str(teacher), title="考评员", number="KP-1", occupation="", level="")
    await approved(clock, teacher)
    content = await exported((await sign_in_as("chushen", clock)).actor, INSTITUTION, clock=clock)
    sheet = openpyxl.load_workbook(io.BytesIO(content))[SHEET]
    values = [cell.value for cell in sheet[4]]
    assert values[:9] == [1, "教师甲", f"{CARD[:4]}{'*' * 12}{CARD[-2:]}", "男", 36, "本科", None, None, "高级技师"]
    assert values[9:14] == ["焊工五级", "专职", "GJ-1", "6-18-02-04", "四级/中级工"]
    assert [cell.value for cell in sheet[5]][8:12] == ["考评员", "焊工五级", "专职", "KP-1"]
    with pytest.raises(ResourceNotFound):
        await exported((await sign_in_as("jingban-a", clock)).actor, INSTITUTION, clock=clock)
    own = await exported((await sign_in_as("jingban-b", clock)).actor, ENTERPRISE_B, clock=clock)
    assert openpyxl.load_workbook(io.BytesIO(own))[SHEET]["B4"].value is None


async def test_many_teachers_cost_no_more_queries_than_one(clock: FixedClock) -> None:
    actor = await registrar(clock)
    counts = []
    for rows in ([row(0)], [row(place) for place in range(1, 8)]):
        content = await filled(clock, *rows)
        with counted_queries() as count:
            await import_teachers(actor, content, clock=clock)
        counts.append(len(count))
    assert counts[0] == counts[1]
