"""What changes while a programme runs: leaving, other tutors, a longer term, results; asked by one side, decided by the office; its end."""

from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any

import msgspec

from training_admin.apprenticeship import change_store, loading, store
from training_admin.apprenticeship.change_store import AskedChange, NewChange
from training_admin.apprenticeship.loading import ProgrammeHead
from training_admin.apprenticeship.plan_facts import MENTOR, MOST_MONTHS, TEACHER, ChangeContent, hours_faults
from training_admin.apprenticeship.programmes import ProgrammeMoved, ProgrammeRefused, failed_now
from training_admin.apprenticeship.states import CHANGE_WORDS, EXCUSED, LEAVING, ChangeKind, ProgrammeAct, ProgrammeState, next_state
from training_admin.catalog.certificate_numbers import FAULT_WORDS, certificate_faults
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, assert_two_persons, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import NotFound
from training_admin.kit.rights import Right
from training_admin.kit.workdays import ONE_DAY, add_months
from training_admin.office import messages, trail
from training_admin.office.idempotency import once
from training_admin.office.messages import Letter

LONGEST_REASON = 1000
RESULTS = ("certified", "completed", "failed")


class ChangeNotFound(NotFound):
    """There is no such change of the programme."""

    code = "programme-change-not-found"


@once
async def ask_change(
    actor: Actor, number: str, kind: ChangeKind, *, row: int | None, content: ChangeContent, day: date, reason: str, clock: Clock
) -> int:
    """Ask for a change of a running programme; returns its key. `row` names the apprentice where the change is about one.

    Raises NotAllowed, NotYetApproved, ProgrammeNotFound, ProgrammeRefused.
    """
    assert_may(actor, Right.PROGRAMME_RECORD)
    assert_approved(actor)
    words = one_line(reason, ProgrammeRefused, what="原因", most=LONGEST_REASON, needed=True)
    head = await loading.programme_head(number, scope_of(actor, Right.PROGRAMME_RECORD).codes, lock=True)
    if head.state != ProgrammeState.APPROVED:
        raise ProgrammeRefused("只有已备案、尚未结束的学徒班可以申请变更。")
    if not head.starts <= day <= clock.today():
        raise ProgrammeRefused("发生日期应在开班之后，且不晚于今天。")
    apprentice = None if kind is ChangeKind.EXTENSION else await _open_apprentice(head, row)
    await _assert_sound(head, kind, content, day, today=clock.today())
    new = NewChange(head.id, apprentice, kind, content, day, words, shown_name(actor), actor.hands, clock.now())
    key = await change_store.add_change(new)
    await trail.record(actor, "apprenticeship:change:asked", number, {"kind": kind.value, "row": row}, at=clock.now())
    return key


async def _open_apprentice(head: ProgrammeHead, row: int | None) -> int:
    found = await change_store.open_apprentice(head.id, row)
    if found is None:
        raise ProgrammeRefused("请选择一名仍在培养中、没有待审核变更的学徒。")
    return found


async def _assert_sound(head: ProgrammeHead, kind: ChangeKind, content: ChangeContent, day: date, *, today: date) -> None:
    """Raises ProgrammeRefused for a content that does not fit its kind, or not any more."""
    if kind in {ChangeKind.MENTOR, ChangeKind.TEACHER}:
        wanted = MENTOR if kind is ChangeKind.MENTOR else TEACHER
        if not await change_store.is_tutor(head.id, content.tutor, wanted):
            raise ProgrammeRefused("请选择这个学徒班登记的导师或教师。")
    elif kind is ChangeKind.EXTENSION:
        if content.months is None or not head.months < content.months <= MOST_MONTHS:
            raise ProgrammeRefused(f"延长后的期限应长于目前的 {head.months} 个月，且不超过 {MOST_MONTHS} 个月。")
        if content.planned is not None and (faults := hours_faults(content.planned)):
            raise ProgrammeRefused("；".join(faults) + "。")
    elif kind is ChangeKind.RESULTS:
        _assert_result(head, content, today)
    elif day > add_months(head.starts, head.months):
        raise ProgrammeRefused("退出日期不能晚于培养期满日。")


