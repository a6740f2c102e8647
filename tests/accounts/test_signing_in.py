"""Signing in: what is refused is refused alike, a session ends when it must, and a stolen token is worth nothing afterwards."""

from datetime import timedelta

import httpx
import pytest

from tests.people import PASSWORD, account, code_of, enter, sign_in_as
from tests.web.conftest import assert_problem, form_token
from training_admin.accounts import store
from training_admin.accounts.facts import FAILURES_BEFORE_LOCK, IDLE, LOCKED, LONGEST, STEP_UP
from training_admin.accounts.middleware import COOKIE
from training_admin.accounts.opening import deactivate_account
from training_admin.accounts.second_factor import FACTOR
from training_admin.accounts.sessions import actor_of_token
from training_admin.accounts.signing_in import Attempt, SignInRefused, StepUpRefused, prove_again, sign_in
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock

pytestmark = pytest.mark.usefixtures("database")
HERE = "192.0.2.7"


def attempt(login: str, *, password: str = PASSWORD, code: str = "", address: str = HERE) -> Attempt:
    return Attempt(login, password, code, address, "测试")


async def refused(wanted: Attempt, clock: FixedClock) -> str:
    with pytest.raises(SignInRefused) as told:
        await sign_in(wanted, clock=clock)
    return told.value.sentence


async def test_name_and_password_open_a_session_of_which_only_the_hash_is_stored(clock: FixedClock) -> None:
    await account("jingban-b", clock)
    token = await sign_in(attempt("Jingban-B"), clock=clock)
    actor = await actor_of_token(token, clock=clock)
    assert actor is not None
    assert actor.name == "经办人乙"
    async with read_transaction():
        rows = await fetch_tuples("SELECT token_hash, login_session::text FROM login_session")
    assert rows[0][0] == store.token_hash(token)
    assert token not in rows[0][1]


async def test_every_refusal_says_the_same(clock: FixedClock) -> None:
    await account("jingban-b", clock)
    await account("chushen", clock)
    told = {
        await refused(attempt("nobody-here"), clock),
        await refused(attempt("jingban-b", password="wrong"), clock),
        await refused(attempt("chushen"), clock),
        await refused(attempt("chushen", code="000000"), clock),
        await refused(attempt("' OR 1=1 --"), clock),
        await refused(attempt("x" * 5000, password="y" * 5000), clock),
    }
    assert len(told) == 1


async def test_staff_need_their_second_factor_and_a_code_works_once(clock: FixedClock) -> None:
    _facts, secret = await account("chushen", clock)
    code = FACTOR.current_code(secret, at=clock.wall())
    await sign_in(attempt("chushen", code=code), clock=clock)
    await refused(attempt("chushen", code=code), clock)
    clock.move(timedelta(seconds=30))
    await sign_in(attempt("chushen", code=FACTOR.current_code(secret, at=clock.wall())), clock=clock)


async def test_after_five_failures_the_account_is_locked_for_a_quarter_of_an_hour(clock: FixedClock) -> None:
    await account("jingban-b", clock)
    for _ in range(FAILURES_BEFORE_LOCK):
        await refused(attempt("jingban-b", password="wrong"), clock)
    await refused(attempt("jingban-b"), clock)
    clock.move(LOCKED)
    assert await sign_in(attempt("jingban-b"), clock=clock)


