"""免申即享: a closed class of which everything is known is claimed by confirming the account, and only such a class."""

import re
from datetime import date

import httpx
import pytest

from tests.people import ENTERPRISE_A, enter
from tests.policy.deciding import record as adopted
from tests.subsidy import running
from tests.subsidy.running import to
from tests.subsidy.test_reviewing import do
from tests.web.conftest import assert_problem
from tests.web.test_class_claims import XLSX, posted
from training_admin.app import assess_staged_claim
from training_admin.catalog.forecast_store import FORECAST_CLASS
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.clock import FixedClock
from training_admin.kit.dated import Standing
from training_admin.office.jobs import JobRun
from training_admin.policy.adoption import NewFigure
from training_admin.subsidy.assessing import ASSESS_CLAIM, FIRST_TIME
from training_admin.subsidy.claims import claim_record
from training_admin.subsidy.dry_run import forecast_staged_class
from training_admin.subsidy.review_states import Act

OFFER, LIST = "/claims/offers/2026", "/claims/classes"
ACCOUNT = {"bank": "松江样例银行中山支行", "number": "31000000000000009876", "holder": "样例企业甲"}


async def by_standard(clock: FixedClock) -> None:
    """The district pays by the standard alone for classes of this summer: no voucher decides an amount."""
    paper, found = "测试文件〔2026〕9号", Standing.ASSUMED
    figure = NewFigure("ent.line.mode", "STD_ONLY", date(2026, 7, 1), date(2026, 8, 31), paper, found, found)
    await adopted(figure, clock=clock)


async def closed(clock: FixedClock, *, budget_fen: int = 1_000_000) -> str:
    """A closed class whose people all meet the conditions, forecast by the job that its closing has staged."""
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    await running.registers(clock)
    number = await running.approved(clock, named=running.people(7)[:6], budget_fen=budget_fen)
    to(clock, running.LAST_EVENING)
    await running.hold(number, clock, days=10)
    await running.examine(number, clock)
    await running.close(number, clock)
    await forecast_staged_class(JobRun(FORECAST_CLASS, f"{number}/closed", clock))
    return number


def seen(text: str) -> dict[str, str | list[str]]:
    """What the page of an offer says was shown."""
    return {
        "payable_fen": re.findall(r'name="payable_fen" value="(\d+)"', text)[0],
        "chosen": sorted(set(re.findall(r'name="chosen" value="([^"]+)"', text))),
    }


async def confirmed(client: httpx.AsyncClient, shown: dict[str, str | list[str]], **fields: str) -> httpx.Response:
    return await posted(client, OFFER, page="/claims", **shown, **fields)


async def claims() -> list[tuple[object, ...]]:
    async with read_transaction():
        return await fetch_tuples("SELECT number, line_count FROM claim ORDER BY id")


async def test_a_complete_class_is_claimed_by_confirming_the_account(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await by_standard(clock)
    number = await closed(clock)
    await enter(visitor, "jingban-a", clock)
    words = re.search(r"贵单位可领 ([\d,.]+) 元，确认账户即可", (await visitor.get("/")).text)
    assert words is not None
    assert words[0] in (await visitor.get(LIST)).text
    text = (await visitor.get(OFFER)).text
    assert words[0] in text
    assert number in text
    assert "可补 6 人" in text
    shown = seen(text)

    assert_problem(await confirmed(visitor, shown, account="known"), 409, "offer-account-missing")
    assert_problem(await confirmed(visitor, {**shown, "payable_fen": "1"}, account="other", **ACCOUNT), 409, "offer-changed")
    assert_problem(await confirmed(visitor, shown, account="other", **{**ACCOUNT, "number": "?"}), 422, "account-refused")
    assert await claims() == []
    done = await confirmed(visitor, shown, account="other", **ACCOUNT)
    assert done.status_code == 303, done.text
    claim = done.headers["location"].removeprefix("/claims/").partition("?")[0]
    other = {**ACCOUNT, "number": "6222000000000000999"}
    assert_problem(await confirmed(visitor, shown, account="other", **other), 409, "offer-taken")
    again = await confirmed(visitor, shown, account="other", **ACCOUNT)
    assert again.headers["location"] == done.headers["location"]
    assert await claims() == [(claim, 6)]

    await assess_staged_claim(JobRun(ASSESS_CLAIM, f"{claim}/{FIRST_TIME}", clock))
    record = await claim_record(COMMAND_LINE, claim, None)
    assert sum(line.payable_fen for line in record.lines) == int(str(shown["payable_fen"])) > 0
    async with read_transaction():
        events = await fetch_tuples("SELECT detail::text FROM trail WHERE event = 'subsidy:claim:submitted'")
    assert '"confirmed"' in events[0][0]
    for page in ("/", LIST):
        assert "确认账户即可" not in (await visitor.get(page)).text
    assert_problem(await visitor.get(OFFER), 404, "class-not-found")
    assert (await visitor.get(f"/claims/{claim}")).status_code == 200
    assert ACCOUNT["number"] not in (await visitor.get(f"/claims/{claim}")).text


async def test_the_last_account_is_shown_masked_and_needs_no_new_proof(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await by_standard(clock)
    await closed(clock)
    await enter(visitor, "jingban-a", clock)
    first = await confirmed(visitor, seen((await visitor.get(OFFER)).text), account="other", **ACCOUNT)
    claim = first.headers["location"].removeprefix("/claims/").partition("?")[0]
    await assess_staged_claim(JobRun(ASSESS_CLAIM, f"{claim}/{FIRST_TIME}", clock))
    await do("jingban-a", claim, Act.WITHDRAW, clock)
    await enter(visitor, "jingban-a", clock, stepped_up=False)
    text = (await visitor.get(OFFER)).text
    assert "9876" in text
    assert ACCOUNT["number"] not in text
    assert_problem(await confirmed(visitor, seen(text), account="other", **ACCOUNT), 403, "step-up-needed")
    done = await confirmed(visitor, seen(text), account="known")
    assert done.status_code == 303, done.text
    assert len(await claims()) == 2


@pytest.mark.parametrize("by_cost", [True, False])
async def test_what_is_missing_leads_to_the_draft(visitor: httpx.AsyncClient, clock: FixedClock, *, by_cost: bool) -> None:
    if by_cost:
        number = await closed(clock)
    else:
        await by_standard(clock)
        number = await running.approved(clock)
        to(clock, running.LAST_EVENING)
        await running.hold(number, clock, days=10)
        await running.examine(number, clock)
        await running.close(number, clock)
    await enter(visitor, "jingban-a", clock)
    text = (await visitor.get(LIST)).text
    assert "确认账户即可" not in text
    assert ("须补填费用发票" if by_cost else "结班后尚未测算") in text
    assert "确认账户即可" not in (await visitor.get("/")).text
    assert_problem(await visitor.get(OFFER), 404, "class-not-found")
    assert (await posted(visitor, f"{LIST}/draft", page=LIST, chosen=number)).headers["content-type"] == XLSX


async def test_nobody_else_is_offered_anything(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    await by_standard(clock)
    await closed(clock)
    for login in ("jingban-b", "jiaowu"):
        await enter(visitor, login, clock)
        assert "确认账户即可" not in (await visitor.get("/")).text
    await enter(visitor, "jingban-b", clock)
    assert_problem(await visitor.get(OFFER), 404, "class-not-found")
    assert ENTERPRISE_A not in (await visitor.get(LIST)).text
