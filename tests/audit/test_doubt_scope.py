"""Doubts of others do not exist for an auditor with a narrow assignment; one of two decisions at once counts; new evidence is new."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from tests.audit.test_holding import FIRST, insured_elsewhere, made, only_doubt
from tests.fund.web_world import payable_claim
from tests.people import assign_all, sign_in_as
from training_admin.audit import deciding, doubt_store
from training_admin.audit.deciding import DoubtMoved
from training_admin.audit.doubt_store import DoubtFilter, DoubtNotFound
from training_admin.audit.searching import search_period
from training_admin.database import read_transaction
from training_admin.fund.batches import NothingDue
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings

OTHER = "91310117X110000299"


async def doubted(clock: FixedClock) -> tuple[str, doubt_store.StoredDoubt]:
    case = await payable_claim(clock)
    await insured_elsewhere(clock, FIRST)
    await made(case, clock)
    return case, await only_doubt(case)


async def test_doubts_of_others_do_not_exist(database: Settings, clock: FixedClock) -> None:
    _case, one = await doubted(clock)
    await assign_all(clock)
    auditor = (await sign_in_as("shenji", clock)).actor
    narrow = msgspec.structs.replace(auditor, organisations=frozenset({OTHER}))
    with pytest.raises(DoubtNotFound):
        await deciding.doubt_shown(narrow, one.number)
    with pytest.raises(DoubtNotFound):
        await deciding.decide_doubt(narrow, one.number, "false", reason="误报", before="", clock=clock)
    assert await deciding.doubts_shown(narrow, DoubtFilter(wanted=one.number), after=0, most=9) == ([], {})
    assert (await deciding.doubt_shown(auditor, one.number))[0].number == one.number


async def test_one_of_two_decisions_at_once_counts(database: Settings, clock: FixedClock) -> None:
    _case, one = await doubted(clock)
    answers = await asyncio.gather(
        *(deciding.decide_doubt(DEMO, one.number, word, reason="已核", before="", clock=clock) for word in ("confirmed", "false")),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in answers) == ["DoubtMoved", "NoneType"]
    with pytest.raises(DoubtMoved):
        await deciding.decide_doubt(DEMO, one.number, "false", reason="已核", before="", clock=clock)
    assert len((await deciding.doubt_shown(DEMO, one.number))[1]) == 1


async def test_a_false_alarm_does_not_cover_new_evidence(database: Settings, clock: FixedClock) -> None:
    case, one = await doubted(clock)
    await deciding.decide_doubt(DEMO, one.number, "false", reason="补缴差错", before="", clock=clock)
    await insured_elsewhere(clock, FIRST, source="社保再更正", payer=OTHER)
    with pytest.raises(NothingDue, match=one.rule):
        await made(case, clock)
    await search_period(COMMAND_LINE, clock.today() - timedelta(days=60), clock.today(), clock=clock)
    async with read_transaction():
        found = [each for each in await doubt_store.of_claim(case) if each.rule == one.rule]
    assert [(each.decision, each.gone_at is None) for each in found] == [("false", False), ("", True)]
