"""Making a dossier in a process of its own, which has its own connection: printing a large claim takes a minute of computing."""

import asyncio
import os
import sys
from datetime import datetime
from typing import IO

import msgspec

from training_admin.audit.apart import answered, asked_apart
from training_admin.audit.dossier import DossierReceipt, write_dossier
from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock, FixedClock

LATE = "生成案卷超时，请稍后重试；如一直如此，请联系系统管理员。"
MODULE = "training_admin.audit.dossier_making"
FAILED = "生成案卷没有成功，请稍后重试；如一直如此，请联系系统管理员。"


class Order(msgspec.Struct, frozen=True):
    """What the child is asked: by whom, about which claim, and what time it is."""

    actor: Actor
    number: str
    at: datetime


async def made_apart(actor: Actor, number: str, target: IO[bytes], *, clock: Clock) -> DossierReceipt:
    """As `write_dossier`, in a child process; raises its refusals, or ChildFailed."""
    order = msgspec.json.encode(Order(actor, number, clock.now()))
    made = await asked_apart(MODULE, order, target, late=LATE, failed=FAILED)
    return msgspec.json.decode(made, type=DossierReceipt)


async def _make(order: Order, descriptor: int) -> bytes:
    with os.fdopen(descriptor, "w+b") as target:
        receipt = await write_dossier(order.actor, order.number, target, clock=FixedClock(order.at))
    return msgspec.json.encode(receipt)


if __name__ == "__main__":
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    sys.stdout.buffer.write(asyncio.run(answered(_make(asked, int(sys.argv[1])))))
