"""What an attached paper is, by its content: PDF, OFD, an invoice as XML, JPG, PNG; and what an invoice in XML says of itself.

Nothing of a paper is ever run: a PDF or picture is looked at by its marks, an OFD by the list of its parts, an XML is parsed without
entities, document types or outside references.
"""

import io
import re
import zipfile
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError

import msgspec
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from training_admin.kit.money import fen_from_text
from training_admin.office.papers import ENDINGS, LARGEST, PaperRefused, paper_type

OFD, XML = "application/ofd", "application/xml"
FILE_ENDINGS = {**ENDINGS, OFD: "ofd", XML: "xml"}
_ZIP = b"PK\x03\x04"
_OFD_ENTRY = "OFD.xml"
MOST_PARTS, MOST_ELEMENTS, LONGEST_NUMBER = 2000, 20_000, 40
# Names of elements in the layouts of electronic invoices in use; the total with tax is what was paid.
_NUMBER = ("fphm", "invoicenumber", "eiid", "invoiceno", "einvoicenumber")
_TOTAL = ("jshj", "totaltax-includedamount", "totaltaxincludedamount", "totalamwithtax", "kphjje")
_DIGITS = re.compile(r"[0-9A-Z]{8,40}")


class PaperRead(msgspec.Struct, frozen=True):
    """The type of a paper, and number and total of the invoice where its format tells them."""

    media_type: str
    invoice_no: str = ""
    invoice_fen: int | None = None


def read_paper(content: bytes, *, what: str = "附件") -> PaperRead:
    """What a paper is; raises PaperRefused."""
    if not content:
        raise PaperRefused(f"请选择{what}（PDF、OFD、XML 发票、JPG 或 PNG）。")
    if len(content) > LARGEST:
        raise PaperRefused(f"{what}超过 {LARGEST // 2**20} MB，请压缩后重新选择。")
    if content.startswith(_ZIP):
        return _ofd(content, what)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _xml(content, what)
    return PaperRead(paper_type(content, what=what))


def _ofd(content: bytes, what: str) -> PaperRead:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = parts.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        names = []
    if _OFD_ENTRY not in names or len(names) > MOST_PARTS:
        raise PaperRefused(f"{what}不是完整的 OFD 文件。请重新下载原件后选择；压缩包请解开后逐个上传。")
    return PaperRead(OFD)


def _xml(content: bytes, what: str) -> PaperRead:
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise PaperRefused(f"{what}不是可以识别的 XML 电子发票，请重新下载原件后选择。") from None
    values = _values(root, what)
    number = next((values[name] for name in _NUMBER if _DIGITS.fullmatch(values.get(name, ""))), "")
    if not number:
        raise PaperRefused(f"{what}中没有发票号码，不是电子发票。请选择电子发票的 XML 原件。")
    return PaperRead(XML, number, next((fen for name in _TOTAL if (fen := _fen(values.get(name, ""))) is not None), None))


def _values(root: Element, what: str) -> dict[str, str]:
    """The first text of each element by its name in small letters, without name space."""
    values: dict[str, str] = {}
    for count, element in enumerate(root.iter()):
        if count > MOST_ELEMENTS:
            raise PaperRefused(f"{what}的内容过多，不像一张发票，请核对后重新选择。")
        name = str(element.tag).rpartition("}")[2].lower()
        if text := (element.text or "").strip():
            values.setdefault(name, text[: LONGEST_NUMBER * 2])
    return values


def _fen(text: str) -> int | None:
    plain = text.replace(",", "").removeprefix("¥").removeprefix("￥")
    try:
        rounded = f"{Decimal(plain).quantize(Decimal('0.01'))}"
    except InvalidOperation:
        return None
    found = fen_from_text(rounded)
    return found if found is not None and found >= 0 else None
