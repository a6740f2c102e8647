"""Uploaded and prefilled workbooks of filings: read in a child process with the names that are registered, made from a plan or a class."""

from collections.abc import Collection
from datetime import date

import msgspec

from training_admin.catalog.checking import figures_on
from training_admin.catalog.class_facts import ClassContent, ClassPlan, PlannedSession
from training_admin.catalog.course_store import usable_courses
from training_admin.catalog.facts import CENTIHOURS_PER_HOUR, STREAM_SKILL
from training_admin.catalog.filing import FilingRefused, NamedTrainee, named_roster, show_class
from training_admin.catalog.filing_export import ShownTrainee, filing_workbook
from training_admin.catalog.filing_roster import in_clear, known_of
from training_admin.catalog.filing_workbook import FilingRead, Names, Reading
from training_admin.catalog.plan_facts import project_label
from training_admin.catalog.plan_store import usable_lines
from training_admin.catalog.scheduling import planned_sessions
from training_admin.catalog.store import load_published
from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.child import ChildLimits, run_in_child
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import Unreadable
from training_admin.kit.rights import Reach, Right, Role
from training_admin.kit.workdays import NoCalendar, months_touched
from training_admin.office.workdays import load_calendar
from training_admin.parties.institution_facts import InstitutionFacts, Platform, Room, Teacher
from training_admin.parties.institution_store import load_institution_facts
from training_admin.parties.store import load_insurance
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy

READ_TASK = "training_admin.catalog.filing_workbook:read_task"
LIMITS = ChildLimits()
LARGEST = 10 * 1024 * 1024
MOST_SESSIONS = 200


class FilingIncomplete(Unreadable):
    """The workbook can be opened, but cells of it are wrong: nothing is kept. `cells` lists them."""

    code = "filing-incomplete"
    title = "开班备案工作簿有误"


class Pattern(msgspec.Struct, frozen=True):
    """A plan to be laid out: so many sessions on weekdays (Monday is 0) from a day on, minutes of the day, hundredths of an hour."""

    first: date
    weekdays: tuple[int, ...]
    starts: int
    ends: int
    sessions: int
    theory_centihours: int
    practice_centihours: int


def labels(things: Collection[Room] | Collection[Teacher] | Collection[Platform]) -> dict[int, str]:
    """What registered rooms, teachers or platforms are called in workbooks: by name, with the key behind it where two have the same."""
    names = [each.name for each in things]
    return {each.id: each.name if names.count(each.name) == 1 else f"{each.name}（{each.id}）" for each in things}


async def registered(actor: Actor, *, clock: Clock) -> tuple[InstitutionFacts, int]:
    """What the actor's organisation has registered, and the minutes of a training hour."""
    async with read_transaction():
        facts = await load_institution_facts(actor.organisation or "", clock.today(), known_at=clock.now())
        figures = figures_on(await load_policy(DEFAULT_PACK, known_at=clock.now()), clock.today())
    return facts, figures.hour_minutes


async def read_upload(actor: Actor, content: bytes, *, class_no: str | None = None, clock: Clock) -> FilingRead:
    """A filing from a workbook; masked numbers stand for people of the class it belongs to.

    Raises NotAllowed, ClassNotFound, FilingRefused, FilingIncomplete with every wrong cell, the refusals of kit.workbook, ChildFailed.
    """
    assert_may(actor, Right.CLASS_FILE)
    if not content:
        raise FilingRefused("请选择开班备案工作簿（.xlsx）。")
    people = () if class_no is None else await named_roster(actor, class_no)
    names = await names_for(actor, people, clock=clock)
    answer = await run_in_child(READ_TASK, msgspec.msgpack.encode(Reading(content, clock.today(), names)), limits=LIMITS)
    read = msgspec.msgpack.decode(answer, type=FilingRead)
    if read.content is None:
        raise FilingIncomplete(
            f"工作簿中有 {read.problem_count} 处有误，没有保存任何内容。请按列出的问题更正后重新上传。",
            count=read.problem_count,
            cells=[msgspec.to_builtins(problem) for problem in read.problems],
        )
    return read if read.roster is None else msgspec.structs.replace(read, roster=in_clear(read.roster, people))


async def names_for(actor: Actor, people: Collection[NamedTrainee], *, clock: Clock) -> Names:
    """What the names mean that somebody of the actor's organisation writes; `people` may stand masked."""
    facts, hour_minutes = await registered(actor, clock=clock)
    async with read_transaction():
        items = {each.item.item_code: (each.item.occupation, each.item.level) for each in await load_published(clock.now())}
        courses = await usable_courses(actor.organisation or "")
        projects = await usable_lines(actor.organisation or "", clock.today().year)
    return Names(
        organisation=actor.organisation or "",
        is_institution=Role.REGISTRAR in actor.roles,
        teachers={label: key for key, label in labels(facts.teachers).items()},
        rooms={label: key for key, label in labels(facts.rooms).items()},
        items=items,
        hour_minutes=hour_minutes,
        known=known_of(people),
        courses={each: each for each in courses},
        projects={project_label(each.number, each.line.place): each.id for each in projects},
        titles={**courses, **{project_label(each.number, each.line.place): each.line.title for each in projects}},
    )


