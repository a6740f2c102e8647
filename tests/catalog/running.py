"""Running classes for tests: an approved class of the sample institution, moved to one of its days, with people told as there."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.catalog.classes import content, furnished, roster
from tests.catalog.test_filing import officer, registrar
from training_admin.catalog.class_facts import ClassPlan, PlannedSession
from training_admin.catalog.filing import decide_class, save_class, submit_class
from training_admin.catalog.run_checks import slug_of
from training_admin.catalog.run_facts import Attended, ClassRun, Held, Mark, Outcome, Result, SessionKey, Way, key_of
from training_admin.catalog.running import Running, confirm_session, mark_session, save_results, show_running
from training_admin.kit.actor import Actor
from training_admin.kit.clock import SHANGHAI, FixedClock

FIRST = "2026-07-06-0900"
LAST_DAY = date(2026, 7, 17)
AT = datetime(2026, 7, 20, 1, 0, tzinfo=UTC)


async def started(clock: FixedClock, *, people: int = 6, **changes: Any) -> str:
    """The number of a class that was filed and approved on 1 June 2026; by default ten mornings from 6 July on."""
    filed = content(*await furnished(clock), **changes)
    number = await save_class(await registrar(clock), filed, roster(people), clock=clock)
    await submit_class(await registrar(clock), number, clock=clock)
    await decide_class(await officer(clock), number, version=1, approve=True, opinion="", clock=clock)
    return number


def move_to(clock: FixedClock, day: date, time: str = "09:00") -> None:
    """Let it become a time of a day in Shanghai."""
    hours, _, minutes = time.partition(":")
    at = datetime(day.year, day.month, day.day, int(hours), int(minutes), tzinfo=SHANGHAI)
    clock.move(at - clock.now())


async def running_class(clock: FixedClock, number: str) -> Running:
    return await show_running(await registrar(clock), number)


async def held_all(clock: FixedClock, number: str, *, absent: int = 0) -> Running:
    """Go behind the last day, tell everybody as present (the first `absent` as absent) and confirm all sessions."""
    move_to(clock, LAST_DAY + timedelta(days=1))
    actor, running = await registrar(clock), await running_class(clock, number)
    for each in running.plan.sessions:
        slug = slug_of(key_of(each))
        marks = {one.person: (Mark.ABSENT if place < absent else Mark.PRESENT, None) for place, one in enumerate(running.plan.trainees)}
        await mark_session(actor, number, slug, marks, sheet=False, clock=clock)
        await confirm_session(actor, number, slug, held=True, minutes=None, note="", clock=clock)
    return await running_class(clock, number)


async def passed_all(clock: FixedClock, number: str, actor: Actor) -> None:
    """Everybody passes, with certificates of the fifth level."""
    running = await running_class(clock, number)
    results = [
        Result(each.person, Outcome.PASSED, Outcome.PASSED, Outcome.PASSED, certificate(place), clock.today(), "某人", clock.now())
        for place, each in enumerate(running.plan.trainees, start=1)
    ]
    await save_results(actor, number, results, clock=clock)


def certificate(number: int, *, level: str = "5", year: str = "26") -> str:
    """A number of a level certificate of a body of Shanghai."""
    return f"S0000310000{'01'}{year}{level}{number:06d}"


def told(session: PlannedSession, person: str, mark: Mark = Mark.PRESENT, minutes: int | None = None, device: str = "") -> Attended:
    """Attendance as told on the page."""
    return Attended(*key_of(session), person, mark, session.minutes if minutes is None else minutes, Way.PAGE, device, "教师", AT)


def held(session: PlannedSession, minutes: int | None = None) -> Held:
    """A session confirmed as planned, or with other minutes."""
    return Held(*key_of(session), session.minutes if minutes is None else minutes, Way.PAGE, "", "教师", AT)


def run_of(plan: ClassPlan, sessions: int, *, attended: list[Attended] | None = None, results: list[Result] | None = None) -> ClassRun:
    """A run in which the first sessions were held, with everybody there unless it is told otherwise."""
    first = plan.sessions[:sessions]
    here = attended if attended is not None else [told(each, one.person) for each in first for one in plan.trainees]
    return ClassRun(
        held={key_of(each): held(each) for each in first},
        attended={(each.day, each.starts, each.person): each for each in here},
        results={each.person: each for each in results or []},
    )


def keys(plan: ClassPlan) -> list[SessionKey]:
    return [key_of(each) for each in plan.sessions]
