"""Classes for tests: an institution with all it needs, a plan that is right, a season of them."""

from datetime import date, timedelta
from typing import Any

import msgspec

from tests.parties.resources import entered
from tests.people import ENTERPRISE_A
from training_admin.catalog.class_facts import ClassPlan, PlannedSession, Trainee
from training_admin.catalog.class_store import ClassContent
from training_admin.catalog.filing import NamedTrainee
from training_admin.catalog.filing_checks import FilingFacts, FilingFigures
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.clock import FixedClock
from training_admin.kit.identifiers import mod_11_2
from training_admin.office.calendar_data import published_calendar
from training_admin.parties.institution_facts import (
    InstitutionFacts,
    Licence,
    Occupation,
    Qualification,
    ResourceKind,
    Room,
    RoomUse,
    Site,
    Teacher,
)

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
WELDER = "6-18-02-04"
SCHOOL, FIRM = "52310117MJ4900006X", "91310117MA1J1AAA0X"
MORNING, NOON = 9 * 60, 12 * 60
FIRST_DAY = date(2026, 7, 6)


def person(number: int) -> str:
    """The key of a made-up person."""
    return f"{number:064x}"


def institution(*, teachers: int = 1, rooms: int = 1, capacity: int = 50) -> InstitutionFacts:
    """An institution that may train welders of the fifth and fourth level all year."""
    last = date(2026, 12, 31)
    return InstitutionFacts(
        organisation=SCHOOL,
        day=FIRST_DAY,
        licences=(Licence(1, "松训001", "区人社局", date(2026, 1, 1), last),),
        occupations=(Occupation(2, WELDER, "焊工", ("5", "4"), None),),
        sites=(Site(3, "总部", "样例路1号", "310117", None),),
        rooms=tuple(Room(100 + number, 3, f"教室{number}", capacity, RoomUse.BOTH, "") for number in range(rooms)),
        teachers=tuple(
            Teacher(
                *(200 + number, person(9_000_000 + number), f"教师{number}", True, None),
                (Qualification(300 + number, 200 + number, "技师", "1", WELDER, None, None),),
            )
            for number in range(teachers)
        ),
    )


def session(day: date, *, starts: int = MORNING, **changes: Any) -> PlannedSession:
    """Three training hours, one of theory and two of practice."""
    whole = PlannedSession(day, starts, starts + 150, "焊接操作", 45, 90, 200, 100, textbook="焊工教程")
    return msgspec.structs.replace(whole, **changes)


def sessions(first: date, days: int, **changes: Any) -> tuple[PlannedSession, ...]:
    """Sessions on working days, two of safety first."""
    found: list[PlannedSession] = []
    day = first
    while len(found) < days:
        if published_calendar().is_workday(day):
            found.append(session(day, safety=len(found) < 2, **changes))
        day += timedelta(days=1)
    return tuple(found)


def trainees(first: int, count: int) -> tuple[Trainee, ...]:
    """People of one firm with consecutive keys."""
    return tuple(Trainee(f"学员{number}", person(number), "E", FIRM) for number in range(first, first + count))


def plan(**changes: object) -> ClassPlan:
    """A class of ten people over ten days that nothing is wrong with."""
    whole = ClassPlan(
        class_no="BJ20260001",
        title="2026样例学校焊工五级01职业技能等级证书",
        enterprise=FIRM,
        institution=SCHOOL,
        stream="职业技能类",
        item="A-001",
        occupation=WELDER,
        level="5",
        sessions=sessions(FIRST_DAY, 10),
        trainees=trainees(1, 10),
        assessment_plan="理论和实操考核",
        budget_fen=1_000_000,
    )
    return msgspec.structs.replace(whole, **changes)


def facts(**changes: object) -> FilingFacts:
    """What the checks read beside the class: filed on the last day that is early enough."""
    whole = FilingFacts(filed_on=date(2026, 6, 29), calendar=published_calendar(), figures=FIGURES, training=institution(), own_class=False)
    return msgspec.structs.replace(whole, **changes)


async def furnished(clock: FixedClock) -> tuple[int, int]:
    """Register and approve what the sample institution trains welders with; returns teacher and room."""
    await entered(clock, ResourceKind.LICENCE)
    await entered(clock, ResourceKind.OCCUPATION)
    site = await entered(clock, ResourceKind.SITE)
    room = await entered(clock, ResourceKind.ROOM, site=str(site))
    teacher = await entered(clock, ResourceKind.TEACHER)
    await entered(clock, ResourceKind.QUALIFICATION, teacher=str(teacher), level="5")
    return teacher, room


def roster(count: int = 6, *, first: int = 0) -> list[NamedTrainee]:
    """People with valid made-up identity numbers."""
    bodies = [f"31010019900101{number:03d}" for number in range(first, first + count)]
    return [NamedTrainee(f"学员{place}", body + mod_11_2(body), "E", ENTERPRISE_A) for place, body in enumerate(bodies, start=1)]


def content(teacher: int, room: int, **changes: Any) -> ClassContent:
    """What the sample institution files for enterprise A: ten mornings from 6 July 2026 on."""
    whole = ClassContent(
        title="2026样例学校焊工五级01",
        enterprise=ENTERPRISE_A,
        institution=INSTITUTION,
        stream="职业技能类",
        item=None,
        occupation=WELDER,
        level="5",
        sessions=sessions(FIRST_DAY, 10, teacher=teacher, room=room),
        assessment_plan="理论和实操考核",
        budget_fen=1_000_000,
        theory_test=True,
        practical_test=True,
    )
    return msgspec.structs.replace(whole, **changes)
