"""Single sessions of an approved class changed by form: day, time, teacher, room; the same act as a change by workbook (FILE-03)."""

import msgspec

from training_admin.catalog import filing, filing_form, filing_intake
from training_admin.catalog.class_changes import change_class
from training_admin.catalog.class_facts import PlannedSession
from training_admin.catalog.class_store import ClassVersion
from training_admin.catalog.filing import ClassShown, FilingRefused
from training_admin.catalog.filing_form import Fault, TypedSession
from training_admin.catalog.filing_intake import labels
from training_admin.catalog.states import ClassAct, ClassState, next_state
from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock
from training_admin.kit.workbook.cells import Problems


async def changeable(actor: Actor, class_no: str, *, clock: Clock) -> ClassShown:
    """One's own approved class; raises NotAllowed, ClassNotFound, IllegalMove."""
    await filing.named_roster(actor, class_no)
    shown = await filing.show_class(actor, class_no, clock=clock)
    next_state(ClassState(shown.head.state), ClassAct.CHANGE)
    return shown


def approved_of(shown: ClassShown) -> ClassVersion:
    """The version that stands; a change that was returned is newer and does not."""
    return next(each for each in shown.versions if each.version == shown.head.approved_version)


def ahead(shown: ClassShown, clock: Clock) -> list[PlannedSession]:
    """The sessions that may still be changed, in their order: those of today on."""
    return sorted(
        (each for each in approved_of(shown).content.sessions if each.day >= clock.today()), key=lambda one: (one.day, one.starts)
    )


async def typed_sessions(actor: Actor, shown: ClassShown, *, clock: Clock) -> tuple[TypedSession, ...]:
    """The same as they would be typed."""
    names = await filing_intake.names_for(actor, (), clock=clock)
    teachers, rooms = labels(shown.training.teachers), labels(shown.training.rooms)
    return tuple(
        filing_form.typed_session(each, teachers=teachers, rooms=rooms, hour_minutes=names.hour_minutes) for each in ahead(shown, clock)
    )


async def change_sessions(
    actor: Actor, shown: ClassShown, rows: tuple[TypedSession, ...], *, reason: str, urgent: bool, clock: Clock
) -> tuple[Fault, ...]:
    """Ask for the change, or tell every wrong field; `rows` are all sessions ahead in their order, topics and hours stay.

    Raises what `change_class` raises, and FilingRefused when nothing was changed.
    """
    problems, before = Problems(), ahead(shown, clock)
    names = await filing_intake.names_for(actor, (), clock=clock)
    # Hours are not typed here: they stay to the minute, also where they are no round number of training hours.
    asked = [msgspec.structs.replace(each, theory="", practice="", topic=each.topic or "—") for each in rows]
    read = filing_form.read_sessions(asked, problems, names)
    if problems.count:
        return filing_form.faults_of(problems)
    moved = {
        old: msgspec.structs.replace(old, day=new.day, starts=new.starts, ends=new.ends, teacher=new.teacher, room=new.room)
        for old, new in zip(before, read, strict=True)
    }
    version = approved_of(shown)
    sessions = tuple(moved.get(each, each) for each in version.content.sessions)
    if sessions == version.content.sessions:
        raise FilingRefused("没有改动任何课次。请改好日期、时间、教师或教室后再提交。")
    content = msgspec.structs.replace(version.content, sessions=sessions)
    await change_class(actor, shown.head.class_no, content, None, reason=reason, urgent=urgent, clock=clock)
    return ()
