"""A refused filing comes back as the marked workbook, for whoever uploaded it and for half an hour."""

import io
import re

import httpx
import openpyxl

from tests.catalog.classes import furnished
from tests.catalog.test_filing_workbook import filled
from tests.people import enter
from tests.subsidy.workbook_judge import LIST_SHEET, assert_equal_but, comments_of
from tests.web.conftest import assert_problem
from tests.web.test_classes import LAID_OUT, filed, sent
from training_admin.catalog.filing_workbook import SHEET_PLAN, SHEET_ROSTER
from training_admin.kit.clock import FixedClock
from training_admin.kit.workbook.box import KEPT
from training_admin.kit.workbook.marked import RED


def marked_address(answer: httpx.Response) -> str:
    found = re.search(r'href="(/marked/[\w-]+)"', answer.text)
    assert found is not None, answer.text
    return found[1]


async def test_a_refused_workbook_is_handed_back_marked_and_taken_after_mending(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await furnished(clock)
    await enter(visitor, "jiaowu", clock)
    laid = (await visitor.get(LAID_OUT)).content
    wrong = filled(laid, plan_C5="上午", roster_D6="310100199001010019")
    answer = await sent(visitor, "/classes", wrong, page="/classes")
    assert_problem(answer, 422, "filing-incomplete")
    address = marked_address(answer)
    marked = await visitor.get(address)
    assert "%E6%A0%87%E6%B3%A8.xlsx" in marked.headers["content-disposition"]
    assert_equal_but(wrong, marked.content, {SHEET_PLAN: {"C5"}, SHEET_ROSTER: {"D6"}})
    book = openpyxl.load_workbook(io.BytesIO(marked.content))
    assert book[SHEET_PLAN]["C5"].fill.fgColor.rgb == RED
    assert set(comments_of(book[SHEET_ROSTER])) == {"D6"}
    assert LIST_SHEET in book.sheetnames
    mended = filled(marked.content, plan_C5="09:00-12:00")
    taken = await sent(visitor, "/classes", mended, page="/classes")
    assert taken.status_code == 303, taken.text
    await enter(visitor, "jingban-a", clock)
    assert_problem(await visitor.get(address), 404, "workbook-expired")
    await enter(visitor, "jiaowu", clock)
    clock.move(KEPT)
    await enter(visitor, "jiaowu", clock)
    assert_problem(await visitor.get(address), 404, "workbook-expired")


async def test_a_refused_change_of_a_class_is_handed_back_marked_too(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    address = await filed(clock)
    await enter(visitor, "jiaowu", clock)
    wrong = filled((await visitor.get(LAID_OUT)).content, plan_B4="某日")
    answer = await sent(visitor, f"{address}/upload", wrong, page=address, reason="教室维修")
    assert_problem(answer, 422, "filing-incomplete")
    assert_equal_but(wrong, (await visitor.get(marked_address(answer))).content, {SHEET_PLAN: {"B4"}})


async def test_what_lists_no_cells_offers_no_marked_file(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    address = await filed(clock)
    await enter(visitor, "jiaowu", clock)
    for answer in (
        await sent(visitor, "/classes", b"", page="/classes"),
        await sent(visitor, "/classes", b"no workbook", page="/classes"),
        await sent(visitor, f"{address}/upload", filled((await visitor.get(LAID_OUT)).content), page=address),
    ):
        assert answer.status_code == 422
        assert "/marked/" not in answer.text
