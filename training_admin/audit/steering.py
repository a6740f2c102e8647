"""Steering: the indicators of a year against their targets, computed anew whenever somebody looks; a constant number of queries."""

from collections.abc import Mapping
from datetime import date

import msgspec

from training_admin.audit import doubt_store, rectification_store, steering_store, target_store
from training_admin.audit.doubt_facts import DoubtState
from training_admin.audit.parameters import ALARM_ORANGE, ALARM_RED, ALARM_YELLOW
from training_admin.audit.rectification_states import HEAVY_SEVERITIES, RectificationState
from training_admin.audit.steering_facts import (
    Colour,
    Figure,
    Indicator,
    Lines,
    Meaning,
    Money,
    Paid,
    Rest,
    Target,
    colour_of,
    expected,
    figures_of,
    newest_targets,
    own_target,
)
from training_admin.audit.steering_meanings import MEANINGS
from training_admin.audit.steering_store import StreamMonth, YearCounted
from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.clock import Clock
from training_admin.kit.dated import Policy
from training_admin.kit.rights import Right
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy

# What is counted for every department and street; all others are known for the whole district only.
SCOPED = frozenset(
    {
        *(Indicator.TRAINED, Indicator.APPRENTICES, Indicator.PASS_RATE, Indicator.CERTIFICATE_RATE, Indicator.HIGH_SKILLED),
        *(Indicator.PAID_IN_TIME, Indicator.AVERAGE, Indicator.FIRMS),
    }
)
FIRST_YEAR = 2000


class Reached(msgspec.Struct, frozen=True):
    """One indicator of the district, a department or a street: what was reached, against what, and the colour.

    `plan_over` is the last day of the plan whose target counted before and that no new target follows.
    """

    figure: Figure
    meaning: Meaning
    target: Target | None
    expected: int | None
    colour: Colour | None
    plan_over: date | None = None
    department: str = ""
    street: str = ""


class YearMoney(msgspec.Struct, frozen=True):
    """The money of a year by stream and month: what the public page shows."""

    year: int
    today: date
    money: Money
    months: tuple[StreamMonth, ...]
    budgets: Mapping[str, int]
    returned: Mapping[int, int]

    @property
    def spending(self) -> list[tuple[int, int, int]]:
        """Month, committed and paid fen of every stream, from January to the last month that there is."""
        last = max([each.month for each in self.months], default=0)
        return [
            (
                month,
                sum(each.committed_fen for each in self.months if each.month == month),
                sum(each.paid_fen for each in self.months if each.month == month),
            )
            for month in range(1, last + 1)
        ]

    @property
    def streams(self) -> list[tuple[str, int, int, int]]:
        """Stream ("" for budgets of any), granted, committed and paid fen."""
        names = sorted({*self.budgets, *(each.stream for each in self.months)}, key=lambda each: (each == "", each))
        return [
            (
                name,
                self.budgets.get(name, 0),
                sum(each.committed_fen for each in self.months if each.stream == name),
                sum(each.paid_fen for each in self.months if each.stream == name),
            )
            for name in names
        ]


class YearShown(YearMoney, frozen=True):
    """A year as it is steered by: its money, indicators, people by month and scope."""

    rows: tuple[Reached, ...]
    counted: YearCounted
    rest: Rest
    lines: Lines
    policy: Policy

    def row(self, indicator: Indicator) -> Reached:
        """One indicator of the whole district."""
        return next(each for each in self.whole if each.figure.indicator is indicator)

    @property
    def whole(self) -> tuple[Reached, ...]:
        """The indicators of the whole district."""
        return tuple(each for each in self.rows if not each.department and not each.street)


async def _money(year: int, paid: Paid, today: date) -> YearMoney:
    months = tuple(await steering_store.stream_months(year))
    budgets, returned = await steering_store.budgets_by_stream(year), await steering_store.returned_by_month(year)
    return YearMoney(year, today, await steering_store.money(year, paid), months, budgets, returned)


