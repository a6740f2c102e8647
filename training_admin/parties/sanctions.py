"""Measures against institutions (PEN-03) and the credit record (PEN-04): proposed, told, decided by another person, mended or lifted.

What whom they concern says about them stands in `pleas`.
"""

from datetime import date
from enum import StrEnum

import msgspec

from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, assert_may, assert_own, assert_two_persons, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Unreadable
from training_admin.kit.rights import Reach, Right
from training_admin.office import trail
from training_admin.office.idempotency import once
from training_admin.office.messages import Letter, send, to_organisation
from training_admin.office.numbers import next_number
from training_admin.office.workdays import load_calendar
from training_admin.parties import institution_store, ladder, plea_store, sanction_store
from training_admin.parties.ladder import STEP_WORDS, Block, LadderFigures, Step
from training_admin.parties.plea_store import Plea
from training_admin.parties.sanction_states import (
    DECIDED,
    TOLD_FIRST,
    MeasureAct,
    MeasureState,
    PleaKind,
    SanctionDecided,
    assert_heard,
    next_state,
    standing_words,
)
from training_admin.parties.sanction_store import SanctionNotFound, SanctionShown, sanction_of

NUMBER_KIND = "sanction"
LONGEST_FACTS, LONGEST_GROUND = 2000, 500


class Closing(StrEnum):
    """What may follow a confirmed measure."""

    FIXED = "fixed"
    LIFTED = "lifted"


class SanctionRefused(Unreadable):
    """The measure cannot be taken as written."""

    code = "sanction-refused"
    title = "违规处理无法办理"


class Proposed(msgspec.Struct, frozen=True):
    """What is proposed: against whom, which step, what happened until when, and the statutory ground or paper."""

    organisation: str
    step: Step
    facts: str
    ground: str
    conduct_ended_on: date


class SanctionDetail(msgspec.Struct, frozen=True):
    """A measure with the days it blocks, where it stands today, what was said about it, and the last day to answer what is open."""

    sanction: SanctionShown
    block: Block | None
    standing: str
    pleas: tuple[Plea, ...] = ()
    open_due: date | None = None
    waits: bool = False

    @property
    def told_first(self) -> bool:
        """Whether the measure must be told before it is decided."""
        return self.sanction.step in TOLD_FIRST


@once
async def propose_sanction(actor: Actor, proposed: Proposed, *, clock: Clock) -> str:
    """Propose a measure against an organisation that has registered; returns its number. The ladder may raise the step.

    Who trains nobody can only be entered into the credit record.

    Raises NotAllowed, SanctionRefused.
    """
    assert_may(actor, Right.SANCTION_PROPOSE)
    facts = one_line(proposed.facts, SanctionRefused, most=LONGEST_FACTS, what="违规事实")
    ground = one_line(proposed.ground, SanctionRefused, most=LONGEST_GROUND, what="依据（文件和条款）")
    today = clock.today()
    if proposed.conduct_ended_on > today:
        raise SanctionRefused("违规行为终了日不能晚于今天。")
    name = await _name_of(proposed, today)
    earlier = await sanction_store.confirmed(proposed.organisation, known_at=clock.now())
    step = ladder.step_due(proposed.step, earlier, today, LadderFigures())
    number = f"WG{today.year}{await next_number(NUMBER_KIND, today.year):04d}"
    shown = SanctionShown(
        id=0,
        number=number,
        organisation=proposed.organisation,
        organisation_name=name,
        asked=proposed.step,
        step=step,
        facts=facts,
        ground=ground,
        conduct_ended_on=proposed.conduct_ended_on,
        proposer=shown_name(actor),
        hands=actor.hands,
        proposed_at=clock.now(),
        state=MeasureState.PROPOSED,
        teller=None,
        told_at=None,
        state_by=None,
        decider=None,
        decided_at=None,
        decided_on=None,
        reason="",
        fix_by=None,
        fixed_on=None,
        lifted_on=None,
        closing="",
    )
    await sanction_store.add(shown, proposed_by=actor.trail_key)
    detail = {"organisation": proposed.organisation, "asked": proposed.step.value, "step": step.value}
    await trail.record(actor, "parties:sanction:proposed", number, detail, at=clock.now())
    return number


