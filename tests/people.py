"""The people of the tests: one for each role, signed in without the cost of a password."""

import base64
import functools
import hashlib
from datetime import date

import httpx
import msgspec

from training_admin.accounts import passwords, sessions, store
from training_admin.accounts.facts import AccountFacts
from training_admin.accounts.mandates import give_assignment
from training_admin.accounts.middleware import COOKIE
from training_admin.accounts.opening import add_account, open_organisation
from training_admin.accounts.second_factor import FACTOR
from training_admin.accounts.sessions import actor_of_token
from training_admin.accounts.tokens import grantable, make_token
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.demo.offices import ENTERPRISE_A, ENTERPRISE_B, ORGANISATIONS, PEOPLE
from training_admin.kit.actor import DEMO, Actor
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import WITHOUT_SECOND_FACTOR, Role

PASSWORD = "Lan-Tian-Bai-Yun-42"
LOGIN_OF: dict[Role, str] = {role: login for login, _name, _code, roles in reversed(PEOPLE) for role in roles}
__all__ = ["ENTERPRISE_A", "ENTERPRISE_B", "PEOPLE"]


class SignedIn(msgspec.Struct, frozen=True):
    """Somebody with an open session: the token of the browser, the actor, and the secret of his second factor."""

    token: str
    actor: Actor
    account: AccountFacts
    secret: str


@functools.cache
def password_hash() -> str:
    """Everybody has the same password: hashing it once is enough."""
    return passwords._hasher.hash(PASSWORD)


async def account(login: str, clock: FixedClock, *, until: date | None = None) -> tuple[AccountFacts, str]:
    """The account of one of the demo's people, opened with its organisation when it is not there."""
    name, code, roles = next((name, code, roles) for each, name, code, roles in PEOPLE if each == login)
    title, kind = next((title, kind) for each, title, kind in ORGANISATIONS if each == code)
    async with read_transaction():
        there = await store.organisation_by_code(code)
        known = await store.account_by_login(login)
    secret = base64.b32encode(hashlib.sha256(login.encode()).digest()[:20]).decode()
    if known is not None:
        return known[0], secret
    if there is None:
        await open_organisation(DEMO, code=code, name=title, kind=kind, clock=clock)
    made = await add_account(
        DEMO,
        login=login,
        name=name,
        organisation=code,
        roles=frozenset(roles),
        password_hash=password_hash(),
        clock=clock,
        factor_secret=None if kind in WITHOUT_SECOND_FACTOR else secret,
        authorised_until=until,
    )
    return made, secret


async def sign_in_as(login: str, clock: FixedClock, *, stepped_up: bool = False) -> SignedIn:
    """An open session of one of the demo's people."""
    facts, secret = await account(login, clock)
    async with write_transaction():
        token, _key = await sessions.open_session(account=facts, person=None, device="测试", clock=clock, stepped_up=stepped_up)
    actor = await actor_of_token(token, clock=clock)
    assert actor is not None
    return SignedIn(token, actor, facts, secret)


async def assign_all(clock: FixedClock) -> None:
    """The audit office may look at the whole district, the third party at enterprise A, whose claims the street office accepts."""
    await account("shenji", clock)
    await account("disanfang", clock)
    street = (await account("shouli", clock))[0].organisation.code
    today = clock.today()
    await give_assignment(DEMO, organisation="SJ-001", enterprises=(), purpose="测试", starts=today, ends=today, clock=clock)
    for narrow in ("DSF-001", street):
        await give_assignment(DEMO, organisation=narrow, enterprises=(ENTERPRISE_A,), purpose="测试", starts=today, ends=today, clock=clock)


async def enter(client: httpx.AsyncClient, login: str, clock: FixedClock, *, stepped_up: bool = True) -> SignedIn:
    """Sign a browser in on both faces: the pages' cookie, and a token with every right that one may have."""
    person = await sign_in_as(login, clock, stepped_up=stepped_up)
    client.cookies.set(COOKIE, person.token)
    client.headers.pop("authorization", None)
    rights = frozenset(grantable(person.actor))
    if rights:
        token = await make_token(person.actor, name="测试", rights=rights, expires_on=date(2026, 12, 31), clock=clock)
        client.headers["authorization"] = f"Bearer {token}"
    return person


async def trainee_enters(client: httpx.AsyncClient, clock: FixedClock) -> SignedIn:
    """Sign a trainee in whom a stored roster names; he has no account, so the enterprise's clerk lends the account's place."""
    facts, _secret = await account("jingban-a", clock)
    async with write_transaction():
        person = (await fetch_tuples("SELECT person FROM claim_line WHERE readable ORDER BY claim, row LIMIT 1"))[0][0]
        token, _key = await sessions.open_session(account=None, person=person, device="测试", clock=clock, stepped_up=False)
    actor = await actor_of_token(token, clock=clock)
    assert actor is not None
    client.cookies.set(COOKIE, token)
    return SignedIn(token, actor, facts, "")


def code_of(person: SignedIn, clock: FixedClock) -> str:
    """What the person's device shows now."""
    return FACTOR.current_code(person.secret, at=clock.wall())
