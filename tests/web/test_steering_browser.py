"""Steering in Debian's chromium: the leader's page is one page on a phone, everything fits and can be read by axe."""

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.audit.steering_world import small_year
from tests.web.test_browser import DESK, PHONE, Watch, address, browser, installed, signed_in
from tests.web.test_institutions_browser import reads
from training_admin.audit.targets import raise_alarms
from training_admin.kit.clock import FixedClock

__all__ = ["address", "browser", "installed"]
pytestmark = pytest.mark.browser
PAGES = ("/leader", "/steering", "/steering/alarms", "/steering/performance", "/budget")


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_the_pages_of_steering_fit_and_can_be_read(browser: Browser, address: str, clock: FixedClock, viewport: ViewportSize) -> None:
    await small_year(clock, money=True)
    await raise_alarms(clock=clock)
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    await signed_in(page, address, "fenguan", clock)
    for each in PAGES:
        await reads(page, address, each)
    await page.click("button:has-text('退出')")
    await signed_in(page, address, "chushen", clock)
    for each in ("/steering/channels", "/steering/unclaimed", "/steering/workload"):
        await reads(page, address, each)
    watch.assert_quiet()
    await context.close()
