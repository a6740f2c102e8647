"""An uploaded workbook handed back: wrong cells red with a comment, a sheet 错误清单, and nothing else changed."""

from collections.abc import Callable, Sequence
from typing import Any

from training_admin.kit.workbook.editing import OFFICE_TYPES, STRICT, STRICT_TYPES, Editing, qualified
from training_admin.kit.workbook.mark_list import LIST_SHEET, SIGN, Marked, former_styles, list_sheet
from training_admin.kit.workbook.notes import MAIN_NS, STRICT_NS, Notes
from training_admin.kit.workbook.package import Package
from training_admin.kit.workbook.parts import SheetEntry, main_part, read_parts, whole_number
from training_admin.kit.workbook.problems import CellProblem
from training_admin.kit.workbook.restyle import EMPTY_STYLES, Styles
from training_admin.kit.workbook.sheet import read_rows
from training_admin.kit.workbook.splice import Place, SheetEdits, address_of, place_of, scan_sheet
from training_admin.kit.workbook.table import sheet_key

RED = "FFFF8585"
AUTHOR = "培训补贴系统"
COMMENT_MARK = "【系统核验】"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
Former = dict[tuple[str, str], int]


def mark(content: bytes, problems: Sequence[CellProblem]) -> bytes:
    """The workbook with these problems marked and former marks of ours taken away; raises the refusals of kit.workbook.

    Marked cells keep their style but for the fill, and get it back when the file is marked again.
    """
    return _Marking(content).marked(problems)


