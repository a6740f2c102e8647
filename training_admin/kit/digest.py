"""Canonical JSON and its SHA-256: the same content always gives the same bytes."""

import hashlib
from typing import Any

import msgspec

_CANONICAL = msgspec.json.Encoder(order="deterministic")


def canonical_json(content: Any) -> bytes:
    """Content as JSON with sorted keys and no spaces; sets and mappings do not depend on insertion order."""
    return _CANONICAL.encode(content)


def sha256_hex(content: bytes) -> str:
    """SHA-256 as 64 hexadecimal characters."""
    return hashlib.sha256(content).hexdigest()
