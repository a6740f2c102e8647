"""What a print child is ordered: templates filled with what is shared, each person's texts, seals from the configured folder."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import jinja2
import msgspec

from training_admin.certificates.facts import Certificate, Holder
from training_admin.certificates.orders import Order, OwnPart, Sheet
from training_admin.certificates.printed import OWN_FIELDS, Shared, own_texts, shared_texts
from training_admin.certificates.tags import check_address, tagger
from training_admin.kit.child import ChildLimits, run_in_child
from training_admin.settings import MEGABYTE, Settings
from training_admin.web import templates_folder

# One character lies in every empty field of the shared rendering, so that the places are found.
PLACEHOLDER = "国"
LARGEST_SEAL = MEGABYTE
LIMITS = ChildLimits(memory=1024 * MEGABYTE, processor_seconds=60, seconds=120)
PNG_START = b"\x89PNG\r\n\x1a\n"
_FILE_NAME = re.compile(r"[0-9A-Z-]{1,40}", re.ASCII)


@cache
def paper_environment() -> jinja2.Environment:
    """The templates of certificates, apart from those of pages; staff may change them."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_folder() / "certificates" / "paper"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def paper_css() -> str:
    """The style of the papers."""
    return (templates_folder() / "certificates" / "paper" / "paper.css").read_text("utf-8")


def seal_of(folder: Path | None, organisation: str) -> bytes:
    """The configured picture of an organisation's seal (PNG), empty when there is none. A picture is no seal; it is only printed."""
    if folder is None or not _FILE_NAME.fullmatch(organisation):
        return b""
    file = folder / f"{organisation}.png"
    if not file.is_file() or file.stat().st_size > LARGEST_SEAL:
        return b""
    content = file.read_bytes()
    return content if content.startswith(PNG_START) else b""


def base_address(settings: Settings) -> str:
    """The address under which the public finds this installation."""
    return settings.public_address or f"http://{settings.host}:{settings.port}"


def section(shared: Shared, own: dict[str, str], *, seal: bool, qr: str = "") -> str:
    """One certificate as HTML; the QR code leads to `qr`."""
    template = paper_environment().get_template(f"{shared.kind}.html")
    return template.render(shared=shared, own=own, qr=f"qr:{qr}", seal=f"seal:{shared.organisation}" if seal else "")


def order_of(certificates: Sequence[tuple[Certificate, Holder]], settings: Settings, *, title: str) -> Order:
    """The order for a file with these certificates; what is equal on paper is rendered once."""
    keyed, base = tagger(), base_address(settings)
    sheets: dict[Shared, int] = {}
    pages = []
    for certificate, holder in certificates:
        shared = shared_texts(certificate, sample=settings.demo)
        sheet = sheets.setdefault(shared, len(sheets))
        pages.append(OwnPart(sheet, own_texts(certificate, holder), check_address(base, certificate.number, keyed)))
    organisations = {shared.organisation for shared in sheets}
    pictures = {each: seal for each in organisations if (seal := seal_of(settings.seals, each))}
    return Order(
        css=paper_css(),
        sheets=tuple(_sheet(each, seal=each.organisation in pictures) for each in sheets),
        pages=tuple(pages),
        pictures=pictures,
        title=title,
    )


def _sheet(shared: Shared, *, seal: bool) -> Sheet:
    """The rendering that all equal papers share, with something in every field to tell its place."""
    fields = OWN_FIELDS[shared.kind]
    return Sheet(section(shared, dict.fromkeys(fields, PLACEHOLDER), seal=seal), fields)


async def one_pdf(certificate: Certificate, holder: Holder, settings: Settings) -> bytes:
    """One certificate as PDF, made in a process of its own; raises TemplateUnusable, ChildFailed."""
    return await _made("one_pdf", certificate, holder, settings)


async def one_picture(certificate: Certificate, holder: Holder, settings: Settings) -> bytes:
    """One certificate as PNG; raises TemplateUnusable, ChildFailed."""
    return await _made("one_picture", certificate, holder, settings)


async def _made(task: str, certificate: Certificate, holder: Holder, settings: Settings) -> bytes:
    order = order_of([(certificate, holder)], settings, title=f"培训证书 {certificate.number}")
    return await run_in_child(f"training_admin.certificates.tasks:{task}", msgspec.json.encode(order), limits=LIMITS)
