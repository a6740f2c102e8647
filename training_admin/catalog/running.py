"""Running an approved class: who attended which session, sessions confirmed as held or not held, results of the assessment.

What is told is only ever added; what was told before stays. A class that is closed or was ended takes nothing more.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from training_admin.catalog import class_store, run_store
from training_admin.catalog.class_facts import ClassPlan, PlannedSession
from training_admin.catalog.class_store import ClassHead, SealedTrainee
from training_admin.catalog.filing import version_plan
from training_admin.catalog.run_checks import SessionStage, key_of_slug, session_words, slug_of, stage_of
from training_admin.catalog.run_facts import Attended, ClassRun, Held, Mark, Result, Way, key_of
from training_admin.catalog.sign_codes import minute_of_day
from training_admin.catalog.states import STATE_WORDS, ClassState
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import NotFound, Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail

RUNNING = frozenset({ClassState.APPROVED, ClassState.CHANGING, ClassState.SUSPENDED})
# Classes of which something may have been told.
TOLD = RUNNING | {ClassState.CLOSED, ClassState.ENDED}
LONGEST_NOTE = 200


class NotRunning(Refusal):
    """The class was never approved, or takes nothing more because it is closed or was ended."""

    code = "class-not-running"
    title = "当前状态不能登记"


class SessionNotFound(NotFound):
    """The approved plan has no such session."""

    code = "session-not-found"


class RunRefused(Unreadable):
    """What was told of a session or a result does not fit."""

    code = "run-refused"
    title = "无法登记"


class Running(msgspec.Struct, frozen=True):
    """A class by its approved version with everything told of it."""

    head: ClassHead
    plan: ClassPlan
    roster: tuple[SealedTrainee, ...]
    run: ClassRun

    @property
    def is_open(self) -> bool:
        """Whether something may still be told."""
        return ClassState(self.head.state) in RUNNING


class Told(msgspec.Struct, frozen=True):
    """A mark with attended minutes."""

    mark: Mark
    minutes: int


class DaySession(msgspec.Struct, frozen=True):
    """A session of the day's list, with how many are there of how many."""

    class_no: str
    title: str
    organisation_name: str
    session: PlannedSession
    stage: SessionStage
    present: int

    @property
    def slug(self) -> str:
        """The session in an address."""
        return slug_of(key_of(self.session))


async def load_running(class_no: str, codes: Sequence[str] | None) -> Running:
    """A class of a scope with all that counts, inside an open transaction, in six queries whatever its size.

    Raises ClassNotFound, NotRunning.
    """
    head = await class_store.class_by_number(class_no, codes)
    return await running_of(head)


async def running_of(head: ClassHead) -> Running:
    """The same of a class that was read already; raises NotRunning."""
    if head.approved_version is None or ClassState(head.state) not in TOLD:
        raise NotRunning(f"班级目前为“{STATE_WORDS[ClassState(head.state)]}”，备案通过后才能登记上课情况。")
    _version, plan, roster = await version_plan(head, head.approved_version)
    ordered = msgspec.structs.replace(plan, sessions=tuple(sorted(plan.sessions, key=key_of)))
    return Running(head, ordered, tuple(roster), await run_store.load_run(head.id))


def assert_open(running: Running) -> None:
    """Raises NotRunning when nothing more may be told."""
    if not running.is_open:
        raise NotRunning(f"班级{STATE_WORDS[ClassState(running.head.state)]}，上课情况和考核结果不能再改动。")


def session_of(plan: ClassPlan, slug: str) -> PlannedSession:
    """A session of the plan by its address; raises SessionNotFound."""
    key = key_of_slug(slug)
    found = next((each for each in plan.sessions if key_of(each) == key), None)
    if found is None:
        raise SessionNotFound("这个班级没有这个课次，请从“上课情况”重新进入。")
    return found


async def show_running(actor: Actor, class_no: str, *, right: Right = Right.CLASS_RUN) -> Running:
    """A class with what was told of it; raises NotAllowed, ClassNotFound, NotRunning."""
    scope = scope_of(actor, right)
    async with read_transaction():
        return await load_running(class_no, scope.codes)


