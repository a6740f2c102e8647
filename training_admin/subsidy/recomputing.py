"""Recomputing stored records under the rules and facts as known then, many claims at once; nothing is written.

Between two instants at which something became known, all records see the same world: it is loaded once for all their claims. That this
changes nothing is proven each time, because the digest of all facts is part of the record whose bytes are compared.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby

import msgspec

from training_admin.database import fetch_tuples, read_transaction
from training_admin.kit.clock import shanghai_day
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.subsidy import programme_store, store
from training_admin.subsidy.assessing import assessed, load_claim_facts
from training_admin.subsidy.facts import ClaimFacts
from training_admin.subsidy.gather import KeyedClaim, World, gather
from training_admin.subsidy.programme_facts import ProgrammeClaimFacts
from training_admin.subsidy.store import StoredRecord
from training_admin.subsidy.world import load_shared_world

# Roster rows that are held in memory at once.
MOST_LINES = 5000
# Every instant at which something became known that an assessment reads.
_INSTANTS = """
    SELECT received_at FROM delivery UNION SELECT known_since FROM catalog_item UNION SELECT known_since FROM policy_adoption
    UNION SELECT known_since FROM policy_figure WHERE known_since IS NOT NULL ORDER BY 1
"""
_DAYS = "SELECT DISTINCT known_since FROM calendar_day ORDER BY 1"


class Replayed(msgspec.Struct, frozen=True):
    """One record recomputed from the rules and facts as known then; `equal` compares the bytes of the canonical JSON."""

    claim_number: str
    place_key: int
    known_at: datetime
    sha256: str
    recomputed_sha256: str
    lines: int

    @property
    def equal(self) -> bool:
        """Whether the recomputed record is the same, byte for byte."""
        return self.sha256 == self.recomputed_sha256


class Loaded(msgspec.Struct, frozen=True):
    """Records that share a world, with their claims; a programme of apprentices has facts of its own."""

    records: tuple[StoredRecord, ...]
    claims: dict[int, KeyedClaim]
    world: World | None
    programmes: dict[int, ClaimFacts | ProgrammeClaimFacts]

    def facts_of(self, record: StoredRecord) -> ClaimFacts | ProgrammeClaimFacts:
        """What the record was made from."""
        if record.key in self.programmes:
            return self.programmes[record.key]
        assert self.world is not None, "claims of classes have a world"
        return gather(self.claims[record.claim], msgspec.structs.replace(self.world, known_at=record.known_at.isoformat()))


async def replay_record(place_key: int) -> Replayed:
    """Recompute one stored record."""
    async with read_transaction():
        found = await store.every_record(place_key - 1, 1)
    return (await replay_stored(found))[0]


async def replay_stored(records: Sequence[StoredRecord]) -> list[Replayed]:
    """Recompute some stored records, in order; while some are computed the next are loaded."""
    async with read_transaction():
        instants = [row[0] for row in await fetch_tuples(_INSTANTS)]
        days = [row[0] for row in await fetch_tuples(_DAYS)]
    replayed: list[Replayed] = []
    computing: asyncio.Task[list[Replayed]] | None = None
    for together in worlds_apart(records, instants, days):
        async with read_transaction():
            loaded = await _load(together)
        if computing is not None:
            replayed += await computing
        computing = asyncio.create_task(asyncio.to_thread(_recomputed, loaded))
    if computing is not None:
        replayed += await computing
    return replayed


def worlds_apart(records: Sequence[StoredRecord], instants: list[datetime], days: list[date]) -> Iterator[list[StoredRecord]]:
    """Neighbours that see the same world, not more than memory should hold at once."""

    def seen(record: StoredRecord) -> tuple[str, int, int]:
        return record.pack, bisect_right(instants, record.known_at), bisect_right(days, shanghai_day(record.known_at))

    for _seen, alike in groupby(records, key=seen):
        some: list[StoredRecord] = []
        lines = 0
        for record in alike:
            if some and lines + record.lines > MOST_LINES:
                yield some
                some, lines = [], 0
            some.append(record)
            lines += record.lines
        yield some


async def _load(records: list[StoredRecord]) -> Loaded:
    """Inside an open transaction."""
    keys = sorted({record.claim for record in records})
    of_programmes = await programme_store.programmes_of(keys)
    programmes = {
        record.key: await load_claim_facts(record.claim, known_at=record.known_at, pack=record.pack)
        for record in records
        if record.claim in of_programmes
    }
    claims = await store.load_keyed_claims([key for key in keys if key not in of_programmes])
    newest = records[-1]
    world = await load_shared_world(list(claims.values()), known_at=newest.known_at, pack=newest.pack) if claims else None
    return Loaded(tuple(records), claims, world, programmes)


def _recomputed(loaded: Loaded) -> list[Replayed]:
    return [_replayed(record, loaded.facts_of(record)) for record in loaded.records]


def _replayed(record: StoredRecord, facts: ClaimFacts | ProgrammeClaimFacts) -> Replayed:
    again = assessed(facts)
    return Replayed(record.number, record.key, record.known_at, record.sha256, sha256_hex(canonical_json(again)), len(again.lines))
