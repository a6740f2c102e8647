"""Sign-in by an outside identity, attacked: a flow belongs to one browser and one use, a token to one provider, client and nonce."""

import base64
import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest
import pytest_asyncio
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from litestar import Litestar

from tests.conftest import ADDRESS
from tests.people import account, code_of, enter, sign_in_as
from tests.web.conftest import assert_problem, form_token
from training_admin.accounts import sso
from training_admin.accounts.middleware import COOKIE as SESSION
from training_admin.accounts.mock_provider import CLIENT, ISSUER, MockProvider, Wish
from training_admin.accounts.opening import deactivate_account
from training_admin.accounts.sso_pages import COOKIE
from training_admin.accounts.sso_provider import Identity, Provider, SsoAway, SsoRefused
from training_admin.app import create_app
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings

SUBJECT = "u-7"
Answer = Callable[[dict[str, Any]], dict[str, Any]]


def browser_of(app: Litestar) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type] # Litestar types its scope more narrowly
    return httpx.AsyncClient(transport=transport, base_url=ADDRESS)


@pytest_asyncio.fixture
async def app(database: Settings, clock: FixedClock) -> Litestar:
    return create_app(msgspec.structs.replace(database, rate_limit=1_000_000, sso="mock", demo=True), clock=clock)


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


async def test_a_linked_person_signs_in_and_goes_on_where_he_wanted(browser: httpx.AsyncClient, clock: FixedClock) -> None:
    await linked("jingban-b", clock)
    back = await named(browser, await sent_out(browser, "/sign-in/sso?next=/claims"))
    answer = await browser.get(back)
    assert (answer.status_code, answer.headers["location"]) == (303, "/claims")
    assert browser.cookies.get(SESSION)
    assert not browser.cookies.get(COOKIE)
    assert "经办人乙" in (await browser.get("/")).text


async def test_the_identity_of_nobody_is_refused_clearly(browser: httpx.AsyncClient) -> None:
    answer = await browser.get(await named(browser, await sent_out(browser)))
    assert_problem(answer, 403, "sso-not-linked")
    assert "在“本人账户”中关联" in answer.text
    assert not browser.cookies.get(SESSION)


async def test_staff_are_still_asked_for_the_second_factor(browser: httpx.AsyncClient, clock: FixedClock) -> None:
    await linked("chushen", clock)
    person = await sign_in_as("chushen", clock)
    asked = await browser.get(await named(browser, await sent_out(browser)))
    assert "还需要动态码" in asked.text
    assert not browser.cookies.get(SESSION)
    token = await form_token(browser, "/sign-in")
    assert_problem(await browser.post("/sign-in/sso/code", data={**token, "code": "000000"}), 401, "sso-refused")
    right = {**token, "code": code_of(person, clock)}
    assert (await browser.post("/sign-in/sso/code", data=right)).status_code == 303
    assert browser.cookies.get(SESSION)
    assert_problem(await browser.post("/sign-in/sso/code", data=right), 401, "sso-refused")


async def test_wrong_codes_after_the_provider_lock_the_account(browser: httpx.AsyncClient, clock: FixedClock) -> None:
    await linked("chushen", clock)
    person = await sign_in_as("chushen", clock)
    await browser.get(await named(browser, await sent_out(browser)))
    token = await form_token(browser, "/sign-in")
    for _ in range(5):
        await browser.post("/sign-in/sso/code", data={**token, "code": "000000"})
    answer = await browser.post("/sign-in/sso/code", data={**token, "code": code_of(person, clock)})
    assert_problem(answer, 401, "sso-refused")


async def test_a_waiting_identity_is_forgotten_after_five_minutes(browser: httpx.AsyncClient, clock: FixedClock) -> None:
    await linked("chushen", clock)
    person = await sign_in_as("chushen", clock)
    await browser.get(await named(browser, await sent_out(browser)))
    token = await form_token(browser, "/sign-in")
    clock.move(timedelta(minutes=5))
    assert_problem(await browser.post("/sign-in/sso/code", data={**token, "code": code_of(person, clock)}), 401, "sso-refused")


