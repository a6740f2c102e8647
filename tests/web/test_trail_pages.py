"""Pages of the trail: the auditor's and the audit administrator's, filters in the address, a row with its hashes, a list to keep."""

import httpx
import pytest

from tests.people import enter
from tests.web.conftest import assert_problem, form_token
from training_admin.kit.clock import FixedClock

REGION = "操作留痕"


@pytest.mark.parametrize("login", ["shenji", "shenguan"])
async def test_the_trail_is_read_filtered_and_kept(visitor: httpx.AsyncClient, clock: FixedClock, login: str) -> None:
    await enter(visitor, "chushen", clock)
    person = await enter(visitor, login, clock)
    shown = (await visitor.get("/trail")).text
    for words in (REGION, "签名校验码", "开立账户", person.actor.key):
        assert words in shown
    found = await visitor.get("/trail", params={"event": "accounts:account:opened", "start": "2026-06-01", "end": "2026-06-01"})
    assert "开立账户" in found.text
    assert "没有符合条件的留痕" in (await visitor.get("/trail", params={"subject": "none"})).text
    row = (await visitor.get("/trail/1")).text
    assert "这一行完好" in row
    assert "前一行摘要" in row
    assert_problem(await visitor.get("/trail/999999999999999999999"), 404, "trail-row-not-found")
    assert_problem(await visitor.get("/trail", params={"start": "soon"}), 422, "trail-filter-refused")
    assert_problem(await visitor.get("/trail", params={"cursor": "x"}), 400, "bad-cursor")

    token = await form_token(visitor, "/trail")
    kept = await visitor.post("/trail/list", data={**token, "event": "accounts"})
    assert kept.headers["content-type"].startswith("text/csv")
    assert "导出时的末行：第" in kept.text
    assert "登记单位" in kept.text
    assert_problem(await visitor.post("/trail/list", data={**token, "end": "soon"}), 422, "trail-filter-refused")
    assert "导出留痕清单" in (await visitor.get("/trail")).text
