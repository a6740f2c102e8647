"""Reminders of what has to be put right: the organisation hears before the deadline and after it, the asker when it is over.

A nightly job; what was said stands in the history, so that each round is said once however often the job runs.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from training_admin.audit import rectification_store as store
from training_admin.audit.parameters import AUDIT_REMIND_WORKDAYS
from training_admin.audit.rectification_states import Act, reminder_round, workdays_left
from training_admin.audit.rectification_store import Rectification
from training_admin.audit.rectifying import tell
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.fund.batch_plan import hands_of
from training_admin.kit import wording
from training_admin.kit.actor import WORKER
from training_admin.kit.clock import Clock, shanghai_day
from training_admin.kit.dated import NotInForce
from training_admin.office import trail
from training_admin.office.jobs import JobRun
from training_admin.office.messages import Letter, send, to_account
from training_admin.office.workdays import load_calendar
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import PackNotAdopted, load_policy

REMIND_RECTIFICATIONS = "remind_rectifications"
MOST_A_NIGHT, AT_ONCE = 2000, 50
# A long holiday lies between a deadline and the working days before it.
FURTHEST = timedelta(days=45)


async def remind_tonight(run: JobRun) -> None:
    """The nightly job; its key is the day."""
    await remind_rectifications(run.clock)


async def remind_rectifications(clock: Clock) -> int:
    """Remind of everything that is due, some at a time; returns how many were reminded."""
    due = await _due(clock)
    count = 0
    for place in range(0, len(due), AT_ONCE):
        count += await _remind_some(due[place : place + AT_ONCE], clock)
    return count


async def _due(clock: Clock) -> list[Rectification]:
    """The entries whose next reminder is due today; none where the adopted pack does not say how often."""
    today = clock.today()
    async with read_transaction():
        try:
            before = (await load_policy(DEFAULT_PACK, known_at=clock.now())).at(AUDIT_REMIND_WORKDAYS, today)
        except (NotInForce, PackNotAdopted):
            return []
        calendar = await load_calendar()
        waiting = await store.waiting(today + FURTHEST, most=MOST_A_NIGHT)

    def turn_on(entry: Rectification, day: date) -> int | None:
        return reminder_round(workdays_left(entry.deadline, day, calendar), before)

    return [
        entry
        for entry, last in waiting
        if (turn := turn_on(entry, today)) is not None and (last is None or turn_on(entry, shanghai_day(last)) != turn)
    ]


@retried
async def _remind_some(due: Sequence[Rectification], clock: Clock) -> int:
    """Remind of those that nobody has touched meanwhile."""
    count = 0
    async with write_transaction():
        for entry in due:
            if (await store.by_number(entry.number, None)).version == entry.version:
                await _remind(entry, clock=clock)
                count += 1
    return count


async def _remind(entry: Rectification, *, clock: Clock) -> None:
    late = entry.overdue(clock.today())
    words = f"整改期限为{wording.day(entry.deadline)}，{'已经逾期' if late else '即将到期'}。"
    await store.move(entry, entry)
    await store.note(
        *(entry.id, entry.version + 1, Act.REMIND),
        words=words,
        deadline=entry.deadline,
        doer=WORKER.name,
        by=WORKER.trail_key,
        at=clock.now(),
    )
    await tell(entry, "整改逾期" if late else "整改即将到期", f"{words}请尽快完成整改并在系统中答复。", clock=clock)
    if late:
        letter = Letter(entry.number, f"整改逾期：{entry.number}", f"{entry.organisation_name}：{words}", f"/rectifications/{entry.number}")
        for hand in sorted(hands_of(entry.asked_by)):
            await send(to_account(hand), letter, clock=clock)
    detail = {"deadline": entry.deadline.isoformat(), "late": late}
    await trail.record(WORKER, "audit:rectification:reminded", entry.number, detail, at=clock.now())
