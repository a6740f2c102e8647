"""AU-011 状态与类别不符 · the group contradicts the insurance of the month of class start."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, of_lines
from training_admin.audit.facts import DISPATCHED_GROUP, EMPLOYEE_GROUP, UNEMPLOYED_GROUP, AuditClass, AuditLine, ClaimAudit

INSURED, NOT_INSURED = "失业人员，开班当月已参加职工社保", "在职职工，开班当月没有职工社保"


@check(id="AU-011", why="曾查出在职参保人员冒充失业人员参加免费培训", needs="人员类别、社保缴费月份", against="社保缴费记录")
def au_011(claim: ClaimAudit) -> Iterator[Found]:
    """Says nothing about a month that has not been delivered."""
    for klass, cause, lines in by_cause(_contradicting(claim)):
        yield of_lines(klass.class_no, lines, 人员类别与参保状态=cause, 开班月份=klass.months[0])


def _contradicting(claim: ClaimAudit) -> Iterator[tuple[AuditClass, AuditLine, str]]:
    for klass, line in claim.placed():
        month = klass.months[0]
        if month not in claim.coverage.insurance:
            continue
        insured = any(each.month == month for each in claim.insurance.get(line.person, ()))
        if line.group == UNEMPLOYED_GROUP and insured:
            yield klass, line, INSURED
        elif line.group in {EMPLOYEE_GROUP, DISPATCHED_GROUP} and not insured:
            yield klass, line, NOT_INSURED
