"""The form of full numbers: on one person's page, for who has the right, once, and never kept in a cache."""

import re

import httpx

from tests.people import enter
from tests.web.conftest import assert_problem, form_token
from training_admin.kit.clock import FixedClock
from training_admin.kit.identifiers import PERSONAL_NUMBER

REASON = "核对社保缴费记录"


async def test_full_numbers_are_shown_once_with_a_reason(client: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    await enter(client, "chushen", clock)
    address = f"/claims/{number}/lines/10"
    page = await client.get(address)
    assert PERSONAL_NUMBER.search(page.text) is None
    assert f'action="{address}/unmask"' in page.text
    shown = await client.post(f"{address}/unmask", data={**await form_token(client, address), "reason": REASON})
    assert shown.status_code == 200
    assert len(PERSONAL_NUMBER.findall(shown.text)) == 2
    assert "仅本次显示" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert PERSONAL_NUMBER.search((await client.get(address)).text) is None


async def test_a_reason_that_is_missing_or_names_somebody_is_told_on_the_page(
    client: httpx.AsyncClient, number: str, clock: FixedClock
) -> None:
    await enter(client, "chushen", clock)
    address = f"/claims/{number}/lines/10"
    token = await form_token(client, address)
    for reason in ("", "13800138000 来电"):
        refused = await client.post(f"{address}/unmask", data={**token, "reason": reason})
        assert_problem(refused, 422, "reason-refused")
        assert PERSONAL_NUMBER.search(refused.text) is None
        assert "金额怎样算出" in refused.text


async def test_without_step_up_the_page_leads_to_it_and_back(client: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    await enter(client, "chushen", clock, stepped_up=False)
    address = f"/claims/{number}/lines/10"
    page = await client.get(address)
    assert f"/step-up?next=/claims/{number}/lines/10" in page.text
    assert "/unmask" not in page.text
    token = await form_token(client, address)
    refused = await client.post(f"{address}/unmask", data={**token, "reason": REASON})
    assert_problem(refused, 403, "step-up-needed")
    assert "/step-up?next=" in refused.text
    assert PERSONAL_NUMBER.search(refused.text) is None


async def test_an_enterprise_sees_its_own_people_masked_and_no_form(client: httpx.AsyncClient, number: str) -> None:
    address = f"/claims/{number}/lines/10"
    page = await client.get(address)
    assert re.search(r"\d{4}\*{12}\d\w", page.text)
    assert "查看完整证件号码" not in page.text
    refused = await client.post(f"{address}/unmask", data={**await form_token(client, address), "reason": REASON})
    assert_problem(refused, 403, "not-allowed")


async def test_a_token_never_sees_full_numbers(client: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    await enter(client, "chushen", clock)
    for address in (f"/api/v1/claims/{number}", f"/api/v1/claims/{number}/lines", f"/api/v1/claims/{number}/lines/10"):
        assert PERSONAL_NUMBER.search((await client.get(address)).text) is None
    assert (await client.get(f"/api/v1/claims/{number}/marked")).status_code == 404
    client.cookies.clear()
    assert (await client.post(f"/claims/{number}/lines/10/unmask", data={"reason": REASON})).status_code in {303, 401, 403}
