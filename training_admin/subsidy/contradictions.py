"""Where the workbook and the register differ: both values are shown, the register decides (policy.md part 15, Facts)."""

from collections.abc import Mapping, Sequence

from training_admin.catalog.facts import Filing
from training_admin.parties.facts import SIZE_WORDS, Enterprise
from training_admin.subsidy.form import ClassRow, FormHead
from training_admin.subsidy.views import Contradiction

_FIELDS = {
    "stream": "培训类别",
    "item": "项目编码",
    "institution": "培训机构信用代码",
    "start": "开班日期",
    "end": "结业日期",
    "planned_centihours": "计划课时",
    "delivered_centihours": "实际课时",
    "enrolled": "备案人数",
}


def contradictions_of(
    head: FormHead, classes: Sequence[ClassRow], enterprise: Enterprise | None, filings: Mapping[str, Filing]
) -> tuple[Contradiction, ...]:
    """Every filled-in value that differs from the register, in sheet order."""
    found = []
    if enterprise is not None and enterprise.size is not None and head.size:
        registered = SIZE_WORDS[enterprise.size]
        if head.size != registered:
            found.append(Contradiction("", "企业规模", head.size, registered))
    for row in classes:
        filing = filings.get(row.class_no)
        if filing is None:
            continue
        for name, words in _FIELDS.items():
            claimed, known = getattr(row, name), getattr(filing, name)
            if claimed is not None and claimed != known:
                found.append(Contradiction(row.class_no, words, _shown(name, claimed), _shown(name, known)))
    return tuple(found)


def _shown(name: str, value: object) -> str:
    if value is None:
        return "无"
    if name.endswith("_centihours") and isinstance(value, int):
        return f"{value / 100:g}"
    return str(value)
