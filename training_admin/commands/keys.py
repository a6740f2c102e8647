"""`training-admin keys`: which encryption keys are in use, and their rotation while the service goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click
import msgspec

from training_admin.clocks import clock_of
from training_admin.database import close_database, open_database
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.ciphers import WORDS, HashName
from training_admin.kit.vault import vault
from training_admin.kit.wording import moment
from training_admin.logs import configure_logs
from training_admin.office.keys import assert_keys_fit
from training_admin.office.resealing import KeyVersion, Rotation, key_versions, retire_keys, rotate_keys
from training_admin.settings import Settings, read_settings
from training_admin.upgrade import assert_upgraded
from training_admin.wiring import SEALED_COLUMNS

Answer = TypeVar("Answer")


class KeysShown(msgspec.Struct, frozen=True):
    """The answer of `keys show`: never a key."""

    hash: HashName
    versions: list[KeyVersion]


class Retired(msgspec.Struct, frozen=True):
    """The answer of `keys rotate --retire`."""

    retired: list[int]


@click.group(help="加密密钥：版本、轮换、停用。")
def command() -> None:
    """Commands about keys."""


@command.command("show", help="列出密钥版本、算法和各版本加密的内容数，不显示密钥本身。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def show(*, as_json: bool) -> None:
    """Show versions and what is sealed with each."""
    shown = _run(shown_keys)
    if as_json:
        click.echo(msgspec.json.encode(shown).decode())
        return
    click.echo(f"检索摘要：{WORDS[shown.hash]}")
    for each in shown.versions:
        cipher = "密钥已不在文件中" if each.cipher is None else WORDS[each.cipher]
        made = "首次启动时" if each.made_at is None else moment(each.made_at)
        click.echo(f"第 {each.version} 版　{cipher}　启用：{made}　内容 {each.values} 项")
        for place, count in each.uses.items():
            click.echo(f"    {place}　{count}")


@command.command("rotate", help="启用新密钥并把全部内容重新加密，不必停止服务；中断后再次执行即可继续。")
@click.option("--retire", is_flag=True, help="停用旧密钥：确认已无内容使用后，从密钥文件中删除。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def rotate(*, retire: bool, as_json: bool) -> None:
    """Rotate or retire; progress is told on stderr."""
    if retire:
        retired = _run(retired_keys)
        if as_json:
            click.echo(msgspec.json.encode(Retired(retired)).decode())
        click.echo(f"已停用第 {'、'.join(map(str, retired))} 版密钥。此前的备份须用当时的密钥文件才能解读，请一并保管。", err=True)
        return
    made = _run(rotated_keys)
    if as_json:
        click.echo(msgspec.json.encode(made).decode())
    start = "继续完成上次的轮换" if made.resumed else "已启用新密钥"
    click.echo(f"{start}：第 {made.version} 版（{WORDS[made.cipher]}），重新加密 {made.resealed} 项。", err=True)
    if made.unreadable:
        click.echo(f"有 {made.unreadable} 项内容无法解读，原样保留；旧密钥因此不能停用。请从备份核对。", err=True)
    click.echo("请立即另行备份密钥文件。1 小时后可执行 training-admin keys rotate --retire 停用旧密钥。", err=True)


def _run(act: Callable[[Settings], Awaitable[Answer]]) -> Answer:
    settings = read_settings()
    configure_logs(settings)
    return asyncio.run(_opened(settings, act))


async def _opened(settings: Settings, act: Callable[[Settings], Awaitable[Answer]]) -> Answer:
    await open_database(settings)
    try:
        await assert_upgraded()
        await assert_keys_fit()
        return await act(settings)
    finally:
        await close_database()


async def shown_keys(settings: Settings) -> KeysShown:
    """What is in the file and in the database."""
    del settings
    ring = vault().ring
    return KeysShown(ring.hash_name, await key_versions(SEALED_COLUMNS, ring))


async def rotated_keys(settings: Settings) -> Rotation:
    """Rotate, telling how far each column is."""
    return await rotate_keys(
        COMMAND_LINE, SEALED_COLUMNS, key_file=settings.keys, cipher=settings.cipher, clock=clock_of(settings), progress=_tell
    )


async def retired_keys(settings: Settings) -> list[int]:
    """Retire what is not needed."""
    return await retire_keys(COMMAND_LINE, SEALED_COLUMNS, key_file=settings.keys, clock=clock_of(settings))


def _tell(place: str, done: int, total: int) -> None:
    click.echo(f"  {place}　{done}/{total}", err=True)