async def test_an_address_that_tries_many_names_is_locked_for_all_of_them(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training_admin.accounts.lockout.ADDRESS_FAILURES_BEFORE_LOCK", 6)
    await account("jingban-b", clock)
    for count in range(6):
        await refused(attempt(f"name-{count}"), clock)
    await refused(attempt("jingban-b"), clock)
    assert await sign_in(attempt("jingban-b", address="192.0.2.8"), clock=clock)


async def test_a_right_sign_in_forgets_earlier_failures(clock: FixedClock) -> None:
    await account("jingban-b", clock)
    for _ in range(2):
        for _ in range(FAILURES_BEFORE_LOCK - 1):
            await refused(attempt("jingban-b", password="wrong"), clock)
        assert await sign_in(attempt("jingban-b"), clock=clock)


async def test_a_session_ends_after_half_an_hour_of_rest_and_after_twelve_hours_at_work(clock: FixedClock) -> None:
    person = await sign_in_as("jingban-b", clock)
    clock.move(IDLE - timedelta(seconds=1))
    assert await actor_of_token(person.token, clock=clock)
    clock.move(IDLE)
    assert await actor_of_token(person.token, clock=clock) is None

    person = await sign_in_as("jingban-b", clock)
    for _ in range(int(LONGEST / timedelta(minutes=20)) - 1):
        clock.move(timedelta(minutes=20))
        assert await actor_of_token(person.token, clock=clock)
    clock.move(timedelta(minutes=20))
    assert await actor_of_token(person.token, clock=clock) is None


async def test_a_token_is_worth_nothing_after_signing_out(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    stolen = (await enter(visitor, "jingban-b", clock)).token
    await visitor.post("/sign-out", data=await form_token(visitor, "/"))
    visitor.cookies.set(COOKIE, stolen)
    answer = await visitor.get("/claims")
    assert answer.headers["location"].startswith("/sign-in?next=%2Fclaims")


async def test_a_token_chosen_before_signing_in_is_replaced(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await account("jingban-b", clock)
    visitor.cookies.set(COOKIE, "chosen-by-the-attacker", domain="127.0.0.1", path="/")
    form = {**await form_token(visitor, "/sign-in"), "login": "jingban-b", "password": PASSWORD}
    answer = await visitor.post("/sign-in", data=form)
    assert answer.status_code == 303
    given = answer.headers.get_list("set-cookie")
    assert any(COOKIE in each and "HttpOnly" in each for each in given)
    assert await actor_of_token("chosen-by-the-attacker", clock=clock) is None


async def test_a_deactivated_account_loses_its_sessions_at_once(clock: FixedClock) -> None:
    person = await sign_in_as("jingban-b", clock)
    await deactivate_account(DEMO, person.account.key, clock=clock)
    assert await actor_of_token(person.token, clock=clock) is None
    await refused(attempt("jingban-b"), clock)


async def test_an_officer_whose_authorisation_has_expired_can_do_nothing(clock: FixedClock) -> None:
    await account("fushen", clock, until=clock.today())
    person = await sign_in_as("fushen", clock)
    clock.move(timedelta(minutes=29))
    assert await actor_of_token(person.token, clock=clock)
    for _ in range(51):
        clock.move(timedelta(minutes=20))
        last = await actor_of_token(person.token, clock=clock)
    assert last is None
    code = FACTOR.current_code(person.secret, at=clock.wall())
    await refused(attempt("fushen", code=code), clock)


async def test_sessions_at_once_are_told_apart_and_one_can_end_the_others(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    other = await sign_in_as("jingban-b", clock)
    mine = await enter(visitor, "jingban-b", clock)
    assert other.token != mine.token
    page = await visitor.get("/me")
    assert page.text.count("测试") >= 2
    await visitor.post("/me/sessions/close-others", data=await form_token(visitor, "/me"))
    assert await actor_of_token(other.token, clock=clock) is None
    assert await actor_of_token(mine.token, clock=clock)


async def test_nobody_ends_another_persons_session(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    other = await sign_in_as("jingban-a", clock)
    await enter(visitor, "jingban-b", clock)
    token = await form_token(visitor, "/me")
    answer = await visitor.post(f"/me/sessions/{other.actor.session}/close", data=token)
    assert_problem(answer, 404, "session-not-found")
    assert await actor_of_token(other.token, clock=clock)


async def test_stepping_up_needs_a_fresh_code_and_lasts_ten_minutes(clock: FixedClock) -> None:
    person = await sign_in_as("shenji", clock)
    assert not person.actor.stepped_up
    with pytest.raises(StepUpRefused):
        await prove_again(person.actor, password=PASSWORD, code="", address=HERE, clock=clock)
    code = code_of(person, clock)
    await prove_again(person.actor, password="", code=code, address=HERE, clock=clock)
    with pytest.raises(StepUpRefused):
        await prove_again(person.actor, password="", code=code, address=HERE, clock=clock)
    actor = await actor_of_token(person.token, clock=clock)
    assert actor is not None
    assert actor.stepped_up
    clock.move(STEP_UP)
    later = await actor_of_token(person.token, clock=clock)
    assert later is not None
    assert not later.stepped_up


@pytest.mark.parametrize(
    ("wanted", "lands"),
    [
        pytest.param("/claims?state=submitted", "/claims?state=submitted", id="a page of ours"),
        pytest.param("https://evil.example/", "/", id="another site"),
        pytest.param("//evil.example/", "/", id="another site without scheme"),
        pytest.param("/\\evil.example", "/", id="backslash"),
        pytest.param("/%0d%0aset-cookie:x=1", "/%0d%0aset-cookie:x=1", id="escaped line end stays escaped"),
        pytest.param("/claims\r\nset-cookie: x=1", "/", id="line end"),
        pytest.param("/sign-out", "/", id="signing out"),
    ],
)
async def test_after_signing_in_one_lands_on_our_own_pages_only(
    visitor: httpx.AsyncClient, clock: FixedClock, wanted: str, lands: str
) -> None:
    await account("jingban-b", clock)
    form = {**await form_token(visitor, "/sign-in"), "login": "jingban-b", "password": PASSWORD, "next": wanted}
    answer = await visitor.post("/sign-in", data=form)
    assert answer.headers["location"] == lands


@pytest.mark.parametrize("rights", [["claim_read"], ["claim_read", "claim_precheck"]], ids=["one right", "two rights"])
async def test_a_token_is_made_with_the_rights_that_are_ticked(visitor: httpx.AsyncClient, clock: FixedClock, rights: list[str]) -> None:
    await enter(visitor, "jingban-b", clock)
    form = {**await form_token(visitor, "/me"), "name": "本单位程序", "rights": rights, "expires_on": "2026-12-31"}
    assert "令牌已建立" in (await visitor.post("/me/tokens", data=form)).text


async def test_a_cookie_never_authenticates_the_api_nor_a_token_the_pages(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "jingban-b", clock)
    token = visitor.headers.pop("authorization")
    assert_problem(await visitor.get("/api/v1/claims"), 401, "not-signed-in")
    visitor.cookies.clear()
    visitor.headers["authorization"] = token
    assert (await visitor.get("/api/v1/claims")).status_code == 200
    assert (await visitor.get("/claims")).status_code == 303
