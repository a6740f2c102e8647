"""Two seasons of apprentices in Debian's chromium: one with a drop-out and a lower level, one that must pay back.

In the browser: plan, people, both signatures, filing and its decision, asking for advance and settlement, leaving and results, the end,
certificates, the reviewers' decision that money comes back. By services: the worker's jobs, reviews and payment (the month in the browser
shows them), months, and the results that are like the first. The calendar of 2027 is not published, so the term lies before the filing.
"""

from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.apprenticeship.drafts import entrant, tutors
from tests.fund.ledger_world import assert_sound, granted
from tests.people import account, sign_in_as
from tests.subsidy.programme_world import registers, trained
from tests.subsidy.test_programme_claims import BUDGET, given
from tests.subsidy.test_reviewing import LIFE, do
from tests.web.season_steps import Season
from tests.web.test_browser import DESK, address, browser, installed
from training_admin.accounts.middleware import COOKIE
from training_admin.apprenticeship import programme_changes
from training_admin.apprenticeship.people_reading import people_workbook
from training_admin.apprenticeship.plan_facts import ChangeContent
from training_admin.apprenticeship.states import ChangeKind
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import FixedClock
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim
from training_admin.subsidy.deliveries import receive_registers
from training_admin.subsidy.review_states import Act

__all__ = ["address", "browser", "installed"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("database")]

STARTS, LEFT_ON, OVER = date(2025, 7, 1), date(2025, 12, 10), date(2026, 6, 30)
PLAN = {
    "occupation": "6-18-02-04",
    "occupation_name": "焊工",
    "starts": STARTS.isoformat(),
    "months": "12",
    "general": "100",
    "basics": "140",
    "practice": "440",
    "cooperation_on": "2025-06-20",
    "cooperation_mode": "校企双师联合培养",
}
HIRED = {"contract_start": date(2025, 7, 1), "contract_end": date(2028, 6, 30), "agreement_on": date(2025, 6, 25)}


async def at(season: Season, login: str, path: str) -> None:
    """Somebody who has signed in before goes on."""
    season.clock.move(timedelta(minutes=1))
    token = (await sign_in_as(login, season.clock, stepped_up=True)).token
    await season.context.clear_cookies()
    await season.context.add_cookies([{"name": COOKIE, "value": token, "url": season.address}])
    await season.go(path)


async def filed_programme(season: Season, level: str, first: int, people: int, joined: str) -> str:
    """From the form to the approved filing; the programme's number."""
    page = season.page
    await at(season, "jingban-a", "/programmes/new")
    await page.select_option("#institution", INSTITUTION)
    await page.select_option("#level", level)
    for name, text in PLAN.items():
        await page.fill(f"#{name}", text)
    await page.check("input[name=credit_system]")
    await page.check("input[name=student_status]")
    await season.press("保存", "培养方案")
    number = season.last_part
    path = season.folder / f"{number}.xlsx"
    people_of = [entrant(place, **HIRED, joined_as=joined, joined_on=STARTS) for place in range(first, first + people)]
    path.write_bytes(people_workbook(tutors(), people_of))
    await page.set_input_files("#file", path)
    await season.press("导入", f"学徒{first}")
    await season.press("提请双方签署", "待双方签署")
    await season.look(f"programme-signing-{level}")
    for login in ("qianzi-a", "jiaowu"):
        await at(season, login, f"/programmes/{number}")
        await season.press("签署合作协议和培养方案", "签署")
    await at(season, "jingban-a", f"/programmes/{number}")
    await season.press("提交备案", "待审核")
    await at(season, "chushen", f"/programmes/{number}")
    await season.press("审核通过", "已备案")
    await season.look(f"programme-approved-{level}")
    await season.look_on_a_phone(f"programme-approved-{level}")
    return number


async def asked_for(season: Season, number: str, words: str, *, typed: bool) -> str:
    """The enterprise looks at what a stage comes to and asks for it; the claim's number."""
    page = season.page
    await at(season, "jingban-a", f"/programmes/{number}/money")
    await page.click(f"main a:has-text('查看{words}测算')")
    await season.says(f"{words}测算", "本次应拨")
    await season.look(f"preview-{words}-{number[-1]}")
    await season.go(f"/programmes/{number}/money")
    if typed:
        section = "advance" if words == "预拨" else "settlement"
        for name, text in {"bank": "松江样例银行中山支行", "account": "31000000000000001234"}.items():
            await page.fill(f"#{section}-{name}", text)
        await season.press(f"申请{words}", "自动核验")
    else:
        await season.press(f"账户无误，申请{words}", "自动核验")
    claim = season.last_part
    await assess_claim(COMMAND_LINE, claim, cause=FIRST_TIME, clock=season.clock)
    return claim


