"""Comments on cells: the comments part and the old drawing (VML) that places their boxes. Other people's comments stay."""

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from training_admin.kit.workbook.editing import OFFICE_TYPES, STRICT, STRICT_TYPES, Editing, qualified
from training_admin.kit.workbook.splice import Place, SheetEdits, address_of, place_of

COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
MAIN_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_NS = "http://purl.oclc.org/ooxml/spreadsheetml/main"
FIRST_SHAPE = 1025
EMPTY_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel">'
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>'
)
NAMESPACES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
# Programs choose their own prefixes, and some write drawings that are no XML: they are taken as text.
_SHAPE = re.compile(rb"<(\w+):shape\s.*?</\1:shape\s*>\s*", re.DOTALL)
_SHAPE_ID = re.compile(rb"_x0000_s(\d{1,9})")
_ROW, _COLUMN = re.compile(rb"<\w+:Row>\s*(\d{1,7})\s*<"), re.compile(rb"<\w+:Column>\s*(\d{1,7})\s*<")
_CLOSE = re.compile(rb"</xml\s*>\s*$")
ROWS_HIGH, COLUMNS_WIDE = 5, 3


class Notes:
    """The comments of one sheet. Ours begin with `mark`; on a cell that has a comment already, ours is written below it."""

    def __init__(self, editing: Editing, sheet_part: str, edits: SheetEdits, *, author: str, mark: str) -> None:
        self._editing = editing
        self._sheet_part = sheet_part
        self._edits = edits
        self._author = author
        self._mark = mark
        self._part = next(iter(editing.related(sheet_part, "comments").values()), "")
        self._strict = STRICT.encode() in edits.scan.content[:4096]
        self._vml = editing.related(sheet_part, "vmlDrawing").get(edits.scan.legacy_id, "")

    def take_away(self) -> None:
        """Remove our comments, and our lines below other people's."""
        if self._part not in self._editing:
            return
        root = self._editing.tree(self._part)
        gone: set[Place] = set()
        for comment in list(root.iter(qualified(root, "comment"))):
            texts = list(comment.iter(qualified(root, "t")))
            whole = "".join(each.text or "" for each in texts)
            place = whole.find(self._mark)
            if place < 0:
                continue
            if not whole[:place].strip():
                comment.getparent().remove(comment)
                gone.add(place_of(comment.get("ref", "A1")))
            else:
                _cut(texts, len(whole[:place].rstrip("\n")))
        self._drop_shapes(gone)
        if root.find(f".//{qualified(root, 'comment')}") is None:
            self._drop_part()
        else:
            self._drop_author(root)

    def add(self, notes: Mapping[Place, str]) -> None:
        """Put a comment on each cell."""
        if not notes:
            return
        root = self._comments()
        existing = {each.get("ref"): each for each in root.iter(qualified(root, "comment"))}
        boxes: list[Place] = []
        author = self._author_id(root)
        listed = root.find(qualified(root, "commentList"))
        for place, sentence in notes.items():
            address = address_of(place)
            text = f"{self._mark}{sentence}"
            if address in existing:
                self._extend(root, existing[address], text)
                continue
            comment = etree.SubElement(listed, qualified(root, "comment"), ref=address, authorId=str(author))
            _write(etree.SubElement(comment, qualified(root, "text")), text)
            boxes.append(place)
        if not self._vml:
            boxes = [place_of(each.get("ref", "A1")) for each in root.iter(qualified(root, "comment"))]
        self._draw(boxes)

    def _comments(self) -> Any:
        if self._part not in self._editing:
            self._part = self._editing.free_name("xl/comments{}.xml")
            self._editing.declare(self._part, COMMENTS_TYPE)
            self._editing.relate(self._sheet_part, self._part, "comments", strict=self._strict)
        namespace = STRICT_NS if self._strict else MAIN_NS
        return self._editing.tree(self._part, f'<comments xmlns="{namespace}"><authors/><commentList/></comments>')

    def _author_id(self, root: Any) -> int:
        authors = root.find(qualified(root, "authors"))
        names = [each.text or "" for each in authors]
        if self._author not in names:
            etree.SubElement(authors, qualified(root, "author")).text = self._author
            return len(names)
        return names.index(self._author)

    def _drop_author(self, root: Any) -> None:
        """Take our name from the end of the authors when nobody refers to it."""
        authors = root.find(qualified(root, "authors"))
        last = len(authors) - 1
        used = {each.get("authorId") for each in root.iter(qualified(root, "comment"))}
        if last >= 0 and authors[last].text == self._author and str(last) not in used:
            authors.remove(authors[last])

    def _extend(self, root: Any, comment: Any, text: str) -> None:
        """Write below a comment, as a run of its own."""
        holder = comment.find(qualified(root, "text"))
        direct = holder.find(qualified(root, "t"))
        if direct is not None:
            run = etree.Element(qualified(root, "r"))
            holder.replace(direct, run)
            run.append(direct)
        _write(etree.SubElement(holder, qualified(root, "r")), f"\n{text}")

    def _draw(self, boxes: list[Place]) -> None:
        if not boxes:
            return
        if not self._vml:
            self._vml = self._editing.free_name("xl/drawings/vmlDrawing{}.vml")
            self._editing.put(self._vml, EMPTY_VML.encode())
            self._editing.declare_extension("vml", VML_TYPE)
            relation = self._editing.relate(self._sheet_part, self._vml, "vmlDrawing", strict=self._strict)
            self._edits.set_legacy_drawing(relation, STRICT_TYPES if self._strict else OFFICE_TYPES)
        content = self._editing.read(self._vml)
        first = max([FIRST_SHAPE - 1, *(int(number) for number in _SHAPE_ID.findall(content))]) + 1
        shapes = "".join(_shape(first + place, row, column) for place, (row, column) in enumerate(boxes)).encode()
        self._editing.put(self._vml, _CLOSE.sub(b"", content) + shapes + b"</xml>")

    def _drop_shapes(self, gone: set[Place]) -> None:
        if not gone or self._vml not in self._editing:
            return

        def kept(found: re.Match[bytes]) -> bytes:
            row, column = _ROW.search(found[0]), _COLUMN.search(found[0])
            ours = b'"Note"' in found[0] and row is not None and column is not None and (int(row[1]) + 1, int(column[1]) + 1) in gone
            return b"" if ours else found[0]

        self._editing.put(self._vml, _SHAPE.sub(kept, self._editing.read(self._vml)))

    def _drop_part(self) -> None:
        """No comment is left: the part goes, and the drawing when nothing else stands in it."""
        self._drop_with_relation(self._part, "comments")
        self._part = ""
        if self._vml in self._editing and _SHAPE.search(self._editing.read(self._vml)) is None:
            self._drop_with_relation(self._vml, "vmlDrawing")
            self._vml = ""
            self._edits.set_legacy_drawing("", OFFICE_TYPES)

    def _drop_with_relation(self, part: str, kind: str) -> None:
        for relation, target in self._editing.related(self._sheet_part, kind).items():
            if target == part:
                self._editing.unrelate(self._sheet_part, relation)
        self._editing.drop(part)


