"""The commands as somebody at a terminal meets them: exit status, stdout, stderr."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.conftest import open_folder, remove_when_stopped


@pytest.fixture
def folder() -> Iterator[Path]:
    place = open_folder()
    yield place
    remove_when_stopped(place / "var")
    shutil.rmtree(place, ignore_errors=True)


def environment(folder: Path, **more: str) -> dict[str, str]:
    own = {key: value for key, value in os.environ.items() if not key.startswith("TRAINING_ADMIN_") and key != "DATABASE_URL"}
    return own | {"TRAINING_ADMIN_DATA": str(folder / "var")} | more


def run(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "training_admin", *words],
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_list_of_commands_is_chinese_and_complete(folder: Path) -> None:
    told = run(folder, "--help")
    assert told.returncode == 0
    for name in ("assess", "database", "doctor", "serve", "upgrade", "work"):
        assert f"\n  {name} " in told.stdout


def test_an_unknown_setting_is_refused_in_one_sentence(folder: Path) -> None:
    told = run(folder, "upgrade", TRAINING_ADMIN_PROT="1")
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.count("\n") == 1
    assert "（settings）" in told.stderr


def test_a_refusal_is_a_problem_document_when_json_is_asked_for(folder: Path) -> None:
    told = run(folder, "doctor", "--json", TRAINING_ADMIN_PROT="1")
    assert told.returncode == 2
    assert msgspec.json.decode(told.stdout)["code"] == "settings"


def test_doctor_finds_what_upgrade_mends(folder: Path) -> None:
    before = run(folder, "doctor", "--json")
    assert before.returncode == 1
    assert {each["code"] for each in msgspec.json.decode(before.stdout) if each["standing"] == "broken"} == {"migrations"}
    upgraded = run(folder, "upgrade")
    assert (upgraded.returncode, upgraded.stdout) == (0, "")
    after = run(folder, "doctor")
    assert after.returncode == 0, after.stdout
    assert "数据库结构是最新的" in after.stdout
    assert "无需升级" in run(folder, "upgrade").stderr


def test_keys_of_another_folder_are_told_by_doctor(folder: Path) -> None:
    assert run(folder, "upgrade").returncode == 0
    told = run(folder, "doctor", TRAINING_ADMIN_KEY_FILE=str(folder / "other-keys.json"))
    assert told.returncode == 1
    assert "不是同一套" in told.stdout


def test_an_unreachable_database_is_a_finding_and_not_a_crash(folder: Path) -> None:
    told = run(folder, "doctor", "--json", DATABASE_URL=f"postgresql://postgres@/x?host={folder}")
    assert told.returncode == 1
    findings = msgspec.json.decode(told.stdout)
    assert [each["code"] for each in findings if each["standing"] == "broken"] == ["database"]


def test_the_private_database_starts_tells_its_state_and_stops(folder: Path) -> None:
    assert run(folder, "database", "status").returncode == 1
    started = subprocess.Popen(
        [sys.executable, "-m", "training_admin", "database", "start"], env=environment(folder), stderr=subprocess.PIPE, text=True
    )
    assert started.stderr is not None
    assert "内置数据库已启动" in started.stderr.readline()
    status = run(folder, "database", "status")
    assert status.returncode == 0
    assert "正在运行" in status.stderr
    started.send_signal(signal.SIGTERM)
    _, _ = started.communicate(timeout=30)
    assert started.returncode == 0
    assert run(folder, "database", "stop").returncode == 0
    assert run(folder, "database", "status").returncode == 1


def test_somebody_elses_database_is_not_ours_to_stop(folder: Path) -> None:
    told = run(folder, "database", "stop", DATABASE_URL="postgresql://postgres@localhost/x")
    assert told.returncode == 2
    assert "no-private-database" in told.stderr
