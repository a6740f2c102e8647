"""Pages of running classes in Debian's chromium: on a phone and a desk, read by axe; the code on the screen changes by itself."""

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.catalog.classes import FIRST_DAY, roster
from tests.catalog.running import FIRST, LAST_DAY, held_all, move_to, passed_all, started
from tests.catalog.test_filing import registrar
from tests.web.test_browser import DESK, PHONE, Watch, address, browser, installed, signed_in
from tests.web.test_institutions_browser import reads
from training_admin.kit.clock import FixedClock

__all__ = ["address", "browser", "installed"]
pytestmark = pytest.mark.browser
PRINTOUTS = ("sheet", "door", "exam")


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_a_running_class_fits_and_can_be_read(browser: Browser, address: str, clock: FixedClock, viewport: ViewportSize) -> None:
    number = await started(clock)
    base = f"/classes/{number}"
    move_to(clock, FIRST_DAY, "08:55")
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    await signed_in(page, address, "jiaoshi", clock)
    await reads(page, address, f"{base}/sessions/{FIRST}/screen")
    code = (await page.inner_text(".big-code")).replace(" ", "")
    phone = await browser.new_context(viewport=PHONE, locale="zh-CN")
    trainee = await phone.new_page()
    for person in roster()[:2]:
        await trainee.goto(f"{address}/sign-in-code/{number}/{FIRST}/{code}")
        await trainee.fill("#name", person.name)
        await trainee.fill("#tail", person.identity[-6:])
        await trainee.click("button:has-text('签到')")
        await trainee.wait_for_selector("text=签到成功")
    await page.wait_for_selector("text=2 / 6 人已登记", timeout=10_000)
    for path in ("/sessions", f"{base}/sessions/{FIRST}", f"{base}/running", base, *(f"{base}/print/{each}" for each in PRINTOUTS)):
        await reads(page, address, path)
    await reads(page, address, f"/sign-in-code?class_no={number}")
    await held_all(clock, number, absent=1)
    await passed_all(clock, number, await registrar(clock))
    assert clock.today() > LAST_DAY
    await page.click("button:has-text('退出')")
    await signed_in(page, address, "jiaowu", clock)
    for path in ("running", "results"):
        await reads(page, address, f"{base}/{path}")
    watch.assert_quiet()
    await phone.close()
    await context.close()
