"""Rotation of the encryption keys: a new key, everything re-sealed with it in batches while people go on working, old keys retired.

Killed at any moment it is simply begun again: what is not yet under the newest key is found by its header. Which columns hold sealed
contents is handed in from the rooms to the right (`wiring`).
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from training_admin.database import READ_COMMITTED, engine, read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor
from training_admin.kit.ciphers import CipherName
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import Refusal
from training_admin.kit.vault import KeyRing, Undecipherable, read_ring, vault, version_of, with_new_key, with_newest_only, write_ring
from training_admin.kit.wording import moment
from training_admin.office import sealed_store, trail
from training_admin.office.sealed_store import SealedColumn

SUBJECT = "keys"
# An act that sealed something with the key before may still be about to store it; no act takes nearly as long.
SETTLING = timedelta(hours=1)
Progress = Callable[[str, int, int], None]


class KeysBusy(Refusal):
    """Another rotation is under way."""

    code = "keys-busy"
    title = "密钥正在轮换"


class KeysStillUsed(Refusal):
    """Something may still need an older key."""

    code = "keys-still-used"
    title = "旧密钥还不能停用"


class KeyVersion(msgspec.Struct, frozen=True):
    """One version of the encryption key: its cipher, when it was made (None: at the first start), what is sealed with it by column."""

    version: int
    cipher: CipherName | None
    made_at: datetime | None
    uses: dict[str, int]

    @property
    def values(self) -> int:
        """How many contents need it."""
        return sum(self.uses.values())


class Rotation(msgspec.Struct, frozen=True):
    """What a rotation did; `resumed` when it finished an earlier one instead of making a key. `unreadable` were left as they are."""

    version: int
    cipher: CipherName
    resumed: bool
    resealed: int
    unreadable: int


@asynccontextmanager
async def _alone() -> AsyncIterator[None]:
    """One rotation at a time in a database, whatever machine it runs on; raises KeysBusy."""
    connection = await engine.connect_alone()
    try:
        if not await connection.fetchval(sealed_store.TRY_LOCK):
            raise KeysBusy("另一个密钥轮换正在进行，请等它结束后再执行。")
        yield
    finally:
        await connection.close(timeout=5)


async def key_versions(columns: Sequence[SealedColumn], ring: KeyRing) -> list[KeyVersion]:
    """Every version that is in the key file or met in the database, oldest first; one without a cipher has no key any more."""
    uses: dict[int, dict[str, int]] = {version: {} for version in ring.keys}
    async with read_transaction():
        for column in columns:
            for header, count in await sealed_store.header_counts(column):
                of_version = uses.setdefault(version_of(header), {})
                of_version[column.place] = of_version.get(column.place, 0) + count
    return [
        KeyVersion(version, ring.cipher_of(version) if version in ring.keys else None, ring.made_at.get(version), found)
        for version, found in sorted(uses.items())
    ]


async def rotate_keys(
    actor: Actor, columns: Sequence[SealedColumn], *, key_file: Path, cipher: CipherName | None, clock: Clock, progress: Progress
) -> Rotation:
    """A new key (with another cipher when one is asked for), and everything re-sealed with it; an unfinished rotation is finished.

    Raises KeysBusy, KeysRefused.
    """
    async with _alone():
        ring = read_ring(key_file)
        older = [each for each in await key_versions(columns, ring) if each.version != ring.newest and each.cipher is not None]
        resumed = any(each.values for each in older) and cipher in (None, ring.cipher_of(ring.newest))
        if not resumed:
            ring = await _take_new_key(actor, with_new_key(ring, cipher=cipher, at=clock.now()), key_file, clock)
        resealed = unreadable = 0
        for column in columns:
            done, left = await _reseal_column(column, ring, progress)
            resealed, unreadable = resealed + done, unreadable + left
        made = Rotation(ring.newest, ring.cipher_of(ring.newest), resumed, resealed, unreadable)
        await _record(actor, "office:keys:resealed", made, clock)
    return made


@retried
async def _take_new_key(actor: Actor, ring: KeyRing, key_file: Path, clock: Clock) -> KeyRing:
    """The file is written before the commit: a key too many does no harm, a sealed content without its key would."""
    detail = {"version": ring.newest, "cipher": ring.cipher_of(ring.newest)}
    async with write_transaction():
        await trail.record(actor, "office:keys:rotated", SUBJECT, detail, at=clock.now())
        write_ring(key_file, ring, replace=True)
    return ring


@retried
async def _record(actor: Actor, event: str, detail: msgspec.Struct, clock: Clock) -> None:
    async with write_transaction():
        await trail.record(actor, event, SUBJECT, detail, at=clock.now())


async def _reseal_column(column: SealedColumn, ring: KeyRing, progress: Progress) -> tuple[int, int]:
    header, after, done, unreadable = ring.header_of(ring.newest), 0, 0, 0
    async with read_transaction():
        total = sum(count for found, count in await sealed_store.header_counts(column) if found != header)
    while batch := await _reseal_batch(column, ring, after):
        after = batch[0]
        done, unreadable = done + batch[1], unreadable + batch[2]
        progress(column.place, done + unreadable, max(total, done + unreadable))
    return done, unreadable


@retried
async def _reseal_batch(column: SealedColumn, ring: KeyRing, after: int) -> tuple[int, int, int] | None:
    """The key of the last row looked at, how many were re-sealed and how many could not be opened; None at the end.

    READ COMMITTED with row locks: a batch only exchanges what it has locked, and must not make serializable acts try again.
    """
    async with engine.transaction(isolation=READ_COMMITTED):
        rows = await sealed_store.sealed_otherwise(column, ring.header_of(ring.newest), after=after)
        if not rows:
            return None
        fresh = [(key, again) for key, sealed in rows if (again := _sealed_again(sealed, column.place)) is not None]
        await sealed_store.put_sealed(column, fresh, version=ring.newest)
    return rows[-1][0], len(fresh), len(rows) - len(fresh)


def _sealed_again(sealed: bytes, place: str) -> bytes | None:
    keys = vault()
    try:
        return keys.encrypt(keys.decrypt(sealed, place=place), place=place)
    except Undecipherable:
        return None


async def retire_keys(actor: Actor, columns: Sequence[SealedColumn], *, key_file: Path, clock: Clock) -> list[int]:
    """Take the older keys out of the file when nothing needs them; returns their versions. Raises KeysBusy, KeysStillUsed, KeysRefused."""
    async with _alone():
        ring = read_ring(key_file)
        retired = sorted(set(ring.keys) - {ring.newest})
        if not retired:
            raise KeysStillUsed("密钥文件中只有现用的密钥，没有可以停用的。")
        if (used := sum(each.values for each in await key_versions(columns, ring) if each.version in retired)) > 0:
            raise KeysStillUsed(f"还有 {used} 项内容使用旧密钥。请先执行 training-admin keys rotate 完成重新加密。")
        made_at = ring.made_at.get(ring.newest)
        if made_at is not None and clock.now() < made_at + SETTLING:
            raise KeysStillUsed(f"现用密钥刚刚启用，正在办理的业务可能还用着旧密钥。请在 {moment(made_at + SETTLING)} 之后再停用。")
        await _retire(actor, with_newest_only(ring), retired, key_file, clock)
    return retired


@retried
async def _retire(actor: Actor, ring: KeyRing, retired: list[int], key_file: Path, clock: Clock) -> None:
    async with write_transaction():
        await trail.record(actor, "office:keys:retired", SUBJECT, {"versions": retired, "kept": ring.newest}, at=clock.now())
        write_ring(key_file, ring, replace=True)
