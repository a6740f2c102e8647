"""Demand is entered, withdrawn, met by the publication that answers it, and reported against what there is."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from tests.catalog.classes import WELDER, content, furnished, roster
from tests.catalog.proposing import new_item
from tests.catalog.test_filing import registrar
from tests.people import ENTERPRISE_A, sign_in_as
from training_admin.catalog import demands
from training_admin.catalog.class_facts import Pool, Split
from training_admin.catalog.demand_facts import DemandState
from training_admin.catalog.demand_store import DemandNotFound
from training_admin.catalog.demands import DemandClosed, DemandRefused, Wanted
from training_admin.catalog.filing import save_class, submit_class
from training_admin.catalog.publication import publish_items
from training_admin.database import counted_queries
from training_admin.kit.actor import DEMO, Actor, NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.kit.dated import Standing
from training_admin.office.messages import my_messages
from training_admin.parties.list_facts import ListEntry, ListKind
from training_admin.parties.lists import decide_change, propose_entry

pytestmark = pytest.mark.usefixtures("database")
ROBOT = "6-31-01-10"


async def person(login: str, clock: FixedClock) -> Actor:
    return (await sign_in_as(login, clock)).actor


def wanted(**changes: Any) -> Wanted:
    return msgspec.structs.replace(Wanted(title="机器人运维", people=30, occupation=ROBOT, level="4"), **changes)


async def test_a_demand_is_entered_seen_and_withdrawn_by_its_enterprise(clock: FixedClock) -> None:
    clerk = await person("jingban-a", clock)
    number = await demands.enter_demand(clerk, wanted(wanted_by=date(2026, 12, 1), words="新产线"), clock=clock)
    assert number == "XQ202600001"
    (kept,), following = await demands.list_demands(clerk, before=None, limit=5)
    assert (kept.people, kept.state, kept.entered_on, kept.industry, following) == (30, DemandState.OPEN, clock.today(), "", None)
    assert (await demands.list_demands(await person("chushen", clock), before=None, limit=5))[0] == [kept]
    other = await person("jingban-b", clock)
    assert await demands.list_demands(other, before=None, limit=5) == ([], None)
    with pytest.raises(DemandNotFound):
        await demands.withdraw_demand(other, number, clock=clock)
    await demands.withdraw_demand(clerk, number, clock=clock)
    with pytest.raises(DemandClosed):
        await demands.withdraw_demand(clerk, number, clock=clock)
    with pytest.raises(NotAllowed):
        await demands.enter_demand(await person("chushen", clock), wanted(), clock=clock)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"title": "长" * 201},
        {"words": "a\0"},
        {"words": "联系人 13800138000"},
        {"occupation": None},
        {"occupation": "焊工"},
        {"item": "A-1"},
        {"occupation": None, "item": "A-1"},
        {"level": "9"},
        {"people": 0},
        {"people": 100_001},
        {"wanted_by": date(2026, 5, 31)},
    ],
)
async def test_a_wrong_demand_is_refused(clock: FixedClock, wrong: dict[str, Any]) -> None:
    with pytest.raises(DemandRefused):
        await demands.enter_demand(await person("jingban-a", clock), wanted(**wrong), clock=clock)


async def test_a_publication_meets_the_demand_it_answers_and_tells_the_enterprises(clock: FixedClock) -> None:
    clerk, other = await person("jingban-a", clock), await person("jingban-b", clock)
    first = await demands.enter_demand(clerk, wanted(), clock=clock)
    await demands.enter_demand(clerk, wanted(level="3"), clock=clock)
    await demands.enter_demand(other, wanted(level=None), clock=clock)
    clock.move(timedelta(days=9))
    item = new_item(item_code="SJ2026-A-900", occupation=ROBOT, level="4")
    await publish_items(
        DEMO, [msgspec.structs.replace(item, valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 1))], paper="旧", clock=clock
    )
    assert {each.state for each in (await demands.list_demands(DEMO, before=None, limit=5))[0]} == {DemandState.OPEN}
    await publish_items(DEMO, [item], paper="松人社〔2026〕9号", clock=clock)
    found = {each.number: each for each in (await demands.list_demands(clerk, before=None, limit=5))[0]}
    assert sorted(each.state for each in found.values()) == [DemandState.MET, DemandState.OPEN]
    assert (found[first].met_item, found[first].met_on) == ("SJ2026-A-900", date(2026, 6, 10))
    assert [each.state for each in (await demands.list_demands(other, before=None, limit=5))[0]] == [DemandState.MET]
    for actor in (clerk, other):
        (message,), _next = await my_messages(actor, before=None, limit=5)
        assert message.title == "培训需求已有目录项目"
        assert "SJ2026-A-900" in message.text
    known = await demands.enter_demand(other, wanted(occupation=None, level=None, item="SJ2026-A-900"), clock=clock)
    newest = (await demands.list_demands(other, before=None, limit=1))[0][0]
    assert (newest.number, newest.state) == (known, DemandState.MET)


async def test_meeting_costs_the_same_however_much_is_met(clock: FixedClock) -> None:
    clerk = await person("jingban-a", clock)
    counts = []
    for number, demanded in enumerate((1, 6)):
        for _ in range(demanded):
            await demands.enter_demand(clerk, wanted(level=str(4 - number)), clock=clock)
        item = new_item(item_code=f"SJ2026-A-90{number}", occupation=ROBOT, level=str(4 - number))
        with counted_queries() as count:
            await publish_items(DEMO, [item], paper="文", clock=clock)
        counts.append(len(count))
    assert counts[0] == counts[1]


async def listed(clock: FixedClock, entry: ListEntry) -> None:
    number = await propose_entry(await person("zhengce", clock), entry, why="测试", clock=clock)
    await decide_change(await person("zhengshen", clock), number, approve=True, reason="", clock=clock)


async def test_the_report_sets_demand_against_items_classes_and_seats(clock: FixedClock) -> None:
    first = date(2026, 1, 1)
    await listed(clock, ListEntry(ListKind.PRIORITY_INDUSTRY, "C34", "智能装备", first, None, "文", Standing.FOUND))
    await listed(clock, ListEntry(ListKind.ENTERPRISE_INDUSTRY, ENTERPRISE_A, "A", first, None, "文", Standing.FOUND, "C3491"))
    clerk, leader = await person("jingban-a", clock), await person("fenguan", clock)
    await demands.enter_demand(clerk, wanted(), clock=clock)
    assert (await demands.list_demands(clerk, before=None, limit=1))[0][0].industry == "C34"
    teacher, room = await furnished(clock)
    for pool, at in ((None, 0), (Pool(20, Split.PER_HEAD), 10)):
        number = await save_class(await registrar(clock), content(teacher, room, pool=pool), roster(first=at), clock=clock)
        if pool is None:
            await submit_class(await registrar(clock), number, clock=clock)
    clock.move(timedelta(days=12))
    shown = await demands.show_lag(leader, clock=clock)
    assert [(row.key, row.open_people, row.open_days, row.classes, row.empty_seats) for row in shown.rows] == [
        (ROBOT, 30, 12, 0, 0),
        (WELDER, 0, None, 1, 34),
    ]
    assert shown.rows[0].industries == ("智能装备",)
    assert [(each.code, each.items, each.open_people) for each in shown.industries] == [("C34", 0, 30)]
    with pytest.raises(NotAllowed):
        await demands.show_lag(clerk, clock=clock)
