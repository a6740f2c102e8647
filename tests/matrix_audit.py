"""Own and foreign objects of the audit room, for the matrix."""

import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from tests.accounts.registrations import JPEG, PDF
from tests.people import ENTERPRISE_A, ENTERPRISE_B, SignedIn, account
from training_admin.audit import asking_store, calling_back, fielding, file_store, inspecting, rectification_acts, rectifying, trials
from training_admin.audit.fielding import SentPhoto, SentVisit
from training_admin.audit.file_store import FileKind
from training_admin.audit.match_facts import MatchKind
from training_admin.audit.rectification_acts import Attached
from training_admin.audit.rectification_states import Source
from training_admin.audit.rectification_store import RegisterFilter
from training_admin.audit.rectifying import AskedFor
from training_admin.audit.trial_store import TrialKind
from training_admin.audit.workbooks import Wanted
from training_admin.database import retried, write_transaction
from training_admin.demo.offices import INSTITUTION
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock
from training_admin.kit.digest import sha256_hex

Pair = tuple[str, str]
_queries = itertools.count(600_000)


@retried
async def _queried(number: str, clock: FixedClock) -> None:
    async with write_transaction():
        day = clock.today()
        await asking_store.add_query(number, MatchKind.DEATH, day, day, asked=1, asker="测试", at=clock.now())


