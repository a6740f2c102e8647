"""SM4 and SM3 against their published vectors, and what is said when OpenSSL was built without them."""

import pytest
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SM3, Hash

from training_admin.kit import ciphers
from training_admin.kit.ciphers import CODES, KEY_BYTES, CipherName, HashName, KeyedHash, Sm4Gcm, sealing, unsupported

# RFC 8998, appendix A.1.
KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
NONCE = bytes.fromhex("00001234567800000000abcd")
ASSOCIATED = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
PLAIN = bytes.fromhex("".join(f"{byte}" * 8 for byte in ("aa", "bb", "cc", "dd", "ee", "ff", "ee", "aa")))
SEALED = bytes.fromhex(
    "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    "83de3541e4c2b58177e065a9bf7b62ec"
)


def test_sm4_in_gcm_gives_the_published_bytes() -> None:
    assert Sm4Gcm(KEY).encrypt(NONCE, PLAIN, ASSOCIATED) == SEALED
    assert Sm4Gcm(KEY).decrypt(NONCE, SEALED, ASSOCIATED) == PLAIN


def test_sm3_gives_the_published_digest() -> None:
    digest = Hash(SM3())
    digest.update(b"abc")
    assert digest.finalize().hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert KeyedHash(HashName.SM3, KEY * 2).of(b"a") != KeyedHash(HashName.SHA256, KEY * 2).of(b"a")


@pytest.mark.parametrize("cipher", list(CipherName))
@pytest.mark.parametrize("content", [b"", bytes(15)], ids=["nothing", "shorter than a tag"])
def test_too_short_a_content_is_refused(cipher: CipherName, content: bytes) -> None:
    with pytest.raises((InvalidTag, ValueError)):
        sealing(cipher, bytes(KEY_BYTES[cipher])).decrypt(bytes(12), content, b"")


def test_the_codes_of_ciphers_stay_what_they_are() -> None:
    assert {name.value: code for name, code in CODES.items()} == {"aes-256-gcm": 0, "sm4-gcm": 1}


def test_the_installed_openssl_can_do_all_of_them() -> None:
    assert [unsupported(cipher, name) for cipher in CipherName for name in HashName] == [None] * 4


@pytest.mark.parametrize(("what", "told"), [("Cipher", "SM4-GCM（国密）"), ("HMAC", "HMAC-SM3（国密）")])
def test_an_openssl_without_them_is_told(monkeypatch: pytest.MonkeyPatch, what: str, told: str) -> None:
    def lacking(*_given: object) -> None:
        raise UnsupportedAlgorithm("not in this build")

    monkeypatch.setattr(ciphers, what, lacking)
    assert unsupported(CipherName.SM4_GCM, HashName.SM3) == told
