"""Signing in by the rotating code: on one's own device, with name and end of the number, counted when wrong, seen when shared."""

import asyncio
from datetime import timedelta

import pytest

from tests.catalog.classes import FIRST_DAY, roster
from tests.catalog.running import FIRST, move_to, running_class, started
from tests.catalog.test_filing import draft, registrar
from training_admin.accounts.rates import TooOften
from training_admin.catalog.class_store import ClassNotFound
from training_admin.catalog.code_sign_in import (
    MOST_OF_DEVICE,
    CodeRefused,
    Invited,
    NotOnRoster,
    SignedIn,
    device_hash,
    open_by_code,
    open_by_scan,
    show_code,
    sign_in,
)
from training_admin.catalog.run_checks import shared_devices
from training_admin.catalog.run_facts import Mark, Way
from training_admin.catalog.running import SessionNotFound, confirm_session, mark_session
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.clock import FixedClock

pytestmark = pytest.mark.usefixtures("database")
ADDRESS = "10.0.0.1"
PEOPLE = roster()


async def code(clock: FixedClock, number: str) -> str:
    return (await show_code(await registrar(clock), number, FIRST, clock=clock)).code


async def opened(clock: FixedClock, number: str, *, device: str = "one") -> Invited:
    return await open_by_scan(number, FIRST, await code(clock, number), device=device_hash(device), address=ADDRESS, clock=clock)


async def told(  # what the page sends
    clock: FixedClock, number: str, ticket: str, person: int = 0, *, device: str = "one", name: str | None = None, tail: str | None = None
) -> SignedIn:
    who = PEOPLE[person]
    return await sign_in(
        *(number, FIRST),
        held_ticket=ticket,
        name=who.name if name is None else name,
        tail=who.identity[-6:].lower() if tail is None else tail,
        device=device_hash(device),
        address=ADDRESS,
        clock=clock,
    )


async def test_a_trainee_signs_in_once_in_time_and_another_late(clock: FixedClock) -> None:
    number = await started(clock)
    move_to(clock, FIRST_DAY, "08:45")
    done = await told(clock, number, (await opened(clock, number)).ticket)
    assert (done.mark, done.again) == (Mark.PRESENT, False)
    again = await told(clock, number, (await opened(clock, number)).ticket)
    assert (again.mark, again.again) == (Mark.PRESENT, True)
    move_to(clock, FIRST_DAY, "09:20")
    typed = await open_by_code(f" {number.lower()} ", await code(clock, number), device=device_hash("two"), address=ADDRESS, clock=clock)
    late = await told(clock, number, typed.ticket, 1, device="two")
    assert (late.mark, late.again) == (Mark.LATE, False)
    run = (await running_class(clock, number)).run
    first, second = (run.attended[(FIRST_DAY, 540, each.person)] for each in (await running_class(clock, number)).plan.trainees[:2])
    assert (first.way, first.minutes, first.device, first.told_by) == (Way.CODE, 135, device_hash("one"), "学员本人")
    assert (second.mark, second.minutes) == (Mark.LATE, 115)
    shown = await show_code(await registrar(clock), number, FIRST, clock=clock)
    assert (shown.signed, shown.people, shown.is_open) == (2, 6, True)
    async with read_transaction():
        rows = await fetch_tuples("SELECT event, actor, detail::text FROM trail WHERE event = 'catalog:class:signed_in'")
    assert len(rows) == 2
    assert all(actor == "visitor:visitor" or "visitor" in actor for _event, actor, _detail in rows)
    assert not any(each.name in str(rows) or each.identity[-6:] in str(rows) for each in PEOPLE)


async def test_a_whole_class_signs_in_at_the_same_moment(clock: FixedClock) -> None:
    number = await started(clock, people=40)
    move_to(clock, FIRST_DAY, "08:50")
    people = roster(40)
    pages = [await opened(clock, number, device=str(place)) for place in range(40)]

    async def one(place: int) -> SignedIn:
        return await sign_in(
            *(number, FIRST),
            held_ticket=pages[place].ticket,
            name=people[place].name,
            tail=people[place].identity[-6:],
            device=device_hash(str(place)),
            address=ADDRESS,
            clock=clock,
        )

    done = await asyncio.gather(*(one(place) for place in range(40)))
    assert {each.mark for each in done} == {Mark.PRESENT}
    assert len((await running_class(clock, number)).run.attended) == 40


