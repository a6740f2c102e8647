import stat
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from training_admin.kit.ciphers import CipherName, HashName
from training_admin.kit.vault import (
    LARGEST_VERSION,
    KeyRing,
    KeysRefused,
    Undecipherable,
    Vault,
    new_ring,
    open_vault,
    read_ring,
    version_of,
    with_new_key,
    with_newest_only,
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


@pytest.mark.parametrize("cipher", list(CipherName))
@pytest.mark.parametrize("hash_name", list(HashName))
def test_each_cipher_and_each_hash_seals_and_finds(cipher: CipherName, hash_name: HashName) -> None:
    vault = Vault(new_ring(cipher, hash_name))
    for content in (b"", b"x", bytes(100_000)):
        sealed = vault.encrypt(content, place="p")
        assert vault.decrypt(sealed, place="p") == content
        changed = bytearray(sealed)
        changed[-1] ^= 1
        with pytest.raises(Undecipherable):
            vault.decrypt(bytes(changed), place="p")
    assert len(vault.keyed_hash(NUMBER, place="p")) == 32
    assert len(vault.derived_secret("csrf")) == 64


def test_what_was_sealed_says_its_cipher_and_stays_readable_beside_the_other() -> None:
    aes = new_ring()
    both = with_new_key(aes, cipher=CipherName.SM4_GCM)
    old, new = Vault(aes).encrypt_text(NUMBER, place="p"), Vault(both).encrypt_text(NUMBER, place="p")
    assert (old[:2], new[:2]) == (b"\x00\x01", b"\x10\x02")
    assert (version_of(old), version_of(new)) == (1, 2)
    assert Vault(both).decrypt_text(old, place="p") == Vault(both).decrypt_text(new, place="p") == NUMBER
    # A header that names the other cipher for a version of ours opens nothing.
    with pytest.raises(Undecipherable):
        Vault(both).decrypt(b"\x00\x02" + new[2:], place="p")


def test_a_rotation_keeps_the_cipher_unless_another_is_asked_for() -> None:
    assert with_new_key(new_ring(CipherName.SM4_GCM)).cipher_of(2) is CipherName.SM4_GCM


def test_a_process_at_work_takes_up_a_key_that_another_one_made(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    running, other = open_vault(file), open_vault(file)
    before = running.encrypt_text(NUMBER, place="p")
    write_ring(file, with_new_key(other.ring, cipher=CipherName.SM4_GCM, at=datetime(2026, 6, 1, tzinfo=UTC)), replace=True)
    assert running.decrypt_text(other.encrypt_text(NUMBER, place="p"), place="p") == NUMBER
    assert version_of(running.encrypt_text(NUMBER, place="p")) == 2
    assert running.decrypt_text(before, place="p") == NUMBER
    assert running.ring.made_at == {2: datetime(2026, 6, 1, tzinfo=UTC)}


def test_a_process_that_met_the_new_version_first_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    running = open_vault(file)
    write_ring(file, with_new_key(running.ring), replace=True)
    assert running.decrypt_text(open_vault(file).encrypt_text(NUMBER, place="p"), place="p") == NUMBER


@pytest.mark.parametrize("fault", ["gone", "damaged", "another installation's"])
def test_a_file_that_becomes_unusable_stops_nobody_who_is_at_work(tmp_path: Path, fault: str) -> None:
    file = tmp_path / "keys.json"
    running = open_vault(file)
    sealed = running.encrypt_text(NUMBER, place="p")
    if fault == "gone":
        file.unlink()
    elif fault == "damaged":
        file.write_bytes(b"{}")
    else:
        write_ring(file, with_new_key(new_ring()), replace=True)
    assert running.decrypt_text(running.encrypt_text(NUMBER, place="p"), place="p") == NUMBER
    assert running.decrypt_text(sealed, place="p") == NUMBER
    assert running.version == 1


def test_a_retired_key_is_gone(tmp_path: Path) -> None:
    ring = with_new_key(new_ring(), at=datetime(2026, 6, 1, tzinfo=UTC))
    kept = with_newest_only(ring)
    assert (list(kept.keys), kept.made_at) == ([2], ring.made_at)
    assert with_newest_only(new_ring()).made_at == {}
    with pytest.raises(Undecipherable):
        Vault(kept).decrypt(b"\x00\x01" + bytes(40), place="p")


def test_a_key_file_of_the_first_release_is_read_and_seals_as_before(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    key = "A" * 43 + "="
    file.write_text(f'{{"keys":{{"1":"{key}"}},"hash_key":"{key}"}}')
    file.chmod(0o600)
    vault = open_vault(file)
    assert (vault.ring.cipher_of(1), vault.ring.hash_name) == (CipherName.AES_256_GCM, HashName.SHA256)
    assert vault.encrypt(b"", place="p")[:2] == b"\x00\x01"


def test_a_new_installation_is_made_with_what_is_asked_for_and_remembers_it(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    made = open_vault(file, cipher=CipherName.SM4_GCM, hash_name=HashName.SM3)
    assert (made.ring.cipher_of(1), made.ring.hash_name) == (CipherName.SM4_GCM, HashName.SM3)
    assert open_vault(file).keyed_hash(NUMBER, place="p") == made.keyed_hash(NUMBER, place="p")
    assert open_vault(file, cipher=CipherName.AES_256_GCM).ring.cipher_of(1) is CipherName.SM4_GCM  # another one comes by rotation


def test_an_installation_never_changes_its_hash_silently(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    open_vault(file)
    with pytest.raises(KeysRefused, match="HMAC-SHA-256，不能改为 HMAC-SM3"):
        open_vault(file, hash_name=HashName.SM3)


def test_versions_end_where_the_header_ends() -> None:
    ring = new_ring()
    last = msgspec.structs.replace(ring, keys={LARGEST_VERSION: ring.keys[1]}, ciphers={})
    assert version_of(Vault(last).encrypt(b"", place="p")) == LARGEST_VERSION
    with pytest.raises(KeysRefused, match="4095"):
        with_new_key(last)


@pytest.mark.parametrize(("cipher", "length"), [(CipherName.AES_256_GCM, 16), (CipherName.SM4_GCM, 32)])
def test_a_key_of_another_length_than_its_cipher_s_is_damage(cipher: CipherName, length: int) -> None:
    with pytest.raises(ValueError, match="as long as"):
        KeyRing(keys={1: bytes(length)}, hash_key=bytes(32), ciphers={1: cipher})
