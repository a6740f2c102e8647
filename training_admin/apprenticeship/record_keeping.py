"""Monthly records of a programme: shown with what contradicts and what is missing, told by each side for itself, corrected by adding.

Records are never changed: a correction is a new record of the same month, and the newest counts. After the settlement was claimed
nothing more is taken.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date

import msgspec

from training_admin.apprenticeship import record_store as store
from training_admin.apprenticeship.parameters import APP_WAGE_MIN_MONTH
from training_admin.apprenticeship.record_facts import (
    FIELD_WORDS,
    WRONG_SENTENCES,
    Contradiction,
    Field,
    MonthState,
    Recorded,
    Side,
    Values,
    contradictions,
    days_there,
    first_day,
    hours_of_others,
    is_month,
    merged,
    month_states,
    wrong_month,
    wrong_values,
)
from training_admin.apprenticeship.record_reading import possible_hours
from training_admin.apprenticeship.record_store import ApprenticeHead, NewMonth, ProgrammeHead
from training_admin.apprenticeship.sealing import APPRENTICE_PLACE
from training_admin.catalog.parameters import CLASS_DAY_HOURS_MAX
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, may, scope_of, shown_name
from training_admin.kit.clock import Clock
from training_admin.kit.dated import DatedValue, NotInForce, Policy
from training_admin.kit.identifiers import mask_identity
from training_admin.kit.refusals import NotFound, Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.kit.vault import vault
from training_admin.office import trail
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy

RECORDED = "apprenticeship:month:recorded"
MOST_TOLD = 100
HUNDRED = 100
# Which of some programmes have their settlement claimed, asked inside the act's transaction; handed in by the room that claims.
Settled = Callable[[Sequence[str]], Awaitable[frozenset[str]]]


class RecordRefused(Unreadable):
    """What was told of a month does not fit; `errors` says of whom and why, everything at once."""

    code = "month-refused"
    title = "每月记录有误"


class RecordsClosed(Refusal):
    """The settlement of the programme was claimed: its months stand."""

    code = "months-settled"
    title = "每月记录已固定"


class RecordsMoved(Refusal):
    """Somebody has told of the same months meanwhile."""

    code = "months-moved"
    title = "他人刚刚登记过"


class NotYourMonths(Refusal):
    """The actor's organisation is neither side of the programme, so it has nothing to tell."""

    status = 403
    code = "months-of-others"
    title = "不能登记"


class MonthNotFound(NotFound):
    """The programme has no such month, or nobody of that number."""

    code = "month-not-found"


class MonthFigures(msgspec.Struct, frozen=True):
    """The figures of a month: the lowest wage with paper and standing, and how many hours a day can hold (hundredths)."""

    minimum: DatedValue | None
    day_centihours: int | None

    @property
    def minimum_fen(self) -> int | None:
        """The lowest wage in fen; None where none is in force."""
        return None if self.minimum is None else int(self.minimum.value)  # type: ignore[arg-type] # the pack loader checked the type by unit


class CellShown(msgspec.Struct, frozen=True):
    """A month of an apprentice: the newest record if any, and what contradicts in it."""

    one: ApprenticeHead
    masked: str
    record: Recorded | None
    contradictions: tuple[Contradiction, ...]


class MonthShown(msgspec.Struct, frozen=True, kw_only=True):
    """A month of a whole programme as its table shows it; `sides` are those that the actor may tell, `seen` how many records there are."""

    head: ProgrammeHead
    month: str
    state: MonthState
    sides: tuple[Side, ...]
    figures: MonthFigures
    people: tuple[CellShown, ...]
    open: bool
    seen: int


class ProgrammeMonths(msgspec.Struct, frozen=True, kw_only=True):
    """How far the months of a programme are told, and what contradicts in them."""

    head: ProgrammeHead
    sides: tuple[Side, ...]
    states: tuple[MonthState, ...]
    found: Mapping[str, int]

    @property
    def late(self) -> int:
        """How many months are late."""
        return sum(each.late for each in self.states)


def masked_number(one: ApprenticeHead) -> str:
    """The masked identity number of an apprentice."""
    return mask_identity(vault().decrypt_text(one.sealed, place=APPRENTICE_PLACE))


def masked_of(people: Iterable[ApprenticeHead]) -> tuple[str, ...]:
    """The masked numbers of people; deciphering many belongs into a thread."""
    return tuple(map(masked_number, people))


def figures_of_months(policy: Policy, months: Iterable[str]) -> dict[str, MonthFigures]:
    """The figures of each month, as in force on its first day."""
    return {month: MonthFigures(_dated(policy, month), _day_hours(policy, month)) for month in months}


def _dated(policy: Policy, month: str) -> DatedValue | None:
    try:
        return policy.dated(APP_WAGE_MIN_MONTH, first_day(month))
    except NotInForce:
        return None


def _day_hours(policy: Policy, month: str) -> int | None:
    try:
        return policy.at(CLASS_DAY_HOURS_MAX, first_day(month)) * HUNDRED
    except NotInForce:
        return None


