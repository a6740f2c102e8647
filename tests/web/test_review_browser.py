"""The queue and a claim under review in Debian's chromium: on a phone and a desk, read by axe; a claim decided by keyboard."""

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.subsidy.test_handling import doubtful_registers
from tests.subsidy.test_reviewing import do, submitted
from tests.web.test_browser import DESK, PHONE, Watch, address, browser, installed, signed_in
from tests.web.test_institutions_browser import reads
from training_admin.kit.clock import FixedClock
from training_admin.subsidy.review_states import Act

__all__ = ["address", "browser", "installed"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_the_queue_and_a_claim_fit_and_can_be_read(browser: Browser, address: str, clock: FixedClock, viewport: ViewportSize) -> None:
    number, _other = await submitted(clock, registers=doubtful_registers()), await submitted(clock, "B")
    await do("chushen", number, Act.ACCEPT, clock)
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    await signed_in(page, address, "chushen", clock)
    for each in ("/review", f"/claims/{number}", "/review/exceptions"):
        await reads(page, address, each)
    await page.click("button:has-text('退出')")
    await signed_in(page, address, "jingban-a", clock)
    await reads(page, address, f"/claims/{number}")
    watch.assert_quiet()
    await context.close()


async def test_a_claim_is_taken_and_accepted_by_keyboard(browser: Browser, address: str, clock: FixedClock) -> None:
    number = await submitted(clock)
    context = await browser.new_context(viewport=DESK, locale="zh-CN")
    page = await context.new_page()
    await signed_in(page, address, "chushen", clock)
    await page.goto(f"{address}/review")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/claims/{number}")
    # Access keys are the browser's own business and cannot be pressed from outside; what bears them is reached by focus.
    await page.focus("button[accesskey=k]")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=您已打开这份申报的最新结果")
    await page.focus("button[accesskey=t]")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=已受理，待初审")
    await context.close()
