"""`training-admin restore`: a backup into an empty database."""

import asyncio
from pathlib import Path

import click
import msgspec

from training_admin.clocks import clock_of
from training_admin.database import close_database, open_database
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.vault import KeysRefused
from training_admin.kit.wording import moment
from training_admin.logs import configure_logs
from training_admin.office.restore import Restored, restore_backup
from training_admin.office.trail_acceptance import is_explicable
from training_admin.settings import Settings, read_settings
from training_admin.upgrade import pending_migrations


@click.command(help="把备份恢复到空的数据文件夹或空的数据库；已有数据时拒绝。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def command(*, file: str, as_json: bool) -> None:
    """Restore and verify; a roll-back against the anchors is told, and is for `verify` to settle."""
    settings = read_settings()
    configure_logs(settings)
    restored, pending = asyncio.run(restored_from(settings, Path(file)))
    if as_json:
        click.echo(msgspec.json.encode(restored).decode())
        return
    manifest, report = restored.manifest, restored.report
    click.echo(f"已恢复 {moment(manifest.made_at)} 的备份，密钥相符。操作留痕末行：{manifest.head.words}。", err=True)
    for fault in report.faults:
        click.echo(f"注意：{fault.sentence}", err=True)
    if is_explicable(report.faults):
        click.echo('确认后请执行 training-admin verify --accept-rollback "原因"，在留痕中记下原因，再启动服务。', err=True)
    if pending:
        click.echo("备份来自较早版本的程序，请执行 training-admin upgrade。", err=True)


async def restored_from(settings: Settings, file: Path) -> tuple[Restored, int]:
    """Restore with the keys that lie there; never with fresh ones."""
    if not settings.keys.exists():
        raise KeysRefused(f"没有密钥文件 {settings.keys}。请先放好备份时的密钥文件（chmod 600），再恢复；没有它，加密的数据无法解读。")
    await open_database(settings)
    try:
        restored = await restore_backup(COMMAND_LINE, file, clock=clock_of(settings))
        return restored, len(await pending_migrations())
    finally:
        await close_database()
