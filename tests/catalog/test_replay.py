"""A catalog version published while classes run: their amounts stay equal, and what was decided replays byte for byte."""

from datetime import timedelta

import msgspec
import pytest

from tests.catalog.proposing import people, pool
from tests.subsidy.conftest import sample
from training_admin.catalog import publishing, reviewing
from training_admin.catalog.drawing import CRITERIA
from training_admin.catalog.facts import Entry, ItemDetails
from training_admin.catalog.proposals import propose_revision
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog, sample_details
from training_admin.catalog.store import load_items
from training_admin.database import read_transaction
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import FixedClock
from training_admin.subsidy import store
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim
from training_admin.subsidy.claims import claim_record, submit_claim
from training_admin.subsidy.deliveries import receive_registers
from training_admin.subsidy.recomputing import replay_record


async def revise_every_price(clock: FixedClock) -> None:
    """Publish a revision that doubles every price from the day after its publication, through all its stages."""
    who = await people(clock)
    twice = [msgspec.structs.replace(item, std_fen=item.std_fen * 2, base_fen=None) for item in sample_catalog()]
    number = await propose_revision(who.officer, [Entry(item, ItemDetails()) for item in twice], why="年度调整", clock=clock)
    await pool(who.officer, clock)
    await reviewing.draw_experts(who.officer, number, clock=clock)
    full = {key: most for key, _words, most in CRITERIA}
    for place in (1, 2, 3):
        await reviewing.score_from_sheet(who.officer, number, place, full, "", paper="档案", clock=clock)
    await reviewing.ask_for_opinions(who.officer, number, clock=clock)
    clock.move(timedelta(days=10))
    await publishing.give_notice(who.officer, number, clock=clock)
    clock.move(timedelta(days=10))
    tomorrow = clock.today() + timedelta(days=1)
    await publishing.prepare(who.officer, number, paper="年度目录", valid_from=tomorrow, valid_to=None, clock=clock)
    await publishing.decide(who.approver, number, approve=True, reason="", clock=clock)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("letter", ["A", "B"])
async def test_started_classes_keep_their_amounts_when_every_price_doubles(letter: str, clock: FixedClock) -> None:
    await publish_items(DEMO, sample_catalog(), details=sample_details(), paper="样例目录", clock=clock)
    await receive_registers(DEMO, sample(f"registers_{letter}.json"), source="测试交付", clock=clock)
    number = (await submit_claim(DEMO, sample(f"claim_{letter}.xlsx"), readable_only=True, clock=clock)).number
    await assess_claim(DEMO, number, cause=FIRST_TIME, clock=clock)
    before = await claim_record(DEMO, number, None)

    await revise_every_price(clock)
    codes = [item.item_code for item in sample_catalog()]
    async with read_transaction():
        key = (await store.every_record(0, 10))[0].key
        priced = {item.item_code: item.std_fen for item in await load_items(codes, clock.now()) if item.valid_to is None}
    assert priced == {item.item_code: item.std_fen * 2 for item in sample_catalog()}

    assert (await replay_record(key)).equal
    await assess_claim(COMMAND_LINE, number, cause="目录调整后重新核验", clock=clock)
    after = await claim_record(DEMO, number, None)
    assert (after.ceiling, after.classes, after.lines) == (before.ceiling, before.classes, before.lines)
