"""Deliveries over the web: page without script and JSON API, receipts, refusals that list each wrong cell, the template."""

import csv
import io
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.people import enter
from tests.subsidy.register_books import INSURANCE, SOURCE, changed, document, register_book
from tests.web.conftest import assert_problem, form_token, sample
from training_admin.kit.clock import FixedClock
from training_admin.web import WORKBOOK_TYPE

WORKBOOK_MAGIC = b"PK\x03\x04"
Upload = dict[str, tuple[str, bytes, str]]


@pytest_asyncio.fixture
async def client(visitor: httpx.AsyncClient, clock: FixedClock) -> httpx.AsyncClient:
    """The browser of a first reviewer, who takes deliveries in."""
    await enter(visitor, "chushen", clock)
    return visitor


def upload(content: bytes) -> Upload:
    """A register workbook as a multipart file."""
    return {"file": ("登记.xlsx", content, WORKBOOK_TYPE)}


def wrong_book() -> bytes:
    """A delivery with two wrong cells."""

    def change(tables: dict[str, Any]) -> None:
        tables[INSURANCE][4][1] = 310100197811200031
        tables[INSURANCE][6][0] = "四月"

    return changed(document("B"), change)


async def test_a_delivery_goes_from_the_form_to_the_list(client: httpx.AsyncClient) -> None:
    token, book = await form_token(client, "/deliveries"), register_book(document("B"))
    answer = await client.post("/deliveries", data=token, files=upload(book))
    assert answer.status_code == 303, answer.text
    page = await client.get(answer.headers["location"])
    for words in ("登记数据已导入", "没有需要重新核验的申报", SOURCE, "2026年6月1日 09:30", f">{document('B').row_count}<"):
        assert words in page.text
    again = await client.post("/deliveries", data={**token, "source": "别处"}, files=upload(book))
    page = await client.get(again.headers["location"])
    assert "没有重复导入" in page.text
    assert "别处" not in page.text


@pytest.mark.usefixtures("submitted")
async def test_the_page_says_how_many_claims_are_assessed_again(client: httpx.AsyncClient) -> None:
    token = await form_token(client, "/deliveries")
    answer = await client.post("/deliveries", data=token, files=upload(register_book(document("B"))))
    assert "涉及 1 份已提交的申报" in (await client.get(answer.headers["location"])).text


async def test_a_refused_delivery_lists_each_wrong_cell_on_the_page(client: httpx.AsyncClient) -> None:
    token = await form_token(client, "/deliveries")
    refused = await client.post("/deliveries", data={**token, "source": "区社保中心"}, files=upload(wrong_book()))
    assert_problem(refused, 422, "registers-incomplete")
    for words in ("待更正的单元格（2）", "B5", "ID_AS_NUMBER", "A7", "无法识别为月份", 'value="区社保中心"', "还没有接收登记数据"):
        assert words in refused.text
    assert "310100" not in refused.text
    nothing = await client.post("/deliveries", data=token, files={"file": ("", b"", "application/octet-stream")})
    assert_problem(nothing, 422, "file-missing")
    assert "登记数据文件" in nothing.text
    csv_file = await client.post("/deliveries", data=token, files={"file": ("登记.csv", "甲,乙\n".encode(), "text/csv")})
    assert_problem(csv_file, 422, "workbook-is-text")


async def test_a_form_without_its_token_is_refused(client: httpx.AsyncClient) -> None:
    assert_problem(await client.post("/deliveries", data={"source": "区社保中心"}), 403, "forbidden")


async def test_a_source_never_becomes_markup(client: httpx.AsyncClient) -> None:
    token = await form_token(client, "/deliveries")
    await client.post("/deliveries", data={**token, "source": "<script>=1</script>"}, files=upload(register_book(document("A"))))
    page = await client.get("/deliveries")
    assert "&lt;script&gt;" in page.text
    assert "<script>=1" not in page.text


