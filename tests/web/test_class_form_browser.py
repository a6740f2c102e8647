"""The filing form and the open seats in Debian's chromium: on a phone and a desk, read by axe, a class filed by form without script."""

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.catalog.classes import furnished
from tests.catalog.test_pooled_classes import BOTH, pooled
from tests.people import ENTERPRISE_A, sign_in_as
from tests.web.test_browser import DESK, PHONE, Watch, address, browser, installed, signed_in
from tests.web.test_class_form import PEOPLE
from tests.web.test_institutions_browser import reads
from training_admin.catalog.seats import ask_for_seats
from training_admin.kit.clock import FixedClock

__all__ = ["address", "browser", "installed"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_forms_and_open_seats_fit_and_can_be_read(browser: Browser, address: str, clock: FixedClock, viewport: ViewportSize) -> None:
    number = await pooled(clock, *BOTH)
    await ask_for_seats((await sign_in_as("jingban-b", clock)).actor, number, people=6, words="两名焊工", clock=clock)
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    for each in ("/open-classes", f"/open-classes/{number}"):
        await reads(page, address, each)
    await signed_in(page, address, "jiaowu", clock)
    for each in ("/classes/new", f"/classes/{number}/sessions", f"/classes/{number}"):
        await reads(page, address, each)
    await page.click("button:has-text('退出')")
    await signed_in(page, address, "jingban-b", clock)
    await reads(page, address, f"/open-classes/{number}")
    watch.assert_quiet()
    await context.close()


async def test_a_class_is_filed_by_form_without_script(browser: Browser, address: str, clock: FixedClock) -> None:
    await furnished(clock)
    context = await browser.new_context(viewport=DESK, locale="zh-CN", java_script_enabled=False)
    page = await context.new_page()
    await signed_in(page, address, "jiaowu", clock)
    await page.goto(f"{address}/classes")
    await page.click("text=在线填写备案")
    await page.fill("#head-title", "2026焊工五级01")
    await page.fill("#head-enterprise", ENTERPRISE_A)
    await page.select_option("#head-stream", "职业技能类")
    await page.fill("#head-assessment", "理论和实操")
    await page.fill("#first", "2026-09-18")
    for weekday in (0, 2, 4):
        await page.check(f"input[name=weekdays][value='{weekday}']")
    await page.fill("#lessons", "8")
    await page.fill("#lesson_topic", "焊接操作")
    await page.select_option("#lesson_teacher", "教师甲")
    await page.select_option("#lesson_room", "101")
    await page.click("button:has-text('排课')")
    await page.fill("#people", PEOPLE)
    await page.click("main button.btn-main:has-text('保存草稿')")
    await page.wait_for_selector("#faults")
    assert "费用预算" in await page.inner_text("#faults")
    await page.fill("#head-budget", "12000")
    for row in (1, 2):
        await page.select_option(f"#session-{row}-safety", "是")
    await page.press("#head-budget", "Enter")
    await page.wait_for_url("**/classes/BJ2026*")
    await page.click("button:has-text('提交备案')")
    await page.wait_for_selector("text=等待初审员审核")
    await context.close()
