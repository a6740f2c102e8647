"""Changes of an approved class (FILE-03): with prior approval, urgent ones with a reason, suspension, and an early end.

Every change is a version; until it is approved the class stands as it was approved before.
"""

from collections.abc import Sequence
from datetime import date

import msgspec

from training_admin.catalog import class_store as store
from training_admin.catalog.checking import load_filing_facts
from training_admin.catalog.class_store import ClassContent, ClassHead, SealedTrainee
from training_admin.catalog.filing import (
    FilingRefused,
    NamedTrainee,
    add_version,
    assert_unhindered,
    deadline,
    move,
    sealed_roster,
    take_what_counts,
    version_plan,
    words_of,
)
from training_admin.catalog.filing_checks import check_class
from training_admin.catalog.scheduling import changed_days, moved_sessions
from training_admin.catalog.states import ClassAct, ClassState, next_state
from training_admin.database import retried, write_transaction
from training_admin.kit import wording
from training_admin.kit.actor import Actor, assert_approved, assert_may, scope_of
from training_admin.kit.clock import Clock
from training_admin.kit.rights import Right
from training_admin.kit.workdays import NoCalendar
from training_admin.office import trail
from training_admin.office.workdays import load_calendar

# An urgent change is decided within a working day (assumed; FILE-03 names no figure).
URGENT_WORKDAYS = 1


@retried
async def change_class(
    actor: Actor,
    class_no: str,
    content: ClassContent,
    roster: Sequence[NamedTrainee] | None,
    *,
    reason: str,
    urgent: bool = False,
    clock: Clock,
) -> None:
    """Ask for a change of an approved class; sessions that were held stay as they were, also those of today unless it is urgent.

    Without a roster the approved one stays.
    Raises NotAllowed, NotYetApproved, ClassNotFound, IllegalMove, FilingRefused, FilingHindered.
    """
    words = _may_change(actor, reason)
    entered = sealed_roster(roster or ())
    async with write_transaction():
        head = await store.class_by_number(class_no, scope_of(actor, Right.CLASS_FILE).codes)
        if (content.institution or content.enterprise) != head.organisation:
            raise FilingRefused("办班单位不能变更，请撤回后由新的单位重新备案。")
        next_state(ClassState(head.state), ClassAct.CHANGE)
        assert head.approved_version is not None, "only an approved class is changed"
        sealed = entered if roster is not None else (await version_plan(head, head.approved_version))[2]
        await _propose(actor, head, content, sealed, act=ClassAct.CHANGE, reason=words, urgent=urgent, clock=clock)


@retried
async def suspend_class(actor: Actor, class_no: str, *, first: date, resume: date, reason: str, clock: Clock) -> None:
    """Hold no session from a day on and move all remaining ones behind the day of resuming, at once (台风停课).

    Raises NotAllowed, NotYetApproved, ClassNotFound, IllegalMove, FilingRefused, FilingHindered.
    """
    words = _may_change(actor, reason)
    async with write_transaction():
        head = await store.class_by_number(class_no, scope_of(actor, Right.CLASS_FILE).codes)
        next_state(ClassState(head.state), ClassAct.SUSPEND)
        assert head.approved_version is not None, "only an approved class is suspended"
        version, _plan, roster = await version_plan(head, head.approved_version)
        if not clock.today() <= first < resume:
            raise FilingRefused("停课首日不能早于今天，复课日应晚于停课首日。")
        if all(each.day < first for each in version.content.sessions):
            raise FilingRefused("停课首日之后已没有课次。")
        try:
            sessions = moved_sessions(version.content.sessions, first=first, resume=resume, calendar=await load_calendar())
        except NoCalendar as error:
            raise FilingRefused(f"{error.year} 年的工作日历尚未公布，不能顺延到这一年。") from None
        content = msgspec.structs.replace(version.content, sessions=sessions)
        await _propose(actor, head, content, roster, act=ClassAct.SUSPEND, reason=words, urgent=True, clock=clock)


@retried
async def end_class(actor: Actor, class_no: str, *, reason: str, clock: Clock) -> None:
    """End an approved class early; its people and rooms are free again. Raises NotAllowed, ClassNotFound, IllegalMove, FilingRefused."""
    words = _may_change(actor, reason)
    async with write_transaction():
        head = await store.class_by_number(class_no, scope_of(actor, Right.CLASS_FILE).codes)
        state = next_state(ClassState(head.state), ClassAct.END)
        await store.take_intervals(head.id, ())
        await move(head, msgspec.structs.replace(head, state=state.value, decide_by=None))
        await trail.record(actor, "catalog:class:ended", class_no, {"reason": words}, at=clock.now())


def _may_change(actor: Actor, reason: str) -> str:
    assert_may(actor, Right.CLASS_FILE)
    assert_approved(actor)
    return words_of(reason, needed=True)


async def _propose(
    actor: Actor,
    head: ClassHead,
    content: ClassContent,
    roster: Sequence[SealedTrainee],
    *,
    act: ClassAct,
    reason: str,
    urgent: bool,
    clock: Clock,
) -> None:
    state = next_state(ClassState(head.state), act)
    assert head.approved_version is not None, "only an approved class is changed"
    today = clock.today()
    before, _plan, _roster = await version_plan(head, head.approved_version)
    if (before.content.pool is None) != (content.pool is None):
        raise FilingRefused("已备案的班级不能改为集中培训班，也不能由集中培训班改为一般班级：备案号的含义会因此改变。请另行备案。")
    days = changed_days(before.content.sessions, content.sessions)
    if days and (min(days) < today or (min(days) == today and not urgent)):
        raise FilingRefused(f"{wording.day(min(days))}的课次已开始或已结束，不能变更；当日的变更须按紧急变更办理并写明原因。")
    plan = store.plan_of(head.class_no, content, [each.trainee for each in roster])
    facts = await load_filing_facts(plan, filed_on=head.filed_on or today, known_at=clock.now())
    assert_unhindered(check_class(plan, facts))
    decide_by = deadline(facts.calendar, today, URGENT_WORKDAYS if urgent else facts.figures.review_workdays)
    cause = "suspended" if act is ClassAct.SUSPEND else "changed"
    await add_version(actor, head, content, roster, cause=cause, reason=reason, urgent=urgent, clock=clock)
    moved = msgspec.structs.replace(head, state=state.value, version=head.version + 1, decide_by=decide_by)
    await take_what_counts(moved, clock=clock)
    await move(head, moved)
    detail = {"version": moved.version, "urgent": urgent, "days": len(days), "reason": reason}
    await trail.record(actor, f"catalog:class:{cause}", head.class_no, detail, at=clock.now())
