"""Pages of dossier, replay, trials and impact lists in Debian's chromium: on a phone and a desk, read by axe."""

import io
import re
from typing import Any

import openpyxl
import pytest
from playwright.async_api import Browser, ViewportSize

from tests.audit.test_ordering import apart
from tests.people import assign_all, sign_in_as
from tests.web.test_browser import DESK, PHONE, Watch, address, browser, installed, signed_in
from tests.web.test_institutions_browser import reads
from training_admin.accounts.middleware import COOKIE
from training_admin.audit.layouts import FIRMS, PEOPLE
from training_admin.audit.ordering import MAKE_AUDIT_FILE, make_ordered
from training_admin.audit.trial_store import TrialKind
from training_admin.audit.trials import ask_impact, ask_what_if, list_impacts
from training_admin.audit.trying import RUN_TRIAL, run_trial
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun
from training_admin.wiring import EXAMINER

__all__ = ["address", "apart", "browser", "installed"]
HERE = re.compile(rf"=HYPERLINK\(\"#'{PEOPLE}'!A(\d+)\"")
THERE = re.compile(r'=HYPERLINK\("([^"]+)"')
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_an_auditor_reads_dossier_replay_and_trials(
    browser: Browser, address: str, number: str, clock: FixedClock, viewport: ViewportSize
) -> None:
    await assign_all(clock)
    auditor = (await sign_in_as("shenji", clock)).actor
    what_if = await ask_what_if(auditor, "", year=2026, clock=clock)
    _found, deliveries, _figures = await list_impacts(auditor)
    impact = await ask_impact(auditor, TrialKind.DELIVERY, deliveries[0].subject, clock=clock)
    await run_trial(JobRun(RUN_TRIAL, what_if, clock), examiner=EXAMINER)
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    await reads(page, address, "/verifiers")
    await signed_in(page, address, "shenji", clock)
    for each in ("dossier", "replay", "evidence"):
        await reads(page, address, f"/claims/{number}/{each}")
    for path in ("/policy/trials", f"/policy/trials/{what_if}", "/impacts", f"/impacts/{impact}", "/audit/files"):
        await reads(page, address, path)
    watch.assert_quiet()
    await context.close()


async def test_from_a_total_in_the_workbook_to_the_persons_decision_in_two_clicks(
    browser: Browser, address: str, number: str, apart: None, clock: FixedClock
) -> None:
    await assign_all(clock)
    context = await browser.new_context(viewport=DESK, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    auditor = await sign_in_as("shenji", clock, stepped_up=True)
    await context.add_cookies([{"name": COOKIE, "value": auditor.token, "url": address}])
    await page.goto(f"{address}/audit/files")
    await page.fill("#start", "2026-01-01")
    await page.fill("#end", "2026-12-31")
    await page.click("button:has-text('开始生成')")
    await make_ordered(JobRun(MAKE_AUDIT_FILE, page.url.rpartition("/")[2], clock))
    await page.click("text=刷新进度")
    await reads(page, address, page.url.removeprefix(address))
    async with page.expect_download() as started:
        await page.click("button:has-text('下载')")
    book: Any = openpyxl.load_workbook(io.BytesIO((await (await started.value).path()).read_bytes()))
    firms, people = book[FIRMS], book[PEOPLE]
    here = HERE.match(firms.cell(5, firms.max_column).value)
    assert here
    place = int(here[1])
    header = [cell.value for cell in people[4]]
    row = dict(zip(header, [cell.value for cell in people[place]], strict=True))
    there = THERE.match(people.cell(place, 1).value)
    assert there
    link = there[1]
    assert link.startswith(f"{address}/claims/{number}/lines/")
    await page.goto(link)
    shown = await page.inner_text("main")
    assert row["姓名"] in shown
    assert f"{row['实发']:.2f}" in shown.replace(",", "")
    watch.assert_quiet()
    await context.close()
