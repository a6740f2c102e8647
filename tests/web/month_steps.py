"""Steps of a month in a browser: from twelve claims to twelve payments, everybody at his own desk."""

import io
from collections.abc import Sequence
from datetime import date, timedelta

import openpyxl

from tests.catalog.test_visits import visit
from tests.people import PASSWORD, account, sign_in_as
from tests.subsidy.mended import mended
from tests.subsidy.test_before_payment import evidenced
from tests.web.season_steps import Season
from training_admin.accounts import sessions
from training_admin.accounts.middleware import COOKIE
from training_admin.accounts.opening import add_account
from training_admin.accounts.second_factor import FACTOR
from training_admin.catalog.visits import record_visit
from training_admin.database import fetch_tuples, read_transaction, write_transaction
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.rights import Role
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim
from training_admin.subsidy.claims import submit_claim
from training_admin.subsidy.form import SHEET_COSTS
from training_admin.subsidy.review_states import ACT_WORDS, Act

# The rows of the sample rosters that each claim takes: classes A01, A03 and B02 in parts, as 补报 allows it.
ROWS_A = ((4, 10), (11, 16), (17, 22), (23, 28), (59, 65), (66, 71), (72, 78))
ROWS_B = ((29, 33), (34, 38), (39, 42), (43, 46))
INVOICE_COLUMN = 4
LAST_ROW = {"A": 78, "B": 56}
OTHER_ACCOUNT = {"bank": "松江样例银行泗泾支行", "account": "31000000000000009876", "holder": "上海松江样例智能装备有限公司（B）"}


def part_of(letter: str, first: int, last: int, *, note: str = "") -> bytes:
    """A sample workbook with some rows of its roster only, and invoices of its own."""
    without = tuple(row for row in range(4, LAST_ROW[letter] + 1) if not first <= row <= last)
    book = openpyxl.load_workbook(io.BytesIO(mended(letter, {f"L{first}": note} if note else {}, without=without)))
    for number, *_rest in book[SHEET_COSTS].iter_rows(min_row=4, min_col=INVOICE_COLUMN):
        if number.value is not None:
            number.value = f"{first:02d}{str(number.value)[2:]}"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


async def assessed(season: Season, number: str) -> None:
    """The worker's job of a claim that was submitted in the browser."""
    await assess_claim(COMMAND_LINE, number, cause=FIRST_TIME, clock=season.clock)


async def uploaded(season: Season, letter: str, content: bytes) -> str:
    """A clerk uploads, looks and submits; the claim's number."""
    path = season.folder / f"{letter}.xlsx"
    path.write_bytes(content)
    await season.sit(f"jingban-{letter.lower()}", "/claims/new")
    await season.page.set_input_files("#file", path)
    await season.press("上传并预检", "确认并提交")
    await season.look(f"precheck-{letter}")
    await season.press("提交申报", "正在自动核验")
    number = season.last_part
    await assessed(season, number)
    return number


async def handed_in(season: Season, letter: str, parts: Sequence[tuple[int, int]]) -> list[str]:
    """The same by the service that the page calls, for the claims that are like the first."""
    clerk = (await sign_in_as(f"jingban-{letter.lower()}", season.clock)).actor
    numbers = []
    for first, last in parts:
        receipt = await submit_claim(clerk, part_of(letter, first, last), readable_only=True, clock=season.clock)
        await assessed(season, receipt.number)
        numbers.append(receipt.number)
    return numbers


async def confirmed(season: Season) -> str:
    """The enterprise confirms its account and nothing else (免申即享)."""
    await season.sit("jingban-a", "/")
    await season.says("确认账户即可")
    await season.look("desk-offer")
    await season.page.click("main a:has-text('核对并确认账户')")
    await season.says("贵单位可领", "账户无误")
    await season.look("offer")
    await season.look_on_a_phone("offer")
    await season.press("账户无误，确认领取", "正在自动核验")
    number = season.last_part
    await assessed(season, number)
    return number


async def accepted_by_street(season: Season, number: str) -> None:
    """The street accepts what it is assigned."""
    await season.sit("shouli", "/review")
    await season.says(number)
    await season.go(f"/claims/{number}")
    await season.press("受理", "已受理")


