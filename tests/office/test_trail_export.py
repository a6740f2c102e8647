"""The exported trail and the stand-alone verifier that knows nothing of our system."""

import ast
import json
import random
import subprocess
import sys
import zipfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from training_admin.database import engine, execute_script, write_transaction
from training_admin.kit.actor import COMMAND_LINE
from training_admin.kit.clock import FixedClock
from training_admin.kit.digest import canonical_json
from training_admin.kit.vault import Vault, new_ring, use_vault, vault, with_new_key
from training_admin.office import trail
from training_admin.office.heads import check_code, public_key, sign, signature_holds, signed_head
from training_admin.office.trail import TrailRow
from training_admin.office.trail_export import TrailBroken, TrailExported, export_trail, verifier

pytestmark = pytest.mark.usefixtures("database")
FILE = Path(trail.__file__).parent / "data" / "verify_trail.py"
ROWS, TAMPERS = 30, 500
AWKWARD = {"z": {"b": [1, None, True], "a": '引号"反斜线\\换行\n\x01\x7f\u2028😀/'}, "a": -5, "": "", "😀": 2**53, "￿": []}


def loaded() -> ModuleType:
    spec = spec_from_file_location("verify_trail", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


alone = loaded()


async def exported(clock: FixedClock, out: Path, rows: int = ROWS) -> TrailExported:
    async with write_transaction():
        for number in range(rows):
            await trail.record(COMMAND_LINE, "subsidy:claim:submitted", f"2026-{number}", AWKWARD | {"lines": number}, at=clock.now())
    with out.open("w+b") as target:
        return await export_trail(COMMAND_LINE, target, packed=out.suffix == ".zip", clock=clock)


def run(*words: str | Path) -> tuple[int, dict[str, Any]]:
    told = subprocess.run([sys.executable, "-I", "-S", FILE, *words, "--json"], capture_output=True, text=True, timeout=60, check=False)
    assert told.stderr == ""
    return told.returncode, json.loads(told.stdout)


def test_it_imports_the_standard_library_only() -> None:
    tree = ast.parse(FILE.read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


async def test_a_whole_export_agrees_with_what_was_printed(clock: FixedClock, tmp_path: Path) -> None:
    out = tmp_path / "trail.jsonl"
    receipt = await exported(clock, out)
    head = f"{receipt.head.number}:{receipt.head.hash}"
    status, told = run(out, "--head", head, "--public-key", receipt.head.public_key, "--code", receipt.code)
    assert (status, told["rows"], told["code"]) == (0, ROWS + 2, receipt.code)
    assert receipt.code in receipt.head.words


async def test_the_zip_carries_the_verifier_and_is_verified_as_it_is(clock: FixedClock, tmp_path: Path) -> None:
    out = tmp_path / "trail.zip"
    receipt = await exported(clock, out)
    with zipfile.ZipFile(out) as package:
        assert sorted(package.namelist()) == ["trail.jsonl", "verify_trail.py", "说明.txt"]
        assert package.read("verify_trail.py") == verifier()
    status, told = run(out)
    assert (status, told["rows"]) == (0, receipt.rows)
    assert "没有给出公钥" in told["sentence"]


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(("--head", f"5:{'1' * 64}"), id="printed head of another trail"),
        pytest.param(("--head", f"999:{'1' * 64}"), id="printed head beyond the end"),
        pytest.param(("--public-key", "1" * 64), id="another key"),
        pytest.param(("--code", "0000-0000-0000-0000"), id="another code"),
    ],
)
async def test_what_was_printed_otherwise_is_told(clock: FixedClock, tmp_path: Path, options: tuple[str, ...]) -> None:
    out = tmp_path / "trail.jsonl"
    await exported(clock, out)
    assert run(out, *options)[0] == 2


async def test_five_hundred_tampers_of_the_file_are_found_and_the_first_row_named(clock: FixedClock, tmp_path: Path) -> None:
    out = tmp_path / "trail.jsonl"
    await exported(clock, out)
    lines = out.read_bytes().splitlines(keepends=True)
    last = len(lines) - 1
    chance = random.Random(7)  # noqa: S311 - the same tampers each time
    assert verdict(lines) is None
    missed = []
    for number in range(TAMPERS):
        changed, row, what = tampered(list(lines), last, chance, number)
        found = verdict(changed)
        if found != row:
            missed.append((what, row, found))
    assert missed == []


def verdict(lines: list[bytes]) -> int | None:
    """The row that the verifier names; None when it finds nothing."""
    try:
        number, digest, head = alone.verify(iter(lines), [])
        alone.check_head(head, number, digest, public_key=None, code=None)
    except alone.Broken as fault:
        row: int = fault.row
        return row
    return None


