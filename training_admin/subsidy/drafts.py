"""Pre-checked workbooks between upload and submission: kept in memory only, for half an hour, found by an unguessable token.

Nothing of a pre-check is stored; whoever waits too long or meets a restarted service chooses the file again.
"""

import secrets
from datetime import datetime, timedelta

import msgspec

from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import NotFound
from training_admin.subsidy.views import Precheck

KEPT = timedelta(minutes=30)
MOST_DRAFTS = 40
MOST_BYTES = 200 * 1024 * 1024


class DraftGone(NotFound):
    """The pre-check has expired, was submitted before a restart, or never was."""

    code = "precheck-expired"
    title = "预检结果已过期"


class Draft(msgspec.Struct, frozen=True):
    """A workbook as uploaded and what its pre-check found."""

    owner: str
    content: bytes
    checked: Precheck
    at: datetime


class DraftBox:
    """The drafts of one process, oldest out first when there are too many."""

    def __init__(self) -> None:
        self._drafts: dict[str, Draft] = {}

    def put(self, actor: Actor, content: bytes, checked: Precheck, *, clock: Clock) -> str:
        """Keep a draft of the actor and give out its token."""
        now = clock.now()
        self._drop_old(now)
        token = secrets.token_urlsafe(24)
        self._drafts[token] = Draft(actor.trail_key, content, checked, now)
        while len(self._drafts) > MOST_DRAFTS or self._size() > max(MOST_BYTES, len(content)):
            self._drafts.pop(next(iter(self._drafts)))
        return token

    def get(self, actor: Actor, token: str, *, clock: Clock) -> Draft:
        """The actor's draft of a token; raises DraftGone, also for another's."""
        self._drop_old(clock.now())
        found = self._drafts.get(token)
        if found is None or found.owner != actor.trail_key:
            raise DraftGone("预检结果只保留半小时，现已失效。请重新选择申报表上传。")
        return found

    def _drop_old(self, now: datetime) -> None:
        self._drafts = {token: draft for token, draft in self._drafts.items() if now - draft.at < KEPT}

    def _size(self) -> int:
        return sum(len(draft.content) for draft in self._drafts.values())
