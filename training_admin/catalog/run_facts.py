"""What a running class has really been: sessions held, who attended, results; and what follows from it, as pure functions.

Minutes are taught minutes; hours are hundredths of a training hour. Persons are hexadecimal keyed hashes, never numbers.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

import msgspec

from training_admin.catalog.class_facts import ClassPlan, PlannedSession
from training_admin.kit.money import WHOLE_BP

CENTI = 100
# A session is known by its day and beginning: no two sessions of a class begin together.
SessionKey = tuple[date, int]


class Mark(StrEnum):
    """How somebody attended a session (policy.md 7.2 sheet 8)."""

    PRESENT = "present"
    LATE = "late"
    LEAVE = "leave"
    ABSENT = "absent"


MARK_SIGNS = {Mark.PRESENT: "√", Mark.LATE: "△", Mark.LEAVE: "○", Mark.ABSENT: "×"}
MARK_WORDS = {Mark.PRESENT: "出勤", Mark.LATE: "迟到", Mark.LEAVE: "请假", Mark.ABSENT: "缺勤"}


class Way(StrEnum):
    """In which way attendance was told."""

    CODE = "code"
    PAGE = "page"
    WORKBOOK = "workbook"
    SHEET = "sheet"
    ONLINE = "online"


WAY_WORDS = {
    Way.CODE: "扫码签到",
    Way.PAGE: "页面登记",
    Way.WORKBOOK: "考勤表导入",
    Way.SHEET: "纸质签到表补录",
    Way.ONLINE: "线上学习记录",
}


class Outcome(StrEnum):
    """What an assessment of a trainee came to (EXAM-01)."""

    PASSED = "passed"
    FAILED = "failed"
    ABSENT = "absent"


OUTCOME_WORDS = {Outcome.PASSED: "合格", Outcome.FAILED: "不合格", Outcome.ABSENT: "缺考"}


class Held(msgspec.Struct, frozen=True):
    """A session as confirmed: taught minutes, 0 for one that was not held."""

    day: date
    starts: int
    minutes: int
    way: Way
    note: str
    confirmer: str
    confirmed_at: datetime


class Attended(msgspec.Struct, frozen=True):
    """One person's attendance of one session; `device` is a hash by which one device is found again, "" when none told it."""

    day: date
    starts: int
    person: str
    mark: Mark
    minutes: int
    way: Way
    device: str
    told_by: str
    told_at: datetime


class Result(msgspec.Struct, frozen=True):
    """One person's assessment; theory and practice are None where they are not held."""

    person: str
    theory: Outcome | None
    practice: Outcome | None
    outcome: Outcome
    certificate_no: str
    certified_on: date | None
    told_by: str
    told_at: datetime


class ClassRun(msgspec.Struct, frozen=True):
    """Everything that counts of a running class: the newest row of each session, attendance and result."""

    held: dict[SessionKey, Held]
    attended: dict[tuple[date, int, str], Attended]
    results: dict[str, Result]


class Tally(msgspec.Struct, frozen=True):
    """One person at a glance: attended and delivered minutes, sessions by mark, the rate in basis points rounded down, the result."""

    person: str
    attended_minutes: int
    delivered_minutes: int
    marks: dict[Mark, int]
    unmarked: int
    result: Result | None

    @property
    def rate_bp(self) -> int | None:
        """Attended of delivered minutes; None before anything was delivered."""
        return None if self.delivered_minutes == 0 else self.attended_minutes * WHOLE_BP // self.delivered_minutes


def key_of(session: PlannedSession) -> SessionKey:
    """By what a session is known."""
    return session.day, session.starts


def is_held(run: ClassRun, session: PlannedSession) -> bool:
    """Whether a session is confirmed as held."""
    found = run.held.get(key_of(session))
    return found is not None and found.minutes > 0


def delivered_minutes(plan: ClassPlan, run: ClassRun) -> int:
    """Taught minutes of the confirmed sessions of the plan."""
    return sum(run.held[key_of(each)].minutes for each in plan.sessions if key_of(each) in run.held)


def delivered_online_minutes(plan: ClassPlan, run: ClassRun) -> int:
    """The same of the online sessions alone."""
    return sum(run.held[key_of(each)].minutes for each in plan.sessions if each.online and key_of(each) in run.held)


def attended_in(run: ClassRun, session: PlannedSession, person: str) -> int:
    """Minutes that count of one person in one session: nothing while it is not confirmed, never more than was taught.

    Who was there counts with all that was taught, also when that is confirmed or corrected later.
    """
    held = run.held.get(key_of(session))
    found = run.attended.get((session.day, session.starts, person))
    if held is None or found is None:
        return 0
    return held.minutes if found.mark is Mark.PRESENT else min(found.minutes, held.minutes)


def tallies(plan: ClassPlan, run: ClassRun) -> Mapping[str, Tally]:
    """Every person of the roster at a glance."""
    delivered = delivered_minutes(plan, run)
    held = [each for each in plan.sessions if is_held(run, each)]
    found: dict[str, Tally] = {}
    for trainee in plan.trainees:
        marks: dict[Mark, int] = {}
        attended = unmarked = 0
        for session in held:
            told = run.attended.get((session.day, session.starts, trainee.person))
            attended += attended_in(run, session, trainee.person)
            if told is None:
                unmarked += 1
            else:
                marks[told.mark] = marks.get(told.mark, 0) + 1
        found[trainee.person] = Tally(trainee.person, attended, delivered, marks, unmarked, run.results.get(trainee.person))
    return found


def centihours(minutes: int, hour_minutes: int) -> int:
    """Minutes as hundredths of a training hour, rounded down."""
    return minutes * CENTI // hour_minutes


class ClosedTrainee(msgspec.Struct, frozen=True):
    """What a closed class says of one person: attended hundredths of an hour, the outcome, "" when there is none."""

    person: str
    attended_centihours: int
    outcome: str
    certificate_no: str


class ClosedClass(msgspec.Struct, frozen=True, kw_only=True):
    """The frozen facts of a closed class (结班). Their canonical JSON is kept with its digest and never rewritten."""

    class_no: str
    version: int
    enterprise: str
    institution: str | None
    start: date
    end: date
    delivered_centihours: int
    online_centihours: int
    enrolled: int
    trainees: tuple[ClosedTrainee, ...]
