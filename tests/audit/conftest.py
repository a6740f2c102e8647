"""Both sample claims, submitted and assessed, for everything that is exported."""

import pytest_asyncio

from tests.subsidy.conftest import sample
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings
from training_admin.subsidy.assessing import assess_claim
from training_admin.subsidy.claims import submit_claim
from training_admin.subsidy.deliveries import receive_registers


async def stored_sample(letter: str, clock: FixedClock) -> str:
    """The number of a sample claim, submitted and assessed against its registers."""
    await receive_registers(DEMO, sample(f"registers_{letter}.json"), source="测试交付", clock=clock)
    receipt = await submit_claim(DEMO, sample(f"claim_{letter}.xlsx"), readable_only=True, clock=clock)
    await assess_claim(COMMAND_LINE, receipt.number, cause="首次核验", clock=clock)
    return receipt.number


@pytest_asyncio.fixture
async def claims(database: Settings, clock: FixedClock) -> dict[str, str]:
    """The numbers of both sample claims by letter."""
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    return {letter: await stored_sample(letter, clock) for letter in "AB"}
