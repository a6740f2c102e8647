"""Pages of certificates in Debian's chromium: on a phone and a desk, read by axe; the file to print comes by itself."""

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.certificates.closed import FAILED, NAMES, closed_class, person_key, registrar
from tests.web.test_browser import DESK, PHONE, Watch, address, browser, installed, signed_in
from tests.web.test_institutions_browser import reads
from training_admin.accounts import sessions
from training_admin.accounts.middleware import COOKIE
from training_admin.certificates.issuing import issue_class
from training_admin.certificates.printing import PRINT_CERTIFICATES, make_run
from training_admin.certificates.tags import tag_of
from training_admin.database import write_transaction
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun, run_job
from training_admin.settings import Settings

__all__ = ["address", "browser", "installed"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_certificates_fit_and_can_be_read(
    browser: Browser, address: str, clock: FixedClock, database: Settings, viewport: ViewportSize
) -> None:
    class_no = await closed_class(clock, (*NAMES[:FAILED], "\U00020bb7野"))
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    await signed_in(page, address, "jiaowu", clock)
    await reads(page, address, f"/classes/{class_no}/certificates")
    numbers = await issue_class(await registrar(clock), class_no, clock=clock)
    await reads(page, address, f"/certificates?wanted={class_no}")
    await reads(page, address, f"/certificates/{numbers[0]}")
    await page.goto(f"{address}/certificates?wanted={class_no}")
    await page.click("button:has-text('生成一个打印文件')")
    await page.wait_for_selector("text=等待生成")
    run = page.url.rpartition("/")[2]
    await reads(page, address, f"/certificates/runs/{run}")
    await run_job(JobRun(PRINT_CERTIFICATES, run, clock), lambda job: make_run(job, settings=database))
    await page.wait_for_selector("text=下载打印文件")
    await reads(page, address, "/certificates/runs")
    await context.clear_cookies()
    await reads(page, address, "/certificates/check")
    await reads(page, address, f"/certificates/check?no={numbers[3]}&t={tag_of(numbers[3])}")

    holder = await person_key(numbers[1])
    async with write_transaction():
        token, _key = await sessions.open_session(account=None, person=holder, device="测试", clock=clock, stepped_up=False)
    await context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    await reads(page, address, "/my-certificates")
    async with page.expect_event("requestfinished", lambda request: request.url.endswith(".png")):
        await page.click("main table a:has-text('图片')")
    await page.wait_for_load_state("load")
    assert await page.locator("main img").evaluate("image => image.naturalWidth") == 2104
    await reads(page, address, f"/my-certificates/{numbers[1]}")
    watch.assert_quiet()
    await context.close()
