"""Restoring 恢复 a backup into an empty database, beside the keys it was made with; what it lacks against the anchors is told."""

import asyncio
import hashlib
import zipfile
import zlib
from pathlib import Path

import msgspec

from training_admin.database import current_connection, engine, fetch_tuples, read_transaction, retried, write_transaction
from training_admin.kit.actor import Actor
from training_admin.kit.clock import Clock
from training_admin.kit.refusals import Refusal, Unreadable
from training_admin.office import trail
from training_admin.office.anchors import anchor_file, anchor_head, keep
from training_admin.office.backup import CHUNK, DUMP_NAME, FORMAT, LONGEST_SECONDS, MANIFEST_NAME, SUBJECT, Manifest
from training_admin.office.client_tools import reach, tool
from training_admin.office.keys import assert_keys_fit
from training_admin.office.trail_check import TrailReport, check_trail

RESTORED = "office:backup:restored"
LARGEST_MANIFEST = 64 * 1024
ANYTHING = """
SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND nspname !~ '^pg_' AND nspname <> 'information_schema' LIMIT 1
"""


class BackupUnreadable(Unreadable):
    """The file is no backup of ours, or damaged."""

    code = "backup-unreadable"
    title = "备份文件无法识别"


class ForeignBackup(Refusal):
    """The backup was made with other keys than those that lie here."""

    code = "backup-foreign-keys"
    title = "密钥与备份不符"


class NotEmpty(Refusal):
    """There is something in the database already: nothing is ever overwritten."""

    code = "database-not-empty"
    title = "数据库不是空的"


class RestoreFailed(Refusal):
    """The tool did not come to its end; the database is as empty as before."""

    status = 500
    code = "restore-failed"
    title = "恢复没有完成"


class Restored(msgspec.Struct, frozen=True):
    """What was restored, and what verification says of it."""

    manifest: Manifest
    report: TrailReport


def read_manifest(file: Path) -> Manifest:
    """What a backup says of itself, after its dump was read through and found undamaged; raises BackupUnreadable, ForeignBackup."""
    try:
        with zipfile.ZipFile(file) as package:
            with package.open(MANIFEST_NAME) as told:
                manifest = msgspec.json.decode(told.read(LARGEST_MANIFEST), type=Manifest)
            if manifest.format != FORMAT:
                raise BackupUnreadable("备份文件由更新版本的程序生成。请先升级本系统，再恢复。")
            if not manifest.is_ours():
                raise ForeignBackup("这份备份不是用这里的密钥文件做的。请把备份时的密钥文件放到数据文件夹后重试。")
            digest = hashlib.sha256()
            with package.open(DUMP_NAME) as dump:
                while chunk := dump.read(CHUNK):
                    digest.update(chunk)
    except (OSError, KeyError, EOFError, zipfile.BadZipFile, zlib.error, msgspec.MsgspecError):
        raise BackupUnreadable(f"“{file.name}”不是完整的备份文件。请换一份备份。") from None
    if digest.hexdigest() != manifest.dump_sha256:
        raise BackupUnreadable(f"“{file.name}”的内容与其清单不符，已损坏或被改动。请换一份备份。")
    return manifest


async def restore_backup(actor: Actor, file: Path, *, clock: Clock) -> Restored:
    """Restore into the open, empty database, all or nothing, and verify.

    When rows are missing that the anchors vouch for, nothing is written to the restored trail: an operator must explain it first.
    """
    manifest = await asyncio.to_thread(read_manifest, file)
    await _assert_empty()
    await asyncio.wait_for(_run_restore(file), timeout=LONGEST_SECONDS)
    await engine.run_ddl("ANALYZE")
    await assert_keys_fit()
    async with read_transaction():
        found = await trail.head()
    if found != (manifest.head.number, manifest.head.hash):
        raise RestoreFailed("恢复后的操作留痕与备份清单不符。请清空数据库，换一份备份。")
    if not await asyncio.to_thread(anchor_file().exists):
        await keep(manifest.head)
    report = await check_trail()
    if report.whole:
        await _record(actor, manifest, clock)
        await anchor_head(clock)
    return Restored(manifest, report)


async def _assert_empty() -> None:
    async with read_transaction():
        if await fetch_tuples(ANYTHING):
            raise NotEmpty(
                "数据库里已有数据，恢复不会覆盖任何内容。请把 TRAINING_ADMIN_DATA 指到空文件夹，或用 DATABASE_URL 指定空的数据库。"
            )


async def _run_restore(file: Path) -> None:
    """Hand the dump to pg_restore, which does everything in one transaction."""
    async with read_transaction():
        server = current_connection().get_server_version().major
    reached = reach()
    path = await asyncio.to_thread(tool, "pg_restore", server=server)
    process = await asyncio.create_subprocess_exec(
        path,
        *("--single-transaction", "--exit-on-error", "--no-owner", "--no-acl", f"--dbname={reached.address}"),
        env=reached.environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await _fed(process, file)
        status = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if status != 0:
        raise RestoreFailed(f"pg_restore 没有成功（退出码 {status}），数据库仍是空的。请检查磁盘空间和数据库版本后重试。")


async def _fed(process: asyncio.subprocess.Process, file: Path) -> None:
    assert process.stdin is not None
    with zipfile.ZipFile(file) as package, package.open(DUMP_NAME) as dump:
        try:
            while chunk := await asyncio.to_thread(dump.read, CHUNK):
                process.stdin.write(chunk)
                await process.stdin.drain()
            process.stdin.close()
            await process.stdin.wait_closed()
        except (BrokenPipeError, ConnectionResetError):
            return  # it ended early; its exit status tells


@retried
async def _record(actor: Actor, manifest: Manifest, clock: Clock) -> None:
    detail = {"made_at": manifest.made_at, "rows": manifest.head.number, "dump_sha256": manifest.dump_sha256}
    async with write_transaction():
        await trail.record(actor, RESTORED, SUBJECT, detail, at=clock.now())
