"""`training-admin database`: the private PostgreSQL of the data folder."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from piccolo.apps.migrations.commands.new import new

from training_admin.database import close_database, open_database
from training_admin.kit.private_postgres import PrivateServer
from training_admin.kit.refusals import Refusal
from training_admin.settings import Settings, read_settings
from training_admin.upgrade import upgrade


class NoPrivateDatabase(Refusal):
    """DATABASE_URL names another server, which is not ours to start or stop."""

    code = "no-private-database"
    title = "没有使用内置数据库"


def private_server(settings: Settings) -> PrivateServer:
    """The server of the data folder; raises NoPrivateDatabase."""
    if settings.database_url:
        raise NoPrivateDatabase("已用 DATABASE_URL 指定了外部数据库，请用该数据库自己的工具启动和停止。")
    return PrivateServer(settings.data, durable=not settings.fast_unsafe_database)


@contextmanager
def until_told_to_stop() -> Iterator[None]:
    """Wait in the foreground until SIGINT or SIGTERM."""
    stop = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    yield
    signal.sigwait(stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, stop)


@click.group(help="内置数据库：启动、状态、停止。")
def command() -> None:
    """The group."""


@command.command(help="在前台运行内置数据库，Ctrl-C 结束（供系统服务使用）。")
def start() -> None:
    """Keep the server running until told to stop."""
    server = private_server(read_settings())
    with until_told_to_stop():
        address = server.attach()
        click.echo(f"内置数据库已启动：{address['host']}。按 Ctrl-C 停止使用。", err=True)
    server.release()


@command.command(help="内置数据库是否在运行；没有运行时退出码为 1。")
def status() -> None:
    """Exit status 1 when no server runs."""
    server = private_server(read_settings())
    process = server.running()
    if process is None or server.answering() is None:
        click.echo("内置数据库没有运行。", err=True)
        sys.exit(1)
    click.echo(f"内置数据库正在运行（进程 {process.pid}），数据在 {server.data.resolve()}。", err=True)


@command.command(help="停止内置数据库；仍在使用它的程序会自动再次启动它。")
def stop() -> None:
    """Stop keeper and server."""
    server = private_server(read_settings())
    if not server.stop():
        raise NoPrivateDatabase(f"内置数据库没有在 30 秒内停下，请查看日志 {server.folder / 'pg.log'}。")
    click.echo("内置数据库已停止。", err=True)


@command.command(help="（开发用）比较数据表与迁移，为一个房间生成新的迁移文件。")
@click.argument("room")
@click.argument("description")
def migration(room: str, description: str) -> None:
    """Write a migration that must then be checked by hand; a changed CHECK is not noticed and needs a new name."""
    asyncio.run(written_migration(read_settings(), room, description))


async def written_migration(settings: Settings, room: str, description: str) -> None:
    """Migrate, then let Piccolo write what is missing."""
    await open_database(settings)
    try:
        await upgrade()
        await new(room, auto=True, desc=description)
    finally:
        await close_database()
