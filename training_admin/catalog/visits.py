"""Visits of classes by at least two inspectors (INSP-01): told within the day that the figure says, else marked late; read by class."""

from collections.abc import Sequence

import msgspec

from training_admin.catalog import visit_store
from training_admin.catalog.parameters import INSP_ONSITE_PER_CLASS, INSP_PEOPLE_MIN, INSP_RECORD_WITHIN_DAYS
from training_admin.catalog.pooling import plain_number
from training_admin.catalog.visit_facts import Visit, cleared_classes, faults_of, is_late
from training_admin.catalog.visit_store import KeptVisit
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, scope_of
from training_admin.kit.clock import Clock, shanghai_day
from training_admin.kit.dated import DatedValue
from training_admin.kit.refusals import Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy

MOST_SHOWN = 2000


class VisitRefused(Unreadable):
    """The visit cannot be recorded as told."""

    code = "visit-refused"
    title = "检查记录有误"


class ShownVisit(msgspec.Struct, frozen=True):
    """A visit with whether it was told late."""

    kept: KeptVisit
    late: bool

    @property
    def visit(self) -> Visit:
        """What was told."""
        return self.kept.visit


class VisitFigures(msgspec.Struct, frozen=True):
    """The figures of visits as they stand today, with paper and standings."""

    people_min: DatedValue
    within_days: DatedValue
    onsite_per_class: DatedValue


async def figures_now(*, clock: Clock) -> VisitFigures:
    """The figures of today; raises PackNotAdopted."""
    async with read_transaction():
        return await _figures(clock)


async def _figures(clock: Clock) -> VisitFigures:
    policy, today = await load_policy(DEFAULT_PACK, known_at=clock.now()), clock.today()
    return VisitFigures(
        policy.dated(INSP_PEOPLE_MIN, today), policy.dated(INSP_RECORD_WITHIN_DAYS, today), policy.dated(INSP_ONSITE_PER_CLASS, today)
    )


def _whole(value: DatedValue) -> int:
    assert isinstance(value.value, int)
    return value.value


@retried
async def record_visit(actor: Actor, visit: Visit, *, clock: Clock) -> bool:
    """Record a visit, of a pooled class under the class's own number; returns whether it was told late. Raises NotAllowed, VisitRefused."""
    assert_may(actor, Right.CLASS_VISIT)
    async with write_transaction():
        return (await keep_visit(actor, visit, clock=clock))[1]


async def keep_visit(actor: Actor, visit: Visit, *, clock: Clock) -> tuple[int, bool]:
    """`record_visit` inside the open write transaction of another act, whose rights were asked there; also returns the visit's key."""
    inspectors = tuple(" ".join(each.split()) for each in visit.inspectors)
    plain = msgspec.structs.replace(visit, class_no=plain_number(visit.class_no), inspectors=inspectors, words=visit.words.strip())
    figures = await _figures(clock)
    if faults := faults_of(plain, clock.today(), _whole(figures.people_min)):
        raise VisitRefused("；".join(faults) + "。")
    key = await visit_store.add_visit(plain, teller=actor.name, at=clock.now())
    late = is_late(plain.visited_on, clock.today(), _whole(figures.within_days))
    detail = {"visit": key, "day": plain.visited_on.isoformat(), "way": plain.way.value, "passed": plain.passed, "late": late}
    await trail.record(actor, "catalog:visit:recorded", plain.class_no, detail, at=clock.now())
    return key, late


async def list_visits(actor: Actor, *, class_no: str = "", clock: Clock) -> list[ShownVisit]:
    """Visits of one class or all, of the actor's own classes or the whole district, newest first; raises NotAllowed."""
    codes = scope_of(actor, Right.CLASS_READ).codes
    async with read_transaction():
        within = _whole((await _figures(clock)).within_days)
        found = await visit_store.visits(organisations=codes, class_nos=[plain_number(class_no)] if class_no else None, most=MOST_SHOWN)
    return [ShownVisit(each, is_late(each.visit.visited_on, shanghai_day(each.told_at), within)) for each in found]


async def visited_classes(class_nos: Sequence[str], *, clock: Clock) -> frozenset[str]:
    """Which of the classes INSP-01 holds no payment for; in the open transaction. A pooled class is visited for all its firms at once."""
    needed = _whole((await _figures(clock)).onsite_per_class)
    cleared = cleared_classes(await visit_store.results_of([plain_number(each) for each in class_nos]), needed)
    return frozenset(each for each in class_nos if plain_number(each) in cleared)
