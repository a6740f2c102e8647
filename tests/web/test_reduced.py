"""Beside a claim: the list of people it is not paid for, and each voucher with the papers that belong to it."""

import httpx

from tests.people import enter
from tests.subsidy.test_reviewing import submitted
from tests.web.conftest import assert_problem, form_token
from tests.web.test_pages import table
from training_admin.kit.clock import FixedClock

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000a49444154789c6360000002000154a24f5d0000000049454e44ae426082"
)


async def test_the_list_of_reduced_people_says_why(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await submitted(clock, "B")
    await enter(visitor, "jingban-b", clock)
    assert f"/claims/{number}/reduced" in (await visitor.get(f"/claims/{number}")).text
    text = (await visitor.get(f"/claims/{number}/reduced")).text
    assert "未予补贴或核减的人员（23）" in text
    rows = table(await visitor.get(f"/claims/{number}/reduced.csv"))
    assert len(rows) == 24
    assert all("*" in row[3] for row in rows[1:] if row[3])
    assert sum(1 for row in rows[1:] if row[8]) == 20
    await enter(visitor, "jingban-a", clock)
    for path in ("reduced", "reduced.csv"):
        assert_problem(await visitor.get(f"/claims/{number}/{path}"), 404, "claim-not-found")


async def test_a_voucher_stands_beside_its_cost_line(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    number = await submitted(clock, "A")
    await enter(visitor, "chushen", clock)
    page = f"/claims/{number}"
    text = (await visitor.get(page)).text
    assert "费用和凭证" in text
    invoice = text.split('data-label="发票号码">')[1].split("<")[0]
    await enter(visitor, "jingban-a", clock)
    form = {**await form_token(visitor, page), "kind": "invoice", "title": f"发票 {invoice}"}
    answer = await visitor.post(f"{page}/attachments", data=form, files={"file": ("a.png", PNG, "image/png")})
    assert answer.status_code == 303, answer.text
    await enter(visitor, "chushen", clock)
    assert '<img class="voucher"' in (await visitor.get(page)).text
