"""What follows in the payee's room when money moves: handed in by `wiring`, because the claims' room stands to the right of this one."""

from collections.abc import Awaitable, Callable
from enum import StrEnum

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


# Who did it, the case, what happened; called inside the open write transaction of the act, so that both happen or neither.
Follow = Callable[[Actor, str, FollowEvent, Clock], Awaitable[None]]
# What a case still misses before money may leave, in words; asked inside the transaction that makes, checks, approves or sends a batch.
Missing = Callable[[str, Clock], Awaitable[list[str]]]
