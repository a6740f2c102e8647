"""The small parts of a workbook: sheet names, date styles, shared strings. Every parser refuses a document type."""

import posixpath
from collections.abc import Callable, Iterable
from contextlib import suppress
from xml.parsers import expat

import msgspec

from training_admin.kit.workbook.limits import SAVE_AS, DamagedWorkbook, DoctypeInWorkbook, Limits, TooComplexWorkbook, TooLargeWorkbook
from training_admin.kit.workbook.package import Package

BUILTIN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
LONGEST_NUMBER = 9
DATE_LETTERS = frozenset("ymdhs年月日")
Attributes = dict[str, str]


class SheetEntry(msgspec.Struct, frozen=True):
    """A sheet as the workbook lists it: name, part, state (visible, hidden, veryHidden)."""

    name: str
    part: str
    state: str


class Parts(msgspec.Struct, frozen=True):
    """What every sheet needs: shared strings, which styles are dates, and which date system."""

    sheets: tuple[SheetEntry, ...]
    strings: list[str]
    date_styles: frozenset[int]
    from_1904: bool


def local(name: str) -> str:
    """An element or attribute name without its prefix."""
    return name.rpartition(":")[2]


def doctype_refused(part: str) -> Callable[..., None]:
    """An expat handler that raises DoctypeInWorkbook naming the part."""

    def refuse(*_: object) -> None:
        raise DoctypeInWorkbook(f"部件“{part}”含有不允许的文档类型声明，疑似异常文件。{SAVE_AS}", part=part)

    return refuse


