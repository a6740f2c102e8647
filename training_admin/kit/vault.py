"""Keys and encryption: what is stored is sealed, and a keyed hash finds equal values again.

The key file is made at the first start and readable by its owner only. Whoever loses it loses every encrypted value; it therefore
belongs in a backup apart from the database's. A process that finds the file changed reads it again, so that keys can be rotated while
people go on working.
"""

import os
import stat
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Self

import msgspec
from cryptography.exceptions import InvalidTag

from training_admin.kit.ciphers import CODES, KEY_BYTES, NONCE_BYTES, WORDS, CipherName, HashName, KeyedHash, Sealing, sealing, unsupported
from training_admin.kit.refusals import Refusal

HASH_KEY_BYTES = 32
# What is sealed begins with two bytes: four bits for the cipher, twelve for the version of the key.
HEADER_BYTES = 2
VERSION_BITS = 12
LARGEST_VERSION = (1 << VERSION_BITS) - 1
OWNER_ONLY = 0o600


class KeysRefused(Refusal):
    """The key file is missing, damaged, readable by others, or not what the settings ask for."""

    status = 500
    code = "keys"
    title = "密钥文件不可用"


class Undecipherable(Refusal):
    """An encrypted value does not fit the key, the place where it stands, or was changed."""

    status = 500
    code = "undecipherable"
    title = "加密内容无法解读"


class KeyRing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the key file holds: encryption keys by version (the highest one seals) and the one key of the keyed hash.

    A version without an entry in `ciphers` is AES-256-GCM; one without an entry in `made_at` is from the first start.
    """

    keys: dict[int, bytes]
    hash_key: bytes
    ciphers: dict[int, CipherName] = {}
    hash_name: HashName = HashName.SHA256
    made_at: dict[int, datetime] = {}

    def __post_init__(self) -> None:
        if not self.keys or len(self.hash_key) != HASH_KEY_BYTES:
            raise ValueError("there is at least one key, and the hash's has 32 bytes")
        if any(len(key) != KEY_BYTES[self.cipher_of(version)] for version, key in self.keys.items()):
            raise ValueError("each key is as long as its cipher asks for")
        if not all(1 <= version <= LARGEST_VERSION for version in self.keys):
            raise ValueError("versions count from 1")

    def __repr__(self) -> str:
        """Without the keys."""
        return f"KeyRing(versions={sorted(self.keys)})"

    @property
    def newest(self) -> int:
        """The version that seals."""
        return max(self.keys)

    def cipher_of(self, version: int) -> CipherName:
        """The cipher that a version was made for."""
        return self.ciphers.get(version, CipherName.AES_256_GCM)

    def header_of(self, version: int) -> bytes:
        """How everything begins that is sealed with a version."""
        return (CODES[self.cipher_of(version)] << VERSION_BITS | version).to_bytes(HEADER_BYTES, "big")


class _Opened:
    """A ring ready for use; a vault exchanges it as a whole when its file has changed."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring
        self.header = ring.header_of(ring.newest)
        self.sealings: Mapping[bytes, Sealing] = {
            ring.header_of(version): sealing(ring.cipher_of(version), key) for version, key in ring.keys.items()
        }
        self.hash = KeyedHash(ring.hash_name, ring.hash_key)


class Vault:
    """Seals and opens with the keys of one ring, and with what is added to its file later."""

    def __init__(self, ring: KeyRing, *, key_file: Path | None = None) -> None:
        self._opened = _Opened(ring)
        self._key_file = key_file
        # Nothing seen yet: the file may have changed since the ring was read from it.
        self._seen: tuple[int, int, int] | None = None

    @classmethod
    def fresh(cls) -> Self:
        """A vault with new keys that are written nowhere."""
        return cls(new_ring())

    @property
    def ring(self) -> KeyRing:
        """The keys as they are in the file now."""
        self._look_again()
        return self._opened.ring

    @property
    def version(self) -> int:
        """The version that seals."""
        return self._opened.ring.newest

    def encrypt(self, content: bytes, *, place: str) -> bytes:
        """Content sealed with the newest key; `place` (table and column) must be the same when it is opened.

        The file is looked at each time: whatever is sealed after a rotation is sealed with the new key, in every process.
        """
        return self.encryption(place=place)(content)

    def encryption(self, *, place: str) -> Callable[[bytes], bytes]:
        """What seals many contents for one place in one go, for rows that are stored at once; the file is looked at now."""
        self._look_again()
        header, encrypt, known_place = self._opened.header, self._opened.sealings[self._opened.header].encrypt, place.encode()

        def sealed(content: bytes) -> bytes:
            nonce = os.urandom(NONCE_BYTES)
            return header + nonce + encrypt(nonce, content, known_place)

        return sealed

    def decrypt(self, sealed: bytes, *, place: str) -> bytes:
        """The content again; raises Undecipherable."""
        return self.decryption(place=place)(sealed)

    def decryption(self, *, place: str) -> Callable[[bytes], bytes]:
        """What opens many contents of one place, for rows that are read at once; raises Undecipherable."""
        known_place, body = place.encode(), HEADER_BYTES + NONCE_BYTES
        sealings = self._opened.sealings

        def opened(sealed: bytes) -> bytes:
            nonlocal sealings
            header = sealed[:HEADER_BYTES]
            if header not in sealings:
                self._look_again()
                sealings = self._opened.sealings
            try:
                return sealings[header].decrypt(sealed[HEADER_BYTES:body], sealed[body:], known_place)
            except (KeyError, InvalidTag, ValueError):
                version = version_of(header)
                raise Undecipherable(f"加密内容无法解读（密钥版本 {version}）。请确认密钥文件与数据库来自同一套备份。") from None

        return opened

    def encrypt_text(self, text: str, *, place: str) -> bytes:
        """A short text (identity, phone, bank number) sealed for a column."""
        return self.encrypt(text.encode(), place=place)

    def decrypt_text(self, sealed: bytes, *, place: str) -> str:
        """The text of a column; raises Undecipherable."""
        return self.decrypt(sealed, place=place).decode()

    def keyed_hash(self, text: str, *, place: str) -> bytes:
        """The 32 bytes by which an equal value is found without showing it; they differ from place to place."""
        return self._opened.hash.of(f"{place}\0{text}".encode())

    def derived_secret(self, purpose: str) -> str:
        """A secret for one purpose (form tokens, signed heads) that need not be stored, 64 hexadecimal characters.

        It comes from the hash's key, which rotation never touches: heads of the trail are signed alike before and after.
        """
        return self._opened.hash.of(f"secret\0{purpose}".encode()).hex()

    def _look_again(self) -> None:
        """Take up what was added to the file; a file that has become unusable changes nothing for who is at work already."""
        state = _state_of(self._key_file)
        if self._key_file is None or state is None or state == self._seen:
            return
        try:
            ring = read_ring(self._key_file)
        except KeysRefused:
            return
        if (ring.hash_key, ring.hash_name) == (self._opened.ring.hash_key, self._opened.ring.hash_name):
            self._opened = _Opened(ring)
        self._seen = state


