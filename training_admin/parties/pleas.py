"""What whom a measure concerns says about it: 陈述申辩 before the decision, 异议, 整改验收 or 信用修复 after it; and the answers.

The words are sealed. An objection is marked by an officer and answered within its clock (上海市社会信用条例 art. 36).
"""

from collections.abc import Sequence
from datetime import date, datetime

from training_admin.kit.actor import Actor, assert_may, assert_two_persons, may, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Right
from training_admin.kit.workdays import Calendar, NoCalendar
from training_admin.office import trail
from training_admin.office.idempotency import once
from training_admin.office.messages import Letter, send, to_organisation
from training_admin.office.workdays import load_calendar
from training_admin.parties import plea_store, sanction_store
from training_admin.parties.ladder import LadderFigures, Step
from training_admin.parties.plea_store import Plea, PleaNotFound
from training_admin.parties.sanction_states import ACT_OF_PLEA, PLEA_WORDS, MeasureAct, PleaKind, PleaState, SanctionDecided, next_state
from training_admin.parties.sanction_store import SanctionShown
from training_admin.parties.sanctions import SanctionDetail, SanctionRefused, assert_concerned, end_measure

LONGEST_WORDS, LONGEST_ANSWER = 2000, 500
_EVENTS = {PleaKind.STATEMENT: "stated", PleaKind.OBJECTION: "objected", PleaKind.REPAIR: "repair_asked"}


class PleaWaits(Refusal):
    """One of the same kind waits for its answer already."""

    code = "sanction-plea-waits"
    title = "已有一件正在办理"


class StatementTimeOver(Refusal):
    """The days to state one's case are over."""

    code = "sanction-statement-over"
    title = "陈述申辩期限已过"


@once
async def plead(actor: Actor, number: str, kind: PleaKind, words: str, *, clock: Clock) -> int:
    """Say something about a measure against one's own organisation; an officer enters what came on paper. Returns its key.

    Raises NotAllowed, SanctionNotFound, SanctionRefused, SanctionDecided, PleaWaits, StatementTimeOver.
    """
    on_paper = may(actor, Right.SANCTION_PROPOSE)
    if not on_paper:
        assert_may(actor, Right.INSTITUTION_EDIT)
    said = _words(words, PLEA_WORDS[kind])
    shown = await sanction_store.load(number)
    assert_concerned(actor, shown)
    _assert_fits(shown, kind, await plea_store.of_sanction(shown.id), clock.today())
    mark_by, due = _clocks(kind, clock.today(), await load_calendar())
    plea = Plea(
        id=0,
        sanction=shown.id,
        kind=kind,
        words=said,
        asker=shown_name(actor),
        on_paper=on_paper,
        asked_at=clock.now(),
        mark_by=mark_by,
        due=due,
        marker=None,
        marked_at=None,
        transferred=False,
        state=PleaState.HEARD if kind is PleaKind.STATEMENT else PleaState.OPEN,
        answer="",
        decider=None,
        decided_at=None,
    )
    key = await plea_store.add(plea)
    detail = {"on_paper": on_paper, "due": None if due is None else due.isoformat()}
    await trail.record(actor, f"parties:sanction:{_EVENTS[kind]}", number, detail, at=clock.now())
    return key