async def test_deliveries_are_listed_in_pages_and_as_csv(client: httpx.AsyncClient) -> None:
    for number in range(27):
        delivered = await client.post(
            "/api/v1/deliveries",
            files={"file": ("r.json", b" " * number + sample("registers_A.json"), "")},
            data={"source": f"来源{number:02d}"},
        )
        assert delivered.status_code == 201, delivered.text
    first = await client.get("/deliveries")
    assert "来源26" in first.text
    assert "来源01" not in first.text
    oldest = int(delivered.json()["delivery"]) - 24
    assert f"/deliveries?cursor={oldest}" in first.text
    second = await client.get("/deliveries", params={"cursor": oldest})
    assert ("来源01" in second.text, "来源02" in second.text, "回到第一页" in second.text) == (True, False, True)
    rows = list(csv.reader(io.StringIO((await client.get("/deliveries.csv")).content.decode("utf-8-sig"))))
    assert len(rows) == 28
    assert rows[1][1:3] == ["来源26", "2026-06-01"]
    assert_problem(await client.get("/deliveries", params={"cursor": "x"}), 400, "bad-cursor")
    assert_problem(await client.get("/deliveries", params={"received": "0"}), 400, "invalid-request")


async def test_the_api_receives_both_kinds_and_tells_the_claims(client: httpx.AsyncClient, number: str) -> None:
    book = register_book(document("B"))
    received = await client.post("/api/v1/deliveries", files=upload(book))
    assert received.status_code == 201, received.text
    receipt = received.json()
    assert (receipt["rows"], receipt["claims"], receipt["already_there"]) == (document("B").row_count, [number], False)
    again = await client.post("/api/v1/deliveries", files=upload(book))
    assert again.json() == {**receipt, "claims": [], "already_there": True}
    listed = (await client.get("/api/v1/deliveries", params={"limit": 1})).json()
    assert listed["deliveries"] == [
        {
            "delivery": receipt["delivery"],
            "source": SOURCE,
            "as_of": "2026-06-01",
            "received_at": "2026-06-01T09:30:00+08:00",
            "rows": document("B").row_count,
        }
    ]
    older = (await client.get("/api/v1/deliveries", params={"cursor": listed["next_cursor"]})).json()
    assert [each["source"] for each in older["deliveries"]] == ["测试交付", "测试交付"]
    assert older["next_cursor"] is None


async def test_the_api_refuses_with_every_wrong_cell(client: httpx.AsyncClient) -> None:
    problem = assert_problem(await client.post("/api/v1/deliveries", files=upload(wrong_book())), 422, "registers-incomplete")
    assert [(cell["sheet"], cell["cell"], cell["code"]) for cell in problem["cells"]] == [
        (INSURANCE, "B5", "ID_AS_NUMBER"),
        (INSURANCE, "A7", "DATE"),
    ]
    sourceless = await client.post("/api/v1/deliveries", files={"file": ("r.json", sample("registers_A.json"), "")})
    assert_problem(sourceless, 422, "registers-unreadable")
    assert_problem(await client.post("/api/v1/deliveries", files={"file": ("r.json", b"", "")}), 422, "file-missing")
    assert (await client.get("/api/v1/deliveries")).json() == {"deliveries": [], "next_cursor": None}


@pytest.mark.parametrize("address", ["/template/registers.xlsx", "/api/v1/templates/registers"])
async def test_the_template_is_offered(client: httpx.AsyncClient, address: str) -> None:
    answer = await client.get(address)
    assert answer.content.startswith(WORKBOOK_MAGIC)
    assert "filename*=UTF-8''%E7%99%BB%E8%AE%B0" in answer.headers["content-disposition"]


async def test_who_only_reads_deliveries_gets_no_form_and_an_enterprise_gets_nothing(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "fushen", clock)
    page = await visitor.get("/deliveries")
    assert "已接收的登记数据" in page.text
    assert "上传并导入" not in page.text
    assert (await visitor.post("/api/v1/deliveries", files=upload(register_book(document("B"))))).status_code == 403
    await enter(visitor, "jingban-b", clock)
    assert (await visitor.get("/deliveries")).status_code == 403
    assert (await visitor.get("/api/v1/deliveries")).status_code == 403