async def sessions_on(actor: Actor, day: date, *, clock: Clock) -> list[DaySession]:
    """The sessions of a day of the actor's organisation, by beginning; three queries. Raises NotAllowed."""
    scope = scope_of(actor, Right.CLASS_RUN)
    async with read_transaction():
        states = sorted(each.value for each in RUNNING | {ClassState.CLOSED})
        found = await run_store.classes_on(scope.codes, day, states)
        keys = [head.id for head, _content in found]
        held = await run_store.held_on(keys, day)
        present = await run_store.present_on(keys, day)
    today, minute = clock.today(), minute_of_day(clock.now())
    listed = []
    for head, content in found:
        for session in content.sessions:
            if session.day == day:
                minutes = held.get((head.id, session.starts))
                told = None if minutes is None else Held(day, session.starts, minutes, Way.PAGE, "", "", clock.now())
                stage = stage_of(session, told, today=today, minute=minute)
                count = present.get((head.id, session.starts), 0)
                listed.append(DaySession(head.class_no, content.title, head.organisation_name, session, stage, count))
    return sorted(listed, key=lambda each: (each.session.starts, each.class_no))


def assert_reached(session: PlannedSession, clock: Clock) -> None:
    """Raises RunRefused for a session of a later day."""
    if session.day > clock.today():
        raise RunRefused(f"{session_words(session)}的课次还没有到，上课当天起才能登记。")


def changed(run: ClassRun, told: Iterable[Attended]) -> list[Attended]:
    """Of what is told only what says something new."""
    found = []
    for each in told:
        known = run.attended.get((each.day, each.starts, each.person))
        same_minutes = each.mark is not Mark.LATE or (known is not None and known.minutes == each.minutes)
        if known is None or known.mark is not each.mark or not same_minutes:
            found.append(each)
    return found


def minutes_told(mark: Mark, minutes: int | None, session: PlannedSession, held: Held | None) -> int:
    """The attended minutes of a mark: all of the session, for 迟到 those told; raises RunRefused beyond what is taught."""
    taught = session.minutes if held is None else held.minutes
    if mark in {Mark.LEAVE, Mark.ABSENT}:
        return 0
    if mark is Mark.PRESENT or minutes is None:
        return taught
    if not 0 < minutes <= taught:
        raise RunRefused(f"迟到学员的实际学习分钟应在 1 至 {taught} 之间。")
    return minutes


@retried
async def mark_session(
    actor: Actor,
    class_no: str,
    slug: str,
    told: Mapping[str, tuple[Mark, int | None]],
    *,
    sheet: bool,
    rest_absent: bool = False,
    clock: Clock,
) -> int:
    """Tell the attendance of a session by person, on the page or from the paper sheet; returns how many marks are new.

    With `rest_absent` whoever is named neither here nor before was absent; who signed in meanwhile stays there.
    Raises NotAllowed, ClassNotFound, NotRunning, SessionNotFound, RunRefused.
    """
    assert_may(actor, Right.CLASS_RUN)
    way, now = Way.SHEET if sheet else Way.PAGE, clock.now()
    async with write_transaction():
        running = await load_running(class_no, scope_of(actor, Right.CLASS_RUN).codes)
        assert_open(running)
        session = session_of(running.plan, slug)
        assert_reached(session, clock)
        held = running.run.held.get(key_of(session))
        if held is not None and held.minutes == 0:
            raise RunRefused("这个课次已确认未开展，没有出勤可登记。如确认有误，请先重新确认。")
        people = {each.person for each in running.plan.trainees}
        if not set(told) <= people:
            raise RunRefused("花名册已有变动，请刷新页面后重新登记。")
        known = {each.person for each in running.run.attended.values() if (each.day, each.starts) == key_of(session)}
        rest = people - known - set(told) if rest_absent else set()
        rows = [
            Attended(
                *(session.day, session.starts, person, mark, minutes_told(mark, minutes, session, held), way, ""),
                *(shown_name(actor), now),
            )
            for person, (mark, minutes) in (*told.items(), *((person, (Mark.ABSENT, None)) for person in sorted(rest)))
        ]
        new = changed(running.run, rows)
        await run_store.add_attended(running.head.id, new)
        if new:
            counts = {mark.value: sum(each.mark is mark for each in new) for mark in Mark}
            detail = {"session": slug, "way": way.value, "marks": {name: count for name, count in counts.items() if count}}
            await trail.record(actor, "catalog:class:attended", class_no, detail, at=now)
    return len(new)


