"""Handing a workbook back marked, in a child process: whatever a file does, the server goes on."""

from collections.abc import Sequence

import msgspec

from training_admin.kit.child import ChildLimits, run_in_child
from training_admin.kit.workbook.problems import CellProblem

MARK_TASK = "training_admin.kit.workbook.marking:mark_task"
LIMITS = ChildLimits()


class Marking(msgspec.Struct, frozen=True, array_like=True):
    """A workbook to hand back with its wrong cells."""

    content: bytes
    problems: tuple[CellProblem, ...]


async def mark_workbook(content: bytes, problems: Sequence[CellProblem]) -> bytes:
    """The uploaded workbook with wrong cells red and commented and a sheet 错误清单; raises the refusals of kit.workbook, ChildFailed."""
    answer: bytes = await run_in_child(MARK_TASK, msgspec.msgpack.encode(Marking(content, tuple(problems))), limits=LIMITS)
    return answer


def mark_task(payload: bytes) -> bytes:
    """The child's side of `mark_workbook`; it alone loads what marks, because the server has no need of it."""
    from training_admin.kit.workbook.marked import mark

    marking = msgspec.msgpack.decode(payload, type=Marking)
    return mark(marking.content, marking.problems)
