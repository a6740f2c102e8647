"""审计整改台账 in Debian's chromium: on a phone and a desk, read by axe, asked and answered by clicking."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.accounts.registrations import PDF
from tests.people import ENTERPRISE_A, account, assign_all, sign_in_as
from tests.web.test_browser import DESK, PHONE, Watch, address, browser, installed, signed_in
from tests.web.test_institutions_browser import reads
from training_admin.audit import rectifying
from training_admin.audit.rectification_states import Source
from training_admin.audit.rectifying import AskedFor
from training_admin.kit.clock import FixedClock

__all__ = ["address", "browser", "installed"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_a_finding_is_asked_and_answered_in_the_browser(
    browser: Browser, address: str, clock: FixedClock, viewport: ViewportSize, tmp_path: Path
) -> None:
    await account("jingban-a", clock)
    await assign_all(clock)
    auditor = (await sign_in_as("shenji", clock)).actor
    long = AskedFor(
        source=Source.ENTERED,
        organisation=ENTERPRISE_A,
        severity="BLOCK",
        amount_fen=1_234_500,
        class_no="SY2026-A01",
        problem="第三课次签到表有七人笔迹相同，经询问为班组长代签；其中二人当日另有出差记录",
        evidence="签到表原件第 2 页；出差审批单",
        measure="逐人说明到课情况，退回代签人员的课时，向全体学员公布纠正结果，并附签字原件",
    )
    number = await rectifying.ask_rectification(auditor, long, clock=clock)
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    await signed_in(page, address, "jingban-a", clock)
    await reads(page, address, "/rectifications")
    await reads(page, address, f"/rectifications/{number}")
    paper = tmp_path / "说明.pdf"
    paper.write_bytes(PDF)
    await page.fill("#words", "已逐人核实，退回七人课时")
    await page.fill("#title-1", "情况说明")
    await page.set_input_files("#file-1", paper)
    await page.click("button:has-text('提交答复')")
    await page.wait_for_selector("text=待验收")
    assert "情况说明" in await page.inner_text("main")
    await page.click("button:has-text('退出')")
    await signed_in(page, address, "shenji", clock)
    for path in ("/rectifications/new", f"/rectifications/{number}", "/rectifications?overdue=yes"):
        await reads(page, address, path)
    await page.goto(f"{address}/rectifications/{number}")
    await page.check("#a-close")
    await page.fill("#act-words", "材料齐全")
    await page.click("button:text-is('办理')")
    await page.wait_for_selector("text=请由另一人复核")
    watch.assert_quiet()
    await context.close()
