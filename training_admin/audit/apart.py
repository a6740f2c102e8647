"""Work of the audit in a process of its own with its own connection; the file it writes is handed over nameless."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import IO, Any

import msgspec

from training_admin.database import close_database, open_database
from training_admin.kit.child import ChildFailed, answer_of, ended, followed
from training_admin.kit.child_side import DONE, REFUSED
from training_admin.kit.refusals import Refusal
from training_admin.settings import read_settings

LONGEST_SECONDS = 900
Hear = Callable[[int, int], Awaitable[None]]


async def asked_apart(module: str, order: bytes, target: IO[bytes], *, late: str, failed: str, hear: Hear | None = None) -> bytes:
    """What the module answers to an order, having written into `target`; raises its refusals, or ChildFailed with one of the sentences.

    `hear` is told of the lines with which the child tells its progress (`told_to_parent`).
    """

    async def told(line: bytes) -> None:
        done, _, total = line.partition(b" ")
        if hear is not None and done.isdigit() and total.isdigit():
            await hear(int(done), int(total))

    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, str(target.fileno())),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=child_environment(),
        pass_fds=(target.fileno(),),
    )
    try:
        answer = await asyncio.wait_for(followed(process, order, told), timeout=LONGEST_SECONDS)
    except TimeoutError:
        raise ChildFailed(late) from None
    finally:
        await ended(process)
    return answer_of(process, answer, failed=failed)


def child_environment() -> dict[str, str]:
    """Our own environment; the threads of a child share one heap, which keeps what it needs for large files small."""
    return {**os.environ, "MALLOC_ARENA_MAX": "1"}


def told_to_parent(done: int, total: int) -> None:
    """The child's side: tell how far it has come."""
    sys.stdout.buffer.write(b"%d %d\n" % (done, total))
    sys.stdout.buffer.flush()


async def answered(work: Coroutine[Any, Any, bytes]) -> bytes:
    """The child's side: work done over an open database, told as done or refused; a database that is away is a refusal as well."""
    try:
        await open_database(read_settings())
        try:
            return DONE + await work
        finally:
            await close_database()
    except Refusal as refusal:
        work.close()
        return REFUSED + msgspec.json.encode(refusal.problem())
