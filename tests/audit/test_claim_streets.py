"""Which street answers for a claim: told by a delivery, by tax or registered address as a figure says, kept once it is given."""

from datetime import date, timedelta

import pytest

from tests.audit.conftest import stored_sample
from tests.audit.steering_world import imported
from tests.people import ENTERPRISE_A
from tests.policy.deciding import record
from training_admin.audit.channel_workbooks import FileKind
from training_admin.audit.searching import search_after_assessment
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.kit.dated import Standing
from training_admin.office.jobs import JobRun
from training_admin.policy.adoption import NewFigure
from training_admin.subsidy.assessing import CLAIM_ASSESSED

pytestmark = pytest.mark.usefixtures("database")
HEAD = "统一社会信用代码,街镇,注册地街镇\r\n"


async def _streets() -> dict[str, str]:
    async with read_transaction():
        return dict(await fetch_tuples("SELECT uscc, street FROM claim"))


async def test_a_claim_has_the_street_of_the_tax_address_or_of_the_registered_one_as_the_figure_says(clock: FixedClock) -> None:
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    await stored_sample("A", clock)
    ((first, nothing),) = (await _streets()).items()
    assert nothing == ""
    await imported(clock, f"{HEAD}{first},岳阳街道,方松街道\r\n".encode(), kind=FileKind.STREETS)
    assert await _streets() == {first: "岳阳街道"}
    figure = NewFigure(
        key="route.street_by",
        value="REGISTERED",
        start=date(2026, 1, 1),
        end=None,
        paper="更正",
        standing=Standing.ASSUMED,
        local_standing=Standing.ASSUMED,
        note="",
    )
    await record(figure, clock=clock)
    clock.move(timedelta(minutes=1))
    number = await stored_sample("B", clock)
    (second,) = (await _streets()).keys() - {first}
    # Both addresses of the first firm are told anew: its claim keeps the street that it was given.
    both = f"{first},方松街道,方松街道\r\n{second},岳阳街道,中山街道\r\n"
    await imported(clock, f"{HEAD}{both}".encode(), kind=FileKind.STREETS)
    assert await _streets() == {first: "岳阳街道", second: "中山街道"}
    await search_after_assessment(JobRun(CLAIM_ASSESSED, f"{number}/1", clock))
    assert (await _streets())[second] == "中山街道"


async def test_a_claim_that_comes_after_the_delivery_gets_its_street_when_it_was_assessed(clock: FixedClock) -> None:
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    await imported(clock, f"{HEAD}{ENTERPRISE_A},岳阳街道,\r\n".encode(), kind=FileKind.STREETS)
    number = await stored_sample("A", clock)
    assert await _streets() == {ENTERPRISE_A: ""}
    await search_after_assessment(JobRun(CLAIM_ASSESSED, f"{number}/1", clock))
    assert await _streets() == {ENTERPRISE_A: "岳阳街道"}