def with_links(content: ClassContent, before: ClassContent) -> ClassContent:
    """What was read with course and project of the version before, which neither workbook nor form names."""
    return msgspec.structs.replace(content, course=content.course or before.course, project=content.project or before.project)


async def laid_sessions(pattern: Pattern, hour_minutes: int) -> tuple[PlannedSession, ...]:
    """Sessions laid out over weekdays without holidays, still without topic, teacher and room; raises FilingRefused."""
    theory, practice = (hours * hour_minutes // CENTIHOURS_PER_HOUR for hours in (pattern.theory_centihours, pattern.practice_centihours))
    lesson = PlannedSession(pattern.first, pattern.starts, pattern.ends, "", theory, practice, None, None)
    if not 0 < pattern.sessions <= MOST_SESSIONS or not pattern.weekdays or not pattern.starts < pattern.ends:
        raise FilingRefused(f"请选择星期，填写课次数（1 至 {MOST_SESSIONS}）和起止时间。")
    async with read_transaction():
        calendar = await load_calendar()
    try:
        return tuple(planned_sessions([lesson] * pattern.sessions, first=pattern.first, weekdays=pattern.weekdays, calendar=calendar))
    except NoCalendar as error:
        raise FilingRefused(f"{error.year} 年的工作日历尚未公布，不能排课到这一年。") from None


async def laid_out(actor: Actor, pattern: Pattern, *, clock: Clock) -> bytes:
    """A workbook to fill in with the sessions laid out over weekdays without holidays; raises NotAllowed, FilingRefused."""
    assert_may(actor, Right.CLASS_FILE)
    facts, hour_minutes = await registered(actor, clock=clock)
    plan = ClassPlan(
        class_no="",
        title="",
        enterprise="" if Role.REGISTRAR in actor.roles else actor.organisation or "",
        institution=None,
        stream=STREAM_SKILL,
        item=None,
        occupation=None,
        level=None,
        sessions=await laid_sessions(pattern, hour_minutes),
        trainees=(),
    )
    return filing_workbook(plan, people=(), teachers=labels(facts.teachers), rooms=labels(facts.rooms), hour_minutes=hour_minutes)


async def copied(actor: Actor, class_no: str, first: date, *, clock: Clock) -> bytes:
    """A workbook to fill in with the sessions of an earlier class laid out from a day on, without its people.

    Raises NotAllowed, ClassNotFound, FilingRefused.
    """
    shown = await show_class(actor, class_no, clock=clock)
    sessions = sorted(shown.plan.sessions, key=lambda each: (each.day, each.starts))
    async with read_transaction():
        calendar = await load_calendar()
        figures = figures_on(await load_policy(DEFAULT_PACK, known_at=clock.now()), clock.today())
    days = sorted({each.day for each in sessions})
    lessons = [next(each for each in sessions if each.day == day) for day in days]
    try:
        laid = planned_sessions(lessons, first=first, weekdays={day.weekday() for day in days}, calendar=calendar)
    except NoCalendar as error:
        raise FilingRefused(f"{error.year} 年的工作日历尚未公布，不能排课到这一年。") from None
    moved = {before: after.day for before, after in zip(days, laid, strict=True)}
    plan = msgspec.structs.replace(
        shown.plan,
        class_no="",
        project=None,
        sessions=tuple(msgspec.structs.replace(each, day=moved[each.day]) for each in sessions),
        trainees=(),
    )
    return filing_workbook(
        plan, people=(), teachers=labels(shown.training.teachers), rooms=labels(shown.training.rooms), hour_minutes=figures.hour_minutes
    )


async def exported(actor: Actor, class_no: str, *, clock: Clock) -> bytes:
    """A class as workbook with masked numbers; only officers see who insured its people. Raises NotAllowed, ClassNotFound."""
    shown = await show_class(actor, class_no, clock=clock)
    async with read_transaction():
        figures = figures_on(await load_policy(DEFAULT_PACK, known_at=clock.now()), clock.today())
        insured = await _insured(shown.plan, clock=clock) if actor.reach(Right.CLASS_READ) is Reach.DISTRICT else {}
    rows = zip(shown.plan.trainees, shown.masked, shown.phones, shown.sexes, strict=True)
    return filing_workbook(
        shown.plan,
        people=[ShownTrainee(masked, phone, sex, *insured.get(each.person, ("", ""))) for each, masked, phone, sex in rows],
        filed_on=shown.head.filed_on,
        reviewer=shown.versions[0].decider or "",
        teachers=labels(shown.training.teachers),
        rooms=labels(shown.training.rooms),
        hour_minutes=figures.hour_minutes,
        project=None if shown.project is None else shown.project.label,
    )


async def _insured(plan: ClassPlan, *, clock: Clock) -> dict[str, tuple[str, str]]:
    """Who insured each person of a class in the months it touches, as far as is delivered; one query, inside an open transaction."""
    if plan.start is None or plan.end is None:
        return {}
    months = months_touched(plan.start, plan.end)
    persons = [bytes.fromhex(each.person) for each in plan.trainees]
    found = await load_insurance(persons, first=months[0], last=months[-1], known_at=clock.now())
    return {
        person: ("、".join(sorted({each.payer for each in insured})), "、".join(sorted({each.month for each in insured})))
        for person, insured in found.items()
    }
