"""From class to claim in Debian's chromium: forecast, prefilled claim and the trainee's confirmation, on phone and desk, read by axe."""

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.accounts.test_personal_requests import trainee
from tests.subsidy import running
from tests.subsidy.test_dry_run import forecast
from tests.subsidy.test_witness import Line, sent, staged
from tests.web.test_browser import DESK, PHONE, Watch, address, browser, installed, signed_in
from tests.web.test_class_claims import closed_class
from tests.web.test_institutions_browser import reads
from training_admin.accounts.middleware import COOKIE
from training_admin.catalog.witness import SEND_LINK, ask_class
from training_admin.catalog.witness_facts import ASK_CLASS
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun

__all__ = ["address", "browser", "installed"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_pages_from_class_to_claim_fit_and_can_be_read(
    browser: Browser, address: str, clock: FixedClock, viewport: ViewportSize
) -> None:
    number = await closed_class(clock)
    await forecast(number, clock)
    await ask_class(JobRun(ASK_CLASS, f"{number}/end", clock))
    line = Line()
    await sent(clock, line, (await staged(SEND_LINK))[0])
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    await reads(page, address, f"/witness/{line.token(0)}")
    await page.click("button:has-text('是我，情况属实')")
    await page.wait_for_selector("text=已答复：是我")
    _actor, token = await trainee(running.people()[1].identity, clock)
    await context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    await reads(page, address, "/my-records")
    await page.click("button:has-text('不是我')")
    await page.wait_for_selector("text=登录后答复")
    await context.clear_cookies()
    await signed_in(page, address, "jingban-a", clock)
    for path in ("/claims/classes", f"/claims/classes/{number}"):
        await reads(page, address, path)
    await page.click("button:has-text('退出')")
    await signed_in(page, address, "jiaowu", clock)
    for path in (f"/classes/{number}", f"/classes/{number}/witness"):
        await reads(page, address, path)
    await page.click("button:has-text('退出')")
    await signed_in(page, address, "chushen", clock)
    await reads(page, address, f"/classes/{number}/witness")
    watch.assert_quiet()
    await context.close()