class AuditObjects:
    """What the pairs of the audit room need to know of the person who asks."""

    person: SignedIn
    client: httpx.AsyncClient
    clock: FixedClock
    claimable_class: Callable[[], Awaitable[Pair]]

    def audit_makers(self) -> tuple[tuple[str, str, Callable[[], Awaitable[Pair]]], ...]:
        """Beginning of an address, parameter, and what makes the pair."""
        return (
            ("/inspections/", "number", self.inspection),
            ("/match-lists/", "kind", self.match_kind),
            ("/match-queries/", "number", self.match_query),
            ("/policy/trials/", "number", self.what_if),
            ("/impacts/", "number", self.impact),
            ("/rectifications/", "number", self.rectification),
            ("/rectifications/", "paper", self.rectification_paper),
            ("/api/v1/rectifications/", "number", self.rectification),
            ("/field/visits/", "visit", self.field_visit),
            ("/field/visits/", "photo", self.field_photo),
            ("/callbacks/", "number", self.callback),
            ("/callbacks/", "turn", self.callback_turn),
            ("/api/v1/callbacks/", "number", self.callback),
            ("/api/v1/callbacks/", "turn", self.callback_turn),
            ("/audit/files/", "number", self.audit_file),
            ("/api/v1/audit-files/", "number", self.audit_file),
        )

    async def audit_file(self) -> Pair:
        """A file that one has ordered, and one that somebody else has."""
        own, foreign = "SJWJ2026000001", "SJWJ2026000002"
        async with write_transaction():
            if not await file_store.orders_of(COMMAND_LINE.key, most=1):
                wanted = Wanted(number="SJ2026000001", public=True)
                for number, actor in ((own, self.person.actor), (foreign, COMMAND_LINE)):
                    await file_store.add_order(actor, number, FileKind.WORKBOOK, wanted, asker="测试", at=self.clock.now())
        return own, foreign

    async def rectification(self) -> Pair:
        """Something asked of one's own organisation (of any, for officers), and of another or not at all."""
        firms = (ENTERPRISE_A, ENTERPRISE_B, INSTITUTION)
        own = self.person.actor.organisation
        if own not in firms:
            return await self._asked_of(ENTERPRISE_A), "ZG202699999"
        return await self._asked_of(own), await self._asked_of(firms[(firms.index(own) + 1) % len(firms)])

    async def _asked_of(self, organisation: str) -> str:
        """The first entry of an organisation, with a paper of an answer that was sent back."""
        wanted = RegisterFilter(wanted=organisation)
        found, _ = await rectifying.list_rectifications(COMMAND_LINE, wanted, after=0, most=1, clock=self.clock)
        if found:
            return found[0].number
        await account({ENTERPRISE_A: "jingban-a", ENTERPRISE_B: "jingban-b", INSTITUTION: "jiaowu"}[organisation], self.clock)
        asked = AskedFor(source=Source.ENTERED, organisation=organisation, severity="MEDIUM", problem="测试", measure="测试")
        number = await rectifying.ask_rectification(COMMAND_LINE, asked, clock=self.clock)
        files, later = [Attached("", PDF)], self.clock.today() + timedelta(days=30)
        await rectification_acts.answer_rectification(COMMAND_LINE, number, "测试", files=files, clock=self.clock)
        await rectification_acts.send_back(COMMAND_LINE, number, "测试", deadline=later, clock=self.clock)
        return number

    async def rectification_paper(self) -> Pair:
        """A paper of one's own entry; whose it is, the entry's number tells."""
        number = (await self.rectification())[0]
        key = str((await rectifying.show_rectification(COMMAND_LINE, number, clock=self.clock)).papers[0].id)
        return key, key

    async def field_visit(self) -> Pair:
        """A visit that came from a phone, and none."""
        return str((await self._from_phone())[0]), "999999"

    async def field_photo(self) -> Pair:
        """Its photo."""
        key = str((await self._from_phone())[1])
        return key, key

    async def _from_phone(self) -> tuple[int, int]:
        number, at = (await self.inspection())[0], datetime(2026, 6, 1, tzinfo=UTC)
        if not (await inspecting.show_plan(number))[0].seed:
            await inspecting.draw_plan(COMMAND_LINE, number, clock=self.clock)
        _plan, drawn = await inspecting.show_plan(number)
        sent = SentVisit(
            teacher_fits=True,
            plan_fits=True,
            textbooks=True,
            order_kept=True,
            safe=True,
            passed=True,
            another=True,
            key="matrix-0000-0000-0000-0001",
            plan=number,
            class_no=drawn[0].drawn.key,
            opened_at=at,
            day=date(2026, 6, 1),
            starts=570,
            inspectors=("甲", "乙"),
            expected=1,
            present=1,
            photos=(SentPhoto(sha256_hex(JPEG), len(JPEG), at),),
        )
        visit = (await fielding.receive_visit(COMMAND_LINE, sent, clock=self.clock)).visit
        await fielding.receive_photo(COMMAND_LINE, sent.key, JPEG, clock=self.clock)
        return visit, (await fielding.show_field_visit(COMMAND_LINE, visit)).photos[0].id

    async def callback(self) -> Pair:
        """A sample of a class, and none."""
        if not (found := await calling_back.list_samples(COMMAND_LINE)):
            number = (await self.inspection())[0]
            plan, _drawn = await inspecting.show_plan(number)
            await calling_back.draw_sample(COMMAND_LINE, plan.lots[0].key, clock=self.clock)
            found = await calling_back.list_samples(COMMAND_LINE)
        return found[0][0].number, "HF202699999"

    async def callback_turn(self) -> Pair:
        """The first who was drawn, and nobody."""
        return "1", "999"

    async def what_if(self) -> Pair:
        """A trial that was asked for, and one that was not."""
        return await trials.ask_what_if(COMMAND_LINE, "", year=self.clock.today().year, clock=self.clock), "SS2026999999"

    async def impact(self) -> Pair:
        """An impact list that was asked for, and a trial that is none."""
        _found, deliveries, _figures = await trials.list_impacts(COMMAND_LINE)
        own = await trials.ask_impact(COMMAND_LINE, TrialKind.DELIVERY, deliveries[0].subject, clock=self.clock)
        return own, (await self.what_if())[0]

    async def inspection(self) -> Pair:
        """A plan that was published, and one that was not."""
        if not await inspecting.list_plans():
            await self.claimable_class()
            year = self.clock.today().year
            asked: dict[str, Any] = {"start": date(year, 1, 1), "end": date(year, 12, 31), "classes": 1, "inspectors": "甲\n乙"}
            await inspecting.publish_plan(COMMAND_LINE, title="抽查", **asked, clock=self.clock)
        return (await inspecting.list_plans())[0].number, "CC2026999"

    async def match_query(self) -> Pair:
        """A query without an answer yet, and none."""
        number = f"CX2026{next(_queries)}"
        await _queried(number, self.clock)
        return number, "CX20269999"

    async def match_kind(self) -> Pair:
        """A kind of list, and one that there is not."""
        return "death", "none"