def _words(text: str, what: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words or len(words) > LONGEST_WORDS or not words.replace("\n", "").replace("\t", "").isprintable():
        raise SanctionRefused(f"请填写{what}的内容（不超过 {LONGEST_WORDS} 字，不能有无法显示的字符）。")
    return words


def kinds_now(detail: SanctionDetail, today: date) -> list[PleaKind]:
    """What can be said about a measure now, so that the page offers nothing else."""
    kinds = []
    for kind in PleaKind:
        try:
            _assert_fits(detail.sanction, kind, detail.pleas, today)
        except Refusal:
            continue
        kinds.append(kind)
    return kinds


def _assert_fits(shown: SanctionShown, kind: PleaKind, said: Sequence[Plea], today: date) -> None:
    next_state(shown.state, ACT_OF_PLEA[kind])
    if kind is PleaKind.STATEMENT:
        if shown.state_by is not None and today > shown.state_by:
            raise StatementTimeOver(f"陈述申辩的期限为{shown.state_by:%Y年%m月%d日}，已经过去；决定作出后可以提出异议。")
        return
    if kind is PleaKind.REPAIR and (shown.fixed_on is not None or (shown.fix_by is None and shown.step is not Step.CREDIT)):
        raise SanctionDecided("这项处理没有需要验收的整改，或已经验收；期满自动恢复开班备案。")
    if any(each.kind is kind and each.state is PleaState.OPEN for each in said):
        raise PleaWaits(f"已有一件{PLEA_WORDS[kind]}正在办理，请等待答复。")


def _clocks(kind: PleaKind, today: date, calendar: Calendar) -> tuple[date | None, date | None]:
    """The last days to mark and to answer; None where there is none, or no calendar reaches so far."""
    figures = LadderFigures()
    if kind is PleaKind.STATEMENT:
        return None, None
    if kind is PleaKind.REPAIR:
        return None, _later(calendar, today, figures.repair_workdays)
    return _later(calendar, today, figures.mark_workdays), _later(calendar, today, figures.mark_workdays + figures.objection_workdays)


def _later(calendar: Calendar, day: date, workdays: int) -> date | None:
    try:
        return calendar.add_workdays(day, workdays)
    except NoCalendar:
        return None


async def _waiting(number: str, key: int) -> tuple[SanctionShown, Plea]:
    """A measure and something open about it; raises SanctionNotFound, PleaNotFound, SanctionDecided."""
    shown = await sanction_store.load(number)
    plea = next((each for each in await plea_store.of_sanction(shown.id) if each.id == key), None)
    if plea is None:
        raise PleaNotFound("没有找到这件异议或申请，请从处理页面重新进入。")
    if plea.state is not PleaState.OPEN:
        raise SanctionDecided("这件异议或申请已经答复，请刷新页面查看结果。")
    return shown, plea


@once
async def mark_objection(actor: Actor, number: str, key: int, *, transferred: bool, clock: Clock) -> None:
    """Mark that a measure is objected to; where another office has to look, its answer takes longer.

    Raises NotAllowed, SanctionNotFound, PleaNotFound, SanctionDecided.
    """
    assert_may(actor, Right.SANCTION_PROPOSE)
    shown, plea = await _waiting(number, key)
    next_state(shown.state, MeasureAct.MARK)
    if plea.kind is not PleaKind.OBJECTION or plea.marked_at is not None:
        raise SanctionDecided("这件异议已经标注，请刷新页面查看结果。")
    figures = LadderFigures()
    days = figures.objection_workdays + (figures.transfer_workdays if transferred else 0)
    due = _later(await load_calendar(), clock.today(), days)
    await plea_store.mark(key, marker=shown_name(actor), transferred=transferred, due=due, at=clock.now())
    await _answered(shown, "异议已标注", "这项处理已标注“有异议”，正在核实。", clock=clock)
    await trail.record(actor, "parties:sanction:marked", number, {"transferred": transferred}, at=clock.now())


@once
async def answer_plea(actor: Actor, number: str, key: int, *, grant: bool, answer: str, clock: Clock) -> None:
    """Answer an objection, or a request to accept as mended; granted, the measure is taken out, repaired, or mended.

    Raises NotAllowed, SanctionNotFound, PleaNotFound, SanctionDecided, SamePersonTwice, SanctionRefused.
    """
    assert_may(actor, Right.SANCTION_DECIDE)
    words = one_line(answer, SanctionRefused, most=LONGEST_ANSWER, what="答复和理由")
    shown, plea = await _waiting(number, key)
    assert_two_persons(shown.hands, actor)
    if plea.kind is PleaKind.OBJECTION and plea.marked_at is None:
        raise SanctionDecided("请先由经办人员标注异议，再作答复。")
    await _close_plea(actor, plea, grant=grant, words=words, at=clock.now())
    if grant:
        repaired = MeasureAct.REPAIR if shown.step is Step.CREDIT else MeasureAct.FIX
        act = MeasureAct.UPHOLD if plea.kind is PleaKind.OBJECTION else repaired
        await end_measure(actor, shown, act, words, clock=clock)
        return
    next_state(shown.state, MeasureAct.REJECT if plea.kind is PleaKind.OBJECTION else MeasureAct.DENY)
    await _answered(shown, f"{PLEA_WORDS[plea.kind]}已答复", f"未予同意。理由：{words}", clock=clock)
    await trail.record(actor, "parties:sanction:plea_denied", number, {"kind": plea.kind.value, "answer": words}, at=clock.now())


async def _close_plea(actor: Actor, plea: Plea, *, grant: bool, words: str, at: datetime) -> None:
    await plea_store.answer(plea.id, PleaState.GRANTED if grant else PleaState.DENIED, words=words, decider=shown_name(actor), at=at)


async def _answered(shown: SanctionShown, title: str, text: str, *, clock: Clock) -> None:
    letter = Letter(shown.number, title, text, f"/sanctions/{shown.number}")
    await send(to_organisation(shown.organisation, Right.INSTITUTION_READ), letter, clock=clock)
