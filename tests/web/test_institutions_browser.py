"""办学条件, 违规处理, 年度培训项目 and 名单库 in Debian's chromium: on a phone and a desk, read by axe, the plan also without script."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from tests.parties.resources import entered
from tests.parties.test_list_facts import WIDE
from tests.parties.test_lists import changed
from tests.parties.test_sanctions import taken
from tests.web.test_browser import DESK, PHONE, Watch, address, browser, faults, installed, signed_in, too_wide
from tests.web.test_plans import HEAD, LINE
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.clock import FixedClock
from training_admin.parties.institution_facts import ResourceKind

__all__ = ["address", "browser", "installed"]
pytestmark = pytest.mark.browser
SHOTS = os.environ.get("SCREENSHOTS")


async def reads(page: Page, address: str, path: str) -> None:
    """A page fits its screen and axe has nothing to say about it; with SCREENSHOTS set, a picture is left in that folder."""
    await page.goto(f"{address}{path}")
    assert await too_wide(page) <= 0, path
    assert await faults(page) == [], path
    if SHOTS:
        width = 0 if page.viewport_size is None else page.viewport_size["width"]
        name = path.strip("/").replace("/", "-").replace("?", "-") + f"-{width}.png"
        await page.screenshot(path=Path(SHOTS) / name, full_page=True)


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_registers_and_measures_fit_and_can_be_read(
    browser: Browser, address: str, clock: FixedClock, viewport: ViewportSize
) -> None:
    for kind in (ResourceKind.LICENCE, ResourceKind.OCCUPATION, ResourceKind.PLATFORM):
        await entered(clock, kind)
    site = await entered(clock, ResourceKind.SITE)
    room = await entered(clock, ResourceKind.ROOM, site=str(site), approve=False)
    await entered(clock, ResourceKind.TEACHER)
    number = await taken(clock)
    await changed(clock, WIDE)
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    await reads(page, address, "/lists?kind=priority_industry")
    await signed_in(page, address, "jiaowu", clock)
    for path in (
        f"/institutions/{INSTITUTION}",
        "/resources/new?kind=teacher",
        "/resources/new?kind=occupation",
        f"/resources/{site}/change",
    ):
        await reads(page, address, path)
    await page.click("button:has-text('退出')")
    await signed_in(page, address, "chushen", clock)
    for path in ("/institutions", f"/resources/{room}", "/platforms", "/sanctions", f"/sanctions/{number}", "/sanctions/new", "/plans"):
        await reads(page, address, path)
    await page.click("button:has-text('退出')")
    await signed_in(page, address, "zhengce", clock)
    for path in ("/lists/changes", "/lists/changes/new", "/lists/changes/MD20260001"):
        await reads(page, address, path)
    watch.assert_quiet()
    await context.close()


@pytest.mark.parametrize(
    ("viewport", "script"),
    [pytest.param(PHONE, True, id="phone"), pytest.param(DESK, True, id="desk"), pytest.param(DESK, False, id="without script")],
)
async def test_a_plan_is_written_and_submitted(
    browser: Browser, address: str, clock: FixedClock, tmp_path: Path, viewport: ViewportSize, script: bool
) -> None:
    await entered(clock, ResourceKind.LICENCE)
    minutes = tmp_path / "决议.pdf"
    minutes.write_bytes(b"%PDF-1.4 minutes %%EOF")
    context = await browser.new_context(viewport=viewport, locale="zh-CN", java_script_enabled=script)
    page = await context.new_page()
    await signed_in(page, address, "jingban-a", clock)
    await page.goto(f"{address}/plans")
    await page.click("button:has-text('填写申报')")
    await page.wait_for_url("**/plans/NJ2026*")
    for name in ("title", "people", "budget", "contract", "business"):
        await page.fill(f"#{name}", LINE[name])
    for name in ("stream", "way", "institution", "split"):
        await page.select_option(f"#{name}", LINE[name])
    await page.click("button:has-text('添加')")
    await page.wait_for_selector("td:has-text('主要工序')")
    for name in ("wages", "set_aside", "used", "front_line"):
        await page.fill(f"#{name}", HEAD[name])
    await page.check("input[name=rules]")
    await page.select_option("#approval", "congress")
    await page.set_input_files("#file", minutes)
    await page.click("button:has-text('保存')")
    await page.wait_for_selector("dt:has-text('应提取')")
    if script:
        await reads(page, address, "/" + page.url.partition("/plans")[2].join(("plans", "")))
    await page.click("button:has-text('提交审核')")
    await page.wait_for_selector("h2:has-text('办理')")
    assert "待审核" in await page.inner_text("main")
    await context.close()
