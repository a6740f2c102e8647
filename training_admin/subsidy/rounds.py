"""What a mended workbook changed against the first round: rows added and removed, cells by column. Persons are keyed, never numbers."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from training_admin.kit import wording
from training_admin.kit.money import yuan_grouped
from training_admin.subsidy.form import SHEET_CLASSES, SHEET_COSTS, SHEET_ROSTER, ClassRow, CostRow
from training_admin.subsidy.gather import KeyedClaim, KeyedLine

ADDED, REMOVED, CHANGED = "新增", "删除", "修改"
_ROSTER: Mapping[str, str] = {
    "readable": "可识别",
    "group": "人员类别",
    "contract_start": "劳动合同起",
    "contract_end": "劳动合同止",
    "attended_centihours": "出勤课时",
    "exam_result": "考核结果",
}
_CLASSES: Mapping[str, str] = {
    "stream": "类别",
    "title": "班级名称",
    "item": "目录项目",
    "occupation": "职业（工种）",
    "level": "等级",
    "institution_name": "培训机构",
    "institution": "培训机构代码",
    "start": "开班日",
    "end": "结业日",
    "planned_centihours": "计划课时",
    "delivered_centihours": "实际课时",
    "online_centihours": "线上课时",
    "enrolled": "人数",
    "theory_test": "理论考核",
    "practical_test": "实操考核",
}
_COSTS: Mapping[str, str] = {
    "readable": "可识别",
    "class_no": "班级编号",
    "category": "费用类别",
    "issuer_name": "开票单位",
    "issuer": "开票单位代码",
    "invoiced_on": "开票日期",
    "amount_fen": "金额（元）",
    "voucher_no": "凭证号",
}


class Change(msgspec.Struct, frozen=True):
    """One difference; `column` is empty for a row that came or went. `row_before` and `row_after` are sheet rows."""

    sheet: str
    kind: str
    column: str
    key: str
    row_before: int | None
    row_after: int | None
    before: str
    after: str


def round_changes(before: KeyedClaim, after: KeyedClaim) -> tuple[Change, ...]:
    """Every difference of two rounds, sheet by sheet."""
    return (
        *_changes(SHEET_CLASSES, before.classes, after.classes, _class_key, _CLASSES),
        *_changes(SHEET_ROSTER, before.lines, after.lines, _person_key, _ROSTER),
        *_changes(SHEET_COSTS, before.costs, after.costs, _invoice_key, _COSTS),
    )


def counted(changes: Iterable[Change]) -> list[tuple[str, str, str, int]]:
    """How many differences of each sort: sheet, kind, column, number."""
    found = Counter((each.sheet, each.kind, each.column) for each in changes)
    return [(*key, number) for key, number in found.items()]


def _class_key(row: ClassRow) -> tuple[str, str]:
    return row.class_no, ""


def _person_key(line: KeyedLine) -> tuple[str, str]:
    """Somebody whose number cannot be read is compared with the same row of the other workbook."""
    return line.class_no, line.person or f"row {line.row}"


def _invoice_key(row: CostRow) -> tuple[str, str]:
    return row.invoice_no or f"row {row.row}", row.category


def _by_key(rows: Sequence[Any], key: Callable[[Any], tuple[str, str]]) -> dict[tuple[str, str, int], Any]:
    """Rows by their key; a key that stands several times is counted."""
    seen: Counter[tuple[str, str]] = Counter()
    found = {}
    for row in rows:
        own = key(row)
        seen[own] += 1
        found[(*own, seen[own])] = row
    return found


def _changes(
    sheet: str, before: Sequence[Any], after: Sequence[Any], key: Callable[[Any], tuple[str, str]], columns: Mapping[str, str]
) -> list[Change]:
    old, new = _by_key(before, key), _by_key(after, key)
    found = []
    for own, row in new.items():
        if own not in old:
            found.append(Change(sheet, ADDED, "", own[0], None, row.row, "", ""))
            continue
        for name, words in columns.items():
            was, now = getattr(old[own], name), getattr(row, name)
            if was != now:
                found.append(Change(sheet, CHANGED, words, own[0], old[own].row, row.row, _shown(name, was), _shown(name, now)))
    found.extend(Change(sheet, REMOVED, "", own[0], row.row, None, "", "") for own, row in old.items() if own not in new)
    return found


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return wording.NOTHING
    if isinstance(value, bool):
        return wording.yes_no(value)
    if name.endswith("_fen"):
        return yuan_grouped(value)
    return wording.hundredths(value) if name.endswith("_centihours") else str(value)
