"""Verification of the trail: row by row in constant memory, then its head, then the anchors kept beside the database."""

import asyncio
from collections.abc import Mapping, Sequence

import msgspec

from training_admin.database import fetch_tuples, read_transaction
from training_admin.office import trail, trail_faults
from training_admin.office.anchors import BEGUN, SUBJECT, Anchors, anchor_file, read_anchors
from training_admin.office.trail import GENESIS, Stored, digest_of
from training_admin.office.trail_faults import Fault


class TrailReport(msgspec.Struct, frozen=True):
    """What verification found: rows read until the first fault, anchors compared, and the faults, the gravest first."""

    whole: bool
    rows: int
    head_number: int
    head_hash: str
    anchors: int
    faults: tuple[Fault, ...]


async def check_trail(printed: Sequence[tuple[int, str]] = ()) -> TrailReport:
    """Verify the open database against its anchors, and against heads printed on exports when they are given."""
    # The anchors first: whatever they name was committed before our snapshot is taken.
    anchors = await asyncio.to_thread(read_anchors, anchor_file())
    async with read_transaction():
        walk = Walk(anchors.hashes)
        fault = await first_fault(walk)
        faults = [fault] if fault else []
        for number, digest in printed:
            if await trail.hash_of(number) != digest:
                faults.append(trail_faults.printed_otherwise(number))
        if anchors.last is None and not anchors.faults and await trail.has_event(BEGUN, SUBJECT):
            faults.append(trail_faults.anchors_lost())
    faults += anchors.faults
    return TrailReport(not faults, walk.number, walk.number, walk.hash, _counted(anchors), tuple(faults))


async def first_broken_row(anchors: Mapping[int, str] | None = None) -> int | None:
    """The first row that was changed, taken out or added from outside, inside an open transaction; None when the trail is whole."""
    fault = await first_fault(Walk(anchors or {}))
    return fault.row if fault else None


class Walk:
    """How far the chain was followed."""

    def __init__(self, anchors: Mapping[int, str]) -> None:
        self.anchors = anchors
        self.number, self.hash = 0, GENESIS
        self.kept = 0

    def follow(self, rows: Sequence[Stored]) -> Stored | Fault | None:
        """Go along some rows; the first one that does not fit is returned, or the fault when it fits but an anchor says otherwise."""
        number, digest, anchors = self.number, self.hash, self.anchors
        for row in rows:
            if row[0] != number + 1 or row[6] != digest or digest_of(row) != row[7]:
                self.number, self.hash = number, digest
                return row
            number, digest = row[0], row[7]
            if number in anchors:
                if anchors[number] != digest:
                    self.number, self.hash = number - 1, row[6]
                    return trail_faults.rewritten(number, self.kept)
                self.kept = number
        self.number, self.hash = number, digest
        return None


async def first_fault(walk: Walk) -> Fault | None:
    """Follow the whole trail; inside an open transaction."""
    async for batch in trail.stored_batches():
        found = walk.follow(batch)
        if isinstance(found, Fault):
            return found
        if found is not None:
            return await _diagnosed(walk, found)
    return _fault_of_end(walk, await trail.head())


def _fault_of_end(walk: Walk, head: tuple[int, str] | None) -> Fault | None:
    end = (walk.number, walk.hash)
    highest = max(walk.anchors, default=0)
    if head is not None and head[0] > walk.number:
        return trail_faults.truncated(walk.number + 1, head[0])
    if highest > walk.number:
        return trail_faults.rolled_back(walk.number + 1, anchored=highest, kept=walk.kept)
    if head == end:
        return None
    if head is not None and 0 <= head[0] < walk.number:
        return trail_faults.beside_head(head[0] + 1)
    return trail_faults.head_changed(walk.number)


async def _diagnosed(walk: Walk, row: Stored) -> Fault:
    """What was done to the first row that does not fit the one before it."""
    expected = walk.number + 1
    if row[0] != expected:
        return trail_faults.missing(expected)
    if digest_of(row) == row[7]:
        return trail_faults.edited(await _changed_of_two(walk, row))
    original = await _original_place(row)
    if original is None:
        return trail_faults.edited(expected)
    return trail_faults.added(original, expected) if original < expected else trail_faults.moved(expected, original)


async def _changed_of_two(walk: Walk, row: Stored) -> int:
    """Two rows each fit their own hash but not each other. If what follows still leads to the second, it is the first that was changed."""
    following = await fetch_tuples("SELECT previous_hash FROM trail WHERE number = $1", row[0] + 1)
    head = await trail.head()
    led_to = following[0][0] if following else head[1] if head else None
    return walk.number if led_to == row[7] and walk.number else row[0]


async def _original_place(row: Stored) -> int | None:
    """Where the row stood when it was hashed: after the row it names, or beside its present place."""
    before = await fetch_tuples("SELECT number FROM trail WHERE hash = $1", row[6])
    candidates = [*(found[0] + 1 for found in before), row[0] + 1, row[0] - 1]
    return next((place for place in candidates if place != row[0] and digest_of(row, number=place) == row[7]), None)


def _counted(anchors: Anchors) -> int:
    return len(anchors.hashes) - (0 in anchors.hashes)
