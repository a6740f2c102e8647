"""The workbench tells officers what waits for them and those who file what came back, with deadlines, in a constant number of queries."""

from datetime import timedelta

import pytest

from tests.catalog.classes import content, furnished, roster
from tests.catalog.test_courses import course
from tests.catalog.test_filing import officer, registrar
from tests.catalog.test_plans import written
from tests.parties.resources import entered
from tests.people import sign_in_as
from training_admin.catalog import courses
from training_admin.catalog.filing import decide_class, save_class, submit_class
from training_admin.catalog.plans import decide_plan, submit_plan
from training_admin.database import counted_queries
from training_admin.desk.waiting import Waiting, waiting_for
from training_admin.kit.actor import Actor
from training_admin.kit.clock import FixedClock
from training_admin.parties.institution_facts import ResourceKind
from training_admin.parties.institutions import decide_resource

pytestmark = pytest.mark.usefixtures("database")


async def told(actor: Actor, clock: FixedClock) -> list[tuple[str, int, int, str]]:
    return [(each.words, each.count, each.overdue, each.link) for each in await waiting_for(actor, clock=clock)]


async def test_officers_see_what_waits_and_filers_what_came_back(clock: FixedClock) -> None:
    teacher, room = await furnished(clock)
    school, decider, clerk = await registrar(clock), await officer(clock), (await sign_in_as("jingban-a", clock)).actor
    leader = (await sign_in_as("fenguan", clock)).actor
    assert await told(decider, clock) == await told(school, clock) == []
    number = await courses.save_course(school, course(teacher), clock=clock)
    await courses.submit_course(school, number, clock=clock)
    klass = await save_class(school, content(teacher, room), roster(), clock=clock)
    await submit_class(school, klass, clock=clock)
    plan = await written(clock)
    await submit_plan(clerk, plan, clock=clock)
    waiting = await entered(clock, ResourceKind.LICENCE, approve=False)
    assert await told(decider, clock) == [
        ("待审核的办学条件", 1, 0, "/institutions"),
        ("待审核的年度培训项目", 1, 0, "/plans"),
        ("待审核的课程备案", 1, 0, "/courses"),
        ("待审核的开班备案", 1, 0, "/classes"),
    ]
    line = (await waiting_for(school, clock=clock))[-1]
    assert line.next_day is not None
    assert (line.words, line.next_day.isoformat()) == ("正在审核的开班备案", "2026-06-08")
    assert await told(leader, clock) == []
    clock.move(timedelta(days=10))
    assert [line[2] for line in await told(decider, clock)] == [0, 0, 1, 1]

    await courses.decide_course(decider, number, version=1, approve=False, opinion="缺教材", clock=clock)
    await decide_class(decider, klass, version=1, approve=False, opinion="缺教材", clock=clock)
    await decide_plan(decider, plan, approve=False, reason="补正", clock=clock)
    await decide_resource(decider, waiting, approve=False, reason="过期", clock=clock)
    assert await told(decider, clock) == []
    assert [line[0] for line in await told(school, clock)] == ["近 30 日不予核定的办学条件", "退回补正的课程备案", "退回补正的开班备案"]
    assert await waiting_for(clerk, clock=clock) == [Waiting("退回补正的年度培训项目", "份", 1, "/plans")]
    clock.move(timedelta(days=31))
    assert len(await told(school, clock)) == 2
    with counted_queries() as count:
        await waiting_for(school, clock=clock)
    assert len(count) == 2
