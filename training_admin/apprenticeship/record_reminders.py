"""Reminders of monthly records: the side that has not told a month hears of it before the day, after it, and once more (APP-15).

A nightly job looks for what is due and stages one job for each programme, month, side and round; each of them writes one message.
"""

from training_admin.apprenticeship import record_store as store
from training_admin.apprenticeship.record_facts import (
    MONTHS_REMINDED,
    SIDE_WORDS,
    MonthState,
    Side,
    due_day,
    month_states,
    reminder_round,
)
from training_admin.apprenticeship.record_store import ProgrammeHead
from training_admin.catalog.witness_store import sent_before
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.rights import Right
from training_admin.kit.wording import day
from training_admin.office import messages
from training_admin.office.jobs import JobRun, enqueue
from training_admin.office.messages import Letter

# The jobs: the night's round, and reminding one side of one month.
REMIND_TONIGHT, REMIND_SIDE = "records_night", "records_remind"


async def _states(heads: list[ProgrammeHead], run: JobRun) -> list[tuple[ProgrammeHead, MonthState]]:
    """The newest months of programmes that somebody has not told, inside an open transaction."""
    people, told = await store.apprentices(heads), await store.newest(heads)
    sides = {key: each.sides for key, each in told.items()}
    found = []
    for head in heads:
        spans = [(each.id, each.span(head)) for each in people[head.id]]
        months = head.told_months(run.clock.today())[-MONTHS_REMINDED:]
        found += [(head, each) for each in month_states(spans, sides, months, run.clock.today()) if not each.whole]
    return found


async def remind_tonight(run: JobRun) -> None:
    """The nightly job; its key is the day."""
    today = run.clock.today()
    async with read_transaction():
        waiting = await _states([each for each in await store.programmes(None) if each.state == "approved"], run)
        due = set()
        for head, each in waiting:
            number = reminder_round(each.due, today)
            due |= {f"{head.number}/{each.month}/{side}/{number}" for side in Side if each.missing[side] and number is not None}
        due -= await sent_before(REMIND_SIDE, sorted(due))
    await _stage(run, sorted(due))


@retried
async def _stage(run: JobRun, due: list[str]) -> None:
    async with write_transaction():
        if not await run.first_time():
            return
        for key in due:
            await enqueue(REMIND_SIDE, key)


@retried
async def remind_side(run: JobRun) -> None:
    """Write to the side of a programme that has not told a month; the key is programme, month, side and round.

    Who has told everybody meanwhile is left in peace.
    """
    number, month, word, _round = run.key.split("/")
    side = Side(word)
    async with write_transaction():
        if not await run.first_time():
            return
        heads = await store.programmes(None, number=number)
        missing = next((each.missing[side] for _head, each in await _states(heads, run) if each.month == month), 0)
        if missing:
            to = heads[0].uscc if side is Side.ENTERPRISE else heads[0].institution
            letter = reminder_letter(heads[0], month, side, missing, late=run.clock.today() > due_day(month))
            await messages.send(messages.to_organisation(to, Right.PROGRAMME_RECORD), letter, clock=run.clock)


def reminder_letter(head: ProgrammeHead, month: str, side: Side, missing: int, *, late: bool) -> Letter:
    """What the side reads."""
    due = f"最迟应于{day(due_day(month))}登记（期限为暂定）" + ("，现已逾期。" if late else "。")
    text = f"学徒班 {head.number}（{head.occupation_name}）{month} 的每月记录，{SIDE_WORDS[side]}还有 {missing} 人没有登记，{due}"
    title = "学徒每月记录逾期" if late else "请登记学徒每月记录"
    return Letter(head.number, title, text, f"/programmes/{head.number}/months/{month}")
