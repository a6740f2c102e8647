"""In the browser, without script: an enterprise registers, is approved by a street's clerk, and submits its claim."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.accounts.registrations import PASSWORD, PDF, registered
from tests.people import ENTERPRISE_B, account, sign_in_as
from tests.web.conftest import DATA
from tests.web.test_browser import DESK, PHONE, Watch, address, browser, faults, installed, signed_in, too_wide
from training_admin.accounts.invitations import invite_officer
from training_admin.accounts.resets import offer_reset
from training_admin.kit.clock import FixedClock

pytestmark = pytest.mark.browser
__all__ = ["address", "browser", "installed"]


@pytest.mark.usefixtures("district")
async def test_from_registration_to_submission(browser: Browser, address: str, clock: FixedClock, tmp_path: Path) -> None:
    licence = tmp_path / "执照.pdf"
    licence.write_bytes(PDF)
    context = await browser.new_context(viewport=DESK, java_script_enabled=False)
    watch = Watch(context, address)
    page = await context.new_page()
    await page.goto(f"{address}/sign-in")
    await page.click("main >> text=注册")
    for field, value in {
        "code": ENTERPRISE_B,
        "name": "上海松江样例智能装备有限公司（B）",
        "contact_name": "王样例",
        "contact_phone": "13912345678",
        "login": "xinban",
        "password": PASSWORD,
    }.items():
        await page.fill(f"#{field}", value)
    await page.set_input_files("#file", licence)
    await page.click("button:has-text('提交注册')")
    assert "注册已提交" in await page.inner_text("main")

    async def as_enterprise_submitting() -> str:
        await page.goto(f"{address}/sign-in")
        await page.fill("#login", "xinban")
        await page.fill("#password", PASSWORD)
        await page.click("main >> button:has-text('登录')")
        await page.goto(f"{address}/claims/new")
        await page.set_input_files("#file", DATA / "claim_B.xlsx")
        await page.click("button:has-text('上传并预检')")
        await page.wait_for_url("**/prechecks/*")
        await page.check("[name=readable_only]")
        await page.click("button:has-text('提交申报')")
        told = await page.inner_text("main")
        await page.click("button:has-text('退出')")
        return told

    assert "单位注册尚未核准" in await as_enterprise_submitting()
    await signed_in(page, address, "shouli", clock)
    await page.click("text=待核准的单位注册")
    await page.click("text=上海松江样例智能装备有限公司（B）")
    await page.click("main >> button:has-text('核准') >> nth=0")
    assert "已核准" in await page.inner_text("main")
    await page.click("button:has-text('退出')")
    assert "申报已提交" in await as_enterprise_submitting()
    watch.assert_quiet()
    await context.close()


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
@pytest.mark.parametrize(
    ("login", "other", "paths"),
    [
        pytest.param("qianzi-a", "jingban-a", ("/colleagues", "/colleagues/A000001", "/consents", "/me/deputies"), id="enterprise"),
        pytest.param("shouli", "chushen", ("/", "/organisations", "/organisations/{code}"), id="street"),
        pytest.param("xitong", "chushen", ("/", "/accounts", "/accounts/A000001"), id="system administrator"),
        pytest.param("anquan", "shenji", ("/", "/roles", "/roles/A000001", "/assignments"), id="security administrator"),
    ],
)
async def test_administration_fits_its_screen_and_can_be_read_by_everybody(
    browser: Browser, address: str, clock: FixedClock, login: str, other: str, paths: tuple[str, ...], viewport: ViewportSize
) -> None:
    await account(other, clock)
    code = (await registered(clock)).code
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    for public in ("/register", "/sign-in"):
        await page.goto(f"{address}{public}")
        assert await faults(page) == [], public
    await signed_in(page, address, login, clock)
    for path in (each.format(code=code) for each in paths):
        answer = await page.goto(f"{address}{path}")
        assert answer is not None
        assert answer.status == 200, path
        wide = await too_wide(page)
        assert wide <= 0, f"{path} is {wide} px too wide"
        assert await faults(page) == [], path
    watch.assert_quiet()
    await context.close()


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_an_invitation_with_second_factor_fits_its_screen(
    browser: Browser, address: str, clock: FixedClock, viewport: ViewportSize
) -> None:
    admin = (await sign_in_as("xitong", clock, stepped_up=True)).actor
    until = clock.today() + timedelta(days=365)
    token = await invite_officer(admin, organisation="YX-001", name="新管理员", authorised_until=until, clock=clock)
    officer, _secret = await account("chushen", clock)
    reset = await offer_reset(admin, officer.key, clock=clock)
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    for path in (f"/invitations/{token}", f"/resets/{reset}"):
        await page.goto(f"{address}{path}")
        wide = await too_wide(page)
        assert wide <= 0, path
        assert await faults(page) == [], path
    watch.assert_quiet()
    await context.close()
