"""The demo has a course that classes can name and a demand that no item answers; a second start changes nothing."""

import pytest

from tests.people import account
from training_admin.catalog.course_facts import CourseState
from training_admin.catalog.courses import list_courses, show_course
from training_admin.catalog.demand_facts import DemandState
from training_admin.catalog.demands import list_demands
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.demo.institution import found_institution
from training_admin.demo.training import found_training
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock


@pytest.mark.usefixtures("database")
async def test_the_sample_course_is_approved_and_the_demand_is_open(clock: FixedClock) -> None:
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    await account("jiaowu", clock)
    await found_institution(clock)
    await found_training(clock)
    await found_training(clock)
    ((head, content),) = await list_courses(DEMO)
    assert (head.state, content.occupation, len(content.teachers)) == (CourseState.APPROVED, "6-18-02-04", 1)
    assert not any(each.hinders for each in (await show_course(DEMO, head.course_no, clock=clock)).faults)
    ((demand,), _following) = await list_demands(DEMO, before=None, limit=5)
    assert demand.state is DemandState.OPEN
