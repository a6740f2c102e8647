"""The workbook of monthly records: given out prefilled, read in a child process, refused whole when a cell is wrong, kept by COPY."""

import asyncio
from collections.abc import Mapping, Sequence

import msgspec

from training_admin.apprenticeship import record_store as store
from training_admin.apprenticeship.record_facts import FIELDS_OF, Field, Recorded, Side, hours_of_others, is_month, wrong_values
from training_admin.apprenticeship.record_keeping import (
    RECORDED,
    RecordRefused,
    RecordsMoved,
    Settled,
    corrected,
    day_centihours,
    figures_of_months,
    masked_of,
    new_months,
    seen_of,
    sides_for,
    told_fields,
)
from training_admin.apprenticeship.record_reading import (
    ApprenticeAsked,
    MonthTold,
    ProgrammeAsked,
    RecordsAsked,
    RecordsRead,
    possible_hours,
)
from training_admin.apprenticeship.record_store import ApprenticeHead, NewMonth, ProgrammeHead
from training_admin.apprenticeship.record_workbooks import record_rows, record_workbook
from training_admin.catalog.run_intake import WorkbookWrong, assert_right
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, scope_of, shown_name
from training_admin.kit.child import ChildLimits, run_in_child
from training_admin.kit.clock import Clock
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy

RECORDS_TASK = "training_admin.apprenticeship.record_reading:read_task"
LIMITS = ChildLimits()
# The trail names so many programmes of one workbook; their whole number is told too.
MOST_NAMED = 50


class Offered(msgspec.Struct, frozen=True):
    """What the actor may tell of: his programmes with their sides, which are settled, their people, and what is known."""

    heads: tuple[ProgrammeHead, ...]
    sides: Mapping[int, tuple[Side, ...]]
    settled: frozenset[str]
    people: Mapping[int, Sequence[ApprenticeHead]]
    known: Mapping[tuple[int, str], Recorded]
    per_day: Mapping[str, int]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields that the actor tells in any of the programmes."""
        return told_fields({side for sides in self.sides.values() for side in sides}, FIELDS_OF)


async def _offered(actor: Actor, number: str | None, clock: Clock, settled: Settled | None) -> Offered:
    """Inside an open transaction, in five queries however many people; raises NotAllowed, RecordRefused when there is nothing to tell."""
    scope = scope_of(actor, Right.PROGRAMME_RECORD)
    found = [head for head in await store.programmes(scope.codes, number=number) if sides_for(actor, head)]
    if not found:
        raise RecordRefused("没有由贵单位登记的学徒班。学徒班通过备案后，由企业和培训机构各自登记每月记录。", errors=[])
    months = sorted({month for head in found for month in head.told_months(clock.today())})
    policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
    return Offered(
        tuple(found),
        {head.id: sides_for(actor, head) for head in found},
        frozenset() if settled is None else await settled([head.number for head in found]),
        await store.apprentices(found),
        await store.newest(found),
        day_centihours(figures_of_months(policy, months)),
    )


async def give_workbook(
    actor: Actor, *, first: str, last: str, number: str | None = None, clock: Clock, settled: Settled | None = None
) -> bytes:
    """A workbook of the months of a span, prefilled; of all own programmes, or of one. Raises NotAllowed, RecordRefused."""
    assert_may(actor, Right.PROGRAMME_RECORD)
    if not (is_month(first) and is_month(last) and first <= last):
        raise RecordRefused("请选择起止月份，起始月份不晚于截止月份。", errors=[])
    async with read_transaction():
        offered = await _offered(actor, number, clock, settled)
    return await asyncio.to_thread(_written, offered, first, last, clock)


def _written(offered: Offered, first: str, last: str, clock: Clock) -> bytes:
    rows: list[list[object]] = []
    for head in offered.heads:
        if head.number in offered.settled:
            continue
        people, months = offered.people[head.id], [each for each in head.told_months(clock.today()) if first <= each <= last]
        masked, sides = masked_of(people), offered.sides[head.id]
        rows.extend(record_rows(head, people, masked, offered.known, months, sides=sides, fields=offered.fields))
    return record_workbook(offered.fields, rows, file_number=f"{first}-{last}")


def _asked(content: bytes, offered: Offered, clock: Clock) -> RecordsAsked:
    others: dict[int, dict[str, int]] = {}
    side_of = {one.id: offered.sides[one.programme] for people in offered.people.values() for one in people}
    for (one, month), each in offered.known.items():
        others.setdefault(one, {})[month] = hours_of_others(each.done, side_of[one])
    return RecordsAsked(
        content,
        tuple(
            ProgrammeAsked(
                *(head.number, head.starts, head.end, offered.sides[head.id], head.number in offered.settled),
                tuple(
                    ApprenticeAsked(one.name, masked, one.left_on, others.get(one.id, {}))
                    for one, masked in zip(offered.people[head.id], masked_of(offered.people[head.id]), strict=True)
                ),
            )
            for head in offered.heads
        ),
        clock.today(),
        offered.per_day,
    )


async def read_workbook(actor: Actor, content: bytes, *, clock: Clock, settled: Settled | None = None) -> tuple[Offered, RecordsRead]:
    """What a workbook tells, with what it was checked against; nothing is kept.

    Raises NotAllowed, RecordRefused, the refusals of kit.workbook, ChildFailed.
    """
    assert_may(actor, Right.PROGRAMME_RECORD)
    async with read_transaction():
        offered = await _offered(actor, None, clock, settled)
    payload = await asyncio.to_thread(lambda: msgspec.msgpack.encode(_asked(content, offered, clock)))
    answer = await run_in_child(RECORDS_TASK, payload, limits=LIMITS)
    return offered, msgspec.msgpack.decode(answer, type=RecordsRead)


async def import_workbook(actor: Actor, content: bytes, *, clock: Clock, settled: Settled | None = None) -> tuple[int, int]:
    """Keep what a workbook tells; returns how many months it told and how many records are new.

    Raises WorkbookWrong listing every wrong cell, RecordsMoved when others told meanwhile, and what `read_workbook` raises.
    """
    checked, read = await read_workbook(actor, content, clock=clock, settled=settled)
    assert_right(read)
    return len(read.told), await _keep(actor, checked, read.told, clock=clock, settled=settled)


@retried
async def _keep(actor: Actor, checked: Offered, told: Sequence[MonthTold], *, clock: Clock, settled: Settled | None) -> int:
    now = clock.now()
    async with write_transaction():
        fresh = await _offered(actor, None, clock, settled)
        _assert_still_fits(checked, fresh, told)
        rows: list[NewMonth] = []
        for place, month, values in _by_month(told):
            people = fresh.people[checked.heads[place].id]
            of_people = {people[person].id: each for person, each in values.items()}
            rows += new_months(of_people, month, fresh.sides[checked.heads[place].id], fresh.known)
        programme_of = {one.id: head for head in fresh.heads for one in fresh.people[head.id]}
        sides = {each.apprentice: fresh.sides[programme_of[each.apprentice].id] for each in rows}
        await store.add_months_done(rows, sides=sides, way="workbook", name=shown_name(actor), at=now)
        if rows:
            await _remember(actor, sorted({programme_of[each.apprentice].number for each in rows}), rows, clock)
    return len(rows)


async def _remember(actor: Actor, numbers: Sequence[str], rows: Sequence[NewMonth], clock: Clock) -> None:
    """One row of the trail for the whole workbook: of one programme under its number, of several under the organisation's code."""
    subject = numbers[0] if len(numbers) == 1 else actor.organisation or "学徒班"
    months = sorted({each.done.month for each in rows})
    detail = {
        "way": "workbook",
        "records": len(rows),
        "corrected": corrected(rows),
        "programmes": list(numbers[:MOST_NAMED]),
        "programme_count": len(numbers),
        "months": [months[0], months[-1]],
    }
    await trail.record(actor, RECORDED, subject, detail, at=clock.now())


