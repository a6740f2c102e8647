"""Own and foreign objects of the fund's room, for the matrix: budgets, cases, batches, recoveries, closed months."""

import contextlib
import itertools
from collections.abc import Awaitable, Callable
from datetime import date

from tests.fund.ledger_world import enter, granted
from tests.fund.payment_world import Followed, account_of, make_due, no_lines, nothing_missing, paid, payable, person
from tests.matrix_classes import ClassObjects, Pair
from tests.people import ENTERPRISE_A, ENTERPRISE_B
from training_admin.audit import doubt_store
from training_admin.audit.check import Found
from training_admin.audit.doubt_facts import Subject
from training_admin.audit.doubt_store import FoundAbout
from training_admin.database import retried, write_transaction
from training_admin.fund import batches, closing, payable_store, recoveries, withholding_store
from training_admin.fund.withholding_store import NewWithholding
from training_admin.kit.actor import DEMO
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import Refusal
from training_admin.kit.rights import Role

ENDED = date(2026, 5, 29)
_numbers = itertools.count(500_000)


@retried
async def _kept(found: FoundAbout, clock: Clock) -> str:
    async with write_transaction():
        return (await doubt_store.keep([found], {(found.kind, found.subject): ()}, at=clock.now()))[0]


class FundObjects(ClassObjects):
    """What the pairs of the fund's room need."""

    def fund_makers(self) -> tuple[tuple[str, str, Callable[[], Awaitable[Pair]]], ...]:
        """Beginning of an address, parameter, and what makes the pair."""
        return (
            ("/fund/budgets/", "budget", self.budget),
            ("/fund/budgets/", "number", self.no_reuse),
            ("/fund/cases/", "number", self.fund_case),
            ("/fund/carry-overs/", "year", self.fund_year),
            ("/fund/reconciliations/", "month", self.month),
            ("/doubts/", "number", self.doubt),
            ("/api/v1/doubts/", "number", self.doubt),
            ("/payments/", "number", self.batch),
            ("/api/v1/fund/budgets/", "budget", self.budget),
            ("/api/v1/fund/batches/", "number", self.batch),
            ("/api/v1/fund/reuses/", "number", self.no_reuse),
            ("/api/v1/fund/cases/{number:str}/payments", "number", self.seen_payment),
            ("/api/v1/fund/cases/{number:str}/reapplication", "number", self.own_payment),
            ("/api/v1/fund/cases/{number:str}/recoverable", "number", self.paid_case),
            ("/api/v1/fund/cases/", "number", self.fund_case),
            ("/api/v1/fund/carry-overs/", "year", self.fund_year),
            ("/api/v1/fund/reconciliations/", "month", self.month),
            ("/api/v1/fund/recoveries/", "number", self.recovery),
            ("/recoveries/", "number", self.recovery),
            ("/api/v1/fund/withholdings/", "number", self.withholding),
            ("/withholdings/", "number", self.withholding),
            ("/case-payments/", "number", self.own_payment),
        )

    async def budget(self) -> Pair:
        """A budget, and none."""
        return str(await granted(10**6, self.clock, business_id=f"下达{next(_numbers)}")), "999999"

    async def no_reuse(self) -> Pair:
        """A fresh budget has nothing that came back, so nothing to be made available."""
        return "0", "TK20269999"

    async def _due(self, payee: str) -> tuple[str, str]:
        """Subject and case of something due to a firm."""
        number = next(_numbers)
        await granted(10**6, self.clock, business_id=f"下达{number}")
        account = account_of(1 if payee == ENTERPRISE_A else 2)
        new = payable(number, 1000, payee=payee, account=account)
        await enter(new, self.clock)
        await make_due(new.subject, self.clock, notice_ends=ENDED)
        return new.subject, new.case_no

    async def fund_case(self) -> Pair:
        """A case with money, and one without."""
        return (await self._due(ENTERPRISE_A))[1], "SJ2026999999"

    async def fund_year(self) -> Pair:
        """A year that is over, and one that no budget can have."""
        with contextlib.suppress(Refusal):  # carried over by whoever asked before
            await granted(1000, self.clock, year=2025, business_id="2025")
            await closing.propose_carry(DEMO, 2025, clock=self.clock)
        return "2025", "1999"

    async def month(self) -> Pair:
        """A reconciled month, and one that is not."""
        with contextlib.suppress(Refusal):  # checked by whoever asked before
            await closing.reconcile(DEMO, date(2026, 5, 1), [], words="测试", clock=self.clock)
        return "2026-05", "2026-01"

    async def batch(self) -> Pair:
        """A draft by somebody else, and none."""
        subject, _case = await self._due(ENTERPRISE_A)
        return await batches.make_batch(
            DEMO, [subject], follow=Followed(), missing=nothing_missing, lines=no_lines, clock=self.clock
        ), "PC20269999"

    async def doubt(self) -> Pair:
        """A doubt about a firm of one's scope, and none."""
        evidence = (("申报数", str(next(_numbers))),)
        found = FoundAbout("AU-067", Subject.ENTERPRISE, ENTERPRISE_A, None, ENTERPRISE_A, "申报记录", Found("", (), 0, evidence))
        return await _kept(found, self.clock), "SJ2026999999-001-01"

    @property
    def _firms(self) -> tuple[str, str | None]:
        """The firm whose money is one's own, and one whose money is not."""
        if self.actor.organisation == ENTERPRISE_B:
            return ENTERPRISE_B, ENTERPRISE_A
        narrow = self.actor.organisation == ENTERPRISE_A or Role.THIRD_PARTY in self.actor.roles
        return ENTERPRISE_A, ENTERPRISE_B if narrow else None

    async def withholding(self) -> Pair:
        """What was not paid in the person's scope, and outside of it."""
        own, other = self._firms
        return await self._withheld(own), "BY20269999" if other is None else await self._withheld(other)

    @retried
    async def _withheld(self, payee: str) -> str:
        subject, _case = await self._due(payee)
        number = f"BY2026{next(_numbers)}"
        async with write_transaction():
            payable = (await payable_store.payable_by_subject(subject)).id
            new = NewWithholding(payable, rest=True, fen=1000, rows=(10,), reason="测试")
            await withholding_store.add(number, new, proposer="测试", hands=frozenset({"测试"}), at=self.clock.now())
            one = await withholding_store.by_number(number, None)
            await withholding_store.note_decision(one, "decided", decider="测试", said="", at=self.clock.now())
        return number

    async def recovery(self) -> Pair:
        """A recovery in the person's scope, and one outside of it."""
        own, other = self._firms
        return await self._recovered(own), "ZH20269999" if other is None else await self._recovered(other)

    async def _recovered(self, payee: str) -> str:
        subject, case = await self._due(payee)
        await paid([subject], self.clock, Followed(), reference=case)
        inspector = await person("dudao", self.clock)
        return await recoveries.propose_recovery(inspector, case, people=1, fen=5, reason="测试", clock=self.clock)

    async def paid_case(self) -> Pair:
        """A case of which something was paid, and one without."""
        subject, case = await self._due(ENTERPRISE_A)
        await paid([subject], self.clock, Followed(), reference=case)
        return case, "SJ2026999999"

    async def seen_payment(self) -> Pair:
        """A case with money in the person's scope, and one outside of it or none."""
        own, other = self._firms
        return (await self._due(own))[1], "SJ2026999999" if other is None else (await self._due(other))[1]

    async def own_payment(self) -> Pair:
        """A case of one's own enterprise with money, and a foreign one."""
        own, other = self._firms
        return (await self._due(own))[1], (await self._due(other or ENTERPRISE_B))[1]
