"""The trail for its readers: filtered pages, one row with its hashes, a list to keep. Reading a list out is itself recorded."""

from datetime import date, datetime
from typing import Any

import msgspec

from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor, assert_may
from training_admin.kit.clock import Clock, day_bounds_utc
from training_admin.kit.refusals import NotFound, Unreadable
from training_admin.kit.rights import Right
from training_admin.office import trail, trail_store
from training_admin.office.anchors import SUBJECT
from training_admin.office.heads import SignedHead, signed_head
from training_admin.office.trail import Stored
from training_admin.office.trail_store import TrailWanted
from training_admin.office.trail_words import EVENT_WORDS, ROOM_WORDS, event_words

LISTED = "office:trail:listed"
MOST_LISTED = 20_000
LONGEST_WORD = 120
LAST_YEAR = 9998


class TrailRowNotFound(NotFound):
    """The trail has no row of this number."""

    code = "trail-row-not-found"


class FilterRefused(Unreadable):
    """The filter cannot be read."""

    code = "trail-filter-refused"
    title = "筛选条件无法识别"


class TrailFilter(msgspec.Struct, frozen=True):
    """What somebody typed; empty is everything. `event` is an event, or a room."""

    actor: str = ""
    event: str = ""
    subject: str = ""
    start: str = ""
    end: str = ""


class ShownRow(msgspec.Struct, frozen=True):
    """A row for the screen; `at` is None for an instant that cannot be right."""

    number: int
    at: datetime | None
    actor: str
    event: str
    words: str
    subject: str
    detail: dict[str, Any]
    previous_hash: str
    hash: str


class RowProof(msgspec.Struct, frozen=True):
    """A row with what its hashes say: whether its own is right, and whether it follows the row before."""

    row: ShownRow
    hash_holds: bool
    follows: bool
    is_last: bool


class TrailPage(msgspec.Struct, frozen=True):
    """A page of rows, where the next one begins, and the signed end of the trail; None in a trail without a head."""

    rows: list[ShownRow]
    following: int | None
    head: SignedHead | None


def wanted_of(given: TrailFilter) -> TrailWanted:
    """The filter as the query takes it; raises FilterRefused."""
    if any("\0" in word or len(word) > LONGEST_WORD for word in (given.actor, given.subject)):
        raise FilterRefused(f"办理人标识和编号至多 {LONGEST_WORD} 个字符。")
    event = f"{given.event}:" if given.event in ROOM_WORDS else given.event
    if event and event not in EVENT_WORDS and not event.endswith(":"):
        raise FilterRefused("没有这种操作，请从列表中选择。")
    start, end = _day(given.start, "起始日"), _day(given.end, "截止日")
    if start is not None and end is not None and end < start:
        raise FilterRefused("截止日早于起始日，请更正。")
    return TrailWanted(
        actor=given.actor.strip() or None,
        event=event or None,
        subject=given.subject.strip() or None,
        since=None if start is None else day_bounds_utc(start)[0],
        until=None if end is None else day_bounds_utc(end)[1],
    )


def _day(text: str, words: str) -> date | None:
    if not text.strip():
        return None
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise FilterRefused(f"{words}无法识别，应形如 2026-06-01。") from None
    if not 1 < found.year <= LAST_YEAR:
        raise FilterRefused(f"{words}超出范围。")
    return found


def _shown(stored: Stored) -> ShownRow:
    number, at, actor, event, subject, detail, previous_hash, digest = stored
    return ShownRow(number, at, actor, event, event_words(event), subject, _detail(detail), previous_hash, digest)


def _detail(text: str) -> dict[str, Any]:
    found = msgspec.json.decode(text)
    return found if isinstance(found, dict) else {"": found}


async def read_trail(actor: Actor, given: TrailFilter, *, before: int | None, limit: int, clock: Clock) -> TrailPage:
    """A page of the trail, newest first; raises NotAllowed, FilterRefused."""
    assert_may(actor, Right.TRAIL_READ)
    wanted = wanted_of(given)
    async with read_transaction():
        found = await trail_store.rows_before(wanted, before=before, limit=limit + 1)
        head = await trail.head()
    rows = [_shown(stored) for stored in found[:limit]]
    following = rows[-1].number if len(found) > limit else None
    return TrailPage(rows, following, None if head is None else signed_head(*head, at=clock.now()))


async def trail_row(actor: Actor, number: int) -> RowProof:
    """One row, its hash computed again and compared with the row before; raises NotAllowed, TrailRowNotFound."""
    assert_may(actor, Right.TRAIL_READ)
    async with read_transaction():
        stored = await trail_store.load_row(number)
        if stored is None:
            raise TrailRowNotFound("操作留痕中没有这一行。")
        before = await trail.hash_of(number - 1)
        head = await trail.head()
    return RowProof(
        row=_shown(stored),
        hash_holds=trail.digest_of(stored) == stored[7],
        follows=before == stored[6],
        is_last=head is not None and head == (number, stored[7]),
    )


async def list_to_keep(actor: Actor, given: TrailFilter, *, clock: Clock) -> TrailPage:
    """The rows that match, newest first and at most `MOST_LISTED`, for a file; the reading is an event of its own.

    Raises NotAllowed, FilterRefused.
    """
    assert_may(actor, Right.TRAIL_READ)
    wanted = wanted_of(given)
    await _note(actor, given, clock)
    async with read_transaction():
        found = await trail_store.rows_before(wanted, before=None, limit=MOST_LISTED + 1)
        head = await trail.head()
    rows = [_shown(stored) for stored in found[:MOST_LISTED]]
    following = rows[-1].number if len(found) > MOST_LISTED else None
    return TrailPage(rows, following, None if head is None else signed_head(*head, at=clock.now()))


@retried
async def _note(actor: Actor, given: TrailFilter, clock: Clock) -> None:
    """Only which kinds of filters were used: what somebody typed might be personal data."""
    used = [name for name in TrailFilter.__struct_fields__ if getattr(given, name)]
    async with write_transaction():
        await trail.record(actor, LISTED, SUBJECT, {"filters": used, "event": given.event}, at=clock.now())
