"""Typing values into cells of an uploaded workbook, in a child process: whatever a file does, the server goes on."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import msgspec

from training_admin.kit.child import ChildLimits, run_in_child

MEND_TASK = "training_admin.kit.workbook.mending:mend_task"
LIMITS = ChildLimits()


class Mend(msgspec.Struct, frozen=True, array_like=True):
    """A cell and the text that is to stand in it; texts of dates and amounts are read like typed ones."""

    sheet: str
    cell: str
    text: str

    def __repr__(self) -> str:
        """Without the text, which may be a personal number: a repr ends up in logs."""
        return f"Mend({self.sheet!r}, {self.cell!r})"


class Mending(msgspec.Struct, frozen=True, array_like=True):
    """A workbook with what is to be typed into it."""

    content: bytes
    mends: tuple[Mend, ...]


async def mend_workbook(content: bytes, mends: Sequence[Mend]) -> bytes:
    """The workbook with other texts in some cells, whose looks stay; raises the refusals of kit.workbook, ChildFailed."""
    answer: bytes = await run_in_child(MEND_TASK, msgspec.msgpack.encode(Mending(content, tuple(mends))), limits=LIMITS)
    return answer


def mend_task(payload: bytes) -> bytes:
    """The child's side of `mend_workbook`."""
    mending = msgspec.msgpack.decode(payload, type=Mending)
    return mended(mending.content, mending.mends)


def mended(content: bytes, mends: Sequence[Mend]) -> bytes:
    """What the child does. A cell that is not there yet is made; the order of calculation is dropped, as formulas may be gone."""
    from training_admin.kit.workbook.editing import Editing
    from training_admin.kit.workbook.package import Package
    from training_admin.kit.workbook.parts import main_part, read_parts
    from training_admin.kit.workbook.splice import Place, SheetEdits, place_of
    from training_admin.kit.workbook.table import sheet_key

    package = Package(content)
    editing = Editing(package)
    sheets = {sheet_key(entry.name): entry.part for entry in reversed(read_parts(package).sheets) if entry.part in package}
    wished: dict[str, dict[Place, str]] = {}
    for each in mends:
        wished.setdefault(sheets[sheet_key(each.sheet)], {})[place_of(each.cell)] = each.text
    for part, texts in wished.items():
        edits = SheetEdits(editing.read(part), part)
        edits.restyle(texts, lambda _place, style: style, red=frozenset())
        editing.put(part, typed(edits.apply(), part, texts))
    main = main_part(package)
    for relation, chain in editing.related(main, "calcChain").items():
        editing.unrelate(main, relation)
        if chain in editing:
            editing.drop(chain)
    return editing.save()


def typed(content: bytes, part: str, texts: Mapping[tuple[int, int], str]) -> bytes:
    """The bytes of a sheet with texts in cells that stand in it already."""
    from training_admin.kit.workbook.splice import address_of, cell_end, scan_sheet

    scan = scan_sheet(content, part)
    pieces, at = [], 0
    for place, start, style in sorted(scan.cells, key=lambda each: each[1]):
        if place in texts:
            tag = f"{scan.prefix}c"
            text = f"<{scan.prefix}is><{scan.prefix}t xml:space='preserve'>{escape(texts[place])}</{scan.prefix}t></{scan.prefix}is>"
            pieces += [scan.content[at:start], f"<{tag} r='{address_of(place)}' s='{style}' t='inlineStr'>{text}</{tag}>".encode()]
            at = cell_end(scan, start)
    return b"".join([*pieces, scan.content[at:]])
