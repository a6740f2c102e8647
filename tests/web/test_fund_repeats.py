"""Every money form of a real server sent several times at once, some with the connection cut: one effect, the same answer."""

import asyncio
import random
import re
from datetime import timedelta

import httpx
import msgspec
import pytest

from tests.fund.ledger_world import assert_sound, granted
from tests.fund.web_world import payable_claim
from tests.people import enter
from tests.web.serving import served
from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings

DICE = random.Random(4)  # noqa: S311 - a test's dice
LONGEST_WAIT = 0.08


async def counted(event: str) -> int:
    async with read_transaction():
        return int((await fetch_tuples("SELECT count(*) FROM trail WHERE event = $1", event))[0][0])


async def cut(client: httpx.AsyncClient, path: str, data: dict[str, object]) -> None:
    """Send a form and hang up before the answer is there."""
    sending = asyncio.create_task(client.post(path, data=data))
    await asyncio.sleep(DICE.uniform(0, LONGEST_WAIT))
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)


async def answered(client: httpx.AsyncClient, path: str, data: dict[str, object]) -> tuple[int, str]:
    """Send a form until the server had time for it: busy means that nothing was done."""
    for _again in range(40):
        answer = await client.post(path, data=data)
        if answer.status_code != 503:
            return answer.status_code, answer.headers.get("location", answer.text)
        await asyncio.sleep(0.05)
    raise AssertionError("the server never had time")


class Repeater:
    """A browser whose every form is sent one to five times at once."""

    def __init__(self, client: httpx.AsyncClient, clock: FixedClock) -> None:
        self.client = client
        self.clock = clock
        self.sent = 0

    async def be(self, login: str) -> None:
        self.client.cookies.delete("session")
        await enter(self.client, login, self.clock)

    async def send(self, page: str, path: str, event: str, **fields: object) -> str:
        """Send a form; its event is in the trail once more than before. Returns where the answer leads."""
        shown = await self.client.get(page)
        hidden = dict(re.findall(r'name="(_csrf_token|idempotency_key|business_id)" value="([^"]*)"', shown.text)[::-1])
        assert {"_csrf_token"} < hidden.keys(), shown.text[:3000]
        before = await counted(event)
        copies = DICE.randint(1, 5)
        data: dict[str, object] = {**hidden, **fields}
        cuts = [cut(self.client, path, data) for _copy in range(DICE.randint(0, copies))]
        hung_up = asyncio.gather(*cuts)
        answers = await asyncio.gather(*(answered(self.client, path, data) for _copy in range(copies)))
        await hung_up
        answers.append(await answered(self.client, path, data))
        assert len(set(answers)) == 1, answers
        assert answers[0][0] == 303, answers[0]
        assert await counted(event) == before + 1, event
        self.sent += len(answers) + len(cuts)
        return answers[0][1]


@pytest.mark.parametrize("seed", range(2))
async def test_each_money_form_has_one_effect_and_one_answer(database: Settings, clock: FixedClock, seed: int) -> None:
    DICE.seed(seed)
    claim = await payable_claim(clock)
    await granted(5_000, clock, year=2025, business_id="2025")
    settings = msgspec.structs.replace(database, rate_limit=1_000_000)
    async with served(settings, clock) as address, httpx.AsyncClient(base_url=address, timeout=60) as client:
        browser = Repeater(client, clock)
        await everything(browser, claim)
    await assert_sound()
    assert browser.sent > 40


