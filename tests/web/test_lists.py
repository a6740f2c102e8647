"""Pages of 名单库: read by everybody, changed by two persons, by form or workbook, exported."""

import httpx

from tests.parties.test_list_facts import KEY
from tests.parties.test_list_workbooks import book
from tests.people import enter
from tests.web.conftest import assert_problem, form_token
from tests.web.test_pages import table
from training_admin.kit.clock import FixedClock
from training_admin.parties.list_facts import ListKind
from training_admin.parties.list_workbooks import list_workbook, read_list_workbook
from training_admin.web import WORKBOOK_TYPE

ENTRY = {
    "kind": "priority_industry",
    "code": "c34",
    "name": "通用设备制造业",
    "valid_from": "2026-01-01",
    "valid_to": "",
    "paper": "测试文件〔2026〕1号",
    "standing": "S",
    "why": "新文件印发",
}


async def uploaded(client: httpx.AsyncClient, content: bytes) -> httpx.Response:
    token = await form_token(client, "/lists/changes/new")
    files = {"file": ("名单.xlsx", content, WORKBOOK_TYPE)}
    return await client.post("/lists/changes/workbook", data={"kind": "key_enterprise", "why": "年度名单", **token}, files=files)


async def test_an_entry_goes_from_form_to_list(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "zhengce", clock)
    token = await form_token(visitor, "/lists/changes/new?kind=priority_industry")
    wrong = await visitor.post("/lists/changes", data={**ENTRY, "code": "34", **token})
    assert_problem(wrong, 422, "list-refused")
    assert 'value="通用设备制造业"' in wrong.text
    assert_problem(await visitor.post("/lists/changes", data={**ENTRY, "valid_from": "soon", **token}), 422, "list-refused")
    made = await visitor.post("/lists/changes", data={**ENTRY, **token})
    assert made.status_code == 303, made.text
    address = made.headers["location"]
    assert "待审批" in (await visitor.get(address)).text
    assert "批准</button>" not in (await visitor.get(address)).text

    await enter(visitor, "zhengshen", clock)
    token = await form_token(visitor, address)
    assert_problem(await visitor.post(f"{address}/decide", data=token), 422, "list-refused")
    assert (await visitor.post(f"{address}/decide", data={"act": "approve", **token})).status_code == 303
    assert_problem(await visitor.post(f"{address}/decide", data={"act": "approve", **token}), 409, "list-decided")
    assert "已批准" in (await visitor.get("/lists/changes")).text
    assert table(await visitor.get("/lists/changes.csv"))[1][1:3] == ["重点产业", "1"]
    missing = "/lists/changes/MD20269999"
    assert_problem(await visitor.get(missing), 404, "list-change-not-found")
    assert (await visitor.post(f"{missing}/decide", data={"act": "approve", **token})).status_code == 404

    visitor.cookies.clear()
    page = (await visitor.get("/lists?kind=priority_industry")).text
    assert "通用设备制造业" in page
    assert "测试文件〔2026〕1号" in page
    assert table(await visitor.get("/lists.csv?kind=priority_industry"))[1][1] == "C34"
    assert "名单中没有条目" in (await visitor.get("/lists?kind=nonsense&history=true")).text


async def test_a_workbook_is_uploaded_or_refused_cell_by_cell(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "zhengce", clock)
    assert_problem(await uploaded(visitor, b""), 422, "list-refused")
    assert_problem(await uploaded(visitor, b"no workbook"), 422, "workbook-is-text")
    wrong = await uploaded(visitor, book(ListKind.KEY_ENTERPRISE, ["123", "企业", "2026-01-01", "", "文件", "有据"]))
    assert_problem(wrong, 422, "list-refused")
    assert "A2" in wrong.text
    made = await uploaded(visitor, list_workbook(ListKind.KEY_ENTERPRISE, [KEY]))
    assert made.status_code == 303, made.text

    await enter(visitor, "zhengshen", clock)
    address = made.headers["location"]
    token = await form_token(visitor, address)
    assert (await visitor.post(f"{address}/decide", data={"act": "approve", **token})).status_code == 303
    answer = await visitor.get("/lists.xlsx?kind=key_enterprise")
    assert read_list_workbook(answer.content, ListKind.KEY_ENTERPRISE).entries == (KEY,)
