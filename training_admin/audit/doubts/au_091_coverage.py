"""AU-091 抽查覆盖不足 · claimed classes that nobody has visited on the spot, or fewer people called back than the duty asks."""

from collections.abc import Iterator

from training_admin.audit.check import percent_text
from training_admin.audit.district_facts import DistrictAudit, WideFound, about, wide_check
from training_admin.audit.doubt_facts import Subject
from training_admin.kit.money import WHOLE_BP
from training_admin.subsidy.parameters import INSP_PHONE_RATIO

MOST_NAMED = 20


@wide_check(id="AU-091", why="督导检查未尽职责", needs="检查记录、电话回访、期间内申报的班级和人员", against="检查记录、电话回访记录")
def au_091(district: DistrictAudit) -> Iterator[WideFound]:
    """Every claimed class is visited at least once, and a share of the people is reached by phone (INSP-01); each is one cause."""
    if district.unvisited:
        named = "、".join(district.unvisited[:MOST_NAMED]) + ("等" if len(district.unvisited) > MOST_NAMED else "")
        counts = {"申报班级数": str(district.classes), "未现场检查班级数": str(len(district.unvisited)), "班级": named}
        yield about(Subject.PERIOD, district.period, "", 0, **counts)
    if not district.people:
        return
    least = district.policy.at(INSP_PHONE_RATIO, district.end)
    if district.called * WHOLE_BP < least * district.people:
        counts = {"申报人数": str(district.people), "已接通回访人数": str(district.called), "回访比例下限": percent_text(least)}
        yield about(Subject.PERIOD, district.period, "", 0, **counts)
