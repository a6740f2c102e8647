"""Signed heads of the trail: who holds one can tell later whether the trail still leads through it.

The signature is Ed25519 with a key derived from the key file, so that somebody who owns only the database cannot make one, and an auditor
who noted the public key can check one without our system (`data/verify_trail.py`).
"""

from datetime import UTC, datetime

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from training_admin.kit.digest import canonical_json, sha256_hex
from training_admin.kit.vault import vault
from training_admin.kit.wording import moment

PURPOSE = "trail-head"
DOMAIN = b"training-admin/trail-head/1\n"
CODE_LENGTH = 16


class Head(msgspec.Struct, frozen=True):
    """What is signed. `kept` is set when an operator gave up the anchors above that row, after a roll-back he explained."""

    number: int
    hash: str
    at: datetime
    kept: int | None = None


class SignedHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The end of the trail at an instant, signed; key and signature are hexadecimal."""

    number: int
    hash: str
    at: datetime
    public_key: str
    signature: str
    kept: int | None = None

    @property
    def code(self) -> str:
        """The signature's check code 签名校验码, short enough for paper."""
        return check_code(self.signature)

    @property
    def words(self) -> str:
        """What is printed on every export."""
        return f"第 {self.number} 行，摘要 {self.hash}，签于 {moment(self.at)}，签名校验码 {self.code}"

    def holds(self) -> bool:
        """Whether the signature is that of the key named."""
        return signature_holds(self.public_key, self.signature, message(Head(self.number, self.hash, self.at, self.kept)))


def message(head: Head) -> bytes:
    """The bytes that are signed."""
    return DOMAIN + canonical_json(head)


def check_code(signature: str) -> str:
    """Sixteen characters over a signature, in groups of four."""
    code = sha256_hex(signature.encode())[:CODE_LENGTH].upper()
    return "-".join(code[place : place + 4] for place in range(0, CODE_LENGTH, 4))


def signature_holds(public_key: str, signature: str, signed: bytes) -> bool:
    """Whether a signature fits; damaged ones do not."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _private_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vault().derived_secret(PURPOSE)))


def public_key() -> str:
    """The key by which signatures of this installation are checked, 64 hexadecimal characters."""
    return _private_key().public_key().public_bytes_raw().hex()


def sign(content: bytes) -> str:
    """The signature of this installation over some bytes, hexadecimal."""
    return _private_key().sign(content).hex()


def signed_head(number: int, digest: str, *, at: datetime, kept: int | None = None) -> SignedHead:
    """A head signed with the key of this installation."""
    head = Head(number, digest, at.astimezone(UTC), kept)
    return SignedHead(number, digest, head.at, public_key(), sign(message(head)), kept)