def _assert_result(head: ProgrammeHead, content: ChangeContent, today: date) -> None:
    if content.outcome not in RESULTS:
        raise ProgrammeRefused("请选择考核结果。")
    if content.outcome != "certified":
        if content.certificate_no or content.level or content.certified_on:
            raise ProgrammeRefused("没有取得证书的，不填写证书编号、等级和发证日期。")
        return
    if content.level not in {"1", "2", "3", "4", "5"} or content.certified_on is None:
        raise ProgrammeRefused("取得证书的，请填写证书等级和发证日期。")
    if not head.starts <= content.certified_on <= today:
        raise ProgrammeRefused("发证日期应在开班之后，且不晚于今天。")
    faults = certificate_faults(content.certificate_no, level=content.level, issued_on=content.certified_on)
    if faults:
        raise ProgrammeRefused("证书编号有误：" + "；".join(FAULT_WORDS[each] for each in faults) + "。")


@retried
async def decide_change(actor: Actor, number: str, change: int, *, approve: bool, opinion: str, clock: Clock) -> None:
    """Approve a change, which takes effect at once, or refuse it with an opinion, by another person than who asked.

    Raises NotAllowed, ProgrammeNotFound, ChangeNotFound, ProgrammeMoved, ProgrammeRefused, SamePersonTwice.
    """
    assert_may(actor, Right.PROGRAMME_DECIDE)
    words = one_line(opinion, ProgrammeRefused, what="审核意见", most=LONGEST_REASON, needed=not approve)
    async with write_transaction():
        head = await loading.programme_head(number, scope_of(actor, Right.PROGRAMME_DECIDE).codes, lock=True)
        asked = next((each for each in await change_store.changes_of(head.id) if each.id == change), None)
        if asked is None:
            raise ChangeNotFound("没有找到这项变更，请从学徒班页面重新进入。")
        assert_two_persons(asked.hands, actor)
        decision = "approved" if approve else "refused"
        if not await change_store.decide(change, decision, decider=shown_name(actor), at=clock.now(), opinion=words):
            raise ProgrammeMoved("这项变更已经审核，请刷新页面查看。")
        if approve:
            await _apply(head, asked, clock=clock)
        text = f"学徒班 {number} 的“{CHANGE_WORDS[asked.kind]}”{'已通过' if approve else '未通过：' + words}"
        letter = Letter(number, "学徒班变更审核结果", text, f"/programmes/{number}#changes")
        for code in (head.uscc, head.institution):
            await messages.send(messages.to_organisation(code, Right.PROGRAMME_READ), letter, clock=clock)
        detail = {"change": change, "kind": asked.kind.value, "opinion": words}
        await trail.record(actor, f"apprenticeship:change:{decision}", number, detail, at=clock.now())


Apply = Callable[[ProgrammeHead, AskedChange, ChangeContent], Coroutine[Any, Any, None]]


async def _leave(head: ProgrammeHead, asked: AskedChange, _content: ChangeContent) -> None:
    done = months_between(head.starts, asked.happened_on, head.months)
    cause = {ChangeKind.INJURY: "injury", ChangeKind.CLOSURE: "closure"}.get(asked.kind, "own")
    assert asked.apprentice is not None
    await change_store.set_left(asked.apprentice, asked.happened_on, cause, done if asked.kind in EXCUSED else None)


async def _tutor(_head: ProgrammeHead, asked: AskedChange, content: ChangeContent) -> None:
    assert asked.apprentice is not None
    assert content.tutor is not None
    await change_store.set_tutor(asked.apprentice, asked.kind.value, content.tutor)


async def _extend(head: ProgrammeHead, asked: AskedChange, content: ChangeContent) -> None:
    filing = await store.filing_of(head.id)
    reason = filing.plan.reason or asked.reason
    assert content.months is not None
    plan = msgspec.structs.replace(filing.plan, reason=reason, planned=content.planned or filing.plan.planned)
    await store.set_plan(head.id, plan, months=content.months)


