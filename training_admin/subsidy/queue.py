"""The reviewers' queue: what waits for whom, in three lanes, gravest and soonest due first; several decisions at once."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec

from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, scope_of
from training_admin.kit.clock import Clock, shanghai_day
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.workdays import Calendar, NoCalendar
from training_admin.office.workdays import load_calendar
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy
from training_admin.subsidy import handling_store as store
from training_admin.subsidy.handling_store import Hand, QueuedClaim
from training_admin.subsidy.parameters import CLAIM_ACCEPT_WORKDAYS
from training_admin.subsidy.review_facts import BATCH_ACTS, PASS_UNOPENED, Lane, may_pass_unopened, states_for, workdays_left
from training_admin.subsidy.review_states import Act, ClaimState
from training_admin.subsidy.reviewing import act_on_claim

WORKS_FOR = timedelta(minutes=15)
MOST_QUEUED, MOST_AT_ONCE = 2000, 100
FAR = date.max


# How many doubts of the audit stop money of which claim: handed in by the application, the audit stands to the right.
CountDoubts = Callable[[Sequence[str]], Awaitable[dict[str, int]]]


async def no_doubts(numbers: Sequence[str]) -> dict[str, int]:
    """For a queue without an audit."""
    del numbers
    return {}


class NotOpened(Refusal):
    """A claim is decided together with others only by whoever has opened it since it last changed."""

    code = "claim-not-opened"
    title = "尚未打开查看"


class BatchRefused(Unreadable):
    """Nothing was chosen, too much was, or the act is not one for several claims at once."""

    code = "review-batch-refused"
    title = "无法批量办理"


class QueueRow(msgspec.Struct, frozen=True):
    """One claim of the queue with its clock; `deemed` says that nobody answered in time, so that it counts as accepted."""

    queued: QueuedClaim
    lane: Lane
    due_on: date | None
    days_left: int | None
    deemed: bool
    worked_by: str
    opened: bool

    @property
    def overdue(self) -> bool:
        """Whether the last day is over."""
        return self.days_left is not None and self.days_left < 0


class QueueFilter(msgspec.Struct, frozen=True):
    """Which claims the queue shows; empty means all."""

    lane: str = ""
    state: str = ""
    wanted: str = ""
    overdue: bool = False


class Queue(msgspec.Struct, frozen=True):
    """The page of a queue: its rows, how many wait in which lane and state, and how many are overdue."""

    rows: tuple[QueueRow, ...]
    following: int | None
    total: int
    lanes: Mapping[Lane, int]
    states: Mapping[ClaimState, int]
    overdue: int
    may_states: tuple[ClaimState, ...]


class Done(msgspec.Struct, frozen=True):
    """What came of one claim of a batch: the state it is in now, or why it was not done."""

    number: str
    state: ClaimState | None
    refused: str = ""


class ChosenClaim(msgspec.Struct, frozen=True):
    """A claim chosen on the queue, over the version that was shown."""

    number: str
    version: int


async def queue_of(actor: Actor, wanted: QueueFilter, *, after: int, limit: int, doubts: CountDoubts = no_doubts, clock: Clock) -> Queue:
    """A page of what waits for the actor; raises NotAllowed. A constant number of queries."""
    codes = scope_of(actor, Right.CLAIM_HANDLE).codes
    states = states_for(actor)
    async with read_transaction():
        found = await _doubted(await store.queued(states, codes, asker=actor.trail_key, most=MOST_QUEUED), doubts)
        rows = await _rows(actor, found, clock=clock)
    shown = [each for each in rows if _fits(each, wanted)]
    page = tuple(shown[after : after + limit])
    return Queue(
        rows=page,
        following=after + limit if len(shown) > after + limit else None,
        total=len(shown),
        lanes=Counter(each.lane for each in rows),
        states=Counter(each.queued.claim.state for each in rows),
        overdue=sum(1 for each in rows if each.overdue),
        may_states=states,
    )


async def _doubted(found: Sequence[QueuedClaim], doubts: CountDoubts) -> list[QueuedClaim]:
    """With the doubts that stop money among what holds the payment."""
    counts = await doubts([each.claim.number for each in found])
    return [
        msgspec.structs.replace(each, risk=msgspec.structs.replace(each.risk, holds=each.risk.holds + counts.get(each.claim.number, 0)))
        for each in found
    ]


async def _rows(actor: Actor, found: Sequence[QueuedClaim], *, clock: Clock) -> list[QueueRow]:
    """With their clocks, in the order in which they are best worked on; inside an open transaction."""
    calendar = await load_calendar()
    policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
    rows = []
    for each in found:
        due_on = each.claim.due_on
        if each.claim.state is ClaimState.SUBMITTED:
            came_in = shanghai_day(each.claim.submitted_at)
            due_on = _added(calendar, came_in, policy.at(CLAIM_ACCEPT_WORKDAYS, came_in))
        left = None if due_on is None else workdays_left(calendar, clock.today(), due_on)
        deemed = each.claim.state is ClaimState.SUBMITTED and left is not None and left < 0
        rows.append(QueueRow(each, each.risk.lane, due_on, left, deemed, worked_by(each.hand, actor, clock.now()), each.opened))
    rows.sort(key=lambda row: (not row.overdue, row.queued.risk.order, row.due_on or FAR, row.queued.claim.id))
    return rows


def _added(calendar: Calendar, day: date, workdays: int) -> date | None:
    try:
        return calendar.add_workdays(day, workdays)
    except NoCalendar:
        return None


def worked_by(hand: Hand | None, actor: Actor, now: datetime) -> str:
    """Who works on a claim at the moment, by name; "" for nobody or the actor himself."""
    return hand.name if hand is not None and hand.account != actor.trail_key and now < hand.until else ""


def _fits(row: QueueRow, wanted: QueueFilter) -> bool:
    claim, text = row.queued.claim, wanted.wanted.strip()
    return (
        (not wanted.lane or row.lane.value == wanted.lane)
        and (not wanted.state or claim.state.value == wanted.state)
        and (not wanted.overdue or row.overdue)
        and (not text or text in claim.number or text in claim.enterprise_name or text in claim.uscc or text in claim.street)
    )


async def decide_several(
    actor: Actor,
    chosen: Sequence[ChosenClaim],
    act: Act,
    *,
    opinion: str,
    minutes: str,
    clock: Clock,
    doubts: CountDoubts = no_doubts,
    pass_unopened: bool = PASS_UNOPENED,
) -> list[Done]:
    """Decide several claims, each in its own transaction; one that is refused keeps no other from being done.

    Each must have been opened by the actor since it last changed, unless the policy lets claims pass all of whose checks passed.
    Raises NotAllowed, BatchRefused.
    """
    codes = scope_of(actor, Right.CLAIM_HANDLE).codes
    if act not in BATCH_ACTS:
        raise BatchRefused("这项办理须逐份进行，请打开申报后办理。")
    if not chosen or len(chosen) > MOST_AT_ONCE:
        raise BatchRefused(f"请选择 1 至 {MOST_AT_ONCE} 份申报。")
    async with read_transaction():
        numbers = [each.number for each in chosen]
        queued = await store.queued(states_for(actor), codes, asker=actor.trail_key, most=MOST_QUEUED, numbers=numbers)
        found = await _doubted(queued, doubts)
    known = {each.claim.number: each for each in found}
    return [
        await _decide_one(actor, each, known.get(each.number), act, (opinion, minutes), clock=clock, pass_unopened=pass_unopened)
        for each in chosen
    ]


async def _decide_one(
    actor: Actor,
    each: ChosenClaim,
    queued: QueuedClaim | None,
    act: Act,
    words: tuple[str, str],
    *,
    clock: Clock,
    pass_unopened: bool,
) -> Done:
    try:
        if queued is not None and not queued.opened and not may_pass_unopened(queued.risk.lane, allowed=pass_unopened):
            raise NotOpened("您还没有打开过这份申报，或打开后又有变动。请先在待办中点“办理”查看。")
        opinion, minutes = words
        state = await act_on_claim(actor, each.number, act, version=each.version, opinion=opinion, minutes=minutes, clock=clock)
    except Refusal as refusal:
        return Done(each.number, None, refusal.sentence)
    return Done(each.number, state)