async def everything(browser: Repeater, claim: str) -> None:
    """A claim through all the money forms there are."""
    client = browser.client
    await browser.be("caijing")
    fields = {"year": "2026", "sub_fund": "enterprise", "subject_code": "205", "paper": "文", "yuan": "1,000.50"}
    await browser.send("/fund", "/fund/grants", "fund:budget:granted", **fields)
    carry = "/fund/carry-overs/2025"
    await browser.send(carry, f"{carry}/propose", "fund:carry:proposed")
    await browser.be("caifu")
    await browser.send(carry, f"{carry}/sign", "fund:carry:signed")
    void = await batch(browser, "check", "approve")
    await browser.be("caifu")
    await browser.send(void, f"{void}/void", "fund:batch:voided", reason="重做")
    path = await batch(browser, "check", "approve", "send")
    code = f"{path.rpartition('/')[2]}-0001"
    await browser.send(path, f"{path}/results", "fund:batch:results", code=code, outcome="failed", failure="户名不符")
    await browser.be("jingban-a")
    account = {"act": "correct", "bank": "样例银行", "account": "6222000000009876", "holder": "样例"}
    await browser.send(f"/claims/{claim}", f"/case-payments/{claim}/reapply", "fund:payment:reapplied", **account)
    await browser.be("caifu")
    subject = re.search(r'name="subject" value="([^"]+)"', (await client.get("/payments")).text)
    assert subject
    await browser.send("/payments", "/payments/call-back", "fund:account:called_back", subject=subject[1])
    path = await batch(browser, "check", "approve", "send")
    code = f"{path.rpartition('/')[2]}-0001"
    paid = {"code": code, "outcome": "paid", "reference": "Z1", "paid_on": "2026-06-01"}
    await browser.send(path, f"{path}/results", "fund:batch:results", **paid)
    async with read_transaction():
        assert await fetch_tuples("SELECT act, count(*) FROM fund_entry WHERE act IN ('pay', 'fail') GROUP BY 1") == [("pay", 1)]
    for last in ("receipts", "void"):
        await browser.be("dudao")
        asked = {"case_no": claim, "people": "1", "yuan": "100", "reason": "冒名"}
        one = await browser.send("/recoveries/new", "/recoveries", "fund:recovery:proposed", **asked)
        await browser.be("shending")
        await browser.send(one, f"{one}/decide", "fund:recovery:decided", act="confirm", return_by="2026-07-01")
        await browser.be("caijing" if last == "receipts" else "shending")
        if last == "receipts":
            back = {"yuan": "100", "reference": "T1", "received_on": "2026-06-01"}
            await browser.send(one, f"{one}/receipts", "fund:recovery:returned", **back)
        else:
            await browser.send(one, f"{one}/void", "fund:recovery:voided", words="误判")


async def batch(browser: Repeater, *acts: str) -> str:
    """A batch of everything that is due, taken so far; returns its page."""
    people = {"check": "caifu", "approve": "fenguan", "send": "caijing"}
    events = {"check": "checked", "approve": "approved", "send": "sent"}
    await browser.be("caijing")
    subjects = re.findall(r'name="subjects" value="([^"]+)"', (await browser.client.get("/payments")).text)
    path = await browser.send("/payments", "/payments", "fund:batch:made", subjects=subjects)
    for act in acts:
        await browser.be(people[act])
        await browser.send(path, f"{path}/{act}", f"fund:batch:{events[act]}")
    return path


async def test_another_request_under_the_same_key_is_refused(database: Settings, visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    clock.move(timedelta(days=1))
    await granted(5_000, clock, year=2025, business_id="2025")
    await enter(visitor, "dudao", clock)
    shown = await visitor.get("/recoveries/new")
    hidden = dict(re.findall(r'name="(_csrf_token|idempotency_key)" value="([^"]*)"', shown.text))
    await enter(visitor, "caijing", clock)
    first = await visitor.post("/fund/carry-overs/2025/propose", data=hidden)
    assert first.status_code == 303
    other = await visitor.post("/payments/call-back", data={**hidden, "subject": "x"})
    assert other.status_code in {403, 422}
    await enter(visitor, "caifu", clock)
    signed = await visitor.post("/fund/carry-overs/2025/sign", data=hidden)
    assert signed.status_code == 303  # a key belongs to a person
    reused = await visitor.post("/payments/call-back", data={**hidden, "subject": "x"})
    assert reused.status_code == 422
    assert "idempotency-key-reused" in reused.text
    bad = await visitor.post("/payments/call-back", data={**hidden, "idempotency_key": "短", "subject": "x"})
    assert bad.status_code == 422
