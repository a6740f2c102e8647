"""Steps of a full season in a browser: everybody who has a hand in it, one after the other, and trainees with their own phones."""

import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date, timedelta
from pathlib import Path

import openpyxl
from playwright.async_api import Browser, BrowserContext, Page

from tests.catalog.classes import WELDER
from tests.catalog.running import certificate
from tests.people import ENTERPRISE_A, PASSWORD
from tests.subsidy import running
from tests.web.test_browser import DESK, PHONE, Watch, signed_in, too_wide
from tests.web.test_institutions_browser import SHOTS
from tests.web.test_plans import HEAD, LINE
from training_admin.catalog.attendance_reading import SHEET_ATTENDANCE
from training_admin.kit.clock import FixedClock

POINTS = {"need": "28", "content": "27", "price": "18", "conditions": "18"}
PROPOSED = {"name": "焊接机器人操作", "occupation": WELDER, "hours": "80", "theory_hours": "20", "practice_hours": "60", "standard": "1800"}
BUDGET = "10000.00"
FIRST_DAY, LAST_DAY = date(2026, 7, 6), date(2026, 7, 17)
PATIENCE_MS = 15_000
SIGN_IN_BUTTON = "main button:has-text('签到')"


class Season:
    """One desk at which people sit down one after the other, and the numbers of what they made."""

    def __init__(self, browser: Browser, context: BrowserContext, page: Page, address: str, clock: FixedClock, folder: Path) -> None:
        self.browser, self.context, self.page = browser, context, page
        self.address, self.clock, self.folder = address, clock, folder
        self.watches = [Watch(context, address)]
        page.set_default_timeout(PATIENCE_MS)
        self.shots = 0
        self.proved: set[str] = set()

    async def sit(self, login: str, path: str = "/") -> None:
        """Somebody signs in, a minute later than what was done before, and opens a page."""
        self.clock.move(timedelta(minutes=1))
        await self.context.clear_cookies()
        await signed_in(self.page, self.address, login, self.clock)
        if path != "/":
            await self.go(path)

    async def go(self, path: str) -> None:
        """Open a page; an answer other than 200 is a dead end."""
        answer = await self.page.goto(f"{self.address}{path}")
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"

    async def press(self, words: str, until: str | None = None) -> None:
        """Press a button of the page and wait for words, or for the next page to be there."""
        async with self.page.expect_navigation():
            await self.page.click(f"main button:has-text('{words}'):visible")
        if until is not None:
            assert until in await self.page.inner_text("main"), f"{words} → {until}: {await self.page.inner_text('main')}"

    async def says(self, *words: str) -> None:
        """The page shows all words."""
        text = await self.page.inner_text("main")
        assert [each for each in words if each not in text] == [], text

    async def look(self, name: str, page: Page | None = None) -> None:
        """Nothing sticks out of the screen; with SCREENSHOTS set, a picture is left in that folder."""
        page = page or self.page
        assert await too_wide(page) <= 0, name
        if SHOTS:
            self.shots += 1
            width = 0 if page.viewport_size is None else page.viewport_size["width"]
            await page.screenshot(path=Path(SHOTS) / f"{self.shots:02d}-{name}-{width}.png", full_page=True)

    async def look_on_a_phone(self, name: str) -> None:
        """The same page on a small screen."""
        await self.page.set_viewport_size(PHONE)
        await self.look(name)
        await self.page.set_viewport_size(DESK)

    async def saved(self, words: str) -> Path:
        """What a link or button of the page downloads."""
        async with self.page.expect_download() as loading:
            await self.page.click(f"main :is(a, button):has-text('{words}')")
        path = self.folder / f"{self.shots}-{words}.xlsx"
        await (await loading.value).save_as(path)
        return path

    @property
    def last_part(self) -> str:
        """The last part of the page's address: the number of what was made."""
        return self.page.url.partition("?")[0].partition("#")[0].rpartition("/")[2]

    @asynccontextmanager
    async def phone(self) -> AsyncIterator[Page]:
        """A phone of somebody who is not signed in."""
        context = await self.browser.new_context(viewport=PHONE, locale="zh-CN")
        self.watches.append(Watch(context, self.address))
        yield await context.new_page()
        await context.close()


@contextmanager
def workbook(path: Path) -> Iterator[openpyxl.Workbook]:
    """A workbook to be filled in; written back at the end."""
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    yield book
    book.save(path)


