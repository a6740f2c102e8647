"""Sign-in by an outside identity, attacked: a flow belongs to one browser, one purpose and one use."""

from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar

from tests.accounts.going_out import SUBJECT, altered, changed_query, claims_of, linked, named, opened_sessions, sent_out
from tests.people import account, code_of, enter, sign_in_as
from tests.web.conftest import assert_problem, form_token
from training_admin.accounts.middleware import COOKIE as SESSION
from training_admin.accounts.mock_provider import ISSUER, MockProvider
from training_admin.accounts.opening import deactivate_account
from training_admin.accounts.sso_pages import COOKIE
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock


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