async def returned_and_mended(season: Season, number: str, content: bytes) -> str:
    """One return that lists everything (一次性补正), and the mended workbook; the number of the second round."""
    await season.sit("chushen", f"/claims/{number}")
    await season.page.fill("#opinion", "请补正后重新提交")
    await season.page.fill("#asked", "请补充第一行人员的备注\n请核对出勤课时")
    await season.press(ACT_WORDS[Act.RETURN])
    await season.sit("jingban-a", f"/claims/{number}")
    await season.says("请补充第一行人员的备注")
    await season.look("returned")
    path = season.folder / "mended.xlsx"
    path.write_bytes(content)
    await season.page.set_input_files("#mended", path)
    await season.press("重新提交", "正在自动核验")
    again = season.last_part
    assert again == f"{number}-2"
    await assessed(season, again)
    return again


async def reviewed(season: Season, login: str, act: Act, numbers: Sequence[str]) -> None:
    """One person opens each claim and says his word on its page."""
    await season.sit(login, "/review")
    await season.says(*numbers)
    await season.look(f"queue-{login}")
    for number in numbers:
        await season.go(f"/claims/{number}")
        await season.page.fill("#opinion", "同意")
        if act is Act.DETERMINE:
            await season.page.fill("#minutes", "纪要〔2026〕7号")
        async with season.page.expect_navigation():
            await season.page.click(f"main button[name=act][value={act.value}]")
    await season.look(f"claim-{act.value}")


async def accepted_in_a_batch(season: Season, numbers: Sequence[str]) -> None:
    """The first reviewer opens each claim and accepts all of them at once."""
    await season.sit("chushen")
    for number in numbers:
        await season.go(f"/claims/{number}")
        await season.press("开始办理")
    await season.go("/review")
    for number in numbers:
        await season.page.check(f"input[name=chosen][value^='{number}:']")
    await season.page.select_option("#act", Act.ACCEPT.value)
    await season.press("批量办理")
    await season.look("accepted")


async def appealed(season: Season, number: str) -> None:
    """The enterprise asks for a second look (复核); somebody who had no part in the decision answers."""
    await season.sit("jingban-a", f"/claims/{number}")
    await season.page.fill("#appeal-words", "请复核班级 SY2026-A01 的人均费用")
    await season.press("申请复核", "请复核班级")
    await season.look("appealed")
    clock = season.clock
    made = await add_account(
        DEMO,
        login="fuhe",
        name="复核员",
        organisation="RS-001",
        roles=frozenset({Role.SECOND_REVIEWER}),
        password_hash="-",
        clock=clock,
        factor_secret=None,
        authorised_until=None,
    )
    async with write_transaction():
        token, _key = await sessions.open_session(account=made, person=None, device="测试", clock=clock, stepped_up=False)
    await season.context.clear_cookies()
    await season.context.add_cookies([{"name": COOKIE, "value": token, "url": season.address}])
    await season.go("/review/appeals")
    await season.says(number)
    await season.go(f"/claims/{number}")
    await season.page.fill("#answer", "费用按发票核对无误，维持原决定")
    await season.press("维持原决定", "费用按发票核对无误")


async def on_notice_and_over(season: Season, count: int) -> None:
    """Everything determined goes on notice; after five working days it is taken down."""
    await season.sit("chushen", "/notice-office")
    assert await season.page.locator("input[name=claims]:checked").count() == count
    await season.press("公示所选申报")
    await season.look("notice-office")
    await season.page.goto(f"{season.address}/notices")
    await season.look("notices")
    season.clock.move(timedelta(days=9))
    await season.sit("chushen", "/notice-office")
    await season.press("撤下已期满的公示")


async def cleared(season: Season, numbers: Sequence[str], classes: Sequence[str]) -> None:
    """The classes are visited; a signed paper stands for what people have not confirmed. By services: a visit is not of this month."""
    inspector = (await sign_in_as("dudao", season.clock)).actor
    for class_no in classes:
        await record_visit(inspector, visit(class_no=class_no, visited_on=season.clock.today()), clock=season.clock)
    for number in numbers:
        await evidenced(number, "CONF-01", season.clock)


