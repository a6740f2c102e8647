"""What an identity provider says, forged: a token counts for one provider, client, flow and minute, and a wrong provider is away."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from litestar import Litestar

from tests.accounts.going_out import SUBJECT, altered, changed_query, claims_of, linked, named, sent_out
from tests.conftest import ADDRESS
from tests.web.conftest import assert_problem
from training_admin.accounts.middleware import COOKIE as SESSION
from training_admin.accounts.mock_provider import CLIENT, ISSUER, MockProvider, Wish
from training_admin.accounts.sso_provider import Provider, SsoAway, SsoRefused
from training_admin.kit.clock import FixedClock


def forged() -> Iterator[Any]:
    """Each way to forge or misuse an ID token."""

    def signed(mock: MockProvider, token: str, **changes: Any) -> str:
        claims = claims_of(token) | changes
        return jwt.encode({"alg": "ES256", "kid": "demo"}, {key: value for key, value in claims.items() if value is not None}, mock.key)

    def unsigned(_mock: MockProvider, token: str) -> str:
        head = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
        return f"{head}.{token.split('.')[1]}."

    def by_shared_key(mock: MockProvider, token: str) -> str:
        public = OctKey.import_key(json.dumps(mock.key.as_dict(private=False)))
        return jwt.encode({"alg": "HS256", "kid": "demo"}, claims_of(token), public)

    def by_another_key(_mock: MockProvider, token: str) -> str:
        return jwt.encode({"alg": "ES256", "kid": "demo"}, claims_of(token), ECKey.generate_key("P-256"))

    def with_other_claims(_mock: MockProvider, token: str) -> str:
        head, _body, signature = token.split(".")
        body = base64.urlsafe_b64encode(json.dumps(claims_of(token) | {"sub": "admin"}).encode()).decode().rstrip("=")
        return f"{head}.{body}.{signature}"

    yield pytest.param(unsigned, id="alg none")
    yield pytest.param(by_shared_key, id="the public key as a shared one")
    yield pytest.param(by_another_key, id="another key")
    yield pytest.param(with_other_claims, id="other claims, old signature")
    yield pytest.param(lambda _mock, _token: "", id="no token")
    yield pytest.param(lambda _mock, _token: "a.b.c", id="no token at all")
    for name, changes in {
        "another nonce": {"nonce": "other"},
        "no nonce": {"nonce": None},
        "another audience": {"aud": "other-app"},
        "several audiences, not made out to us": {"aud": [CLIENT, "other-app"]},
        "made out to another": {"azp": "other-app"},
        "no audience": {"aud": None},
        "another issuer": {"iss": "https://evil.example"},
        "no issuer": {"iss": None},
        "expired": {"exp": 1_700_000_000},
        "never expiring": {"exp": None},
        "from the future": {"iat": 4_000_000_000},
        "no subject": {"sub": None},
        "an empty subject": {"sub": ""},
        "a subject that is no text": {"sub": ["u-7"]},
        "a very long subject": {"sub": "u" * 300},
    }.items():
        yield pytest.param(lambda mock, token, changes=changes: signed(mock, token, **changes), id=name)


@pytest.mark.parametrize("forge", list(forged()))
async def test_a_token_that_is_not_for_this_flow_is_refused(
    app: Litestar, browser: httpx.AsyncClient, mock: MockProvider, clock: FixedClock, forge: Callable[[MockProvider, str], str]
) -> None:
    await linked("jingban-b", clock)
    altered(app, lambda token: forge(mock, token))
    assert_problem(await browser.get(await named(browser, await sent_out(browser))), 401, "sso-refused")
    assert not browser.cookies.get(SESSION)


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/sign-out"])
async def test_nobody_is_sent_to_a_foreign_address(browser: httpx.AsyncClient, clock: FixedClock, wanted: str) -> None:
    await linked("jingban-b", clock)
    back = await named(browser, await sent_out(browser, f"/sign-in/sso?{httpx.QueryParams(next=wanted)}"))
    assert (await browser.get(back)).headers["location"] == "/"


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://evil.example/sign-in/sso/return"},
        {"redirect_uri": f"{ADDRESS}/elsewhere"},
        {"client_id": "other"},
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
        {"response_type": "token"},
    ],
)
async def test_the_demo_provider_takes_only_the_flow_it_should(browser: httpx.AsyncClient, changes: dict[str, str]) -> None:
    assert_problem(await browser.get(changed_query(await sent_out(browser), **changes)), 422, "mock-sso-refused")


async def test_a_code_is_bound_to_its_verifier_its_client_and_its_minute(mock: MockProvider, app: Litestar, clock: FixedClock) -> None:
    provider: Provider = app.state.sso

    async def tried(verifier: str, *, wait: int = 0, secret: str | None = None) -> bool:
        given = {"redirect_uri": f"{ADDRESS}/sign-in/sso/return", "nonce": "n", "verifier": "right" * 10}
        query = parse_qs(urlsplit(await provider.authorization_url(state="s", **given)).query)
        wish = {key: values[0] for key, values in query.items() if key != "scope"}
        code = mock.give_code(Wish(**wish, subject=SUBJECT))
        clock.move(timedelta(seconds=wait))
        asking = provider if secret is None else msgspec.structs.replace(provider, client_secret=secret)
        try:
            await asking.identity(code=code, at=clock.wall(), **{**given, "verifier": verifier})
        except SsoRefused:
            return False
        return True

    assert await tried("right" * 10)
    assert not await tried("wrong" * 10)
    assert not await tried("right" * 10, secret="guessed")
    assert not await tried("right" * 10, wait=60)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(httpx.Response(500), id="broken"),
        pytest.param(httpx.Response(302, headers={"location": "https://evil.example"}), id="sends elsewhere"),
        pytest.param(httpx.Response(200, text="<html>"), id="no JSON"),
        pytest.param(httpx.Response(200, content=b'{"a":"' + b"x" * 300_000 + b'"}'), id="too much"),
        pytest.param(httpx.Response(200, json={"issuer": "https://evil.example"}), id="another issuer"),
        pytest.param(httpx.Response(200, json={"issuer": ISSUER}), id="no endpoint"),
    ],
)
async def test_a_provider_that_answers_wrongly_is_away(app: Litestar, browser: httpx.AsyncClient, answer: httpx.Response) -> None:
    app.state.sso = msgspec.structs.replace(app.state.sso, transport=httpx.MockTransport(lambda _request: answer))
    assert_problem(await browser.get("/sign-in/sso"), 503, "sso-unavailable")


async def test_a_provider_is_only_asked_over_tls_and_told_when_it_is_out_of_reach(app: Litestar) -> None:
    provider: Provider = app.state.sso
    plain = msgspec.structs.replace(provider, issuer="http://mock-sso.example")
    asked = {"redirect_uri": "r", "state": "s", "nonce": "n", "verifier": "v" * 43}
    with pytest.raises(SsoAway):
        await plain.authorization_url(**asked)

    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)

    with pytest.raises(SsoAway):
        await msgspec.structs.replace(provider, transport=httpx.MockTransport(unreachable)).authorization_url(**asked)
    assert provider.client_secret not in repr(provider)
