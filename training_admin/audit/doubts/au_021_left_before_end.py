"""AU-021 离职后仍申报 · the contract or the firm's insurance ended before the class did."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, day_text, of_lines
from training_admin.audit.facts import EMPLOYEE_GROUP, AuditClass, AuditLine, ClaimAudit

CONTRACT, INSURANCE = "劳动合同终止早于结业日期", "本单位社保停缴早于结业月份"


@check(id="AU-021", why="曾查出为已离职人员申报补贴", needs="劳动合同终止日期、社保缴费月份", against="劳动合同、社保缴费记录")
def au_021(claim: ClaimAudit) -> Iterator[Found]:
    """Insurance says so only where the last month of the class has been delivered and an earlier one was paid by the firm."""
    for klass, cause, lines in by_cause(_left(claim)):
        yield of_lines(klass.class_no, lines, 离职迹象=cause, 结业日期=day_text(klass.end))


def _left(claim: ClaimAudit) -> Iterator[tuple[AuditClass, AuditLine, str]]:
    for klass, line in claim.placed():
        if klass.end is not None and line.contract_end is not None and line.contract_end < klass.end:
            yield klass, line, CONTRACT
        elif line.group == EMPLOYEE_GROUP and klass.months[-1] in claim.coverage.insurance:
            here = [each.month for each in claim.insurance.get(line.person, ()) if each.payer == claim.uscc]
            if any(month < klass.months[-1] for month in here) and max(here) < klass.months[-1]:
                yield klass, line, INSURANCE
