"""Which client tools are used, and that no password shows in the list of processes."""

from pathlib import Path

import pytest

from training_admin.office import client_tools
from training_admin.office.client_tools import ToolMissing, reach, reach_of, tool


@pytest.mark.parametrize(
    ("address", "shown", "password"),
    [
        pytest.param("postgresql://u:p%40ss@db:5432/name", "postgresql://u@db:5432/name", "p@ss", id="password"),
        pytest.param("postgresql://u@db/name", "postgresql://u@db/name", None, id="no password"),
        pytest.param("postgresql:///name?host=/run&password=x", "postgresql:///name?host=%2Frun", "x", id="password as a parameter"),
        pytest.param(
            "postgres://u:x@a:1,b:2/name?sslmode=require",
            "postgres://u@a:1,b:2/name?sslmode=require&target_session_attrs=primary",
            "x",
            id="several hosts",
        ),
    ],
)
def test_the_password_travels_in_the_environment(address: str, shown: str, password: str | None) -> None:
    reached = reach_of(address)
    assert reached.address == shown
    assert reached.environment.get("PGPASSWORD") == password
    assert "x" not in repr(reached)


@pytest.mark.usefixtures("database")
def test_the_open_database_is_reached_by_its_own_address() -> None:
    assert reach().address.startswith("postgresql://postgres@/")


def script(folder: Path, version: str) -> Path:
    file = folder / "pg_dump"
    file.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
    file.chmod(0o755)
    return file


def test_the_nearest_version_that_is_not_older_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    own = script(tmp_path, "15.9 (Debian)")
    assert tool("pg_dump", server=15) == own
    assert tool("pg_dump", server=16) != own
    newest = script(tmp_path, "19.1")
    assert tool("pg_dump", server=19) == newest
    with pytest.raises(ToolMissing, match="postgresql-client-20"):
        tool("pg_dump", server=20)


def test_without_the_wheel_the_machines_own_tools_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(client_tools, "BINARIES", Path("nowhere"))
    with pytest.raises(ToolMissing, match="apt-get install"):
        tool("pg_dump", server=18)
