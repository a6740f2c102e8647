"""What follows in the payee's room when money moves: handed in by `wiring`, because the claims' room stands to the right of this one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from training_admin.fund.line_facts import CaseLines
from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock


class FollowEvent(StrEnum):
    """What has happened to the money of a case."""

    BATCH = "batch"
    UNBATCH = "unbatch"
    PAY = "pay"
    FAIL = "fail"
    RECOVER = "recover"
    RECOVERED = "recovered"
    FORGIVE = "forgive"
    REST_HELD = "rest_held"
    REST_PAID = "rest_paid"
    REST_FAILED = "rest_failed"
    REST_WITHHELD = "rest_withheld"
    REST_REINSTATED = "rest_reinstated"
    WITHHELD = "withheld"


# What happens to lines that were set apart (其余款项): the case moves with its first payment, these are only told.
OF_REST = frozenset(
    {
        *(FollowEvent.REST_HELD, FollowEvent.REST_PAID, FollowEvent.REST_FAILED),
        *(FollowEvent.REST_WITHHELD, FollowEvent.REST_REINSTATED),
    }
)
# After these what is paid of a case may be another than before: a bank's result, or what came back by a recovery.
OF_PAID = frozenset(
    {
        *(FollowEvent.PAY, FollowEvent.FAIL, FollowEvent.REST_PAID, FollowEvent.REST_FAILED),
        *(FollowEvent.RECOVER, FollowEvent.RECOVERED, FollowEvent.FORGIVE),
    }
)

# Who did it, the case, what happened; called inside the open write transaction of the act, so that both happen or neither.
Follow = Callable[[Actor, str, FollowEvent, Clock], Awaitable[None]]
# What cases still miss before money may leave, in words by case, all cases in one call; asked inside the transaction that makes, checks,
# approves or sends a batch. A case that misses nothing may be left out.
Missing = Callable[[Sequence[str], Clock], Awaitable[Mapping[str, Sequence[str]]]]


class Lines(Protocol):
    """Which lines of cases must not be paid now, by case; cases without held lines may be missing.

    `fresh` has what holds them looked for anew, inside the open transaction that makes or sends a batch; otherwise what is known counts.
    """

    async def __call__(self, cases: Sequence[str], clock: Clock, *, fresh: bool) -> dict[str, CaseLines]:
        """The lines of the cases."""
