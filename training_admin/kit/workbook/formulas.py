"""Formulas of our own in workbooks we give out: links and references, each with the value that is stored beside it.

A formula never holds what people wrote: addresses are quoted, sheet names and labels are ours.
"""

from urllib.parse import quote

from training_admin.kit.workbook.rows import escaped

# The formula as it stands in the XML, nothing for none, and what it came to.
Told = tuple[str, str]
Counted = tuple[str, int]


def address_of(base: str, *parts: str | int) -> str:
    """An address below a base, nothing without base; each part is quoted, so that nothing in it can end the formula."""
    return "/".join((base.rstrip("/"), *(quote(str(part), safe="") for part in parts))) if base else ""


def place_in(sheet: str, cell: str) -> str:
    """The target of a link to a cell of another sheet of the same workbook."""
    return f"#'{sheet}'!{cell}"


def link(target: str, label: str) -> Told:
    """A text that leads to a target; without target the text alone."""
    return f'HYPERLINK("{escaped(target)}","{escaped(label).replace(chr(34), chr(34) * 2)}")' if target else "", label


def numbered_link(target: str, number: int) -> Counted:
    """A count that leads to a target, and stays a number; without target the number alone."""
    return f'HYPERLINK("{escaped(target)}",{number})' if target else "", number


def reference(formula: str, fen: int) -> Counted:
    """An amount computed from other cells, with the fen it came to when it was written."""
    return escaped(formula), fen


def verdict(formula: str, words: str) -> Told:
    """A text computed from other cells, with what it came to when it was written."""
    return escaped(formula), words
