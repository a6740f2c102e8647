"""The fund over the API: the same services as the pages, each act once per Idempotency-Key, nothing of it for who may not."""

from datetime import timedelta

import httpx

from tests.fund.ledger_world import assert_sound
from tests.fund.web_world import payable_claim
from tests.people import code_of, enter
from tests.web.conftest import assert_problem
from training_admin.kit.clock import FixedClock

API = "/api/v1/fund"
GRANT = {"year": 2026, "sub_fund": "enterprise", "subject_code": "205", "paper": "松财〔2026〕9号", "amount_fen": 100_050}


async def test_budgets_entries_and_grants_over_the_api(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "caijing", clock)
    key = {"idempotency-key": "grant-0001"}
    first = await visitor.post(f"{API}/grants", json=GRANT, headers=key)
    assert first.status_code == 201, first.text
    assert (await visitor.post(f"{API}/grants", json=GRANT, headers=key)).json() == first.json()
    reused = await visitor.post(f"{API}/grants", json=GRANT | {"amount_fen": 7}, headers=key)
    assert_problem(reused, 422, "idempotency-key-reused")
    assert_problem(await visitor.post(f"{API}/grants", json=GRANT), 400, "invalid-request")
    assert_problem(
        await visitor.post(f"{API}/grants", json=GRANT | {"amount_fen": 0}, headers={"idempotency-key": "grant-0002"}),
        422,
        "budget-refused",
    )
    # A misspelt field is no field: the money would go into the budget of all streams.
    misspelt = await visitor.post(f"{API}/grants", json=GRANT | {"streams": "职业技能类"}, headers={"idempotency-key": "grant-0003"})
    assert_problem(misspelt, 400, "invalid-request")
    budget = (await visitor.get(f"{API}/budgets?year=2026")).json()[0]
    assert budget["balances"]["available"] == {"amount_fen": 100_050, "display": "1,000.50"}
    page = (await visitor.get(f"{API}/budgets/{budget['id']}/entries?limit=1")).json()
    assert len(page["entries"]) == 1
    rest = (await visitor.get(f"{API}/budgets/{budget['id']}/entries?limit=1&cursor={page['next_cursor']}")).json()
    assert {page["entries"][0]["account"], rest["entries"][0]["account"]} == {"granted", "available"}
    assert_problem(await visitor.get(f"{API}/budgets/999999/entries"), 404, "budget-not-found")
    await enter(visitor, "caizheng", clock)
    assert (await visitor.get(f"{API}/budgets")).status_code == 200
    assert_problem(await visitor.post(f"{API}/grants", json=GRANT, headers=key), 403, "not-allowed")
    await enter(visitor, "chushen", clock)
    assert_problem(await visitor.get(f"{API}/budgets"), 403, "not-allowed")


async def test_a_batch_is_made_and_settled_over_the_api(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    claim = await payable_claim(clock)
    await enter(visitor, "caijing", clock)
    subject = (await visitor.get("/payments")).text.partition('name="subjects" value="')[2].partition('"')[0]
    key = {"idempotency-key": "batch-0001"}
    made = await visitor.post(f"{API}/batches", json={"subjects": [subject]}, headers=key)
    assert made.status_code == 201, made.text
    number = made.json()["number"]
    assert (await visitor.post(f"{API}/batches", json={"subjects": [subject]}, headers=key)).json() == made.json()
    again = await visitor.post(f"{API}/batches", json={"subjects": [subject]}, headers={"idempotency-key": "batch-0002"})
    assert_problem(again, 409, "nothing-due")
    detail = (await visitor.get(f"{API}/batches/{number}")).json()
    assert detail["items"][0]["cases"] == [claim]
    assert "account" not in detail["items"][0]
    code, amount = detail["items"][0]["code"], detail["items"][0]["amount"]["amount_fen"]
    result = {"code": code, "paid": True, "amount_fen": amount, "reference": "Z1", "paid_on": "2026-06-01"}
    early = await visitor.post(
        f"{API}/bank-results", json={"batch": number, "results": [result]}, headers={"idempotency-key": "result-001"}
    )
    assert_problem(early, 409, "batch-moved")
    for login, act, state in (("caifu", "check", "checked"), ("fenguan", "approve", "approved"), ("caijing", "send", "sent")):
        person = await enter(visitor, login, clock)
        address, key = f"{API}/batches/{number}/{act}", {"idempotency-key": f"{act}-0001"}
        assert_problem(await visitor.post(f"{API}/batches/PC20269999/{act}", headers=key), 404, "batch-not-found")
        assert_problem(await visitor.post(address, headers=key), 403, "step-up-needed")
        assert_problem(await visitor.post(address, headers=key | {"x-second-factor": "000000"}), 401, "step-up-refused")
        proof = {"x-second-factor": code_of(person, clock)}
        done = await visitor.post(address, headers=key | proof)
        assert (done.status_code, done.json().get("state")) == (200, state), done.text
        assert_problem(await visitor.post(address, headers={"idempotency-key": f"{act}-0002"} | proof), 401, "step-up-refused")
        clock.move(timedelta(seconds=30))
        # The same request with the next code: nothing is done twice, the answer is the same.
        again = await visitor.post(address, headers=key | {"x-second-factor": code_of(person, clock)})
        assert again.json() == done.json()
    wrong = await visitor.post(
        f"{API}/bank-results", json={"batch": number, "results": [result | {"amount_fen": 1}]}, headers={"idempotency-key": "result-002"}
    )
    assert assert_problem(wrong, 422, "bank-results-refused")["count"] == 1
    for _twice in range(2):
        settled = await visitor.post(
            f"{API}/bank-results", json={"batch": number, "results": [result]}, headers={"idempotency-key": "result-001"}
        )
        assert settled.json() == {"recorded": 1}
    assert (await visitor.get(f"{API}/batches")).json()["batches"][0]["state"] == "settled"
    assert_problem(await visitor.get(f"{API}/batches/PC20269999"), 404, "batch-not-found")
    await assert_sound()


async def test_a_batch_is_voided_and_returned_money_reused_over_the_api(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await payable_claim(clock)
    await enter(visitor, "caijing", clock)
    subject = (await visitor.get("/payments")).text.partition('name="subjects" value="')[2].partition('"')[0]
    made = await visitor.post(f"{API}/batches", json={"subjects": [subject]}, headers={"idempotency-key": "batch-0003"})
    number, budget = made.json()["number"], (await visitor.get(f"{API}/budgets?year=2026")).json()[0]["id"]
    wanted = {"amount_fen": 100, "ground": "财政意见"}
    more = await visitor.post(f"{API}/budgets/{budget}/reuses", json=wanted, headers={"idempotency-key": "reuse-0001"})
    assert_problem(more, 422, "reuse-refused")
    person = await enter(visitor, "caifu", clock)
    decision = await visitor.post(f"{API}/reuses/TK20269999/decision", json={"sign": True}, headers={"idempotency-key": "reuse-0002"})
    assert_problem(decision, 404, "reuse-not-found")
    headers = {"idempotency-key": "void-0001", "x-second-factor": code_of(person, clock)}
    done = await visitor.post(f"{API}/batches/{number}/void", json={"reason": "重新编制"}, headers=headers)
    assert (done.status_code, done.json().get("state")) == (200, "voided"), done.text
    await assert_sound()
