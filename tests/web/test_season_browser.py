"""A full season in Debian's chromium: from the yearly plan to the assessed claim, everybody at his own desk or phone."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.catalog.classes import furnished
from tests.people import account
from tests.subsidy import running
from tests.subsidy.test_dry_run import expected, kept, said
from tests.subsidy.test_witness import Line, sent, staged
from tests.web.season_steps import (
    BUDGET,
    LAST_DAY,
    Season,
    class_of,
    confirmed_identity,
    course_of,
    first_session,
    other_sessions_by_workbook,
    plan_of_the_year,
    proposal_to_item,
    results_of,
    running_at,
)
from tests.web.test_browser import DESK, address, browser, installed
from training_admin.app import assess_staged_claim
from training_admin.catalog.witness import SEND_LINK, ask_class, ask_tonight
from training_admin.catalog.witness_facts import ASK_CLASS
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun
from training_admin.subsidy.assessing import ASSESS_CLAIM, FIRST_TIME
from training_admin.subsidy.claims import claim_record

__all__ = ["address", "browser", "installed"]
pytestmark = pytest.mark.browser


async def linked(season: Season, line: Line, *, moment: str) -> None:
    """Everybody of the class is asked by a link on his phone, as the jobs of the night do it."""
    clock = season.clock
    asked = [key for key in await staged(ASK_CLASS) if f"/{moment}" in key]
    assert len(asked) == 1
    await ask_class(JobRun(ASK_CLASS, asked[0], clock))
    line.sent.clear()
    for key in (await staged(SEND_LINK))[-6:]:
        await sent(clock, line, key)
    assert len(line.sent) == 6


async def answered(season: Season, line: Line, place: int, words: str, *, shot: str, score: str | None = None) -> None:
    """A trainee answers by the link on his phone."""
    async with season.phone() as page:
        await page.goto(f"{season.address}/witness/{line.token(place)}")
        if score is not None:
            await page.select_option("select[name=content]", score)
        await season.look(f"{shot}-asked", page)
        await page.click(f"button:has-text('{words}')")
        await page.wait_for_selector("text=已答复")
        await season.look(f"{shot}-answered", page)


async def claimed(season: Season, number: str) -> str:
    """The enterprise makes the prefilled claim, adds the voucher and submits it; its number."""
    page = season.page
    await season.sit("jingban-a", "/messages")
    await season.says(f"班级 {number}", "已结班", "从班级生成预填的申报表")
    await season.look("enterprise-told")
    await confirmed_identity(season, "/claims/classes")
    await season.look("claims-classes")
    await season.look_on_a_phone("claims-classes")
    await page.check(f"input[name=chosen][value='{number}']")
    await season.press("预填并预检", "6 行全部识别")
    await season.look("precheck-prefilled")
    await season.says("还没有填写费用")
    draft = await season.saved("下载申报表")
    draft.write_bytes(running.with_cost(draft.read_bytes(), (number, BUDGET)))
    await page.click("a:has-text('上传补填后的申报表')")
    await page.set_input_files("#file", draft)
    await season.press("上传并预检", "6 行全部识别")
    assert "还没有填写费用" not in await page.inner_text("main")
    await season.look("precheck-with-vouchers")
    await season.press("提交申报", "正在自动核验")
    claim = season.last_part
    await assess_staged_claim(JobRun(ASSESS_CLAIM, f"{claim}/{FIRST_TIME}", season.clock))
    await season.go(f"/claims/{claim}")
    await season.says("核验记录")
    await season.look("claim-assessed")
    await season.look_on_a_phone("claim-assessed")
    return claim


@pytest.mark.usefixtures("district")
async def test_a_full_season(browser: Browser, address: str, clock: FixedClock, tmp_path: Path) -> None:
    await furnished(clock)
    await running.registers(clock)
    await account("qianzi-a", clock)
    context = await browser.new_context(viewport=DESK, locale="zh-CN")
    season = Season(browser, context, await context.new_page(), address, clock, tmp_path)
    project = await plan_of_the_year(season)
    item = await proposal_to_item(season)
    course = await course_of(season, item)
    number = await class_of(season, item, course, project)
    line = Line()
    await linked(season, line, moment="enrolment")
    await answered(season, line, 0, "是我", shot="enrolment")
    await first_session(season, number)
    await other_sessions_by_workbook(season, number)
    await results_of(season, number)

    running_at(clock, LAST_DAY, 20)
    await season.sit("jiaowu", f"/classes/{number}")
    await season.press("立即测算")
    await season.says("可补", "ATT-01", "EXAM-01", "TR-01")
    await season.look("class-last-evening")
    await season.look_on_a_phone("class-last-evening")
    dry = await kept(number)
    assert [each.verdict.value for each in dry.people] == ["refused", "payable", "refused", "payable", "payable", "refused"]
    running_at(clock, LAST_DAY.replace(day=18), 1)
    await ask_tonight(JobRun("ask", clock.today().isoformat(), clock))
    await linked(season, line, moment="end")
    running_at(clock, LAST_DAY.replace(day=18), 9)
    await answered(season, line, 1, "是我", shot="end", score="5")
    await answered(season, line, 3, "不是我", shot="denied")
    await season.sit("chushen", f"/classes/{number}/witness")
    await season.says("AU-090", "不是我")
    await season.look("witness")
    await season.sit("jiaowu", f"/classes/{number}/running")
    await season.look("before-closing")
    await season.press("结班", "已结班")
    await season.look("closed")
    await season.go(f"/classes/{number}")
    await season.look("class-closed")

    claim = await claimed(season, number)
    record = await claim_record(COMMAND_LINE, claim, None)
    assert said(record) == expected(dry)
    assert record.classes[0].per_head_fen == dry.per_head_fen
    assert sum(each.payable_fen for each in record.lines) == dry.payable_fen > 0
    for watch in season.watches:
        watch.assert_quiet()
    await context.close()
