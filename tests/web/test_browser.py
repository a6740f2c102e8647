"""The pages in Debian's chromium: upload to receipt, without script too, on a phone, read by axe, nothing fetched from outside."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright, expect

from tests.applications import application
from tests.people import PASSWORD, PEOPLE, account, assign_all
from tests.subsidy.register_books import document, register_book
from tests.web.conftest import DATA
from tests.web.test_deliveries import wrong_book
from training_admin.accounts.second_factor import FACTOR
from training_admin.app import assess_staged_claim
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import GRANTS, Right
from training_admin.kit.role_words import ROLE_WORDS
from training_admin.office.jobs import JobRun
from training_admin.settings import Settings
from training_admin.subsidy.assessing import ASSESS_CLAIM, FIRST_TIME

pytestmark = pytest.mark.browser
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
PHONE, DESK = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=900)
PAGES = ("/", "/claims", "/claims/new", "/me", "/step-up", "/template", "/rules", "/rules/FILE-01", "/figures", "/no/such/page")
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CLAIM_PAGES = ("/claims/{0}", "/claims/{0}/lines/10", "/claims/{0}/lines/14")


@pytest_asyncio.fixture
async def address(database: Settings, clock: FixedClock) -> AsyncIterator[str]:
    """The application served on a free port of this machine."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application(database, clock), log_level="warning", ws="none", http="h11", lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await task
    listening.close()


@pytest.fixture(scope="session")
def installed() -> None:
    """A missing browser is told with the line that mends it."""
    assert CHROMIUM.exists(), "apt-get install chromium"


