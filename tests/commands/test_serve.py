"""The service as a process: it starts, answers, ends, and leaves nothing behind."""

import contextlib
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from tests.commands.test_commands import environment, run
from tests.conftest import open_folder, remove_when_stopped
from training_admin.kit.private_postgres import PrivateServer


@pytest.fixture
def folder() -> Iterator[Path]:
    place = open_folder()
    assert run(place, "upgrade").returncode == 0
    yield place
    remove_when_stopped(place / "var")
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
    return number


def until(holds: Callable[[], bool], *, seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def healthy(port: int) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=10, trust_env=False).status_code == 200
    return False


@contextlib.contextmanager
def served(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "training_admin", "serve"],
        env=environment(folder, TRAINING_ADMIN_PORT=str(port)),
        stderr=subprocess.DEVNULL,
    )
    try:
        assert until(lambda: healthy(port) or process.poll() is not None)
        assert process.poll() is None
        yield process
    finally:
        process.kill()
        process.wait(timeout=30)


def workers(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    found = []
    for each in psutil.Process(process.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # a child that has ended since it was listed
            if "work" in each.cmdline():
                found.append(each)
    return found


def all_gone(folder: Path, others: list[psutil.Process]) -> bool:
    server = PrivateServer(folder / "var")
    return server.running() is None and server.keeper() is None and not any(each.is_running() for each in others)


@pytest.mark.parametrize(
    "number", [pytest.param(signal.SIGINT, id="Ctrl-C"), pytest.param(signal.SIGTERM, id="TERM"), pytest.param(signal.SIGKILL, id="KILL")]
)
def test_however_the_service_ends_no_process_is_left(folder: Path, port: int, number: signal.Signals) -> None:
    with served(folder, port) as process:
        assert until(lambda: bool(workers(process)))
        helpers = workers(process)
        process.send_signal(number)
        assert process.wait(timeout=60) == (-number if number == signal.SIGKILL else 0)
        assert until(lambda: all_gone(folder, helpers))


def test_the_service_goes_on_when_its_database_is_killed(folder: Path, port: int) -> None:
    server = PrivateServer(folder / "var")
    with served(folder, port):
        postmaster = server.running()
        assert postmaster is not None
        postmaster.kill()
        assert until(lambda: healthy(port))


def test_a_database_that_was_not_upgraded_is_told_and_not_changed(port: int) -> None:
    place = open_folder()
    told = run(place, "serve", TRAINING_ADMIN_PORT=str(port))
    assert told.returncode == 2
    assert "training-admin upgrade" in told.stderr
    remove_when_stopped(place / "var")
    shutil.rmtree(place, ignore_errors=True)


def test_a_taken_port_is_told_before_anything_is_started(folder: Path, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        told = run(folder, "serve", TRAINING_ADMIN_PORT=str(port))
    assert told.returncode == 2
    assert "port-taken" in told.stderr
    assert "TRAINING_ADMIN_PORT" in told.stderr
