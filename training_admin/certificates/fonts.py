"""The fonts of our papers: which characters they carry, asked before a name is printed."""

from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
from fontTools.ttLib import TTFont

SERIF, SANS = "PaperSerif", "PaperSans"
FONT_FILES: dict[str, Path] = {
    SERIF: Path(pylopdf_fonts_zh_cn.__file__).with_name("NotoSerifSC-Regular.otf"),
    SANS: Path(pylopdf_fonts_zh_cn.__file__).with_name("NotoSansSC-Regular.otf"),
}


@cache
def glyphs_of(family: str) -> dict[int, int]:
    """The glyph of each code point that a font carries; the first call reads the font, some tenths of a second."""
    with TTFont(FONT_FILES[family], lazy=True) as font:
        return {code: font.getGlyphID(name) for code, name in font.getBestCmap().items()}


@cache
def carried_characters() -> frozenset[int]:
    """The code points that one of the fonts carries at least."""
    return frozenset(glyphs_of(SERIF)) | frozenset(glyphs_of(SANS))
