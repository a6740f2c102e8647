"""A plan is written by its enterprise, submitted whole and in time, decided by another person, and gives projects to refer to."""

from datetime import timedelta

import msgspec
import pytest

from tests.catalog.test_plan_facts import LEVY, LINE
from tests.parties.resources import PDF, entered
from tests.people import ENTERPRISE_A, sign_in_as
from training_admin.catalog.plan_facts import Approval, PlanState, Way
from training_admin.catalog.plan_store import PlanNotFound, StalePlan, approved_lines, load_plan, put_plan
from training_admin.catalog.plans import (
    Head,
    PlanMoved,
    PlanRefused,
    add_line,
    begin_plan,
    decide_plan,
    list_plans,
    read_paper,
    remove_line,
    save_head,
    show_plan,
    submit_plan,
)
from training_admin.database import read_transaction, write_transaction
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.actor import Actor, NotAllowed, SamePersonTwice
from training_admin.kit.clock import FixedClock
from training_admin.parties.institution_facts import ResourceKind

pytestmark = pytest.mark.usefixtures("database")
HEAD = Head(rules=True, approval=Approval.CONGRESS, levy=LEVY, paper=PDF)


async def person(login: str, clock: FixedClock) -> Actor:
    return (await sign_in_as(login, clock)).actor


async def written(clock: FixedClock) -> str:
    clerk = await person("jingban-a", clock)
    number = await begin_plan(clerk, 2026, clock=clock)
    await save_head(clerk, number, HEAD, clock=clock)
    await add_line(clerk, number, LINE, clock=clock)
    return number


async def test_a_plan_goes_from_draft_to_projects(clock: FixedClock) -> None:
    number = await written(clock)
    clerk, officer = await person("jingban-a", clock), await person("chushen", clock)
    assert await begin_plan(clerk, 2026, clock=clock) == number
    with pytest.raises(PlanNotFound):
        await show_plan(officer, number, clock=clock)
    await submit_plan(clerk, number, clock=clock)
    assert [each.effect for each in (await show_plan(officer, number, clock=clock)).findings] == ["HOLD"]
    with pytest.raises(PlanMoved):
        await add_line(clerk, number, LINE, clock=clock)
    with pytest.raises(PlanRefused):
        await decide_plan(officer, number, approve=False, reason=" ", clock=clock)
    await decide_plan(officer, number, approve=False, reason="请补登记场地", clock=clock)
    site = await entered(clock, ResourceKind.SITE, login="jingban-a")
    await entered(clock, ResourceKind.ROOM, login="jingban-a", site=str(site))
    await entered(clock, ResourceKind.TEACHER, login="jingban-a")
    await submit_plan(clerk, number, clock=clock)
    shown = await show_plan(officer, number, clock=clock)
    assert shown.findings == ()
    with pytest.raises(SamePersonTwice):
        await decide_plan(msgspec.structs.replace(officer, acts_for=clerk.key), number, approve=True, reason="", clock=clock)
    await decide_plan(officer, number, approve=True, reason="", clock=clock)
    with pytest.raises(PlanMoved):
        await decide_plan(officer, number, approve=True, reason="", clock=clock)
    async with read_transaction():
        lines = await approved_lines(ENTERPRISE_A, 2026)
    assert [(each.number, each.line) for each in lines] == [(number, LINE)]
    assert await begin_plan(clerk, 2026, clock=clock) != number


async def test_a_plan_is_submitted_whole_and_in_its_window(clock: FixedClock) -> None:
    clerk = await person("jingban-a", clock)
    number = await begin_plan(clerk, 2026, clock=clock)
    with pytest.raises(PlanRefused, match="培训制度"):
        await submit_plan(clerk, number, clock=clock)
    await written(clock)
    clock.move(timedelta(days=30))
    clerk = await person("jingban-a", clock)
    with pytest.raises(PlanRefused, match="申报期间"):
        await submit_plan(clerk, number, clock=clock)


async def test_a_commissioned_project_names_an_institution_that_may_train(clock: FixedClock) -> None:
    await entered(clock, ResourceKind.SITE)
    number = await written(clock)
    clerk = await person("jingban-a", clock)
    outside = msgspec.structs.replace(LINE, way=Way.COMMISSIONED, institution=INSTITUTION, contract="HT-1")
    for wrong in ({"institution": "NOBODY"}, {"institution": ENTERPRISE_A}):
        with pytest.raises(PlanRefused):
            await add_line(clerk, number, msgspec.structs.replace(outside, **wrong), clock=clock)
    with pytest.raises(PlanRefused, match="补贴目录"):
        await add_line(clerk, number, msgspec.structs.replace(LINE, item="NO-SUCH"), clock=clock)
    assert await add_line(clerk, number, outside, clock=clock) == 2
    await remove_line(clerk, number, 1, clock=clock)
    with pytest.raises(PlanMoved):
        await remove_line(clerk, number, 1, clock=clock)
    assert await add_line(clerk, number, outside, clock=clock) == 3
    assert len((await show_plan(clerk, number, clock=clock)).findings) == 2
    await entered(clock, ResourceKind.LICENCE)
    assert (await show_plan(clerk, number, clock=clock)).findings == ()


async def test_a_plan_of_another_does_not_exist_and_officers_do_not_write(clock: FixedClock) -> None:
    number = await written(clock)
    other, officer = await person("jingban-b", clock), await person("chushen", clock)
    for act in (show_plan(other, number, clock=clock), submit_plan(other, number, clock=clock), read_paper(other, number, clock=clock)):
        with pytest.raises(PlanNotFound):
            await act
    with pytest.raises(PlanNotFound):
        await show_plan(other, "NJ202600099", clock=clock)
    with pytest.raises(NotAllowed):
        await begin_plan(officer, 2026, clock=clock)
    with pytest.raises(NotAllowed):
        await decide_plan(other, number, approve=True, reason="", clock=clock)
    with pytest.raises(PlanRefused):
        await begin_plan(other, 2031, clock=clock)
    assert await list_plans(other, before=None, limit=5) == ([], None)
    assert await list_plans(officer, before=None, limit=5) == ([], None)
    own, following = await list_plans(await person("qianzi-a", clock), before=None, limit=5)
    assert [each.number for each in own] == [number]
    assert following is None
    assert (await read_paper(await person("qianzi-a", clock), number, clock=clock))[0] == PDF


async def test_who_has_not_seen_the_last_change_changes_nothing(clock: FixedClock) -> None:
    number = await written(clock)
    async with read_transaction():
        seen = await load_plan(number)
    await add_line(await person("jingban-a", clock), number, LINE, clock=clock)
    with pytest.raises(StalePlan):
        async with write_transaction():
            await put_plan(msgspec.structs.replace(seen, state=PlanState.SUBMITTED))
