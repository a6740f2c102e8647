"""The demo has a course, a running and a closed class that claims, and a demand that no item answers; a second start changes nothing."""

from datetime import UTC, datetime

import pytest

from tests.people import sign_in_as
from training_admin.catalog.course_facts import CourseState
from training_admin.catalog.courses import list_courses, show_course
from training_admin.catalog.demand_facts import DemandState
from training_admin.catalog.demands import list_demands
from training_admin.catalog.running import sessions_on, show_running
from training_admin.catalog.states import ClassState
from training_admin.commands.demo import PREPARED
from training_admin.database import read_transaction
from training_admin.demo.filling import found_catalog, found_district, main_job
from training_admin.demo.institution import found_institution
from training_admin.demo.money import found_budgets, found_review
from training_admin.demo.training import found_training
from training_admin.fund import ledger
from training_admin.fund.ledger_facts import Account
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.subsidy import review_store
from training_admin.subsidy.claim_drafts import my_classes
from training_admin.subsidy.review_states import ClaimState


@pytest.mark.usefixtures("database")
async def test_the_demo_s_institution_has_a_course_and_classes(clock: FixedClock) -> None:
    past = FixedClock(PREPARED)
    await found_catalog(clock, past=past)
    clerk, teacher = (await sign_in_as("jingban-a", past)).actor, (await sign_in_as("jiaoshi", past)).actor
    await found_institution(past)
    for _ in range(2):
        await found_training(past)
    assert past.now() < clock.now() == datetime(2026, 6, 1, 1, 30, tzinfo=UTC)
    await found_district(clock)
    number = (await main_job(clock))[0][0]
    for _ in range(2):
        await found_budgets(clock)
        await found_review(number, clock)
    assert sorted(each.balances[Account.AVAILABLE] for each in await ledger.budgets_shown(DEMO)) == [
        60_000_000,
        100_000_000,
        200_000_000,
        500_000_000,
    ]
    async with read_transaction():
        assert (await review_store.claim_by_number(number, None)).state is ClaimState.FIRST_REVIEW
    ((head, content),) = await list_courses(DEMO)
    assert (head.state, content.occupation, len(content.teachers)) == (CourseState.APPROVED, "6-18-02-04", 1)
    assert not any(each.hinders for each in (await show_course(DEMO, head.course_no, clock=clock)).faults)
    ((demand,), _following) = await list_demands(DEMO, before=None, limit=5)
    assert demand.state is DemandState.OPEN
    (today,) = await sessions_on(teacher, clock.today(), clock=clock)
    running = await show_running(teacher, today.class_no)
    assert (len(running.roster), len(running.run.held)) == (12, 10)
    claimable = await my_classes(clerk)
    assert [(each.closed, each.approved.people) for each in claimable] == [(False, 12), (True, 12)]
    assert {each.state_words for each in claimable} == {"已备案", "已结班"}
    assert ClassState(running.head.state) is ClassState.APPROVED
