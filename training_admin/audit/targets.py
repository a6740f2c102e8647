"""Entering yearly targets with their history, and alarms of what lags behind them: raised at night, disposed of with words."""

import msgspec

from training_admin.audit import target_store
from training_admin.audit.steering import FIRST_YEAR, SCOPED, Reached, load_year
from training_admin.audit.steering_facts import COLOUR_WORDS, Colour, Department, Target, shown
from training_admin.audit.steering_meanings import MEANINGS
from training_admin.audit.target_store import Alarm, Entry
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import WORKER, Actor, assert_may, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.jobs import JobRun
from training_admin.office.messages import Letter, send, to_account

RAISE_ALARMS = "raise_alarms"
LAST_YEAR, LARGEST = 2999, 10**14
LONGEST_NAME, LONGEST_STREET, LONGEST_PAPER, LONGEST_WORDS = 60, 40, 200, 500


class TargetRefused(Unreadable):
    """A field of a target or of a disposal is missing or out of bounds."""

    code = "target-refused"
    title = "目标无法登记"


class AlarmDisposed(Refusal):
    """The alarm was disposed of before."""

    code = "alarm-disposed"
    title = "预警已经处置"


class TargetsShown(msgspec.Struct, frozen=True):
    """The entries of a year, the newest first, who can answer for one, and the streets that are known."""

    entries: list[Entry]
    officers: list[tuple[str, str, str]]
    streets: list[str]


@retried
async def enter_target(actor: Actor, year: int, target: Target, *, taken_back: bool, why: str, clock: Clock) -> int:
    """Enter a target, in place of an earlier one, or take it back; returns the row. Nothing is overwritten.

    Raises NotAllowed, TargetRefused.
    """
    assert_may(actor, Right.TARGET_EDIT)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise TargetRefused(f"年度应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间。")
    if not taken_back and not 0 < target.value <= LARGEST:
        raise TargetRefused("目标值应大于零；不再设目标时，请选择“撤回”。")
    if target.department and target.department not in set(Department):
        raise TargetRefused("请从列表中选择部门。")
    if (target.department or target.street) and target.indicator not in SCOPED:
        raise TargetRefused(f"“{MEANINGS[target.indicator].name}”只按全区计算，不能分部门或街镇设目标。")
    kept = msgspec.structs.replace(
        target,
        street=one_line(target.street, TargetRefused, what="街镇", most=LONGEST_STREET, needed=False),
        paper=one_line(target.paper, TargetRefused, what="依据文件", most=LONGEST_PAPER),
        responsible=one_line(target.responsible, TargetRefused, what="责任人", most=LONGEST_NAME),
    )
    said = one_line(why, TargetRefused, what="理由", most=LONGEST_WORDS)
    async with write_transaction():
        if kept.account is not None and kept.account not in {key for key, _name, _office in await target_store.officers()}:
            raise TargetRefused("没有找到所选的责任人账户，请从列表中重新选择。")
        row = await target_store.add_target(
            year, kept, taken_back=taken_back, why=said, by=actor.trail_key, enterer=shown_name(actor), at=clock.now()
        )
        detail = {"indicator": kept.indicator.value, "department": kept.department, "street": kept.street, "paper": kept.paper, "row": row}
        event = "audit:target:taken_back" if taken_back else "audit:target:entered"
        await trail.record(actor, event, str(year), detail | ({} if taken_back else {"value": kept.value}), at=clock.now())
    return row


async def show_targets(actor: Actor, year: int) -> TargetsShown:
    """The entries of a year with their history; raises NotAllowed."""
    assert_may(actor, Right.TOTALS_READ)
    async with read_transaction():
        entries = await target_store.entries_of(year)
        return TargetsShown(entries[::-1], await target_store.officers(), await target_store.known_streets())


@retried
async def raise_alarms(*, clock: Clock) -> int:
    """Raise what is behind today and tell those who answer for it; returns how many alarms are new."""
    year = clock.today().year
    async with write_transaction():
        found = await load_year(year, clock=clock)
        wanted = [_alarm(year, each, clock) for each in found.rows if each.colour not in {None, Colour.GREEN}]
        new = await target_store.add_alarms(wanted, at=clock.now())
        for each in new:
            detail = {"indicator": each.indicator.value, "department": each.department, "street": each.street, "colour": each.colour.value}
            await trail.record(WORKER, "audit:alarm:raised", f"{year}/{each.id}", detail, at=clock.now())
            if each.account is not None:
                await send(to_account(each.account), _letter(each), clock=clock)
    return len(new)


def _alarm(year: int, row: Reached, clock: Clock) -> Alarm:
    assert row.target is not None
    assert row.colour is not None
    assert row.figure.done is not None
    assert row.expected is not None
    return Alarm(
        *(0, year, row.figure.indicator, row.department, row.street, row.colour, row.figure.done, row.expected),
        *(row.target.responsible, row.target.account, clock.today(), "", None, None),
    )


def _letter(alarm: Alarm) -> Letter:
    meaning = MEANINGS[alarm.indicator]
    text = (
        f"{alarm.year}年“{meaning.name}”{COLOUR_WORDS[alarm.colour]}：已完成 {shown(alarm.done, meaning.unit)}，"
        f"按进度应为 {shown(alarm.expected, meaning.unit)}。请查明原因，在预警清单中写明处置情况。"
    )
    return Letter(f"YJ{alarm.id}", f"指标{COLOUR_WORDS[alarm.colour]}：{meaning.name}", text, "/steering/alarms")


async def raise_tonight(run: JobRun) -> None:
    """The nightly job."""
    await raise_alarms(clock=run.clock)


async def show_alarms(actor: Actor, year: int) -> list[Alarm]:
    """The alarms of a year; raises NotAllowed."""
    assert_may(actor, Right.TOTALS_READ)
    async with read_transaction():
        return await target_store.alarms(year)


@retried
async def dispose_alarm(actor: Actor, key: int, words: str, *, clock: Clock) -> None:
    """Keep how an alarm was disposed of, by who answers for it or may set targets.

    Raises NotAllowed, AlarmNotFound, AlarmDisposed, TargetRefused.
    """
    assert_may(actor, Right.TARGET_EDIT)
    async with write_transaction():
        alarm = await target_store.alarm_by_key(key)
        said = one_line(words, TargetRefused, what="处置情况", most=LONGEST_WORDS)
        if not await target_store.dispose(key, said, by=actor.trail_key, disposer=shown_name(actor), at=clock.now()):
            raise AlarmDisposed("这条预警已经处置，请刷新页面查看。")
        await trail.record(actor, "audit:alarm:disposed", f"{alarm.year}/{key}", {"words": said}, at=clock.now())