class _Marking:
    """One workbook while it is being marked."""

    def __init__(self, content: bytes) -> None:
        self.package = Package(content)
        self.main = main_part(self.package)
        self.parts = read_parts(self.package)
        self.editing = Editing(self.package)
        self.book = self.editing.tree(self.main)
        self.strict = STRICT in (self.book.nsmap.get(self.book.prefix) or "")
        self.styles = self._styles()

    def marked(self, problems: Sequence[CellProblem]) -> bytes:
        former = self._take_list_away()
        sheets = {sheet_key(entry.name): entry for entry in reversed(self.parts.sheets) if entry.part in self.package}
        rows: list[Marked] = []
        wished = {key: [each for each in problems if sheet_key(each.sheet) == key] for key in sheets}
        before = {key: self._mark_sheet(sheets[key], wished[key], former) for key in sheets}
        for problem in problems:
            key = sheet_key(problem.sheet)
            place = place_of(problem.cell) if problem.cell and key in sheets else None
            name = sheets[key].name if key in sheets else problem.sheet
            rows.append(Marked(problem, name, place, before[key].get(place) if place is not None else None))
        self._add_list(rows)
        return self.editing.save()

    def _styles(self) -> Styles:
        part = next(iter(self.editing.related(self.main, "styles").values()), "")
        if part not in self.editing:
            part = self.editing.free_name("xl/styles{}.xml") if "xl/styles.xml" in self.editing else "xl/styles.xml"
            self.editing.declare(part, STYLES_TYPE)
            self.editing.relate(self.main, part, "styles", strict=self.strict)
        return Styles(self.editing.tree(part, EMPTY_STYLES.replace(MAIN_NS, STRICT_NS) if self.strict else EMPTY_STYLES))

    def _mark_sheet(self, entry: SheetEntry, problems: Sequence[CellProblem], former: Former) -> dict[Place, int]:
        """Mark one sheet and give the styles its marked cells had before."""
        sentences: dict[Place, str] = {}
        for problem in problems:
            if problem.cell:
                place = place_of(problem.cell)
                line = f"{problem.code}：{problem.message}"
                sentences[place] = f"{sentences[place]}\n{line}" if place in sentences else line
        if not sentences and not self._was_marked(entry, former):
            return {}
        edits = SheetEdits(self.editing.read(entry.part), entry.part)
        before: dict[Place, int] = {}
        red = self.styles.filled_with(RED)
        restored = self._restored(entry.name, former)

        def touch(place: Place, style: int) -> int:
            own = restored(place, style) if style in red else style
            if place not in sentences:
                return own
            before[place] = own
            return self.styles.with_fill(own, RED)

        edits.restyle(sentences, touch, red=red)
        notes = Notes(self.editing, entry.part, edits, author=AUTHOR, mark=COMMENT_MARK)
        notes.take_away()
        notes.add(sentences)
        self.editing.put(entry.part, edits.apply())
        return before

    def _was_marked(self, entry: SheetEntry, former: Former) -> bool:
        if any(sheet == entry.name for sheet, _cell in former):
            return True
        comments = next(iter(self.editing.related(entry.part, "comments").values()), "")
        return comments in self.editing and COMMENT_MARK.encode() in self.editing.read(comments)

    def _restored(self, sheet: str, former: Former) -> Callable[[Place, int], int]:
        """How a red cell of a sheet gets its own fill back; a cell that was moved takes the fill of one of the same kind."""
        candidates = list(dict.fromkeys(former.values()))

        def restored(place: Place, style: int) -> int:
            own = former.get((sheet, address_of(place)))
            if own is None:
                own = next((each for each in candidates if self.styles.same_but_fill(each, style)), None)
            if own is not None and self.styles.same_but_fill(own, style):
                return own
            return self.styles.with_fill_of(style, own)

        return restored

    def _take_list_away(self) -> Former:
        """Remove our list sheets of a former marking and give the styles they kept."""
        former: Former = {}
        for entry in self.parts.sheets:
            if not entry.name.startswith(LIST_SHEET) or entry.part not in self.package:
                continue
            texts = {
                (number, cell.column): cell.text for number, cells in read_rows(self.package, self.parts, entry.name) for cell in cells
            }
            if SIGN in texts.values():
                scan = scan_sheet(self.editing.read(entry.part), entry.part)
                former |= former_styles(texts, {place: style for place, _at, style in scan.cells})
                self._drop_sheet(entry)
        return former

    def _drop_sheet(self, entry: SheetEntry) -> None:
        sheets = self.book.find(qualified(self.book, "sheets"))
        place, element = next((place, each) for place, each in enumerate(sheets) if each.get("name") == entry.name)
        sheets.remove(element)
        for name in self.book.findall(f"{qualified(self.book, 'definedNames')}/{qualified(self.book, 'definedName')}"):
            self._renumber(name, "localSheetId", place, drop=True)
        for view in self.book.iter(qualified(self.book, "workbookView")):
            for key in ("activeTab", "firstSheet"):
                self._renumber(view, key, place, drop=False)
        for relation, target in self.editing.related(self.main, "worksheet").items():
            if target == entry.part:
                self.editing.unrelate(self.main, relation)
        self.editing.drop(entry.part)

    def _renumber(self, element: Any, key: str, gone: int, *, drop: bool) -> None:
        """A place in the list of sheets, after one of them has gone."""
        if element.get(key) is None:
            return
        number = whole_number(element.get(key))
        if number == gone and drop:
            element.getparent().remove(element)
        elif number >= gone and number > 0:
            element.set(key, str(number - 1))

    def _add_list(self, rows: Sequence[Marked]) -> None:
        namespace = STRICT_NS if self.strict else MAIN_NS
        part = self.editing.free_name("xl/worksheets/sheet{}.xml")
        self.editing.put(part, list_sheet(rows, self.styles, namespace))
        self.editing.declare(part, SHEET_TYPE)
        relation = self.editing.relate(self.main, part, "worksheet", strict=self.strict)
        sheets = self.book.find(qualified(self.book, "sheets"))
        names = {(each.get("name") or "").lower() for each in sheets}
        number = max([0, *(whole_number(each.get("sheetId")) for each in sheets)]) + 1
        element = sheets.makeelement(qualified(self.book, "sheet"), {"name": _free_name(names), "sheetId": str(number)})
        element.set(f"{{{STRICT_TYPES if self.strict else OFFICE_TYPES}}}id", relation)
        sheets.append(element)


def _free_name(names: set[str]) -> str:
    """A name for the list sheet that no sheet of the enterprise bears."""
    if LIST_SHEET not in names:
        return LIST_SHEET
    number = 2
    while f"{LIST_SHEET}({number})" in names:
        number += 1
    return f"{LIST_SHEET}({number})"
