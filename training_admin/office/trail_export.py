"""The trail as a file for auditors: one row a line, the signed head last; in a zip the stand-alone verifier lies beside it."""

import asyncio
import zipfile
from importlib.resources import files
from typing import IO

import msgspec

from training_admin.database import read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock
from training_admin.kit.digest import canonical_json
from training_admin.kit.refusals import Refusal
from training_admin.office import trail
from training_admin.office.anchors import SUBJECT, anchor_head
from training_admin.office.heads import SignedHead, signed_head
from training_admin.office.trail import Stored

EXPORTED = "office:trail:exported"
ROWS_NAME, VERIFIER_NAME, WORDS_NAME = "trail.jsonl", "verify_trail.py", "说明.txt"
WORDS = """操作留痕导出

trail.jsonl      每行一条留痕，最后一行是签名的末行
verify_trail.py  独立验证程序，只需要 Python 3.9 以上，不需要本系统

验证：把本压缩包解开，执行
    python3 verify_trail.py trail.jsonl
与审计工作簿“口径说明”上打印的末行、公钥核对：
    python3 verify_trail.py trail.jsonl --head 行号:摘要 --public-key 公钥
退出码 0 为完好，2 为有误并指出是哪一行。
"""


class TrailBroken(Refusal):
    """What does not verify is not handed out as the trail."""

    code = "trail-broken"
    title = "操作留痕有误"


class TrailExported(msgspec.Struct, frozen=True):
    """What was written: number of rows, the signed head at the end, its check code."""

    rows: int
    head: SignedHead
    code: str


async def export_trail(actor: Actor, target: IO[bytes], *, packed: bool, clock: Clock) -> TrailExported:
    """Write the whole trail, this act included; `packed` makes a zip with the verifier. Raises TrailBroken."""
    await _record(actor, clock)
    await anchor_head(clock)
    if not packed:
        return await _write_rows(target, clock)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        with package.open(ROWS_NAME, "w", force_zip64=True) as rows:
            exported = await _write_rows(rows, clock)
        package.writestr(VERIFIER_NAME, verifier())
        package.writestr(WORDS_NAME, WORDS)
    return exported


def verifier() -> bytes:
    """The stand-alone verifier: one file, standard library only."""
    return (files("training_admin.office") / "data" / VERIFIER_NAME).read_bytes()


@retried
async def _record(actor: Actor, clock: Clock) -> None:
    async with write_transaction():
        await trail.record(actor, EXPORTED, SUBJECT, at=clock.now())


async def _write_rows(target: IO[bytes], clock: Clock) -> TrailExported:
    number, digest = 0, trail.GENESIS
    async with read_transaction():
        async for batch in trail.stored_batches():
            for row in batch:
                if row[0] != number + 1 or row[6] != digest:
                    raise TrailBroken(f"第 {number + 1} 行不能与前一行相接，没有导出。请执行 training-admin verify 查明。")
                number, digest = row[0], row[7]
            await asyncio.to_thread(target.write, b"".join(map(_line, batch)))
        head = signed_head(number, digest, at=clock.now())
        if await trail.head() != (number, digest):
            raise TrailBroken(f"末行记录与第 {number} 行不符，没有导出。请执行 training-admin verify 查明。")
    await asyncio.to_thread(target.write, canonical_json({"head": head}) + b"\n")
    return TrailExported(number, head, head.code)


def _line(stored: Stored) -> bytes:
    number, at, actor, event, subject, detail, previous_hash, digest = stored
    row = {
        "number": number,
        "at": at,
        "actor": actor,
        "event": event,
        "subject": subject,
        "detail": msgspec.Raw(detail.encode()),
        "previous_hash": previous_hash,
        "hash": digest,
    }
    return msgspec.json.encode(row) + b"\n"
