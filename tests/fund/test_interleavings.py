"""Services of paying side by side in random order, over a year's end: every fen stays in one account whatever succeeds."""

import asyncio
import contextlib
import os
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime

from tests.fund.ledger_world import STREAM, assert_sound, enter, granted
from tests.fund.payment_world import Followed, account_of, make_due, no_lines, nothing_missing, payable
from training_admin.database import fetch_tuples, read_transaction
from training_admin.fund import bank_results, batches, case_payments, closing, holds, recoveries
from training_admin.fund.batch_store import batch_by_number, items_of
from training_admin.fund.result_facts import BankResult
from training_admin.kit.actor import Actor, ActorKind
from training_admin.kit.clock import FixedClock
from training_admin.kit.refusals import Refusal
from training_admin.settings import Settings

# Of all interleavings these are dearer by far: a fourth of them in the suite.
STEPS = int(os.environ.get("INTERLEAVINGS", "2000")) // 4
SIDE_BY_SIDE = 6
FIRMS = 7
DAY = date(2027, 1, 8)
MAKER, CHECKER, LEADER = (Actor(kind=ActorKind.COMMAND, key=key, name=key) for key in ("maker", "checker", "leader"))


class Paying:
    """Random acts over what there is; what does not fit is refused, as people are."""

    def __init__(self, clock: FixedClock, dice: random.Random) -> None:
        self.clock = clock
        self.dice = dice
        self.follow = Followed()
        self.entered = 0
        self.references = 0
        self.acts: tuple[Callable[[], Awaitable[None]], ...] = (
            *(self.enter, self.enter, self.due, self.due, self.make, self.check, self.approve, self.send, self.results, self.results),
            *(self.through, self.through, self.give_back, self.void, self.reapply, self.propose, self.decide, self.receive),
            *(self.forgive, self.fund, self.hold, self.lift, self.carry),
        )

    async def one(self, query: str) -> str:
        """One of what a query finds; raises LookupError for nothing."""
        async with read_transaction():
            found = await fetch_tuples(query)
        if not found:
            raise LookupError
        return str(self.dice.choice(found)[0])

    async def enter(self) -> None:
        self.entered += 1
        number, firm = self.entered, self.dice.randrange(FIRMS)
        fen, streams = self.dice.randint(3, 2_000), self.dice.randint(1, 3)
        new = payable(number, fen, payee=f"9131011700000{firm:05d}", account=account_of(firm), streams=streams)
        await enter(new, self.clock)

    async def due(self) -> None:
        await make_due(await self.one("SELECT subject FROM payable WHERE state = 'committed'"), self.clock)

    async def make(self) -> None:
        async with read_transaction():
            subjects = [subject for (subject,) in await fetch_tuples("SELECT subject FROM payable WHERE state = 'due' ORDER BY id LIMIT 6")]
        await batches.make_batch(MAKER, subjects, follow=self.follow, missing=nothing_missing, lines=no_lines, clock=self.clock)

    async def check(self) -> None:
        await batches.check_batch(CHECKER, await self._batch("draft"), missing=nothing_missing, lines=no_lines, clock=self.clock)

    async def approve(self) -> None:
        await batches.approve_batch(LEADER, await self._batch("checked"), missing=nothing_missing, lines=no_lines, clock=self.clock)

    async def send(self) -> None:
        await batches.send_batch(
            MAKER, await self._batch("approved"), follow=self.follow, missing=nothing_missing, lines=no_lines, clock=self.clock
        )

    async def _batch(self, *states: str) -> str:
        listed = ", ".join(f"'{state}'" for state in states)
        return await self.one(f"SELECT number FROM payment_batch WHERE state IN ({listed}) ORDER BY id DESC LIMIT 8")

    async def results(self) -> None:
        number = await self._batch("sent", "settled")
        async with read_transaction():
            item = self.dice.choice(await items_of(await batch_by_number(number)))
        self.references += 1
        if self.dice.random() < 0.7:
            result = BankResult(item.code, item.fen, True, f"R{self.references}", self.clock.today())
        else:
            result = BankResult(item.code, None, False, failure="退票")
        await bank_results.record_results(MAKER, number, [result], places={}, sheet="", follow=self.follow, clock=self.clock)

    async def through(self) -> None:
        """A batch from nothing to what the bank said, while others act between its steps."""
        for act in (self.due, self.make, self.check, self.approve, self.send, self.results):
            await act()

    async def give_back(self) -> None:
        code = await self.one(
            """SELECT b.number || '-' || lpad((SELECT count(*) FROM payment_item o WHERE o.batch = i.batch AND o.id <= i.id)::text, 4, '0')
               FROM payment_item i JOIN payment_batch b ON b.id = i.batch WHERE i.state = 'paid' ORDER BY i.id DESC LIMIT 20"""
        )
        result, number = BankResult(code, None, False, failure="退票"), code.partition("-")[0]
        await bank_results.record_results(MAKER, number, [result], places={}, sheet="", follow=self.follow, clock=self.clock)

    async def void(self) -> None:
        number = await self._batch("draft", "checked", "approved", "sent")
        await batches.void_batch(CHECKER, number, reason="重做", follow=self.follow, clock=self.clock)

    async def reapply(self) -> None:
        case = await self.one("SELECT case_no FROM payable WHERE state = 'failed'")
        await case_payments.reapply(MAKER, case, None, clock=self.clock)

    async def propose(self) -> None:
        case = await self.one("SELECT case_no FROM payable WHERE state = 'paid'")
        await recoveries.propose_recovery(MAKER, case, people=1, fen=self.dice.randint(1, 900), reason="误付", clock=self.clock)

    async def decide(self) -> None:
        number = await self.one("SELECT number FROM recovery WHERE state = 'proposed'")
        confirm = self.dice.random() < 0.9
        by = date(2027, 3, 1)
        await recoveries.decide_recovery(CHECKER, number, confirm=confirm, return_by=by, follow=self.follow, clock=self.clock)

    async def receive(self) -> None:
        number = await self.one("SELECT number FROM recovery WHERE state = 'decided'")
        self.references += 1
        await recoveries.receive_return(
            MAKER,
            number,
            fen=self.dice.randint(1, 300),
            reference=f"T{self.references}",
            received_on=self.clock.today(),
            follow=self.follow,
            clock=self.clock,
        )

    async def forgive(self) -> None:
        number = await self.one("SELECT number FROM recovery WHERE state = 'decided'")
        await recoveries.void_recovery(CHECKER, number, reason="误判", follow=self.follow, clock=self.clock)

    async def fund(self) -> None:
        self.references += 1
        fen = self.dice.choice((1, -1)) * self.dice.randint(1, 4_000)
        year, stream = self.dice.choice((2026, 2027)), self.dice.choice(("", STREAM))
        await granted(fen, self.clock, year=year, stream=stream, business_id=f"调整{self.references}")

    async def hold(self) -> None:
        case = await self.one("SELECT case_no FROM payable WHERE state IN ('due', 'batched') LIMIT 5")
        await holds.place_hold(MAKER, case, "人工", "待查", clock=self.clock)

    async def lift(self) -> None:
        case = await self.one("SELECT case_no FROM fund_hold WHERE lifted_at IS NULL")
        await holds.lift_hold(CHECKER, case, "人工", reason="已查", clock=self.clock)

    async def carry(self) -> None:
        if self.entered < STEPS // 24:
            raise LookupError
        if self.dice.random() < 0.5:
            await closing.propose_carry(MAKER, 2026, clock=self.clock)
        else:
            await closing.sign_carry(CHECKER, 2026, clock=self.clock)

    async def step(self) -> bool:
        """One act; False for one that was refused or had nothing to be done to."""
        try:
            await self.dice.choice(self.acts)()
        except (Refusal, LookupError):
            return False
        return True


async def test_paying_side_by_side_keeps_every_fen_in_one_account(database: Settings) -> None:
    clock = FixedClock(datetime(DAY.year, DAY.month, DAY.day, 2, tzinfo=UTC))
    await granted(60_000, clock)
    await granted(9_000, clock, stream=STREAM, business_id="类别")
    paying = Paying(clock, random.Random(20270108))  # noqa: S311 - a test's dice
    done = 0
    for start in range(0, STEPS, SIDE_BY_SIDE):
        done += sum(await asyncio.gather(*(paying.step() for _place in range(SIDE_BY_SIDE))))
        if start % (40 * SIDE_BY_SIDE) == 0:
            await assert_sound()
    with contextlib.suppress(Refusal):  # the year is closed in any case
        await closing.propose_carry(MAKER, 2026, clock=clock)
        await closing.sign_carry(CHECKER, 2026, clock=clock)
    await assert_sound()
    assert done > STEPS // 4
    async with read_transaction():
        acts = {act for (act,) in await fetch_tuples("SELECT DISTINCT act FROM fund_entry")}
    # Which of the rarer acts found something to be done to depends on who came first; each has tests of its own.
    assert acts >= {"grant", "commit", "due", "pay", "carry"}
