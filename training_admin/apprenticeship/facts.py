"""A new-style apprenticeship as its rules and amounts see it: what was filed, what was recorded, what became of the apprentices."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from training_admin.fund.facts import PaidTraining
from training_admin.kit.dated import FiguresOn
from training_admin.kit.money import share_down
from training_admin.kit.workdays import add_months, months_touched


class Stage(StrEnum):
    """What of a programme's money is looked at: the advance after filing (预拨), or the settlement at the end (结算)."""

    ADVANCE = "advance"
    SETTLEMENT = "settlement"


class PersonOutcome(StrEnum):
    """What became of an apprentice; open until the term is over."""

    OPEN = "open"
    CERTIFIED = "certified"
    COMPLETED = "completed"
    FAILED = "failed"
    LEFT = "left"


class Hours(msgspec.Struct, frozen=True):
    """Hours by block (通用素质、专业基础、操作技能) and those of the first two held online; hundredths of 45 minutes."""

    general: int = 0
    basics: int = 0
    practice: int = 0
    online: int = 0

    @property
    def total(self) -> int:
        """All blocks together; online hours are part of them."""
        return self.general + self.basics + self.practice

    @property
    def classroom(self) -> int:
        """Hours of the class, of which some may be held online: general quality and basics."""
        return self.general + self.basics

    def surplus(self, share_bp: int) -> int:
        """Online hours above their share of the class hours, rounded down; they do not count (APP-14)."""
        return max(0, self.online - share_down(self.classroom, share_bp))


class MonthDone(msgspec.Struct, frozen=True):
    """A month of an apprentice as recorded, `month` as `2026-03`; the wage is net of the worker's own insurance, None while not told."""

    month: str
    hours: Hours
    mentor_centihours: int
    net_wage_fen: int | None


class ApprenticeFacts(msgspec.Struct, frozen=True):
    """One apprentice as rules see him; persons and tutors are opaque keys, "" where there is none.

    `insured_here` are months paid by the enterprise, `excused` says that he left by work injury or the firm's closure. An open contract
    end is open-ended; `skilled_post` None is not told; `denied` that he says it was not he.
    """

    row: int
    person: str
    birth: date | None
    joined_as: str
    joined_on: date | None
    contract_start: date | None
    contract_end: date | None
    agreement_on: date | None
    skilled_post: bool | None
    mentor: str
    teacher: str
    outcome: PersonOutcome = PersonOutcome.OPEN
    obtained_level: str = ""
    left_on: date | None = None
    excused: bool = False
    months_done: int | None = None
    months: tuple[MonthDone, ...] = ()
    insured_here: tuple[str, ...] = ()
    payments: tuple[PaidTraining, ...] = ()
    denied: bool = False


class ProgrammeFacts(msgspec.Struct, frozen=True):
    """A programme (学徒班) as rules see it. `day` is the filing's approval and picks the figures (VER-01); `months` count whole.

    `planned` are hours of the whole term; `mentor_heads` counts each mentor's apprentices over all running programmes of the district.
    `high_skilled` are the keys of mentors with level 3 or higher. `insurance_months` are those that were delivered at all.
    `advance_fen` is what was paid in advance for the whole programme. `taught` and `video_centihours` None are not told.
    """

    number: str
    uscc: str
    institution: str
    day: date
    filed_on: date
    level: str
    start: date
    months: int
    cooperation_on: date | None
    reason_recorded: bool
    credit_system: bool
    student_status: bool
    planned: Hours
    taught: Hours | None
    video_centihours: int | None
    apprentices: tuple[ApprenticeFacts, ...]
    mentor_heads: Mapping[str, int]
    high_skilled: tuple[str, ...]
    insurance_months: tuple[str, ...]
    as_of: date
    advance_fen: int | None = None

    @property
    def end(self) -> date:
        """The last day of the term."""
        return add_months(self.start, self.months) - timedelta(days=1)

    @property
    def term_months(self) -> tuple[str, ...]:
        """The calendar months of the term as `2026-03`, from that of its first day, as many as the term has months."""
        return months_touched(self.start, self.end)[: self.months]


class ProgrammeContext(msgspec.Struct, frozen=True):
    """Surroundings of a rule of an apprenticeship: programme, stage, and the figures of the filing's approval (VER-01)."""

    programme: ProgrammeFacts
    stage: Stage
    figures: FiguresOn


def months_of(programme: ProgrammeFacts, apprentice: ApprenticeFacts) -> tuple[str, ...]:
    """The months of the term that an apprentice was there for: all, or those before the month in which he left."""
    if apprentice.left_on is None:
        return programme.term_months
    left = apprentice.left_on.strftime("%Y-%m")
    return tuple(month for month in programme.term_months if month < left)
