"""Cell styles added to a workbook's own: a style with another fill, and the styles of a sheet of ours."""

import copy
from typing import Any

from lxml import etree

from training_admin.kit.workbook.editing import qualified

EMPTY_STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst")
FILL_KEYS = ("fillId", "applyFill")


class Styles:
    """The styles part of a workbook; what is added is never added twice."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self._known: dict[str, dict[bytes, int]] = {}

    def format(self, index: int) -> Any:
        """The format record of a cell style; a style that does not exist is the first one."""
        formats = self._section("cellXfs")
        return formats[index] if 0 <= index < len(formats) else formats[0]

    def with_fill(self, index: int, rgb: str) -> int:
        """The style that equals another but for a solid fill of a colour."""
        fill = self._element("fill", f'<patternFill patternType="solid"><fgColor rgb="{rgb}"/><bgColor indexed="64"/></patternFill>')
        changed = copy.deepcopy(self.format(index))
        changed.set("fillId", str(self._add("fills", fill)))
        changed.set("applyFill", "1")
        return self._add("cellXfs", changed)

    def with_fill_of(self, index: int, other: int | None) -> int:
        """The style that equals one but for the fill, which is another's (none at all when `other` is None)."""
        changed = copy.deepcopy(self.format(index))
        source = None if other is None else self.format(other)
        for key in FILL_KEYS:
            value = ("0" if key == "fillId" else None) if source is None else source.get(key)
            if value is None:
                changed.attrib.pop(key, None)
            else:
                changed.set(key, value)
        return self._add("cellXfs", changed)

    def same_but_fill(self, one: int, other: int) -> bool:
        """Whether two styles differ in their fill only."""
        return _without_fill(self.format(one)) == _without_fill(self.format(other))

    def filled_with(self, rgb: str) -> frozenset[int]:
        """The styles whose solid fill has a colour; the alpha part is not compared."""
        fills = {
            str(place)
            for place, fill in enumerate(self._section("fills"))
            if any((color.get("rgb") or "")[-6:].upper() == rgb[-6:] for color in fill.iter(qualified(self.root, "fgColor")))
        }
        return frozenset(place for place, each in enumerate(self._section("cellXfs")) if each.get("fillId", "0") in fills)

    def add(self, *, font: str, fill: str = "", border: str = "", alignment: str = "") -> int:
        """A style of ours from the inner XML of its font, fill, border and alignment."""
        record = self._element("xf", alignment)
        ids = {"numFmtId": 0, "fontId": self._add("fonts", self._element("font", font)), "fillId": 0, "borderId": 0, "xfId": 0}
        if fill:
            ids["fillId"] = self._add("fills", self._element("fill", fill))
        if border:
            ids["borderId"] = self._add("borders", self._element("border", border))
        for key, value in ids.items():
            record.set(key, str(value))
        for key in ("applyFont", "applyFill", "applyBorder", "applyAlignment"):
            record.set(key, "1")
        return self._add("cellXfs", record)

    def _element(self, tag: str, inner: str) -> Any:
        namespace = etree.QName(self.root).namespace or ""
        return etree.fromstring(f'<{tag} xmlns="{namespace}">{inner}</{tag}>'.encode())

    def _section(self, tag: str) -> Any:
        found = self.root.find(qualified(self.root, tag))
        if found is None:
            found = etree.Element(qualified(self.root, tag))
            later = {qualified(self.root, each) for each in ORDER[ORDER.index(tag) + 1 :]}
            place = next((place for place, each in enumerate(self.root) if each.tag in later), len(self.root))
            self.root.insert(place, found)
            for each in etree.fromstring(EMPTY_STYLES).iterfind(qualified(etree.fromstring(EMPTY_STYLES), tag) + "/*"):
                found.append(self._element(etree.QName(each).localname, "") if len(each) == 0 else each)
        return found

    def _add(self, tag: str, element: Any) -> int:
        section = self._section(tag)
        known = self._known.get(tag)
        if known is None:
            known = self._known[tag] = {}
            for place, each in enumerate(section):
                known.setdefault(_canonical(each), place)
        key = _canonical(element)
        if key not in known:
            known[key] = len(section)
            section.append(element)
            section.set("count", str(len(section)))
        return known[key]


def _canonical(element: Any) -> bytes:
    bare = copy.deepcopy(element)
    bare.tail = None
    etree.cleanup_namespaces(bare)
    content: bytes = etree.tostring(bare, method="c14n")
    return content


def _without_fill(element: Any) -> bytes:
    bare = copy.deepcopy(element)
    for key in FILL_KEYS:
        bare.attrib.pop(key, None)
    return _canonical(bare)
