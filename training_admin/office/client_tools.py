"""PostgreSQL's own tools for backups: those of the machine or those of the wheel, whichever fit the server, and how they reach it."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import msgspec

from training_admin.database import engine
from training_admin.kit.private_postgres import BINARIES, DatabaseFolderRefused, wheel
from training_admin.kit.refusals import Refusal

PATIENCE = 30


class ToolMissing(Refusal):
    """No client tool is new enough for the server."""

    status = 500
    code = "client-tool-missing"
    title = "缺少数据库客户端工具"


class Reach(msgspec.Struct, frozen=True):
    """How a tool reaches the open database: `address` shows in the list of processes and holds no password, `environment` does."""

    address: str
    environment: dict[str, str]

    def __repr__(self) -> str:
        """Without the password."""
        return "Reach()"


def tool(name: str, *, server: int) -> Path:
    """The tool whose major version is that of the server, or the next one above it; raises ToolMissing."""
    found: dict[int, Path] = {}
    for path in _places(name):
        version = _major(path)
        if version is not None and version >= server:
            found.setdefault(version, path)
    if found:
        return found[min(found)]
    line = f"sudo apt-get install -y --no-install-recommends postgresql-client-{server}"
    raise ToolMissing(f"没有不低于数据库版本（PostgreSQL {server}）的 {name}。请执行 {line} 后重试。")


def _places(name: str) -> list[Path]:
    places = [Path(found)] if (found := shutil.which(name)) else []
    try:
        return [*places, wheel() / BINARIES / name]
    except DatabaseFolderRefused:
        return places


def _major(path: Path) -> int | None:
    try:
        told = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=PATIENCE, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", told)
    return int(found[1]) if found else None


def reach() -> Reach:
    """How tools reach the database that is open."""
    if "dsn" not in engine.config:
        host, user, database = (quote(engine.config[name], safe="") for name in ("host", "user", "database"))
        return Reach(f"postgresql://{user}@/{database}?host={host}", _environment(None))
    return reach_of(engine.config["dsn"])


def reach_of(address: str) -> Reach:
    """An address of PostgreSQL with its password taken out."""
    parts = urlsplit(address)
    user, place, hosts = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    query = parse_qsl(parts.query, keep_blank_values=True)
    password = unquote(password) or dict(query).get("password", "")
    query = [(key, value) for key, value in query if key != "password"]
    if "," in hosts and "target_session_attrs" not in dict(query):
        query.append(("target_session_attrs", "primary"))
    # `urlunsplit` drops the two slashes of an empty host.
    rest = urlunsplit(("", "", parts.path, urlencode(query, quote_via=quote), ""))
    return Reach(f"{parts.scheme}://{name}{place}{hosts}{rest}", _environment(password or None))


def _environment(password: str | None) -> dict[str, str]:
    """What the tool inherits; its messages in English, so that ours need not guess."""
    own = dict(os.environ) | {"LC_MESSAGES": "C", "PGAPPNAME": "training-admin"}
    return own if password is None else own | {"PGPASSWORD": password}