async def plan_of_the_year(season: Season) -> str:
    """The enterprise plans a project, the officer approves; the project's number."""
    page = season.page
    minutes = season.folder / "决议.pdf"
    minutes.write_bytes(b"%PDF-1.4 minutes %%EOF")
    await season.sit("jingban-a", "/plans")
    await season.press("填写申报")
    number = season.last_part
    for name in ("title", "people", "budget", "contract", "business"):
        await page.fill(f"#{name}", LINE[name])
    for name in ("stream", "way", "institution"):
        await page.select_option(f"#{name}", LINE[name])
    await season.press("添加", "主要工序")
    for name in ("wages", "set_aside", "used", "front_line"):
        await page.fill(f"#{name}", {**HEAD, "set_aside": "15000.00"}[name])
    await page.check("input[name=rules]")
    await page.check("input[name=separate]")
    await page.select_option("#approval", "congress")
    await page.set_input_files("#file", minutes)
    await season.press("保存", "应提取")
    await season.look("plan-draft")
    await season.press("提交审核", "待审核")
    await season.sit("chushen", f"/plans/{number}")
    await season.press("审核通过", "各项目的班级")
    await season.sit("jingban-a", f"/plans/{number}")
    await season.says(f"{number}/1")
    await season.look("plan-approved")
    await season.look_on_a_phone("plan-approved")
    return f"{number}/1"


async def proposal_to_item(season: Season) -> str:
    """Institution and enterprise propose an item; review, opinions, notice, publication; the item's code."""
    page, clock = season.page, season.clock
    await season.sit("jiaowu", "/catalog")
    await page.click("main a:has-text('提出项目')")
    await page.wait_for_url("**/proposals/new")
    for name, text in {**PROPOSED, "valid_from": "2026-06-22", "partner": ENTERPRISE_A, "why": "园区企业急需焊接机器人操作人员"}.items():
        await page.fill(f"#{name}", text)
    await page.select_option("#category", "A")
    await page.select_option("#level", "5")
    await page.select_option("#fund", "LES")
    await page.check("#group-E")
    await season.look("item-form")
    await season.press("提出", "焊接机器人操作")
    path = f"/catalog/proposals/{season.last_part}"
    await reviewed(season, path)
    await season.press("结束评审，征求意见", "征求意见至")
    await heard(season, path)
    clock.move(timedelta(days=9))
    await season.sit("zhengce", path)
    await page.select_option("select[name=outcome]", "partly")
    await page.fill("textarea[name=text]", "安全课时不少于 4 课时")
    await season.press("答复", "部分采纳")
    await season.press("公示", "公示至")
    clock.move(timedelta(days=8))
    await season.sit("zhengce", path)
    await page.fill("#paper", "松人社〔2026〕9号")
    await page.fill("#valid_from", "2026-06-22")
    await season.press("提请批准公布", "松人社〔2026〕9号")
    await season.sit("zhengshen")
    await season.says("待批准公布的目录项目建议 1 项")
    await season.go(path)
    await season.press("批准公布", "公布的有效期")
    await season.look("proposal-published")
    clock.move(timedelta(days=4))
    await season.sit("jiaowu", "/messages")
    await season.says("合作方已同意", "已列入补贴目录")
    await season.context.clear_cookies()
    await season.go("/catalog?word=hjjqr")
    await season.look("catalog-found")
    await page.click("main tbody a")
    await page.wait_for_selector("text=价格沿革")
    assert "暂定" not in await page.inner_text("main")
    await season.look_on_a_phone("catalog-item")
    return season.last_part


async def reviewed(season: Season, path: str) -> None:
    """The partner agrees, three experts are put in the pool and drawn, one scores by link, two on paper."""
    page = season.page
    await season.sit("qianzi-a")
    await season.says("待贵单位同意的目录项目建议 1 项")
    await season.go("/messages")
    await season.says("请同意联合提出目录项目")
    await season.look("partner-asked")
    await season.go(path)
    await season.press("同意联合提出", "同意")
    await season.sit("zhengce")
    await season.says("待办理的目录项目建议 1 项")
    await season.go("/catalog/experts")
    for number in range(3):
        for name, text in (("name", f"专家{number}"), ("organisation", f"单位{number}"), ("field", "焊接")):
            await page.fill(f"#{name}", text)
        await season.press("增补", f"专家{number}")
    await season.go(path)
    await season.press("抽取评审专家", "专家评审")
    await page.click("details summary >> nth=0")
    await season.press("生成一次性评分链接", "评分链接已生成")
    link = (await page.inner_text(".note-good code")).strip()
    await scored_on_a_phone(season, link)
    for place in (2, 3):
        await season.go(path)
        await page.click("main section:has(h2:text('专家评审')) details summary >> nth=0")
        for key, points in POINTS.items():
            await page.fill(f"#{key}-{place}", points)
        await page.fill(f"#paper-{place}", "评审档案1")
        await season.press("录入评分")
    await season.says("平均 91 分")
    await season.look("proposal-reviewed")


