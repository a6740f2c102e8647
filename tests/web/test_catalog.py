"""The public catalog on its pages and over the API, by somebody who is not signed in."""

import csv
import io

import httpx
import pytest

from tests.web.conftest import assert_problem
from training_admin.catalog.columns import HEADER

pytestmark = pytest.mark.usefixtures("district")


async def test_anybody_can_search_and_open_an_item(visitor: httpx.AsyncClient) -> None:
    listed = await visitor.get("/catalog", params={"word": "hg", "level": "4", "day": "2026-06-01"})
    assert listed.status_code == 200
    assert "焊工（四级）" in listed.text
    assert "车工（四级）" not in listed.text
    item = await visitor.get("/catalog/SJ2026-B-056")
    assert "价格沿革" in item.text
    assert "暂定，不是政策规定" in item.text
    assert_problem(await visitor.get("/catalog/SJ2026-X-000"), 404, "catalog-item-not-found")


async def test_what_a_form_cannot_send_is_passed_over(visitor: httpx.AsyncClient) -> None:
    listed = await visitor.get("/catalog", params={"day": "soon", "tier": "county", "category": "Q"})
    assert listed.status_code == 200
    assert "没有符合条件的项目" in listed.text
    assert "61 项" in (await visitor.get("/catalog", params={"day": "soon", "tier": "county"})).text


async def test_the_list_goes_on_and_can_be_taken_along(visitor: httpx.AsyncClient) -> None:
    first = (await visitor.get("/catalog")).text
    assert "下一页" in first
    second = (await visitor.get("/catalog", params={"cursor": "SJ2026-A-050"})).text
    assert "回到第一页" in second
    assert "SJ2026-F-061" in second
    rows = list(csv.reader(io.StringIO((await visitor.get("/catalog.csv", params={"urgent": "true"})).content.decode("utf-8-sig"))))
    assert tuple(rows[0]) == HEADER
    assert all(row[12] == "是" and len(row) == len(HEADER) for row in rows[1:])


async def test_the_api_gives_the_same_items_to_everybody(visitor: httpx.AsyncClient) -> None:
    answer = (await visitor.get("/api/v1/catalog", params={"word": "hangong", "limit": 1})).json()
    assert answer["count"] > 1
    assert len(answer["items"]) == 1
    assert answer["items"][0]["standard"]["amount_fen"] > 0
    following = (await visitor.get("/api/v1/catalog", params={"word": "hangong", "cursor": answer["cursor"]})).json()
    assert len(following["items"]) == answer["count"] - 1
    assert following["cursor"] is None
    assert_problem(await visitor.get("/api/v1/catalog", params={"tier": "county"}), 400, "invalid-request")
