"""Pages of apprenticeships in Debian's chromium: the apprentice's own page on a phone without script, the tables on both, read by axe."""

import pytest
from playwright.async_api import Browser, ViewportSize, expect

from tests.apprenticeship.programmes import add_programme, done, identity, person_key, tell
from tests.people import account
from tests.web.test_browser import DESK, Watch, address, browser, installed, signed_in
from tests.web.test_institutions_browser import reads
from training_admin.accounts import sessions
from training_admin.accounts.middleware import COOKIE
from training_admin.database import write_transaction
from training_admin.kit.clock import FixedClock

__all__ = ["address", "browser", "installed"]
pytestmark = pytest.mark.browser
NUMBER = "XT2025000001"
PHONE = ViewportSize(width=390, height=844)


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_an_apprentice_reads_and_says_without_script(
    browser: Browser, address: str, clock: FixedClock, viewport: ViewportSize
) -> None:
    await add_programme(NUMBER, 3, clock)
    await account("chushen", clock)
    await tell(NUMBER, done("2026-04"), clock)
    await tell(NUMBER, done("2026-05", wage=270_000, mentor=2600), clock)
    async with write_transaction():
        token, _key = await sessions.open_session(
            account=None, person=person_key(identity(1)), device="测试", clock=clock, stepped_up=False
        )
    context = await browser.new_context(viewport=viewport, locale="zh-CN", java_script_enabled=False)
    await context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    page = await context.new_page()
    await page.goto(f"{address}/my-apprenticeship")
    await page.get_by_role("button", name="是我", exact=True).click()
    await page.get_by_role("button", name="2026-05 工资不是，不相符").click()
    await expect(page.get_by_text("您已答复：工资不相符")).to_be_visible()
    await page.fill("textarea", "五月没有导师带教。")
    await page.get_by_role("button", name="提交").click()
    await expect(page.get_by_text("正在处理")).to_have_count(2)
    await context.close()

    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    await context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    page = await context.new_page()
    await reads(page, address, "/my-apprenticeship")
    for login, paths in (
        ("jingban-a", ("/programme-records", f"/programmes/{NUMBER}/months", f"/programmes/{NUMBER}/months/2026-05")),
        ("chushen", ("/apprentice-voices", f"/programmes/{NUMBER}/months/2026-05/history/1")),
    ):
        await context.clear_cookies()
        await signed_in(page, address, login, clock)
        for path in paths:
            await reads(page, address, path)
    await page.goto(f"{address}/apprentice-voices")
    await page.click("main table a:has-text('投诉')")
    await page.get_by_role("button", name="查看内容").click()
    await expect(page.get_by_text("五月没有导师带教。")).to_be_visible()
    watch.assert_quiet()
    await context.close()