async def _name_of(proposed: Proposed, today: date) -> str:
    """The name of whom a measure concerns; raises SanctionRefused for an organisation that nobody knows, or that trains nobody."""
    known = await institution_store.organisations([proposed.organisation], wanted="", today=today, most=1)
    if known:
        return known[0].name
    name = await sanction_store.name_of(proposed.organisation)
    if name is None:
        raise SanctionRefused("没有找到这家单位。请从列表中选择，或填写登记数据中已有的统一社会信用代码。")
    if proposed.step is not Step.CREDIT:
        raise SanctionRefused("这家单位没有登记办学条件，只能提出列入失信信息；约谈、整改、通报和终止合作协议适用于办学单位。")
    return name


@once
async def tell_sanction(actor: Actor, number: str, *, clock: Clock) -> date:
    """Tell whom a proposed measure concerns of facts and ground; returns the last day to state the case (告知).

    Raises NotAllowed, SanctionNotFound, SanctionDecided, NoCalendar.
    """
    assert_may(actor, Right.SANCTION_PROPOSE)
    shown = await sanction_store.load(number)
    next_state(shown.state, MeasureAct.TELL)
    state_by = (await load_calendar()).add_workdays(clock.today(), LadderFigures().statement_workdays)
    hands = shown.hands | actor.hands
    await sanction_store.tell(number, teller=shown_name(actor), hands=hands, state_by=state_by, at=clock.now())
    text = f"拟作出处理：{STEP_WORDS[shown.step]}。请查看事实和依据，如有异议可在{state_by:%Y年%m月%d日}前陈述申辩。"
    await _tell(shown, "违规处理告知", text, clock=clock)
    await trail.record(actor, "parties:sanction:told", number, {"state_by": state_by.isoformat()}, at=clock.now())
    return state_by


async def _tell(shown: SanctionShown, title: str, text: str, *, clock: Clock) -> None:
    letter = Letter(shown.number, title, text, f"/sanctions/{shown.number}")
    await send(to_organisation(shown.organisation, Right.INSTITUTION_READ), letter, clock=clock)


@once
async def decide_sanction(actor: Actor, number: str, *, confirm: bool, reason: str, clock: Clock) -> None:
    """Confirm a measure, with the step that the ladder makes of it today, or refuse it with a reason.

    Raises NotAllowed, SanctionNotFound, SanctionDecided, StatementTimeRuns, SamePersonTwice, SanctionRefused, NoCalendar.
    """
    assert_may(actor, Right.SANCTION_DECIDE)
    words = "" if confirm and not reason.strip() else one_line(reason, SanctionRefused, most=LONGEST_GROUND, what="审定意见")
    today = clock.today()
    shown = await sanction_store.load(number)
    state = next_state(shown.state, MeasureAct.CONFIRM if confirm else MeasureAct.REFUSE)
    assert_two_persons(shown.hands, actor)
    earlier = await sanction_store.confirmed(shown.organisation, known_at=clock.now())
    step = ladder.step_due(shown.asked, earlier, today, LadderFigures())
    if confirm:
        stated = any(each.kind is PleaKind.STATEMENT for each in await plea_store.of_sanction(shown.id))
        assert_heard(step, shown.state_by, today, stated=stated)
    fix_by = ladder.fix_by(step, today, await load_calendar(), LadderFigures()) if confirm else None
    decided = msgspec.structs.replace(
        shown, state=state, step=step, fix_by=fix_by, decided_on=today, decided_at=clock.now(), decider=shown_name(actor), reason=words
    )
    stored = await sanction_store.decide(decided, by=actor.trail_key)
    assert stored, "the row was read as proposed in this very transaction"
    if confirm:
        text = "请查看违规事实、依据、整改期限和不受理开班备案的期间；不服的，可在同一页面提出异议。"
        await _tell(shown, f"已作出{STEP_WORDS[step]}", text, clock=clock)
    elif shown.told_at is not None:
        await _tell(shown, "不作处理", "经审定，此前告知的事项不作处理。", clock=clock)
    detail = {"organisation": shown.organisation, "step": step.value, "reason": words}
    await trail.record(actor, f"parties:sanction:{state}", number, detail, at=clock.now())


