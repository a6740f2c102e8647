"""Checks of a class before it is filed and before it is approved, as pure functions (FILE-01, FILE-02, CLS-01 … CLS-04, PEN-03).

Every finding tells what is wrong in words, and a double booking names both sides: class, day, time.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

import msgspec

from training_admin.catalog.class_facts import (
    MINUTES_PER_DAY,
    TAKEN_WORDS,
    ClassPlan,
    Occupied,
    PlannedSession,
    Taken,
    clock_text,
    occupied_by,
    room_key,
)
from training_admin.catalog.course_facts import NamedCourse, class_faults
from training_admin.catalog.plan_facts import NamedProject, project_faults
from training_admin.catalog.pooling import firms_of, share_problems
from training_admin.kit import wording
from training_admin.kit.money import WHOLE_BP
from training_admin.kit.workdays import SATURDAY, Calendar, NoCalendar
from training_admin.parties.institution_facts import (
    InstitutionFacts,
    blocks_on,
    licence_on,
    may_teach,
    may_train,
    room_on,
    teacher_on,
)


class FindingKind(StrEnum):
    """What is wrong with a filing."""

    EMPTY = "empty"
    LATE = "late"
    CALENDAR = "calendar"
    HOLIDAY = "holiday"
    SWAPPED_DAY = "swapped_day"
    TIME = "time"
    DAY_HOURS = "day_hours"
    OVERLAP = "overlap"
    TEACHER_TWICE = "teacher_twice"
    ROOM_TWICE = "room_twice"
    TRAINEE_TWICE = "trainee_twice"
    REPEATED = "repeated"
    TEACHES_HIMSELF = "teaches_himself"
    TEACHER = "teacher"
    QUALIFICATION = "qualification"
    ROOM = "room"
    CAPACITY = "capacity"
    SIZE_ABOVE = "size_above"
    SIZE_BELOW = "size_below"
    THEORY = "theory"
    PRACTICE = "practice"
    SAFETY = "safety"
    ONLINE = "online"
    SCOPE = "scope"
    LICENCE = "licence"
    BLOCKED = "blocked"
    POOL = "pool"
    COURSE = "course"
    COURSE_MINUTES = "course_minutes"
    COURSE_TEACHER = "course_teacher"
    COURSE_ORDER = "course_order"
    COURSE_ENDED = "course_ended"
    PROJECT = "project"
    PROJECT_PEOPLE = "project_people"
    NO_COURSE = "no_course"
    NO_PROJECT = "no_project"


# What is told and hinders nothing: the later claim tells its own consequence.
WARNINGS = frozenset(
    {
        *(FindingKind.SWAPPED_DAY, FindingKind.SIZE_BELOW, FindingKind.ONLINE, FindingKind.QUALIFICATION),
        *(FindingKind.COURSE_TEACHER, FindingKind.COURSE_ENDED, FindingKind.PROJECT_PEOPLE),
        *(FindingKind.NO_COURSE, FindingKind.NO_PROJECT),
    }
)
_TWICE = {
    Taken.TEACHER: FindingKind.TEACHER_TWICE,
    Taken.ROOM: FindingKind.ROOM_TWICE,
    Taken.TRAINEE: FindingKind.TRAINEE_TWICE,
}


class Place(msgspec.Struct, frozen=True):
    """One session of a class, as a side of a double booking."""

    class_no: str
    day: date
    starts: int
    ends: int

    @property
    def words(self) -> str:
        """Class, day and time."""
        return f"班级{self.class_no} {wording.day(self.day)} {clock_text(self.starts)}至{clock_text(self.ends)}"


class Finding(msgspec.Struct, frozen=True):
    """One cause with all its places; `clashes` are pairs of this class's session and the other side."""

    kind: FindingKind
    words: str
    clashes: tuple[tuple[Place, Place], ...] = ()

    @property
    def hinders(self) -> bool:
        """Whether the class cannot be filed with it."""
        return self.kind not in WARNINGS


class FilingFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of filing in force on the first day of a class: working days, training hours, minutes, people, basis points."""

    before_start_workdays: int
    review_workdays: int
    hour_minutes: int
    day_hours_max: int
    size_min: int
    size_max: int
    theory_min_bp: int
    practice_min_bp: int
    safety_hours_min: int
    online_max_bp: int


class FilingFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the checks read beside the class: the day of filing, calendar, figures, what is registered, what is taken elsewhere.

    `own_class` tells that an enterprise trains its own staff: it needs neither licence nor registered occupation. Course and project
    are those that the class names; None where it names none, or one that is not there.
    """

    filed_on: date
    calendar: Calendar
    figures: FilingFigures
    training: InstitutionFacts
    own_class: bool
    occupied: tuple[Occupied, ...] = ()
    course: NamedCourse | None = None
    project: NamedProject | None = None


def check_class(plan: ClassPlan, facts: FilingFacts) -> tuple[Finding, ...]:
    """Every finding about a class, in the order in which a clerk would mend them."""
    if plan.start is None or not plan.trainees:
        return (Finding(FindingKind.EMPTY, "教学计划和花名册都不能为空，请先补全课次和学员。"),)
    return (
        *_days(plan, plan.start, facts),
        *_sessions(plan, facts.figures),
        *_mix(plan, facts.figures),
        *_roster(plan, facts),
        *_pool(plan),
        *_scope(plan, facts),
        *_rooms_and_teachers(plan, facts),
        *_named(plan, plan.start, facts),
        *double_bookings(plan, facts),
    )


def advice(plan: ClassPlan) -> tuple[Finding, ...]:
    """What a class does without although no paper demands it: an institution's class a course, a firm's own class a project (ENT-02)."""
    if plan.institution is not None and plan.course is None:
        return (Finding(FindingKind.NO_COURSE, "本班没有引用已备案的课程，建议先办理课程备案（未见规定须引用）。"),)
    if plan.institution is None and plan.project is None:
        return (Finding(FindingKind.NO_PROJECT, "本班没有列入年度培训项目；没有年度培训计划的，申报时按 ENT-02 不予补贴。"),)
    return ()