@pytest.mark.parametrize("claims", [{"acr": "mfa"}, {"amr": ["pwd", "mfa"]}])
async def test_only_a_provider_that_vouches_replaces_the_second_factor(
    app: Litestar, browser: httpx.AsyncClient, mock: MockProvider, clock: FixedClock, claims: dict[str, Any]
) -> None:
    await linked("chushen", clock)
    altered(app, lambda token: mock.id_token(SUBJECT, claims_of(token)["nonce"], **claims))
    assert "还需要动态码" in (await browser.get(await named(browser, await sent_out(browser)))).text
    app.state.sso = msgspec.structs.replace(app.state.sso, second_factor="mfa")
    assert (await browser.get(await named(browser, await sent_out(browser)))).status_code == 303


async def test_a_deactivated_account_does_not_come_in(browser: httpx.AsyncClient, clock: FixedClock) -> None:
    await linked("jingban-b", clock)
    facts, _ = await account("jingban-b", clock)
    await deactivate_account(DEMO, facts.key, clock=clock)
    assert_problem(await browser.get(await named(browser, await sent_out(browser))), 401, "sso-refused")


def changed_query(address: str, **changes: str) -> str:
    parts = urlsplit(address)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()} | changes
    return f"{parts.path}?{httpx.QueryParams({key: value for key, value in query.items() if value})}"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"state": "another"}, id="another state"),
        pytest.param({"state": ""}, id="no state"),
        pytest.param({"code": ""}, id="no code"),
        pytest.param({"code": "guessed"}, id="a guessed code"),
        pytest.param({"iss": "https://evil.example"}, id="another issuer (mix-up)"),
        pytest.param({"error": "access_denied"}, id="the provider refused"),
        pytest.param({"state": "状态"}, id="a state that is no ASCII"),
    ],
)
async def test_an_answer_that_was_changed_on_the_way_is_refused(
    browser: httpx.AsyncClient, clock: FixedClock, changes: dict[str, str]
) -> None:
    await linked("jingban-b", clock)
    back = await named(browser, await sent_out(browser))
    assert_problem(await browser.get(changed_query(back, **changes)), 401, "sso-refused")
    assert not browser.cookies.get(SESSION)
    assert await opened_sessions() == 0


async def test_an_answer_counts_once(browser: httpx.AsyncClient, clock: FixedClock) -> None:
    await linked("jingban-b", clock)
    out = await sent_out(browser)
    kept = browser.cookies.get(COOKIE)
    back = await named(browser, out)
    again = await named(browser, out)
    assert (await browser.get(back)).status_code == 303
    assert kept is not None
    for replayed in (back, again):
        browser.cookies.set(COOKIE, kept, domain="127.0.0.1", path="/sign-in/sso")
        assert_problem(await browser.get(replayed), 401, "sso-refused")
    assert await opened_sessions() == 1


async def test_another_browser_cannot_finish_what_one_began(
    browser: httpx.AsyncClient, other: httpx.AsyncClient, clock: FixedClock
) -> None:
    """Login CSRF: the attacker sends his own answer to the victim's browser; stolen answer: the thief has not the cookie."""
    await linked("jingban-b", clock)
    back = await named(browser, await sent_out(browser))
    assert_problem(await other.get(back), 401, "sso-refused")
    await sent_out(other)
    assert_problem(await other.get(back), 401, "sso-refused")
    assert not other.cookies.get(SESSION)


async def test_a_flow_is_over_after_ten_minutes(browser: httpx.AsyncClient, clock: FixedClock) -> None:
    await linked("jingban-b", clock)
    out = await sent_out(browser)
    clock.move(timedelta(minutes=10))
    assert_problem(await browser.get(await named(browser, out)), 401, "sso-refused")


