"""取证单: chosen rows with masked numbers, the facts and the other side's opinion; told in the trail, refused with the place."""

import io

import docx
import httpx
import pytest

from tests.people import assign_all, enter
from tests.web.conftest import form_token
from training_admin.audit.evidence import EvidenceRefused, rows_of
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.clock import FixedClock


@pytest.mark.parametrize(("text", "rows"), [("10-12、15", (10, 11, 12, 15)), ("7，5 6", (5, 6, 7)), ("9;9", (9,))])
def test_rows_are_read_as_people_write_them(text: str, rows: tuple[int, ...]) -> None:
    assert rows_of(text) == rows


@pytest.mark.parametrize("text", ["", "甲", "12-10", "1-9999", "、", "1-150、200-300"])
def test_what_is_no_row_is_refused(text: str) -> None:
    with pytest.raises(EvidenceRefused):
        rows_of(text)


async def test_a_sheet_is_made_of_chosen_rows(visitor: httpx.AsyncClient, claims: dict[str, str], clock: FixedClock) -> None:
    await assign_all(clock)
    await enter(visitor, "shenji", clock)
    address = f"/claims/{claims['A']}/evidence"
    token = await form_token(visitor, address)
    asked = {**token, "rows": "10-12", "facts": "三人签到笔迹相同", "opinion": "情况属实"}
    answer = await visitor.post(address, data={**asked, "form": "docx"})
    assert answer.status_code == 200
    paper = docx.Document(io.BytesIO(answer.content))
    words = "\n".join(
        [each.text for each in paper.paragraphs] + [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    )
    assert "审计取证单" in words
    assert "三人签到笔迹相同" in words
    assert "情况属实" in words
    assert words.count("3101****") == 3
    assert (await visitor.post(address, data=asked)).content.startswith(b"%PDF-")
    async with read_transaction():
        told = await fetch_tuples("SELECT detail::text FROM trail WHERE event = 'audit:evidence:made'")
    assert len(told) == 2
    assert "10-12" in told[0][0]
    refused = await visitor.post(address, data={**asked, "rows": "9999"})
    assert refused.status_code == 422
    assert "没有第 9999 行" in refused.text
    assert (await visitor.post(address, data={**asked, "facts": "电话 13800138000"})).status_code == 422
    assert (await visitor.get("/claims/SJ2026999999/evidence")).status_code == 404
