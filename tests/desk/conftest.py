"""Sample claim B with its registers, submitted and assessed."""

import pytest_asyncio

from tests.subsidy.conftest import sample
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim
from training_admin.subsidy.claims import submit_claim
from training_admin.subsidy.deliveries import receive_registers


@pytest_asyncio.fixture
async def submitted(database: Settings, clock: FixedClock) -> str:
    """The number of sample claim B, submitted but not assessed."""
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    await receive_registers(DEMO, sample("registers_B.json"), source="测试交付", clock=clock)
    return (await submit_claim(COMMAND_LINE, sample("claim_B.xlsx"), readable_only=True, clock=clock)).number


@pytest_asyncio.fixture
async def number(submitted: str, clock: FixedClock) -> str:
    """The number of sample claim B, submitted and assessed."""
    await assess_claim(COMMAND_LINE, submitted, cause=FIRST_TIME, clock=clock)
    return submitted