async def _result(_head: ProgrammeHead, asked: AskedChange, content: ChangeContent) -> None:
    assert asked.apprentice is not None
    result = (content.outcome, content.level, content.certificate_no, content.certified_on)
    await change_store.set_result(asked.apprentice, *result)


_APPLY: dict[ChangeKind, Apply] = {
    **dict.fromkeys(LEAVING, _leave),
    ChangeKind.MENTOR: _tutor,
    ChangeKind.TEACHER: _tutor,
    ChangeKind.EXTENSION: _extend,
    ChangeKind.RESULTS: _result,
}


async def _apply(head: ProgrammeHead, asked: AskedChange, *, clock: Clock) -> None:
    """Raises ProgrammeRefused for a change that does not fit any more, or with which rules of the filing are not met any more."""
    content = msgspec.convert(asked.content, ChangeContent, strict=False)
    # Another change may have been approved since this one was asked for.
    await _assert_sound(head, asked.kind, content, asked.happened_on, today=clock.today())
    before = {each.rule for each in await failed_now(head, clock) if each.hinders}
    await _APPLY[asked.kind](head, asked, content)
    wrong = [each for each in await failed_now(head, clock) if each.hinders and each.rule not in before]
    if wrong:
        names = "；".join(f"{each.rule} {each.title}" for each in wrong)
        mend = (
            "请不予通过，由申请人连同延长后的总课时重新申请。" if asked.kind is ChangeKind.EXTENSION else "请不予通过，由申请人另选人员。"
        )
        raise ProgrammeRefused(f"变更后学徒班不再符合规定，结算时会全部不予补贴：{names}。{mend}")


def months_between(start: date, day: date, most: int) -> int:
    """Whole months of the term that were done by a day."""
    done = 0
    while done < most and add_months(start, done + 1) <= day:
        done += 1
    return done


@retried
async def end_programme(actor: Actor, number: str, *, clock: Clock) -> None:
    """End a programme of which every apprentice has an outcome, once its term is over or everybody has left.

    Raises NotAllowed, ProgrammeNotFound, ProgrammeIllegalMove, ProgrammeRefused, ProgrammeMoved.
    """
    assert_may(actor, Right.PROGRAMME_EDIT)
    async with write_transaction():
        head = await loading.programme_head(number, scope_of(actor, Right.PROGRAMME_EDIT).codes, lock=True)
        target = next_state(ProgrammeState(head.state), ProgrammeAct.END)
        people = await store.apprentices_shown(head.id)
        waiting = [each.row for each in people if each.outcome == "open"]
        if waiting:
            raise ProgrammeRefused(f"还有 {len(waiting)} 名学徒没有结果，登记考核结果或退出后才能结束。")
        last = add_months(head.starts, head.months) - ONE_DAY
        if clock.today() < last and any(each.outcome != "left" for each in people):
            raise ProgrammeRefused(f"培养期到 {last.isoformat()} 届满，届满后才能结束；全部学徒都已退出的，可以提前结束。")
        if any(each.decided_at is None for each in await change_store.changes_of(head.id)):
            raise ProgrammeRefused("还有变更待审核，审核后才能结束。")
        if not await store.move(head.id, head.moved, target, ended_on=clock.today()):
            raise ProgrammeMoved("这个学徒班刚刚有新的办理，请刷新页面后再办理。")
        outcomes = {outcome: sum(each.outcome == outcome for each in people) for outcome in (*RESULTS, "left")}
        await trail.record(actor, "apprenticeship:programme:ended", number, outcomes, at=clock.now())


async def changes_of(actor: Actor, number: str) -> list[AskedChange]:
    """The changes of a programme of the actor's scope, newest first; raises NotAllowed, ProgrammeNotFound."""
    async with read_transaction():
        head = await loading.programme_head(number, scope_of(actor, Right.PROGRAMME_READ).codes)
        return await change_store.changes_of(head.id)
