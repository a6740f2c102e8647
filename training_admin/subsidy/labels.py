"""A sheet of labels with the value to the right of each, wherever they stand: the heads of claims and of register deliveries."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar

from training_admin.kit.workbook.cells import Problems
from training_admin.kit.workbook.sheet import Cell, Kind, Row, column_letters
from training_admin.kit.workbook.table import header_key
from training_admin.kit.workbook.values import plain, to_date

T = TypeVar("T")
Found = tuple[str, Cell | None]


class LabelReader:
    """The labelled cells of one sheet; each wrong one is noted with its address."""

    def __init__(self, rows: Sequence[Row], labels: Iterable[str], sheet: str, problems: Problems, *, from_1904: bool) -> None:
        self.sheet = sheet
        self.problems = problems
        self.from_1904 = from_1904
        self._found = labelled(rows, labels)

    def require(self, labels: Iterable[str]) -> None:
        """Note every label that is missing or has nothing to its right."""
        for label in labels:
            if label not in self._found:
                self.problems.note(self.sheet, "", "MISSING_COLUMN", label)
            elif self._found[label][1] is None:
                self.problems.note(self.sheet, self._found[label][0], "MISSING", label)

    def cell(self, label: str) -> Cell | None:
        """The cell to the right of a label, or None."""
        return self._found.get(label, ("", None))[1]

    def refuse(self, label: str, code: str, sentence: str = "") -> None:
        """Note a problem of the cell to the right of a label."""
        self.problems.note(self.sheet, self._found.get(label, ("", None))[0], code, label, sentence)

    def value(self, label: str, read: Callable[[Cell], T | None], code: str, sentence: str = "") -> T | None:
        """A typed value; an empty cell is None without a problem."""
        cell = self.cell(label)
        if cell is None:
            return None
        if cell.formula:
            self.refuse(label, "FORMULA")
            return None
        value = read(cell)
        if value is None or cell.kind is Kind.ERROR:
            self.refuse(label, code, sentence)
            return None
        return value

    def text(self, label: str, limit: int) -> str:
        """A text within its limit; "" when empty or not readable."""
        text = self.value(label, plain, "UNKNOWN_VALUE") or ""
        if len(text) > limit:
            self.refuse(label, "TOO_LONG")
            return ""
        return text

    def day(self, label: str) -> date | None:
        """A day."""
        return self.value(label, lambda cell: to_date(cell, from_1904=self.from_1904), "DATE")


def labelled(rows: Sequence[Row], labels: Iterable[str]) -> dict[str, Found]:
    """Each known label with the address and the cell to its right (None when there is none)."""
    known = {header_key(label): label for label in labels}
    found: dict[str, Found] = {}
    for number, cells in rows:
        for place, cell in enumerate(cells):
            label = known.get(header_key(cell.text).rstrip(":"))
            if label is None or label in found:
                continue
            right = cells[place + 1] if place + 1 < len(cells) else None
            if right is not None and header_key(right.text).rstrip(":") in known:
                right = None
            column = cell.column + 1 if right is None else right.column
            found[label] = (f"{column_letters(column)}{number}", right)
    return found