def _state_of(key_file: Path | None) -> tuple[int, int, int] | None:
    try:
        found = None if key_file is None else key_file.stat()
    except OSError:
        return None
    return None if found is None else (found.st_mtime_ns, found.st_ino, found.st_size)


def version_of(sealed: bytes) -> int:
    """The version of the key that something was sealed with, by its header."""
    return int.from_bytes(sealed[:HEADER_BYTES], "big") & LARGEST_VERSION


_in_use: list[Vault] = []


def use_vault(opened: Vault | None) -> None:
    """The vault of this process from now on; None when the database is closed."""
    _in_use[:] = [opened] if opened else []


def vault() -> Vault:
    """The vault of this process; there must be one, as there must be an open database."""
    assert _in_use, "open_database() opens the vault too"
    return _in_use[0]


def new_ring(cipher: CipherName = CipherName.AES_256_GCM, hash_name: HashName = HashName.SHA256) -> KeyRing:
    """New keys, version 1."""
    keys = {1: os.urandom(KEY_BYTES[cipher])}
    return KeyRing(keys=keys, hash_key=os.urandom(HASH_KEY_BYTES), ciphers={1: cipher}, hash_name=hash_name)


def with_new_key(ring: KeyRing, *, cipher: CipherName | None = None, at: datetime | None = None) -> KeyRing:
    """The ring with one more encryption key; older values stay readable, the keyed hash stays the same. Raises KeysRefused."""
    version, chosen = ring.newest + 1, cipher or ring.cipher_of(ring.newest)
    if version > LARGEST_VERSION:
        raise KeysRefused(f"密钥版本已用到 {LARGEST_VERSION}，不能再增加。")
    _assert_supported(chosen, ring.hash_name)
    return msgspec.structs.replace(
        ring,
        keys=ring.keys | {version: os.urandom(KEY_BYTES[chosen])},
        ciphers=ring.ciphers | {version: chosen},
        made_at=ring.made_at if at is None else ring.made_at | {version: at},
    )


def with_newest_only(ring: KeyRing) -> KeyRing:
    """The ring without its older encryption keys: what they sealed cannot be opened any more."""
    newest = ring.newest
    made_at = {newest: ring.made_at[newest]} if newest in ring.made_at else {}
    return msgspec.structs.replace(ring, keys={newest: ring.keys[newest]}, ciphers={newest: ring.cipher_of(newest)}, made_at=made_at)


def open_vault(key_file: Path, *, cipher: CipherName | None = None, hash_name: HashName | None = None) -> Vault:
    """The vault of a key file, which is made when it is not there; raises KeysRefused.

    `cipher` and `hash_name` are what the settings ask for (None: whatever there is). A new file is made with them. Another cipher comes
    into force by rotation only, and another hash never: equal values would no longer be found.
    """
    key_file.parent.mkdir(parents=True, exist_ok=True)
    if not key_file.exists():
        chosen = cipher or CipherName.AES_256_GCM, hash_name or HashName.SHA256
        _assert_supported(*chosen)
        write_ring(key_file, new_ring(*chosen), replace=False)
    ring = read_ring(key_file)
    if hash_name not in (None, ring.hash_name):
        raise KeysRefused(
            f"密钥文件建立时选用的是 {WORDS[ring.hash_name]}，不能改为 {WORDS[hash_name]}：已登记的人员将无法检索。"
            "请去掉设置 TRAINING_ADMIN_HASH，或在新的数据文件夹中另建一套。"
        )
    for version in ring.keys:
        _assert_supported(ring.cipher_of(version), ring.hash_name)
    return Vault(ring, key_file=key_file)


def _assert_supported(cipher: CipherName, hash_name: HashName) -> None:
    if lacking := unsupported(cipher, hash_name):
        raise KeysRefused(f"本机的加密组件（OpenSSL）不支持 {lacking}。请安装 requirements.lock 中的 cryptography，或改用其他算法。")


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
        _settle(key_file.parent)
        return
    try:
        os.link(fresh, key_file)  # fails when the other process was first, and its keys are then ours too
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    _settle(key_file.parent)


def _settle(folder: Path) -> None:
    """See to it that the file's new name outlives a power cut: what is sealed next needs the key in it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
