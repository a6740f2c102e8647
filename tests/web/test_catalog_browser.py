"""The public catalog in Debian's chromium, by somebody who is not signed in: searched, opened, on a phone, without script."""

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.catalog.proposing import people, proposed, reviewed
from tests.web.test_browser import DESK, PHONE, Watch, address, browser, faults, installed, signed_in, too_wide
from training_admin.kit.clock import FixedClock

__all__ = ["address", "browser", "installed"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("district")]


@pytest.mark.parametrize(
    ("viewport", "script"),
    [pytest.param(PHONE, True, id="phone"), pytest.param(DESK, True, id="desk"), pytest.param(DESK, False, id="without script")],
)
async def test_the_catalog_is_searched_and_read_by_everybody(browser: Browser, address: str, viewport: ViewportSize, script: bool) -> None:
    context = await browser.new_context(viewport=viewport, locale="zh-CN", java_script_enabled=script)
    watch = Watch(context, address)
    page = await context.new_page()
    await page.goto(f"{address}/catalog")
    if script:
        assert (await too_wide(page), await faults(page)) == (0, [])
    await page.fill("#word", "hangong")
    await page.select_option("#level", "4")
    await page.click("button:has-text('筛选')")
    await page.wait_for_url("**word=hangong**")
    assert await page.locator("tbody tr").count() == 1
    await page.click("tbody a")
    await page.wait_for_url("**/catalog/SJ2026-*")
    assert "价格沿革" in await page.inner_text("main")
    if script:
        assert (await too_wide(page), await faults(page)) == (0, [])
    watch.assert_quiet()
    await context.close()


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_the_pages_of_a_proposal_fit_and_can_be_read(
    browser: Browser, address: str, clock: FixedClock, viewport: ViewportSize
) -> None:
    who = await people(clock)
    waiting = await proposed(who, clock)
    number = await reviewed(who, clock)
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()

    async def reads(path: str) -> None:
        await page.goto(f"{address}{path}")
        assert (await too_wide(page), await faults(page)) == (0, []), path

    await signed_in(page, address, "jiaowu", clock)
    await reads("/catalog/proposals/new")
    await reads(f"/catalog/proposals/{waiting}")
    await page.click("button:has-text('退出')")
    await signed_in(page, address, "zhengce", clock)
    await reads("/catalog/experts")
    await reads("/catalog/changes")
    await reads("/catalog/revisions/new")
    await reads(f"/catalog/proposals/{number}")
    await page.click("button:has-text('征求意见')")
    await page.click(".whoami button:has-text('退出')")
    await reads("/catalog/proposals")
    await reads(f"/catalog/proposals/{number}")
    await page.fill("#text", "建议增加安全课时")
    await page.click("button:has-text('提交')")
    await page.wait_for_load_state()
    assert "已收到，待答复" in await page.inner_text("main")
    watch.assert_quiet()
    await context.close()
