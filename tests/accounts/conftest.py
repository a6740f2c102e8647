"""An application with the demo's own identity provider, and two browsers before it."""

from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
import pytest_asyncio
from litestar import Litestar

from tests.applications import application
from tests.conftest import ADDRESS
from training_admin.accounts.mock_provider import MockProvider
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings


def browser_of(app: Litestar) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type] # Litestar types its scope more narrowly
    return httpx.AsyncClient(transport=transport, base_url=ADDRESS)


@pytest_asyncio.fixture
async def app(database: Settings, clock: FixedClock) -> Litestar:
    return application(msgspec.structs.replace(database, rate_limit=1_000_000, sso="mock", demo=True), clock)


@pytest_asyncio.fixture
async def browser(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_of(app) as client:
        yield client


@pytest_asyncio.fixture
async def other(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_of(app) as client:
        yield client


@pytest.fixture
def mock(app: Litestar) -> MockProvider:
    found: MockProvider = app.state.mock_sso
    return found
