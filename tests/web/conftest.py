"""The real application over ASGI, with the sample district and the two sample claims."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio

from tests.people import enter
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings
from training_admin.subsidy import claims
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim
from training_admin.subsidy.deliveries import receive_registers
from training_admin.web import PROBLEM_TYPE, WORKBOOK_TYPE

DATA = Path(__file__).parents[1] / "data"


def sample(name: str) -> bytes:
    """A file of the test data."""
    return (DATA / name).read_bytes()


@pytest_asyncio.fixture
async def client(visitor: httpx.AsyncClient, clock: FixedClock) -> httpx.AsyncClient:
    """The browser of enterprise B's clerk."""
    await enter(visitor, "jingban-b", clock)
    return visitor


@pytest_asyncio.fixture
async def district(database: Settings, clock: FixedClock) -> None:
    """The sample catalog and the registers of both sample claims."""
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    for letter in "AB":
        await receive_registers(DEMO, sample(f"registers_{letter}.json"), source="测试交付", clock=clock)


@pytest_asyncio.fixture
async def submitted(district: None, clock: FixedClock) -> str:
    """The number of sample claim B, submitted but not assessed."""
    receipt = await claims.submit_claim(COMMAND_LINE, sample("claim_B.xlsx"), readable_only=True, clock=clock)
    return receipt.number


@pytest_asyncio.fixture
async def number(submitted: str, clock: FixedClock) -> str:
    """The number of sample claim B, submitted and assessed."""
    await assess_claim(COMMAND_LINE, submitted, cause=FIRST_TIME, clock=clock)
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
