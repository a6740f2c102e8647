"""More failed classes in a year than the figure allows ask for a circular (PEN-03); who may propose it sees the share."""

from datetime import timedelta

import httpx
import pytest

from tests.catalog.running import started
from tests.catalog.test_visits import visit
from tests.people import enter, sign_in_as
from training_admin.catalog.failed_classes import failed_shares
from training_admin.catalog.visits import record_visit
from training_admin.kit.actor import NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.parties.ladder import Step


async def test_the_newest_visit_of_each_class_counts(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await started(clock)
    inspector = (await sign_in_as("dudao", clock)).actor
    year = clock.today().year
    assert await failed_shares(inspector, year) == []
    await enter(visitor, "dudao", clock)
    assert "本年没有不合格的班级" in (await visitor.get("/visits")).text
    bad = visit(class_no=number, visited_on=clock.today(), passed=False, words="教师不符")
    await record_visit(inspector, bad, clock=clock)
    found = await failed_shares(inspector, year)
    assert [(each.classes, each.failed, each.share_bp, each.step) for each in found] == [(1, 1, 10_000, Step.CIRCULAR)]
    assert await failed_shares(inspector, year - 1) == []
    assert "通报" in (await visitor.get("/visits")).text
    assert "100" in (await visitor.get("/visits/failed.csv")).text
    clock.move(timedelta(days=1))
    await record_visit(inspector, visit(class_no=number, visited_on=clock.today()), clock=clock)
    assert await failed_shares(inspector, year) == []
    with pytest.raises(NotAllowed):
        await failed_shares((await sign_in_as("jiaowu", clock)).actor, year)
