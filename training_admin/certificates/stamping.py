"""Many certificates in one file: what is shared is drawn once as WeasyPrint made it, what is each person's own is stamped on it.

Letters are stamped with the fonts that WeasyPrint has embedded, so a stamped page looks like a plain one, dot for dot.
"""

import io
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pikepdf

from training_admin.certificates.codes import CodeBook
from training_admin.certificates.fonts import SANS, SERIF, glyphs_of
from training_admin.certificates.layout import QR_FIELD, Spot, lay_out
from training_admin.certificates.orders import Order, OwnPart

PIXEL = 0.75
"""Points of a CSS pixel."""
THOUSAND = 1000
REPORT_EVERY = 100
_PAIR = re.compile(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>")


class Letters(msgspec.Struct, frozen=True):
    """An embedded font: its name in page resources, its family, glyphs by character, widths in thousandths."""

    name: str
    family: str
    glyphs: Mapping[str, int]
    widths: Mapping[int, float]


def print_file(order: Order, *, report: Callable[[int], None] = lambda _done: None) -> bytes:
    """One PDF with a page for each part of the order; `report` is told how many pages are made. Raises TemplateUnusable."""
    characters = "".join(sorted({each for page in order.pages for text in page.texts.values() for each in text} - {" "}))
    laid = lay_out([each.html for each in order.sheets], order.css, order.pictures, characters, [each.fields for each in order.sheets])
    with pikepdf.open(io.BytesIO(laid.pdf)) as pdf:
        letters, codes = _letters(pdf), CodeBook()
        height = float(pdf.pages[0].mediabox[3])
        resources = [pdf.make_indirect(_resources(pdf, sheet, letters)) for sheet in range(len(order.sheets))]
        box, shared = pdf.pages[0].mediabox, len(pdf.pages)
        for done, each in enumerate(order.pages, start=1):
            content = pdf.make_stream(stamped(each, codes.of(each.address), laid.spots[each.sheet], letters, height))
            page = pikepdf.Dictionary(Type=pikepdf.Name.Page, MediaBox=box, Resources=resources[each.sheet], Contents=content)
            pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
            if done % REPORT_EVERY == 0:
                report(done)
        del pdf.pages[:shared]
        return _saved(pdf, order.title)


def _saved(pdf: pikepdf.Pdf, title: str) -> bytes:
    pdf.docinfo["/Title"] = title
    target = io.BytesIO()
    pdf.remove_unreferenced_resources()
    pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True, deterministic_id=True)
    return target.getvalue()


def _resources(pdf: pikepdf.Pdf, sheet: int, letters: tuple[Letters, ...]) -> pikepdf.Dictionary:
    """What the pages of a sheet draw with: the shared part and the fonts."""
    page = pdf.pages[sheet]
    fonts = pdf.pages[len(pdf.pages) - 1].Resources.Font
    return pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(B=pdf.make_indirect(page.as_form_xobject())),
        Font=pikepdf.Dictionary({each.name: fonts[each.name] for each in letters}),
    )


def _letters(pdf: pikepdf.Pdf) -> tuple[Letters, ...]:
    """The embedded fonts of the last page, in the order in which a character is looked for."""
    found: dict[str, Letters] = {}
    for name, font in pdf.pages[-1].Resources.Font.items():
        family = str(font.BaseFont).rpartition("+")[2]
        told = {
            bytes.fromhex(text.decode()).decode("utf-16-be"): int(glyph, 16) for glyph, text in _PAIR.findall(font.ToUnicode.read_bytes())
        }
        found[family] = Letters(name, family, told, _widths(font.DescendantFonts[0].W))
    return tuple(found[family] for family in (SERIF, SANS) if family in found)


def _widths(listed: Any) -> dict[int, float]:
    """Advance widths by glyph: first glyph and widths from it on, in turn."""
    widths: dict[int, float] = {}
    entries = list(listed)
    for first, row in zip(entries[::2], entries[1::2], strict=True):
        widths |= {int(first) + place: float(width) for place, width in enumerate(row)}
    return widths


def stamped(page: OwnPart, code: tuple[bytes, int], spots: Mapping[str, Spot], letters: tuple[Letters, ...], height: float) -> bytes:
    """The content of a page: the shared part, the person's texts, the QR code."""
    parts = [f"/B Do\nq {PIXEL} 0 0 -{PIXEL} 0 {height:.6f} cm\nBT\n"]
    colour: tuple[float, float, float] | None = None
    for field, text in page.texts.items():
        if not text:
            continue
        spot = spots[field]
        if spot.colour != colour:
            colour = spot.colour
            parts.append(" ".join(f"{each:.6g}" for each in colour) + " rg\n")
        parts.append(_shown(text, spot, letters))
    parts.append("ET\n")
    return "".join(parts).encode() + _qr(*code, spots[QR_FIELD]) + b"Q"


def _shown(text: str, spot: Spot, letters: tuple[Letters, ...]) -> str:
    """A text in its field, made smaller where it would not fit."""
    runs = _runs(text, letters)
    width = sum(font.widths[glyph] for font, glyphs in runs for glyph in glyphs) / THOUSAND
    size = min(spot.size, spot.width / width)
    x = spot.x + (spot.width - width * size) * spot.share
    shown = [f"1 0 0 -1 {x:.4f} {spot.y:.4f} Tm\n"]
    for font, glyphs in runs:
        shown.append(f"{font.name} {size:.5g} Tf <{''.join(f'{glyph:04x}' for glyph in glyphs)}> Tj\n")
    return "".join(shown)


def _runs(text: str, letters: tuple[Letters, ...]) -> list[tuple[Letters, list[int]]]:
    """A text as stretches of one font each; every character was asked for when the fonts were embedded."""
    runs: list[tuple[Letters, list[int]]] = []
    for each in text:
        font, glyph = _glyph(each, letters)
        if runs and runs[-1][0] is font:
            runs[-1][1].append(glyph)
        else:
            runs.append((font, [glyph]))
    return runs


def _glyph(character: str, letters: tuple[Letters, ...]) -> tuple[Letters, int]:
    """The font's own glyph of a character, as plain text has it; a form chosen by what stands beside it only where there is no other."""
    for font in letters:
        glyph = glyphs_of(font.family).get(ord(character), -1)
        if glyph in font.widths:
            return font, glyph
        if character in font.glyphs:
            return font, font.glyphs[character]
    raise AssertionError("names are asked for their characters before they are printed")


def _qr(picture: bytes, side: int, spot: Spot) -> bytes:
    """A QR code drawn as one picture of a dot a module."""
    place = f"{spot.width:.4f} 0 0 -{spot.height:.4f} {spot.x:.4f} {spot.y + spot.height:.4f} cm\n"
    return f"q {place}BI /W {side} /H {side} /BPC 1 /CS /G ID ".encode() + picture + b"\nEI Q\n"
