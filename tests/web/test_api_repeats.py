"""Acts of the API sent several times at once to a real server, some with the connection cut: one effect, the same answer."""

import asyncio
import random
from typing import Any

import httpx
import msgspec
import pytest

from tests.fund.ledger_world import assert_sound, granted
from tests.people import enter
from tests.subsidy.test_reviewing import LIFE, do, submitted
from tests.web.api_calls import API, counted
from tests.web.serving import served
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings
from training_admin.subsidy.review_states import Act

DICE = random.Random(5)  # noqa: S311 - a test's dice
LONGEST_WAIT = 0.08
BUSY, NOT_FOUND, ENOUGH = 503, 404, 20
GRANT = {"year": 2026, "sub_fund": "district", "subject_code": "205", "paper": "松财〔2026〕9号", "amount_fen": 100_050}


class Repeater:
    """A program whose every act is sent one to five times at once under one key, while other copies hang up."""

    def __init__(self, client: httpx.AsyncClient, clock: FixedClock) -> None:
        self.client = client
        self.clock = clock
        self.sent = 0

    async def cut(self, path: str, **request: Any) -> None:
        """Send an act and hang up before the answer is there."""
        sending = asyncio.create_task(self.client.post(path, **request))
        await asyncio.sleep(DICE.uniform(0, LONGEST_WAIT))
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)

    async def answered(self, path: str, **request: Any) -> tuple[int, str]:
        """Send an act until the server had time for it: busy means that nothing was done."""
        for _again in range(40):
            answer = await self.client.post(path, **request)
            if answer.status_code != BUSY:
                return answer.status_code, answer.text
            await asyncio.sleep(0.05)
        raise AssertionError("the server never had time")

    async def act(self, login: str, path: str, body: object, event: str) -> Any:
        """One act by somebody; it is in the trail once more than before, and every answer is the same."""
        await enter(self.client, login, self.clock)
        before, copies = await counted(event), DICE.randint(2, 5)
        request = {"json": body, "headers": {"idempotency-key": f"repeat-{self.sent:05d}"}}
        cuts = [self.cut(API + path, **request) for _copy in range(DICE.randint(0, copies))]
        hung_up = asyncio.gather(*cuts)
        answers = await asyncio.gather(*(self.answered(API + path, **request) for _copy in range(copies)))
        await hung_up
        answers.append(await self.answered(API + path, **request))
        assert len(set(answers)) == 1, answers
        assert answers[0][0] in {200, 201}, answers[0]
        assert await counted(event) == before + 1, event
        self.sent += len(answers) + len(cuts)
        return msgspec.json.decode(answers[0][1])


@pytest.mark.parametrize("seed", range(2))
async def test_each_act_has_one_effect_and_one_answer(database: Settings, clock: FixedClock, seed: int) -> None:
    DICE.seed(seed)
    case = await submitted(clock)
    await granted(10**9, clock)
    settings = msgspec.structs.replace(database, rate_limit=1_000_000)
    async with served(settings, clock) as address, httpx.AsyncClient(base_url=address, timeout=60) as client:
        one = Repeater(client, clock)
        await one.act("chushen", f"/claims/{case}/notes", {"kind": "call", "words": "已联系"}, "subsidy:claim:noted")
        for act, login in LIFE:
            await do(DEMO if act is Act.SECOND else login, case, act, clock)
        await one.act("caijing", "/fund/grants", GRANT, "fund:budget:granted")
        await one.act("caijing", f"/fund/cases/{case}/holds", {"words": "核查"}, "fund:hold:placed")
        await one.act("caifu", f"/fund/cases/{case}/holds/lift", {"reason": "已核"}, "fund:hold:lifted")
        posted = await one.act("chushen", "/notice-office/notices", {"claims": [case]}, "subsidy:notice:posted")
        notice = posted["notice"]["notice"]["number"]
        paper = next(each for each in (await client.get(f"{API}/claims/{case}/papers")).json() if each["kind"] == "accepted")
        delivered = {"way": "post", "day": clock.today().isoformat()}
        await one.act("chushen", f"/papers/{paper['id']}/delivery", delivered, "subsidy:paper:delivered")
        own = await one.act("jingban-a", f"/claims/{case}/appeals", {"words": "金额算少了"}, "subsidy:appeal:made")
        answer = {"uphold": True, "answer": "有理"}
        await one.act("fushen", f"/claims/{case}/appeals/{own['number']}/answer", answer, "subsidy:appeal:upheld")
        assert (await client.get(f"{API}/notices/{notice}")).status_code == NOT_FOUND
    await assert_sound()
    assert one.sent > ENOUGH
