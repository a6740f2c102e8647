"""Inspections by lot (双随机、一公开): the list is published with its digest, then drawn from a seed, results are shown.

The seed is the hash of the trail's row that tells the publication: nobody could know it before, and waiting changes nothing. A list
that was published is drawn before another one about the same days, so that nobody publishes until he likes the result.
"""

from datetime import date

import msgspec

from training_admin.audit import inspection_store as store
from training_admin.audit.inspection_facts import Drawn, Plan, lot_of
from training_admin.audit.lots import digest_of, drawn, inspectors_for
from training_admin.catalog.parameters import INSP_PEOPLE_MIN
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may, shown_name
from training_admin.kit.clock import Clock, shanghai_day
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.numbers import next_number
from training_admin.policy.packs import DEFAULT_PACK
from training_admin.policy.store import load_policy

NUMBER_KIND, PUBLISHED = "inspection", "audit:inspection:published"
LONGEST_TITLE, LONGEST_NAME = 100, 60
MOST_CLASSES, MOST_LISTED, MOST_INSPECTORS = 500, 5000, 200


class InspectionRefused(Unreadable):
    """A field of the plan is missing or out of bounds."""

    code = "inspection-refused"
    title = "抽查计划有误"


class DrawnBefore(Refusal):
    """A plan is drawn once: who draws until he likes the result draws nothing by lot."""

    code = "inspection-drawn-before"
    title = "已经抽签"


class DrawnClass(msgspec.Struct, frozen=True):
    """A class that was drawn and what became of it: the day of its newest visit since, whether it was in order, its key from a phone."""

    drawn: Drawn
    visited_on: date | None
    passed: bool | None
    field_visit: int | None


@retried
async def publish_plan(actor: Actor, *, title: str, start: date, end: date, classes: int, inspectors: str, clock: Clock) -> str:
    """Publish the list of classes held in a stretch of days with their lots and the inspectors; returns the plan's number.

    Raises NotAllowed, InspectionRefused.
    """
    assert_may(actor, Right.CLASS_VISIT)
    words = one_line(title, InspectionRefused, needed=True, most=LONGEST_TITLE, what="抽查名称")
    if not start <= end:
        raise InspectionRefused("结束日期不能早于开始日期。")
    if not 1 <= classes <= MOST_CLASSES:
        raise InspectionRefused(f"抽取班级数应为 1 至 {MOST_CLASSES}。")
    names = list(dict.fromkeys(each.strip() for each in inspectors.replace("、", "\n").replace("，", "\n").splitlines() if each.strip()))
    people = await _people(clock)
    if not people <= len(names) <= MOST_INSPECTORS or any(len(each) > LONGEST_NAME or not each.isprintable() for each in names):
        raise InspectionRefused(f"请填写 {people} 至 {MOST_INSPECTORS} 名检查人员，每行一名，姓名不超过 {LONGEST_NAME} 字。")
    async with write_transaction():
        if waiting := await store.undrawn_between(start, end):
            raise InspectionRefused(f"这段日期已公布名单 {waiting}，尚未抽签。请先抽签，再公布新的名单。")
        risks = await store.risks_between(start, end, today=clock.today(), most=MOST_LISTED)
        if not risks:
            raise InspectionRefused("这段日期内没有已备案的班级，请换一段日期。")
        lots = tuple(lot_of(each) for each in risks)
        number = f"CC{clock.today().year}{await next_number(NUMBER_KIND, clock.today().year):03d}"
        plan = Plan(
            number=number,
            year=clock.today().year,
            title=words,
            lots=lots,
            inspectors=tuple(names),
            list_sha256=digest_of(lots, names),
            classes=min(classes, len(lots)),
            people=people,
            planner=shown_name(actor),
            published_at=clock.now(),
        )
        await store.add_plan(plan, basis={"from": start.isoformat(), "to": end.isoformat()})
        detail = {"classes": len(lots), "drawn": plan.classes, "list": plan.list_sha256}
        await trail.record(actor, PUBLISHED, number, detail, at=clock.now())
    return number


async def _people(clock: Clock) -> int:
    async with read_transaction():
        value: int = (await load_policy(DEFAULT_PACK, known_at=clock.now())).at(INSP_PEOPLE_MIN, clock.today())
    return value


@retried
async def draw_plan(actor: Actor, number: str, *, clock: Clock) -> None:
    """Draw a published plan, once, with the seed that its publication gave; raises NotAllowed, PlanNotFound, DrawnBefore."""
    assert_may(actor, Right.CLASS_VISIT)
    async with write_transaction():
        plan = await store.plan_by_number(number, lock=True)
        if plan.seed:
            raise DrawnBefore("这次抽查已经抽签，结果不能更改。需要另行抽查的，请发布新的名单。")
        row = await trail.row_of(PUBLISHED, number)
        assert row is not None, "publishing the plan was recorded"
        seed = row[1]
        chosen = [Drawn(key, inspectors_for(seed, key, plan.inspectors, plan.people)) for key in drawn(seed, plan.lots, plan.classes)]
        if not await store.keep_draw(plan, seed=seed, drawn=chosen, drawer=shown_name(actor), at=clock.now()):
            raise DrawnBefore("这次抽查已经抽签，结果不能更改。")
        detail = {"seed": seed, "trail": row[0], "classes": [each.key for each in chosen]}
        await trail.record(actor, "audit:inspection:drawn", number, detail, at=clock.now())


async def show_plan(number: str) -> tuple[Plan, tuple[DrawnClass, ...]]:
    """A plan with what became of the drawn classes, for everybody; raises PlanNotFound."""
    async with read_transaction():
        plan = await store.plan_by_number(number)
        since = plan.published_at if plan.drawn_at is None else plan.drawn_at
        results = await store.results_since([each.key for each in plan.drawn], shanghai_day(since))
    return plan, tuple(DrawnClass(each, *results.get(each.key, (None, None, None))) for each in plan.drawn)


async def list_plans(*, most: int = 200) -> list[Plan]:
    """Published plans, newest first, for everybody."""
    async with read_transaction():
        return await store.plans(most=most)


async def inspectors_now(actor: Actor) -> list[str]:
    """Everybody who may inspect, to begin a plan with; raises NotAllowed."""
    assert_may(actor, Right.CLASS_VISIT)
    async with read_transaction():
        return await store.inspectors_named()


async def coverage_of(year: int) -> tuple[int, int]:
    """Classes that end in a year and those of them visited on the spot."""
    async with read_transaction():
        return await store.coverage(date(year, 1, 1), date(year, 12, 31))


def published_file(plan: Plan) -> bytes:
    """What is published of a drawn plan, as `verify_draw.py` reads it."""
    return msgspec.json.format(
        msgspec.json.encode(
            {
                "number": plan.number,
                "title": plan.title,
                "lots": plan.lots,
                "inspectors": plan.inspectors,
                "list_sha256": plan.list_sha256,
                "seed": plan.seed,
                "classes": plan.classes,
                "people": plan.people,
                "drawn": plan.drawn,
            }
        ),
        indent=1,
    )
