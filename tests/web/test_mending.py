"""Marked cells are mended on the page: what was typed stands in the workbook that is pre-checked, kept and submitted."""

import io
import re

import httpx
import openpyxl
import pytest

from tests.people import enter
from tests.subsidy.mended import mended
from tests.web.conftest import assert_problem, form_token, sample
from training_admin.database import read_transaction
from training_admin.kit.clock import FixedClock
from training_admin.kit.workbook.mending import Mend, mend_workbook
from training_admin.kit.workbook.problems import CellProblem
from training_admin.office.files import load_file
from training_admin.subsidy import mending, store

ROSTER = "参训人员花名册"


async def uploaded(client: httpx.AsyncClient, content: bytes) -> str:
    answer = await client.post("/prechecks", files={"file": ("b.xlsx", content)}, data=await form_token(client, "/claims/new"))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def mend(client: httpx.AsyncClient, page: str, typed: dict[str, str]) -> httpx.Response:
    return await client.post(f"{page}/mend", data={**await form_token(client, page), **typed})


async def marked(client: httpx.AsyncClient, page: str) -> list[str]:
    return re.findall(r'name="([^"]+![A-Z]+[0-9]+)"', (await client.get(page)).text)


async def test_typed_values_stand_in_the_workbook_that_is_submitted(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await enter(visitor, "jingban-b", clock)
    page = await uploaded(visitor, mended("B", {"D5": None, "H6": "某日", "J7": "很多"}))
    keys = await marked(visitor, page)
    assert {f"{ROSTER}!D5", f"{ROSTER}!H6", f"{ROSTER}!J7"} <= set(keys), keys
    typed = {f"{ROSTER}!H6": "40", f"{ROSTER}!J7": "2028-01-01", f"{ROSTER}!D19": "某人"}
    assert_problem(await mend(visitor, page, dict.fromkeys(keys, "")), 422, "mend-refused")
    assert_problem(await mend(visitor, page, {f"{ROSTER}!A1": "甲"}), 422, "mend-refused")
    answer = await mend(visitor, page, dict.fromkeys(keys, "") | typed)
    assert answer.status_code == 303, answer.text
    again = answer.headers["location"]
    assert again != page
    assert await marked(visitor, again) == [key for key in keys if key not in typed]
    receipt = await visitor.post(f"{again}/submit", data={**await form_token(visitor, again), "readable_only": "true"})
    number = receipt.headers["location"].removeprefix("/claims/").partition("?")[0]
    async with read_transaction():
        *_rest, sha256 = await store.claim_summary(number)
        content = await load_file(sha256)
    sheet = openpyxl.load_workbook(io.BytesIO(content))[ROSTER]
    assert (sheet["H6"].value, sheet["J7"].value, sheet["D19"].value) == ("40", "2028-01-01", "某人")
    assert sheet["H6"].number_format == openpyxl.load_workbook(io.BytesIO(sample("claim_B.xlsx")))[ROSTER]["H6"].number_format


async def test_cells_that_are_not_there_are_made_and_nothing_else_changes() -> None:
    before = sample("claim_B.xlsx")
    texts = {"L4": "<甲> & 乙", "Z5": "新", "E300": "末"}
    after = await mend_workbook(before, [Mend(ROSTER, cell, text) for cell, text in texts.items()])
    old, new = (openpyxl.load_workbook(io.BytesIO(each)) for each in (before, after))
    for sheet in old.sheetnames:
        for row in old[sheet].iter_rows():
            for cell in row:
                if sheet != ROSTER or cell.coordinate not in texts:
                    assert new[sheet][cell.coordinate].value == cell.value, (sheet, cell.coordinate)
    assert {cell: new[ROSTER][cell].value for cell in texts} == texts
    assert "甲" not in repr(Mend(ROSTER, "A1", "甲"))


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param({"表!A1": "x" * 201}, id="too long"),
        pytest.param({"表!A1": "\x07"}, id="not printable"),
        pytest.param({f"表!A{row}": "x" for row in range(1, 202)}, id="too many"),
        pytest.param({"表!B1": "x"}, id="not marked"),
        pytest.param({"表!A1": "  "}, id="nothing"),
    ],
)
def test_what_cannot_be_typed_is_refused(typed: dict[str, str]) -> None:
    problems = [CellProblem("表", f"A{row}", "MISSING", "空") for row in range(1, 300)]
    with pytest.raises(mending.MendRefused):
        mending.mends_of([*problems, CellProblem("表", "", "MISSING_COLUMN", "列")], typed)
