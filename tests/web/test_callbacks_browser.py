"""Call-backs in Debian's chromium: drawn, a phone shown for a reason, a call recorded; on a phone and a desk, read by axe."""

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.audit.field_world import drawn_today
from tests.people import sign_in_as
from tests.web.test_browser import DESK, PHONE, Watch, address, browser, installed, signed_in
from tests.web.test_institutions_browser import reads
from training_admin.kit.clock import FixedClock

__all__ = ["address", "browser", "installed"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_an_inspector_calls_back(browser: Browser, address: str, clock: FixedClock, viewport: ViewportSize) -> None:
    _plan, class_no = await drawn_today(clock)
    await sign_in_as("dudao", clock)
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    await signed_in(page, address, "dudao", clock)
    await reads(page, address, "/callbacks")
    await page.fill("#class_no", class_no)
    await page.click("button:has-text('抽样')")
    await page.wait_for_url("**/callbacks/HF*")
    at = page.url.removeprefix(address)
    await page.click("text=确认身份")
    assert page.url.startswith(f"{address}/step-up")
    await page.goto(f"{address}{at}")
    await reads(page, address, at)
    await page.select_option("#result-1", "agrees")
    await page.fill("#words-1", "参加了全部课次")
    await page.click("button:has-text('登记')")
    await page.wait_for_selector("text=接通，与记录相符，参加了全部课次")
    await reads(page, address, "/inspections")
    watch.assert_quiet()
    await context.close()