async def scored_on_a_phone(season: Season, link: str) -> None:
    """An expert scores by his link, not signed in."""
    path = link if link.startswith("/") else "/" + link.split("/", 3)[3]
    async with season.phone() as page:
        await page.goto(f"{season.address}{path}")
        for key, points in POINTS.items():
            await page.fill(f"#{key}-own", points)
        await page.fill("#remark-own", "同意")
        await season.look("expert-scores", page)
        await page.click("button:has-text('提交评分')")
        await page.wait_for_selector("text=评分已提交")


async def heard(season: Season, path: str) -> None:
    """Somebody says his opinion."""
    async with season.phone() as page:
        await page.goto(f"{season.address}{path}")
        await page.fill("#text", "建议增加安全课时")
        await season.look("opinion", page)
        await page.click("main button:has-text('提交')")
        await page.wait_for_selector("text=已收到，待答复")


async def course_of(season: Season, item: str) -> str:
    """The institution registers a course of the item, the officer approves; its number."""
    page = season.page
    await season.sit("jiaowu", "/courses/new")
    await page.fill("#title", "焊接机器人操作五级课程")
    await page.fill("#item", item)
    await page.check("input[name=teachers]")
    await page.fill("#price", "1700")
    await page.fill("#textbooks", "焊接机器人操作教程")
    for place, (name, theory, practice, safety) in enumerate((("安全", "4", "", "4"), ("机器人焊接", "16", "60", "")), start=1):
        for field, value in (("名称", name), ("理论课时", theory), ("实操课时", practice), ("其中安全教育", safety)):
            await page.fill(f"input[aria-label='第{place}个模块的{field}']", value)
    await season.press("保存", "焊接机器人操作五级课程")
    number = season.last_part
    await season.press("提交备案", "等待初审员审核")
    await season.sit("chushen", f"/courses/{number}")
    await season.press("通过", "通过日期")
    await season.look("course-approved")
    return number


async def class_of(season: Season, item: str, course: str, project: str) -> str:
    """The institution files a class by form, with course and project; the officer approves; its number."""
    page = season.page
    await season.sit("jiaowu", "/classes")
    await page.click("text=在线填写备案")
    for name, text in (("title", "2026焊接机器人五级01"), ("enterprise", ENTERPRISE_A), ("item", item), ("assessment", "理论和实操")):
        await page.fill(f"#head-{name}", text)
    await page.select_option("#head-stream", "职业技能类")
    await page.select_option("#head-course", course)
    await page.select_option("#head-project", project)
    for test in ("theory_test", "practical_test"):
        await page.select_option(f"#head-{test}", "是")
    await page.fill("#head-budget", BUDGET)
    await page.fill("#first", FIRST_DAY.isoformat())
    for weekday in range(5):
        await page.check(f"input[name=weekdays][value='{weekday}']")
    lesson = {"starts": "09:00", "ends": "16:00", "theory": "2", "practice": "6", "topic": "机器人焊接"}
    for name, text in lesson.items():
        await page.fill(f"#lesson_{name}", text)
    await page.fill("#lessons", "10")
    await page.select_option("#lesson_teacher", "教师甲")
    await page.select_option("#lesson_room", "101")
    await season.press("排课")
    await page.select_option("#session-1-safety", "是")
    await page.fill("#people", "\n".join(roster_lines()))
    await season.look("class-form")
    await season.look_on_a_phone("class-form")
    await page.press("#head-budget", "Enter")
    await page.wait_for_url("**/classes/BJ2026*")
    number = season.last_part
    await season.look("class-draft")
    await season.press("提交备案", "等待初审员审核")
    await season.sit("chushen", "/")
    await season.look("officer-desk")
    await season.go(f"/classes/{number}")
    await season.press("通过", "已备案")
    return number


