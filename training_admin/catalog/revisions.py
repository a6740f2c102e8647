"""A revision of the catalog from an uploaded workbook, and the log of what publications changed."""

from collections.abc import Sequence
from datetime import date

import msgspec

from training_admin.catalog import store
from training_admin.catalog.changes import Change, changes, differing
from training_admin.catalog.facts import Entry
from training_admin.catalog.proposals import ProposalRefused, propose_revision
from training_admin.catalog.workbooks import CatalogRead
from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.child import run_in_child
from training_admin.kit.clock import Clock, shanghai_day
from training_admin.kit.refusals import Unreadable
from training_admin.kit.rights import Right

READ_TASK = "training_admin.catalog.workbooks:read_task"


class CatalogIncomplete(Unreadable):
    """Cells of the workbook are wrong: nothing of it is taken. `cells` lists them."""

    code = "catalog-workbook-incomplete"
    title = "目录工作簿有误"


class EntryDifference(msgspec.Struct, frozen=True):
    """One field of a proposed entry beside the version known last before its start."""

    item_code: str
    name: str
    field: str
    old: str
    new: str


async def read_catalog(content: bytes) -> CatalogRead:
    """An uploaded catalog, read in a child process; raises the refusals of kit.workbook and ChildFailed."""
    return msgspec.msgpack.decode(await run_in_child(READ_TASK, content), type=CatalogRead)


async def propose_workbook(actor: Actor, content: bytes, *, why: str, clock: Clock) -> str:
    """Propose what a workbook changes against the published catalog; returns the proposal's number.

    Raises NotAllowed, CatalogIncomplete naming every wrong cell, ProposalRefused when nothing differs, and what reading raises.
    """
    assert_may(actor, Right.POLICY_PROPOSE)
    read = await read_catalog(content)
    if read.problem_count:
        raise CatalogIncomplete(
            f"工作簿中有 {read.problem_count} 处有误，没有提出任何修订。请按列出的问题更正后重新上传。",
            count=read.problem_count,
            cells=[msgspec.to_builtins(problem) for problem in read.problems],
        )
    async with read_transaction():
        known = {(each.item, each.details) for each in await store.load_published()}
    changed = [entry for entry in read.entries if (entry.item, entry.details) not in known]
    if not changed:
        raise ProposalRefused("工作簿中的项目与已公布的目录完全相同，没有需要修订的内容。")
    return await propose_revision(actor, changed, why=why, clock=clock)


async def change_log(*, since: date | None, until: date | None) -> list[Change]:
    """What was changed by publications of these days, newest first."""
    async with read_transaction():
        history = await store.load_history()
    shown = [each for each in changes(history) if _within(shanghai_day(each.known_since), since, until)]
    return shown[::-1]


def _within(day: date, since: date | None, until: date | None) -> bool:
    return (since is None or day >= since) and (until is None or day <= until)


async def entry_differences(entries: Sequence[Entry]) -> list[EntryDifference]:
    """What entries would change against the versions published by now."""
    async with read_transaction():
        published = await store.load_published()
    found = []
    for entry in entries:
        before = [
            (each.item, each.details)
            for each in published
            if each.item.item_code == entry.item.item_code and each.item.valid_from <= entry.item.valid_from
        ]
        for field, old, new in differing(before[-1] if before else None, (entry.item, entry.details)):
            found.append(EntryDifference(entry.item.item_code, entry.item.name, field, old, new))
    return found