def day_centihours(figures: Mapping[str, MonthFigures]) -> dict[str, int]:
    """How many hours a day can hold by month, where a figure says so."""
    return {month: each.day_centihours for month, each in figures.items() if each.day_centihours is not None}


def sides_for(actor: Actor, head: ProgrammeHead) -> tuple[Side, ...]:
    """Which sides of a programme the actor may tell."""
    if not may(actor, Right.PROGRAMME_RECORD):
        return ()
    return tuple(Side) if actor.is_program else head.sides_of(actor.organisation)


def states_of(
    head: ProgrammeHead, people: Sequence[ApprenticeHead], told: Mapping[tuple[int, str], Recorded], today: date
) -> tuple[MonthState, ...]:
    """How far each month of a programme is told."""
    spans = [(each.id, each.span(head)) for each in people]
    sides = {key: each.sides for key, each in told.items()}
    return month_states(spans, sides, head.told_months(today), today)


async def list_months(actor: Actor, *, clock: Clock) -> list[ProgrammeMonths]:
    """The programmes of the actor's scope with how far their months are told; raises NotAllowed. Five queries however many."""
    scope = scope_of(actor, Right.PROGRAMME_READ)
    async with read_transaction():
        return await _overview(actor, await store.programmes(scope.codes), clock)


async def programme_months(actor: Actor, number: str, *, clock: Clock) -> ProgrammeMonths:
    """The same of one programme, for its page; raises NotAllowed, ProgrammeNotFound."""
    scope = scope_of(actor, Right.PROGRAMME_READ)
    async with read_transaction():
        return (await _overview(actor, [await store.programme_by_number(number, scope.codes)], clock))[0]


async def _overview(actor: Actor, heads: list[ProgrammeHead], clock: Clock) -> list[ProgrammeMonths]:
    people, told = await store.apprentices(heads), await store.newest(heads)
    figures = figures_of_months(await load_policy(DEFAULT_PACK, known_at=clock.now()), sorted({month for _one, month in told}))
    found: dict[int, dict[str, int]] = {}
    programme_of = {one.id: one.programme for each in people.values() for one in each}
    for (one, month), each in told.items():
        count = len(contradictions(each.done, each.sides, figures[month].minimum_fen))
        months = found.setdefault(programme_of[one], {})
        months[month] = months.get(month, 0) + count
    return [
        ProgrammeMonths(
            head=head,
            sides=sides_for(actor, head),
            states=states_of(head, people[head.id], told, clock.today()),
            found=found.get(head.id, {}),
        )
        for head in heads
    ]


async def show_month(actor: Actor, number: str, month: str, *, clock: Clock, settled: Settled | None = None) -> MonthShown:
    """A month of a programme; raises NotAllowed, ProgrammeNotFound, MonthNotFound. Six queries however many people."""
    scope = scope_of(actor, Right.PROGRAMME_READ)
    async with read_transaction():
        head = await store.programme_by_number(number, scope.codes)
        if month not in head.told_months(clock.today()):
            raise MonthNotFound("这个学徒班没有这个月，或这个月还没有结束。请从“每月记录”重新进入。")
        people = (await store.apprentices([head]))[head.id]
        told = await store.newest([head], first=month, last=month)
        figures = figures_of_months(await load_policy(DEFAULT_PACK, known_at=clock.now()), [month])[month]
        closed = settled is not None and bool(await settled([number]))
    there = [each for each in people if days_there(month, each.span(head))]
    masked = await asyncio.to_thread(masked_of, there)
    cells = []
    for one, hidden in zip(there, masked, strict=True):
        record = told.get((one.id, month))
        found = () if record is None else contradictions(record.done, record.sides, figures.minimum_fen)
        cells.append(CellShown(one, hidden, record, found))
    spans = [(each.id, each.span(head)) for each in people]
    state = month_states(spans, {key: each.sides for key, each in told.items()}, [month], clock.today())[0]
    return MonthShown(
        head=head,
        month=month,
        state=state,
        sides=sides_for(actor, head),
        figures=figures,
        people=tuple(cells),
        open=not closed,
        seen=seen_of(told.values()),
    )


def seen_of(told: Iterable[Recorded]) -> int:
    """How many records there are: whoever has seen fewer must look again."""
    return sum(each.place for each in told)


async def month_history(actor: Actor, number: str, month: str, serial: int) -> tuple[ProgrammeHead, ApprenticeHead, list[Recorded]]:
    """Everything told of a month of one apprentice, the newest first; raises NotAllowed, ProgrammeNotFound, MonthNotFound."""
    scope = scope_of(actor, Right.PROGRAMME_READ)
    async with read_transaction():
        head = await store.programme_by_number(number, scope.codes)
        people = (await store.apprentices([head]))[head.id]
        one = next((each for each in people if each.serial == serial), None)
        if one is None or not is_month(month):
            raise MonthNotFound("没有找到这名学徒的这个月，请从“每月记录”重新进入。")
        return head, one, await store.history(one.id, month)