async def test_one_device_for_several_people_stays_visible(clock: FixedClock) -> None:
    number = await started(clock)
    move_to(clock, FIRST_DAY, "08:50")
    for person in range(3):
        await told(clock, number, (await opened(clock, number)).ticket, person)
    run = (await running_class(clock, number)).run
    assert shared_devices(run.attended.values()) == {device_hash("one"): 3}


async def test_codes_and_tickets_run_out_and_belong_to_one_device(clock: FixedClock) -> None:
    number = await started(clock)
    move_to(clock, FIRST_DAY, "08:50")
    old = await code(clock, number)
    clock.move(timedelta(seconds=59))
    await open_by_scan(number, FIRST, old, device="d", address=ADDRESS, clock=clock)
    clock.move(timedelta(seconds=1))
    with pytest.raises(CodeRefused, match="已更换"):
        await open_by_scan(number, FIRST, old, device="d", address=ADDRESS, clock=clock)
    one = await opened(clock, number)
    with pytest.raises(CodeRefused, match="不是在本设备上"):
        await told(clock, number, one.ticket, device="two")
    with pytest.raises(CodeRefused):
        await told(clock, number, "")
    clock.move(timedelta(minutes=5))
    with pytest.raises(CodeRefused, match="超过 5 分钟"):
        await told(clock, number, one.ticket)
    assert (await running_class(clock, number)).run.attended == {}


@pytest.mark.parametrize(
    ("name", "tail"), [("学员2", None), (None, "000000"), (None, "12345"), ("", ""), (None, "1" * 18), ("学员1", "é" * 6)]
)
async def test_nobody_signs_in_who_is_not_on_the_roster(clock: FixedClock, name: str | None, tail: str | None) -> None:
    number = await started(clock)
    move_to(clock, FIRST_DAY, "08:50")
    one = await opened(clock, number)
    with pytest.raises(NotOnRoster) as refused:
        await told(clock, number, one.ticket, name=name, tail=tail)
    assert not tail or tail not in refused.value.sentence
    done = await told(clock, number, one.ticket)
    assert done.mark is Mark.PRESENT


async def test_wrong_tries_are_counted_and_then_even_the_right_one_waits(clock: FixedClock) -> None:
    number = await started(clock)
    move_to(clock, FIRST_DAY, "08:50")
    one = await opened(clock, number)
    for _ in range(MOST_OF_DEVICE):
        with pytest.raises(NotOnRoster):
            await told(clock, number, one.ticket, tail="000000")
    with pytest.raises(TooOften):
        await told(clock, number, one.ticket)
    other = await opened(clock, number, device="two")
    assert (await told(clock, number, other.ticket, device="two")).mark is Mark.PRESENT


async def test_outside_of_the_time_and_after_the_confirmation_nobody_signs_in(clock: FixedClock) -> None:
    number = await started(clock)
    actor = await registrar(clock)
    move_to(clock, FIRST_DAY, "08:29")
    with pytest.raises(CodeRefused, match="现在不能签到"):
        await opened(clock, number)
    with pytest.raises(CodeRefused, match="没有可以签到的课次"):
        await open_by_code(number, await code(clock, number), device="d", address=ADDRESS, clock=clock)
    move_to(clock, FIRST_DAY, "08:30")
    one, two = await opened(clock, number), await opened(clock, number, device="two")
    person = (await running_class(clock, number)).plan.trainees[0].person
    await mark_session(actor, number, FIRST, {person: (Mark.LEAVE, None)}, sheet=False, clock=clock)
    with pytest.raises(CodeRefused, match="教师已登记您本次课为“请假”"):
        await told(clock, number, one.ticket)
    await confirm_session(actor, number, FIRST, held=False, minutes=None, note="停电", clock=clock)
    with pytest.raises(CodeRefused, match="停止签到"):
        await told(clock, number, two.ticket, 1, device="two")
    with pytest.raises(CodeRefused, match="现在不能签到"):
        await opened(clock, number)


async def test_what_is_not_there_tells_nothing(clock: FixedClock) -> None:
    number, _filed = await draft(clock)
    for class_no in (number, "BJ202699999"):
        with pytest.raises(ClassNotFound):
            await open_by_scan(class_no, FIRST, "123456", device="d", address=ADDRESS, clock=clock)
        with pytest.raises(CodeRefused):
            await open_by_code(class_no, "123456", device="d", address=ADDRESS, clock=clock)
    approved = await started(clock)
    with pytest.raises(SessionNotFound):
        await open_by_scan(approved, "2026-07-06-0901", "123456", device="d", address=ADDRESS, clock=clock)
    with pytest.raises(SessionNotFound):
        await show_code(await registrar(clock), approved, "x", clock=clock)
