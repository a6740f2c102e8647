"""AU-067 拆分规避审批 · several claims of one firm within days, each just below an approval threshold."""

from collections.abc import Iterator
from datetime import timedelta

from training_admin.audit.district_facts import DistrictAudit, FirmClaim, WideFound, about, wide_check
from training_admin.audit.doubt_facts import Subject
from training_admin.audit.parameters import AUDIT_SPLIT_CLAIMS, AUDIT_SPLIT_DAYS, AUDIT_SPLIT_SHARE, AUDIT_SPLIT_THRESHOLD
from training_admin.kit.money import WHOLE_BP, yuan_grouped


@wide_check(id="AU-067", why="把一份申报拆成几份，避开较高一级的审批", needs="同一企业的申报金额和日期", against="审批额度（暂定）")
def au_067(district: DistrictAudit) -> Iterator[WideFound]:
    """The first stretch of days with enough claims is told; threshold, share, number and days are figures."""
    near: dict[str, list[FirmClaim]] = {}
    for each in district.claims:
        limit, share = district.policy.at(AUDIT_SPLIT_THRESHOLD, each.as_of), district.policy.at(AUDIT_SPLIT_SHARE, each.as_of)
        if limit * share <= each.fen * WHOLE_BP < limit * WHOLE_BP:
            near.setdefault(each.uscc, []).append(each)
    for uscc, claims in near.items():
        ordered = sorted(claims, key=lambda each: (each.as_of, each.number))
        for place, first in enumerate(ordered):
            days = timedelta(days=district.policy.at(AUDIT_SPLIT_DAYS, first.as_of))
            within = [each for each in ordered[place:] if each.as_of - first.as_of <= days]
            if len(within) >= district.policy.at(AUDIT_SPLIT_CLAIMS, first.as_of):
                limit = district.policy.at(AUDIT_SPLIT_THRESHOLD, first.as_of)
                numbers = "、".join(each.number for each in within)
                fen = sum(each.fen for each in within)
                yield about(Subject.ENTERPRISE, uscc, uscc, fen, 申报=numbers, 审批额度=yuan_grouped(limit))
                break
