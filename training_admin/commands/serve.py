"""`training-admin serve`: the web service and its worker, on this machine only."""

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

import click
import uvicorn

from training_admin.clocks import clock_of
from training_admin.database import close_database, open_database
from training_admin.fund.ledger import ledger_faults
from training_admin.kit.collector import settle_collector
from training_admin.kit.private_postgres import PrivateServer
from training_admin.kit.refusals import Refusal
from training_admin.logs import configure_logs
from training_admin.office.anchors import anchor_head, still_leads_through
from training_admin.office.keys import assert_keys_fit
from training_admin.settings import Settings, read_settings
from training_admin.upgrade import assert_upgraded

GRACE = 10
WORKER_PATIENCE = 30


class PortTaken(Refusal):
    """Another program listens on the port."""

    status = 500
    code = "port-taken"
    title = "端口被占用"


class SpeakingServer(uvicorn.Server):
    """Says where it is served once it can be reached."""

    def __init__(self, config: uvicorn.Config, *, address: str) -> None:
        super().__init__(config)
        self.address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            click.echo(f"服务已启动：{self.address} （按 Ctrl-C 结束）", err=True)


@click.command(help="启动网页服务和后台任务，Ctrl-C 结束。")
@click.option("--without-worker", is_flag=True, help="不同时启动后台任务（另用 training-admin work 启动）。")
def command(*, without_worker: bool) -> None:
    """Serve until SIGINT or SIGTERM."""
    settings = read_settings()
    configure_logs(settings)
    serve(settings, with_worker=not without_worker)


def serve(settings: Settings, *, with_worker: bool = True) -> None:
    """Serve until told to stop; afterwards no process of ours is left."""
    from training_admin.app import create_app  # only who serves waits for the web framework

    signal.signal(signal.SIGTERM, _end)
    with listening_socket(settings) as listening, attached(settings):
        asyncio.run(assert_ready(settings))
        with worker() if with_worker else contextlib.nullcontext():
            app = create_app(settings)
            settle_collector()
            config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=GRACE)
            with contextlib.suppress(KeyboardInterrupt):
                SpeakingServer(config, address=f"http://{settings.host}:{settings.port}").run(sockets=[listening])


def listening_socket(settings: Settings) -> socket.socket:
    """The socket to serve on, taken before anything is started; raises PortTaken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError:
        raise PortTaken(f"端口 {settings.port} 已被其他程序占用。请先结束它，或用 TRAINING_ADMIN_PORT 换一个端口后重试。") from None


async def assert_ready(settings: Settings) -> None:
    """The database answers, is migrated, and belongs to the keys; raises NotUpgraded, KeysRefused. The end of the trail is anchored.

    A fault of the ledger is told plainly; people can still sign in and look.
    """
    await open_database(settings)
    try:
        await assert_upgraded()
        await assert_keys_fit()
        if not await still_leads_through():
            click.echo("操作留痕与锚定文件不符：数据库可能被改动或回退。请执行 training-admin verify 查明。", err=True)
        for fault in await ledger_faults():
            click.echo(f"资金明细账有误：{fault}。请停止拨付，保留现场，执行 training-admin verify 查明。", err=True)
        await anchor_head(clock_of(settings))
    finally:
        await close_database()


@contextlib.contextmanager
def attached(settings: Settings) -> Iterator[None]:
    """Hold the private server from before the first question until after the last answer, so that it is not stopped in between."""
    if settings.database_url:
        yield
        return
    server = PrivateServer(settings.data, durable=not settings.fast_unsafe_database)
    server.attach()
    try:
        yield
    finally:
        server.release()


@contextlib.contextmanager
def worker() -> Iterator[None]:
    """A worker process that ends with us, also when we are killed: it watches the pipe to its standard input."""
    process = subprocess.Popen(
        [sys.executable, "-m", "training_admin", "work", "--with-parent"], stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        yield
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(timeout=WORKER_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    """SIGTERM ends the service as Ctrl-C does, so that what was begun is put away."""
    raise KeyboardInterrupt
