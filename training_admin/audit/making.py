"""Making a large workbook or a data package in a process of its own, which has its own connection; the file is handed over nameless."""

import asyncio
import os
import sys
from datetime import datetime
from typing import IO

import msgspec

from training_admin.audit.apart import Hear, answered, asked_apart, told_to_parent
from training_admin.audit.packing import make_package
from training_admin.audit.workbooks import Wanted, WorkbookReceipt, make_workbook
from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock, FixedClock

LATE = "生成文件超时，请缩短申报日期的范围后重试。"
FAILED = "生成文件没有成功，请稍后重试；如一直如此，请联系系统管理员。"
MODULE = "training_admin.audit.making"


class Order(msgspec.Struct, frozen=True):
    """What the child is asked: by whom, what, and what time it is."""

    actor: Actor
    wanted: Wanted
    at: datetime
    package: bool = False


async def made_apart(
    actor: Actor, wanted: Wanted, target: IO[bytes], *, clock: Clock, package: bool = False, hear: Hear | None = None
) -> WorkbookReceipt:
    """As `make_workbook`, or `make_package`, in a child process; raises its refusals, or ChildFailed."""
    order = msgspec.json.encode(Order(actor, wanted, clock.now(), package))
    return msgspec.json.decode(await asked_apart(MODULE, order, target, late=LATE, failed=FAILED, hear=hear), type=WorkbookReceipt)


async def _make(order: Order, descriptor: int) -> bytes:
    make = make_package if order.package else make_workbook
    with os.fdopen(descriptor, "w+b") as target:
        return msgspec.json.encode(await make(order.actor, order.wanted, target, clock=FixedClock(order.at), tell=told_to_parent))


if __name__ == "__main__":
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    sys.stdout.buffer.write(asyncio.run(answered(_make(asked, int(sys.argv[1])))))
