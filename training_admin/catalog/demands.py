"""Training demand 培训需求: entered and withdrawn by enterprises, met by the publication that answers it, reported where it is not."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from training_admin.catalog import demand_store
from training_admin.catalog.demand_facts import (
    DIVISION_LENGTH,
    Demand,
    DemandState,
    IndustryRow,
    LagRow,
    industries_by_key,
    industry_rows,
    is_answered,
    lag_rows,
)
from training_admin.catalog.facts import LEVEL_WORDS, CatalogItem
from training_admin.catalog.store import load_published
from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_approved, assert_may, scope_of
from training_admin.kit.clock import SHANGHAI, Clock
from training_admin.kit.kept_words import one_line
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail
from training_admin.office.messages import Letter, send, to_organisation
from training_admin.office.numbers import next_number
from training_admin.parties.list_facts import ListKind, entry_on, is_occupation
from training_admin.parties.list_store import load_lists

NUMBER_KIND = "training_demand"
MOST_PEOPLE = 100_000
LONGEST_TITLE, LONGEST_WORDS, LONGEST_CODE = 200, 1000, 40


class DemandRefused(Unreadable):
    """The demand cannot be taken as written."""

    code = "demand-refused"
    title = "培训需求需要更正"


class DemandClosed(Refusal):
    """The demand is not open any more."""

    code = "demand-closed"
    title = "不能重复办理"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A demand as entered."""

    title: str
    people: int
    item: str | None = None
    occupation: str | None = None
    level: str | None = None
    wanted_by: date | None = None
    words: str = ""


class LagShown(msgspec.Struct, frozen=True):
    """The report of a day: occupations, and priority industries."""

    rows: tuple[LagRow, ...]
    industries: tuple[IndustryRow, ...]


def _read(wanted: Wanted, today: date) -> Wanted:
    """What was entered, cleaned; raises DemandRefused."""
    item, occupation = (
        one_line(text or "", DemandRefused, what=what, most=LONGEST_CODE, needed=False)
        for text, what in ((wanted.item, "目录项目编码"), (wanted.occupation, "职业编码"))
    )
    if bool(item) == bool(occupation):
        raise DemandRefused("请填写职业编码（可选等级），或填写一个目录项目编码，二者择一。")
    if occupation and not is_occupation(occupation):
        raise DemandRefused("职业编码应为2022年版职业分类大典的编码，如 6-18-02-04。")
    if wanted.level not in {None, *LEVEL_WORDS}:
        raise DemandRefused("请从列表中选择技能等级。")
    if not 0 < wanted.people <= MOST_PEOPLE:
        raise DemandRefused(f"人数应为 1 至 {MOST_PEOPLE} 的整数。")
    if wanted.wanted_by is not None and wanted.wanted_by < today:
        raise DemandRefused("希望完成的日期不能早于今天。")
    return Wanted(
        title=one_line(wanted.title, DemandRefused, what="培训内容", most=LONGEST_TITLE),
        people=wanted.people,
        item=item or None,
        occupation=occupation or None,
        level=wanted.level if occupation else None,
        wanted_by=wanted.wanted_by,
        words=one_line(wanted.words, DemandRefused, what="说明", most=LONGEST_WORDS, needed=False),
    )


def _answer(demand: Demand, items: Sequence[CatalogItem], today: date) -> CatalogItem | None:
    return next((item for item in items if is_answered(demand, item, today)), None)


