"""Held lines at a payment batch: they are left out and become a payable of their own that can follow in a later batch.

Both stand in the same budgets and in the same account of the ledger, so that setting apart moves no fen. Everything here belongs inside
the open transaction of an act on a batch.
"""

from collections.abc import Mapping, Sequence

import msgspec

from training_admin.fund import payable_store
from training_admin.fund.batch_store import DueRow
from training_admin.fund.follow import Follow, FollowEvent, Lines
from training_admin.fund.ledger import PayableMoved
from training_admin.fund.line_facts import Cut, cut_of
from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock
from training_admin.office import trail


async def cuts_of(rows: Sequence[DueRow], lines: Lines, *, fresh: bool, clock: Clock) -> dict[int, Cut]:
    """What of each payable is held by its lines; `fresh` has what holds lines looked for anew in this very transaction."""
    cases = await lines(sorted({row.due.case_no for row in rows}), clock, fresh=fresh)
    held = [row.due for row in rows if row.due.case_no in cases]
    if not held:
        return {}
    keys = [due.id for due in held]
    parts, apart = await payable_store.wanted_by(keys), await payable_store.set_apart_of(keys)
    found = {due.id: cut_of(due.id, parts.get(due.id, {}), apart, cases[due.case_no]) for due in held}
    return {key: cut for key, cut in found.items() if cut is not None}


def shown_cut(row: DueRow, cut: Cut | None) -> list[DueRow]:
    """A payable as a batch made now would treat it: what is paid, and what is left out with the words of its holds."""
    if cut is None:
        return [row]
    held = msgspec.structs.replace(row.due, fen=cut.fen, holds=(*row.due.holds, cut.words))
    if cut.whole:
        return [msgspec.structs.replace(row, due=msgspec.structs.replace(held, fen=row.due.fen))]
    kept = msgspec.structs.replace(row.due, fen=row.due.fen - cut.fen)
    return [msgspec.structs.replace(row, due=kept), msgspec.structs.replace(row, due=held)]


async def set_apart(actor: Actor, row: DueRow, cut: Cut, *, follow: Follow, clock: Clock) -> str:
    """Take the held lines of something due into a payable of their own; returns its subject. Raises PayableMoved."""
    subject = await payable_store.set_apart(row.due, cut, by=actor.trail_key, at=clock.now())
    if subject is None:
        raise PayableMoved("所选款项刚刚有新的办理，请刷新页面后重新选择。")
    detail = {"from": row.due.subject, "subject": subject, "fen": cut.fen, "rows": list(cut.rows), "words": cut.words}
    await trail.record(actor, "fund:payable:set_apart", row.due.case_no, detail, at=clock.now())
    await follow(actor, row.due.case_no, FollowEvent.REST_HELD, clock)
    return subject


async def kept_rows(
    actor: Actor, rows: Sequence[DueRow], cuts: Mapping[int, Cut], payable: Mapping[int, bool], *, follow: Follow, clock: Clock
) -> list[DueRow]:
    """The rows as they go into a batch: held lines of what else may be paid are set apart, what is held whole carries the words."""
    kept = []
    for row in rows:
        cut = cuts.get(row.due.id)
        if cut is not None and not cut.whole and payable[row.due.id]:
            await set_apart(actor, row, cut, follow=follow, clock=clock)
        kept.append(shown_cut(row, cut)[0])
    return kept
