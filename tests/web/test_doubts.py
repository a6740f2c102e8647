"""The pages of doubts: found, filtered, read with both sides, decided; reviewers read, firms see nothing; the queue knows them."""

import httpx
import pytest

from tests.audit.test_holding import FIRST, insured_elsewhere, only_doubt
from tests.people import assign_all, enter
from tests.subsidy.test_reviewing import submitted
from tests.web.test_fund import as_, post
from training_admin.audit.searching import search_after_assessment, search_period
from training_admin.database import read_transaction
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun, is_done
from training_admin.subsidy.assessing import CLAIM_ASSESSED


@pytest.fixture
async def case(client: httpx.AsyncClient, clock: FixedClock) -> str:
    del client
    number = await submitted(clock)
    await insured_elsewhere(clock, FIRST)
    run = JobRun(CLAIM_ASSESSED, f"{number}/1", clock)
    await search_after_assessment(run)
    await search_after_assessment(run)
    async with read_transaction():
        assert await is_done(run.entrypoint, run.key)
    return number


async def test_an_auditor_works_a_doubt_off(client: httpx.AsyncClient, clock: FixedClock, case: str) -> None:
    one = await only_doubt(case)
    await assign_all(clock)
    await enter(client, "shenji", clock)
    listed = (await client.get("/doubts", params={"state": "open", "severity": "HIGH", "rule": "AU-020", "wanted": case})).text
    assert one.number in listed
    assert "暂无数据" in listed
    assert one.number not in (await client.get("/doubts", params={"state": "false"})).text
    assert one.number in (await client.get("/doubts.csv", params={"start": "2026-06-01", "end": "x"})).text
    shown = (await client.get(f"/doubts/{one.number}")).text
    for words in ("比对来源", one.against, one.evidence[0][1], f"/claims/{case}/lines/{one.rows[0]}", "暂缓拨付"):
        assert words in shown
    assert FIRST not in shown + listed
    at = f"/doubts/{one.number}"
    refused = await post(client, at, f"{at}/decide", decision="false", reason="")
    assert (refused.status_code, "理由" in refused.text) == (422, True)
    done = await post(client, at, f"{at}/decide", decision="false", reason="补缴差错")
    assert done.status_code == 303, done.text
    assert "补缴差错" in (await client.get(f"/doubts/{one.number}")).text


async def test_a_reviewer_sees_it_in_his_lane_and_a_firm_never(client: httpx.AsyncClient, clock: FixedClock, case: str) -> None:
    one = await only_doubt(case)
    await search_period(COMMAND_LINE, clock.today(), clock.today(), clock=clock)
    await enter(client, "chushen", clock)
    assert case in (await client.get("/review", params={"lane": "doubted"})).text
    shown = await client.get(f"/doubts/{one.number}")
    assert (shown.status_code, "作出结论</button>" in shown.text) == (200, False)
    await as_(client, "jingban-a", clock)
    assert {(await client.get(path)).status_code for path in ("/doubts", f"/doubts/{one.number}", "/doubts.csv")} == {403}
    assert one.number not in (await client.get(f"/claims/{case}")).text


async def test_the_api_lists_reads_and_decides_once(client: httpx.AsyncClient, clock: FixedClock, case: str) -> None:
    one = await only_doubt(case)
    await assign_all(clock)
    await enter(client, "shenji", clock)
    listed = (await client.get("/api/v1/doubts", params={"wanted": case, "limit": 1, "rule": "AU-020"})).json()
    assert [(each["number"], each["holds_money"]) for each in listed["items"]] == [(one.number, True)]
    body, key = {"decision": "false", "reason": "补缴差错"}, {"Idempotency-Key": "doubt-decision-1"}
    answers = [await client.post(f"/api/v1/doubts/{one.number}/decisions", json=body, headers=key) for _again in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    detail = (await client.get(f"/api/v1/doubts/{one.number}")).json()
    assert [each["decision"] for each in detail["decisions"]] == ["false"]
    assert detail["doubt"]["state"] == "false"
    assert (await client.get("/api/v1/doubts/X")).status_code == 404
