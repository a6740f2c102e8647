"""The workbench tells reviewers how many claims and appeals wait for them, and how many are overdue."""

from datetime import timedelta

from tests.people import sign_in_as
from tests.subsidy.test_reviewing import LIFE, do, submitted
from training_admin.desk.claims_waiting import claims_waiting
from training_admin.desk.waiting import Waiting
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings
from training_admin.subsidy.appeals import make_appeal
from training_admin.subsidy.review_states import Act


async def lines(login: str, clock: FixedClock) -> list[Waiting]:
    return await claims_waiting((await sign_in_as(login, clock)).actor, clock=clock)


async def test_everybody_is_told_what_waits_for_him(database: Settings, clock: FixedClock) -> None:
    assert await lines("chushen", clock) == []
    number = await submitted(clock)
    assert await lines("chushen", clock) == [Waiting("待审核的申报", "份", 1, "/review", 0)]
    assert await lines("fushen", clock) == []
    assert await lines("jingban-a", clock) == []
    clock.move(timedelta(days=20))
    assert (await lines("chushen", clock))[0].overdue == 1
    for act, login in (*LIFE[:3], (Act.REFUSE, "shending")):
        await do(login, number, act, clock)
    await make_appeal((await sign_in_as("jingban-a", clock)).actor, number, "请复核", clock=clock)
    assert await lines("fushen", clock) == [Waiting("待答复的复核申请", "件", 1, "/review/appeals", 0)]
    clock.move(timedelta(days=30))
    assert (await lines("fushen", clock))[0].overdue == 1
