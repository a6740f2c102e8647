"""我的学徒培养: everything a programme holds of the apprentice who asks, in a number of queries that does not depend on its months."""

from datetime import date

import msgspec

from training_admin.apprenticeship import own_store
from training_admin.apprenticeship import record_store as store
from training_admin.apprenticeship.own_facts import (
    BlockHours,
    MonthOwn,
    Said,
    Voice,
    blocks_of,
    hours_so_far,
    missing_of,
    planned_of,
    said_of_wage,
    who_said,
)
from training_admin.apprenticeship.own_store import OwnRow
from training_admin.apprenticeship.record_facts import Recorded, Side, Span, days_there
from training_admin.apprenticeship.record_keeping import MonthFigures, figures_of_months
from training_admin.catalog.next_lessons import NextLesson, next_lesson
from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.dated import DatedValue
from training_admin.kit.rights import Right
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy


class OwnProgramme(msgspec.Struct, frozen=True, kw_only=True):
    """A programme as its apprentice sees it; `exam_on` is None while nobody has told the day, `lesson` while none is planned."""

    row: OwnRow
    blocks: tuple[BlockHours, ...]
    online: int
    mentor_centihours: int
    months: tuple[MonthOwn, ...]
    minimum: DatedValue | None
    who: Said | None
    complaints: tuple[Said, ...]
    missing: tuple[str, ...]
    exam_on: date | None
    lesson: NextLesson | None

    @property
    def wages_right(self) -> bool | None:
        """Whether every told wage reaches its minimum; None while none is told."""
        compared = [each for each in self.months if each.wage_fen is not None and each.minimum_fen is not None]
        return all(each.wage_fen >= each.minimum_fen for each in compared) if compared else None  # type: ignore[operator] # both are there


async def my_programmes(actor: Actor, *, clock: Clock) -> list[OwnProgramme]:
    """The programmes that name the actor, the newest first; raises NotAllowed. Five queries."""
    assert_may(actor, Right.OWN_RECORDS)
    assert actor.person is not None
    async with read_transaction():
        rows = await own_store.own_programmes(actor.person)
        keys = [each.apprentice for each in rows]
        said = await own_store.said_by(keys)
        told = await store.newest_of(keys)
        lesson = await next_lesson(actor.person, clock.today())
        months = sorted({month for row in rows for month in row.head.told_months(clock.today())})
        figures = figures_of_months(await load_policy(DEFAULT_PACK, known_at=clock.now()), months)
    return [_own(row, said, told, figures, lesson=lesson, today=clock.today()) for row in rows]


def _own(
    row: OwnRow,
    said: list[Said],
    told: dict[tuple[int, str], Recorded],
    figures: dict[str, MonthFigures],
    *,
    lesson: NextLesson | None,
    today: date,
) -> OwnProgramme:
    mine = [each for each in said if each.apprentice == row.apprentice]
    span = Span(row.head.starts, row.head.end, row.left_on)
    records = {month: each for (one, month), each in told.items() if one == row.apprentice}
    there = [month for month in row.head.told_months(today) if days_there(month, span)]
    months = tuple(
        MonthOwn(month, records.get(month), figures[month].minimum_fen, said_of_wage(mine, records.get(month))) for month in reversed(there)
    )
    who = who_said(mine)
    untold = sum(each.record is None or each.record.sides != frozenset(Side) for each in months)
    return OwnProgramme(
        row=row,
        blocks=blocks_of(hours_so_far(records.values()), planned_of(row.content)),
        online=hours_so_far(records.values()).online,
        mentor_centihours=sum(each.done.mentor_centihours for each in records.values()),
        months=months,
        minimum=figures[there[-1]].minimum if there else None,
        who=who,
        complaints=tuple(each for each in mine if each.kind in {Voice.COMPLAINT, Voice.WAGE_WRONG, Voice.NOT_ME}),
        missing=tuple(
            missing_of(
                mentor=row.mentor is not None,
                teacher=row.teacher is not None,
                agreement_on=row.agreement_on,
                contract_end=row.contract_end,
                end=row.head.end,
                answered=who is not None,
                untold=untold,
            )
        ),
        exam_on=_exam_day(row.content),
        lesson=lesson if row.outcome == "open" else None,
    )


def _exam_day(content: dict[str, object]) -> date | None:
    """The day of the assessment as the plan tells it."""
    try:
        return msgspec.convert(content.get("exam_on"), type=date | None)
    except msgspec.ValidationError:
        return None
