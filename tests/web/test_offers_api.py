"""What an enterprise takes by one request of the API: the offer of a closed class, a programme's advance."""

import httpx

from tests.people import account
from tests.subsidy.programme_world import NUMBER, filed
from tests.web.api_calls import API, Caller, counted
from tests.web.conftest import assert_problem
from tests.web.test_class_offers import by_standard, claims, closed
from training_admin.accounts import store
from training_admin.database import write_transaction
from training_admin.kit.clock import FixedClock
from training_admin.kit.vault import vault

ACCOUNT = {"bank": "松江样例银行中山支行", "account": "31000000000000009876", "holder": "样例企业甲"}
OFFER = "/offers/2026"


async def with_factor(login: str, clock: FixedClock) -> None:
    """Somebody of an enterprise who has chosen to have a second factor."""
    facts, secret = await account(login, clock)
    async with write_transaction():
        await store.set_factor(facts.id, vault().encrypt_text(secret, place=store.FACTOR_PLACE))


async def test_an_offer_is_confirmed_to_another_account_with_a_fresh_proof_only(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await by_standard(clock)
    number = await closed(clock)
    caller = Caller(visitor, clock)
    await caller.be("jingban-a")
    offers = await caller.read("/offers")
    assert [each["class_nos"] for each in offers["offers"]] == [[number]]
    shown = await caller.read(OFFER)
    assert (shown["account"], shown["paying"], shown["refused"]) == (None, 6, 0)
    body = {"class_nos": shown["offer"]["class_nos"], "payable_fen": shown["offer"]["payable"]["amount_fen"]}
    confirm = f"{OFFER}/confirmation"
    await caller.refused(confirm, body, 409, "offer-account-missing")
    await caller.refused(confirm, body | {"payable_fen": 1}, 409, "offer-changed")
    await caller.refused(confirm, body | {"account": ACCOUNT | {"account": "?"}}, 422, "account-refused")
    await caller.refused(confirm, body | {"account": ACCOUNT}, 403, "step-up-needed")
    await caller.refused(confirm, body | {"account": ACCOUNT}, 401, "step-up-refused", **caller.proof())
    await with_factor("jingban-a", clock)
    before = await counted("subsidy:claim:submitted")
    answers = [await caller.sent(confirm, body | {"account": ACCOUNT}, **caller.proof()) for _twice in range(2)]
    assert [each.status_code for each in answers] == [201, 201], answers[0].text
    assert answers[0].json() == answers[1].json()
    assert await counted("subsidy:claim:submitted") == before + 1
    assert await claims() == [(answers[0].json()["number"], 6)]
    assert_problem(await visitor.get(f"{API}{OFFER}"), 404, "class-not-found")
    await caller.be("jingban-b")
    assert await caller.read("/offers") == {"offers": [], "lacking": {}}
    await caller.refused(confirm, body, 404, "class-not-found")
    await caller.be("chushen")
    await caller.refused(confirm, body, 403, "not-allowed")


async def test_a_programmes_advance_is_asked_for_once(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await filed(2, clock)
    caller, money = Caller(visitor, clock), f"/programmes/{NUMBER}/money"
    await caller.be("jingban-a")
    assert (await caller.read(money))["why_not"]["advance"] == ""
    await caller.missing_key(f"{money}/advance", ACCOUNT)
    await caller.refused(f"{money}/advance", ACCOUNT | {"account": "x"}, 422, "account-refused")
    await caller.refused(f"{money}/gift", ACCOUNT, 404, "programme-stage-not-found")
    await caller.refused(f"{money}/settlement", ACCOUNT, 409, "programme-not-ready")
    receipt = await caller.done(f"{money}/advance", ACCOUNT, event="subsidy:claim:submitted", status=201)
    assert receipt["lines"] == 2
    await caller.refused(f"{money}/advance", ACCOUNT, 409, "programme-already-claimed")
    assert [(each["number"], each["stage"]) for each in (await caller.read(money))["claims"]] == [(receipt["number"], "advance")]
    await caller.be("jingban-b")
    await caller.refused(f"{money}/advance", ACCOUNT, 404, "programme-not-found")
    await caller.be("chushen")
    await caller.refused(f"{money}/advance", ACCOUNT, 403, "not-allowed")