@pytest.mark.parametrize("cookie", ["", "x", "AAAA", "_" * 9000, "w7w="])
async def test_a_cookie_that_we_did_not_seal_is_worth_nothing(browser: httpx.AsyncClient, clock: FixedClock, cookie: str) -> None:
    await linked("jingban-b", clock)
    back = await named(browser, await sent_out(browser))
    browser.cookies.delete(COOKIE)
    browser.cookies.set(COOKIE, cookie, domain="127.0.0.1", path="/sign-in/sso")
    assert_problem(await browser.get(back), 401, "sso-refused")


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


async def test_linking_needs_a_fresh_proof_a_form_and_the_same_session(
    browser: httpx.AsyncClient, other: httpx.AsyncClient, clock: FixedClock
) -> None:
    await enter(browser, "jingban-b", clock, stepped_up=False)
    token = await form_token(browser, "/me/sso")
    assert (await browser.post("/me/sso", data=token)).headers["location"].startswith("/step-up")
    assert (await browser.post("/me/sso")).status_code == 403

    browser.cookies.delete(SESSION)
    person = await enter(browser, "jingban-b", clock)
    out = await begun(browser)
    back = await named(browser, out)
    sealed = browser.cookies.get(COOKIE)
    assert sealed is not None
    other.cookies.set(COOKIE, sealed, domain="127.0.0.1", path="/sign-in/sso")
    await enter(other, "qianzi-a", clock)
    assert_problem(await other.get(back), 401, "sso-refused")

    back = await named(browser, await begun(browser))
    assert (await browser.get(back)).headers["location"] == "/me/sso?done=true"
    assert "已于" in (await browser.get("/me/sso")).text
    async with read_transaction():
        rows = await fetch_tuples("SELECT subject, identity_link::text FROM identity_link")
        events = await fetch_tuples("SELECT actor, detail::text FROM trail WHERE event = 'accounts:identity:linked'")
    assert SUBJECT not in rows[0][1]
    assert events == [(person.actor.key, f'{{"issuer": "{ISSUER}"}}')]
    token = await form_token(browser, "/me/sso")
    assert (await browser.post("/me/sso/remove", data=token)).status_code == 303
    assert "尚未关联" in (await browser.get("/me/sso")).text


async def begun(client: httpx.AsyncClient) -> str:
    """Begin to link: the way out is a link on the page, because forms lead only to ourselves."""
    page = (await client.post("/me/sso", data=await form_token(client, "/me/sso"))).text
    start = page.index('href="/mock-sso/authorize')
    return page[start + 6 : page.index('"', start + 6)].replace("&amp;", "&")


async def test_an_identity_belongs_to_one_account_and_an_account_has_one(browser: httpx.AsyncClient, clock: FixedClock) -> None:
    await linked("qianzi-a", clock)
    await enter(browser, "jingban-b", clock)
    assert_problem(await browser.get(await named(browser, await begun(browser))), 409, "sso-link-taken")
    assert (await browser.get(await named(browser, await begun(browser), "u-8"))).status_code == 303
    assert_problem(await browser.get(await named(browser, await begun(browser), "u-9")), 409, "sso-link-taken")


async def test_a_flow_to_link_is_worth_nothing_once_signed_out(browser: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(browser, "jingban-b", clock)
    back = await named(browser, await begun(browser))
    browser.cookies.delete(SESSION)
    assert_problem(await browser.get(back), 401, "sso-refused")


async def test_without_a_provider_there_is_nothing(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    assert_problem(await visitor.get("/sign-in/sso"), 404, "sso-off")
    assert_problem(await visitor.get("/sign-in/sso/return"), 404, "sso-off")
    assert_problem(await visitor.get("/mock-sso/authorize"), 404, "mock-sso-off")
    await enter(visitor, "jingban-b", clock)
    assert "没有启用统一身份认证" in (await visitor.get("/me/sso")).text