async def proved(season: Season, login: str, path: str) -> None:
    """Somebody signs in and proves once more who he is, before money is moved; each person the first time over the pages."""
    if login in season.proved:
        season.clock.move(timedelta(minutes=1))
        token = (await sign_in_as(login, season.clock, stepped_up=True)).token
        await season.context.clear_cookies()
        await season.context.add_cookies([{"name": COOKIE, "value": token, "url": season.address}])
        await season.go(path)
        return
    season.proved.add(login)
    await season.sit(login)
    season.clock.move(timedelta(minutes=1))
    await season.go(f"/step-up?next={path}")
    facts, secret = await account(login, season.clock)
    await season.page.fill("#password", PASSWORD)
    if facts.needs_second_factor:
        await season.page.fill("#code", FACTOR.current_code(secret, at=season.clock.wall()))
    await season.press("确认")
    assert season.page.url.endswith(path), season.page.url


async def batched(season: Season, *, without: str = "") -> str:
    """Three people make, check, approve and send a batch of what is due; its number."""
    await proved(season, "caijing", "/payments")
    if without:
        await season.page.uncheck(f"input[name=subjects][value^='{without}/']")
    await season.look("payments")
    await season.press("编制拨付批次", "拨付批次")
    number = season.last_part
    for login, words in (("caifu", "复核通过"), ("fenguan", "审批通过并冻结内容"), ("caijing", "确认已送国库")):
        await proved(season, login, f"/payments/{number}")
        await season.press(words)
    await season.look("batch-sent")
    return number


async def answered(season: Season, batch: str, place: int, *, failure: str = "") -> None:
    """What the bank said of one payment of a batch, entered by the clerk whose desk it is."""
    await season.page.select_option("#code", f"{batch}-{place:04d}")
    if failure:
        await season.page.select_option("#outcome", "failed")
        await season.page.fill("#failure", failure)
    else:
        await season.page.fill("#reference", f"国库{batch}{place:02d}")
        await season.page.fill("#paid_on", season.clock.today().isoformat())
    await season.press("登记")


async def failed_and_paid_again(season: Season, number: str) -> None:
    """A payment comes back (退汇); the enterprise names another account, a second person calls back, the next batch pays it."""
    batch = await batched(season)
    await answered(season, batch, 1, failure="户名与账号不符")
    await season.look("batch-failed")
    await proved(season, "jingban-b", f"/claims/{number}")
    await season.says("支付失败", "户名与账号不符")
    await season.page.click("summary:has-text('账户有误')")
    for name, value in (("bank", "bank"), ("account", "account"), ("holder", "holder")):
        await season.page.fill(f"#pay-{name}", OTHER_ACCOUNT[value])
    await season.press("更正账户并再次申请")
    await season.look("applied-again")
    await proved(season, "caifu", "/payments")
    await season.says("账户已变更")
    await season.press("已按登记电话回拨核实")
    await answered(season, await batched(season), 1)


async def recovered(season: Season, number: str, *, yuan: str) -> None:
    """What was paid for somebody who was not there comes back."""
    await season.sit("dudao", f"/recoveries/new?case_no={number}")
    await season.page.fill("#people", "1")
    await season.page.fill("#yuan", yuan)
    await season.page.fill("#reason", "经查一人冒名参训")
    await season.press("提出", "追回")
    path = f"/recoveries/{season.last_part}"
    await proved(season, "shending", path)
    await season.page.fill("#return_by", date(2026, 9, 30).isoformat())
    await season.press("决定追回")
    await season.look("recovery-decided")
    await proved(season, "caijing", path)
    await season.page.fill("#yuan", yuan)
    await season.page.fill("#reference", "收款0001")
    await season.page.fill("#received_on", season.clock.today().isoformat())
    await season.press("登记退款")
    await season.look("recovered")


async def states() -> dict[str, str]:
    """Where each claim stands."""
    async with read_transaction():
        return dict(await fetch_tuples("SELECT number, state FROM claim ORDER BY number"))
