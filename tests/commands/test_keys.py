"""`training-admin keys` at a terminal: an installation made with SM4 and SM3, rotated, retired too early; never a key on the screen."""

import json
import shutil
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.test_commands import run
from tests.conftest import open_folder, remove_when_stopped
from training_admin.kit.vault import KeyRing, read_ring


@pytest.fixture
def folder() -> Iterator[Path]:
    place = open_folder()
    yield place
    remove_when_stopped(place / "var")
    shutil.rmtree(place, ignore_errors=True)


def test_keys_are_shown_rotated_and_retired_without_ever_being_printed(folder: Path) -> None:
    asked = {"TRAINING_ADMIN_CIPHER": "sm4-gcm", "TRAINING_ADMIN_HASH": "sm3"}
    assert run(folder, "upgrade", **asked).returncode == 0
    key_file = folder / "var" / "keys.json"
    secrets = _texts(read_ring(key_file))
    shown = json.loads(run(folder, "keys", "show", "--json").stdout)
    assert shown["hash"] == "sm3"
    assert [(each["version"], each["cipher"], each["uses"]) for each in shown["versions"]] == [(1, "sm4-gcm", {"key_proof.sealed": 1})]
    made = run(folder, "keys", "rotate", "--json", TRAINING_ADMIN_CIPHER="aes-256-gcm")
    assert json.loads(made.stdout) == {"version": 2, "cipher": "aes-256-gcm", "resumed": False, "resealed": 1, "unreadable": 0}
    assert "key_proof.sealed　1/1" in made.stderr
    early = run(folder, "keys", "rotate", "--retire", "--json")
    assert early.returncode == 2
    assert json.loads(early.stdout)["code"] == "keys-still-used"
    told = run(folder, "keys", "show")
    for words in ("HMAC-SM3（国密）", "第 1 版　SM4-GCM（国密）", "第 2 版　AES-256-GCM", "key_proof.sealed　1"):
        assert words in told.stdout
    refused = run(folder, "keys", "show", TRAINING_ADMIN_HASH="sha256")
    assert refused.returncode == 2
    assert "不能改为 HMAC-SHA-256" in refused.stderr
    secrets |= _texts(read_ring(key_file))
    printed = "".join(each.stdout + each.stderr for each in (made, early, told, refused)) + str(shown)
    assert not [secret for secret in secrets if secret in printed]


def _texts(ring: KeyRing) -> set[str]:
    return {text for key in (*ring.keys.values(), ring.hash_key) for text in (key.hex(), b64encode(key).decode())}
