"""Own and foreign objects of the audit room, for the matrix."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import httpx

from tests.people import SignedIn
from training_admin.audit import inspecting, trials
from training_admin.audit.trial_store import TrialKind
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock

Pair = tuple[str, str]


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
            ("/policy/trials/", "number", self.what_if),
            ("/impacts/", "number", self.impact),
        )

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

    async def match_kind(self) -> Pair:
        """A kind of list, and one that there is not."""
        return "death", "none"