@pytest_asyncio.fixture(scope="session")
async def browser(installed: None) -> AsyncIterator[Browser]:
    """Debian's chromium."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        await chromium.close()


class Watch:
    """What a page asked for and complained about."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.outside: list[str] = []
        self.complaints: list[str] = []
        context.on("request", lambda request: self._note(request.url))
        context.on("console", lambda message: self._hear(message.type, message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _note(self, url: str) -> None:
        if not url.startswith((self.address, "data:")):
            self.outside.append(url)

    def _hear(self, kind: str, text: str) -> None:
        # A page that is answered with 404 or 422 is told so on the console as well.
        if kind == "error" and "Failed to load resource" not in text:
            self.complaints.append(text)

    def assert_quiet(self) -> None:
        """Nothing was fetched from outside and no rule of the content policy was broken."""
        assert self.outside == []
        assert self.complaints == []


async def signed_in(page: Page, address: str, login: str, clock: FixedClock) -> None:
    """Sign in through the form, with the code of the person's device where one is asked."""
    facts, secret = await account(login, clock)
    await page.goto(f"{address}/sign-in")
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    if facts.needs_second_factor:
        await page.fill("#code", FACTOR.current_code(secret, at=clock.wall()))
    await page.click("button:has-text('登录')")
    await page.wait_for_url(f"{address}/")


async def uploaded(page: Page, address: str, letter: str, clock: FixedClock) -> None:
    """Sign in as the enterprise's clerk, choose its sample claim and pre-check it."""
    await signed_in(page, address, f"jingban-{letter.lower()}", clock)
    await page.goto(f"{address}/claims/new")
    await page.set_input_files("#file", DATA / f"claim_{letter}.xlsx")
    await page.click("button:has-text('上传并预检')")
    await page.wait_for_url("**/prechecks/*")


@pytest.mark.usefixtures("district")
async def test_a_claim_goes_from_upload_to_result(browser: Browser, address: str, clock: FixedClock) -> None:
    context = await browser.new_context(viewport=DESK, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    await uploaded(page, address, "B", clock)
    assert await page.locator("#cells tbody tr").count() == 3
    async with page.expect_download() as marked:
        await page.click("a.btn:has-text('下载标注后的申报表')")
    assert (await marked.value).suggested_filename.endswith(".xlsx")

    await page.select_option("#outcome", "REJECT_LINE")
    await expect(page.locator("#lines tbody tr")).to_have_count(10)
    assert "outcome=REJECT_LINE" in page.url
    await page.click("#lines tbody tr:first-child a")
    await page.wait_for_url("**/lines/10")
    assert "当年补贴次数少于 3 次时可通过" in await page.inner_text("main")

    await page.go_back()
    await page.check("#readable_only")
    await page.click("button:has-text('提交申报')")
    await page.wait_for_url("**/claims/SJ2026*")
    assert "正在自动核验" in await page.inner_text("main")
    number = page.url.rpartition("/")[2].partition("?")[0]
    await assess_staged_claim(JobRun(ASSESS_CLAIM, f"{number}/{FIRST_TIME}", clock))
    await page.wait_for_selector("h2:has-text('核验记录')")
    assert "34,560.00" in await page.inner_text(".figures .strong")
    watch.assert_quiet()
    await context.close()


@pytest.mark.usefixtures("district")
async def test_everything_works_without_script(browser: Browser, address: str, clock: FixedClock) -> None:
    context = await browser.new_context(viewport=DESK, java_script_enabled=False)
    page = await context.new_page()
    await uploaded(page, address, "A", clock)
    await page.select_option("#class_no", "SY2026-A02")
    await page.click("#lines >> text=筛选")
    await page.wait_for_url("**class_no=SY2026-A02**")
    await page.click("button:has-text('提交申报')")
    await page.wait_for_url("**/claims/SJ2026*")
    assert "申报已提交" in await page.inner_text("main")
    await context.close()


async def test_a_refused_file_is_told_where_another_can_be_chosen(
    browser: Browser, address: str, clock: FixedClock, tmp_path: Path
) -> None:
    wrong = tmp_path / "表.xlsx"
    wrong.write_bytes(b"not a workbook")
    context = await browser.new_context(viewport=PHONE)
    watch = Watch(context, address)
    page = await context.new_page()
    await signed_in(page, address, "jingban-b", clock)
    await page.goto(f"{address}/claims/new")
    await page.set_input_files("#file", wrong)
    await page.click("button:has-text('上传并预检')")
    await page.wait_for_selector("[role=alert]")
    assert await page.is_enabled("button:has-text('上传并预检')")
    watch.assert_quiet()
    await context.close()


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_every_page_fits_its_screen_and_can_be_read_by_everybody(
    browser: Browser, address: str, number: str, clock: FixedClock, viewport: ViewportSize
) -> None:
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    await signed_in(page, address, "jingban-b", clock)
    for path in (*PAGES, *(each.format(number) for each in CLAIM_PAGES)):
        await page.goto(f"{address}{path}")
        wide = await too_wide(page)
        assert wide <= 0, f"{path} is {wide} px too wide"
        assert await faults(page) == [], path
    watch.assert_quiet()
    await context.close()


async def too_wide(page: Page) -> int:
    """By how many pixels a page sticks out of the screen, once it is whole: a click returns before the next page is."""
    await page.wait_for_load_state()
    wide: int = await page.evaluate(TOO_WIDE)
    return wide


async def faults(page: Page) -> list[str]:
    """What axe finds wrong with a page, by rule and place."""
    await page.wait_for_load_state()
    await page.evaluate(AXE)
    found: Any = await page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})")
    return [f"{each['id']}: {node['target']}" for each in found["violations"] for node in each["nodes"]]


async def test_the_description_of_the_api_is_drawn_without_the_internet(browser: Browser, address: str) -> None:
    context = await browser.new_context(viewport=DESK)
    watch = Watch(context, address)
    page = await context.new_page()
    await page.goto(f"{address}/schema")
    await page.get_by_text("/api/v1/prechecks", exact=True).wait_for()
    watch.assert_quiet()
    await context.close()


async def test_on_paper_every_clause_is_open_and_no_button_is_left(browser: Browser, address: str, number: str, clock: FixedClock) -> None:
    context = await browser.new_context(viewport=DESK)
    page = await context.new_page()
    await signed_in(page, address, "jingban-b", clock)
    await page.goto(f"{address}/claims/{number}/lines/10")
    await page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert await page.locator("details:not([open])").count() == 0
    await page.emulate_media(media="print")
    assert not await page.is_visible("button:has-text('打印')")
    assert (await page.pdf()).startswith(b"%PDF")
    await context.close()


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_a_delivery_is_taken_in_and_a_wrong_one_is_told_cell_by_cell(
    browser: Browser, address: str, clock: FixedClock, tmp_path: Path, viewport: ViewportSize
) -> None:
    right, wrong = tmp_path / "right.xlsx", tmp_path / "wrong.xlsx"
    right.write_bytes(register_book(document("A")))
    wrong.write_bytes(wrong_book())
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    await signed_in(page, address, "chushen", clock)
    await page.goto(f"{address}/deliveries")
    await page.set_input_files("#file", right)
    await page.click("button:has-text('上传并导入')")
    await page.wait_for_url("**/deliveries?received=*")
    assert "登记数据已导入" in await page.inner_text("main")
    assert (await too_wide(page), await faults(page)) == (0, [])
    await page.set_input_files("#file", wrong)
    await page.click("button:has-text('上传并导入')")
    await page.wait_for_selector("#cells")
    assert await page.locator("#cells tbody tr").count() == 2
    assert (await too_wide(page), await faults(page)) == (0, [])
    watch.assert_quiet()
    await context.close()


async def test_every_role_signs_in_and_sees_its_own_work_only(browser: Browser, address: str, number: str, clock: FixedClock) -> None:
    await assign_all(clock)
    for login, name, _organisation, roles in PEOPLE:
        context = await browser.new_context(viewport=DESK, locale="zh-CN")
        watch = Watch(context, address)
        page = await context.new_page()
        await signed_in(page, address, login, clock)
        assert name in await page.inner_text(".whoami"), login
        shown = await page.inner_text("main")
        for role in roles:
            assert ROLE_WORDS[role] in shown, login
        reads = any(Right.CLAIM_READ in GRANTS[role] for role in roles)
        assert (await page.locator(".mainnav a[href='/claims']").count() == 1) is reads, login
        sees = reads and login not in {"jingban-a", "qianzi-a", "disanfang", "shouli"}
        assert (number in shown) is sees, login
        for right, path in ((Right.TRAIL_READ, "/trail"), (Right.ACCOUNT_OPEN, "/accounts"), (Right.ROLE_GRANT, "/roles")):
            answer = await page.goto(f"{address}{path}")
            assert answer is not None
            assert answer.status == (200 if any(right in GRANTS[role] for role in roles) else 403), f"{login} {path}"
        watch.assert_quiet()
        await context.close()