def tampered(lines: list[bytes], last: int, chance: random.Random, number: int) -> tuple[list[bytes], int, str]:
    """Changed lines, the first row concerned, and what was done."""
    place = chance.randrange(last)
    row = json.loads(lines[place])
    what = ("edit", "rehash", "delete", "insert", "swap", "truncate", "cut", "append")[number % 8]
    if what in {"edit", "rehash"}:
        column = chance.choice(["at", "actor", "event", "subject", "detail"])
        row[column] = {"lines": 99_999} if column == "detail" else row[column] + "0"
        if what == "rehash":
            row["hash"] = alone.hash_of(row)
        lines[place] = line_of(row)
    elif what == "delete":
        del lines[place]
    elif what == "insert":
        lines[place:place] = [line_of(row | {"subject": "forged", "hash": alone.hash_of(row | {"subject": "forged"})})]
        lines[place + 1 : -1] = [line_of(json.loads(each) | {"number": at}) for at, each in enumerate(lines[place + 1 : -1], place + 2)]
    elif what == "swap":
        place, other = sorted(chance.sample(range(last), 2))
        lines[place], lines[other] = lines[other], lines[place]
    elif what == "truncate":
        del lines[place:last]
    elif what == "cut":
        del lines[place:]
    else:
        row = json.loads(lines[last - 1])
        row |= {"number": last + 1, "previous_hash": row["hash"]}
        lines.insert(last, line_of(row | {"hash": alone.hash_of(row)}))
        place = last
    return lines, place + 1, what


def line_of(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not json\n", id="no JSON"),
        pytest.param(b"[" * 100_000 + b"\n", id="deep"),
        pytest.param(b'{"number": 1, "number": 2}\n', id="a key twice"),
        pytest.param(b'{"head": null}\n', id="no head"),
        pytest.param(b'{"head": {"number": "x"}}\n', id="odd head"),
        pytest.param(b"\xff\xfe\n", id="no text"),
        pytest.param(b"PK\x03\x04", id="broken zip"),
        pytest.param(b'{"a": 1}', id="torn line"),
    ],
)
def test_what_is_no_export_is_refused_without_a_crash(tmp_path: Path, content: bytes) -> None:
    out = tmp_path / "trail.jsonl"
    out.write_bytes(content)
    status, told = run(out)
    assert (status, told["whole"]) == (2, False)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert run(tmp_path / "nothing.jsonl")[0] == 2


def test_its_signatures_are_those_of_the_library() -> None:
    for number in range(5):
        content = str(number).encode()
        signature = sign(content)
        assert alone.signature_holds(public_key(), signature, content)
        assert signature_holds(public_key(), signature, content)
        assert not alone.signature_holds(public_key(), signature, content + b"0")
        assert not alone.signature_holds(public_key(), "0" * 128, content)
        assert alone.check_code(signature) == check_code(signature)
    assert not alone.signature_holds("zz", "0" * 128, b"")
    assert not signature_holds("zz", "0" * 128, b"")


def test_heads_are_signed_alike_after_the_encryption_key_was_rotated(clock: FixedClock) -> None:
    own, ring = vault(), new_ring()
    try:
        use_vault(Vault(ring))
        before = signed_head(5, "a" * 64, at=clock.now())
        use_vault(Vault(with_new_key(ring)))
        assert signed_head(5, "a" * 64, at=clock.now()) == before
        assert before.holds()
    finally:
        use_vault(own)


def test_rows_and_heads_are_hashed_alike_here_and_there(clock: FixedClock) -> None:
    row = TrailRow(1, clock.now(), "local", "a:b:c", "1", AWKWARD, trail.GENESIS)
    assert alone.hash_of(json.loads(canonical_json(row))) == row.hash()
    head = signed_head(1, row.hash(), at=clock.now())
    told = json.loads(canonical_json(head))
    again = alone.DOMAIN + alone.canonical({field: told[field] for field in ("number", "hash", "at", "kept")})
    assert alone.signature_holds(head.public_key, head.signature, again)
    assert head.holds()


async def test_a_broken_trail_is_not_handed_out(clock: FixedClock, tmp_path: Path) -> None:
    await exported(clock, tmp_path / "first.jsonl", 5)
    async with engine.transaction():
        await execute_script("SET LOCAL session_replication_role = replica; DELETE FROM trail WHERE number = 3")
    with pytest.raises(TrailBroken, match="第 3 行"):
        await exported(clock, tmp_path / "second.jsonl", 1)
