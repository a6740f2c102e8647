"""Ciphers and hashes that a key ring may be made with: the international pair and the Chinese one (GB/T 32907 SM4, GB/T 32905 SM3)."""

from enum import StrEnum
from typing import Protocol

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.hashes import SHA256, SM3, HashAlgorithm
from cryptography.hazmat.primitives.hmac import HMAC

TAG_BYTES = 16
NONCE_BYTES = 12


class CipherName(StrEnum):
    """How contents are sealed; both authenticate what they seal."""

    AES_256_GCM = "aes-256-gcm"
    SM4_GCM = "sm4-gcm"


class HashName(StrEnum):
    """What the keyed hash is made of."""

    SHA256 = "sha256"
    SM3 = "sm3"


# The code stands in the header of whatever is sealed and is never given to another cipher.
CODES: dict[CipherName, int] = {CipherName.AES_256_GCM: 0, CipherName.SM4_GCM: 1}
KEY_BYTES: dict[CipherName, int] = {CipherName.AES_256_GCM: 32, CipherName.SM4_GCM: 16}
WORDS: dict[str, str] = {
    CipherName.AES_256_GCM: "AES-256-GCM",
    CipherName.SM4_GCM: "SM4-GCM（国密）",
    HashName.SHA256: "HMAC-SHA-256",
    HashName.SM3: "HMAC-SM3（国密）",
}


class Sealing(Protocol):
    """Authenticated encryption with one key; `decrypt` raises InvalidTag or ValueError."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...


class Sm4Gcm:
    """SM4 in GCM with the tag behind the content, as AESGCM has it."""

    def __init__(self, key: bytes) -> None:
        self._cipher = SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """The sealed content followed by its tag."""
        encryptor = Cipher(self._cipher, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """The content again; raises InvalidTag."""
        if len(data) < TAG_BYTES:
            raise InvalidTag
        decryptor = Cipher(self._cipher, modes.GCM(nonce, data[-TAG_BYTES:])).decryptor()
        decryptor.authenticate_additional_data(associated_data)
        return decryptor.update(data[:-TAG_BYTES]) + decryptor.finalize()


def sealing(name: CipherName, key: bytes) -> Sealing:
    """The cipher with one key."""
    return Sm4Gcm(key) if name is CipherName.SM4_GCM else AESGCM(key)


def unsupported(cipher: CipherName, hash_name: HashName) -> str | None:
    """What of the two the installed OpenSSL cannot do, in words; None when it can do both."""
    try:
        sealing(cipher, bytes(KEY_BYTES[cipher])).encrypt(bytes(NONCE_BYTES), b"", b"")
    except UnsupportedAlgorithm:
        return WORDS[cipher]
    try:
        KeyedHash(hash_name, bytes(32)).of(b"")
    except UnsupportedAlgorithm:
        return WORDS[hash_name]
    return None


class KeyedHash:
    """HMAC with one key; the key is prepared once, because hundreds of thousands of rows are hashed in one delivery."""

    def __init__(self, name: HashName, key: bytes) -> None:
        algorithm: HashAlgorithm = SM3() if name is HashName.SM3 else SHA256()
        self._prepared = HMAC(key, algorithm)

    def of(self, content: bytes) -> bytes:
        """The 32 bytes of the keyed hash."""
        mac = self._prepared.copy()
        mac.update(content)
        return mac.finalize()
