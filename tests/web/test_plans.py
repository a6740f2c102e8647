"""Pages of 年度培训项目 without script: written, submitted, returned, approved, listed, exported."""

import httpx
import pytest

from tests.parties.resources import PDF, entered
from tests.people import enter
from tests.web.conftest import assert_problem, form_token
from tests.web.test_pages import table
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.clock import FixedClock
from training_admin.parties.institution_facts import ResourceKind

LINE = {
    "title": "焊工四级",
    "stream": "职业技能类",
    "people": "20",
    "budget": "40000.00",
    "way": "commissioned",
    "institution": INSTITUTION,
    "contract": "HT-1",
    "split": "per_head",
    "business": "主要工序",
}
HEAD = {
    "rate_bp": "150",
    "wages": "1000000.00",
    "set_aside": "14000.00",
    "used": "10000.00",
    "front_line": "6000.00",
    "rules": "true",
    "separate": "true",
    "approval": "congress",
}


async def begun(client: httpx.AsyncClient) -> str:
    token = await form_token(client, "/plans")
    answer = await client.post("/plans", data={"year": "2026", **token})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def headed(client: httpx.AsyncClient, address: str, changes: dict[str, str] | None = None, *, paper: bytes = PDF) -> httpx.Response:
    token = await form_token(client, address)
    return await client.post(
        f"{address}/head", data={**HEAD, **(changes or {}), **token}, files={"file": ("a.pdf", paper, "application/pdf")}
    )


async def test_a_plan_goes_from_form_to_approval(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await entered(clock, ResourceKind.LICENCE)
    await enter(visitor, "jingban-a", clock)
    address = await begun(visitor)
    page = (await visitor.get(address)).text
    assert "须先补齐" in page
    token = await form_token(visitor, address)
    assert_problem(await visitor.post(f"{address}/submit", data=token), 422, "plan-refused")
    assert (await headed(visitor, address)).status_code == 303
    assert (await visitor.post(f"{address}/lines", data={**LINE, **token})).status_code == 303
    assert (await visitor.post(f"{address}/lines", data={**LINE, "split": "", "way": "self", **token})).status_code == 303
    assert (await visitor.post(f"{address}/lines/2/remove", data=token)).status_code == 303
    assert_problem(await visitor.post(f"{address}/lines/2/remove", data=token), 409, "plan-not-open")
    shown = (await visitor.get(address)).text
    for words in ("集中培训，按人数分摊", "松江样例职业技能培训学校，协议 HT-1", "15,000.00", "低于工资总额的规定比例", "暂缓", "提示"):
        assert words in shown
    assert "须先补齐" not in shown
    assert (await visitor.post(f"{address}/submit", data=token)).status_code == 303
    assert "添加培训项目" not in (await visitor.get(address)).text

    await enter(visitor, "chushen", clock)
    token = await form_token(visitor, address)
    assert_problem(await visitor.post(f"{address}/decide", data={"act": "return", **token}), 422, "plan-refused")
    assert (await visitor.post(f"{address}/decide", data={"act": "return", "reason": "请补提经费", **token})).status_code == 303

    await enter(visitor, "jingban-a", clock)
    assert "请补提经费" in (await visitor.get(address)).text
    assert (await headed(visitor, address, {"set_aside": "15000.00"}, paper=b"")).status_code == 303
    token = await form_token(visitor, address)
    assert (await visitor.post(f"{address}/submit", data=token)).status_code == 303

    await enter(visitor, "chushen", clock)
    assert (await visitor.post(f"{address}/paper", data=token)).content == PDF
    assert (await visitor.post(f"{address}/decide", data={"act": "approve", **token})).status_code == 303
    assert "已通过" in (await visitor.get("/plans")).text
    assert table(await visitor.get("/plans.csv"))[1][4:8] == ["已通过", "1", "20", "40000.00"]
    assert table(await visitor.get(f"{address}/lines.csv"))[1][6:11] == ["委托培训", "松江样例职业技能培训学校", "HT-1", "是", "按人数分摊"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"wages": "many"}, id="no amount"),
        pytest.param({"rate_bp": "100"}, id="no such rate"),
        pytest.param({"approval": "boss"}, id="no such body"),
        pytest.param({"front_line": "10000.01"}, id="more than was used"),
    ],
)
async def test_a_wrong_levy_sheet_is_shown_again(visitor: httpx.AsyncClient, clock: FixedClock, changes: dict[str, str]) -> None:
    await enter(visitor, "jingban-a", clock)
    address = await begun(visitor)
    answer = await headed(visitor, address, changes)
    assert_problem(answer, 422, "plan-refused")
    assert 'value="14000.00"' in answer.text


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"title": ""}, id="no title"),
        pytest.param({"people": "0"}, id="nobody"),
        pytest.param({"budget": "-1"}, id="less than nothing"),
        pytest.param({"stream": "其他"}, id="no such stream"),
        pytest.param({"contract": "x" * 201}, id="too long"),
        pytest.param({"institution": ""}, id="nobody commissioned"),
    ],
)
async def test_a_wrong_project_is_shown_again(visitor: httpx.AsyncClient, clock: FixedClock, changes: dict[str, str]) -> None:
    await enter(visitor, "jingban-a", clock)
    address = await begun(visitor)
    answer = await visitor.post(f"{address}/lines", data={**LINE, **changes, **await form_token(visitor, address)})
    assert_problem(answer, 422, "plan-refused")
    assert "主要工序</textarea>" in answer.text


async def test_a_year_that_cannot_be_planned_and_a_plan_of_nobody(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "jingban-a", clock)
    token = await form_token(visitor, "/plans")
    assert_problem(await visitor.post("/plans", data={"year": "2019", **token}), 422, "plan-refused")
    address = "/plans/NJ202600099"
    assert_problem(await visitor.get(address), 404, "plan-not-found")
    for act in ("submit", "lines", "lines/1/remove"):
        assert (await visitor.post(f"{address}/{act}", data={**LINE, **token})).status_code == 404
    assert (await headed_nowhere(visitor, token)).status_code == 404


async def headed_nowhere(client: httpx.AsyncClient, token: dict[str, str]) -> httpx.Response:
    return await client.post("/plans/NJ202600099/head", data={**HEAD, **token}, files={"file": ("", b"", "x/y")})
