"""Replay of any decision by whoever may audit it: under its own state of knowledge the same bytes, under another what differs by row."""

import asyncio
from datetime import date, datetime

import msgspec

from training_admin.audit.record_changes import LineChange, line_changes
from training_admin.database import read_transaction
from training_admin.kit.actor import Actor, scope_of
from training_admin.kit.clock import Clock, day_bounds_utc
from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.kit.refusals import Unreadable
from training_admin.kit.rights import Right
from training_admin.subsidy import store
from training_admin.subsidy.assessing import assessed, decoded_record, load_claim_facts
from training_admin.subsidy.views import RecordHead


class ReplayRefused(Unreadable):
    """The day cannot be replayed."""

    code = "replay-refused"
    title = "不能按这一天重算"


class ReplayAsked(msgspec.Struct, frozen=True):
    """Which decision (its place, None for the newest) and which knowledge: that of the decision itself, or that of the end of a day."""

    place: int | None = None
    day: date | None = None


class ReplayShown(msgspec.Struct, frozen=True):
    """A decision computed again; `equal` compares the bytes, `lines` are the rows that differ, amounts fen."""

    number: str
    enterprise_name: str
    records: tuple[RecordHead, ...]
    place: int
    known_at: datetime
    stored_sha256: str
    computed_sha256: str
    stored_fen: int | None
    computed_fen: int | None
    rows: int
    lines: tuple[LineChange, ...]

    @property
    def equal(self) -> bool:
        """Whether every byte is the same."""
        return self.stored_sha256 == self.computed_sha256


async def replay(actor: Actor, number: str, asked: ReplayAsked, *, clock: Clock) -> ReplayShown:
    """Compute a stored decision again; nothing is written. Raises NotAllowed, ClaimNotFound, ReplayRefused."""
    codes = scope_of(actor, Right.AUDIT_EXPORT).codes
    if asked.day is not None and asked.day > clock.today():
        raise ReplayRefused("请选择今天或以前的日期。")
    async with read_transaction():
        key, summary, _problems, _file = await store.claim_summary(number, organisations=codes)
        heads = await store.record_heads(key)
        head = next((each for each in reversed(heads) if asked.place in {None, each.place}), None)
        before = None if head is None else await decoded_record(key, head.place)
        if head is None or before is None:
            raise store.ClaimNotFound("这份申报没有这次核验记录，请从列表重新选择。")
        known_at = head.known_at if asked.day is None else min(day_bounds_utc(asked.day)[1], clock.now())
        facts = await load_claim_facts(key, known_at=known_at, pack=before.pack)
    after = await asyncio.to_thread(assessed, facts)
    return ReplayShown(
        number=number,
        enterprise_name=summary.enterprise_name,
        records=heads,
        place=head.place,
        known_at=known_at,
        stored_sha256=head.sha256,
        computed_sha256=await asyncio.to_thread(lambda: sha256_hex(canonical_json(after))),
        stored_fen=before.ceiling.payable_fen,
        computed_fen=after.ceiling.payable_fen,
        rows=len(after.lines),
        lines=line_changes(before, after),
    )
