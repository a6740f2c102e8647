"""The demo has a programme that was advanced, settled and paid, and one that runs with gaps; a second start changes nothing."""

from datetime import UTC, datetime

import pytest

from tests.fund.ledger_world import assert_sound
from tests.people import sign_in_as
from training_admin.apprenticeship import programmes, record_keeping
from training_admin.apprenticeship.record_facts import Side
from training_admin.apprenticeship.states import ProgrammeState
from training_admin.demo.apprentice_money import found_apprentices
from training_admin.demo.apprentices import RUNS_STARTS, found_running
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.subsidy import apprentice_register as register
from training_admin.subsidy.programme_claims import programme_money
from training_admin.subsidy.review_states import ClaimState


@pytest.mark.usefixtures("database")
async def test_the_demo_has_a_paid_and_a_running_programme(clock: FixedClock) -> None:
    past = FixedClock(datetime(2024, 11, 1, 1, 0, tzinfo=UTC))
    for login in ("jingban-a", "jiaowu", "chushen"):
        await sign_in_as(login, past)
    for _twice in range(2):
        await found_apprentices(past)
        await found_running(past, clock.today())
    running, over = await programmes.list_programmes(DEMO)
    assert (running.state, over.state, running.starts) == (ProgrammeState.APPROVED, ProgrammeState.ENDED, RUNS_STARTS)
    money = await programme_money(DEMO, over.number)
    assert [(each.number[:6], each.state, each.paid_fen) for each in money.claims] == [
        ("SJ2025", ClaimState.PAID, 1_800_000),
        ("SJ2025", ClaimState.PAID, 1_680_000),
    ]
    assert money.balance_fen == 0
    found = await register.one_register(DEMO, over.number)
    assert found.money is not None
    months = (await record_keeping.programme_months(DEMO, running.number, clock=clock)).states
    assert [dict(each.missing) for each in months] == [
        {Side.ENTERPRISE: 1, Side.INSTITUTION: 1},
        {Side.ENTERPRISE: 1, Side.INSTITUTION: 6},
    ]
    await assert_sound()
