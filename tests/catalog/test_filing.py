"""A class is filed, checked, decided, changed and suspended; claims see what was approved and nothing earlier or later."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from tests.catalog.classes import FIRST_DAY, content, furnished, roster, session, sessions
from tests.people import ENTERPRISE_A, ENTERPRISE_B, sign_in_as
from training_admin.catalog.class_changes import change_class, end_class, suspend_class
from training_admin.catalog.class_store import ClassContent, ClassNotFound, occupied
from training_admin.catalog.facts import Filing
from training_admin.catalog.filing import (
    FILING_KNOWN,
    ClassMoved,
    ClassShown,
    FilingHindered,
    FilingRefused,
    decide_class,
    list_classes,
    save_class,
    show_class,
    submit_class,
    withdraw_class,
)
from training_admin.catalog.filing_checks import FindingKind
from training_admin.catalog.states import IllegalMove
from training_admin.catalog.store import load_filings
from training_admin.database import fetch_tuples, read_transaction
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.actor import Actor, NotAllowed, SamePersonTwice
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun
from training_admin.subsidy.claims import person_of
from training_admin.subsidy.deliveries import assess_after_filing

pytestmark = pytest.mark.usefixtures("database")


async def registrar(clock: FixedClock) -> Actor:
    return (await sign_in_as("jiaowu", clock)).actor


async def officer(clock: FixedClock) -> Actor:
    return (await sign_in_as("chushen", clock)).actor


async def draft(clock: FixedClock, **changes: Any) -> tuple[str, ClassContent]:
    filed = content(*await furnished(clock), **changes)
    return await save_class(await registrar(clock), filed, roster(), clock=clock), filed


async def approved(clock: FixedClock) -> tuple[str, ClassContent]:
    number, filed = await draft(clock)
    await submit_class(await registrar(clock), number, clock=clock)
    await decide(clock, number, version=1)
    return number, filed


async def decide(clock: FixedClock, number: str, *, version: int, approve: bool = True, opinion: str = "") -> None:
    await decide_class(await officer(clock), number, version=version, approve=approve, opinion=opinion, clock=clock)


async def shown(clock: FixedClock, number: str) -> ClassShown:
    return await show_class(await registrar(clock), number, clock=clock)


async def known(number: str, clock: FixedClock) -> Filing | None:
    async with read_transaction():
        return (await load_filings([number], clock.now() + timedelta(seconds=1))).get(number)


async def taken_days(clock: FixedClock, number: str) -> set[date]:
    plan = (await shown(clock, number)).plan
    async with read_transaction():
        found = await occupied([plan.trainees[0].person], first=date(2026, 1, 1), last=date(2026, 12, 31))
    return {each.day for each in found}


async def test_a_class_goes_from_draft_to_a_fact_that_claims_read(clock: FixedClock) -> None:
    number, filed = await draft(clock)
    assert number == "BJ202600001"
    assert (await shown(clock, number)).findings == ()
    assert await taken_days(clock, number) == set()
    await submit_class(await registrar(clock), number, clock=clock)
    waiting = (await shown(clock, number)).head
    assert (waiting.state, waiting.filed_on, waiting.decide_by) == ("submitted", date(2026, 6, 1), date(2026, 6, 8))
    assert await taken_days(clock, number) == {each.day for each in filed.sessions}
    assert await known(number, clock) is None

    before = clock.now()
    clock.move(timedelta(days=1))
    await decide(clock, number, version=1)
    fact = await known(number, clock)
    assert fact is not None
    assert (fact.enterprise, fact.institution, fact.enrolled, fact.mode) == (ENTERPRISE_A, INSTITUTION, 6, "MIXED")
    assert (fact.planned_centihours, fact.online_centihours, fact.delivered_centihours) == (3000, 0, 0)
    assert (fact.filed_at, fact.approved_at) == (date(2026, 6, 1), date(2026, 6, 2))
    assert (fact.start, fact.end) == (filed.sessions[0].day, filed.sessions[-1].day)
    async with read_transaction():
        assert await load_filings([number], before) == {}
        jobs = await fetch_tuples("SELECT count(*) FROM pgqueuer WHERE entrypoint = $1", FILING_KNOWN)
        delivery = await fetch_tuples("SELECT id FROM delivery WHERE source = '开班备案'")
    assert jobs[0][0] == 1
    run = JobRun(FILING_KNOWN, str(delivery[0][0]), clock)
    await assess_after_filing(run)
    await assess_after_filing(run)


async def test_numbers_are_sealed_and_hashed_as_claims_do(clock: FixedClock) -> None:
    number, _filed = await draft(clock)
    page = await shown(clock, number)
    identity = roster()[0].identity
    assert page.plan.trainees[0].person == person_of(identity)
    assert page.masked[0] == identity[:4] + "*" * 12 + identity[-2:]
    async with read_transaction():
        kept = await fetch_tuples("SELECT sealed::text || name || note FROM class_trainee")
        told = await fetch_tuples("SELECT detail::text FROM trail")
    assert identity not in str(kept) + str(told)


async def test_what_hinders_is_told_all_at_once_and_nothing_is_filed(clock: FixedClock) -> None:
    number, filed = await draft(clock, level="3")
    late = msgspec.structs.replace(filed, level="3", sessions=sessions(date(2026, 6, 4), 8, teacher=None, room=filed.sessions[0].room))
    await save_class(await registrar(clock), late, roster(), class_no=number, clock=clock)
    kinds = {each.kind for each in (await shown(clock, number)).findings}
    assert kinds == {FindingKind.LATE, FindingKind.SCOPE, FindingKind.TEACHER}
    with pytest.raises(FilingHindered, match="3 处问题") as refused:
        await submit_class(await registrar(clock), number, clock=clock)
    assert len(refused.value.extra["findings"]) == 3
    assert (await shown(clock, number)).head.state == "draft"
    assert [each.version for each in (await shown(clock, number)).versions] == [2, 1]


async def test_a_second_class_with_the_same_people_room_and_teacher_names_both_sides(clock: FixedClock) -> None:
    number, filed = await draft(clock)
    await submit_class(await registrar(clock), number, clock=clock)
    second = await save_class(await registrar(clock), filed, roster(), clock=clock)
    with pytest.raises(FilingHindered) as refused:
        await submit_class(await registrar(clock), second, clock=clock)
    sentences = refused.value.extra["findings"]
    assert len(sentences) == 6 + 2
    assert all(number in each and second in each and "2026年7月6日 09:00" in each for each in sentences)
    await withdraw_class(await registrar(clock), number, clock=clock)
    await submit_class(await registrar(clock), second, clock=clock)


async def test_a_returned_class_is_mended_and_submitted_again(clock: FixedClock) -> None:
    number, filed = await draft(clock)
    await submit_class(await registrar(clock), number, clock=clock)
    with pytest.raises(FilingRefused):
        await decide(clock, number, version=1, approve=False)
    await decide(clock, number, version=1, approve=False, opinion="教材未列明")
    assert await taken_days(clock, number) == set()
    assert (await shown(clock, number)).versions[0].opinion == "教材未列明"
    await save_class(await registrar(clock), filed, roster(7), class_no=number, clock=clock)
    clock.move(timedelta(days=1))
    await submit_class(await registrar(clock), number, clock=clock)
    with pytest.raises(ClassMoved):
        await decide(clock, number, version=1)
    await decide(clock, number, version=2)
    fact = await known(number, clock)
    assert fact is not None
    assert (fact.enrolled, fact.filed_at) == (7, date(2026, 6, 2))
    with pytest.raises(IllegalMove):
        await decide(clock, number, version=2)


async def test_a_change_counts_only_when_it_is_approved_and_both_versions_stay(clock: FixedClock) -> None:
    number, filed = await approved(clock)
    later = msgspec.structs.replace(
        filed, sessions=(*filed.sessions[:-1], msgspec.structs.replace(filed.sessions[-1], day=date(2026, 7, 24)))
    )
    await change_class(await registrar(clock), number, later, roster(), reason="教师出差", clock=clock)
    head = (await shown(clock, number)).head
    assert (head.state, head.decide_by) == ("changing", date(2026, 6, 8))
    assert {date(2026, 7, 17), date(2026, 7, 24)} <= await taken_days(clock, number)
    await decide(clock, number, version=2, approve=False, opinion="不同意")
    assert date(2026, 7, 24) not in await taken_days(clock, number)
    await change_class(await registrar(clock), number, later, roster(), reason="教师出差", urgent=True, clock=clock)
    assert (await shown(clock, number)).head.decide_by == date(2026, 6, 2)
    before, instant = await known(number, clock), clock.now() + timedelta(seconds=1)
    clock.move(timedelta(minutes=5))
    await decide(clock, number, version=3)
    after = await known(number, clock)
    assert before is not None
    assert after == msgspec.structs.replace(before, end=date(2026, 7, 24))
    async with read_transaction():
        assert (await load_filings([number], instant))[number] == before
    history = (await shown(clock, number)).versions
    assert [(each.version, each.cause, each.decision, each.urgent) for each in history] == [
        (3, "changed", "approved", True),
        (2, "changed", "returned", False),
        (1, "filed", "approved", False),
    ]
    assert date(2026, 7, 17) not in await taken_days(clock, number)


async def test_what_was_held_cannot_be_changed(clock: FixedClock) -> None:
    number, filed = await approved(clock)
    clock.move(timedelta(days=37))  # 8 July, the third day of the class
    moved = msgspec.structs.replace(filed, sessions=(*filed.sessions[1:], session(date(2026, 7, 24), teacher=filed.sessions[0].teacher)))
    with pytest.raises(FilingRefused, match="2026年7月6日"):
        await change_class(await registrar(clock), number, moved, roster(), reason="改期", urgent=True, clock=clock)
    today = tuple(
        msgspec.structs.replace(each, starts=each.starts + 300, ends=each.ends + 300) if each.day == date(2026, 7, 8) else each
        for each in filed.sessions
    )
    changed = msgspec.structs.replace(filed, sessions=today)
    with pytest.raises(FilingRefused, match="紧急变更"):
        await change_class(await registrar(clock), number, changed, roster(), reason="停电", clock=clock)
    await change_class(await registrar(clock), number, changed, roster(), reason="停电", urgent=True, clock=clock)
    other = msgspec.structs.replace(filed, institution=None)
    with pytest.raises(FilingRefused, match="办班单位"):
        await change_class(await registrar(clock), number, other, roster(), reason="改", clock=clock)


async def test_a_typhoon_moves_all_remaining_sessions_at_once(clock: FixedClock) -> None:
    number, filed = await approved(clock)
    clock.move(timedelta(days=37))
    act: dict[str, Any] = {"reason": "台风停课", "clock": clock}
    for first, resume in (
        (date(2026, 7, 7), date(2026, 7, 10)),
        (date(2026, 7, 9), date(2026, 7, 9)),
        (date(2026, 8, 1), date(2026, 8, 3)),
    ):
        with pytest.raises(FilingRefused):
            await suspend_class(await registrar(clock), number, first=first, resume=resume, **act)
    with pytest.raises(FilingRefused, match="2027"):
        await suspend_class(await registrar(clock), number, first=date(2026, 7, 9), resume=date(2027, 1, 4), **act)
    await suspend_class(await registrar(clock), number, first=date(2026, 7, 9), resume=date(2026, 7, 13), **act)
    page = await shown(clock, number)
    assert (page.head.state, page.head.decide_by) == ("suspended", date(2026, 7, 9))
    days = [each.day for each in page.plan.sessions]
    assert days[:3] == [each.day for each in filed.sessions[:3]]
    assert days[3] == date(2026, 7, 13)
    assert len(days) == len(filed.sessions)
    await decide(clock, number, version=2)
    fact = await known(number, clock)
    assert fact is not None
    assert (fact.end, fact.filed_at, fact.approved_at) == (days[-1], date(2026, 6, 1), date(2026, 6, 1))


async def test_an_approved_class_can_be_ended_early(clock: FixedClock) -> None:
    number, _filed = await approved(clock)
    await end_class(await registrar(clock), number, reason="学员离职", clock=clock)
    assert (await shown(clock, number)).head.state == "ended"
    assert await taken_days(clock, number) == set()
    with pytest.raises(IllegalMove):
        await withdraw_class(await registrar(clock), number, clock=clock)


async def test_everybody_sees_and_does_only_what_is_his(clock: FixedClock) -> None:
    number, filed = await draft(clock)
    stranger = (await sign_in_as("jingban-a", clock)).actor
    with pytest.raises(ClassNotFound):
        await show_class(stranger, number, clock=clock)
    with pytest.raises(ClassNotFound):
        await submit_class(stranger, number, clock=clock)
    assert await list_classes(stranger) == []
    with pytest.raises(FilingRefused, match="办班单位"):
        await save_class(stranger, filed, roster(), clock=clock)
    assert [each.class_no for each in await list_classes(await officer(clock), wanted="松江")] == [number]
    (listed,) = await list_classes(await officer(clock), wanted="样例学校焊工")
    assert (listed.title, listed.starts, listed.ends) == ("2026样例学校焊工五级01", date(2026, 7, 6), date(2026, 7, 17))
    assert await list_classes(await officer(clock), state="submitted") == []
    with pytest.raises(NotAllowed):
        await submit_class(await officer(clock), number, clock=clock)
    await submit_class(await registrar(clock), number, clock=clock)
    with pytest.raises(NotAllowed):
        await decide_class(await registrar(clock), number, version=1, approve=True, opinion="", clock=clock)
    both = msgspec.structs.replace(await officer(clock), acts_for=(await registrar(clock)).key)
    with pytest.raises(SamePersonTwice):
        await decide_class(both, number, version=1, approve=True, opinion="", clock=clock)


async def test_an_enterprise_files_its_own_class_without_licence(clock: FixedClock) -> None:
    actor = (await sign_in_as("jingban-a", clock)).actor
    own = content(1, 1, institution=None)
    number = await save_class(actor, own, roster(), clock=clock)
    kinds = {each.kind for each in (await show_class(actor, number, clock=clock)).findings}
    assert kinds == {FindingKind.ROOM, FindingKind.TEACHER}
    with pytest.raises(FilingRefused):
        await save_class(actor, msgspec.structs.replace(own, enterprise=ENTERPRISE_B), roster(), clock=clock)


async def test_no_deadline_is_guessed_for_a_year_without_calendar(clock: FixedClock) -> None:
    clock.move(timedelta(days=211))  # 29 December 2026
    number, _filed = await draft(clock, sessions=(session(FIRST_DAY),))
    with pytest.raises((FilingHindered, FilingRefused)):
        await submit_class(await registrar(clock), number, clock=clock)
