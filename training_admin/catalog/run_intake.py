"""Uploaded workbooks of a running class: read in a child process against the roster and the plan, refused whole when a cell is wrong."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time, timedelta

import msgspec

from training_admin.catalog import run_store
from training_admin.catalog.attendance_reading import AttendanceAsked, AttendanceRead, SessionAsked, session_header
from training_admin.catalog.class_facts import PlannedSession, clock_text
from training_admin.catalog.online_reading import (
    KNOWN_SENTENCE,
    RECORD,
    SHEET_ONLINE,
    OnlineAsked,
    OnlineRead,
    OnlineSession,
    PlatformAsked,
)
from training_admin.catalog.result_reading import ResultRule, ResultsAsked, ResultsRead
from training_admin.catalog.roster_reading import PersonAsked, RunRead
from training_admin.catalog.run_checks import SessionStage, stage_of
from training_admin.catalog.run_facts import Attended, Held, Mark, Result, Way, key_of
from training_admin.catalog.run_store import OnlineRecord
from training_admin.catalog.running import (
    Running,
    assert_open,
    assert_unmoved,
    changed,
    load_running,
    save_results,
    show_running,
)
from training_admin.catalog.sealing import ROSTER_PLACE
from training_admin.catalog.sign_codes import minute_of_day
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, scope_of, shown_name
from training_admin.kit.child import ChildLimits, run_in_child
from training_admin.kit.clock import SHANGHAI, Clock
from training_admin.kit.identifiers import mask_identity
from training_admin.kit.refusals import Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.kit.workbook.problems import CellProblem
from training_admin.office import trail
from training_admin.parties.institution_store import load_institution_facts

ATTENDANCE_TASK = "training_admin.catalog.attendance_reading:read_task"
ONLINE_TASK = "training_admin.catalog.online_reading:read_task"
RESULTS_TASK = "training_admin.catalog.result_reading:read_task"
LIMITS = ChildLimits()
MOST_TOLD = 1000


class WorkbookWrong(Unreadable):
    """The workbook can be opened, but cells of it are wrong: nothing is kept. `cells` lists them."""

    code = "run-workbook-wrong"
    title = "工作簿有误"


def masked_numbers(running: Running) -> tuple[str, ...]:
    """The masked identity numbers of a roster in its order."""
    keys = vault()
    return tuple(mask_identity(keys.decrypt_text(each.sealed, place=ROSTER_PLACE)) for each in running.roster)


def _people(running: Running) -> tuple[PersonAsked, ...]:
    masked = masked_numbers(running)
    return tuple(PersonAsked(each.name, number) for each, number in zip(running.plan.trainees, masked, strict=True))


def assert_right(read: RunRead) -> None:
    """Raises WorkbookWrong listing every wrong cell."""
    if read.problem_count:
        raise WorkbookWrong(
            f"工作簿中有 {read.problem_count} 处有误，没有保存任何内容。请按列出的问题更正后重新上传，或下载标注后的工作簿。",
            count=read.problem_count,
            cells=[msgspec.to_builtins(problem) for problem in read.problems[:MOST_TOLD]],
        )


async def read_attendance(actor: Actor, class_no: str, content: bytes, *, clock: Clock) -> tuple[Running, AttendanceRead]:
    """Attendance from a workbook with the class it was checked against; nothing is kept.

    Raises NotAllowed, ClassNotFound, NotRunning, the refusals of kit.workbook, ChildFailed.
    """
    running = await show_running(actor, class_no)
    assert_open(running)
    people, today = await asyncio.to_thread(_people, running), clock.today()
    sessions = tuple(_asked(each, running.run.held.get(key_of(each)), ahead=each.day > today) for each in running.plan.sessions)
    payload = msgspec.msgpack.encode(AttendanceAsked(content, people, sessions))
    answer = await run_in_child(ATTENDANCE_TASK, payload, limits=LIMITS)
    return running, msgspec.msgpack.decode(answer, type=AttendanceRead)


def _asked(session: PlannedSession, held: Held | None, *, ahead: bool) -> SessionAsked:
    header = session_header(session.day, clock_text(session.starts))
    return SessionAsked(header, session.minutes if not held else held.minutes, ahead, held is not None and held.minutes == 0)


async def import_attendance(actor: Actor, class_no: str, content: bytes, *, confirm: bool, clock: Clock) -> tuple[int, int]:
    """Keep the attendance of a workbook; with `confirm` the sessions in it that are over are confirmed as planned.

    Returns how many marks are new and how many sessions were confirmed. Raises WorkbookWrong and what `read_attendance` raises.
    """
    assert_may(actor, Right.CLASS_RUN)
    checked, read = await read_attendance(actor, class_no, content, clock=clock)
    assert_right(read)
    return await _keep_attendance(actor, checked, read, confirm=confirm, clock=clock)


@retried
async def _keep_attendance(actor: Actor, checked: Running, read: AttendanceRead, *, confirm: bool, clock: Clock) -> tuple[int, int]:
    now, class_no = clock.now(), checked.head.class_no
    async with write_transaction():
        running = await load_running(class_no, scope_of(actor, Right.CLASS_RUN).codes)
        assert_open(running)
        assert_unmoved(running, checked.head.moved)
        rows = []
        for each in read.marks:
            session = running.plan.sessions[each.session]
            held = running.run.held.get(key_of(session))
            minutes = session.minutes if held is None else held.minutes
            attended = 0 if each.mark in {Mark.LEAVE, Mark.ABSENT} else min(minutes, minutes if each.minutes is None else each.minutes)
            person = running.plan.trainees[each.person].person
            rows.append(Attended(*key_of(session), person, each.mark, attended, Way.WORKBOOK, "", shown_name(actor), now))
        new = changed(running.run, rows)
        await run_store.add_attended(running.head.id, new)
        confirmed = _confirmed(actor, running, {each.session for each in read.marks}, clock) if confirm else []
        await run_store.add_held(running.head.id, confirmed, by=actor.trail_key)
        detail = {"marks": len(new), "confirmed": len(confirmed)}
        await trail.record(actor, "catalog:class:attendance_imported", class_no, detail, at=now)
    return len(new), len(confirmed)


def _confirmed(actor: Actor, running: Running, places: set[int], clock: Clock) -> list[Held]:
    today, minute = clock.today(), minute_of_day(clock.now())
    return [
        Held(*key_of(each), each.minutes, Way.WORKBOOK, "", shown_name(actor), clock.now())
        for place, each in enumerate(running.plan.sessions)
        if place in places and stage_of(each, running.run.held.get(key_of(each)), today=today, minute=minute) is SessionStage.WAITING
    ]


async def read_online(actor: Actor, class_no: str, content: bytes, *, clock: Clock) -> tuple[Running, OnlineRead]:
    """Learning records from a workbook; numbers that are registered already are told as wrong cells. Raises as `read_attendance`."""
    running = await show_running(actor, class_no)
    assert_open(running)
    async with read_transaction():
        facts = await load_institution_facts(running.head.organisation, clock.today(), known_at=clock.now())
    asked = OnlineAsked(
        content=content,
        people=await asyncio.to_thread(_people, running),
        sessions=tuple(
            OnlineSession(each.day, each.starts, each.ends, (held := running.run.held.get(key_of(each))) is not None and not held.minutes)
            for each in online_sessions(running)
        ),
        platforms=tuple(PlatformAsked(each.id, each.name, each.tested_on, each.valid_to) for each in facts.platforms),
        today=clock.today(),
    )
    answer = await run_in_child(ONLINE_TASK, msgspec.msgpack.encode(asked), limits=LIMITS)
    read = msgspec.msgpack.decode(answer, type=OnlineRead)
    async with read_transaction():
        known = await run_store.known_records((each.platform, each.record_no) for each in read.records)
    again = [each for each in read.records if (each.platform, each.record_no) in known]
    problems = [CellProblem(SHEET_ONLINE, each.cell, "KNOWN_RECORD", f"“{RECORD}”{KNOWN_SENTENCE}") for each in again]
    return running, msgspec.structs.replace(read, problems=(*read.problems, *problems), problem_count=read.problem_count + len(problems))


def online_sessions(running: Running) -> list[PlannedSession]:
    """The online sessions of a plan in their order."""
    return [each for each in running.plan.sessions if each.online]


async def import_online(actor: Actor, class_no: str, content: bytes, *, clock: Clock) -> int:
    """Keep the learning records of a workbook and the attendance that follows from them; returns how many records.

    Who learned as long as the session lasts was there, who learned less counts with the minutes he learned.
    """
    assert_may(actor, Right.CLASS_RUN)
    checked, read = await read_online(actor, class_no, content, clock=clock)
    assert_right(read)
    return await _keep_online(actor, checked, read, clock=clock)


@retried
async def _keep_online(actor: Actor, checked: Running, read: OnlineRead, *, clock: Clock) -> int:
    now, class_no = clock.now(), checked.head.class_no
    async with write_transaction():
        running = await load_running(class_no, scope_of(actor, Right.CLASS_RUN).codes)
        assert_open(running)
        assert_unmoved(running, checked.head.moved)
        known = await run_store.known_records((each.platform, each.record_no) for each in read.records)
        if known:
            raise WorkbookWrong("部分记录编号刚刚由他人登记，没有保存任何内容。请重新上传查看。", count=len(known), cells=[])
        sessions = online_sessions(running)
        records = [
            OnlineRecord(
                *(each.platform, each.record_no, running.plan.trainees[each.person].person, *key_of(sessions[each.session])),
                *(_instant(sessions[each.session], each.began), each.minutes, each.tutored, each.tested),
            )
            for each in read.records
        ]
        before = await run_store.load_online(running.head.id)
        await run_store.add_online(running.head.id, records, told_by=shown_name(actor), at=now)
        rows = _attended_online(actor, running, before, records, now)
        await run_store.add_attended(running.head.id, changed(running.run, rows))
        await trail.record(actor, "catalog:class:online_imported", class_no, {"records": len(records)}, at=now)
    return len(records)


def _instant(session: PlannedSession, minute: int) -> datetime:
    return datetime.combine(session.day, time(), tzinfo=SHANGHAI) + timedelta(minutes=minute)


def _attended_online(
    actor: Actor, running: Running, before: Sequence[OnlineRecord], records: Sequence[OnlineRecord], now: datetime
) -> list[Attended]:
    """The attendance that follows from all records of whoever has a new one."""
    learned: dict[tuple[str, object, int], int] = defaultdict(int)
    for each in (*before, *records):
        learned[(each.person, each.day, each.starts)] += each.minutes
    planned = {key_of(each): each for each in running.plan.sessions}
    rows = []
    for person, day, starts in dict.fromkeys((each.person, each.day, each.starts) for each in records):
        session = planned[(day, starts)]
        held = running.run.held.get((day, starts))
        taught = session.minutes if held is None else held.minutes
        minutes = learned[(person, day, starts)]
        mark = Mark.PRESENT if minutes >= taught else Mark.LATE
        rows.append(Attended(day, starts, person, mark, min(minutes, taught), Way.ONLINE, "", shown_name(actor), now))
    return rows


def result_rule(running: Running, clock: Clock) -> ResultRule:
    """What a result of a class may say today."""
    assert running.plan.start is not None, "an approved class has sessions"
    plan = running.plan
    return ResultRule(plan.theory_test, plan.practical_test, plan.level, running.plan.start, clock.today())


async def read_results(actor: Actor, class_no: str, content: bytes, *, clock: Clock) -> tuple[Running, ResultsRead]:
    """Results from a workbook; nothing is kept. Raises as `read_attendance`."""
    running = await show_running(actor, class_no)
    assert_open(running)
    people = await asyncio.to_thread(_people, running)
    asked = ResultsAsked(content, people, result_rule(running, clock))
    answer = await run_in_child(RESULTS_TASK, msgspec.msgpack.encode(asked), limits=LIMITS)
    return running, msgspec.msgpack.decode(answer, type=ResultsRead)


async def import_results(actor: Actor, class_no: str, content: bytes, *, clock: Clock) -> int:
    """Keep the results of a workbook; returns how many are new. Raises WorkbookWrong, RunRefused and as `read_attendance`."""
    running, read = await read_results(actor, class_no, content, clock=clock)
    assert_right(read)
    results = [
        Result(
            *(running.plan.trainees[each.person].person, each.theory, each.practice, each.outcome),
            *(each.certificate_no, each.certified_on, shown_name(actor), clock.now()),
        )
        for each in read.results
    ]
    return await save_results(actor, class_no, results, moved=running.head.moved, clock=clock)
