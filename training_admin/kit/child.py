"""Work on foreign bytes in a killable process of its own, with limits on memory, processor time and seconds.

The task is named `module:function`, takes bytes and gives bytes; a Refusal it raises comes back as the same refusal.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgspec

from training_admin.kit.child_side import DONE, REFUSED
from training_admin.kit.refusals import Unreadable

MEGABYTE = 1024 * 1024
CHUNK = 64 * 1024


class ChildLimits(msgspec.Struct, frozen=True):
    """What a child may use: bytes of memory beyond start-up, and seconds of processor and of wall time."""

    memory: int = 512 * MEGABYTE
    processor_seconds: int = 30
    seconds: float = 60.0


class ChildFailed(Unreadable):
    """The child was ended: too much memory, too much time, or a crash. The server goes on."""

    code = "file-too-demanding"
    title = "文件无法处理"


class RefusedInChild(Unreadable):
    """A refusal raised in the child, told again with its own status, code and title."""

    def __init__(self, problem: dict[str, Any]) -> None:
        extra = {key: value for key, value in problem.items() if key not in {"type", "title", "status", "code", "detail"}}
        super().__init__(problem["detail"], **extra)
        self.status = problem["status"]  # type: ignore[misc] # the refusal speaks for the one in the child
        self.code = problem["code"]  # type: ignore[misc] # see above
        self.title = problem["title"]  # type: ignore[misc] # see above


async def ended(process: asyncio.subprocess.Process) -> None:
    """End a child that still runs, and wait until it is gone."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def answer_of(process: asyncio.subprocess.Process, told: bytes, *, failed: str) -> bytes:
    """What an ended child has answered; raises the refusal it told, or ChildFailed with the sentence `failed`."""
    if process.returncode == 0 and told[:1] == DONE:
        return told[1:]
    if process.returncode == 0 and told[:1] == REFUSED:
        raise RefusedInChild(msgspec.json.decode(told[1:]))
    raise ChildFailed(failed)


async def followed(process: asyncio.subprocess.Process, order: bytes, hear: Callable[[bytes], Awaitable[None]]) -> bytes:
    """Hand an order to a child and listen; `hear` gets each line that it tells, the answer is what stands after the last one."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(order)
        await process.stdin.drain()
        process.stdin.close()
    last = b""
    while chunk := await process.stdout.read(CHUNK):
        *lines, last = (last + chunk).split(b"\n")
        for line in lines:
            await hear(line)
    await process.wait()
    return last


async def run_in_child(task: str, payload: bytes, *, limits: ChildLimits | None = None) -> bytes:
    """The bytes that the task makes of the payload; raises the task's refusal, or ChildFailed when it had to be ended."""
    bounds = limits or ChildLimits()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "training_admin.kit.child_side",
        task,
        str(bounds.memory),
        str(bounds.processor_seconds),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        answer, _ = await asyncio.wait_for(process.communicate(payload), timeout=bounds.seconds)
    except TimeoutError:
        raise ChildFailed("文件内容过于复杂，处理超时。请删除多余的格式和工作表，或拆分后重新上传。") from None
    finally:
        await ended(process)
    return answer_of(process, answer, failed="文件内容过于复杂或已损坏，无法处理。请删除多余的格式和工作表后另存，再重新上传。")