def parse(
    package: Package,
    part: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Run expat over a part in chunks; raises DamagedWorkbook, DoctypeInWorkbook or TooComplexWorkbook naming it."""
    doctype = doctype_refused(part)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    parser.StartElementHandler, parser.EndElementHandler = _bounded(part, package.limits, start, end)
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        for chunk in package.chunks(part):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise DamagedWorkbook(f"部件“{part}”的内容已损坏，无法读取。请重新打开原文件并另存后再上传。", part=part) from None


def _bounded(
    part: str, limits: Limits, start: Callable[[str, Attributes], None], end: Callable[[str], None] | None
) -> tuple[Callable[[str, Attributes], None], Callable[[str], None]]:
    """Handlers that count elements and depth before they call the given ones."""
    depth = elements = 0
    deepest, most = limits.depth, limits.elements

    def opened(name: str, attributes: Attributes) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > deepest or elements > most:
            raise TooComplexWorkbook(f"部件“{part}”的结构过于复杂，疑似异常文件。{SAVE_AS}", part=part)
        start(name, attributes)

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(name)

    return opened, closed


def assert_bounded(part: str, content: bytes, limits: Limits) -> None:
    """Raises TooComplexWorkbook for a piece of a part that holds too much; whether it is well-formed is not asked."""
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = _bounded(part, limits, _nothing, None)
    with suppress(expat.ExpatError):
        parser.Parse(content, True)


def _nothing(_name: str, _attributes: Attributes) -> None:
    """Elements that are only counted."""


def read_parts(package: Package) -> Parts:
    """Sheet names, shared strings and styles of a package."""
    main = main_part(package)
    targets = relations(package, main)
    sheets: list[SheetEntry] = []
    from_1904 = False

    def start(name: str, attributes: Attributes) -> None:
        nonlocal from_1904
        tag = local(name)
        if tag == "sheet":
            relation = next((value for key, value in attributes.items() if local(key) == "id" and ":" in key), "")
            sheets.append(SheetEntry(attributes.get("name", ""), targets.get(relation, ""), attributes.get("state", "visible")))
        elif tag == "workbookPr":
            from_1904 = attributes.get("date1904") in {"1", "true"}

    parse(package, main, start)
    if len(sheets) > package.limits.sheets:
        raise TooLargeWorkbook(f"工作簿有 {len(sheets)} 张工作表，超过 {package.limits.sheets} 张。", part=main)
    folder = posixpath.dirname(main)
    return Parts(
        sheets=tuple(sheets),
        strings=_shared_strings(package, _beside(package, folder, "sharedStrings.xml")),
        date_styles=_date_styles(package, _beside(package, folder, "styles.xml")),
        from_1904=from_1904,
    )


def main_part(package: Package) -> str:
    """The name of the workbook part; raises DamagedWorkbook."""
    found = [target for target in relations(package, "").values() if target.endswith("workbook.xml")]
    if found and found[0] in package:
        return found[0]
    if "xl/workbook.xml" in package:
        return "xl/workbook.xml"
    raise DamagedWorkbook("找不到工作簿的主部件，文件已损坏。请重新打开原文件并另存后再上传。", part="xl/workbook.xml")


def relations(package: Package, part: str) -> dict[str, str]:
    """Inner targets of a part's relations, by relation id."""
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{name}.rels")
    targets: dict[str, str] = {}

    def start(tag: str, attributes: Attributes) -> None:
        if local(tag) == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            targets[attributes.get("Id", "")] = whole

    if listed in package:
        parse(package, listed, start)
    return targets


def _beside(package: Package, folder: str, name: str) -> str:
    wanted = posixpath.join(folder, name)
    if wanted in package:
        return wanted
    return next((each for each in package.names() if each.lower() == wanted.lower()), "")


def _shared_strings(package: Package, part: str) -> list[str]:  # noqa: C901 - three small handlers over one state
    """Shared strings with rich runs joined; phonetic runs are left out."""
    strings: list[str] = []
    if not part:
        return strings
    limits = package.limits
    pieces: list[str] = []
    inside = phonetic = False
    size = length = 0

    def start(name: str, _attributes: Attributes) -> None:
        nonlocal inside, phonetic, length
        tag = local(name)
        if tag == "si":
            pieces.clear()
            length = 0
        elif tag == "rPh":
            phonetic = True
        elif tag == "t":
            inside = not phonetic

    def end(name: str) -> None:
        nonlocal inside, phonetic, size
        tag = local(name)
        if tag == "t":
            inside = False
        elif tag == "rPh":
            phonetic = False
        elif tag == "si":
            text = "".join(pieces)
            size += len(text)
            strings.append(text)
            if len(strings) > limits.shared_strings or size > limits.shared_text:
                raise TooLargeWorkbook(f"部件“{part}”的文本过多，请拆分后分别上传。", part=part)

    def text(data: str) -> None:
        nonlocal length
        if inside:
            length += len(data)
            if length <= limits.text:
                pieces.append(data)

    parse(package, part, start, end, text)
    return strings


def _date_styles(package: Package, part: str) -> frozenset[int]:
    """Indexes of cell styles that show a number as a date."""
    if not part:
        return frozenset()
    formats: dict[int, str] = {}
    styles: list[int] = []
    inside = False

    def start(name: str, attributes: Attributes) -> None:
        nonlocal inside
        tag = local(name)
        if tag == "cellXfs":
            inside = True
        elif tag == "numFmt":
            formats[whole_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif tag == "xf" and inside:
            styles.append(whole_number(attributes.get("numFmtId")))
            if len(styles) > package.limits.styles:
                raise TooLargeWorkbook(f"部件“{part}”的单元格样式过多，请清理格式后重新上传。", part=part)

    def end(name: str) -> None:
        nonlocal inside
        if local(name) == "cellXfs":
            inside = False

    parse(package, part, start, end)
    dates = {number for number, code in formats.items() if is_date_format(code)}
    return frozenset(place for place, number in enumerate(styles) if number in dates or (number in BUILTIN_DATES and number not in formats))


def whole_number(text: str | None) -> int:
    """A whole number written in an attribute; 0 for anything else."""
    return int(text) if text and len(text) <= LONGEST_NUMBER and text.isdecimal() else 0


def is_date_format(code: str) -> bool:
    """Whether a number format shows a date or time: date letters outside quotes, brackets and escapes."""
    return bool(DATE_LETTERS & set(_bare(code.split(";", 1)[0].lower())))


def _bare(code: str) -> Iterable[str]:
    quoted = bracketed = escaped = False
    for letter in code:
        if escaped:
            escaped = False
        elif letter in "\\_*":
            escaped = True
        elif letter == '"':
            quoted = not quoted
        elif letter == "[" and not quoted:
            bracketed = True
        elif letter == "]":
            bracketed = False
        elif not quoted and not bracketed:
            yield letter
