"""Anchors 锚定: signed heads of the trail in a file beside the database, only ever appended to.

Whoever cuts rows off the end of the trail, or restores an old backup, leaves a chain that is whole in itself; the anchors are what tells
that more was there. Copies of the file belong where the database's administrator cannot reach them.
"""

import asyncio
import fcntl
import os
from pathlib import Path
from typing import IO

import msgspec

from training_admin.database import engine, read_transaction, retried, write_transaction
from training_admin.kit.actor import WORKER
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import Refusal
from training_admin.office import trail
from training_admin.office.heads import SignedHead, public_key, signed_head
from training_admin.office.trail_faults import Fault, anchor_damaged

FILE = "trail-anchors.jsonl"
OWNER_ONLY = 0o600
LONGEST_LINE = 1024
SUBJECT = "trail"
# Done once per database: afterwards a missing file is a fault and not a beginning.
BEGUN = "office:trail:anchored"
# No row has this hash: two anchors disagree about the row.
NEVER = ""


class AnchorsUnwritable(Refusal):
    """The file of anchors cannot be written."""

    status = 500
    code = "anchors-unwritable"
    title = "锚定文件无法写入"


class Anchors(msgspec.Struct, frozen=True):
    """What the file vouches for: the hash of each anchored row; `last` is the newest line, None in a missing or empty file."""

    hashes: dict[int, str]
    last: SignedHead | None
    faults: tuple[Fault, ...]

    @property
    def highest(self) -> int:
        """The last row that is known to have been there."""
        return max(self.hashes, default=0)


NO_ANCHORS = Anchors({}, None, ())


def anchor_file() -> Path:
    """Where the anchors of the open database stand."""
    return engine.data_folder / FILE


def read_anchors(file: Path) -> Anchors:
    """Every anchor that holds; damaged and foreign ones are faults. A last line without an end was never acknowledged."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return NO_ANCHORS
    own, hashes, last, faults = public_key(), {0: trail.GENESIS}, None, []
    for place, line in enumerate(content.split(b"\n")[:-1], start=1):
        head = _read(line)
        if head is None or head.public_key != own or not head.holds():
            faults.append(anchor_damaged(place))
            continue
        if head.kept is not None:
            hashes = {number: digest for number, digest in hashes.items() if number <= head.kept}
        hashes[head.number] = head.hash if hashes.get(head.number, head.hash) == head.hash else NEVER
        last = head
    return Anchors(hashes, last, tuple(faults))


async def anchor_head(clock: Clock) -> SignedHead:
    """Sign the present end of the trail, append it to the file, and return it for printing."""
    begun = await asyncio.to_thread(anchor_file().exists)
    number, digest, recorded = await _present_end()
    head = signed_head(number, digest, at=clock.now())
    if recorded and not begun:
        return head  # the file was lost: a new one would hide that
    await keep(head)
    if not recorded:
        await _record_beginning(clock)
        return await anchor_head(clock)
    return head


@retried
async def _present_end() -> tuple[int, str, bool]:
    """Number and hash of the last row, and whether anchoring has begun."""
    async with read_transaction():
        found = await trail.head()
        assert found is not None, "migrations put the head in; `verify` tells when it was taken away"
        return *found, await trail.has_event(BEGUN, SUBJECT)


async def keep(head: SignedHead) -> None:
    """Append a signed head to the file of the open database; raises AnchorsUnwritable."""
    try:
        await asyncio.to_thread(append, anchor_file(), head)
    except OSError:
        raise AnchorsUnwritable(f"不能写入 {anchor_file()}，请检查磁盘空间和文件夹权限后重试。") from None


@retried
async def _record_beginning(clock: Clock) -> None:
    async with write_transaction():
        if not await trail.has_event(BEGUN, SUBJECT):
            await trail.record(WORKER, BEGUN, SUBJECT, {"public_key": public_key()}, at=clock.now())


async def still_leads_through() -> bool:
    """A quick look: whether the newest anchor's row is there unchanged, and no anchors were lost. `verify` looks at everything."""
    last = await asyncio.to_thread(_last_of, anchor_file())
    async with read_transaction():
        if last is None:
            return not await trail.has_event(BEGUN, SUBJECT)
        return await trail.hash_of(last.number) == last.hash


def append(file: Path, head: SignedHead) -> None:
    """Append one line durably, after taking off what a crash left half-written; a head that is the last line already is not repeated."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, OWNER_ONLY), "rb+") as target:
        fcntl.flock(target, fcntl.LOCK_EX)
        end, last = _whole_end(target)
        if last is not None and (last.number, last.hash, head.kept) == (head.number, head.hash, None):
            return
        target.truncate(end)
        target.write(msgspec.json.encode(head) + b"\n")
        target.flush()
        os.fsync(target.fileno())


def _last_of(file: Path) -> SignedHead | None:
    try:
        with file.open("rb") as target:
            return _whole_end(target)[1]
    except FileNotFoundError:
        return None


def _whole_end(target: IO[bytes]) -> tuple[int, SignedHead | None]:
    """Where the last whole line ends, and what it says."""
    size = target.seek(0, os.SEEK_END)
    start = max(0, size - 2 * LONGEST_LINE)
    target.seek(start)
    tail = target.read()
    whole, found, _torn = tail.rpartition(b"\n")
    return start + len(whole) + len(found), _read(whole.rpartition(b"\n")[2]) if found else None


def _read(line: bytes) -> SignedHead | None:
    try:
        return msgspec.json.decode(line, type=SignedHead)
    except msgspec.MsgspecError:
        return None
