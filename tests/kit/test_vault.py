import stat
from pathlib import Path

import msgspec
import pytest

from training_admin.kit.vault import (
    KeyRing,
    KeysRefused,
    Undecipherable,
    Vault,
    new_ring,
    open_vault,
    read_ring,
    with_new_key,
    write_ring,
)

NUMBER = "310100199001011234"


def test_what_was_sealed_opens_again_and_shows_nothing() -> None:
    vault = Vault.fresh()
    sealed = vault.encrypt_text(NUMBER, place="person.identity")
    assert NUMBER.encode() not in sealed
    assert vault.decrypt_text(sealed, place="person.identity") == NUMBER
    assert vault.encrypt_text(NUMBER, place="person.identity") != sealed


@pytest.mark.parametrize("content", [b"", b"x", bytes(100_000)], ids=["empty", "one byte", "large"])
def test_any_content_can_be_sealed(content: bytes) -> None:
    vault = Vault.fresh()
    assert vault.decrypt(vault.encrypt(content, place="file"), place="file") == content


def test_a_value_moved_to_another_column_does_not_open() -> None:
    vault = Vault.fresh()
    sealed = vault.encrypt_text(NUMBER, place="person.identity")
    with pytest.raises(Undecipherable):
        vault.decrypt(sealed, place="person.phone")


@pytest.mark.parametrize("position", [0, 1, 2, 13, 20, -1], ids=["version", "version low", "nonce", "nonce end", "content", "tag"])
def test_one_changed_byte_does_not_open(position: int) -> None:
    vault = Vault.fresh()
    sealed = bytearray(vault.encrypt_text(NUMBER, place="p"))
    sealed[position] ^= 1
    with pytest.raises(Undecipherable):
        vault.decrypt(bytes(sealed), place="p")


def test_too_short_a_value_does_not_open() -> None:
    with pytest.raises(Undecipherable):
        Vault.fresh().decrypt(b"\x00\x01", place="p")


def test_equal_values_are_found_by_their_hash_and_only_in_their_place() -> None:
    ring = new_ring()
    assert Vault(ring).keyed_hash(NUMBER, place="p") == Vault(ring).keyed_hash(NUMBER, place="p")
    assert Vault(ring).keyed_hash(NUMBER, place="p") != Vault(ring).keyed_hash(NUMBER, place="q")
    assert Vault.fresh().keyed_hash(NUMBER, place="p") != Vault(ring).keyed_hash(NUMBER, place="p")


def test_secrets_differ_by_purpose_and_stay_the_same() -> None:
    vault = Vault.fresh()
    assert vault.derived_secret("csrf") == vault.derived_secret("csrf") != vault.derived_secret("session")


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    old = new_ring()
    sealed = Vault(old).encrypt_text(NUMBER, place="p")
    rotated = Vault(with_new_key(old))
    assert rotated.decrypt_text(sealed, place="p") == NUMBER
    assert rotated.version == 2
    assert rotated.encrypt(b"", place="p")[:2] == b"\x00\x02"
    assert rotated.keyed_hash(NUMBER, place="p") == Vault(old).keyed_hash(NUMBER, place="p")


def test_the_first_start_makes_a_key_file_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "keys.json"
    sealed = open_vault(file).encrypt_text(NUMBER, place="p")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert open_vault(file).decrypt_text(sealed, place="p") == NUMBER
    assert [each.name for each in file.parent.iterdir()] == ["keys.json"]


def test_of_two_first_starts_the_slower_one_takes_the_keys_of_the_quicker(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    quicker = new_ring()
    write_ring(file, quicker, replace=False)
    write_ring(file, new_ring(), replace=False)
    assert read_ring(file) == quicker
    write_ring(file, with_new_key(quicker), replace=True)
    assert sorted(read_ring(file).keys) == [1, 2]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666], ids=oct)
def test_a_key_file_that_others_may_read_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "keys.json"
    write_ring(file, new_ring(), replace=True)
    file.chmod(mode)
    with pytest.raises(KeysRefused, match="chmod 600"):
        open_vault(file)


@pytest.mark.parametrize("content", [b"", b"{}", b'{"keys":{"1":"AAAA"},"hash_key":"AAAA"}'], ids=["empty", "no keys", "short keys"])
def test_a_damaged_key_file_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "keys.json"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(KeysRefused, match="损坏"):
        open_vault(file)


def test_a_missing_key_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeysRefused, match="备份"):
        read_ring(tmp_path / "keys.json")


def test_versions_count_from_one() -> None:
    with pytest.raises(ValueError, match="count from 1"):
        KeyRing(keys={0: bytes(32)}, hash_key=bytes(32))


def test_keys_never_show_in_a_repr() -> None:
    ring = new_ring()
    assert msgspec.json.encode(ring.hash_key).decode().strip('"') not in repr(ring)
    assert repr(ring) == "KeyRing(versions=[1])"