@retried
async def enter_demand(actor: Actor, wanted: Wanted, *, clock: Clock) -> str:
    """Enter what one's own enterprise needs; it is met at once where an item in force answers it. Returns its number.

    Raises NotAllowed, NotYetApproved, DemandRefused.
    """
    assert_may(actor, Right.PLAN_EDIT)
    assert_approved(actor)
    today = clock.today()
    read = _read(wanted, today)
    if actor.organisation is None:
        raise DemandRefused("培训需求由企业提出。")
    async with write_transaction():
        items = [each.item for each in await load_published()]
        if read.item is not None and read.item not in {each.item_code for each in items}:
            raise DemandRefused("补贴目录中没有这个项目，请核对编码；目录中还没有的，请填写职业编码。")
        own = entry_on(await load_lists(known_at=clock.now()), ListKind.ENTERPRISE_INDUSTRY, actor.organisation, today)
        number = f"XQ{today.year}{await next_number(NUMBER_KIND, today.year):05d}"
        demand = Demand(
            id=0,
            number=number,
            enterprise=actor.organisation,
            enterprise_name=actor.organisation_name,
            industry=(own.industry or "")[:DIVISION_LENGTH] if own else "",
            title=read.title,
            occupation=read.occupation,
            level=read.level,
            item=read.item,
            people=read.people,
            wanted_by=read.wanted_by,
            words=read.words,
            entered_on=today,
            state=DemandState.OPEN,
            met_item=None,
            met_on=None,
        )
        answer = _answer(demand, items, today)
        if answer is not None:
            demand = msgspec.structs.replace(demand, state=DemandState.MET, met_item=answer.item_code, met_on=today)
        await demand_store.add_demand(demand, entered_by=actor.trail_key, at=clock.now())
        detail = {"people": read.people, "occupation": read.occupation, "item": read.item, "met": demand.met_item}
        await trail.record(actor, "catalog:demand:entered", number, detail, at=clock.now())
    return number


@retried
async def withdraw_demand(actor: Actor, number: str, *, clock: Clock) -> None:
    """Take an open demand of one's own back; raises NotAllowed, DemandNotFound, DemandClosed."""
    assert_may(actor, Right.PLAN_EDIT)
    async with write_transaction():
        demand = await demand_store.demand_by_number(number, scope_of(actor, Right.PLAN_EDIT).codes)
        if not await demand_store.withdraw(demand):
            raise DemandClosed("这项需求已经满足或已撤回，请刷新页面查看。")
        await trail.record(actor, "catalog:demand:withdrawn", number, {}, at=clock.now())


async def list_demands(actor: Actor, *, before: int | None, limit: int) -> tuple[list[Demand], int | None]:
    """A page of demand of the actor's scope, newest first, and where the next begins; raises NotAllowed."""
    scope = scope_of(actor, Right.PLAN_READ)
    async with read_transaction():
        found = await demand_store.list_demands(scope.codes, before=before, limit=limit + 1)
    return found[:limit], found[limit - 1].id if len(found) > limit else None


async def meet_demands(actor: Actor, items: Sequence[CatalogItem], *, paper: str, clock: Clock) -> None:
    """Mark the open demand that item versions answer as met, inside the transaction that publishes them, and tell the enterprises."""
    today = clock.today()
    codes = sorted({each.item_code for each in items})
    waiting = await demand_store.open_demands(codes, sorted({each.occupation for each in items if each.occupation is not None}))
    found = [(demand, _answer(demand, items, today)) for demand in waiting]
    answers = [(demand, answer.item_code) for demand, answer in found if answer is not None]
    if not answers:
        return
    await demand_store.meet([(demand.id, item) for demand, item in answers], today)
    for enterprise in sorted({demand.enterprise for demand, _item in answers}):
        own = [(demand.number, item) for demand, item in answers if demand.enterprise == enterprise]
        told = "、".join(f"{number}（{item}）" for number, item in own)
        letter = Letter(own[0][0], "培训需求已有目录项目", f"贵单位提出的培训需求，补贴目录已公布对应项目：{told}。", "/demands")
        await send(to_organisation(enterprise, Right.PLAN_READ), letter, clock=clock)
    detail = {"demands": [demand.number for demand, _item in answers]}
    await trail.record(actor, "catalog:demand:met", paper, detail, at=clock.now())


async def show_lag(actor: Actor, *, clock: Clock) -> LagShown:
    """Where the catalog lags this year: demand against items, classes and seats; raises NotAllowed."""
    assert_may(actor, Right.TOTALS_READ)
    today = clock.today()
    async with read_transaction():
        demands = await demand_store.demands_since(datetime(today.year, 1, 1, tzinfo=SHANGHAI))
        published = await load_published(clock.now())
        classes = await demand_store.seats_of_year(today.year, today)
        entries = await load_lists(known_at=clock.now())
    items = [each.item for each in published]
    told = {each.item.item_code: each.details.priority_industry for each in published}
    industries = industries_by_key(demands, items, told, entries, today)
    return LagShown(lag_rows(demands, items, classes, industries, today), industry_rows(demands, items, told, entries, today))