async def load_year(year: int, *, clock: Clock) -> YearShown:
    """A year inside an open transaction."""
    today = clock.today()
    policy = await load_policy(DEFAULT_PACK, known_at=clock.now())
    counted = await steering_store.counted(year, today)
    rest = await steering_store.rest(year, counted.apprentices())
    spent = await _money(year, counted.paid(), today)
    entries = await target_store.entries_of(year)
    targets = newest_targets((each.target, each.taken_back) for each in entries)
    lines = Lines(*(policy.at(each, today) for each in (ALARM_YELLOW, ALARM_ORANGE, ALARM_RED)))
    rows = _rows(year, today, figures_of(counted.whole, spent.money, rest), targets, policy, lines)
    rows += _scoped_rows(year, today, counted, targets, lines)
    of_money = (year, today, spent.money, spent.months, spent.budgets, spent.returned)
    return YearShown(*of_money, tuple(rows), counted, rest, lines, policy)


async def show_year(actor: Actor, year: int, *, clock: Clock) -> YearShown:
    """A year with everything that is computed of it, without a single name; raises NotAllowed."""
    assert_may(actor, Right.TOTALS_READ)
    async with read_transaction():
        return await load_year(year, clock=clock)


async def show_public(year: int, *, clock: Clock) -> YearMoney:
    """The money of a year for everybody: no person, no firm, and nothing that takes long to count."""
    async with read_transaction():
        return await _money(year, await steering_store.paid_in(year, clock.today()), clock.today())


class Waiting(msgspec.Struct, frozen=True):
    """What a leader is told beside the figures, as counts: cases held before payment, alarms that nobody has disposed of, open doubts.

    `grave` of the doubts are 阻断 or 高; `mending` is what organisations still have to put right, `overdue` of it is late.
    """

    held: int
    alarms: int
    doubts: int
    grave: int
    mending: int
    overdue: int


async def waiting_year(actor: Actor, year: int, *, clock: Clock) -> Waiting:
    """What waits in a year; raises NotAllowed."""
    assert_may(actor, Right.TOTALS_READ)
    async with read_transaction():
        open_alarms = sum(1 for each in await target_store.alarms(year) if each.disposed_at is None)
        doubts, mending = await doubt_store.counted(None), await rectification_store.counted(None, clock.today())
        held = await steering_store.held_cases()
    still_open = {severity: count for (state, severity), count in doubts.items() if state == DoubtState.OPEN}
    grave = sum(count for severity, count in still_open.items() if severity in HEAVY_SEVERITIES)
    waits = sum(mending.get(state, 0) for state in (RectificationState.OPEN, RectificationState.RETURNED))
    return Waiting(held, open_alarms, sum(still_open.values()), grave, waits, mending["overdue"])


Key = tuple[Indicator, str, str]


def _rows(
    year: int, today: date, figures: tuple[Figure, ...], targets: Mapping[Key, Target], policy: Policy, lines: Lines
) -> list[Reached]:
    rows = []
    for figure in figures:
        meaning = MEANINGS[figure.indicator]
        own, over = own_target(figure.indicator, meaning, policy, year)
        target = targets.get((figure.indicator, "", "")) or own
        rows.append(_reached(year, today, figure, target, lines, over if target is None else None))
    return rows


def _scoped_rows(year: int, today: date, counted: YearCounted, targets: Mapping[Key, Target], lines: Lines) -> list[Reached]:
    rows = []
    for (indicator, department, street), target in sorted(targets.items()):
        if department or street:
            figure = next(each for each in cell_figures(counted, department or None, street or None) if each.indicator is indicator)
            rows.append(_reached(year, today, figure, target, lines, None))
    return rows


def cell_figures(counted: YearCounted, department: str | None, street: str | None, month: int | None = None) -> tuple[Figure, ...]:
    """The indicators of one month, department or street; only those of SCOPED mean anything."""
    paid = counted.paid(month=month, department=department, street=street)
    money = Money(paid_fen=paid.fen, firms=paid.firms, due=paid.due, in_time=paid.in_time)
    apprentices = counted.apprentices(month=month, department=department, street=street)
    return figures_of(counted.of(month=month, department=department, street=street), money, Rest(apprentices))


def _reached(year: int, today: date, figure: Figure, target: Target | None, lines: Lines, over: date | None) -> Reached:
    meaning = MEANINGS[figure.indicator]
    if target is None:
        return Reached(figure, meaning, None, None, None, over)
    due = expected(target.value, meaning, today, year)
    colour = colour_of(figure.done, due, least=meaning.least, lines=lines)
    return Reached(figure, meaning, target, due, colour, None, target.department, target.street)
