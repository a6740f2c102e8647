"""A class runs: marks, confirmations, results, closing; what is closed takes nothing more, and claims read what was delivered."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from tests.catalog.classes import FIRST_DAY, content, roster, session, sessions
from tests.catalog.running import FIRST, LAST_DAY, certificate, held_all, move_to, passed_all, running_class, started
from tests.catalog.test_filing import decide, draft, known, officer, registrar
from tests.people import sign_in_as
from training_admin.catalog.class_changes import change_class, end_class
from training_admin.catalog.class_store import ClassNotFound
from training_admin.catalog.closing import ClosingHindered, close_class
from training_admin.catalog.filing import FILING_KNOWN, save_class, submit_class
from training_admin.catalog.run_checks import SessionStage, slug_of
from training_admin.catalog.run_facts import ClosedClass, Mark, Outcome, Result, Way, key_of
from training_admin.catalog.run_screens import show_run
from training_admin.catalog.run_store import closing_of, load_closed
from training_admin.catalog.running import (
    NotRunning,
    RunRefused,
    SessionNotFound,
    confirm_session,
    mark_session,
    save_results,
    sessions_on,
    show_running,
)
from training_admin.catalog.states import IllegalMove
from training_admin.database import counted_queries, fetch_tuples, read_transaction
from training_admin.kit.actor import NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.kit.digest import canonical_json, sha256_hex

pytestmark = pytest.mark.usefixtures("database")
Marks = dict[str, tuple[Mark, int | None]]


async def mark(clock: FixedClock, number: str, marks: Marks, *, slug: str = FIRST, sheet: bool = False) -> int:
    return await mark_session(await registrar(clock), number, slug, marks, sheet=sheet, clock=clock)


async def confirm(clock: FixedClock, number: str, *, slug: str = FIRST, **changes: Any) -> None:
    whole: dict[str, Any] = {"held": True, "minutes": None, "note": ""} | changes
    await confirm_session(await registrar(clock), number, slug, **whole, clock=clock)


async def events(number: str) -> list[str]:
    async with read_transaction():
        found = await fetch_tuples("SELECT event FROM trail WHERE subject = $1 ORDER BY number", number)
    return [event.rpartition(":")[2] for (event,) in found]


async def test_a_session_is_marked_corrected_and_confirmed_and_all_of_it_stays(clock: FixedClock) -> None:
    number = await started(clock)
    people = [each.person for each in (await running_class(clock, number)).plan.trainees]
    move_to(clock, FIRST_DAY, "09:30")
    first: Marks = {
        people[0]: (Mark.PRESENT, None),
        people[1]: (Mark.LATE, 100),
        people[2]: (Mark.LEAVE, None),
        people[3]: (Mark.LATE, None),
    }
    assert await mark(clock, number, first) == 4
    assert await mark(clock, number, first) == 0
    assert await mark(clock, number, {people[2]: (Mark.ABSENT, 50)}, sheet=True) == 1
    await confirm(clock, number, minutes=90)
    run = (await running_class(clock, number)).run
    told = {person: run.attended[(FIRST_DAY, 540, person)] for person in people[:4]}
    assert [(told[each].mark, told[each].minutes) for each in people[:4]] == [
        (Mark.PRESENT, 135),
        (Mark.LATE, 100),
        (Mark.ABSENT, 0),
        (Mark.LATE, 135),
    ]
    assert told[people[2]].way is Way.SHEET
    assert run.held[(FIRST_DAY, 540)].minutes == 90
    async with read_transaction():
        assert (await fetch_tuples("SELECT count(*) FROM class_attendance"))[0][0] == 5
    assert (await events(number))[-3:] == ["attended", "attended", "session_confirmed"]
    await confirm(clock, number, held=False, note="停电")
    assert (await running_class(clock, number)).run.held[(FIRST_DAY, 540)].note == "停电"
    with pytest.raises(RunRefused, match="未开展"):
        await mark(clock, number, {people[0]: (Mark.ABSENT, None)})


async def test_the_rest_is_absent_but_for_who_was_told_meanwhile(clock: FixedClock) -> None:
    number = await started(clock)
    people = [each.person for each in (await running_class(clock, number)).plan.trainees]
    move_to(clock, FIRST_DAY, "09:30")
    await mark(clock, number, {people[1]: (Mark.PRESENT, None)})
    one: Marks = {people[0]: (Mark.PRESENT, None)}
    assert await mark_session(await registrar(clock), number, FIRST, one, sheet=False, rest_absent=True, clock=clock) == 5
    run = (await running_class(clock, number)).run
    assert [run.attended[(FIRST_DAY, 540, each)].mark for each in people] == [Mark.PRESENT] * 2 + [Mark.ABSENT] * 4


async def test_who_was_there_counts_with_what_was_taught_as_it_is_confirmed_at_last(clock: FixedClock) -> None:
    number = await started(clock)
    person = (await running_class(clock, number)).plan.trainees[0].person
    move_to(clock, FIRST_DAY, "12:00")
    await confirm(clock, number, minutes=90)
    assert await mark(clock, number, {person: (Mark.PRESENT, None)}) == 1
    await confirm(clock, number, minutes=135)
    assert await mark(clock, number, {person: (Mark.PRESENT, None)}) == 0
    shown = await show_run(await registrar(clock), number, clock=clock)
    assert (shown.people[0].tally.attended_minutes, shown.people[0].tally.rate_bp) == (135, 10_000)


async def test_what_does_not_fit_is_refused(clock: FixedClock) -> None:
    number = await started(clock)
    person = (await running_class(clock, number)).plan.trainees[0].person
    marks: Marks = {person: (Mark.PRESENT, None)}
    with pytest.raises(RunRefused, match="还没有到"):
        await mark(clock, number, marks)
    with pytest.raises(RunRefused, match="还没有到"):
        await confirm(clock, number, held=False, note="台风")
    move_to(clock, FIRST_DAY, "08:59")
    assert await mark(clock, number, {person: (Mark.LEAVE, None)}) == 1
    with pytest.raises(RunRefused, match="尚未开始"):
        await confirm(clock, number)
    move_to(clock, FIRST_DAY, "09:00")
    for minutes in (0, 136):
        with pytest.raises(RunRefused, match="1 至 135"):
            await mark(clock, number, {person: (Mark.LATE, minutes)})
        with pytest.raises(RunRefused, match="1 至 135"):
            await confirm(clock, number, minutes=minutes)
    for note in ("", "长" * 201, "a\0b"):
        with pytest.raises(RunRefused, match="写明原因"):
            await confirm(clock, number, held=False, note=note)
    with pytest.raises(RunRefused, match="花名册"):
        await mark(clock, number, {"00" * 32: (Mark.PRESENT, None)})
    for slug in ("2026-07-06-0901", "2026-07-05-0900", "x", "2026-07-06"):
        with pytest.raises(SessionNotFound):
            await mark(clock, number, marks, slug=slug)
        with pytest.raises(SessionNotFound):
            await confirm(clock, number, slug=slug)


async def test_only_approved_classes_of_ones_own_run(clock: FixedClock) -> None:
    number, _filed = await draft(clock)
    with pytest.raises(NotRunning, match="草稿"):
        await show_running(await registrar(clock), number)
    other = (await sign_in_as("jingban-a", clock)).actor
    with pytest.raises(ClassNotFound):
        await show_running(other, number)
    with pytest.raises(ClassNotFound):
        await confirm_session(other, number, FIRST, held=True, minutes=None, note="", clock=clock)
    with pytest.raises(NotAllowed):
        await sessions_on(await officer(clock), FIRST_DAY, clock=clock)
    with pytest.raises(NotAllowed):
        await mark_session(await officer(clock), number, FIRST, {}, sheet=False, clock=clock)
    with pytest.raises(NotAllowed):
        await close_class(await officer(clock), number, clock=clock)


async def test_a_change_that_waits_does_not_move_what_runs(clock: FixedClock) -> None:
    number = await started(clock)
    running = await running_class(clock, number)
    moved = (
        *running.plan.sessions[:-1],
        session(date(2026, 7, 24), teacher=running.plan.sessions[0].teacher, room=running.plan.sessions[0].room),
    )
    changed = content(running.plan.sessions[0].teacher or 0, running.plan.sessions[0].room or 0, sessions=moved)
    await change_class(await registrar(clock), number, changed, roster(), reason="教师出差", clock=clock)
    move_to(clock, date(2026, 7, 17))
    assert [each.session.day for each in await sessions_on(await registrar(clock), LAST_DAY, clock=clock)] == [LAST_DAY]
    await confirm(clock, number, slug="2026-07-17-0900")
    with pytest.raises(IllegalMove):
        await close_class(await registrar(clock), number, clock=clock)
    await decide(clock, number, version=2, approve=False, opinion="不同意")
    assert (await running_class(clock, number)).is_open


async def test_the_list_of_a_day_tells_where_each_session_stands(clock: FixedClock) -> None:
    number = await started(clock)
    person = (await running_class(clock, number)).plan.trainees[0].person
    actor = await registrar(clock)

    async def stages(day: date) -> list[tuple[str, SessionStage, int]]:
        return [(each.slug, each.stage, each.present) for each in await sessions_on(actor, day, clock=clock)]

    assert await stages(clock.today()) == []
    assert await stages(FIRST_DAY) == [(FIRST, SessionStage.AHEAD, 0)]
    move_to(clock, FIRST_DAY, "10:00")
    await mark(clock, number, {person: (Mark.LATE, 100)})
    assert await stages(FIRST_DAY) == [(FIRST, SessionStage.NOW, 1)]
    move_to(clock, FIRST_DAY, "11:30")
    assert await stages(FIRST_DAY) == [(FIRST, SessionStage.WAITING, 1)]
    await confirm(clock, number)
    assert await stages(FIRST_DAY) == [(FIRST, SessionStage.HELD, 1)]
    await confirm(clock, number, held=False, note="改期")
    assert await stages(FIRST_DAY) == [(FIRST, SessionStage.NOT_HELD, 1)]


async def test_results_are_told_from_the_last_day_on(clock: FixedClock) -> None:
    number = await started(clock)
    actor, people = await registrar(clock), (await running_class(clock, number)).plan.trainees
    failed = Result(people[0].person, Outcome.FAILED, Outcome.PASSED, Outcome.FAILED, "", None, "教师", clock.now())
    with pytest.raises(RunRefused, match="最后一次课"):
        await save_results(actor, number, [failed], clock=clock)
    move_to(clock, LAST_DAY)
    assert await save_results(actor, number, [failed], clock=clock) == 1
    assert await save_results(actor, number, [failed], clock=clock) == 0
    passed = msgspec.structs.replace(failed, theory=Outcome.PASSED, outcome=Outcome.PASSED)
    passed = msgspec.structs.replace(passed, certificate_no=certificate(1), certified_on=LAST_DAY)
    assert await save_results(actor, number, [passed], clock=clock) == 1
    same = msgspec.structs.replace(passed, person=people[1].person)
    with pytest.raises(RunRefused, match="证书编号相同"):
        await save_results(actor, number, [same], clock=clock)
    with pytest.raises(RunRefused, match="新的办理"):
        await save_results(actor, number, [passed], moved=99, clock=clock)
    assert (await running_class(clock, number)).run.results[people[0].person].certificate_no == certificate(1)


async def test_closing_freezes_the_facts_and_tells_the_register(clock: FixedClock) -> None:
    number = await started(clock)
    actor = await registrar(clock)
    move_to(clock, LAST_DAY, "12:00")
    with pytest.raises(ClosingHindered, match="最后一次课之后才能结班") as refused:
        await close_class(actor, number, clock=clock)
    assert len(refused.value.extra["findings"]) == 3
    await held_all(clock, number, absent=1)
    with pytest.raises(ClosingHindered, match="尚无考核结果"):
        await close_class(actor, number, clock=clock)
    await passed_all(clock, number, actor)
    before, instant = await known(number, clock), clock.now()
    assert before is not None
    assert before.delivered_centihours == 0
    clock.move(timedelta(seconds=1))
    digest = await close_class(actor, number, clock=clock)
    training_class = (await running_class(clock, number)).head.id
    after = await known(number, clock)
    assert after == msgspec.structs.replace(before, delivered_centihours=3000, online_centihours=0)
    async with read_transaction():
        assert await load_closed([number], instant) == {}
        closed = (await load_closed([number], clock.now()))[number]
        found = await closing_of(training_class)
        jobs = await fetch_tuples("SELECT count(*) FROM pgqueuer WHERE entrypoint = $1", FILING_KNOWN)
    assert jobs[0][0] == 2
    assert found is not None
    assert found[0] == digest == sha256_hex(canonical_json(closed))
    assert isinstance(closed, ClosedClass)
    assert [each.attended_centihours for each in closed.trainees] == [0] + [3000] * 5
    assert closed.trainees[1].certificate_no == certificate(2)
    assert (await events(number))[-1] == "closed"
    await _assert_nothing_more(clock, number)


async def _assert_nothing_more(clock: FixedClock, number: str) -> None:
    actor = await registrar(clock)
    running = await running_class(clock, number)
    assert not running.is_open
    with pytest.raises(IllegalMove):
        await close_class(actor, number, clock=clock)
    with pytest.raises(NotRunning, match="已结班"):
        await mark(clock, number, {})
    with pytest.raises(NotRunning):
        await confirm(clock, number)
    with pytest.raises(NotRunning):
        await save_results(actor, number, [], clock=clock)


async def test_a_class_that_was_ended_early_shows_what_was_told_and_takes_nothing_more(clock: FixedClock) -> None:
    number = await started(clock)
    move_to(clock, FIRST_DAY, "12:00")
    await confirm(clock, number)
    await end_class(await registrar(clock), number, reason="学员离职", clock=clock)
    with pytest.raises(NotRunning, match="提前终止"):
        await mark(clock, number, {})
    shown = await show_run(await registrar(clock), number, clock=clock)
    assert (shown.confirmed, shown.delivered, shown.missing) == (1, 135, [])
    assert await sessions_on(await registrar(clock), FIRST_DAY + timedelta(days=1), clock=clock) == []


async def test_a_large_class_is_loaded_and_told_in_as_many_queries_as_a_small_one(clock: FixedClock) -> None:
    small = await started(clock)
    one = (await running_class(clock, small)).plan.sessions[0]
    where: dict[str, Any] = {"teacher": one.teacher, "room": one.room}
    filed = content(one.teacher or 0, one.room or 0, sessions=sessions(date(2026, 8, 3), 40, **where))
    large = await save_class(await registrar(clock), filed, roster(40, first=100), clock=clock)
    await submit_class(await registrar(clock), large, clock=clock)
    await decide(clock, large, version=1)
    move_to(clock, date(2026, 9, 30), "12:00")
    counts = [await _queries(clock, number) for number in (small, large)]
    assert counts[0] == counts[1]


async def _queries(clock: FixedClock, number: str) -> tuple[int, int]:
    """How many statements it takes to tell everybody of a session, and to show the class."""
    actor, running = await registrar(clock), await running_class(clock, number)
    marks: Marks = {each.person: (Mark.PRESENT, None) for each in running.plan.trainees}
    with counted_queries() as told:
        await mark_session(actor, number, slug_of(key_of(running.plan.sessions[0])), marks, sheet=False, clock=clock)
    with counted_queries() as shown:
        await show_run(actor, number, clock=clock)
    return len(told), len(shown)
