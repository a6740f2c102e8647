"""What a reviewer's queue and page compute: the lane of a claim, working days left, who may do what now. Pure, over loaded facts."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from training_admin.kit.actor import Actor, may
from training_admin.kit.rights import Right
from training_admin.kit.workdays import Calendar, NoCalendar
from training_admin.subsidy.review_states import (
    ACT_WORDS,
    DECIDING,
    MOVES,
    NEEDS_MINUTES,
    NEEDS_OPINION,
    RIGHT_OF,
    Act,
    ClaimState,
    Step,
    deciders,
)

# Whether a claim all of whose checks passed may be decided without its page having been opened. No paper says so: 暂定, and off.
PASS_UNOPENED = False
# Beyond this many working days nobody counts.
LONGEST_COUNT = 400
OFFICE_ACTS = frozenset(act for act, right in RIGHT_OF.items() if right is not Right.CLAIM_SUBMIT)
# Several claims at once: what is decided for each alone needs its own words.
BATCH_ACTS = (Act.ACCEPT, Act.FIRST, Act.SECOND, Act.DETERMINE)
# Whose word on a row counts, by the state in which it is said.
WORD_RIGHT = {
    ClaimState.ACCEPTED: Right.CLAIM_REVIEW,
    ClaimState.FIRST_REVIEW: Right.CLAIM_SECOND_REVIEW,
    ClaimState.SECOND_REVIEW: Right.CLAIM_DETERMINE,
    ClaimState.JOINT_REVIEW: Right.CLAIM_DETERMINE,
}


class Lane(StrEnum):
    """One of the three lanes of the queue."""

    DOUBTED = "doubted"
    WARNED = "warned"
    PASSED = "passed"


LANE_WORDS = {
    Lane.DOUBTED: "有疑点或待比对",
    Lane.WARNED: "有提示或未通过项",
    Lane.PASSED: "全部通过",
}
_LANES = tuple(Lane)


class Risk(msgspec.Struct, frozen=True):
    """What speaks for a careful look: unknown facts, findings that hold, refuse or warn, wrong cells, holds on the payment."""

    assessed: bool
    unknown: int = 0
    holding: int = 0
    refusing: int = 0
    warning: int = 0
    cells: int = 0
    holds: int = 0

    @property
    def lane(self) -> Lane:
        """The lane; what has not been assessed is not known to pass."""
        if not self.assessed or self.unknown or self.holding or self.holds:
            return Lane.DOUBTED
        return Lane.WARNED if self.refusing or self.warning or self.cells else Lane.PASSED

    @property
    def order(self) -> tuple[int, int, int]:
        """Gravest first."""
        return (_LANES.index(self.lane), -self.holds, -(self.unknown + self.holding))


class PossibleAct(msgspec.Struct, frozen=True):
    """An act that a person may do on a claim now; `blocked` says in words why this very person may not."""

    act: Act
    words: str
    needs_opinion: bool
    needs_minutes: bool
    blocked: str = ""


def workdays_left(calendar: Calendar, today: date, due: date) -> int | None:
    """Working days from today to a last day, below zero when it is over; None where a year has no calendar."""
    step = timedelta(days=1 if due >= today else -1)
    day, count = today, 0
    try:
        while day != due and abs(count) < LONGEST_COUNT:
            day += step
            # Towards the past the days after the last one count, up to and with today.
            counted = day if step.days > 0 else day - step
            count += step.days * calendar.is_workday(counted)
    except NoCalendar:
        return None
    return count


def possible_acts(actor: Actor, state: ClaimState, steps: Iterable[Step], *, returned: int) -> tuple[PossibleAct, ...]:
    """What the actor's rights allow in a state, in the order of the table; the office's acts only."""
    taken = deciders(tuple(steps))
    found = []
    for act in MOVES[state]:
        if act not in OFFICE_ACTS or not may(actor, RIGHT_OF[act]) or (act is Act.RETURN and returned):
            continue
        twice = act in DECIDING and taken & actor.hands
        blocked = "您已对这份申报作过决定，须由另一名人员办理。" if twice else ""
        found.append(PossibleAct(act, ACT_WORDS[act], act in NEEDS_OPINION, act in NEEDS_MINUTES, blocked))
    return tuple(found)


def states_for(actor: Actor) -> tuple[ClaimState, ...]:
    """The states in which the actor has something to do for the office."""
    return tuple(state for state, moves in MOVES.items() if any(act in OFFICE_ACTS and may(actor, RIGHT_OF[act]) for act in moves))


def may_pass_unopened(lane: Lane, *, allowed: bool) -> bool:
    """Whether a claim may be decided in a batch although this reviewer has not opened its page."""
    return allowed and lane is Lane.PASSED
