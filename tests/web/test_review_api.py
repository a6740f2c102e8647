"""Reviewing over the JSON API: queue, timeline with its ETag, acts and words that need If-Match."""

import httpx

from tests.people import enter
from tests.subsidy.test_reviewing import LIFE, do
from tests.web.conftest import assert_problem
from training_admin.kit.clock import FixedClock
from training_admin.subsidy.review_states import Act

API = "/api/v1"


async def tag_of(client: httpx.AsyncClient, number: str) -> dict[str, str]:
    """The header with which one acts on what one has read."""
    answer = await client.get(f"{API}/claims/{number}/timeline")
    assert answer.status_code == 200, answer.text
    return {"if-match": answer.headers["etag"]}


async def test_acts_need_the_version_that_was_read(visitor: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    at = f"{API}/claims/{number}"
    await enter(visitor, "chushen", clock)
    queue = (await visitor.get(f"{API}/review?limit=1")).json()
    assert [each["number"] for each in queue["claims"]] == [number]
    assert queue["claims"][0]["days_left"] >= 0
    order = {"act": "accept"}
    assert_problem(await visitor.post(f"{at}/acts", json=order), 428, "version-required")
    for stale in ('"9"', "*", "1"):
        assert_problem(await visitor.post(f"{at}/acts", json=order, headers={"if-match": stale}), 412, "version-stale")
    tag = await tag_of(visitor, number)
    done = await visitor.post(f"{at}/acts", json=order, headers=tag)
    assert (done.status_code, done.json()["state"], done.headers["etag"]) == (200, "accepted", '"2"')
    assert_problem(await visitor.post(f"{at}/acts", json={"act": "first"}, headers=tag), 412, "version-stale")
    assert_problem(await visitor.post(f"{at}/acts", json={"act": "resubmit"}, headers=tag), 422, "review-refused")
    assert_problem(await visitor.post(f"{at}/acts", json={"act": "second"}, headers=tag), 403, "not-allowed")
    for asked in (["长" * 301], ["补"] * 201, ["补 310100199001010010 的材料"], [" "]):
        wrong = {"act": "return", "opinion": "请补正", "asked": asked}
        assert_problem(await visitor.post(f"{at}/acts", json=wrong, headers=await tag_of(visitor, number)), 422, "review-refused")
    returned = {"act": "return", "opinion": "请补正", "asked": ["补发票"]}
    done = await visitor.post(f"{at}/acts", json=returned, headers=await tag_of(visitor, number))
    assert done.json()["state"] == "returned"
    timeline = (await visitor.get(f"{at}/timeline")).json()
    assert timeline["steps"][-1]["asked"] == ["补发票"]
    assert timeline["acts"] == []


async def test_words_are_said_over_the_version_that_was_read(visitor: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    at = f"{API}/claims/{number}"
    await enter(visitor, "chushen", clock)
    word = {"rows": [4, 5], "word": "refuse", "reason": "冒名"}
    assert_problem(await visitor.post(f"{at}/words", json=word, headers=await tag_of(visitor, number)), 409, "claim-word-not-now")
    tag = await tag_of(visitor, number)
    await do("chushen", number, Act.ACCEPT, clock)
    assert_problem(await visitor.post(f"{at}/words", json=word, headers=tag), 412, "version-stale")
    said = await visitor.post(f"{at}/words", json=word, headers=await tag_of(visitor, number))
    assert said.json() == {"rows": 2}
    timeline = (await visitor.get(f"{at}/timeline")).json()
    assert [(each["row"], each["word"]) for each in timeline["words"]] == [(4, "refuse"), (5, "refuse")]
    assert timeline["determined"]["amount_fen"] < 3_456_000
    bad = await visitor.post(f"{at}/words", json={**word, "word": "pay"}, headers=tag)
    assert bad.status_code == 400


async def test_an_enterprise_withdraws_and_appeals(client: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    at = f"{API}/claims/{number}"
    assert_problem(await client.get(f"{API}/review"), 403, "not-allowed")
    assert_problem(await client.post(f"{at}/appeals", json={"words": "请复核"}), 409, "appeal-not-now")
    for act, login in (*LIFE[:3], (Act.REFUSE, "shending")):
        await do(login, number, act, clock)
    made = await client.post(f"{at}/appeals", json={"words": "请复核"})
    assert made.status_code == 201
    assert made.json()["number"].startswith("FH2026")
    assert_problem(await client.post(f"{at}/appeals", json={"words": "请复核"}), 409, "appeal-not-now")
    stale = await client.post(f"{at}/withdrawal", json={}, headers={"if-match": '"1"'})
    assert_problem(stale, 412, "version-stale")
    late = await client.post(f"{at}/withdrawal", json={}, headers=await tag_of(client, number))
    assert_problem(late, 409, "claim-illegal-move")
