"""What a return for mending asks for, all in one list (一次性补正, 行政许可法 art. 32): wrong cells, findings, the officer's own words."""

from collections.abc import Iterable

from training_admin.kit.wording import row_ranges
from training_admin.subsidy.causes import Cause
from training_admin.subsidy.form import CellProblem

MOST_ASKED, LONGEST_ITEM = 200, 300


def asked_for(cells: Iterable[CellProblem], causes: Iterable[Cause]) -> tuple[str, ...]:
    """The list as the officer finds it, to be changed before it is sent: cells by what is wrong with them, then causes with their rows."""
    by_message: dict[tuple[str, str], list[str]] = {}
    for cell in cells:
        by_message.setdefault((cell.sheet, cell.message), []).append(cell.cell)
    items = [f"“{sheet}”{'、'.join(filter(None, places))}：{message}" for (sheet, message), places in by_message.items()]
    for cause in causes:
        where = f"班级 {cause.class_no}，" if cause.class_no else ""
        rows = f"花名册第 {row_ranges(cause.rows)} 行：" if cause.rows else ""
        items.append(f"{where}{rows}{cause.title}（{cause.rule}）。{cause.sentence}")
    return tuple(_short(each) for each in items[:MOST_ASKED])


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_ITEM else text[: LONGEST_ITEM - 1] + "…"


def items_of(text: str) -> tuple[str, ...]:
    """The list as an officer sends it: one thing a line, empty lines left out."""
    return tuple(" ".join(line.split()) for line in text.splitlines() if line.strip())