def roster_lines() -> list[str]:
    """The roster as typed, one person a line, with phone and the first day of the contract."""
    firm = f"在职从业人员，{ENTERPRISE_A}，焊工"
    return [f"{each.name}，{each.identity}，{firm}，{each.phone}，{each.contract_start}" for each in running.people()]


async def first_session(season: Season, number: str) -> None:
    """Two trainees sign in with their phones by the code on the screen, the teacher marks the others and confirms."""
    page = season.page
    running_at(season.clock, FIRST_DAY, 8, 55)
    await season.sit("jiaoshi", "/sessions")
    await season.look("sessions-today")
    await season.look_on_a_phone("sessions-today")
    async with page.expect_navigation():
        await page.click("main tbody a:has-text('签到码')")
    await season.look("code-screen")
    slug = page.url.split("/")[-2]
    code = (await page.inner_text(".big-code")).replace(" ", "")
    for place, person in enumerate(running.people()[:2]):
        async with season.phone() as trainee:
            await trainee.goto(f"{season.address}/sign-in-code/{number}/{slug}/{code}")
            await trainee.fill("#name", person.name)
            await trainee.fill("#tail", person.identity[-6:])
            if not place:
                await season.look("sign-in", trainee)
            await trainee.click(SIGN_IN_BUTTON)
            await trainee.wait_for_selector("text=签到成功")
            if not place:
                await season.look("signed-in", trainee)
    await page.wait_for_selector("text=2 / 6 人已登记", timeout=15_000)
    running_at(season.clock, FIRST_DAY, 16, 10)
    await season.sit("jiaoshi", f"/classes/{number}/sessions/{slug}")
    for place in (3, 4, 5):
        await page.check(f"input[name=mark-{place}][value=present]")
    await page.check("input[name=rest]")
    await season.press("保存登记", "未到（1）")
    await season.press("确认已开展", "授课 360 分钟（计划 360）")
    await season.look("session-done")
    await season.look_on_a_phone("session-done")


def running_at(clock: FixedClock, day: date, hour: int, minute: int = 0) -> None:
    """Let it become a time of a day in Shanghai, never an earlier one."""
    running.to(clock, day, hour=hour)
    clock.move(timedelta(minutes=minute))


async def other_sessions_by_workbook(season: Season, number: str) -> None:
    """On the last afternoon the registrar tells the other nine sessions by the attendance workbook; one person was away three days."""
    running_at(season.clock, LAST_DAY, 16, 30)
    await season.sit("jiaowu", f"/classes/{number}/running")
    await season.look("running-before")
    book = await season.saved("下载考勤表")
    with workbook(book) as opened:
        sheet = opened[SHEET_ATTENDANCE]
        for row in range(5, 11):
            for column in range(5, 14):
                sheet.cell(row, column).value = "×" if row == 5 and column < 8 else "√"
    await season.page.set_input_files("#attendance", book)
    await season.page.check("form[action$='/attendance'] input[name=confirm]")
    async with season.page.expect_navigation():
        await season.page.click("form[action$='/attendance'] button.btn:has-text('上传')")
    await season.look("attendance-taken")
    assert (await season.page.inner_text(".figures dd >> nth=0")).startswith("10")


async def results_of(season: Season, number: str) -> None:
    """Everybody passes but the third, told on the page of results."""
    page = season.page
    await page.click("main a:has-text('考核成绩') >> nth=0")
    await page.wait_for_url("**/results")
    for place in range(1, 7):
        outcome = "failed" if place == 3 else "passed"
        for key in ("theory", "practice", "outcome"):
            await page.select_option(f"select[name={key}-{place}]", outcome)
        if outcome == "passed":
            await page.fill(f"input[name=certificate-{place}]", certificate(place))
            await page.fill(f"input[name=issued-{place}]", LAST_DAY.isoformat())
    await season.press("保存成绩", "成绩已保存，6 / 6 人")
    await season.look("results")
    await season.look_on_a_phone("results")


async def confirmed_identity(season: Season, path: str) -> None:
    """The clerk proves once more that it is him, on the way to a page."""
    await season.sit("jingban-a", path)
    await season.page.click("main a:has-text('先确认身份')")
    await season.page.fill("#password", PASSWORD)
    await season.press("确认")
    assert season.page.url.endswith(path)