async def results(season: Season, number: str, told: dict[int, ChangeContent]) -> None:
    """Results asked by the institution and approved by the office, by the services that the page calls."""
    teacher, officer = (await sign_in_as("jiaowu", season.clock)).actor, (await sign_in_as("chushen", season.clock)).actor
    for row, content in told.items():
        asked = await programme_changes.ask_change(
            teacher, number, ChangeKind.RESULTS, row=row, content=content, day=season.clock.today(), reason="考核结束", clock=season.clock
        )
        await programme_changes.decide_change(officer, number, asked, approve=True, opinion="", clock=season.clock)


def certified(level: str, serial: int, day: date) -> ChangeContent:
    body = f"S00003101000{day:%y}{level}{serial:06d}".replace("S00003101000", "S000031010001", 1)
    return ChangeContent(outcome="certified", level=level, certificate_no=body, certified_on=day)


async def settled_season(season: Season) -> None:
    """Six apprentices for 高级工: one leaves, one obtains the level below."""
    page, clock = season.page, season.clock
    number = await filed_programme(season, "3", 1, 6, "hired")
    advance = await asked_for(season, number, "预拨", typed=True)
    await given(advance, clock)
    await at(season, "jiaowu", f"/programmes/{number}")
    await page.click("summary:has-text('申请变更或登记结果')")
    for name, value in {"kind": "left", "row": "6"}.items():
        await page.select_option(f"#{name}", value)
    await page.fill("#day", LEFT_ON.isoformat())
    await page.fill("#why", "本人辞职")
    await season.press("提交审核", "待审核")
    await at(season, "chushen", f"/programmes/{number}")
    await page.click("#changes button:has-text('通过') >> nth=0")
    await season.says("已退出")
    await trained(clock, number=number, hours=57 * 100)
    clock.move(timedelta(days=max(0, (OVER - clock.today()).days) + 5))
    today = clock.today()
    told = {row: certified("3", row, today) for row in range(1, 5)}
    await results(season, number, {**told, 5: certified("4", 5, today)})
    await at(season, "jingban-a", f"/programmes/{number}")
    await season.press("结束学徒班", "已结束")
    await season.look("programme-ended")
    await at(season, "jiaowu", f"/programmes/{number}/certificates")
    await season.press("为 5 人颁发证书", number)
    await season.look("certificates")
    await page.click("main table a >> nth=0")
    await season.look("certificate")
    settlement = await asked_for(season, number, "结算", typed=False)
    await at(season, "chushen", f"/claims/{settlement}")
    await season.look("settlement-claim")
    await given(settlement, clock)
    await at(season, "jingban-a", f"/programmes/{number}/money")
    # Four at 8 000, one by the lower level at 6 000, one who left: 38 000 of which 24 000 were advanced.
    await season.says("24,000.00", "38,000.00", "14,000.00")
    await season.look("money-settled")


async def paid_back_season(season: Season) -> None:
    """Four apprentices of whom one is certified: the advance was more than is due."""
    page, clock = season.page, season.clock
    today = clock.today()
    number = await filed_programme(season, "4", 11, 4, "in_service")
    await given(await asked_for(season, number, "预拨", typed=False), clock)
    await trained(clock, number=number, hours=57 * 100)
    await results(season, number, {1: certified("4", 11, today), **dict.fromkeys(range(2, 5), ChangeContent(outcome="failed"))})
    await at(season, "jingban-a", f"/programmes/{number}")
    await season.press("结束学徒班", "已结束")
    settlement = await asked_for(season, number, "结算", typed=False)
    for act, login in LIFE[:3]:
        await do(login, settlement, act, clock)
    await at(season, "shending", f"/claims/{settlement}")
    await page.fill("#opinion", "同意")
    await page.fill("#minutes", "纪要〔2026〕9号")
    async with page.expect_navigation():
        await page.click(f"main button[name=act][value={Act.DETERMINE.value}]")
    await season.says("已归档")
    await season.look("settlement-balanced")
    await at(season, "caijing", "/recoveries")
    await season.says("6,000.00", "待决定")
    await season.look("recoveries")
    await at(season, "jingban-a", f"/programmes/{number}/money")
    await season.says("应退回", "6,000.00")
    await season.look("money-back")


async def test_one_season_is_settled_and_one_must_pay_back(browser: Browser, address: str, clock: FixedClock, tmp_path: Path) -> None:
    await granted(BUDGET, clock)
    for login in ("jingban-a", "qianzi-a", "jiaowu", "chushen", "fushen", "shending", "caijing", "caifu", "fenguan"):
        await account(login, clock)
    await receive_registers(DEMO, registers(20, first="2025-05", last="2026-06"), source="测试交付", clock=clock)
    context = await browser.new_context(viewport=DESK, locale="zh-CN")
    season = Season(browser, context, await context.new_page(), address, clock, tmp_path)

    await settled_season(season)
    await assert_sound()
    await paid_back_season(season)
    for each in season.watches:
        each.assert_quiet()
    await context.close()
