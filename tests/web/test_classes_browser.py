"""开班备案 in Debian's chromium: on a phone and a desk, read by axe; a class filed from a laid out workbook without script."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.catalog.classes import furnished
from tests.catalog.test_filing_workbook import filled
from tests.web.test_browser import DESK, PHONE, Watch, address, browser, installed, signed_in
from tests.web.test_classes import filed
from tests.web.test_institutions_browser import reads
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.clock import FixedClock

__all__ = ["address", "browser", "installed"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_classes_fit_and_can_be_read(browser: Browser, address: str, clock: FixedClock, viewport: ViewportSize) -> None:
    path = await filed(clock)
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    await signed_in(page, address, "jiaowu", clock)
    for each in ("/classes", path, f"/class-calendar/{INSTITUTION}?first=2026-07-06"):
        await reads(page, address, each)
    await page.click("button:has-text('退出')")
    await signed_in(page, address, "chushen", clock)
    await reads(page, address, path)
    watch.assert_quiet()
    await context.close()


async def test_a_class_is_filed_without_script(browser: Browser, address: str, clock: FixedClock, tmp_path: Path) -> None:
    await furnished(clock)
    context = await browser.new_context(viewport=DESK, locale="zh-CN", java_script_enabled=False)
    page = await context.new_page()
    await signed_in(page, address, "jiaowu", clock)
    await page.goto(f"{address}/classes")
    await page.fill("#first", "2026-09-18")
    for weekday in (0, 2, 4):
        await page.check(f"input[name=weekdays][value='{weekday}']")
    await page.fill("#sessions", "8")
    async with page.expect_download() as laid_out:
        await page.click("button:has-text('排课并下载工作簿')")
    workbook = tmp_path / "开班备案.xlsx"
    await (await laid_out.value).save_as(workbook)
    workbook.write_bytes(filled(workbook.read_bytes()))
    await page.set_input_files("#file", workbook)
    await page.click("button:has-text('上传并保存草稿')")
    await page.wait_for_url("**/classes/BJ2026*")
    assert "尚未提交备案" in await page.inner_text("main")
    await page.click("button:has-text('提交备案')")
    await page.wait_for_selector("text=等待初审员审核")
    await context.close()
