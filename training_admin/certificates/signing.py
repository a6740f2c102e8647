"""PAdES signatures on certificates (电子签名法 art. 13-14), with the key of the institution where one is configured; off without.

A folder holds for each organisation `CODE.p12` and, readable by the service alone, `CODE.txt` with its pass phrase.
"""

import asyncio
import io
import re
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter

from training_admin.kit.refusals import Unavailable

FIELD, DIGEST = "Signature", "sha256"
REASON, PLACE = "培训证书", "上海市松江区"
LARGEST_KEY, LONGEST_PASS = 64 * 1024, 200
READ_BY_OTHERS = 0o077
_FILE_NAME = re.compile(r"[0-9A-Z-]{3,40}")


class SignerUnusable(Unavailable):
    """A key is configured for the organisation and cannot be used: rather no certificate than one without its signature."""

    code = "certificate-signer-unusable"
    title = "证书暂不能签名"


def key_of(folder: Path | None, organisation: str) -> Path | None:
    """The key file of an organisation; None where none is configured."""
    if folder is None or not _FILE_NAME.fullmatch(organisation):
        return None
    file = folder / f"{organisation}.p12"
    return file if file.is_file() else None


async def signed(pdf: bytes, organisation: str, folder: Path | None) -> bytes:
    """A PDF with the signature of its organisation added behind it, the same bytes where no key is configured; raises SignerUnusable."""
    key = key_of(folder, organisation)
    return pdf if key is None else await asyncio.to_thread(_sign, pdf, key)


def _sign(pdf: bytes, key: Path) -> bytes:
    signer = _signer(key)
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES, reason=REASON, location=PLACE
    )
    target = io.BytesIO()
    signers.PdfSigner(meta, signer=signer).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=target)
    return target.getvalue()


def _signer(key: Path) -> signers.SimpleSigner:
    words = key.with_suffix(".txt")
    if not words.is_file() or key.stat().st_size > LARGEST_KEY or (key.stat().st_mode | words.stat().st_mode) & READ_BY_OTHERS:
        raise SignerUnusable("证书签名密钥缺少口令文件，或可被其他系统用户读取。请联系系统管理员检查签名密钥文件夹。")
    passphrase = words.read_bytes().strip()[:LONGEST_PASS]
    found: signers.SimpleSigner | None = signers.SimpleSigner.load_pkcs12(str(key), passphrase=passphrase)  # type: ignore[no-untyped-call] # its own helper is untyped
    if found is None:
        raise SignerUnusable("证书签名密钥无法打开，口令不符或文件损坏。请联系系统管理员检查签名密钥文件夹。")
    return found
