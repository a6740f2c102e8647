"""Refused workbooks that can still be fetched marked: in memory only, for half an hour, found by an unguessable token.

Nothing of a refused file is stored; whoever waits too long or meets a restarted service uploads it again.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import NotFound
from training_admin.kit.workbook.problems import CellProblem

KEPT = timedelta(minutes=30)
MOST_WORKBOOKS = 40
MOST_BYTES = 100 * 1024 * 1024


class WorkbookGone(NotFound):
    """The workbook is kept no longer, was refused before a restart, or never was."""

    code = "workbook-expired"
    title = "标注文件已过期"


class RefusedWorkbook(msgspec.Struct, frozen=True):
    """A workbook as uploaded with its wrong cells, and the name under which it is handed back."""

    owner: str
    content: bytes
    problems: tuple[CellProblem, ...]
    filename: str
    at: datetime


class WorkbookBox:
    """The refused workbooks of one process, oldest out first when there are too many."""

    def __init__(self) -> None:
        self._kept: dict[str, RefusedWorkbook] = {}

    def put(self, actor: Actor, content: bytes, problems: Sequence[CellProblem], *, filename: str, clock: Clock) -> str:
        """Keep a workbook of the actor and give out its token."""
        now = clock.now()
        self._drop_old(now)
        token = secrets.token_urlsafe(24)
        self._kept[token] = RefusedWorkbook(actor.trail_key, content, tuple(problems), filename, now)
        while len(self._kept) > MOST_WORKBOOKS or self._size() > max(MOST_BYTES, len(content)):
            self._kept.pop(next(iter(self._kept)))
        return token

    def get(self, actor: Actor, token: str, *, clock: Clock) -> RefusedWorkbook:
        """The actor's workbook of a token; raises WorkbookGone, also for another's."""
        self._drop_old(clock.now())
        found = self._kept.get(token)
        if found is None or found.owner != actor.trail_key:
            raise WorkbookGone("标注后的文件只保留半小时，现已失效。请重新上传原文件。")
        return found

    def _drop_old(self, now: datetime) -> None:
        self._kept = {token: each for token, each in self._kept.items() if now - each.at < KEPT}

    def _size(self) -> int:
        return sum(len(each.content) for each in self._kept.values())
