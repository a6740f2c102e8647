"""AU-086 不合格班期比例高 · too many visited classes of an institution were found wanting."""

from collections.abc import Iterator

from training_admin.audit.check import percent_text
from training_admin.audit.district_facts import DistrictAudit, WideFound, about, wide_check
from training_admin.audit.doubt_facts import Subject
from training_admin.audit.parameters import AUDIT_FAILED_SHARE
from training_admin.kit.money import WHOLE_BP, ratio_down


@wide_check(id="AU-086", why="机构整体培训质量不可信", needs="检查记录、开班备案的承训机构", against="检查记录")
def au_086(district: DistrictAudit) -> Iterator[WideFound]:
    """The newest visit of each class counts; the doubt holds all claims for classes of the institution."""
    for each in district.institutions:
        most = district.policy.at(AUDIT_FAILED_SHARE, district.end)
        if each.visited and each.failed * WHOLE_BP > most * each.visited:
            share = percent_text(ratio_down(WHOLE_BP, each.failed, each.visited))
            counts = {"已检查班级数": str(each.visited), "不合格班级数": str(each.failed), "占比": share, "上限": percent_text(most)}
            yield about(Subject.INSTITUTION, each.institution, each.institution, 0, **counts)
