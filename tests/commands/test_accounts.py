"""`training-admin accounts first` as the operator of a new district meets it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.commands.test_commands import run
from tests.conftest import open_folder, remove_when_stopped


@pytest.fixture
def folder() -> Iterator[Path]:
    place = open_folder()
    yield place
    remove_when_stopped(place / "var")
    shutil.rmtree(place, ignore_errors=True)


def test_the_first_administrators_are_told_once_and_made_once(folder: Path) -> None:
    early = run(folder, "accounts", "first")
    assert early.returncode == 2
    run(folder, "upgrade")
    told = run(folder, "accounts", "first", "--json")
    assert told.returncode == 0, told.stderr
    made = msgspec.json.decode(told.stdout)
    assert [each["role"] for each in made] == ["system_admin", "security_admin", "audit_admin"]
    again = run(folder, "accounts", "first")
    assert again.returncode == 2
    assert "（already-founded）" in again.stderr
    assert not any(each["password"] in again.stdout + again.stderr for each in made)


def test_the_words_for_a_terminal_name_all_three(folder: Path) -> None:
    run(folder, "upgrade")
    told = run(folder, "accounts", "first", "--organisation", "某区信息中心")
    assert told.returncode == 0, told.stderr
    for words in ("系统管理员  用户名 xitong", "安全管理员  用户名 anquan", "审计管理员  用户名 shenguan", "otpauth://totp/"):
        assert words in told.stdout
    assert "只显示这一次" in told.stderr
