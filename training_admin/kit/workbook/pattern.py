"""Sheets written the way Excel, WPS and the libraries write them, read by pattern: three times as fast as by events.

Nothing may stand between the cells of a row, so that the shape of what the pattern sees is known to the last byte.
Whatever is written otherwise answers None and is read by events, which read everything; both give the same rows.
"""

import re
import sys
from operator import itemgetter
from xml.parsers import expat

from training_admin.kit.workbook.bounds import SHARED, Bounds, Cell, Kind, Row, column_number, kind_of, shared_text
from training_admin.kit.workbook.parts import Parts, assert_bounded, doctype_refused, whole_number

LARGEST = 20 * 1024 * 1024
_CELL = re.compile(
    r'(<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"((?: s="[0-9]+")?(?: t="[A-Za-z]+")?(?: s="[0-9]+")?) ?'
    r"(?:/>|>(<f(?: [^<>]*)?(?:/>|>[^<]*</f>))?"
    r'(?:<v(?:/>|>([^<]*)</v>)|<is><t(?: xml:space="preserve")?(?:/>|>([^<]*)</t>)</is>)?</c>)\s*)'
)
_WHOLE = itemgetter(0)
_STYLE = re.compile(r' s="([0-9]+)"')
_TYPE = re.compile(r' t="([A-Za-z]+)"')
_BEFORE_CELLS = re.compile(r"\s*(?:<row(?: [^<>]*)?/>\s*)*(?:<row(?: [^<>]*)?>\s*)?")
_REFERENCE = re.compile(r"&(?:#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6})|(lt|gt|amp|quot|apos));")
_REFERENCES_ONLY = re.compile(r"(?:&#[0-9]{1,6};)+")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


def rows_by_pattern(content: bytes, parts: Parts, bounds: Bounds) -> list[Row] | None:
    """Rows with content, or None when the part is not written the usual way; raises the refusals of the bounds."""
    text = _usual_text(content)
    if text is None:
        return None
    taking = _Taking(parts, bounds)
    start, end = text.find("<sheetData>") + len("<sheetData>"), text.rfind("</sheetData>")
    for piece in text[start:end].split("</row>"):
        written = piece.count("<c")
        taking.count(written)
        cells = _CELL.findall(piece)
        before = piece.find("<c") if written else len(piece)
        if len(cells) != written or not _BEFORE_CELLS.fullmatch(piece, 0, before):
            return None
        if cells:
            if before + sum(map(len, map(_WHOLE, cells))) != len(piece):
                return None
            taking.take(cells)
    assert_bounded(bounds.part, f"{text[:start]}{text[end:]}".encode(), bounds.limits)
    return taking.rows if _is_well_formed(content, bounds) else None


def _usual_text(content: bytes) -> str | None:
    """The text of a part in plain UTF-8 without comments, CDATA, instructions or prefixes on its rows; None otherwise."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    head = text[:200].lower()
    # The rarer half of each mark is looked for first: a sheet has half a million of the other.
    marked = ("!" in text and "<!" in text) or (text.find("?", 1) > 0 and text.find("<?", 1) > 0)
    if marked or ("encoding=" in head and "utf-8" not in head) or "<sheetData>" not in text:
        return None
    return text


class _Taking:
    """Rows taken from matches; texts, columns and attributes that come again and again are worked out once."""

    def __init__(self, parts: Parts, bounds: Bounds) -> None:
        self.parts = parts
        self.bounds = bounds
        self.rows: list[Row] = []
        self._seen = 0
        self._texts: dict[str, str] = {}
        self._columns: dict[str, int] = {}
        self._kinds: dict[str, Kind] = {}
        self._shared: set[str] = set()

    def count(self, cells: int) -> None:
        """Count the cells of one row before they are read; raises TooManyCells."""
        self._seen += cells
        if cells > self.bounds.limits.row_cells or self._seen > self.bounds.limits.cells:
            raise self.bounds.too_many_cells()

    def take(self, cells: list[tuple[str, ...]]) -> None:
        """Add the matched cells of one row; raises the refusals of the bounds."""
        bounds, columns, texts, kinds, shared = self.bounds, self._columns, self._texts, self._kinds, self._shared
        last_row, last_column, longest = bounds.last_row, bounds.limits.columns, bounds.limits.text
        current: list[Cell] = []
        row = 0
        number = ""
        for _whole, letters, digits, attributes, formula, value, inline in cells:
            text = value or inline
            if not text and not formula:
                continue
            if "&" in text:
                text = texts.get(text) or texts.setdefault(text, _resolved(text))
            kind = kinds.get(attributes) or self._kind(attributes)
            if attributes in shared and text:
                text = shared_text(text.strip(), self.parts, bounds)
            if not formula and (not text or text.isspace()):
                continue
            column = columns.get(letters) or columns.setdefault(letters, column_number(letters))
            if digits != number:
                number, row = digits, int(digits)
            if row > last_row or column > last_column:
                bounds.assert_inside(row, column, self.rows)
            current.append(Cell(column, kind, text[:longest], formula != ""))
        if current:
            self.rows.append((row, current))

    def _kind(self, attributes: str) -> Kind:
        """What the attributes of a cell, written the same way in all its like, say that it holds."""
        style, type_ = _STYLE.search(attributes), _TYPE.search(attributes)
        name = type_[1] if type_ else ""
        if name == SHARED:
            self._shared.add(attributes)
        kind = self._kinds[attributes] = kind_of(name, whole_number(style and style[1]), self.parts)
        return kind


def _resolved(text: str) -> str:
    """A text with its character references written out; most Chinese texts are nothing but such references."""
    if _REFERENCES_ONLY.fullmatch(text):
        return "".join(map(chr, map(int, text[2:-1].split(";&#"))))
    return _REFERENCE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    if found[3]:
        return _NAMED[found[3]]
    code = int(found[1]) if found[1] else int(found[2], 16)
    return chr(code) if code <= sys.maxunicode else ""


def _is_well_formed(content: bytes, bounds: Bounds) -> bool:
    """Whether expat accepts the part; raises DoctypeInWorkbook for a declaration further down."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype_refused(bounds.part)
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        return False
    return True
