"""Revising the catalog by workbook on its page: what differs is proposed, wrong cells are told, the marked file is given back."""

import io
from typing import Any

import httpx
import openpyxl
import pytest

from tests.people import enter
from tests.web.conftest import assert_problem, form_token
from tests.web.test_class_uploads import marked_address
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog, sample_details
from training_admin.catalog.workbooks import CATALOG
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.web import WORKBOOK_TYPE

pytestmark = pytest.mark.usefixtures("database")
ADDRESS = "/catalog/revisions/new"


async def exported(client: httpx.AsyncClient, clock: FixedClock) -> Any:
    await publish_items(DEMO, sample_catalog(), details=sample_details(), paper="样例目录", clock=clock)
    await enter(client, "zhengce", clock)
    return openpyxl.load_workbook(io.BytesIO((await client.get("/catalog.xlsx")).content))


async def sent(client: httpx.AsyncClient, book: Any, *, why: str = "年度修订") -> httpx.Response:
    target = io.BytesIO()
    book.save(target)
    token = await form_token(client, ADDRESS)
    return await client.post(ADDRESS, data={"why": why, **token}, files={"file": ("目录.xlsx", target.getvalue(), WORKBOOK_TYPE)})


async def test_only_what_was_changed_is_proposed_with_old_beside_new(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    book = await exported(visitor, clock)
    assert "没有需要修订的内容" in (await sent(visitor, book)).text
    book[CATALOG]["J4"] = 1800
    book[CATALOG]["S4"] = "2026-07-15"
    made = await sent(visitor, book)
    assert made.status_code == 303, made.text
    shown = (await visitor.get(made.headers["location"])).text
    for words in ("与已公布目录的差异（1 项）", "补贴标准（元）", "1500.00", "1800.00"):
        assert words in shown


async def test_wrong_cells_are_told_and_the_marked_file_is_given_back(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    book = await exported(visitor, clock)
    book[CATALOG]["J4"] = "lots"
    book[CATALOG]["B5"] = "省级"
    answer = await sent(visitor, book)
    assert_problem(answer, 422, "catalog-workbook-incomplete")
    assert all(cell in answer.text for cell in ("J4", "B5"))
    marked = await visitor.get(marked_address(answer))
    assert marked.headers["content-type"] == WORKBOOK_TYPE
    again = openpyxl.load_workbook(io.BytesIO(marked.content))
    assert "错误清单" in again.sheetnames
    assert again[CATALOG]["J4"].comment is not None
    again[CATALOG]["J4"] = 1500
    again[CATALOG]["B5"] = "区级增补"
    assert (await sent(visitor, again)).status_code == 303


async def test_a_missing_file_or_reason_is_told(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    book = await exported(visitor, clock)
    book[CATALOG]["J4"] = 1800
    assert_problem(await sent(visitor, book, why=""), 422, "catalog-proposal-refused")
    token = await form_token(visitor, ADDRESS)
    nothing = await visitor.post(ADDRESS, data=token, files={"file": ("目录.xlsx", b"", WORKBOOK_TYPE)})
    assert_problem(nothing, 422, "catalog-proposal-refused")
    other = await visitor.post(ADDRESS, data=token, files={"file": ("目录.xlsx", b"not a workbook", WORKBOOK_TYPE)})
    assert_problem(other, 422, "workbook-is-text")
    assert "/marked/" not in other.text


async def test_the_change_log_is_public_and_the_operator_is_not(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await publish_items(DEMO, sample_catalog(), details=sample_details(), paper="样例目录", clock=clock)
    public = (await visitor.get("/catalog/changes", params={"since": "2026-06-01", "until": "soon"})).text
    assert "新增项目" in public
    assert "操作人" not in public
    assert "没有公布过目录变更" in (await visitor.get("/catalog/changes", params={"until": "2026-05-31"})).text
    assert (await visitor.get("/catalog/changes.csv")).status_code in {303, 401}
    await enter(visitor, "zhengshen", clock)
    assert "演示数据" in (await visitor.get("/catalog/changes")).text
    assert "操作人" in (await visitor.get("/catalog/changes.csv")).content.decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO((await visitor.get("/catalog/changes.xlsx")).content))
    assert book.sheetnames[0] == "目录变更表"
