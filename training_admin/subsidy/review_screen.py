"""What the page of a claim shows of its review: timeline and clock for everybody, acts, causes, words and notes for whom they are."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, may, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.dated import Policy
from training_admin.kit.rights import Reach, Right
from training_admin.kit.vault import vault
from training_admin.kit.wording import row_ranges
from training_admin.office.workdays import load_calendar
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy
from training_admin.policy.wording import is_assumed
from training_admin.subsidy import appeal_store, attachment_store, handling_store, review_store
from training_admin.subsidy.appeal_store import Appeal
from training_admin.subsidy.appeals import REMEDIES, STATE_OF_APPEAL, appeal_until, is_appealed
from training_admin.subsidy.asked import asked_for
from training_admin.subsidy.attachment_store import Attachment, CostShown
from training_admin.subsidy.attachments import KINDS as PAPER_KINDS
from training_admin.subsidy.causes import Cause, cause_groups
from training_admin.subsidy.determination import WORDS as LINE_WORDS
from training_admin.subsidy.determination import Determined, LineSaid, cleared_rows, determined, newest
from training_admin.subsidy.handling import NOTE_KINDS
from training_admin.subsidy.handling_store import OtherClaim, Overlap
from training_admin.subsidy.parameters import CLAIM_ACCEPT_WORKDAYS, CLAIM_REVIEW_WORKDAYS
from training_admin.subsidy.queue import worked_by
from training_admin.subsidy.resubmitting import earlier_number
from training_admin.subsidy.review_facts import LANE_WORDS, WORD_RIGHT, PossibleAct, Risk, possible_acts, workdays_left
from training_admin.subsidy.review_states import ACT_WORDS, REASSESSED, STATE_WORDS, WAITING_FOR_OFFICE, Act, ClaimState
from training_admin.subsidy.review_store import NOTE_PLACE, DoneStep, ReviewedClaim
from training_admin.subsidy.reviewing import acceptance_due
from training_admin.subsidy.views import ClaimDetail

MOST_OPINIONS = 5
# The words and small functions that the templates of the review need.
REVIEW_WORDS: Mapping[str, Any] = {
    "state_of": STATE_WORDS,
    "act_words": ACT_WORDS,
    "line_words": LINE_WORDS,
    "paper_kinds": PAPER_KINDS,
    "note_kinds": NOTE_KINDS,
    "lane_words": LANE_WORDS,
    "appeal_words": STATE_OF_APPEAL,
    "row_ranges": row_ranges,
    "remedies": REMEDIES,
}
# The review of these claims is over: the enterprise reads what was said of its rows.
TOLD = frozenset(ClaimState) - frozenset(WAITING_FOR_OFFICE) | {ClaimState.DETERMINED}


class ClockShown(msgspec.Struct, frozen=True):
    """The clock of the step that is waited for: its last day, working days left, the figure with its paper and whether it is assumed."""

    due_on: date
    days_left: int | None
    workdays: int
    what: str
    paper: str
    assumed: bool
    deemed: bool


class NoteShown(msgspec.Struct, frozen=True):
    """An internal note or call, opened."""

    kind: str
    words: str
    writer: str
    written_at: datetime


class OfficeView(msgspec.Struct, frozen=True):
    """What only the office sees of a claim under review."""

    risk: Risk
    acts: tuple[PossibleAct, ...]
    causes: tuple[Cause, ...]
    asked: tuple[str, ...]
    may_speak: bool
    worked_by: str
    opened: bool
    notes: tuple[NoteShown, ...]
    opinions: Mapping[str, tuple[str, ...]]
    others: tuple[OtherClaim, ...]
    overlaps: tuple[Overlap, ...]


class ReviewShown(msgspec.Struct, frozen=True):
    """The review of a claim for one reader; `office` is None for whoever does not work on claims."""

    claim: ReviewedClaim
    steps: tuple[DoneStep, ...]
    clock: ClockShown | None
    asked: tuple[str, ...]
    words: tuple[LineSaid, ...]
    found: Determined | None
    papers: tuple[Attachment, ...]
    costs: tuple[CostShown, ...]
    appeals: tuple[Appeal, ...]
    appeal_until: date | None
    earlier: str | None
    following: str | None
    office: OfficeView | None
    own: bool
    may_withdraw: bool
    may_resubmit: bool
    may_attach: bool
    may_appeal: bool
    may_decide_appeal: bool


@cache
def common_opinions() -> Mapping[str, tuple[str, ...]]:
    """The opinions that every office uses, by act."""
    content = files("training_admin.subsidy").joinpath("data", "opinions.json").read_bytes()
    return msgspec.json.decode(content, type=dict[str, tuple[str, ...]])


async def show_review(actor: Actor, detail: ClaimDetail, *, clock: Clock) -> ReviewShown:
    """The review of a claim that was read before, in a constant number of queries; raises NotAllowed, ClaimNotFound."""
    codes = scope_of(actor, Right.CLAIM_READ).codes
    async with read_transaction():
        claim = await review_store.claim_by_number(detail.summary.number, codes)
        steps = await review_store.steps_of(claim.id)
        said = await review_store.words_of(claim.id)
        papers = await attachment_store.attachments_of(claim.id)
        costs = await attachment_store.costs_of(claim.id, papers)
        appeals = await appeal_store.appeals_of(claim.id)
        until = await appeal_until(steps, clock=clock) if is_appealed(claim, steps) else None
        shown = await _clock_of(claim, clock)
        office = await _office(actor, claim, detail, steps, clock) if may(actor, Right.CLAIM_HANDLE) else None
    found = None
    if detail.record is not None and detail.record.ceiling.payable_fen is not None:
        found = determined(detail.record, newest(said), cleared_rows(said, today=clock.today()))
    inside = actor.reach(Right.CLAIM_READ) is not Reach.OWN
    words = tuple(newest(said).values()) if inside or claim.state in TOLD else ()
    own = may(actor, Right.CLAIM_SUBMIT) and not inside and actor.approved
    waiting = any(each.state == "asked" for each in appeals)
    return ReviewShown(
        claim=claim,
        steps=tuple(steps),
        clock=shown,
        asked=_asked_last(steps),
        words=words,
        found=found if words or inside else None,
        papers=tuple(papers),
        costs=tuple(costs),
        appeals=tuple(appeals),
        appeal_until=until,
        earlier=earlier_number(claim),
        following=next((str(each.detail["by"]) for each in steps if each.act is Act.RESUBMIT and "by" in each.detail), None),
        office=office,
        own=own,
        may_withdraw=own and claim.state in REASSESSED and claim.state is not ClaimState.JOINT_REVIEW,
        may_resubmit=own and claim.state is ClaimState.RETURNED,
        may_attach=own and claim.state in REASSESSED,
        may_appeal=own and is_appealed(claim, steps) and not waiting and (until is None or clock.today() <= until),
        may_decide_appeal=may(actor, Right.APPEAL_DECIDE) and waiting,
    )


def _asked_last(steps: Sequence[DoneStep]) -> tuple[str, ...]:
    """What the return of a claim asked for."""
    found: list[object] = next((each.detail.get("asked", []) for each in reversed(steps) if each.act is Act.RETURN), [])
    return tuple(str(each) for each in found)


async def _clock_of(claim: ReviewedClaim, clock: Clock) -> ClockShown | None:
    """The clock that runs against the office, or None where none does; inside an open transaction."""
    submitted = claim.state is ClaimState.SUBMITTED
    due_on = await acceptance_due(claim, clock=clock) if submitted else claim.due_on
    if due_on is None:
        return None
    policy: Policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
    parameter = CLAIM_ACCEPT_WORKDAYS if submitted else CLAIM_REVIEW_WORKDAYS
    figure = policy.dated(parameter, claim.as_of)
    left = workdays_left(await load_calendar(), clock.today(), due_on)
    return ClockShown(
        due_on=due_on,
        days_left=left,
        workdays=policy.at(parameter, claim.as_of),
        what=parameter.meaning,
        paper=figure.paper,
        assumed=is_assumed(figure.standing, figure.local_standing),
        deemed=submitted and left is not None and left < 0,
    )


async def _office(actor: Actor, claim: ReviewedClaim, detail: ClaimDetail, steps: Sequence[DoneStep], clock: Clock) -> OfficeView:
    """What the office sees; inside an open transaction."""
    queued = (await handling_store.queued([claim.state], None, asker=actor.trail_key, most=1, numbers=[claim.number]))[0]
    keys = vault()
    notes = [
        NoteShown(NOTE_KINDS[each.kind], keys.decrypt_text(each.sealed, place=NOTE_PLACE), each.writer, each.written_at)
        for each in await handling_store.notes_of(claim.id)
    ]
    mine = await handling_store.most_used_opinions(actor.trail_key, most=MOST_OPINIONS)
    causes = () if detail.record is None else cause_groups(detail.record)
    refusing = tuple(each for each in causes if each.waits)
    right = WORD_RIGHT.get(claim.state)
    return OfficeView(
        risk=queued.risk,
        acts=possible_acts(actor, claim.state, (each.step for each in steps), returned=claim.returned),
        causes=causes,
        asked=asked_for(detail.problems, refusing),
        may_speak=right is not None and may(actor, right) and detail.record is not None,
        worked_by=worked_by(queued.hand, actor, clock.now()),
        opened=queued.opened,
        notes=tuple(notes),
        opinions={act: (*words, *mine) for act, words in common_opinions().items()},
        others=tuple(await handling_store.other_claims(claim.uscc, claim=claim.id, since_year=claim.claim_year - 1)),
        overlaps=tuple(await handling_store.overlaps_of(claim.id)),
    )