def _by_month(told: Sequence[MonthTold]) -> list[tuple[int, str, dict[int, dict[Field, int]]]]:
    """What was told by programme and month."""
    found: dict[tuple[int, str], dict[int, dict[Field, int]]] = {}
    for each in told:
        found.setdefault((each.programme, each.month), {})[each.person] = each.values
    return [(place, month, values) for (place, month), values in found.items()]


def _assert_still_fits(checked: Offered, fresh: Offered, told: Sequence[MonthTold]) -> None:
    """Raises RecordsMoved when the programmes, their people or settlements changed, or when the other side's new hours leave no room."""
    same = checked.heads == fresh.heads and checked.people == fresh.people and checked.settled == fresh.settled
    moved = same and seen_of(checked.known.values()) != seen_of(fresh.known.values())
    if same and not (moved and any(_too_much(fresh, each) for each in told)):
        return
    raise RecordsMoved("读取工作簿期间，学徒班或另一方的登记有了变动，没有保存任何内容。请重新上传一次。")


def _too_much(fresh: Offered, each: MonthTold) -> bool:
    head = fresh.heads[each.programme]
    one, sides = fresh.people[head.id][each.person], fresh.sides[head.id]
    before = fresh.known.get((one.id, each.month))
    possible = possible_hours(each.month, one.span(head), fresh.per_day)
    others = hours_of_others(None if before is None else before.done, sides)
    return bool(wrong_values(each.values, sides, others=others, possible=possible))


__all__ = ["WorkbookWrong", "give_workbook", "import_workbook", "read_workbook"]
