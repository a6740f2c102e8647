"""Downloads of sheet 12: who takes part gets it, nobody else; a day that is none is told."""

import io

import httpx
import openpyxl

from tests.people import enter
from tests.subsidy.programme_world import NUMBER, filed
from training_admin.kit.clock import FixedClock


async def test_sheet_12_is_downloaded_by_who_takes_part(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await filed(2, clock)
    for login, sheets in (("jingban-a", ["学徒台账", "资金勾稽"]), ("jiaowu", ["学徒台账"]), ("fenguan", ["学徒台账"])):
        await enter(visitor, login, clock)
        for path in (f"/programmes/{NUMBER}/register.xlsx", "/programmes/register.xlsx?first=2025-01-01&last=2025-12-31"):
            answer = await visitor.get(path)
            assert answer.status_code == 200, (login, path)
            assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames == sheets
    assert f"/programmes/{NUMBER}/register.xlsx" in (await visitor.get(f"/programmes/{NUMBER}")).text
    assert (await visitor.get("/programmes/register.xlsx?first=gestern")).status_code == 422
    assert (await visitor.get("/programmes/register.xlsx?first=2026-01-01&last=2025-01-01")).status_code == 422
    await enter(visitor, "jingban-b", clock)
    assert (await visitor.get(f"/programmes/{NUMBER}/register.xlsx")).status_code == 404
    assert (await visitor.get("/programmes/register.xlsx")).status_code == 200
