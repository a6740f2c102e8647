"""Benchmark of filing: what the check of a new class of 50 people costs among many stored intervals, against few."""

from collections.abc import Iterator
from datetime import date, timedelta

from bench.district import bench_database
from bench.measuring import Result, at_most, ratio
from training_admin.catalog.checking import occupied_elsewhere
from training_admin.catalog.class_facts import ClassPlan, Occupied, PlannedSession, Taken, Trainee, occupied_by, room_key
from training_admin.catalog.filing_checks import FilingFacts, FilingFigures, FindingKind, check_class
from training_admin.database import copy_rows, engine, execute_script, read_transaction
from training_admin.kit.workdays import Calendar
from training_admin.office.calendar_data import published_calendar
from training_admin.parties.institution_facts import InstitutionFacts, Licence, Occupation, Qualification, Room, RoomUse, Site, Teacher

MANY, FEW = 1_000_000, 10_000
SIZE, SESSIONS = 50, 40
PER_CLASS = (SIZE + 2) * SESSIONS
# One check is short: so many in a row are measured.
TIMES = 40
FIRST = date(2026, 3, 2)
OCCUPATION = "6-18-02-04"
FIGURES = FilingFigures(
    before_start_workdays=5,
    review_workdays=5,
    hour_minutes=45,
    day_hours_max=8,
    size_min=5,
    size_max=50,
    theory_min_bp=2000,
    practice_min_bp=5000,
    safety_hours_min=4,
    online_max_bp=5000,
)


def person(number: int) -> str:
    """The key of a made-up person, spread like a keyed hash."""
    return f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}" * 4


TRAINING = InstitutionFacts(
    organisation="S",
    day=FIRST,
    licences=(Licence(1, "1", "局", date(2026, 1, 1), date(2026, 12, 31)),),
    occupations=(Occupation(2, OCCUPATION, "焊工", ("5",), None),),
    sites=(Site(3, "总部", "路1号", "310117", None),),
    rooms=(Room(100, 3, "101", SIZE, RoomUse.BOTH, ""),),
    teachers=(Teacher(200, person(10**9), "教师", True, None, (Qualification(1, 200, "技师", "1", OCCUPATION, None, None),)),),
)


def workdays(calendar: Calendar) -> list[date]:
    """So many working days as a class has sessions."""
    days = [FIRST + timedelta(days=number) for number in range(SESSIONS * 2)]
    return [day for day in days if calendar.is_workday(day)][:SESSIONS]


def new_class(days: list[date], *, busy: bool) -> ClassPlan:
    """The class that is checked: some of its people, its teacher and its room are also taken elsewhere, in the afternoon."""
    starts = 780 if busy else 540
    sessions = tuple(
        PlannedSession(day, starts, starts + 150, "课", 45, 90, 200, 100, safety=number < 2) for number, day in enumerate(days)
    )
    people = tuple(Trainee(f"学员{number}", person(number), "E", "") for number in range(SIZE))
    return ClassPlan(
        class_no="NEW",
        title="新班",
        enterprise="E",
        institution="S",
        stream="职业技能类",
        item=None,
        occupation=OCCUPATION,
        level="5",
        sessions=sessions,
        trainees=people,
    )


def intervals(days: list[date], rows: int) -> Iterator[tuple[object, ...]]:
    """The intervals of other classes of 50 people; the first has half of the new class's people, its teacher and its room."""
    for number in range(rows // PER_CLASS + 1):
        first = SIZE // 2 if number == 0 else 1000 + number * SIZE
        other = Occupied(f"C{number}", Taken.ROOM, "", FIRST, 780, 930)
        keys = [(Taken.TRAINEE, person(first + place)) for place in range(SIZE)]
        keys += [(Taken.TEACHER, person(10**9 + number)), (Taken.ROOM, room_key(100 + number))]
        for day in days:
            yield from ((number + 1, taken.value, bytes.fromhex(key), day, other.starts, other.ends) for taken, key in keys)


async def fill(schema: str, rows: int, days: list[date]) -> None:
    """Classes with their intervals in a schema of its own, with the same indexes."""
    classes = rows // PER_CLASS + 1
    async with engine.transaction():
        await execute_script(
            f"SET LOCAL session_replication_role = replica; CREATE SCHEMA {schema}; SET LOCAL search_path = {schema};"
            "CREATE TABLE class_interval (LIKE public.class_interval INCLUDING ALL);"
            "CREATE TABLE training_class (LIKE public.training_class INCLUDING ALL)"
        )
        columns = ("id", "class_no", "organisation", "organisation_name", "state", "version", "moved")
        await copy_rows("training_class", columns, [(key, f"C{key}", "S", "校", "submitted", 1, 0) for key in range(1, classes + 1)])
        await copy_rows("class_interval", ("training_class", "taken", "key", "day", "starts", "ends"), intervals(days, rows))
    await engine.run_ddl(f"VACUUM ANALYZE {schema}.class_interval")
    await engine.run_ddl(f"VACUUM ANALYZE {schema}.training_class")


async def check(schema: str, klass: ClassPlan, facts: FilingFacts, expected: int) -> None:
    """Check the new class among the intervals of a schema: load what is taken, run every check."""
    for _ in range(TIMES):
        async with read_transaction():
            await execute_script(f"SET LOCAL search_path = {schema}")
            taken = await occupied_elsewhere(klass, TRAINING)
        beside = FilingFacts(
            filed_on=facts.filed_on, calendar=facts.calendar, figures=FIGURES, training=TRAINING, own_class=False, occupied=taken
        )
        found = check_class(klass, beside)
        assert len(found) == expected, [each.words for each in found]
        assert {each.kind for each in found} <= {FindingKind.TRAINEE_TWICE, FindingKind.TEACHER_TWICE, FindingKind.ROOM_TWICE}


async def conflicts(*, busy: bool, calendar: Calendar, days: list[date]) -> Result:
    """Cost of a check among 1 M intervals ÷ among 10 000."""
    klass = new_class(days, busy=busy)
    facts = FilingFacts(filed_on=date(2026, 1, 5), calendar=calendar, figures=FIGURES, training=TRAINING, own_class=False)
    expected = SIZE // 2 + 2 if busy else 0
    assert len(occupied_by(klass, {200: person(10**9)})) == PER_CLASS
    found = await ratio(lambda: check("many", klass, facts, expected), lambda: check("few", klass, facts, expected))
    return at_most(max(found.wall, found.processor), 3, wall=found.wall)


async def measured() -> dict[str, Result]:
    """All figures of this part; the worse of a class with double bookings and one without is the promise's."""
    calendar = published_calendar()
    days = workdays(calendar)
    async with bench_database():
        await fill("many", MANY, days)
        await fill("few", FEW, days)
        clean = await conflicts(busy=False, calendar=calendar, days=days)
        busy = await conflicts(busy=True, calendar=calendar, days=days)
        return {"conflicts": max(clean, busy, key=lambda each: each.value)}