def _write(parent: Any, text: str) -> None:
    """A text as a child `t` of an element."""
    element = etree.SubElement(parent, qualified(parent, "t"))
    element.text = text
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _cut(texts: list[Any], length: int) -> None:
    """Keep the first characters of a text that runs over several elements; runs left empty go."""
    for each in texts:
        text = each.text or ""
        each.text = text[:length]
        length = max(0, length - len(text))
        run = each.getparent()
        if not each.text and text and etree.QName(run).localname == "r":
            run.getparent().remove(run)


def _shape(number: int, row: int, column: int) -> str:
    """The hidden box of a comment, two columns to the right of its cell."""
    declared = " ".join(f'xmlns:{prefix}="{namespace}"' for prefix, namespace in NAMESPACES.items())
    anchor = f"{column}, 15, {max(0, row - 2)}, 10, {column + COLUMNS_WIDE}, 15, {max(0, row - 2) + ROWS_HIGH}, 4"
    return (
        f'<v:shape {declared} id="_x0000_s{number}" type="#_x0000_t202" fillcolor="#ffffe1" o:insetmode="auto" '
        f'style="position:absolute;margin-left:60pt;margin-top:2pt;width:200pt;height:75pt;z-index:{number};visibility:hidden">'
        '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row - 1}</x:Row><x:Column>{column - 1}</x:Column>"
        "</x:ClientData></v:shape>"
    )
