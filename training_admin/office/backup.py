"""Backup 备份: one file with everything in the database as it was at one instant, taken while people go on working.

The keys are not in it: whoever finds the file can read no identity number. They are kept apart, and a backup fits its own keys only.
"""

import asyncio
import hashlib
import os
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import msgspec

from training_admin import __version__
from training_admin.database import fetch_tuples, read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor
from training_admin.kit.clock import SHANGHAI, Clock
from training_admin.kit.digest import canonical_json
from training_admin.kit.refusals import Refusal
from training_admin.office import trail
from training_admin.office.anchors import anchor_head
from training_admin.office.client_tools import reach, tool
from training_admin.office.heads import SignedHead, public_key, sign, signature_holds, signed_head
from training_admin.office.trail_check import check_trail
from training_admin.office.trail_faults import Fault

MADE = "office:backup:made"
SUBJECT = "backup"
MANIFEST_NAME, DUMP_NAME, WORDS_NAME = "manifest.json", "database.dump", "说明.txt"
FORMAT = 1
CHUNK = 1024 * 1024
LONGEST_SECONDS = 6 * 3600
DOMAIN = b"training-admin/backup/1\n"
WORDS = """数据库备份

恢复：在空的数据文件夹中先放好备份时的密钥文件 keys.json（权限 600）和锚定文件 trail-anchors.jsonl，然后执行
    training-admin restore 本文件
    training-admin verify
本文件不含密钥。没有密钥文件，身份证号、银行账号和附件无法解读。
"""


class BackupFailed(Refusal):
    """The dump did not come to its end; no file is left."""

    status = 500
    code = "backup-failed"
    title = "备份没有完成"


class Manifest(msgspec.Struct, frozen=True):
    """What the file holds: when and by which program and server it was made, the end of the trail, the digest of the dump."""

    format: int
    program: str
    server: int
    made_at: datetime
    migrations: int
    head: SignedHead
    dump_sha256: str
    dump_bytes: int
    signature: str = ""

    def signed(self) -> "Manifest":
        """With the signature of this installation's keys."""
        return msgspec.structs.replace(self, signature=sign(self.message()))

    def message(self) -> bytes:
        """The bytes that are signed."""
        return DOMAIN + canonical_json(msgspec.structs.replace(self, signature=""))

    def is_ours(self) -> bool:
        """Whether it was made with the keys that are in use here."""
        return self.head.public_key == public_key() and self.head.holds() and signature_holds(public_key(), self.signature, self.message())


class BackupMade(msgspec.Struct, frozen=True):
    """The receipt: what is in the file, and what was wrong with the trail before it was made."""

    manifest: Manifest
    faults: tuple[Fault, ...]


def file_name(clock: Clock) -> str:
    """The name of a backup made now: `training-admin-20260601-093000.zip`."""
    return f"training-admin-{clock.now().astimezone(SHANGHAI):%Y%m%d-%H%M%S}.zip"


async def make_backup(actor: Actor, target: IO[bytes], *, clock: Clock) -> BackupMade:
    """Write the backup into an empty file opened for writing, and record it; raises BackupFailed, ToolMissing.

    A trail with faults is backed up all the same, and the receipt says so.
    """
    report = await check_trail()
    if report.whole:
        await anchor_head(clock)
    manifest = await _dumped(target, clock)
    await _record(actor, manifest, clock)
    return BackupMade(manifest, report.faults)


async def _dumped(target: IO[bytes], clock: Clock) -> Manifest:
    """One snapshot for the manifest and for the dump: both show the same instant, whatever is written meanwhile."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        async with read_transaction():
            await fetch_tuples("SET LOCAL idle_in_transaction_session_timeout = 0")  # we wait while the tool reads
            snapshot = (await fetch_tuples("SELECT pg_export_snapshot()"))[0][0]
            server = (await fetch_tuples("SELECT current_setting('server_version_num')::int / 10000"))[0][0]
            migrations = (await fetch_tuples("SELECT count(*) FROM migration"))[0][0]
            found = await trail.head()
            if found is None:
                raise BackupFailed("操作留痕的末行记录缺失，没有备份。请先执行 training-admin verify 查明。")
            made_at = clock.now()
            head = signed_head(*found, at=made_at)
            with package.open(DUMP_NAME, "w", force_zip64=True) as dump:
                digest, size = await asyncio.wait_for(_run_dump(snapshot, server, dump), timeout=LONGEST_SECONDS)
        manifest = Manifest(FORMAT, __version__, server, made_at, migrations, head, digest, size).signed()
        package.writestr(MANIFEST_NAME, msgspec.json.format(msgspec.json.encode(manifest)))
        package.writestr(WORDS_NAME, WORDS)
    return manifest


async def _run_dump(snapshot: str, server: int, target: IO[bytes]) -> tuple[str, int]:
    """Let pg_dump write into the package; digest and size of what it wrote."""
    reached = reach()
    arguments = ("--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}", f"--dbname={reached.address}")
    path = await asyncio.to_thread(tool, "pg_dump", server=server)
    process = await asyncio.create_subprocess_exec(
        path,
        *arguments,
        env=reached.environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    digest, size = hashlib.sha256(), 0
    try:
        while chunk := await process.stdout.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            await asyncio.to_thread(target.write, chunk)
        status = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if status != 0:
        raise BackupFailed(f"pg_dump 没有成功（退出码 {status}）。请检查磁盘空间和数据库账号的权限，或执行 training-admin doctor。")
    return digest.hexdigest(), size


@retried
async def _record(actor: Actor, manifest: Manifest, clock: Clock) -> None:
    detail = {"dump_sha256": manifest.dump_sha256, "dump_bytes": manifest.dump_bytes, "rows": manifest.head.number}
    async with write_transaction():
        await trail.record(actor, MADE, SUBJECT, detail, at=clock.now())


async def backup_age(clock: Clock) -> timedelta | None:
    """How long ago the last backup was made; None when there was none."""
    async with read_transaction():
        last = await trail.last_at(MADE, SUBJECT)
    return None if last is None else clock.now() - last


def written_whole(target: IO[bytes], fresh: Path, out: Path) -> None:
    """Put a finished file in its place so that it survives a lost power supply."""
    target.flush()
    os.fsync(target.fileno())
    fresh.replace(out)
    folder = os.open(out.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
