"""A district with the sample catalog and the sample registers, for claims that are really stored."""

from pathlib import Path

import pytest
import pytest_asyncio

from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings
from training_admin.subsidy.deliveries import receive_registers

DATA = Path(__file__).parents[1] / "data"


def sample(name: str) -> bytes:
    """A file of the test data."""
    return (DATA / name).read_bytes()


@pytest_asyncio.fixture
async def catalog(database: Settings, clock: FixedClock) -> None:
    """The sample catalog, published."""
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)


@pytest_asyncio.fixture
async def district(catalog: None, clock: FixedClock) -> None:
    """The sample catalog and the registers of both sample claims."""
    for letter in "AB":
        await receive_registers(DEMO, sample(f"registers_{letter}.json"), source="测试交付", clock=clock)


@pytest.fixture(params=["A", "B"])
def letter(request: pytest.FixtureRequest) -> str:
    """Each of the two sample claims in turn."""
    value: str = request.param
    return value