@once
async def close_sanction(actor: Actor, number: str, closing: Closing, *, words: str, clock: Clock) -> None:
    """Accept as mended, or lift, today; a credit record is repaired, which takes it out, by whoever decides measures.

    Raises NotAllowed, SanctionNotFound, SanctionDecided, SanctionRefused. Lifting is for whoever decides measures.
    """
    assert_may(actor, Right.SANCTION_DECIDE if closing is Closing.LIFTED else Right.SANCTION_PROPOSE)
    why = one_line(words, SanctionRefused, most=LONGEST_GROUND, what="说明")
    shown = await sanction_store.load(number)
    if closing is Closing.FIXED and shown.step is Step.CREDIT:
        raise SanctionDecided("信用修复由单位申请、审定人答复；代单位提出书面申请后再办理。")
    await end_measure(actor, shown, MeasureAct.LIFT if closing is Closing.LIFTED else MeasureAct.FIX, why, clock=clock)


async def end_measure(actor: Actor, shown: SanctionShown, act: MeasureAct, why: str, *, clock: Clock) -> None:
    """Mend, repair, or take out a measure, tell whom it concerns, and record it; in the open transaction.

    Raises SanctionDecided where the act does not fit, or there is nothing to mend.
    """
    state = next_state(shown.state, act)
    fixes = act in {MeasureAct.FIX, MeasureAct.REPAIR}
    if fixes and (shown.fixed_on is not None or (act is MeasureAct.FIX and shown.fix_by is None)):
        raise SanctionDecided("这项处理不需要整改验收，或已经验收，请刷新页面查看结果。")
    today = clock.today()
    await sanction_store.close(
        shown.number, state, fixed_on=today if fixes else None, lifted_on=today if state is MeasureState.LIFTED else None, words=why
    )
    title = {MeasureAct.FIX: "整改验收合格", MeasureAct.REPAIR: "信用修复，已移出"}.get(act, "处理已撤销并移出")
    await _tell(shown, title, f"请查看办理结果。说明：{why}", clock=clock)
    event = {MeasureAct.FIX: "fixed", MeasureAct.REPAIR: "repaired"}.get(act, "lifted")
    await trail.record(actor, f"parties:sanction:{event}", shown.number, {"reason": why}, at=clock.now())


async def list_sanctions(actor: Actor, *, before: int | None, limit: int, clock: Clock) -> tuple[list[SanctionDetail], int | None]:
    """A page of measures of the actor's scope, newest first; whom they concern sees those he was told of. Raises NotAllowed."""
    scope = scope_of(actor, Right.INSTITUTION_READ)
    own = actor.reach(Right.INSTITUTION_READ) is Reach.OWN
    async with read_transaction():
        found = await sanction_store.listing(scope.codes, told_only=own, before=before, limit=limit + 1)
        due = await plea_store.open_due([each.id for each in found])
        years = await institution_store.credit_years(clock.today(), known_at=clock.now())
    details = [
        msgspec.structs.replace(_detail(each, years, clock.today()), open_due=due.get(each.id), waits=each.id in due)
        for each in found[:limit]
    ]
    return details, found[limit - 1].id if len(found) > limit else None


def assert_concerned(actor: Actor, shown: SanctionShown) -> None:
    """Raises SanctionNotFound for a measure outside the actor's scope, or of which whom it concerns was not told."""
    missing = SanctionNotFound("没有找到这项处理，请核对编号。")
    assert_own(actor, Right.INSTITUTION_READ, shown.organisation, missing)
    if actor.reach(Right.INSTITUTION_READ) is Reach.OWN and shown.told_at is None and shown.state not in DECIDED:
        raise missing


async def show_sanction(actor: Actor, number: str, *, clock: Clock) -> SanctionDetail:
    """One measure with what was said about it; raises NotAllowed, SanctionNotFound."""
    async with read_transaction():
        shown = await sanction_store.load(number)
        assert_concerned(actor, shown)
        pleas = tuple(await plea_store.of_sanction(shown.id))
        years = await institution_store.credit_years(clock.today(), known_at=clock.now())
    return msgspec.structs.replace(_detail(shown, years, clock.today()), pleas=pleas)


def _detail(shown: SanctionShown, years: int, today: date) -> SanctionDetail:
    block = ladder.block_of(sanction_of(shown), LadderFigures(), years) if shown.state in DECIDED else None
    return SanctionDetail(shown, block, standing_words(shown.state, shown.step, block, today))
