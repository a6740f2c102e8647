"""The fund in Debian's chromium: on a phone and a desk, read by axe; a batch goes through its three people without script."""

from datetime import date

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.fund.ledger_world import enter as entered
from tests.fund.ledger_world import granted, new_payable
from tests.fund.payment_world import account_of, make_due, no_lines, nothing_missing, payable, person
from tests.fund.web_world import payable_claim
from tests.matrix_fund import ENDED
from tests.people import sign_in_as
from tests.web.test_browser import DESK, PHONE, Watch, address, browser, installed, signed_in
from tests.web.test_institutions_browser import reads
from training_admin.accounts.middleware import COOKIE
from training_admin.database import read_transaction
from training_admin.fund import bank_results, batches, holds, recoveries
from training_admin.fund.batch_store import due_rows
from training_admin.fund.result_facts import BankResult
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.wiring import follow_claim

__all__ = ["address", "browser", "installed"]
pytestmark = pytest.mark.browser


async def furnished_fund(clock: FixedClock) -> tuple[str, str, str]:
    """A claim that was paid and is being recovered, something due, held, called back, waiting: claim, batch, recovery."""
    claim = await payable_claim(clock)
    async with read_transaction():
        subject = (await due_rows())[0].due.subject
    clerk = await person("caijing", clock)
    batch = await batches.make_batch(clerk, [subject], follow=follow_claim, missing=nothing_missing, lines=no_lines, clock=clock)
    await batches.check_batch(await person("caifu", clock), batch, missing=nothing_missing, lines=no_lines, clock=clock)
    await batches.approve_batch(await person("fenguan", clock), batch, missing=nothing_missing, lines=no_lines, clock=clock)
    await batches.send_batch(clerk, batch, follow=follow_claim, missing=nothing_missing, lines=no_lines, clock=clock)
    result = BankResult(f"{batch}-0001", None, True, "国库0001", clock.today())
    await bank_results.record_results(clerk, batch, [result], places={}, sheet="", follow=follow_claim, clock=clock)
    recovery = await recoveries.propose_recovery(await person("dudao", clock), claim, people=1, fen=100_000, reason="冒名参训", clock=clock)
    decider = await person("shending", clock)
    await recoveries.decide_recovery(decider, recovery, confirm=True, return_by=date(2026, 7, 1), follow=follow_claim, clock=clock)
    for number, payee in ((700_001, "91310117X11000017X"), (700_002, "91310117X120000174"), (700_003, "91310117X130000171")):
        new = payable(number, 250_000, payee=payee, account=account_of(number % 10))
        await entered(new, clock)
        await make_due(new.subject, clock, notice_ends=ENDED)
    await holds.place_hold(DEMO, "SJ2026700002", "人工", "收到举报，正在核查", clock=clock)
    await granted(10**6, clock, year=2025, business_id="2025")
    await entered(new_payable(700_004, 10**12), clock)
    return claim, batch, recovery


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_the_fund_fits_and_can_be_read(browser: Browser, address: str, clock: FixedClock, viewport: ViewportSize) -> None:
    claim, batch, recovery = await furnished_fund(clock)
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    await signed_in(page, address, "caijing", clock)
    await page.goto(f"{address}/fund")
    budget = await page.get_attribute("table a[href^='/fund/budgets/']", "href")
    pages = ("/fund", str(budget), f"/fund/cases/{claim}", "/fund/cases/SJ2026700002", "/fund/holds", "/payments", f"/payments/{batch}")
    for each in (*pages, "/recoveries", f"/recoveries/{recovery}", "/fund/closing", "/fund/carry-overs/2025", f"/claims/{claim}"):
        await reads(page, address, each)
    await page.click("button:has-text('退出')")
    await signed_in(page, address, "dudao", clock)
    await reads(page, address, "/recoveries/new")
    watch.assert_quiet()
    await context.close()


async def test_a_batch_goes_through_three_people_without_script(browser: Browser, address: str, clock: FixedClock) -> None:
    await payable_claim(clock)
    context = await browser.new_context(viewport=DESK, locale="zh-CN", java_script_enabled=False)
    page = await context.new_page()
    path = "/payments"
    for login, words in (
        ("caijing", "编制拨付批次"),
        ("caifu", "复核通过"),
        ("fenguan", "审批通过并冻结内容"),
        ("caijing", "确认已送国库"),
    ):
        person_in = await sign_in_as(login, clock, stepped_up=True)
        await context.clear_cookies()
        await context.add_cookies([{"name": COOKIE, "value": person_in.token, "url": address}])
        await page.goto(f"{address}{path}")
        await page.click(f"button:has-text('{words}')")
        await page.wait_for_url("**/payments/PC2026*")
        path = page.url.removeprefix(address)
    assert "已送国库" in await page.inner_text("main")
    await context.close()
