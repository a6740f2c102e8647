"""Which audit rules are asked, which wait for data that nobody delivers yet (暂无数据), told beside every list of doubts."""

import msgspec

from training_admin.audit.doubts import LISTED
from training_admin.audit.rulebook import AuditRule, audit_rules

NO_DATA = "暂无数据"
ASKED = "已查"
# What a district hardly gets, and what each of them waits for.
HARDLY_GOT = {
    "AU-033": "教学点之间的距离",
    "AU-037": "企业生产考勤",
    "AU-044": "签到定位",
    "AU-045": "人脸比对分值",
    "AU-055": "分数制的考核成绩（现只登记是否合格）",
    "AU-072": "银行流水",
    "AU-082": "市场主体登记的法定代表人、股东和地址",
    "AU-088": "签名图像",
}


class RuleShown(msgspec.Struct, frozen=True):
    """A rule with the word whether it is asked, and what it waits for where it is not."""

    rule: AuditRule
    state: str
    waits_for: str


def rules_shown() -> list[RuleShown]:
    """All rules in the order of the list; none is silently absent."""
    return [_shown(rule) for rule in audit_rules().values()]


def _shown(rule: AuditRule) -> RuleShown:
    if rule.id in LISTED:
        return RuleShown(rule, ASKED, "")
    return RuleShown(rule, NO_DATA, HARDLY_GOT.get(rule.id, "数据尚未交付"))