async def assert_tellable(actor: Actor, head: ProgrammeHead, settled: Settled | None) -> tuple[Side, ...]:
    """Which sides the actor tells of a programme, inside an open transaction; raises NotYourMonths, RecordsClosed."""
    sides = sides_for(actor, head)
    if not sides:
        raise NotYourMonths("每月记录由学徒班的企业和培训机构各自登记，其他单位只能查看。")
    if settled is not None and await settled([head.number]):
        raise RecordsClosed("这个学徒班已提交结算申报，每月记录不能再改动。确有错误的，请先撤回结算申报。")
    return sides


@retried
async def save_month(
    actor: Actor,
    number: str,
    month: str,
    told: Mapping[int, Values],
    *,
    seen: int,
    way: str = "form",
    clock: Clock,
    settled: Settled | None = None,
) -> int:
    """Keep one side's part of a month, by serial of the apprentices; returns how many records are new.

    Raises NotAllowed, ProgrammeNotFound, NotYourMonths, RecordsClosed, RecordsMoved, RecordRefused listing every wrong value.
    """
    assert_may(actor, Right.PROGRAMME_RECORD)
    now = clock.now()
    async with write_transaction():
        head = await store.programme_by_number(number, scope_of(actor, Right.PROGRAMME_RECORD).codes)
        sides = await assert_tellable(actor, head, settled)
        people = {each.serial: each for each in (await store.apprentices([head]))[head.id]}
        known = await store.newest([head], first=month, last=month) if is_month(month) else {}
        if seen_of(known.values()) != seen:
            raise RecordsMoved("您打开本页后，另一人登记了这个月，内容已刷新在下面。请核对后再保存。")
        policy = await load_policy(DEFAULT_PACK, known_at=now)
        assert_fitting(head, people, month, told, sides, known, policy=policy, today=clock.today())
        rows = new_months({people[serial].id: values for serial, values in told.items()}, month, sides, known)
        await store.add_months_done(rows, sides={each.apprentice: sides for each in rows}, way=way, name=shown_name(actor), at=now)
        if rows:
            detail = {"month": month, "sides": sorted(sides), "way": way, "records": len(rows), "corrected": corrected(rows)}
            await trail.record(actor, RECORDED, number, detail, at=now)
    return len(rows)


def assert_fitting(
    head: ProgrammeHead,
    people: Mapping[int, ApprenticeHead],
    month: str,
    told: Mapping[int, Values],
    sides: Sequence[Side],
    known: Mapping[tuple[int, str], Recorded],
    *,
    policy: Policy,
    today: date,
) -> None:
    """Raises MonthNotFound for a month or people that there are not, RecordRefused listing what is wrong."""
    if month not in head.all_months or not told.keys() <= people.keys():
        raise MonthNotFound("这个学徒班没有这个月或这名学徒，请从“每月记录”重新进入。")
    per_day = day_centihours(figures_of_months(policy, [month]))
    errors = []
    for serial, values in told.items():
        one, span = people[serial], people[serial].span(head)
        wrong = wrong_month(month, span, today)
        if wrong is not None:
            errors.append(f"{serial} {one.name}：{WRONG_SENTENCES[wrong]}")
            continue
        before = known.get((one.id, month))
        others = hours_of_others(None if before is None else before.done, sides)
        found = wrong_values(values, sides, others=others, possible=possible_hours(month, span, per_day))
        errors += [f"{serial} {one.name}，{FIELD_WORDS[field]}：{WRONG_SENTENCES[why]}" for field, why in found.items()]
    if errors:
        raise refused(errors)


def refused(errors: Sequence[str]) -> RecordRefused:
    """The refusal that lists what is wrong."""
    return RecordRefused(f"有 {len(errors)} 处有误，没有保存任何内容，请按下面列出的更正后再保存。", errors=list(errors[:MOST_TOLD]))


def new_months(told: Mapping[int, Values], month: str, sides: Sequence[Side], known: Mapping[tuple[int, str], Recorded]) -> list[NewMonth]:
    """The records that say something new of a month, by apprentice; what is told as it was is left out."""
    rows = []
    for apprentice, values in told.items():
        before = known.get((apprentice, month))
        done = merged(month, None if before is None else before.done, values)
        if before is None or done != before.done or not set(sides) <= before.sides:
            rows.append(NewMonth(apprentice, 1 if before is None else before.place + 1, done))
    return rows


def corrected(rows: Iterable[NewMonth]) -> int:
    """How many records follow an earlier one of their month."""
    return sum(each.place > 1 for each in rows)


def told_fields(sides: Iterable[Side], fields: Mapping[Side, tuple[Field, ...]]) -> tuple[Field, ...]:
    """The fields of some sides in the order of the tables."""
    mine = {field for side in sides for field in fields[side]}
    return tuple(field for field in Field if field in mine)
