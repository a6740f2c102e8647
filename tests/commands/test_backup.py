"""Backup under load, restore beside the same keys, and what verification says of an older state."""

import asyncio
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.commands.test_commands import run
from tests.conftest import address, open_folder, remove_when_stopped
from tests.test_kill_cycles import heard, program

REASON = "演练：主机磁盘损坏，恢复当日备份"


@pytest.fixture
def places() -> Iterator[Path]:
    place = open_folder()
    for name in ("origin", "other", "older"):
        (place / name / "var").mkdir(parents=True)
        (place / name).chmod(0o755)
    yield place
    for name in ("origin", "other", "older"):
        remove_when_stopped(place / name / "var")
    shutil.rmtree(place, ignore_errors=True)


def told(place: Path, *words: str, status: int = 0) -> dict[str, Any]:
    done = run(place, *words, "--json")
    assert done.returncode == status, done.stderr + done.stdout
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def acknowledged(lines: list[list[str]]) -> set[tuple[str, str]]:
    return {(line[1], line[2]) for line in lines if line[0] == "done" and len(line) == 3}


def there(place: Path) -> set[tuple[str, str]]:
    checked, _ = program(place / "var", "check").communicate(timeout=120)
    lines = [line.split() for line in checked.splitlines()]
    assert ["broken", "None"] in lines
    return {(line[1], line[2]) for line in lines if line[0] == "there"}


def take_along(origin: Path, target: Path, *names: str) -> None:
    for name in names:
        shutil.copy(origin / "var" / name, target / "var" / name)


def test_a_backup_made_while_claims_come_in_holds_every_one_acknowledged_before(places: Path) -> None:
    origin, other, older, out = places / "origin", places / "other", places / "older", places / "backup.zip"
    process = program(origin / "var", "load")
    before = acknowledged(heard(process, seconds=1, first="done"))
    saved = told(origin, "backup", str(out))
    during = acknowledged(heard(process, seconds=1, first="done"))
    process.kill()
    rest, _ = process.communicate(timeout=60)
    everything = before | during | acknowledged([line.split() for line in rest.splitlines()])
    rows = saved["made"]["manifest"]["head"]["number"]
    assert len(before) >= 1
    assert len(everything) > len(before)
    assert out.stat().st_mode & 0o777 == 0o600

    # Without the keys, and with other ones, nothing is restored.
    assert told(other, "restore", str(out), status=2)["code"] == "keys"
    assert run(older, "doctor").returncode == 1  # makes a key file of its own
    assert told(older, "restore", str(out), status=2)["code"] == "backup-foreign-keys"

    take_along(origin, other, "keys.json")
    restored = told(other, "restore", str(out))
    assert restored["report"]["whole"]
    verified = told(other, "verify")["report"]
    assert (verified["whole"], verified["faults"]) == (True, [])
    assert before <= there(other)
    assert there(other) < there(origin)
    assert told(other, "restore", str(out), status=2)["code"] == "database-not-empty"
    assert told(origin, "verify")["report"]["whole"]

    # The anchors of the original know of more rows than the backup has.
    take_along(origin, older, "keys.json", "trail-anchors.jsonl")
    said = run(older, "restore", str(out))
    assert said.returncode == 0, said.stderr
    assert f"第 {rows + 1} 行起缺失" in said.stderr
    assert "--accept-rollback" in said.stderr
    fault = told(older, "verify", status=2)["report"]["faults"][0]
    assert (fault["kind"], fault["row"]) == ("rolled_back", rows + 1)
    assert told(older, "verify", "--accept-rollback", "电话13800000000的人要求的", status=2)["code"] == "reason"
    accepted = told(older, "verify", "--accept-rollback", REASON)
    assert accepted["report"]["whole"]
    assert told(older, "verify")["report"]["rows"] == rows + 1
    assert told(older, "verify", "--accept-rollback", REASON, status=2)["code"] == "trail-whole"
    exported = places / "trail.jsonl"
    told(older, "export", "trail", str(exported))
    event = json.loads(exported.read_bytes().splitlines()[rows])
    assert (event["event"], event["detail"]["reason"]) == ("office:trail:rolled_back", REASON)
    assert "最近一次备份" in run(origin, "doctor").stdout


def test_with_an_outside_database_the_same_commands_do(places: Path, cluster: dict[str, str]) -> None:
    first, second = (address(cluster, f"backup_{name}") for name in ("first", "second"))
    asyncio.run(two_databases(cluster))
    origin, other, out = places / "origin", places / "other", places / "backup.zip"
    assert run(origin, "upgrade", DATABASE_URL=first).returncode == 0
    assert run(origin, "backup", str(out), DATABASE_URL=first).returncode == 0
    take_along(origin, other, "keys.json", "trail-anchors.jsonl")
    assert "database-not-empty" in run(other, "restore", str(out), DATABASE_URL=first).stderr
    said = run(other, "restore", str(out), DATABASE_URL=second)
    assert said.returncode == 0, said.stderr
    # What the original recorded after the snapshot (this very backup) was not anchored yet, so nothing is missing.
    assert run(other, "verify", DATABASE_URL=second).returncode == 0


async def two_databases(cluster: dict[str, str]) -> None:
    admin = await asyncpg.connect(**cluster)
    for name in ("first", "second"):
        await admin.execute(f"CREATE DATABASE backup_{name}")
    await admin.close()


def test_a_backup_is_never_written_over_another_file_nor_left_half_made(places: Path) -> None:
    origin, taken = places / "origin", places / "taken.zip"
    taken.write_bytes(b"precious")
    assert told(origin, "backup", str(places / "nowhere" / "x.zip"), status=2)["code"] == "backup-place"
    assert told(origin, "backup", str(taken), status=2)["code"] == "backup-place"
    assert taken.read_bytes() == b"precious"
    assert told(origin, "backup", str(places / "new.zip"), status=2)["code"] == "not-upgraded"
    assert sorted(path.name for path in places.iterdir()) == ["older", "origin", "other", "taken.zip"]


def test_a_damaged_backup_is_refused_before_anything_is_made(places: Path) -> None:
    origin = places / "origin"
    assert run(origin, "upgrade").returncode == 0
    saved = told(origin, "backup", str(places))
    whole = Path(saved["file"])
    assert whole.parent == places
    other = places / "other"
    take_along(origin, other, "keys.json")
    bad = places / "bad.zip"
    for damage in (cut, changed_manifest, changed_dump, no_dump):
        damage(whole, bad)
        assert told(other, "restore", str(bad), status=2)["code"] in {"backup-unreadable", "backup-foreign-keys"}, damage.__name__
    assert told(other, "restore", str(whole))["report"]["whole"]


def cut(whole: Path, bad: Path) -> None:
    bad.write_bytes(whole.read_bytes()[:-5000])


def repacked(whole: Path, bad: Path, **members: bytes | None) -> None:
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            content = members.get(name.partition(".")[0], source.read(name))
            if content is not None:
                target.writestr(name, content)


def changed_manifest(whole: Path, bad: Path) -> None:
    with zipfile.ZipFile(whole) as source:
        manifest = json.loads(source.read("manifest.json"))
    repacked(whole, bad, manifest=json.dumps(manifest | {"migrations": 0}).encode())


def changed_dump(whole: Path, bad: Path) -> None:
    repacked(whole, bad, database=b"PGDMP of somebody else")


def no_dump(whole: Path, bad: Path) -> None:
    repacked(whole, bad, database=None)
