"""Changing cells of a sheet by splicing its bytes: everything that is not touched stays as it was written."""

import re
from collections.abc import Callable, Iterable, Mapping
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

import msgspec
from lxml import etree

from training_admin.kit.workbook.limits import SAVE_AS, DamagedWorkbook, DoctypeInWorkbook
from training_admin.kit.workbook.parts import whole_number
from training_admin.kit.workbook.sheet import column_letters, column_number

Place = tuple[int, int]
Touch = Callable[[Place, int], int]
Attributes = Mapping[str, str]
AFTER_LEGACY_DRAWING = frozenset(
    {"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst", "AlternateContent"}
)
_TAG = re.compile(rb"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_UTF8 = frozenset({b"utf-8", b"utf8", b"us-ascii"})
_STYLE, _SPANS = "s", "spans"
SHEET_DEPTH = 1


class Element(msgspec.Struct):
    """Where an element stands in the bytes: its start tag, and its end tag (for `<a/>` the place behind it)."""

    start: int
    end: int


class SheetRow(msgspec.Struct):
    """A row as found: number, place, style of its empty cells (None when it has none of its own)."""

    number: int
    element: Element
    style: int | None
    cells: list[tuple[int, int]]


class Scan(msgspec.Struct):
    """What one pass over a sheet finds: rows, wished cells, column styles, and the places for new elements."""

    content: bytes
    prefix: str = ""
    rows: list[SheetRow] = []
    cells: list[tuple[Place, int, int]] = []
    columns: list[tuple[int, int, int]] = []
    data: Element | None = None
    root_end: int = 0
    after_drawing: int | None = None
    legacy_drawing: Element | None = None
    legacy_id: str = ""


def place_of(address: str) -> Place:
    """`C14` is (14, 3)."""
    found = _ADDRESS.fullmatch(address)
    assert found is not None, address
    return int(found[2]), column_number(found[1])


def address_of(place: Place) -> str:
    """(14, 3) is `C14`."""
    return f"{column_letters(place[1])}{place[0]}"


def in_utf8(content: bytes, part: str) -> bytes:
    """A part's bytes in UTF-8, so that pieces can be spliced in."""
    declared = _DECLARED.match(content.removeprefix(b"\xef\xbb\xbf"))
    wide = content[:2] in {b"\xff\xfe", b"\xfe\xff"}
    if not wide and (declared is None or declared[1].lower() in _UTF8):
        return content
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        converted: bytes = etree.tostring(etree.fromstring(content, parser), xml_declaration=True, encoding="UTF-8", standalone=True)
    except etree.XMLSyntaxError:
        raise _damaged(part) from None
    return converted


def _damaged(part: str) -> DamagedWorkbook:
    return DamagedWorkbook(f"部件“{part}”的内容已损坏，无法读取。请重新打开原文件并另存后再上传。", part=part)


class _Scanner:
    """The state of one pass."""

    def __init__(self, content: bytes, part: str) -> None:
        self.part = part
        self.scan = Scan(content)
        self.parser = expat.ParserCreate()
        self.depth = 0
        self.row = self.column = 0
        self.open_row: SheetRow | None = None
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.doctype

    def doctype(self, *_: object) -> None:
        raise DoctypeInWorkbook(f"部件“{self.part}”含有不允许的文档类型声明，疑似异常文件。{SAVE_AS}", part=self.part)

    def run(self) -> Scan:
        try:
            self.parser.Parse(self.scan.content, True)
        except expat.ExpatError:
            raise _damaged(self.part) from None
        if self.scan.data is None:
            raise _damaged(self.part)
        return self.scan

    def start(self, name: str, attributes: Attributes) -> None:
        prefix, _, tag = name.rpartition(":")
        at = self.parser.CurrentByteIndex
        if self.depth == 0:
            self.scan.prefix = f"{prefix}:" if prefix else ""
        elif self.depth == SHEET_DEPTH:
            self.start_section(tag, at, attributes)
        elif tag == "c" and self.open_row is not None:
            self.start_cell(at, attributes)
        elif tag == "row":
            self.start_row(at, attributes)
        elif tag == "col" and _STYLE_OF_COLUMN in attributes:
            self.scan.columns.append(
                (whole_number(attributes.get("min")), whole_number(attributes.get("max")), whole_number(attributes[_STYLE_OF_COLUMN]))
            )
        self.depth += 1

    def start_section(self, tag: str, at: int, attributes: Attributes) -> None:
        if tag == "sheetData":
            self.scan.data = Element(at, at)
        elif tag == "legacyDrawing":
            self.scan.legacy_drawing = Element(at, at)
            self.scan.legacy_id = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
        elif tag in AFTER_LEGACY_DRAWING and self.scan.data is not None and self.scan.after_drawing is None:
            self.scan.after_drawing = at

    def start_row(self, at: int, attributes: Attributes) -> None:
        self.row = whole_number(attributes.get("r")) or self.row + 1
        self.column = 0
        own = attributes.get("customFormat") in {"1", "true"}
        self.open_row = SheetRow(self.row, Element(at, at), whole_number(attributes.get(_STYLE)) if own else None, [])
        self.scan.rows.append(self.open_row)

    def start_cell(self, at: int, attributes: Attributes) -> None:
        found = _ADDRESS.fullmatch(attributes.get("r", ""))
        if found is None:
            self.column += 1
        else:
            self.column, self.row = column_number(found[1]), int(found[2])
        assert self.open_row is not None
        self.open_row.cells.append((self.column, at))
        self.scan.cells.append(((self.row, self.column), at, whole_number(attributes.get(_STYLE))))

    def end(self, name: str) -> None:
        self.depth -= 1
        tag = name.rpartition(":")[2]
        at = self.parser.CurrentByteIndex
        if tag == "row" and self.open_row is not None:
            self.open_row.element.end = at
            self.open_row = None
        elif self.depth == SHEET_DEPTH and tag == "sheetData" and self.scan.data is not None:
            self.scan.data.end = at
        elif self.depth == SHEET_DEPTH and tag == "legacyDrawing" and self.scan.legacy_drawing is not None:
            self.scan.legacy_drawing.end = at
        elif self.depth == 0:
            self.scan.root_end = at


_STYLE_OF_COLUMN = "style"


def scan_sheet(content: bytes, part: str) -> Scan:
    """One pass over a sheet's bytes; raises DamagedWorkbook."""
    return _Scanner(in_utf8(content, part), part).run()


def cell_end(scan: Scan, start: int) -> int:
    """The place behind a cell of a scanned sheet that begins at `start`."""
    tag = _TAG.match(scan.content, start)
    assert tag is not None
    if tag[0].endswith(b"/>"):
        return tag.end()
    closing = f"</{scan.prefix}c>".encode()
    end = scan.content.find(closing, tag.end())
    assert end > start, "a cell of a well-formed sheet ends"
    return end + len(closing)


class SheetEdits:
    """Edits of one sheet, collected as (from, to, new bytes) and applied together."""

    def __init__(self, content: bytes, part: str) -> None:
        self.scan = scan_sheet(content, part)
        self._edits: list[tuple[int, int, bytes]] = []
        self._drawing: bytes | None = None

    def restyle(self, wished: Iterable[Place], touch: Touch, *, red: frozenset[int] = frozenset()) -> None:
        """Set the style of wished cells, and of all cells whose style is in `red`, to what `touch` makes of it.

        Wished cells that are not there are created with the style their row or column gives them.
        """
        missing = set(wished)
        wanted = frozenset(missing)
        for place, at, style in self.scan.cells:
            if place in wanted or style in red:
                missing.discard(place)
                new = touch(place, style)
                if new != style:
                    self._retag(at, {_STYLE: str(new)})
        by_row: dict[int, list[int]] = {}
        for row, column in sorted(missing):
            by_row.setdefault(row, []).append(column)
        known = {row.number: row for row in self.scan.rows}
        new_rows: dict[int, bytes] = {}
        for number, columns in by_row.items():
            if number in known:
                self._fill_row(known[number], columns, touch)
            else:
                new_rows[number] = self._row(number, columns, touch)
        self._add_rows(new_rows)

    def set_legacy_drawing(self, relation: str, namespace: str) -> None:
        """Point the sheet at the drawing that holds its comments; "" takes the pointer away."""
        text = f"<{self.scan.prefix}legacyDrawing xmlns:mark={quoteattr(namespace)} mark:id={quoteattr(relation)}/>"
        self._drawing = text.encode() if relation else b""

    def apply(self) -> bytes:
        """The sheet's bytes with all edits made."""
        pieces: list[bytes] = []
        done = 0
        for start, stop, new in sorted([*self._edits, *self._drawing_edits()], key=lambda edit: edit[:2]):
            pieces += [self.scan.content[done:start], new]
            done = stop
        return b"".join([*pieces, self.scan.content[done:]])

    def _drawing_edits(self) -> list[tuple[int, int, bytes]]:
        if self._drawing is None:
            return []
        old = self.scan.legacy_drawing
        if old is not None:
            stop = old.end if self._is_empty(old) else self._tag_end(old.end)
            return [(old.start, stop, self._drawing)]
        at = self.scan.root_end if self.scan.after_drawing is None else self.scan.after_drawing
        return [(at, at, self._drawing)]

    def _is_empty(self, element: Element) -> bool:
        """Whether an element is written as `<a/>`."""
        return self.scan.content[element.end - 2 : element.end] == b"/>" and self._tag_end(element.start) == element.end

    def _tag_end(self, at: int) -> int:
        found = _TAG.match(self.scan.content, at)
        assert found is not None
        return found.end()

    def _retag(self, at: int, changes: Mapping[str, str], more: bytes = b"") -> None:
        """Rewrite a start tag with changed attributes ("" drops one); `more` turns an empty element into one with content."""
        stop = self._tag_end(at)
        tag = self.scan.content[at:stop]
        for key, value in changes.items():
            tag = _with_attribute(tag, key, value)
        if more:
            name = re.match(rb"<([^\s/>]+)", tag)
            assert name is not None
            tag = tag[:-2].rstrip() + b">" + more + b"</" + name[1] + b">"
        self._edits.append((at, stop, tag))

    def _cell(self, place: Place, row_style: int | None, touch: Touch) -> bytes:
        style = self._empty_style(place[1]) if row_style is None else row_style
        return f'<{self.scan.prefix}c r="{address_of(place)}" s="{touch(place, style)}"/>'.encode()

    def _empty_style(self, column: int) -> int:
        return next((style for first, last, style in self.scan.columns if first <= column <= last), 0)

    def _row(self, number: int, columns: Iterable[int], touch: Touch) -> bytes:
        cells = b"".join(self._cell((number, column), None, touch) for column in columns)
        prefix = self.scan.prefix.encode()
        return b"<" + prefix + f'row r="{number}">'.encode() + cells + b"</" + prefix + b"row>"

    def _fill_row(self, row: SheetRow, columns: Iterable[int], touch: Touch) -> None:
        new = {column: self._cell((row.number, column), row.style, touch) for column in columns}
        if self._is_empty(row.element):
            self._retag(row.element.start, {_SPANS: ""}, b"".join(new.values()))
            return
        self._retag(row.element.start, {_SPANS: ""})
        for column, cell in new.items():
            at = next((place for other, place in row.cells if other > column), row.element.end)
            self._edits.append((at, at, cell))

    def _add_rows(self, rows: Mapping[int, bytes]) -> None:
        data = self.scan.data
        assert data is not None
        if rows and self._is_empty(data):
            self._retag(data.start, {}, b"".join(rows.values()))
            return
        for number, row in rows.items():
            at = next((each.element.start for each in self.scan.rows if each.number > number), data.end)
            self._edits.append((at, at, row))


def _with_attribute(tag: bytes, key: str, value: str) -> bytes:
    """A start tag with an attribute set, or taken away when the value is empty."""
    pattern = re.compile(rb"\s" + key.encode() + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')")
    new = f' {key}="{value}"'.encode() if value else b""
    if pattern.search(tag):
        return pattern.sub(lambda _: new, tag, count=1)
    close = b"/>" if tag.endswith(b"/>") else b">"
    return tag[: -len(close)].rstrip() + new + close
