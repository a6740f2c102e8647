"""PAdES signatures: there where a key is configured, valid over the very bytes, and never left out silently."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from training_admin.certificates.signing import SignerUnusable, key_of, signed

CODE, PASS = "91310117X110000370", b"Lan-Tian"


def plain() -> bytes:
    book = pikepdf.new()
    book.add_blank_page(page_size=(842, 595))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def configured(folder: Path) -> x509.Certificate:
    """A key of the organisation with a certificate that it has signed itself."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "松江样例职业技能培训学校")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    content = pkcs12.serialize_key_and_certificates(b"", key, certificate, None, serialization.BestAvailableEncryption(PASS))
    for suffix, what in ((".p12", content), (".txt", PASS + b"\n")):
        file = folder / f"{CODE}{suffix}"
        file.write_bytes(what)
        file.chmod(0o600)
    return certificate


async def test_a_signed_certificate_is_valid_and_a_changed_byte_is_seen(tmp_path: Path) -> None:
    certificate = configured(tmp_path)
    before = plain()
    after = await signed(before, CODE, tmp_path)
    assert after.startswith(before)
    root = asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
    found = PdfFileReader(io.BytesIO(after)).embedded_signatures[0]
    assert found.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    status = await async_validate_pdf_signature(found, ValidationContext(trust_roots=[root]))
    assert (status.intact, status.valid, status.bottom_line) == (True, True, True)
    place = after.index(b"/MediaBox")
    forged = after[: place + 11] + b"9" + after[place + 12 :]
    told = await async_validate_pdf_signature(
        PdfFileReader(io.BytesIO(forged)).embedded_signatures[0], ValidationContext(trust_roots=[root])
    )
    assert not told.intact


async def test_without_a_key_nothing_is_signed(tmp_path: Path) -> None:
    assert await signed(b"%PDF", CODE, None) == b"%PDF"
    assert await signed(b"%PDF", CODE, tmp_path) == b"%PDF"
    assert key_of(tmp_path, "../x") is None


async def test_a_key_that_cannot_be_used_refuses(tmp_path: Path) -> None:
    configured(tmp_path)
    (tmp_path / f"{CODE}.txt").write_bytes(b"wrong")
    with pytest.raises(SignerUnusable, match="口令不符"):
        await signed(plain(), CODE, tmp_path)
    (tmp_path / f"{CODE}.txt").chmod(0o644)
    with pytest.raises(SignerUnusable, match="其他系统用户"):
        await signed(plain(), CODE, tmp_path)
