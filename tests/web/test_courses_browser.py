"""课程备案, 培训需求, 目录与需求对照 and the workbench in Debian's chromium, read by axe; a course registered without script."""

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.catalog.classes import WELDER, content, furnished, roster
from tests.catalog.test_courses import approved, course, planned
from tests.catalog.test_demand import listed, wanted
from tests.catalog.test_filing import registrar
from tests.people import ENTERPRISE_A, sign_in_as
from tests.web.test_browser import DESK, PHONE, Watch, address, browser, installed, signed_in
from tests.web.test_institutions_browser import reads
from training_admin.catalog import courses, demands
from training_admin.catalog.filing import save_class, submit_class
from training_admin.kit.clock import FixedClock
from training_admin.kit.dated import Standing
from training_admin.parties.list_facts import ListEntry, ListKind

__all__ = ["address", "browser", "installed"]
pytestmark = pytest.mark.browser


async def season(clock: FixedClock) -> tuple[str, str, str]:
    """A course with a change that waits, a class of it in a project, demand; numbers of course, plan and class."""
    teacher, room = await furnished(clock)
    actor, clerk = await registrar(clock), (await sign_in_as("jingban-a", clock)).actor
    number = await approved(clock, teacher)
    plan, project = await planned(clock)
    klass = await save_class(actor, content(teacher, room, course=number, project=project), roster(), clock=clock)
    await submit_class(actor, klass, clock=clock)
    await courses.change_course(actor, number, course(teacher, price_fen=120_000, textbooks="焊工教程"), clock=clock)
    first = clock.today().replace(month=1, day=1)
    await listed(clock, ListEntry(ListKind.PRIORITY_INDUSTRY, "C34", "智能装备", first, None, "文", Standing.FOUND))
    await listed(clock, ListEntry(ListKind.ENTERPRISE_INDUSTRY, ENTERPRISE_A, "A", first, None, "文", Standing.FOUND, "C3491"))
    await demands.enter_demand(clerk, wanted(), clock=clock)
    await demands.enter_demand(clerk, wanted(title="焊工", occupation=WELDER, level="5", people=12), clock=clock)
    return number, plan, klass


@pytest.mark.parametrize("viewport", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
async def test_courses_and_demand_fit_and_can_be_read(browser: Browser, address: str, clock: FixedClock, viewport: ViewportSize) -> None:
    number, plan, klass = await season(clock)
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    watch = Watch(context, address)
    page = await context.new_page()
    for login, paths in (
        ("jiaowu", ("/courses", "/courses/new", "/teachers/new", f"/classes/{klass}", "/")),
        ("chushen", (f"/courses/{number}", "/catalog/lag", f"/plans/{plan}", "/?officer")),
        ("jingban-a", ("/demands", f"/plans/{plan}?clerk")),
    ):
        await signed_in(page, address, login, clock)
        for path in paths:
            await reads(page, address, path)
        await page.click("button:has-text('退出')")
    watch.assert_quiet()
    await context.close()


async def test_a_course_is_registered_without_script(browser: Browser, address: str, clock: FixedClock) -> None:
    await furnished(clock)
    context = await browser.new_context(viewport=DESK, locale="zh-CN", java_script_enabled=False)
    page = await context.new_page()
    await signed_in(page, address, "jiaowu", clock)
    await page.goto(f"{address}/courses/new")
    await page.fill("#title", "焊工五级")
    await page.fill("#occupation", WELDER)
    await page.select_option("#level", "5")
    await page.check("input[name=teachers]")
    for place, (name, theory, practice, safety) in enumerate((("安全", "4", "", "4"), ("焊接", "6", "20", "")), start=1):
        for field, value in (("名称", name), ("理论课时", theory), ("实操课时", practice), ("其中安全教育", safety)):
            await page.fill(f"input[aria-label='第{place}个模块的{field}']", value)
    await page.click("button:has-text('保存')")
    await page.wait_for_url("**/courses/KC2026*")
    await page.click("button:has-text('提交备案')")
    await page.wait_for_selector("text=等待初审员审核")
    await context.close()
