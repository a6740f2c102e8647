"""Going out to the demo's identity provider and coming back, step by step, and altering what it says."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
from litestar import Litestar

from tests.people import sign_in_as
from tests.web.conftest import form_token
from training_admin.accounts import sso
from training_admin.accounts.mock_provider import ISSUER, MockProvider
from training_admin.accounts.sso_provider import Identity
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.clock import FixedClock

SUBJECT = "u-7"


async def linked(login: str, clock: FixedClock, subject: str = SUBJECT) -> None:
    """The person's account linked to an identity, as if he had done so on his page."""
    person = await sign_in_as(login, clock, stepped_up=True)
    flow = sso.Flow(ISSUER, "s", "n", "v", "r", "/", person.actor.session, clock.wall())
    await sso.link(person.actor, Identity(ISSUER, subject, second_factor=False), flow, clock=clock)


async def sent_out(client: httpx.AsyncClient, address: str = "/sign-in/sso") -> str:
    """Begin, and return the provider's address."""
    answer = await client.get(address)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def named(client: httpx.AsyncClient, at_provider: str, subject: str = SUBJECT) -> str:
    """Name oneself at the provider, and return the address to come back to."""
    page = await client.get(at_provider)
    assert page.status_code == 200, page.text
    fields = {key: values[0] for key, values in parse_qs(urlsplit(at_provider).query).items()}
    token = await form_token(client, at_provider)
    answer = await client.post("/mock-sso/authorize", data={**fields, **token, "subject": subject})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def opened_sessions() -> int:
    async with read_transaction():
        found = await fetch_tuples("SELECT count(*) FROM trail WHERE event = 'accounts:session:opened'")
    return int(found[0][0])


def altered(app: Litestar, change: Callable[[str], str]) -> None:
    """The provider as before, but its ID tokens are altered on the way."""
    mock: MockProvider = app.state.mock_sso

    async def answer(request: httpx.Request) -> httpx.Response:
        honest = await mock.answer(request)
        if request.url.path != "/token" or honest.status_code != 200:
            return honest
        return httpx.Response(200, json={**honest.json(), "id_token": change(honest.json()["id_token"])})

    app.state.sso = msgspec.structs.replace(app.state.sso, transport=httpx.MockTransport(answer))


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def changed_query(address: str, **changes: str) -> str:
    parts = urlsplit(address)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()} | changes
    return f"{parts.path}?{httpx.QueryParams({key: value for key, value in query.items() if value})}"
