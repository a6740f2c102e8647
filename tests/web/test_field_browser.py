"""The on-site form in Debian's chromium: filled in with the network off, photos hashed on the phone, sent later, once, and forgotten."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.accounts.registrations import JPEG
from tests.audit.field_world import SECOND, drawn_today, sent
from tests.fund.payment_world import rows
from tests.people import assign_all, sign_in_as
from tests.web.test_browser import DESK, PHONE, Watch, address, browser, faults, installed, signed_in, too_wide
from tests.web.test_institutions_browser import SHOTS, reads
from training_admin.audit import fielding
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock
from training_admin.kit.digest import sha256_hex

__all__ = ["address", "browser", "installed"]
pytestmark = pytest.mark.browser
KEPT = """() => new Promise((resolve) => {
    const asked = indexedDB.open("field", 1);
    asked.onsuccess = () => {
        const names = ["classes", "drafts", "photos"], t = asked.result.transaction(names, "readonly"), told = {};
        names.forEach((name) => { t.objectStore(name).getAll().onsuccess = (event) => { told[name] = event.target.result; }; });
        t.oncomplete = () => resolve(JSON.parse(JSON.stringify(told)));
    };
})"""
# The phone's day is that of the test's clock.
DAY = "2026-06-22T10:00:00+08:00"


async def phone(browser: Browser, address: str, clock: FixedClock) -> Page:
    """An inspector's phone that has opened the form once, with the network on."""
    context = await browser.new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = await context.new_page()
    await page.clock.set_fixed_time(DAY)
    await signed_in(page, address, "dudao", clock)
    await page.goto(f"{address}/field/today")
    await page.wait_for_selector("body[data-offline=ready]")
    return page


async def filled(page: Page, files: list[Path]) -> None:
    """The first class is inspected, with photos."""
    await page.click("button:has-text('开始检查')")
    await page.fill("#present", "4")
    for box in ("teacher_fits", "plan_fits", "textbooks", "order_kept", "safe"):
        await page.check(f"#{box}")
    await page.select_option("#passed", "yes")
    await page.set_input_files("#photos", files)
    await expect(page.locator("#photos-taken li")).to_have_count(len(files))


async def arrived(count: int) -> None:
    """Wait until so many visits have arrived."""
    for _turn in range(100):
        if len(await rows("SELECT 1 FROM class_visit")) == count:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the visit did not arrive")


async def photos(folder: Path) -> list[Path]:
    found = [folder / "一.jpg", folder / "二.jpg"]
    for path, content in zip(found, (JPEG, SECOND), strict=True):
        await asyncio.to_thread(path.write_bytes, content)
    return found


async def seen_by_the_auditor(browser: Browser, address: str, plan: str, clock: FixedClock) -> None:
    """The photos with their digests, two clicks from the plan."""
    await assign_all(clock)
    context = await browser.new_context(viewport=DESK, locale="zh-CN")
    desk = await context.new_page()
    await signed_in(desk, address, "shenji", clock)
    await reads(desk, address, f"/inspections/{plan}")
    await desk.click("main >> text=照片")
    await desk.wait_for_selector(f"text={sha256_hex(JPEG)}")
    assert await faults(desk) == []
    await context.close()


async def test_a_class_is_inspected_without_a_network_and_sent_later_once(
    browser: Browser, address: str, clock: FixedClock, tmp_path: Path
) -> None:
    plan, class_no = await drawn_today(clock)
    page = await phone(browser, address, clock)
    watch = Watch(page.context, address)
    await page.context.set_offline(True)
    await page.reload()
    await page.wait_for_selector(f"#classes >> text={class_no}")
    await filled(page, await photos(tmp_path))
    assert await too_wide(page) <= 0
    assert await faults(page) == []
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / "field-form.png", full_page=True)
    await page.reload()
    await page.click("button:has-text('继续填写')")
    assert await page.input_value("#present") == "4"
    await page.fill("#words", "设备齐全")
    await page.click("button:has-text('保存待同步')")
    await page.wait_for_selector("#waiting >> text=待同步")
    await page.click("#sync")
    await page.wait_for_selector("text=没有网络，检查表和照片保留在本机")
    kept: Any = await page.evaluate(KEPT)
    assert [each["sha256"] for each in kept["drafts"][0]["photos"]] == [sha256_hex(JPEG), sha256_hex(SECOND)]
    assert await rows("SELECT 1 FROM class_visit") == []
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / "field-waiting.png", full_page=True)
    # The visit arrives, its photos are lost on the way: the phone sends again by itself what is still to come.
    await page.route("**/field/photos", lambda route: route.abort())
    await page.context.set_offline(False)
    await expect(page.locator("#waiting")).to_contain_text("待同步")
    await arrived(1)
    await expect(page.locator("#sync")).to_be_enabled()
    assert await rows("SELECT class_no, present, passed, words FROM class_visit") == [(class_no, 4, True, "设备齐全")]
    await page.unroute("**/field/photos")
    # It may have sent them by itself already: then there is nothing left to press.
    await page.evaluate("document.getElementById('sync').click()")
    await page.wait_for_selector(f"text=已同步：{class_no}")
    assert await rows("SELECT count(*)::int FROM class_visit") == [(1,)]
    found = await rows("SELECT p.sha256, s.sha256 FROM field_photo p JOIN stored_file s ON s.id = p.file ORDER BY p.id")
    assert found == [(sha256_hex(JPEG), sha256_hex(JPEG)), (sha256_hex(SECOND), sha256_hex(SECOND))]
    assert await page.evaluate(KEPT) == {"classes": [], "drafts": [], "photos": []}
    watch.complaints = [each for each in watch.complaints if "ERR_" not in each]
    watch.assert_quiet()
    await page.context.close()
    await seen_by_the_auditor(browser, address, plan, clock)


async def test_a_visit_that_somebody_else_has_entered_is_shown_before_another_is_sent(
    browser: Browser, address: str, clock: FixedClock, tmp_path: Path
) -> None:
    plan, class_no = await drawn_today(clock)
    page = await phone(browser, address, clock)
    await page.context.set_offline(True)
    await filled(page, (await photos(tmp_path))[:1])
    await page.click("button:has-text('保存待同步')")
    await page.wait_for_selector("#waiting >> text=待同步")
    await fielding.receive_visit(COMMAND_LINE, sent(plan, class_no), clock=clock)
    await page.context.set_offline(False)
    await page.wait_for_selector("text=当日已有他人登记")
    assert "实到 5 人" in await page.inner_text("#waiting")
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / "field-conflict.png", full_page=True)
    assert await faults(page) == []
    await page.click("button:has-text('作为另一次检查提交')")
    await page.wait_for_selector(f"text=已同步：{class_no}")
    assert await rows("SELECT present FROM class_visit ORDER BY id") == [(5,), (4,)]
    await page.context.close()


async def test_who_is_signed_out_keeps_his_form(browser: Browser, address: str, clock: FixedClock, tmp_path: Path) -> None:
    await drawn_today(clock)
    await sign_in_as("dudao", clock)
    page = await phone(browser, address, clock)
    await page.context.set_offline(True)
    await filled(page, (await photos(tmp_path))[:1])
    await page.click("button:has-text('保存待同步')")
    await page.wait_for_selector("#waiting >> text=待同步")
    await page.context.clear_cookies()
    await page.context.set_offline(False)
    await page.wait_for_selector("text=登录已失效")
    kept: Any = await page.evaluate(KEPT)
    assert (len(kept["drafts"]), len(kept["photos"])) == (1, 1)
    await page.context.close()
