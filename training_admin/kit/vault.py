"""Keys and encryption: AES-256-GCM for what is stored, a keyed hash for finding equal values again.

The key file is made at the first start and readable by its owner only. Whoever loses it loses every encrypted value; it therefore
belongs in a backup apart from the database's.
"""

import hashlib
import hmac
import os
import stat
from pathlib import Path
from typing import Self

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from training_admin.kit.refusals import Refusal

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION_BYTES = 2
OWNER_ONLY = 0o600
LARGEST_VERSION = 2 ** (8 * VERSION_BYTES) - 1


class KeysRefused(Refusal):
    """The key file is missing, damaged, or readable by others."""

    status = 500
    code = "keys"
    title = "密钥文件不可用"


class Undecipherable(Refusal):
    """An encrypted value does not fit the key, the place where it stands, or was changed."""

    status = 500
    code = "undecipherable"
    title = "加密内容无法解读"


class KeyRing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the key file holds: encryption keys by version (the highest one encrypts) and the one key of the keyed hash."""

    keys: dict[int, bytes]
    hash_key: bytes

    def __post_init__(self) -> None:
        if not self.keys or any(len(key) != KEY_BYTES for key in (*self.keys.values(), self.hash_key)):
            raise ValueError("each key has 32 bytes and there is at least one")
        if not all(1 <= version <= LARGEST_VERSION for version in self.keys):
            raise ValueError("versions count from 1")

    def __repr__(self) -> str:
        """Without the keys."""
        return f"KeyRing(versions={sorted(self.keys)})"


class Vault:
    """Encrypts and decrypts with the keys of one ring."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        self._ciphers = {version: AESGCM(key) for version, key in ring.keys.items()}
        self.version = max(ring.keys)

    @classmethod
    def fresh(cls) -> Self:
        """A vault with new keys that are written nowhere."""
        return cls(new_ring())

    def encrypt(self, content: bytes, *, place: str) -> bytes:
        """Content sealed with the newest key; `place` (table and column) must be the same when it is opened."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self.version].encrypt(nonce, content, place.encode())
        return self.version.to_bytes(VERSION_BYTES, "big") + nonce + sealed

    def decrypt(self, sealed: bytes, *, place: str) -> bytes:
        """The content again; raises Undecipherable."""
        version = int.from_bytes(sealed[:VERSION_BYTES], "big")
        nonce, rest = sealed[VERSION_BYTES : VERSION_BYTES + NONCE_BYTES], sealed[VERSION_BYTES + NONCE_BYTES :]
        try:
            return self._ciphers[version].decrypt(nonce, rest, place.encode())
        except (KeyError, InvalidTag, ValueError):
            raise Undecipherable(f"加密内容无法解读（密钥版本 {version}）。请确认密钥文件与数据库来自同一套备份。") from None

    def encrypt_text(self, text: str, *, place: str) -> bytes:
        """A short text (identity, phone, bank number) sealed for a column."""
        return self.encrypt(text.encode(), place=place)

    def decrypt_text(self, sealed: bytes, *, place: str) -> str:
        """The text of a column; raises Undecipherable."""
        return self.decrypt(sealed, place=place).decode()

    def keyed_hash(self, text: str, *, place: str) -> bytes:
        """HMAC-SHA256 that finds an equal value without showing it; differs from place to place."""
        return hmac.new(self._ring.hash_key, f"{place}\0{text}".encode(), hashlib.sha256).digest()

    def derived_secret(self, purpose: str) -> str:
        """A secret for one purpose (form tokens) that need not be stored, 64 hexadecimal characters."""
        return hmac.new(self._ring.hash_key, f"secret\0{purpose}".encode(), hashlib.sha256).hexdigest()


_in_use: list[Vault] = []


def use_vault(opened: Vault | None) -> None:
    """The vault of this process from now on; None when the database is closed."""
    _in_use[:] = [opened] if opened else []


def vault() -> Vault:
    """The vault of this process; there must be one, as there must be an open database."""
    assert _in_use, "open_database() opens the vault too"
    return _in_use[0]


def new_ring() -> KeyRing:
    """New keys, version 1."""
    return KeyRing(keys={1: os.urandom(KEY_BYTES)}, hash_key=os.urandom(KEY_BYTES))


def with_new_key(ring: KeyRing) -> KeyRing:
    """The ring with one more encryption key; older values stay readable, the keyed hash stays the same."""
    return KeyRing(keys=ring.keys | {max(ring.keys) + 1: os.urandom(KEY_BYTES)}, hash_key=ring.hash_key)


def open_vault(key_file: Path) -> Vault:
    """The vault of a key file, which is made when it is not there; raises KeysRefused."""
    key_file.parent.mkdir(parents=True, exist_ok=True)
    if not key_file.exists():
        write_ring(key_file, new_ring(), replace=False)
    return Vault(read_ring(key_file))


def read_ring(key_file: Path) -> KeyRing:
    """The keys of a file; raises KeysRefused when others may read it or it is damaged."""
    try:
        mode = stat.S_IMODE(key_file.stat().st_mode)
        content = key_file.read_bytes()
    except OSError:
        raise KeysRefused(f"读不到密钥文件 {key_file}。请从备份恢复；没有它，已加密的数据无法解读。") from None
    if mode & 0o077:
        raise KeysRefused(f"密钥文件 {key_file} 的权限过宽（{mode:o}），其他用户可以读取。请执行 chmod 600 {key_file}。")
    try:
        return msgspec.json.decode(content, type=KeyRing)
    except msgspec.MsgspecError:
        raise KeysRefused(f"密钥文件 {key_file} 已损坏。请从备份恢复。") from None


def write_ring(key_file: Path, ring: KeyRing, *, replace: bool) -> None:
    """Write a key file whole or not at all; two processes at the first start agree on one."""
    fresh = key_file.with_name(f"{key_file.name}.{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(ring), indent=1))
        file.flush()
        os.fsync(file.fileno())
    if replace:
        fresh.replace(key_file)
        return
    try:
        os.link(fresh, key_file)  # fails when the other process was first, and its keys are then ours too
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
