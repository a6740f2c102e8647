"""Where the workbook and what was filed differ: both values are shown.

The register decides about classes and the enterprise; about what one person attended and achieved the workbook does, because policy.md
part 15 (Facts) does not name it among the register's facts: there the difference is shown to be mended or explained.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from training_admin.catalog.facts import Filing
from training_admin.catalog.run_facts import ClosedClass, ClosedTrainee
from training_admin.kit.wording import hundredths
from training_admin.parties.facts import SIZE_WORDS, Enterprise
from training_admin.subsidy.forecasting import RESULT_WORDS
from training_admin.subsidy.form import ClassRow, FormHead
from training_admin.subsidy.gather import KeyedLine
from training_admin.subsidy.views import Contradiction

WORKBOOK = "申报表"
MOST_NAMED = 5
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


class Filed(msgspec.Struct, frozen=True):
    """What our own filings say of people, by class number: who is enrolled for the claimant, with names, and what was frozen at closing."""

    enrolled: Mapping[str, Mapping[str, str]] = {}
    closed: Mapping[str, ClosedClass] = {}


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


def people_contradictions(lines: Sequence[KeyedLine], filed: Filed) -> tuple[Contradiction, ...]:
    """Every person of the roster about whom our filings say something else, in sheet order, and whom they name and the roster does not."""
    frozen = {(class_no, each.person): each for class_no, closed in filed.closed.items() for each in closed.trainees}
    found = [each for line in lines if line.person and line.readable for each in _of_line(line, filed, frozen)]
    for class_no, enrolled in filed.enrolled.items():
        named = {line.person for line in lines if line.class_no == class_no}
        missing = [name for person, name in enrolled.items() if person not in named]
        if missing:
            found.append(Contradiction(class_no, "参训人员", f"缺 {len(missing)} 人", f"备案有{_listed(missing)}", WORKBOOK))
    return tuple(found)


def _of_line(line: KeyedLine, filed: Filed, frozen: Mapping[tuple[str, str], ClosedTrainee]) -> Iterator[Contradiction]:
    row, enrolled = f"第 {line.row} 行", filed.enrolled.get(line.class_no)
    if enrolled is None:
        return
    if line.person not in enrolled:
        yield Contradiction(line.class_no, f"{row} 参训人员", "列入", "备案的花名册中没有此人", WORKBOOK)
        return
    known = frozen.get((line.class_no, line.person))
    if known is None:
        return
    if known.attended_centihours != line.attended_centihours:
        attended = hundredths(line.attended_centihours), hundredths(known.attended_centihours)
        yield Contradiction(line.class_no, f"{row} 出勤课时", *attended, WORKBOOK)
    if RESULT_WORDS[known.outcome] != line.exam_result:
        yield Contradiction(line.class_no, f"{row} 考核结果", line.exam_result, RESULT_WORDS[known.outcome] or "没有登记", WORKBOOK)


def _listed(names: Iterable[str]) -> str:
    all_names = list(names)
    more = f"等 {len(all_names)} 人" if len(all_names) > MOST_NAMED else ""
    return "、".join(all_names[:MOST_NAMED]) + more


def _shown(name: str, value: object) -> str:
    if value is None:
        return "无"
    if name.endswith("_centihours") and isinstance(value, int):
        return f"{value / 100:g}"
    return str(value)
