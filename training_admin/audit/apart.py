"""Work of the audit in a process of its own with its own connection; the file it writes is handed over nameless."""

import asyncio
import sys
from collections.abc import Awaitable
from typing import IO

import msgspec

from training_admin.database import close_database, open_database
from training_admin.kit.child import ChildFailed, answer_of, ended
from training_admin.kit.child_side import DONE, REFUSED
from training_admin.kit.refusals import Refusal
from training_admin.settings import read_settings

LONGEST_SECONDS = 900


async def asked_apart(module: str, order: bytes, target: IO[bytes], *, late: str, failed: str) -> bytes:
    """What the module answers to an order, having written into `target`; raises its refusals, or ChildFailed with one of the sentences."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, str(target.fileno())),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        pass_fds=(target.fileno(),),
    )
    try:
        answer, _ = await asyncio.wait_for(process.communicate(order), timeout=LONGEST_SECONDS)
    except TimeoutError:
        raise ChildFailed(late) from None
    finally:
        await ended(process)
    return answer_of(process, answer, failed=failed)


async def answered(work: Awaitable[bytes]) -> bytes:
    """The child's side: work done over an open database, told as done or refused."""
    await open_database(read_settings())
    try:
        return DONE + await work
    except Refusal as refusal:
        return REFUSED + msgspec.json.encode(refusal.problem())
    finally:
        await close_database()
