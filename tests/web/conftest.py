"""The real application over ASGI, with the sample district and the two sample claims."""

import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio

from training_admin.app import create_app
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.kit.actor import DEMO, LOCAL_USER
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings
from training_admin.subsidy import claims
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim
from training_admin.subsidy.deliveries import receive_registers
from training_admin.web import PROBLEM_TYPE, WORKBOOK_TYPE

DATA = Path(__file__).parents[1] / "data"
ADDRESS = "http://127.0.0.1:8000"


def sample(name: str) -> bytes:
    """A file of the test data."""
    return (DATA / name).read_bytes()


@pytest_asyncio.fixture
async def client(database: Settings, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without script, over an application with the test's clock."""
    transport = httpx.ASGITransport(app=create_app(database, clock=clock), raise_app_exceptions=False)  # type: ignore[arg-type] # Litestar types its scope more narrowly
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as browser:
        yield browser


@pytest_asyncio.fixture
async def district(database: Settings, clock: FixedClock) -> None:
    """The sample catalog and the registers of both sample claims."""
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    for letter in "AB":
        await receive_registers(DEMO, sample(f"registers_{letter}.json"), source="测试交付", clock=clock)


@pytest_asyncio.fixture
async def submitted(district: None, clock: FixedClock) -> str:
    """The number of sample claim B, submitted but not assessed."""
    receipt = await claims.submit_claim(LOCAL_USER, sample("claim_B.xlsx"), readable_only=True, clock=clock)
    return receipt.number


@pytest_asyncio.fixture
async def number(submitted: str, clock: FixedClock) -> str:
    """The number of sample claim B, submitted and assessed."""
    await assess_claim(LOCAL_USER, submitted, cause=FIRST_TIME, clock=clock)
    return submitted


def upload(letter: str) -> dict[str, tuple[str, bytes, str]]:
    """A sample claim as a multipart file."""
    return {"file": ("申报表.xlsx", sample(f"claim_{letter}.xlsx"), WORKBOOK_TYPE)}


async def form_token(client: httpx.AsyncClient, address: str) -> dict[str, str]:
    """The hidden field of the form on a page."""
    page = await client.get(address)
    found = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)
    assert found, "the page has no form token"
    return {"_csrf_token": found[1]}


def assert_problem(response: httpx.Response, status: int, code: str) -> Mapping[str, Any]:
    """The one shape of every problem, on both faces; returns the document of the API."""
    assert response.status_code == status, response.text
    if not response.request.url.path.startswith("/api/"):
        assert response.headers["content-type"].startswith("text/html")
        assert f"<code>{code}</code>" in response.text
        assert "Traceback" not in response.text
        return {}
    assert response.headers["content-type"] == PROBLEM_TYPE
    document: Mapping[str, Any] = response.json()
    assert document["status"] == status
    assert document["code"] == code
    assert document["type"] == f"urn:training-admin:problem:{code}"
    assert document["title"]
    assert document["detail"].endswith(("。", "？"))
    return document
