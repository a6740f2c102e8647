"""Pages of policy changes: proposed by one person, decided by another, old beside new."""

from typing import Any

import httpx
import pytest

from tests.people import enter
from tests.web.conftest import assert_problem, form_token
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.clock import FixedClock
from training_admin.kit.digest import canonical_json
from training_admin.policy.packs import open_pack

FIGURE = {
    "key": "att.person_min",
    "value": "85%",
    "start": "2026-07-01",
    "paper": "测试文件〔2026〕1号第三条",
    "standing": "S",
    "local_standing": "A",
    "why": "新文件印发",
}


async def proposed(client: httpx.AsyncClient, **changes: str) -> httpx.Response:
    token = await form_token(client, "/policy/proposals/new")
    return await client.post("/policy/proposals/figure", data={**FIGURE, **changes, **token})


async def test_a_figure_goes_from_form_to_use_by_two_persons(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "zhengce", clock)
    made = await proposed(visitor)
    assert made.status_code == 303, made.text
    address = made.headers["location"]
    own = (await visitor.get(address)).text
    assert "待审批" in own
    assert "批准并立即采用" not in own

    assert "目前没有待办事项" in (await visitor.get("/")).text

    await enter(visitor, "zhengshen", clock)
    assert "待审批的政策变更</a> 1 项" in (await visitor.get("/")).text
    shown = (await visitor.get(address)).text
    for words in ("80.00%", "85.00%", "暂定，不是政策规定", "测试文件〔2026〕1号第三条", "批准并立即采用"):
        assert words in shown
    token = await form_token(visitor, address)
    assert_problem(await visitor.post(f"{address}/decide", data={"act": "refuse", **token}), 422, "policy-proposal-refused")
    assert_problem(await visitor.post(f"{address}/decide", data=token), 422, "policy-proposal-incomplete")
    assert (await visitor.post(f"{address}/decide", data={"act": "approve", **token})).status_code == 303
    assert_problem(await visitor.post(f"{address}/decide", data={"act": "approve", **token}), 409, "policy-proposal-decided")
    assert "已批准" in (await visitor.get("/policy/proposals")).text
    assert "已批准" in (await visitor.get("/policy/proposals.csv")).text
    async with read_transaction():
        assert await fetch_tuples("SELECT value FROM policy_figure WHERE start = '2026-07-01'") == [("8500",)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"key": "no.such"}, "policy-proposal-incomplete", id="unknown key"),
        pytest.param({"start": "soon"}, "policy-proposal-incomplete", id="no day"),
        pytest.param({"standing": "Z"}, "policy-proposal-incomplete", id="no standing"),
        pytest.param({"value": "lots"}, "policy-figure-refused", id="no value"),
        pytest.param({"why": ""}, "policy-proposal-refused", id="no reason"),
    ],
)
async def test_a_wrong_form_is_shown_again_with_what_was_typed(
    visitor: httpx.AsyncClient, clock: FixedClock, changes: dict[str, str], code: str
) -> None:
    await enter(visitor, "zhengce", clock)
    answer = await proposed(visitor, **changes)
    assert_problem(answer, 422, code)
    assert 'value="测试文件〔2026〕1号第三条"' in answer.text


async def test_a_pack_is_proposed_by_name_or_as_a_file(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "zhengce", clock)
    token = await form_token(visitor, "/policy/proposals/new")
    form: dict[str, Any] = {"why": "新区县", **token}

    async def sent(file: bytes = b"", **more: str) -> httpx.Response:
        return await visitor.post("/policy/proposals/pack", data={**form, **more}, files={"file": ("pack.json", file, "application/json")})

    assert_problem(await sent(), 422, "policy-proposal-incomplete")
    assert_problem(await sent(b"{}"), 422, "policy-pack-unreadable")
    assert_problem(await sent(shipped="../../etc/passwd"), 404, "policy-pack-not-found")
    assert (await sent(shipped="luliang-2021")).status_code == 303
    uploaded = await sent(canonical_json(open_pack("tianjin-2022").file))
    assert "采用政策包" in (await visitor.get(uploaded.headers["location"])).text
    assert (await visitor.get("/policy/proposals/ZC20269999")).status_code == 404
