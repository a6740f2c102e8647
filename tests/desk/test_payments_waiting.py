"""The workbench tells finance officers and leaders which batches wait for them, and who decides recoveries what is proposed."""

from typing import Any

from tests.fund.payment_world import SEPTEMBER, Followed, due, granted, no_lines, nothing_missing, paid, person
from tests.people import sign_in_as
from training_admin.desk.payments_waiting import payments_waiting
from training_admin.desk.waiting import Waiting
from training_admin.fund import batches, recoveries
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings


async def lines(login: str, clock: FixedClock) -> list[Waiting]:
    return await payments_waiting((await sign_in_as(login, clock)).actor)


async def test_each_step_of_a_batch_is_told_to_whose_step_it_is(database: Settings) -> None:
    clock = FixedClock(SEPTEMBER)
    await granted(1_000_000, clock)
    subject = await due(1, 5_000, clock)
    assert await lines("caifu", clock) == []
    handed: dict[str, Any] = {"missing": nothing_missing, "lines": no_lines, "clock": clock}
    number = await batches.make_batch(await person("caijing", clock), [subject], follow=Followed(), **handed)
    assert await lines("caifu", clock) == [Waiting("待复核的拨付批次", "个", 1, f"/payments/{number}")]
    assert await lines("caijing", clock) == await lines("fenguan", clock) == await lines("jingban-a", clock) == []
    await batches.check_batch(await person("caifu", clock), number, **handed)
    assert await lines("caifu", clock) == []
    assert await lines("fenguan", clock) == [Waiting("待审批的拨付批次", "个", 1, f"/payments/{number}")]
    await batches.approve_batch(await person("fenguan", clock), number, **handed)
    assert await lines("caijing", clock) == [Waiting("待送国库的拨付批次", "个", 1, f"/payments/{number}")]
    await batches.send_batch(await person("caijing", clock), number, follow=Followed(), **handed)
    assert await lines("caijing", clock) == [Waiting("待登记银行回单的拨付批次", "个", 1, f"/payments/{number}")]


async def test_a_proposed_recovery_waits_for_another_person(database: Settings) -> None:
    clock = FixedClock(SEPTEMBER)
    await granted(1_000_000, clock)
    await paid([await due(1, 5_000, clock)], clock, Followed())
    await recoveries.propose_recovery(
        (await sign_in_as("dudao", clock)).actor, "SJ2026000001", people=1, fen=1_000, reason="经查一人冒名", clock=clock
    )
    assert await lines("shending", clock) == [Waiting("待决定的追回", "项", 1, "/recoveries")]
    assert await lines("dudao", clock) == []
