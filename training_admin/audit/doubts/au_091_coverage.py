"""AU-091 抽查覆盖不足 · claimed classes that nobody has visited on the spot."""

from collections.abc import Iterator

from training_admin.audit.district_facts import DistrictAudit, WideFound, about, wide_check
from training_admin.audit.doubt_facts import Subject

MOST_NAMED = 20


@wide_check(id="AU-091", why="督导检查未尽职责", needs="检查记录、期间内申报的班级（电话回访待回访记录）", against="检查记录")
def au_091(district: DistrictAudit) -> Iterator[WideFound]:
    """Every claimed class is visited at least once (INSP-01); a period is one cause."""
    if district.unvisited:
        named = "、".join(district.unvisited[:MOST_NAMED]) + ("等" if len(district.unvisited) > MOST_NAMED else "")
        counts = {"申报班级数": str(district.classes), "未现场检查班级数": str(len(district.unvisited)), "班级": named}
        yield about(Subject.PERIOD, district.period, "", 0, **counts)
