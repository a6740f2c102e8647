"""A class as it is filed: sessions, roster, and who or what is taken when. Minutes of a day count from midnight in Shanghai.

A training hour is 45 minutes; sessions carry taught minutes beside the clock time. Persons are hexadecimal keyed hashes, never numbers.
"""

from datetime import date
from enum import StrEnum

import msgspec

MINUTES_PER_DAY = 24 * 60


class PlannedSession(msgspec.Struct, frozen=True):
    """One session (课次): clock time, taught minutes of theory and practice, teacher and room by their keys in the register.

    `online` sessions need no room; `safety` marks safety lessons, whose minutes are part of theory and practice.
    """

    day: date
    starts: int
    ends: int
    topic: str
    theory_minutes: int
    practice_minutes: int
    teacher: int | None
    room: int | None
    online: bool = False
    safety: bool = False
    textbook: str = ""

    @property
    def minutes(self) -> int:
        """Taught minutes."""
        return self.theory_minutes + self.practice_minutes


class Trainee(msgspec.Struct, frozen=True):
    """One person of the roster; `group` is a code of GROUP_WORDS, `enterprise` a credit code or "" for somebody without employer.

    A contract without end is open-ended; `prior` is a level or certificate held before the training, as told.
    """

    name: str
    person: str
    group: str
    enterprise: str
    post: str = ""
    note: str = ""
    contract_start: date | None = None
    contract_end: date | None = None
    prior: str = ""


class NamedTrainee(msgspec.Struct, frozen=True):
    """A row of a roster as entered; identity number and phone go no further than into the vault."""

    name: str
    identity: str
    group: str
    enterprise: str
    post: str = ""
    note: str = ""
    phone: str = ""
    contract_start: date | None = None
    contract_end: date | None = None
    prior: str = ""


class Split(StrEnum):
    """How the firms of a pooled class (集中培训班) share its cost."""

    PER_HEAD = "per_head"
    CONTRACT = "contract"


SPLIT_WORDS = {Split.PER_HEAD: "按人数分摊", Split.CONTRACT: "按合同约定"}


class Pool(msgspec.Struct, frozen=True):
    """A pooled class: seats offered in all, how the cost is split, and by contract each firm's share in basis points."""

    seats: int
    split: Split
    shares_bp: dict[str, int] = {}


class ClassContent(msgspec.Struct, frozen=True, kw_only=True):
    """What a version keeps as JSON: everything that FILE-02 asks for but the roster. The budget is in fen.

    `institution` is None where an enterprise runs its own class. `occupation` and `level` come from the catalog item; None: not bound.
    `course` is the number of a registered course, `project` the key of an approved project of the enterprise's yearly plan.
    """

    title: str
    enterprise: str
    institution: str | None
    stream: str
    item: str | None
    occupation: str | None
    level: str | None
    sessions: tuple[PlannedSession, ...]
    assessment_plan: str = ""
    budget_fen: int = 0
    theory_test: bool = False
    practical_test: bool = False
    course: str | None = None
    project: int | None = None
    pool: Pool | None = None


class ClassPlan(ClassContent, frozen=True, kw_only=True):
    """A class as filed or about to be: its content with its number and its roster."""

    class_no: str
    trainees: tuple[Trainee, ...]

    @property
    def start(self) -> date | None:
        """The day of the first session; None without sessions."""
        return min((each.day for each in self.sessions), default=None)

    @property
    def end(self) -> date | None:
        """The day of the last session; None without sessions."""
        return max((each.day for each in self.sessions), default=None)

    @property
    def minutes(self) -> int:
        """Taught minutes of the whole plan."""
        return sum(each.minutes for each in self.sessions)

    @property
    def online_minutes(self) -> int:
        """Taught minutes of the online sessions."""
        return sum(each.minutes for each in self.sessions if each.online)


class Taken(StrEnum):
    """As what somebody or something is taken."""

    TRAINEE = "trainee"
    TEACHER = "teacher"
    ROOM = "room"


TAKEN_WORDS = {Taken.TRAINEE: "学员", Taken.TEACHER: "教师", Taken.ROOM: "教室"}


class Occupied(msgspec.Struct, frozen=True):
    """An interval that a person or a room is taken for a class; `key` is a person or `room_key`."""

    class_no: str
    taken: Taken
    key: str
    day: date
    starts: int
    ends: int


def room_key(room: int) -> str:
    """The key of a room among persons: eight bytes as hexadecimal, which no keyed hash is as short as."""
    return f"{room:016x}"


def occupied_by(plan: ClassPlan, teachers: dict[int, str]) -> list[Occupied]:
    """Every interval that a class takes; `teachers` gives the persons of registered teachers, others take nothing."""
    taken: list[Occupied] = []
    for each in plan.sessions:
        keys = [(Taken.TRAINEE, one.person) for one in plan.trainees]
        if each.teacher is not None and each.teacher in teachers:
            keys.append((Taken.TEACHER, teachers[each.teacher]))
        if each.room is not None:
            keys.append((Taken.ROOM, room_key(each.room)))
        taken.extend(Occupied(plan.class_no, word, key, each.day, each.starts, each.ends) for word, key in keys)
    return taken


def clock_text(minute: int) -> str:
    """A minute of the day as `09:00`."""
    return f"{minute // 60:02d}:{minute % 60:02d}"
