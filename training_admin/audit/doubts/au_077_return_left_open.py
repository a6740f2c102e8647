"""AU-077 退票未处理 · a payment that came back was not applied for again."""

from collections.abc import Iterator
from datetime import timedelta

from training_admin.audit.district_facts import DistrictAudit, WideFound, about, wide_check
from training_admin.audit.doubt_facts import Subject
from training_admin.audit.parameters import AUDIT_RETURN_DAYS
from training_admin.kit.wording import day


@wide_check(id="AU-077", why="退回的资金长期挂账", needs="银行回单、应付款状态", against="支付失败的款项")
def au_077(district: DistrictAudit) -> Iterator[WideFound]:
    """Days are counted from the sending of the batch, because the bank's answer does not always tell the day of the return."""
    for each in district.failed:
        if district.today > each.sent_on + timedelta(days=district.policy.at(AUDIT_RETURN_DAYS, each.sent_on)):
            yield about(Subject.BATCH, each.batch, each.payee, each.fen, 申报=each.case_no, 送国库日期=day(each.sent_on))
