"""Certificates laid out by WeasyPrint: plain ones whole, or once for all that is shared, with the places of what is stamped.

Runs in a process of its own. Nothing is fetched from anywhere: fonts are ours, pictures come with the order.
"""

import io
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from html import escape
from typing import Any, Final

import msgspec
import segno
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from training_admin.certificates.codes import QUIET
from training_admin.certificates.fonts import FONT_FILES
from training_admin.kit.refusals import Unreadable

FONT, QR, SEAL = "font:", "qr:", "seal:"
QR_FIELD: Final = "qr"
FACES: Final = "".join(f"@font-face {{ font-family: {family}; src: url({FONT}{family}); }}\n" for family in FONT_FILES)


class TemplateUnusable(Unreadable):
    """The template of a certificate was changed so that it cannot be printed any more."""

    status = 500
    code = "certificate-template-unusable"
    title = "证书模板无法使用"


class Spot(msgspec.Struct, frozen=True):
    """Where a field stands on its page: left edge, baseline (of a picture its top), width and height, size and colour of its letters.

    Lengths are CSS pixels from the upper left corner; `share` is the part of the free width that stands left of the text.
    """

    x: float
    y: float
    width: float
    height: float
    size: float
    colour: tuple[float, float, float]
    share: float


class LaidOut(msgspec.Struct, frozen=True):
    """One page a sheet and one at the end with every stamped character; the places of the fields, sheet by sheet."""

    pdf: bytes
    spots: tuple[Mapping[str, Spot], ...]


class OwnFetcher(URLFetcher):  # type: ignore[misc] # WeasyPrint has no types
    """Answers with our fonts, the pictures of the order and QR codes; refuses everything else."""

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=())
        self.pictures = pictures

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """The content of one of our own addresses."""
        del headers
        kind, _, rest = url.partition(":")
        if f"{kind}:" == FONT and rest in FONT_FILES:
            return URLFetcherResponse(url, FONT_FILES[rest].read_bytes(), {"Content-Type": "font/otf"})
        if f"{kind}:" == QR:
            return URLFetcherResponse(url, qr_picture(rest or "-"), {"Content-Type": "image/png"})
        if f"{kind}:" == SEAL and rest in self.pictures:
            return URLFetcherResponse(url, self.pictures[rest], {"Content-Type": "image/png"})
        raise FatalURLFetchingError("a certificate fetches nothing from outside")


def qr_picture(address: str) -> bytes:
    """The QR code as a picture of one dot a module, quiet zone included."""
    target = io.BytesIO()
    segno.make(address, mode="byte", error="m", mask=3, boost_error=False, micro=False).save(target, kind="png", border=QUIET, scale=1)
    return target.getvalue()


@cache
def font_configuration() -> FontConfiguration:
    """The fonts as Pango knows them, set up once in a process."""
    fonts = FontConfiguration()
    CSS(string=FACES, font_config=fonts, url_fetcher=OwnFetcher({}))
    return fonts


def _document(sections: str, css: str, pictures: Mapping[str, bytes], *, blank: bool) -> Any:
    fetcher = OwnFetcher(pictures)
    mark = ' class="blank"' if blank else ""
    page = HTML(string=f'<html lang="zh-CN"{mark}><body>{sections}</body></html>', url_fetcher=fetcher)
    fonts = font_configuration()
    try:
        return page.render(stylesheets=[CSS(string=FACES + css, font_config=fonts, url_fetcher=fetcher)], font_config=fonts)
    except FatalURLFetchingError:  # which is no Exception
        raise TemplateUnusable("证书模板引用了外部文件，为安全起见不予印制。请恢复或更正 templates/certificates/paper 中的模板。") from None


def plain_pdf(sections: str, css: str, pictures: Mapping[str, bytes]) -> bytes:
    """Whole certificates as WeasyPrint makes them, one page a section: what stamped ones are compared with."""
    made: bytes = _document(sections, css, pictures, blank=False).write_pdf()
    return made


def lay_out(sheets: Iterable[str], css: str, pictures: Mapping[str, bytes], characters: str, fields: Iterable[Iterable[str]]) -> LaidOut:
    """Lay out every sheet with empty fields; `characters` are embedded for stamping. Raises TemplateUnusable.

    `fields` names, sheet by sheet, what the template must place.
    """
    sections, wanted = list(sheets), [set(each) | {QR_FIELD} for each in fields]
    # Apart from each other, so that none takes a form that depends on its neighbours.
    spare = f'<section style="font-size:6pt;line-height:1">{escape(" ".join(characters))}</section>'
    document = _document("".join(sections) + spare, css, pictures, blank=True)
    if len(document.pages) != len(sections) + 1:
        raise TemplateUnusable("证书模板排出的页数不对：每张证书应当正好一页。请恢复或更正 templates/certificates/paper 中的模板。")
    spots: list[dict[str, Spot]] = []
    for page, needed in zip(document.pages, wanted, strict=False):
        found = dict(_spots(page._page_box))  # noqa: SLF001 - WeasyPrint tells places nowhere else; its version is pinned
        if missing := needed - found.keys():
            raise TemplateUnusable(f"证书模板缺少栏目：{'、'.join(sorted(missing))}。请恢复或更正 templates/certificates/paper 中的模板。")
        spots.append(found)
    return LaidOut(document.write_pdf(), tuple(spots))


def _spots(box: Any) -> Iterator[tuple[str, Spot]]:
    """The fields below a box that name themselves."""
    name = box.element.get("data-field") if box.element is not None else None
    if name is not None and type(box).__name__ in {"InlineBlockBox", "BlockBox"}:
        text = next(each for each in box.descendants() if type(each).__name__ == "TextBox")
        style = text.style
        colour = tuple(style["color"].to("srgb").coordinates[:3])
        share = {"center": 0.5, "right": 1.0, "end": 1.0}.get(style["text_align_all"], 0.0)
        left, width = box.content_box_x(), box.width
        yield name, Spot(left, text.position_y + text.baseline, width, box.height, style["font_size"], colour, share)
    elif name is not None and type(box).__name__ in {"InlineReplacedBox", "BlockReplacedBox"}:
        yield name, Spot(box.content_box_x(), box.content_box_y(), box.width, box.height, 0, (0, 0, 0), 0)
    else:
        for child in getattr(box, "children", ()):
            yield from _spots(getattr(child, "_box", child))
