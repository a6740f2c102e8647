"""Two classes of the demo's institution for enterprise A: one that is over and closed, to be claimed, and one that is running today."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec

from training_admin.catalog.class_facts import PlannedSession
from training_admin.catalog.class_store import ClassContent
from training_admin.catalog.closing import close_class
from training_admin.catalog.facts import CatalogItem
from training_admin.catalog.filing import NamedTrainee, decide_class, save_class, submit_class
from training_admin.catalog.run_checks import slug_of
from training_admin.catalog.run_facts import Mark, Outcome, Result, key_of
from training_admin.catalog.running import confirm_session, mark_session, save_results, show_running
from training_admin.demo.district import CLAIM_DAY
from training_admin.demo.filling import sample_file
from training_admin.demo.institution import OFFICER
from training_admin.demo.offices import ENTERPRISE_A, INSTITUTION
from training_admin.kit.actor import Actor
from training_admin.kit.clock import SHANGHAI, FixedClock
from training_admin.kit.workdays import Calendar
from training_admin.office.calendar_data import published_calendar
from training_admin.parties.institution_facts import InstitutionFacts, RoomUse
from training_admin.subsidy.workbooks import read_claim

SEATS = 12
NINE, SIXTEEN = 9 * 60, 16 * 60
# Six hours of teaching a day are eight training hours, three tenths of them theory as in the course; safety first.
DAY_HOURS, THEORY, PRACTICE = 8, 108, 252
SAFETY_DAYS = 2
CLOSED = (date(2026, 3, 26), date(2026, 4, 7), "SY2026-A01")
RUNNING = (date(2026, 5, 6), date(2026, 5, 18), "SY2026-A02")


class Course(msgspec.Struct, frozen=True):
    """What both classes teach: the item, its course, and who teaches it where."""

    item: CatalogItem
    number: str
    teacher: int
    room: int
    textbook: str


def course_of(item: CatalogItem, number: str, facts: InstitutionFacts, textbook: str) -> Course:
    """The course with the first teacher of its occupation and the first room for practice."""
    teacher = next(each.id for each in facts.teachers if any(one.occupation == item.occupation for one in each.qualifications))
    room = next(each.id for each in facts.rooms if each.use is not RoomUse.THEORY)
    return Course(item, number, teacher, room, textbook)


async def found_classes(registrar: Actor, course: Course, past: FixedClock) -> None:
    """File both when it was time for it and tell what happened until the demo's own day; `past` moves on with it."""
    closed = await _filed(registrar, course, *CLOSED, title="2026焊工五级01", past=past)
    await held(registrar, closed, past, until=CLAIM_DAY, missing={2: 4})
    await passed(registrar, closed, past, failed=5)
    await close_class(registrar, closed, clock=past)
    running = await _filed(registrar, course, *RUNNING, title="2026焊工五级02", past=past)
    await held(registrar, running, past, until=CLAIM_DAY, missing={1: 1, 7: 3})


def _to(past: FixedClock, day: date, hour: int) -> None:
    past.move(max(datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI) - past.now(), timedelta(minutes=1)))


async def _filed(registrar: Actor, course: Course, filed: date, first: date, people_of: str, *, title: str, past: FixedClock) -> str:
    _to(past, filed, 9)
    content = ClassContent(
        title=title,
        enterprise=ENTERPRISE_A,
        institution=INSTITUTION,
        stream="职业技能类",
        item=course.item.item_code,
        occupation=course.item.occupation,
        level=course.item.level,
        sessions=_sessions(course, first),
        assessment_plan="理论考核和实操考核",
        budget_fen=course.item.std_fen * SEATS,
        theory_test=True,
        practical_test=True,
        course=course.number,
    )
    number = await save_class(registrar, content, _people(people_of), clock=past)
    await submit_class(registrar, number, clock=past)
    _to(past, filed, 14)
    await decide_class(OFFICER, number, version=1, approve=True, opinion="", clock=past)
    return number


def _people(class_no: str) -> list[NamedTrainee]:
    """People of a sample claim, whom the sample registers know."""
    lines = read_claim(sample_file("claim_A.xlsx"), today=CLAIM_DAY).lines
    chosen = [each for each in lines if each.class_no == class_no and each.readable and each.mobile][:SEATS]
    return [
        NamedTrainee(each.name, each.id_no, "E", ENTERPRISE_A, phone=each.mobile, post="焊工", contract_start=each.contract_start)
        for each in chosen
    ]


def _sessions(course: Course, first: date) -> tuple[PlannedSession, ...]:
    """Whole days on working days until the item's hours are full, the first two with safety education, the last one shorter."""
    hours, day, found = course.item.std_centihours // 100, first, list[PlannedSession]()
    calendar: Calendar = published_calendar()
    while hours > 0:
        if calendar.is_workday(day):
            part = min(hours, DAY_HOURS)
            topic = "安全教育、焊接基础" if len(found) < SAFETY_DAYS else "焊接操作"
            theory, practice = THEORY * part // DAY_HOURS, PRACTICE * part // DAY_HOURS
            ends = SIXTEEN if part == DAY_HOURS else NINE + theory + practice
            session = PlannedSession(day, NINE, ends, topic, theory, practice, course.teacher, course.room, textbook=course.textbook)
            found.append(msgspec.structs.replace(session, safety=len(found) < SAFETY_DAYS))
            hours -= part
        day += timedelta(days=1)
    return tuple(found)


async def held(registrar: Actor, number: str, past: FixedClock, *, until: date, missing: dict[int, int]) -> None:
    """Tell and confirm every session before a day; `missing` says by place in the roster how many somebody was away from."""
    plan = (await show_running(registrar, number)).plan
    for place, each in enumerate(each for each in plan.sessions if each.day < until):
        _to(past, each.day, 17)
        away = {one for one, days in missing.items() if place < days}
        marks = {one.person: (Mark.ABSENT if spot in away else Mark.PRESENT, None) for spot, one in enumerate(plan.trainees)}
        slug = slug_of(key_of(each))
        await mark_session(registrar, number, slug, marks, sheet=False, clock=past)
        await confirm_session(registrar, number, slug, held=True, minutes=None, note="", clock=past)


async def passed(registrar: Actor, number: str, past: FixedClock, *, failed: int | None = None) -> None:
    """On the day after the last session everybody has passed, but one if his place in the roster is given."""
    plan = (await show_running(registrar, number)).plan
    assert plan.end is not None, "the class was filed with sessions"
    _to(past, plan.end + timedelta(days=1), 9)
    results: Sequence[Result] = [
        Result(one.person, outcome, outcome, outcome, "", None, registrar.name, past.now())
        for place, one in enumerate(plan.trainees)
        for outcome in (Outcome.FAILED if place == failed else Outcome.PASSED,)
    ]
    await save_results(registrar, number, results, clock=past)
