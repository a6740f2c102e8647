"""AU-020 社保不在申报企业 · another unit paid the insurance of an employee in a month of the class."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, months_text, of_lines
from training_admin.audit.facts import EMPLOYEE_GROUP, AuditClass, AuditLine, ClaimAudit


@check(id="AU-020", why="以他企业职工充数是常见的虚报方式", needs="社保逐月缴费单位", against="社保缴费记录")
def au_020(claim: ClaimAudit) -> Iterator[Found]:
    """Dispatched workers are insured by their agency and left out; one doubt for each class and payer."""
    for klass, payer, lines in by_cause(_elsewhere(claim)):
        yield of_lines(klass.class_no, lines, 缴费单位=payer, 申报单位=claim.uscc, 培训月份=months_text(klass.months))


def _elsewhere(claim: ClaimAudit) -> Iterator[tuple[AuditClass, AuditLine, str]]:
    for klass, line in claim.placed():
        if line.group != EMPLOYEE_GROUP:
            continue
        payers = {each.payer for each in claim.insurance.get(line.person, ()) if each.month in klass.months and each.payer != claim.uscc}
        for payer in sorted(payers):
            yield klass, line, payer
