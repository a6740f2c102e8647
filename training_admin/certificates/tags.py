"""The tag by which a certificate's QR code proves that it comes from us: SM3-HMAC of the number with a secret of the vault (policy.md 6.2).

The address holds number and tag and nothing about the person.
"""

import base64
import secrets

from training_admin.kit.ciphers import HashName, KeyedHash
from training_admin.kit.vault import vault

PURPOSE = "certificate-check"
CHECK_PATH = "/certificates/check"
TAG_BYTES = 10


def tagger() -> KeyedHash:
    """What makes tags; the secret is the vault's and outlives every rotation of keys."""
    return KeyedHash(HashName.SM3, bytes.fromhex(vault().derived_secret(PURPOSE)))


def tag_of(number: str, keyed: KeyedHash | None = None) -> str:
    """The tag of a number: 80 bits in 16 characters."""
    return base64.b32encode((keyed or tagger()).of(number.encode())[:TAG_BYTES]).decode()


def is_tag(number: str, tag: str) -> bool:
    """Whether a tag was made by us for this number."""
    return secrets.compare_digest(tag_of(number).encode(), tag.strip().upper().encode())


def check_address(base: str, number: str, keyed: KeyedHash | None = None) -> str:
    """The address that a certificate's QR code leads to; `base` is the installation's own address."""
    return f"{base}{CHECK_PATH}?no={number}&t={tag_of(number, keyed)}"