def hindering(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings with which a class cannot be filed."""
    return tuple(each for each in findings if each.hinders)


def _days(plan: ClassPlan, start: date, facts: FilingFacts) -> Iterator[Finding]:
    calendar, workdays = facts.calendar, facts.figures.before_start_workdays
    try:
        latest = calendar.latest_before(start, workdays)
        days = sorted({each.day for each in plan.sessions})
        holidays = [day for day in days if day in calendar.off_days]
        swapped = [day for day in days if calendar.is_workday(day) and day.weekday() >= SATURDAY]
    except NoCalendar as error:
        yield Finding(FindingKind.CALENDAR, f"{error.year} 年的工作日历尚未公布，暂不能备案这一年的课次。")
        return
    if facts.filed_on > latest:
        yield Finding(
            FindingKind.LATE,
            f"开班日为{wording.day(start)}，最晚应于{wording.day(latest)}备案（提前 {workdays} 个工作日），请推迟开班。",
        )
    for day in holidays:
        yield Finding(FindingKind.HOLIDAY, f"{wording.day(day)}是法定节假日安排的休息日，不能排课，请改期。")
    for day in swapped:
        yield Finding(FindingKind.SWAPPED_DAY, f"{wording.day(day)}是调休工作日，请确认学员当日可以参训。")


def _sessions(plan: ClassPlan, figures: FilingFigures) -> Iterator[Finding]:
    taught: dict[date, int] = {}
    for each in plan.sessions:
        taught[each.day] = taught.get(each.day, 0) + each.minutes
        if not 0 <= each.starts < each.ends <= MINUTES_PER_DAY or not 0 < each.minutes <= each.ends - each.starts:
            yield Finding(FindingKind.TIME, f"{_session_words(each)}：起止时间容纳不下 {each.minutes} 分钟课程，请核对时段和课时。")
    limit = figures.day_hours_max * figures.hour_minutes
    for day, minutes in sorted(taught.items()):
        if minutes > limit:
            yield Finding(
                FindingKind.DAY_HOURS,
                f"{wording.day(day)}排课 {_hours(minutes, figures)} 课时，每日不超过 {figures.day_hours_max} 课时，请分到其他日期。",
            )
    ordered = sorted(plan.sessions, key=lambda each: (each.day, each.starts))
    longest = ordered[0]
    for each in ordered[1:]:
        if each.day == longest.day and each.starts < longest.ends:
            clash = _place(plan, longest), _place(plan, each)
            yield Finding(FindingKind.OVERLAP, f"本班课次重叠：{clash[0].words}与{clash[1].words}。", (clash,))
        longest = max(longest, each, key=lambda one: (one.day, one.ends))


def _mix(plan: ClassPlan, figures: FilingFigures) -> Iterator[Finding]:
    total = plan.minutes
    theory, practice = sum(each.theory_minutes for each in plan.sessions), sum(each.practice_minutes for each in plan.sessions)
    safety = sum(each.minutes for each in plan.sessions if each.safety)
    if theory * WHOLE_BP < total * figures.theory_min_bp:
        yield Finding(FindingKind.THEORY, f"理论课时占比低于 {wording.percent(figures.theory_min_bp)}，请调整教学计划。")
    if practice * WHOLE_BP < total * figures.practice_min_bp:
        yield Finding(FindingKind.PRACTICE, f"实操课时占比低于 {wording.percent(figures.practice_min_bp)}，请调整教学计划。")
    if safety < figures.safety_hours_min * figures.hour_minutes:
        yield Finding(
            FindingKind.SAFETY, f"安全教育 {_hours(safety, figures)} 课时，至少 {figures.safety_hours_min} 课时，请补充安全教育课次。"
        )
    if plan.online_minutes * WHOLE_BP > total * figures.online_max_bp:
        yield Finding(FindingKind.ONLINE, f"线上课时占比超过 {wording.percent(figures.online_max_bp)}，超过部分不计入补贴课时。")


def _roster(plan: ClassPlan, facts: FilingFacts) -> Iterator[Finding]:
    size, figures = len(plan.trainees), facts.figures
    if size > figures.size_max:
        yield Finding(FindingKind.SIZE_ABOVE, f"花名册 {size} 人，每班不超过 {figures.size_max} 人，请分班备案。")
    if size < figures.size_min:
        yield Finding(FindingKind.SIZE_BELOW, f"花名册 {size} 人，少于 {figures.size_min} 人。")
    seen: dict[str, int] = {}
    for number, each in enumerate(plan.trainees, start=1):
        first = seen.setdefault(each.person, number)
        if first != number:
            yield Finding(FindingKind.REPEATED, f"花名册第 {number} 人{each.name}与第 {first} 人证件号码相同，请删除重复的一行。")
    teachers = {each.person: each.name for each in facts.training.teachers if each.id in {one.teacher for one in plan.sessions}}
    for person in sorted(seen.keys() & teachers.keys()):
        yield Finding(FindingKind.TEACHES_HIMSELF, f"{teachers[person]}既是本班教师又在花名册中，请更正其中一处。")


def _pool(plan: ClassPlan) -> Iterator[Finding]:
    if plan.pool is None:
        return
    size, unnamed = len(plan.trainees), [each.name for each in plan.trainees if not each.enterprise]
    if size > plan.pool.seats:
        yield Finding(FindingKind.POOL, f"花名册 {size} 人，超过集中培训席位 {plan.pool.seats} 个，请增加席位或减少学员。")
    if unnamed:
        yield Finding(FindingKind.POOL, f"集中培训班有 {len(unnamed)} 名学员没有填写所在单位（首名为{unnamed[0]}），请补充。")
    for words in share_problems(plan.pool, firms_of(plan)):
        yield Finding(FindingKind.POOL, words)


def _scope(plan: ClassPlan, facts: FilingFacts) -> Iterator[Finding]:
    training = facts.training
    for block in blocks_on(training, facts.filed_on):
        yield Finding(FindingKind.BLOCKED, f"违规处理 {block.number} 尚在期限内，目前不受理开班备案。")
    if facts.own_class:
        return
    days = sorted({each.day for each in plan.sessions})
    without = [day for day in days if licence_on(training, day) is None]
    if without:
        yield Finding(FindingKind.LICENCE, f"{wording.day(without[0])}起共 {len(without)} 个上课日没有有效的办学许可证。")
    if plan.occupation is not None and not all(may_train(training, plan.occupation, plan.level, day) for day in (days[0], days[-1])):
        yield Finding(FindingKind.SCOPE, f"职业编码 {plan.occupation} 及等级不在本机构登记的培训范围内，请先登记或改选项目。")


def _rooms_and_teachers(plan: ClassPlan, facts: FilingFacts) -> Iterator[Finding]:
    training, size = facts.training, len(plan.trainees)
    told: set[tuple[FindingKind, int | None]] = set()
    for each in plan.sessions:
        for kind, key, words in _means(plan, each, training, size):
            if (kind, key) not in told:
                told.add((kind, key))
                yield Finding(kind, f"{_session_words(each)}：{words}")


def _means(
    plan: ClassPlan, session: PlannedSession, training: InstitutionFacts, size: int
) -> Iterator[tuple[FindingKind, int | None, str]]:
    if not session.online:
        room = None if session.room is None else room_on(training, session.room, session.day)
        if room is None:
            yield FindingKind.ROOM, session.room, "教室没有登记或当日已停用，请选择已核定的教室。"
        elif room.capacity < size:
            yield FindingKind.CAPACITY, session.room, f"{room.name}核定容纳 {room.capacity} 人，花名册 {size} 人，请换教室或分班。"
    teacher = None if session.teacher is None else teacher_on(training, session.teacher, session.day)
    if teacher is None:
        yield FindingKind.TEACHER, session.teacher, "教师没有登记或当日已停用，请选择已核定的教师。"
    elif plan.occupation is not None and not may_teach(teacher, plan.occupation, plan.level, session.day):
        yield FindingKind.QUALIFICATION, session.teacher, f"{teacher.name}没有登记这一职业和等级的任教资格。"


def _named(plan: ClassPlan, start: date, facts: FilingFacts) -> Iterator[Finding]:
    names = {each.id: each.name for each in facts.training.teachers}
    for kind, words in class_faults(plan, facts.course, names, facts.figures.hour_minutes):
        yield Finding(FindingKind(kind), words)
    for hinders, words in project_faults(plan, start, facts.project):
        yield Finding(FindingKind.PROJECT if hinders else FindingKind.PROJECT_PEOPLE, words)


def double_bookings(plan: ClassPlan, facts: FilingFacts) -> Iterator[Finding]:
    """Persons and rooms that another class has at the same time: one finding for each of them and each other class."""
    names = _names(plan, facts.training)
    own: dict[tuple[str, date], list[Occupied]] = {}
    wanted = {(each.key, each.day) for each in facts.occupied}
    for each in occupied_by(plan, {one.id: one.person for one in facts.training.teachers}):
        if (each.key, each.day) in wanted:
            own.setdefault((each.key, each.day), []).append(each)
    found: dict[tuple[Taken, str, str], dict[tuple[Place, Place], None]] = {}
    for other in facts.occupied:
        if other.class_no == plan.class_no:
            continue
        for one in own.get((other.key, other.day), ()):
            if one.starts < other.ends and other.starts < one.ends:
                sides = _side(one), _side(other)
                found.setdefault((one.taken, one.key, other.class_no), {})[sides] = None
    for (taken, key, _class_no), clashes in found.items():
        first, more = next(iter(clashes)), f"，共 {len(clashes)} 处" if len(clashes) > 1 else ""
        words = f"{TAKEN_WORDS[taken]}{names[key]}时间冲突：{first[0].words}，与{first[1].words}{more}。"
        yield Finding(_TWICE[taken], words, tuple(clashes))


def _names(plan: ClassPlan, training: InstitutionFacts) -> dict[str, str]:
    rooms = {room_key(each.id): each.name for each in training.rooms}
    teachers = {each.person: each.name for each in training.teachers}
    unknown = {room_key(each.room): "" for each in plan.sessions if each.room is not None}
    return {**unknown, **rooms, **teachers, **{each.person: each.name for each in plan.trainees}}


def _side(each: Occupied) -> Place:
    return Place(each.class_no, each.day, each.starts, each.ends)


def _place(plan: ClassPlan, session: PlannedSession) -> Place:
    return Place(plan.class_no, session.day, session.starts, session.ends)


def _session_words(session: PlannedSession) -> str:
    return f"{wording.day(session.day)} {clock_text(session.starts)}至{clock_text(session.ends)}"


def _hours(minutes: int, figures: FilingFigures) -> str:
    return wording.hundredths(minutes * 100 // figures.hour_minutes)
