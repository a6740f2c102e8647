"""`training-admin backup`: the database as it is now into one file, while people go on working."""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import IO, cast

import click
import msgspec

from training_admin.clocks import clock_of
from training_admin.database import close_database, open_database
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.refusals import Unreadable
from training_admin.kit.wording import moment
from training_admin.logs import configure_logs
from training_admin.office.backup import BackupMade, file_name, make_backup, written_whole
from training_admin.office.keys import assert_keys_fit
from training_admin.settings import Settings, read_settings
from training_admin.upgrade import assert_upgraded

MEGABYTE = 1024 * 1024


class BackupPlace(Unreadable):
    """The backup cannot be put where it is wanted."""

    code = "backup-place"
    title = "备份无法保存"


class Saved(msgspec.Struct, frozen=True):
    """The answer with --json."""

    file: str
    made: BackupMade


@click.command(help="备份数据库到文件或文件夹，不必停止服务；密钥文件须另行备份。")
@click.argument("place")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def command(*, place: str, as_json: bool) -> None:
    """Back up; an existing file is never overwritten."""
    settings = read_settings()
    configure_logs(settings)
    saved = asyncio.run(backed_up(settings, Path(place)))
    if as_json:
        click.echo(msgspec.json.encode(saved).decode())
        return
    manifest = saved.made.manifest
    click.echo(f"已备份到 {saved.file}：截至 {moment(manifest.made_at)}，{manifest.dump_bytes / MEGABYTE:.1f} MB。", err=True)
    click.echo(f"操作留痕末行：{manifest.head.words}。", err=True)
    click.echo(f"备份不含密钥。请另行备份密钥文件 {settings.keys}，与本备份分开存放；锚定文件 trail-anchors.jsonl 也请一并留存。", err=True)
    for fault in saved.made.faults:
        click.echo(f"注意，操作留痕有误：{fault.sentence}", err=True)


async def backed_up(settings: Settings, place: Path) -> Saved:
    """Make the backup beside its place and put it there when it is whole."""
    clock = clock_of(settings)
    out = place / file_name(clock) if place.is_dir() else place  # noqa: ASYNC240 - before anything is served
    if out.exists():
        raise BackupPlace(f"“{out}”已经存在，备份不覆盖原有文件。请换一个文件名或文件夹。")
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
    except OSError:
        raise BackupPlace(f"不能在“{out.parent}”里保存文件，请检查文件夹和权限后重试。") from None
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as target:
            await open_database(settings)
            try:
                await assert_upgraded()
                await assert_keys_fit()
                made = await make_backup(COMMAND_LINE, cast("IO[bytes]", target), clock=clock)
            finally:
                await close_database()
            await asyncio.to_thread(written_whole, cast("IO[bytes]", target), fresh, out)
    except OSError:
        raise BackupPlace(f"写入“{out.parent}”没有成功，请检查磁盘空间后重试。") from None
    finally:
        await asyncio.to_thread(fresh.unlink, missing_ok=True)
    return Saved(str(out), made)
