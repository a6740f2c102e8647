"""Programmes over the API: the same acts as on the pages, each created once per key, nothing of them for who may not or is elsewhere."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.apprenticeship.drafts import STARTS, approved, entrant, tutors
from tests.fund.ledger_world import granted
from tests.people import enter, sign_in_as
from tests.subsidy.programme_world import registers
from tests.web.conftest import assert_problem
from training_admin.apprenticeship import programmes
from training_admin.apprenticeship.people_reading import people_workbook
from training_admin.database import fetch_tuples, read_transaction
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.subsidy.deliveries import receive_registers

API = "/api/v1/programmes"
DRAFT: dict[str, Any] = {
    "institution": INSTITUTION,
    "occupation": "6-18-02-04",
    "occupation_name": "焊工",
    "level": "4",
    "starts": STARTS.isoformat(),
    "months": 12,
    "planned": {"general": 7500, "basics": 10500, "practice": 32000, "online": 0},
    "cooperation_on": "2026-06-01",
    "cooperation_mode": "校企双师联合培养",
    "credit_system": True,
    "student_status": True,
    "video_centihours": 10_000,
}
ACCOUNT = {"bank": "中国工商银行松江支行", "account": "1001234567890123456", "holder": "上海松江样例精密机械有限公司（A）"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def keyed(key: str) -> dict[str, str]:
    return {"idempotency-key": key}


async def drafted(visitor: httpx.AsyncClient, clock: FixedClock) -> str:
    await sign_in_as("jiaowu", clock)
    await enter(visitor, "jingban-a", clock)
    made = await visitor.post(API, json=DRAFT, headers=keyed("draft-0001"))
    assert made.status_code == 201, made.text
    return str(made.json()["number"])


async def people_put(visitor: httpx.AsyncClient, number: str, content: bytes) -> httpx.Response:
    return await visitor.post(f"{API}/{number}/people", files={"file": ("名单.xlsx", content, XLSX)})


async def test_a_programme_is_drafted_signed_filed_and_decided_over_the_api(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await drafted(visitor, clock)
    again = await visitor.post(API, json=DRAFT, headers=keyed("draft-0001"))
    assert (again.status_code, again.json()["number"], again.headers["location"]) == (201, number, f"{API}/{number}")
    assert_problem(await visitor.post(API, json=DRAFT | {"months": 18}, headers=keyed("draft-0001")), 422, "idempotency-key-reused")
    assert_problem(await visitor.post(API, json=DRAFT), 400, "invalid-request")
    assert_problem(await visitor.post(API, json=DRAFT | {"institution": "X"}, headers=keyed("draft-0002")), 422, "programme-refused")
    wrong = await people_put(visitor, number, people_workbook(tutors(), [entrant(1, mentor="无此人")]))
    assert assert_problem(wrong, 422, "programme-people-wrong")["count"] == 1
    taken = await people_put(visitor, number, people_workbook(tutors(), [entrant(1), entrant(2)]))
    assert taken.json() == {"number": number, "people": 2}
    moved = await visitor.post(f"{API}/{number}/plan", json=DRAFT | {"cooperation_duties": "企业发放津贴"})
    assert moved.json()["plan"]["cooperation_duties"] == "企业发放津贴"
    stale = await visitor.post(f"{API}/{number}/plan", json=DRAFT | {"moved": moved.json()["moved"] - 1})
    assert_problem(stale, 409, "programme-moved")
    assert (await visitor.post(f"{API}/{number}/offer")).json()["state"] == "signing"
    for login in ("qianzi-a", "jiaowu"):
        await enter(visitor, login, clock)
        seen = (await visitor.get(f"{API}/{number}")).json()["moved"]
        # A signature is a person's own: it is given on the page, no program gives it.
        assert (await visitor.post(f"{API}/{number}/sign", json={"moved": seen})).status_code == 404
        await programmes.sign_programme((await sign_in_as(login, clock)).actor, number, moved=seen, clock=clock)
        assert len((await visitor.get(f"{API}/{number}")).json()["signed_sha256"]) == 64
    await enter(visitor, "jingban-a", clock)
    filed = (await visitor.post(f"{API}/{number}/submit")).json()
    assert (filed["state"], [each["masked_number"][4:-2] for each in filed["people"]]) == ("submitted", ["*" * 12] * 2)
    decision = {"decision": "approve", "moved": filed["moved"]}
    assert_problem(await visitor.post(f"{API}/{number}/decision", json=decision), 403, "not-allowed")
    await enter(visitor, "chushen", clock)
    assert_problem(await visitor.post(f"{API}/{number}/decision", json=decision | {"decision": "return"}), 422, "programme-refused")
    assert (await visitor.post(f"{API}/{number}/decision", json=decision)).json()["state_words"] == "已备案"
    assert_problem(await visitor.post(f"{API}/{number}/decision", json=decision), 409, "programme-moved")


async def test_a_list_is_paged_and_another_enterprise_sees_nothing(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    first = await drafted(visitor, clock)
    second = (await visitor.post(API, json=DRAFT, headers=keyed("draft-0003"))).json()["number"]
    page = (await visitor.get(f"{API}?limit=1")).json()
    rest = (await visitor.get(f"{API}?limit=1&cursor={page['next_cursor']}&state=draft")).json()
    assert [page["programmes"][0]["number"], rest["programmes"][0]["number"], rest["next_cursor"]] == [second, first, None]
    await enter(visitor, "jingban-b", clock)
    assert (await visitor.get(API)).json() == {"programmes": [], "next_cursor": None}
    for method, path, body in (
        ("GET", "", None),
        ("POST", "/plan", DRAFT),
        ("POST", "/offer", None),
        ("POST", "/submit", None),
        ("POST", "/withdraw", None),
        ("POST", "/end", None),
        ("GET", "/changes", None),
        ("GET", "/months", None),
        ("GET", "/months/2026-07", None),
        ("POST", "/months/2026-07", {"seen": 0, "people": [{"serial": 1, "wage": 1}]}),
        ("GET", "/money", None),
        ("POST", "/money/advance", ACCOUNT),
        ("POST", "/changes", {"kind": "left", "row": 1, "happened_on": "2026-07-02", "reason": "离职"}),
    ):
        answer = await visitor.request(method, f"{API}/{first}{path}", json=body, headers=keyed(f"other-{len(path):04d}{method}"))
        assert_problem(answer, 404, "programme-not-found")


async def test_changes_are_asked_once_and_decided_by_another(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await approved(clock)
    clock.move(timedelta(days=120))
    await enter(visitor, "jingban-a", clock)
    wanted = {"kind": "left", "row": 2, "happened_on": "2026-09-10", "reason": "个人原因"}
    asked = await visitor.post(f"{API}/{number}/changes", json=wanted, headers=keyed("change-001"))
    assert asked.status_code == 201, asked.text
    change = asked.json()["change"]
    assert (await visitor.post(f"{API}/{number}/changes", json=wanted, headers=keyed("change-001"))).json()["change"] == change
    assert len((await visitor.get(f"{API}/{number}/changes")).json()) == 1
    assert_problem(await visitor.post(f"{API}/{number}/changes", json=wanted, headers=keyed("change-002")), 422, "programme-refused")
    assert_problem(await visitor.post(f"{API}/{number}/changes/{change}/decision", json={"approve": True}), 403, "not-allowed")
    await enter(visitor, "chushen", clock)
    assert_problem(await visitor.post(f"{API}/{number}/changes/999999/decision", json={"approve": True}), 404, "programme-change-not-found")
    (told,) = (await visitor.post(f"{API}/{number}/changes/{change}/decision", json={"approve": True})).json()
    assert (told["decision"], told["kind_words"], told["row"]) == ("approved", "学徒离职", 2)
    assert (await visitor.get(f"{API}/{number}")).json()["people"][1]["outcome"] == "left"


async def test_months_are_told_by_each_side_for_itself_over_what_was_seen(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await approved(clock, 2)
    clock.move(timedelta(days=75))
    await enter(visitor, "jingban-a", clock)
    months = (await visitor.get(f"{API}/{number}/months")).json()
    assert (months["sides"], months["months"][0]["month"], months["months"][0]["missing"]["enterprise"]) == (["enterprise"], "2026-07", 2)
    address = f"{API}/{number}/months/2026-07"
    body = {"seen": 0, "people": [{"serial": place, "practice": 2600, "mentor": 1000, "wage": 500_000} for place in (1, 2)]}
    assert (await visitor.post(address, json=body)).json() == {"number": number, "month": "2026-07", "records": 2}
    assert_problem(await visitor.post(address, json=body), 409, "months-moved")
    theory = {"seen": 2, "people": [{"serial": 1, "general": 600}]}
    assert_problem(await visitor.post(address, json=theory), 422, "month-refused")
    assert_problem(await visitor.post(address, json={"seen": 2, "people": [{"serial": 1}]}), 422, "month-refused")
    await enter(visitor, "jiaowu", clock)
    both = {"seen": 2, "people": [{"serial": place, "general": 600, "basics": 900, "online": 0} for place in (1, 2)]}
    assert (await visitor.post(address, json=both)).json()["records"] == 2
    shown = (await visitor.get(address)).json()
    assert (shown["people"][0]["values"]["wage"], shown["people"][0]["values"]["general"], shown["seen"]) == (500_000, 600, 4)
    async with read_transaction():
        assert await fetch_tuples("SELECT DISTINCT way FROM apprentice_month") == [("api",)]
    await enter(visitor, "chushen", clock)
    assert_problem(await visitor.post(address, json=both | {"seen": 4}), 403, "not-allowed")
    assert_problem(await visitor.get(f"{API}/{number}/months/2030-01"), 404, "month-not-found")


@pytest.mark.parametrize("stage", ["advance", "settlement"])
async def test_money_is_asked_for_once_and_only_when_it_is_time(visitor: httpx.AsyncClient, clock: FixedClock, stage: str) -> None:
    number = await approved(clock)
    await granted(10**9, clock)
    await receive_registers(DEMO, registers(3), source="测试交付", clock=clock)
    await enter(visitor, "jingban-a", clock)
    address = f"{API}/{number}/money/{stage}"
    assert_problem(
        await visitor.post(f"{API}/{number}/money/none", json=ACCOUNT, headers=keyed("money-0001")), 404, "programme-stage-not-found"
    )
    first = await visitor.post(address, json=ACCOUNT, headers=keyed("money-0002"))
    if stage == "settlement":
        assert_problem(first, 409, "programme-not-ready")
        return
    assert first.status_code == 201, first.text
    assert (await visitor.post(address, json=ACCOUNT, headers=keyed("money-0002"))).json() == first.json()
    assert_problem(await visitor.post(address, json=ACCOUNT, headers=keyed("money-0003")), 409, "programme-already-claimed")
    assert_problem(await visitor.post(address, json=ACCOUNT | {"account": "1"}, headers=keyed("money-0004")), 422, "account-refused")
    told = (await visitor.get(f"{API}/{number}/money")).json()
    assert [each["number"] for each in told["claims"]] == [first.json()["number"]]
    assert told["why_not"]["settlement"]
    await enter(visitor, "jiaowu", clock)
    assert_problem(await visitor.get(f"{API}/{number}/money"), 403, "not-allowed")
    assert_problem(await visitor.post(address, json=ACCOUNT, headers=keyed("money-0005")), 403, "not-allowed")
