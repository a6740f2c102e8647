"""What an attacker tried and may not get: codes of others, signatures in another's name, numbers without a proof, tokens that stay."""

import asyncio
from datetime import date

import httpx
import pytest

from tests.accounts.registrations import registration
from tests.people import ENTERPRISE_B, PASSWORD, account, enter, password_hash, sign_in_as
from tests.web.conftest import assert_problem, district, form_token, number, sample, submitted  # noqa: F401 - fixtures
from training_admin.accounts import sessions
from training_admin.accounts.facts import FAILURES_BEFORE_LOCK
from training_admin.accounts.mandates import MandateRefused, assert_words
from training_admin.accounts.registering import register_organisation
from training_admin.accounts.resets import offer_reset
from training_admin.accounts.signing_in import Attempt, SignInRefused, sign_in
from training_admin.accounts.store import account_by_login
from training_admin.accounts.tokens import TokenRefused, make_token
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import NotYetApproved, StepUpNeeded
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import Right
from training_admin.subsidy import claims, own_store
from training_admin.subsidy.persons import phone_of_person
from training_admin.subsidy.signing import NotToBeSigned, offer_signing_link

pytestmark = pytest.mark.usefixtures("database")
HERE = "192.0.2.9"


async def a_person() -> bytes:
    async with read_transaction():
        rows = await fetch_tuples("SELECT person FROM claim_line WHERE readable ORDER BY claim, row LIMIT 1")
    person: bytes = rows[0][0]
    return person


async def test_whoever_names_another_phone_for_a_known_person_gets_no_code(
    number: str,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person = await a_person()
    phone = await phone_of_person(person)
    assert phone is not None
    real = own_store.phones_told

    async def told_by_another_claimant_too(key: bytes) -> set[str]:
        return {*(await real(key)), "13900000001"}

    monkeypatch.setattr(own_store, "phones_told", told_by_another_claimant_too)
    assert await phone_of_person(person) is None


async def test_a_signing_link_is_only_for_a_head_without_account(number: str, clock: FixedClock) -> None:  # noqa: F811 - the fixture
    clerk = (await sign_in_as("jingban-b", clock)).actor
    with pytest.raises(NotToBeSigned):
        await offer_signing_link(clerk, number, name="李某某", clock=clock)


@pytest.mark.usefixtures("number")
async def test_the_marked_workbook_of_a_claim_asks_for_a_proof_and_leaves_a_trace(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "jingban-b", clock, stepped_up=False)
    form = await form_token(visitor, "/me")
    assert_problem(await visitor.post("/claims/SJ2026000001/marked.xlsx", data=form), 403, "step-up-needed")
    await enter(visitor, "jingban-b", clock)
    assert (await visitor.post("/claims/SJ2026000001/marked.xlsx", data=await form_token(visitor, "/me"))).status_code == 200
    async with read_transaction():
        assert len(await fetch_tuples("SELECT 1 FROM trail WHERE event = 'subsidy:claim:marked_read'")) == 1


@pytest.mark.usefixtures("district")
async def test_before_approval_a_precheck_tells_nothing_that_registers_know(clock: FixedClock) -> None:
    await register_organisation(registration(code=ENTERPRISE_B), address=HERE, profile="modern", clock=clock)
    async with read_transaction():
        found = await account_by_login("xinban")
    assert found is not None
    async with write_transaction():
        token, _key = await sessions.open_session(account=found[0], person=None, device="测试", clock=clock, stepped_up=True)
    actor = await sessions.actor_of_token(token, clock=clock)
    assert actor is not None
    checked = await claims.precheck(actor, sample("claim_B.xlsx"), clock=clock)
    assert checked.record is None
    assert checked.contradictions == ()
    assert len(checked.problems) == 3
    rights = frozenset({Right.CLAIM_PRECHECK})
    with pytest.raises(NotYetApproved):
        await make_token(actor, name="测试", rights=rights, expires_on=date(2026, 12, 31), clock=clock)


async def test_another_password_ends_every_token(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "jingban-b", clock)
    assert (await visitor.get("/api/v1/claims")).status_code == 200
    form = {**await form_token(visitor, "/me"), "old": PASSWORD, "new": "Qing-Feng-Ming-Yue-9"}
    assert (await visitor.post("/me/password", data=form)).status_code == 303
    assert (await visitor.get("/api/v1/claims")).status_code == 401


async def test_guesses_at_the_present_password_are_counted(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "jingban-b", clock)
    form = {**await form_token(visitor, "/me"), "old": "wrong", "new": "Qing-Feng-Ming-Yue-9"}
    for _ in range(FAILURES_BEFORE_LOCK):
        assert_problem(await visitor.post("/me/password", data=form), 422, "password-wrong")
    assert_problem(await visitor.post("/me/password", data={**form, "old": PASSWORD}), 422, "password-wrong")


async def test_the_system_administrator_proves_himself_before_he_resets_anybody(clock: FixedClock) -> None:
    facts, _secret = await account("jingban-b", clock)
    administrator = (await sign_in_as("xitong", clock)).actor
    with pytest.raises(StepUpNeeded):
        await offer_reset(administrator, facts.key, clock=clock)
    assert await offer_reset((await sign_in_as("xitong", clock, stepped_up=True)).actor, facts.key, clock=clock)


def test_a_reason_that_stays_for_ever_holds_no_personal_number() -> None:
    with pytest.raises(MandateRefused):
        assert_words("310100197811200031 核对", what="查看原因")
    assert assert_words(" 核对 ", what="查看原因") == "核对"


async def test_a_nul_in_a_form_is_refused_and_nothing_breaks(visitor: httpx.AsyncClient) -> None:
    form = await form_token(visitor, "/sign-in")
    assert_problem(await visitor.post("/sign-in", data={**form, "login": "a\0b", "password": "x"}), 400, "bad-text")


async def test_the_lock_holds_against_guesses_at_once(clock: FixedClock) -> None:
    assert password_hash()
    await account("jingban-b", clock)
    wrong = [sign_in(Attempt("jingban-b", f"wrong {count}", "", HERE, "测试"), clock=clock) for count in range(10)]
    await asyncio.gather(*wrong, return_exceptions=True)
    with pytest.raises(SignInRefused):
        await sign_in(Attempt("jingban-b", PASSWORD, "", HERE, "测试"), clock=clock)


async def test_nobody_makes_a_token_in_anothers_name(clock: FixedClock) -> None:
    import msgspec

    actor = msgspec.structs.replace((await sign_in_as("jingban-b", clock)).actor, acts_for="A000099")
    with pytest.raises(TokenRefused):
        await make_token(actor, name="测试", rights=frozenset({Right.CLAIM_READ}), expires_on=date(2026, 12, 31), clock=clock)
