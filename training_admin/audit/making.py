"""Making a large workbook in a process of its own, which has its own connection; the file is handed over nameless."""

import asyncio
import os
import sys
from datetime import datetime
from typing import IO

import msgspec

from training_admin.audit.workbooks import Wanted, WorkbookReceipt, make_workbook
from training_admin.database import close_database, open_database
from training_admin.kit.actor import Actor
from training_admin.kit.child import ChildFailed, answer_of, ended
from training_admin.kit.child_side import DONE, REFUSED
from training_admin.kit.clock import Clock, FixedClock
from training_admin.kit.refusals import Refusal
from training_admin.settings import read_settings

LONGEST_SECONDS = 900


class Order(msgspec.Struct, frozen=True):
    """What the child is asked: by whom, what, and what time it is."""

    actor: Actor
    wanted: Wanted
    at: datetime


async def made_apart(actor: Actor, wanted: Wanted, target: IO[bytes], *, clock: Clock) -> WorkbookReceipt:
    """As `make_workbook`, in a child process; raises its refusals, or ChildFailed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "training_admin.audit.making", str(target.fileno())),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        pass_fds=(target.fileno(),),
    )
    try:
        order = msgspec.json.encode(Order(actor, wanted, clock.now()))
        answer, _ = await asyncio.wait_for(process.communicate(order), timeout=LONGEST_SECONDS)
    except TimeoutError:
        raise ChildFailed("生成审计工作簿超时，请缩短申报日期的范围后重试。") from None
    finally:
        await ended(process)
    made = answer_of(process, answer, failed="生成审计工作簿没有成功，请稍后重试；如一直如此，请联系系统管理员。")
    return msgspec.json.decode(made, type=WorkbookReceipt)


async def _make(order: Order, descriptor: int) -> bytes:
    await open_database(read_settings())
    try:
        with os.fdopen(descriptor, "w+b") as target:
            receipt = await make_workbook(order.actor, order.wanted, target, clock=FixedClock(order.at))
            return DONE + msgspec.json.encode(receipt)
    except Refusal as refusal:
        return REFUSED + msgspec.json.encode(refusal.problem())
    finally:
        await close_database()


if __name__ == "__main__":
    sys.stdout.buffer.write(asyncio.run(_make(msgspec.json.decode(sys.stdin.buffer.read(), type=Order), int(sys.argv[1]))))
