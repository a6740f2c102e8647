"""公示, 文书, 班级检查 and measured quality in Debian's chromium: on a phone and a desk, read by axe; objected to without script."""

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.catalog.test_visits import visit
from tests.people import sign_in_as
from tests.subsidy.test_notices import objected, posted
from tests.subsidy.test_papers import papers_of
from tests.web.test_browser import DESK, PHONE, Watch, address, browser, installed, signed_in
from tests.web.test_institutions_browser import reads
from training_admin.catalog.visits import record_visit
from training_admin.database import read_transaction
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.office.paper_facts import PaperKind
from training_admin.subsidy import quality, quality_store

__all__ = ["address", "browser", "installed"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_notices_papers_and_quality_fit_and_can_be_read(
    browser: Browser, address: str, clock: FixedClock, viewport: ViewportSize
) -> None:
    case, number = await posted(clock)
    await objected(number, clock)
    await record_visit((await sign_in_as("dudao", clock)).actor, visit(), clock=clock)
    paper = (await papers_of(case))[PaperKind.OPINIONS].id
    draw = await quality.draw_sample(DEMO, clock.today(), clock.today(), approvals=3, refusals=2, clock=clock)
    async with read_transaction():
        row = (await quality_store.drawn_rows(draw))[0].id
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    for each in ("/notices", f"/notices/{number}", "/objections"):
        await reads(page, address, each)
    people = (
        ("chushen", ("/notice-office", f"/notice-office/{number}", "/papers", f"/papers/{paper}", f"/claims/{case}/papers", "/ratings")),
        ("dudao", ("/visits?class_no=SY2026-A01", "/visits")),
        ("fushen", ("/second-reviews", f"/second-reviews/{draw}", f"/second-review-rows/{row}", "/quality")),
        ("jingban-a", (f"/claims/{case}/papers", f"/claims/{case}/rating", "/")),
    )
    for login, paths in people:
        await signed_in(page, address, login, clock)
        for each in paths:
            await reads(page, address, each)
        await page.goto(address)
        await page.click("button:has-text('退出')")
    watch.assert_quiet()
    await context.close()


async def test_anybody_objects_without_script(browser: Browser, address: str, clock: FixedClock) -> None:
    _case, number = await posted(clock)
    context = await browser.new_context(viewport=DESK, locale="zh-CN", java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{address}/notices")
    await page.click(f"text={number}")
    await page.fill("#words", "名单中有人没有参加培训")
    await page.fill("#contact", "某人")
    await page.click("button:has-text('提交异议')")
    await page.wait_for_selector("text=正在核查，答复前不会拨付")
    assert "YY2026" in await page.inner_text("main")
    await context.close()