@retried
async def confirm_session(
    actor: Actor, class_no: str, slug: str, *, held: bool, minutes: int | None, note: str, sheet: bool = False, clock: Clock
) -> None:
    """Confirm a session as held with its taught minutes (None: as planned), or as not held with a reason.

    Raises NotAllowed, ClassNotFound, NotRunning, SessionNotFound, RunRefused.
    """
    assert_may(actor, Right.CLASS_RUN)
    missing = f"未开展的课次请写明原因（不超过 {LONGEST_NOTE} 字）。"
    words = one_line(note, RunRefused, what="说明", most=LONGEST_NOTE, needed=not held, sentence=missing)
    async with write_transaction():
        running = await load_running(class_no, scope_of(actor, Right.CLASS_RUN).codes)
        assert_open(running)
        session = session_of(running.plan, slug)
        assert_reached(session, clock)
        stage = stage_of(session, None, today=clock.today(), minute=minute_of_day(clock.now()))
        if held and stage is SessionStage.AHEAD:
            raise RunRefused("课次尚未开始，上课后才能确认已开展。")
        taught = (session.minutes if minutes is None else minutes) if held else 0
        if held and not 0 < taught <= session.minutes:
            raise RunRefused(f"实际授课分钟应在 1 至 {session.minutes}（计划分钟）之间。")
        way = Way.SHEET if sheet else Way.PAGE
        row = Held(session.day, session.starts, taught, way, words, shown_name(actor), clock.now())
        await run_store.add_held(running.head.id, [row], by=actor.trail_key)
        detail = {"session": slug, "minutes": taught, "note": words}
        await trail.record(actor, "catalog:class:session_confirmed", class_no, detail, at=clock.now())


@retried
async def save_results(actor: Actor, class_no: str, results: Sequence[Result], *, moved: int | None = None, clock: Clock) -> int:
    """Keep results that were checked (`result_reading`), only those that say something new; returns how many.

    `moved` is the state of the class they were checked against. Raises NotAllowed, ClassNotFound, NotRunning, RunRefused.
    """
    assert_may(actor, Right.CLASS_RUN)
    async with write_transaction():
        running = await load_running(class_no, scope_of(actor, Right.CLASS_RUN).codes)
        assert_open(running)
        assert_unmoved(running, moved)
        assert_over(running.plan, clock)
        people = {each.person for each in running.plan.trainees}
        assert people >= {each.person for each in results}, "results were checked against the same roster"
        new = [each for each in results if not _same_result(running.run.results.get(each.person), each)]
        assert_one_certificate_each(running.run, new)
        await run_store.add_results(running.head.id, new)
        if new:
            counts = {word: sum(each.outcome == word for each in new) for word in sorted({each.outcome.value for each in new})}
            await trail.record(actor, "catalog:class:assessed", class_no, {"results": counts}, at=clock.now())
    return len(new)


def assert_unmoved(running: Running, moved: int | None) -> None:
    """Raises RunRefused when the class has been changed since what is told was checked."""
    if moved is not None and running.head.moved != moved:
        raise RunRefused("班级刚刚有新的办理，请刷新页面后重新上传。")


def assert_over(plan: ClassPlan, clock: Clock) -> None:
    """Raises RunRefused before the day of the last session: nobody has a result before."""
    assert plan.end is not None, "an approved class has sessions"
    if clock.today() < plan.end:
        raise RunRefused("最后一次课当天起才能登记考核结果。")


def assert_one_certificate_each(run: ClassRun, new: Sequence[Result]) -> None:
    """Raises RunRefused when two people of the class would have the same certificate number."""
    after = run.results | {each.person: each for each in new}
    numbers = [each.certificate_no for each in after.values() if each.certificate_no]
    if len(set(numbers)) < len(numbers):
        raise RunRefused("两名学员的证书编号相同，请核对后重新登记。")


def _same_result(known: Result | None, told: Result) -> bool:
    if known is None:
        return False
    fields = ("theory", "practice", "outcome", "certificate_no", "certified_on")
    return all(getattr(known, name) == getattr(told, name) for name in fields)
