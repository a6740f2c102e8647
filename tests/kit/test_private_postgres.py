"""The private server under every kind of death. These clusters keep fsync on."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from tests.conftest import open_folder, remove_when_stopped
from training_admin.kit.private_postgres import DatabaseFolderRefused, PrivateServer, file_system_of

# Another process that uses the server: attaches, says so, and stays until its input is closed.
USER = """
import sys
from pathlib import Path
from training_admin.kit.private_postgres import PrivateServer
server = PrivateServer(Path(sys.argv[1]))
print(server.attach()["host"], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    outer = open_folder()
    yield outer / "区 县" / "资料,库"
    remove_when_stopped(outer / "区 县" / "资料,库")
    shutil.rmtree(outer, ignore_errors=True)


def user(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", USER, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def attached(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=30)


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate(timeout=30)


def keepers(folder: Path) -> list[psutil.Process]:
    return [each for each in psutil.process_iter(["cmdline"]) if is_keeper(each, folder)]


def is_keeper(process: psutil.Process, folder: Path) -> bool:
    line = process.info["cmdline"] or []
    return "training_admin.kit.private_postgres" in line and str(folder) in line


def until(holds: Callable[[], bool], *, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def nothing_runs(folder: Path) -> bool:
    # A keeper that this process started stays a zombie until it is looked at; it is dead all the same.
    living = [each for each in keepers(folder) if each.status() != psutil.STATUS_ZOMBIE]
    return PrivateServer(folder).running() is None and not living


def kill_postmaster(server: PrivateServer) -> None:
    process = server.running()
    assert process is not None
    process.kill()


def kill_keeper(server: PrivateServer) -> None:
    for process in keepers(server.folder):
        process.kill()


def ask(host: str, sql: str) -> object:
    async def asked() -> object:
        connection = await asyncpg.connect(host=host, user="postgres", database="postgres")
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(asked())


def answers_again(server: PrivateServer) -> bool:
    """Attach and ask; the old server may still be dying while we attach, so a refused question is asked again."""
    try:
        return ask(server.attach()["host"], "SELECT 1") == 1
    except (OSError, asyncpg.PostgresError, asyncpg.InternalClientError):
        return False


def test_four_processes_at_once_share_one_server_and_it_goes_with_the_last(folder: Path) -> None:
    users = [user(folder) for _ in range(4)]
    assert len({attached(each) for each in users}) == 1
    assert until(lambda: len(keepers(folder)) == 1)
    leave(users[0])
    late = user(folder)
    assert ask(attached(late), "SELECT 1") == 1
    for each in (late, *users[1:]):
        leave(each)
    assert until(lambda: nothing_runs(folder))


def test_killed_users_leave_no_process_behind(folder: Path) -> None:
    users = [user(folder) for _ in range(3)]
    for each in users:
        attached(each)
    for each in users:
        kill(each)
    assert until(lambda: nothing_runs(folder))


@pytest.mark.parametrize(
    "victims",
    [
        pytest.param([kill_postmaster], id="postmaster"),
        pytest.param([kill_keeper], id="keeper"),
        pytest.param([kill_keeper, kill_postmaster], id="both"),
    ],
)
def test_what_was_committed_is_there_after_a_kill(folder: Path, victims: list[Callable[[PrivateServer], None]]) -> None:
    server = PrivateServer(folder)
    host = server.attach()["host"]
    ask(host, "CREATE TABLE acknowledged (number int)")
    for number in range(4):
        ask(server.attach()["host"], f"INSERT INTO acknowledged VALUES ({number})")
        for kill_one in victims:
            kill_one(server)
        assert until(lambda: answers_again(server))
    assert ask(server.attach()["host"], "SELECT count(*) FROM acknowledged") == 4
    server.release()
    assert until(lambda: nothing_runs(folder))


def test_quick_starts_and_stops_meet_no_half_stopped_server(folder: Path) -> None:
    server = PrivateServer(folder)
    for _ in range(6):
        assert ask(server.attach()["host"], "SELECT 1") == 1
        server.release()
    assert until(lambda: nothing_runs(folder))


def test_ctrl_c_does_not_reach_the_server(folder: Path) -> None:
    server = PrivateServer(folder)
    host = server.attach()["host"]
    group = {os.getpgid(each.pid) for each in keepers(folder)}
    postmaster = server.running()
    assert postmaster is not None
    assert os.getpgid(0) not in group | {os.getpgid(postmaster.pid)}
    process = user(folder)
    attached(process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert ask(host, "SELECT 1") == 1
    server.release()
    assert until(lambda: nothing_runs(folder))


def test_a_stale_pid_file_whose_pid_is_somebody_elses_kills_nobody(folder: Path) -> None:
    server = PrivateServer(folder)
    server.attach()
    kill_keeper(server)
    kill_postmaster(server)
    assert until(lambda: server.running() is None)
    with subprocess.Popen(["sleep", "600"]) as stranger:
        file = server.data / "postmaster.pid"
        lines = file.read_text().split("\n")
        file.write_text("\n".join([str(stranger.pid), *lines[1:]]))
        assert server.running() is None
        assert until(lambda: answers_again(server))
        server.release()
        assert until(lambda: nothing_runs(folder))
        assert stranger.poll() is None
        stranger.kill()


def test_a_server_that_is_stopped_for_good_leaves_no_process_and_comes_back_when_asked(folder: Path) -> None:
    server = PrivateServer(folder)
    other = user(folder)
    attached(other)
    server.attach()
    assert server.keeper() is not None
    assert server.stop()
    assert nothing_runs(folder)
    assert answers_again(server)
    leave(other)
    server.release()


def test_the_cluster_is_durable_and_speaks_utc(folder: Path) -> None:
    server = PrivateServer(folder)
    host = server.attach()["host"]
    told = {name: ask(host, f"SHOW {name}") for name in ("fsync", "full_page_writes", "data_checksums", "timezone", "listen_addresses")}
    assert told == {"fsync": "on", "full_page_writes": "on", "data_checksums": "on", "timezone": "UTC", "listen_addresses": ""}
    server.release()


def test_a_network_file_system_is_refused_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training_admin.kit.private_postgres.file_system_of", lambda _folder: "nfs4")
    with pytest.raises(DatabaseFolderRefused, match="本机磁盘"):
        PrivateServer(tmp_path)


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        pytest.param("/srv/data/district", "nfs4", id="below a mount"),
        pytest.param("/srv/database", "ext4", id="a name that only begins alike"),
        pytest.param("/srv/with space/x", "cifs", id="mount point with a space"),
    ],
)
def test_the_longest_mount_point_tells_the_file_system(folder: str, kind: str) -> None:
    mounts = "/dev/sda / ext4 rw 0 0\nhost:/x /srv/data nfs4 rw 0 0\n//host/y /srv/with\\040space cifs rw 0 0\n"
    assert file_system_of(Path(folder), mounts) == kind


def test_a_closed_folder_stays_closed_and_root_lodges_the_server_where_its_account_may_go(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    server = PrivateServer(tmp_path / "var")
    assert ask(server.attach()["host"], "SELECT 1") == 1
    assert server.data.is_symlink() == (os.geteuid() == 0)
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    lodging = server.data.resolve()
    server.release()
    assert until(lambda: nothing_runs(server.folder))
    shutil.rmtree(lodging)
