"""The pages of policy changes, trail and single sign-on in chromium: they fit, can be read by everybody, and fetch nothing from outside."""

import msgspec
import pytest
from playwright.async_api import Browser, ViewportSize

from tests.people import account
from tests.policy.deciding import APPROVER, OFFICER, adopt
from tests.policy.test_store import new_figure
from tests.web.serving import served
from tests.web.test_browser import DESK, PHONE, Watch, browser, faults, installed, signed_in, too_wide  # noqa: F401 - fixtures
from training_admin.kit.clock import FixedClock
from training_admin.kit.dated import Standing
from training_admin.policy.packs import DEFAULT_PACK, open_pack
from training_admin.policy.proposals import decide_proposal, propose_figure
from training_admin.settings import Settings
from training_admin.wiring import EXAMINER

pytestmark = pytest.mark.browser
SCREENS = [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")]


async def some_proposals(clock: FixedClock) -> str:
    """A pack in use, an assumption refused, and a figure that waits; returns the number of the last."""
    await adopt(open_pack("luliang-2021"), clock=clock)
    assumed = new_figure(standing=Standing.ASSUMED, local_standing=Standing.ASSUMED, note="未见文件，按邻区做法暂定")
    number = await propose_figure(OFFICER, DEFAULT_PACK, assumed, why="先行试算", clock=clock)
    await decide_proposal(APPROVER, number, approve=False, reason="等待正式文件", examiner=EXAMINER, clock=clock)
    return await propose_figure(OFFICER, DEFAULT_PACK, assumed, why="正式文件印发", clock=clock)


@pytest.mark.parametrize("viewport", SCREENS)
@pytest.mark.parametrize(
    ("login", "pages"),
    [
        ("zhengce", ("/", "/policy/proposals", "/policy/proposals/new", "/policy/proposals/{0}")),
        ("zhengshen", ("/", "/policy/proposals", "/policy/proposals/{0}")),
        ("shenji", ("/", "/trail", "/trail?event=policy", "/trail?start=soon", "/trail/1", "/policy/proposals/{0}", "/me/sso")),
        ("shenguan", ("/", "/trail", "/trail/1")),
    ],
)
async def test_each_role_reads_its_pages(
    browser: Browser,  # noqa: F811 - the fixture
    database: Settings,
    clock: FixedClock,
    viewport: ViewportSize,
    login: str,
    pages: tuple[str, ...],
) -> None:
    number = await some_proposals(clock)
    async with served(msgspec.structs.replace(database, rate_limit=1_000_000), clock) as address:
        context = await browser.new_context(viewport=viewport, locale="zh-CN")
        watch = Watch(context, address)
        page = await context.new_page()
        await signed_in(page, address, login, clock)
        for path in pages:
            await page.goto(f"{address}{path.format(number)}")
            wide = await too_wide(page)
            assert wide <= 0, f"{path} is {wide} px too wide"
            assert await faults(page) == [], path
        watch.assert_quiet()
        await context.close()


async def test_a_policy_officer_and_an_approver_change_a_figure(
    browser: Browser,  # noqa: F811 - the fixture
    database: Settings,
    clock: FixedClock,
) -> None:
    async with served(msgspec.structs.replace(database, rate_limit=1_000_000), clock) as address:
        context = await browser.new_context(viewport=DESK, locale="zh-CN")
        page = await context.new_page()
        await signed_in(page, address, "zhengce", clock)
        await page.click("nav >> text=政策变更")
        await page.click("text=提出政策变更")
        await page.select_option("#key", "att.person_min")
        for field, text in {"#value": "85%", "#start": "2026-07-01", "#paper": "测试文件〔2026〕1号", "#why": "新文件印发"}.items():
            await page.fill(field, text)
        await page.click("button:text-is('提出')")
        await page.wait_for_url("**/policy/proposals/ZC2026*")
        where = page.url
        await context.close()

        context = await browser.new_context(viewport=DESK, locale="zh-CN")
        page = await context.new_page()
        await signed_in(page, address, "zhengshen", clock)
        await page.goto(where)
        assert "暂定，不是政策规定" in await page.inner_text("main")
        await page.click("button:has-text('批准并立即采用')")
        await page.wait_for_load_state()
        assert "已批准" in await page.inner_text("main")
        await context.close()


@pytest.mark.parametrize("viewport", SCREENS)
async def test_an_account_is_linked_and_used_at_the_demo_provider(
    browser: Browser,  # noqa: F811 - the fixture
    database: Settings,
    clock: FixedClock,
    viewport: ViewportSize,
) -> None:
    settings = msgspec.structs.replace(database, rate_limit=1_000_000, sso="mock", demo=True)
    await account("jingban-b", clock)
    async with served(settings, clock) as address:
        context = await browser.new_context(viewport=viewport, locale="zh-CN")
        watch = Watch(context, address)
        page = await context.new_page()
        await signed_in(page, address, "jingban-b", clock)
        await page.goto(f"{address}/me/sso")
        await page.click("button:has-text('关联我的账户')")
        await page.wait_for_url("**/step-up**")
        await page.fill("#password", "Lan-Tian-Bai-Yun-42")
        await page.click("main button[type=submit]")
        await page.click("button:has-text('关联我的账户')")
        assert await faults(page) == []
        await page.click("a:has-text('前往认证')")
        await page.fill("#subject", "演示-7")
        assert await faults(page) == []
        await page.click("button:has-text('以此身份继续')")
        await page.wait_for_url("**/me/sso?done=true")
        await page.click("button:has-text('退出')")
        await page.goto(f"{address}/sign-in?next=/claims")
        await page.click("a:has-text('一网通办')")
        await page.fill("#subject", "演示-7")
        await page.click("button:has-text('以此身份继续')")
        await page.wait_for_url(f"{address}/claims")
        watch.assert_quiet()
        await context.close()
