"""Measures against institutions (PEN-03) and the credit record (PEN-04): proposed, confirmed by another person, mended or lifted."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

import msgspec

from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, assert_own, assert_two_persons, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Reach, Right
from training_admin.kit.workdays import Calendar, NoCalendar
from training_admin.office import trail
from training_admin.office.messages import Letter, send, to_organisation
from training_admin.office.numbers import next_number
from training_admin.office.workdays import load_calendar
from training_admin.parties import institution_store, ladder, sanction_store
from training_admin.parties.ladder import STEP_WORDS, Block, LadderFigures, Step
from training_admin.parties.sanction_store import SanctionNotFound, SanctionShown, sanction_of

NUMBER_KIND = "sanction"
LONGEST_FACTS, LONGEST_GROUND = 2000, 500
# An objection against a credit record is marked within 1 working day and decided in 5 more (上海市社会信用条例 art. 36).
OBJECTION_WORKDAYS = 6
STATE_WORDS = {"proposed": "待审定", "confirmed": "已作出", "refused": "不作处理"}
MOVES: Mapping[str, Mapping[str, str]] = {"proposed": {"confirm": "confirmed", "refuse": "refused"}, "confirmed": {}, "refused": {}}


class Closing(StrEnum):
    """What may follow a confirmed measure."""

    FIXED = "fixed"
    LIFTED = "lifted"
    OBJECTED = "objected"


class SanctionRefused(Unreadable):
    """The measure cannot be taken as written."""

    code = "sanction-refused"
    title = "违规处理无法办理"


class SanctionDecided(Refusal):
    """The measure was decided already, or is not one that this can be done to."""

    code = "sanction-decided"
    title = "不能重复办理"


class Proposed(msgspec.Struct, frozen=True):
    """What is proposed: against whom, which step, what happened until when, and the statutory ground or paper."""

    organisation: str
    step: Step
    facts: str
    ground: str
    conduct_ended_on: date


class SanctionDetail(msgspec.Struct, frozen=True):
    """A measure with the days it blocks, and the last day to decide an objection (None: no objection, or no calendar)."""

    sanction: SanctionShown
    block: Block | None
    objection_due: date | None


@retried
async def propose_sanction(actor: Actor, proposed: Proposed, *, clock: Clock) -> str:
    """Propose a measure against an organisation that has registered; returns its number. The ladder may raise the step.

    Raises NotAllowed, SanctionRefused.
    """
    assert_may(actor, Right.SANCTION_PROPOSE)
    facts = one_line(proposed.facts, SanctionRefused, most=LONGEST_FACTS, what="违规事实")
    ground = one_line(proposed.ground, SanctionRefused, most=LONGEST_GROUND, what="依据（文件和条款）")
    today = clock.today()
    if proposed.conduct_ended_on > today:
        raise SanctionRefused("违规行为终了日不能晚于今天。")
    async with write_transaction():
        known = await institution_store.organisations([proposed.organisation], wanted="", today=today, most=1)
        if not known:
            raise SanctionRefused("请从列表中选择单位；列表中只有已登记办学条件的单位。")
        earlier = await sanction_store.confirmed(proposed.organisation, known_at=clock.now())
        step = ladder.step_due(proposed.step, earlier, today, LadderFigures())
        number = f"WG{today.year}{await next_number(NUMBER_KIND, today.year):04d}"
        shown = SanctionShown(
            id=0,
            number=number,
            organisation=proposed.organisation,
            organisation_name=known[0].name,
            asked=proposed.step,
            step=step,
            facts=facts,
            ground=ground,
            conduct_ended_on=proposed.conduct_ended_on,
            proposer=shown_name(actor),
            hands=actor.hands,
            proposed_at=clock.now(),
            state="proposed",
            decider=None,
            decided_at=None,
            decided_on=None,
            reason="",
            fix_by=None,
            objected_on=None,
            fixed_on=None,
            lifted_on=None,
            closing="",
        )
        await sanction_store.add(shown, proposed_by=actor.trail_key)
        detail = {"organisation": proposed.organisation, "asked": proposed.step.value, "step": step.value}
        await trail.record(actor, "parties:sanction:proposed", number, detail, at=clock.now())
    return number


@retried
async def decide_sanction(actor: Actor, number: str, *, confirm: bool, reason: str, clock: Clock) -> None:
    """Confirm a measure, with the step that the ladder makes of it today, or refuse it with a reason.

    Raises NotAllowed, SanctionNotFound, SanctionDecided, SamePersonTwice, SanctionRefused, NoCalendar.
    """
    assert_may(actor, Right.SANCTION_DECIDE)
    words = "" if confirm and not reason.strip() else one_line(reason, SanctionRefused, most=LONGEST_GROUND, what="审定意见")
    today = clock.today()
    async with write_transaction():
        shown = await sanction_store.load(number)
        state = MOVES[shown.state].get("confirm" if confirm else "refuse")
        if state is None:
            raise SanctionDecided("这项处理已经办结，请刷新页面查看结果。")
        assert_two_persons(shown.hands, actor)
        earlier = await sanction_store.confirmed(shown.organisation, known_at=clock.now())
        step = ladder.step_due(shown.asked, earlier, today, LadderFigures())
        fix_by = ladder.fix_by(step, today, await load_calendar(), LadderFigures()) if confirm else None
        decided = msgspec.structs.replace(
            shown, state=state, step=step, fix_by=fix_by, decided_on=today, decided_at=clock.now(), decider=shown_name(actor), reason=words
        )
        stored = await sanction_store.decide(decided, by=actor.trail_key)
        assert stored, "the row was read as proposed in this very transaction"
        if confirm:
            letter = Letter(
                number, f"已作出{STEP_WORDS[step]}", "请查看违规事实、依据、整改期限和不受理开班备案的期间。", f"/sanctions/{number}"
            )
            await send(to_organisation(shown.organisation, Right.INSTITUTION_READ), letter, clock=clock)
        detail = {"organisation": shown.organisation, "step": step.value, "reason": words}
        await trail.record(actor, f"parties:sanction:{state}", number, detail, at=clock.now())


@retried
async def close_sanction(actor: Actor, number: str, closing: Closing, *, words: str, clock: Clock) -> None:
    """Accept as mended or repaired, lift, or mark an objection, today.

    Raises NotAllowed, SanctionNotFound, SanctionDecided, SanctionRefused. Lifting is for whoever decides measures.
    """
    assert_may(actor, Right.SANCTION_DECIDE if closing is Closing.LIFTED else Right.SANCTION_PROPOSE)
    why = one_line(words, SanctionRefused, most=LONGEST_GROUND, what="说明")
    today = clock.today()
    async with write_transaction():
        shown = await sanction_store.load(number)
        if shown.state != "confirmed" or shown.lifted_on is not None or not _may_follow(shown, closing):
            raise SanctionDecided("这项处理不能作此办理，或已经办过，请刷新页面查看结果。")
        await sanction_store.close(
            number,
            fixed_on=today if closing is Closing.FIXED else None,
            lifted_on=today if closing is Closing.LIFTED else None,
            objected_on=today if closing is Closing.OBJECTED else None,
            words=why,
        )
        await trail.record(actor, f"parties:sanction:{closing}", number, {"reason": why}, at=clock.now())


def _may_follow(shown: SanctionShown, closing: Closing) -> bool:
    if closing is Closing.FIXED:
        return shown.fixed_on is None and (shown.fix_by is not None or shown.step is Step.CREDIT)
    return closing is Closing.LIFTED or (shown.objected_on is None and shown.step is Step.CREDIT)


async def list_sanctions(actor: Actor, *, before: int | None, limit: int, clock: Clock) -> tuple[list[SanctionDetail], int | None]:
    """A page of measures of the actor's scope, newest first; whom they concern sees confirmed ones only. Raises NotAllowed."""
    scope = scope_of(actor, Right.INSTITUTION_READ)
    own = actor.reach(Right.INSTITUTION_READ) is Reach.OWN
    async with read_transaction():
        found = await sanction_store.listing(scope.codes, confirmed_only=own, before=before, limit=limit + 1)
        years = await institution_store.credit_years(clock.today(), known_at=clock.now())
        calendar = await load_calendar()
    details = [_detail(each, years, calendar) for each in found[:limit]]
    return details, found[limit - 1].id if len(found) > limit else None


async def show_sanction(actor: Actor, number: str, *, clock: Clock) -> SanctionDetail:
    """One measure; raises NotAllowed, SanctionNotFound."""
    missing = SanctionNotFound("没有找到这项处理，请核对编号。")
    async with read_transaction():
        shown = await sanction_store.load(number)
        years = await institution_store.credit_years(clock.today(), known_at=clock.now())
        calendar = await load_calendar()
    assert_own(actor, Right.INSTITUTION_READ, shown.organisation, missing)
    if actor.reach(Right.INSTITUTION_READ) is Reach.OWN and shown.state != "confirmed":
        raise missing
    return _detail(shown, years, calendar)


def _detail(shown: SanctionShown, years: int, calendar: Calendar) -> SanctionDetail:
    block = ladder.block_of(sanction_of(shown), LadderFigures(), years) if shown.state == "confirmed" else None
    try:
        due = None if shown.objected_on is None else calendar.add_workdays(shown.objected_on, OBJECTION_WORKDAYS)
    except NoCalendar:
        due = None
    return SanctionDetail(shown, block, due)
