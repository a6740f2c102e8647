"""AU-022 突击参保 · the firm insured the person for at most two months around the class."""

from collections.abc import Iterator

from training_admin.audit.check import Found, by_cause, check, of_lines
from training_admin.audit.facts import EMPLOYEE_GROUP, AuditClass, AuditLine, ClaimAudit

MOST_MONTHS = 2


@check(id="AU-022", why="为套取补贴临时参保", needs="培训前后各一个月的社保缴费记录", against="社保缴费记录")
def au_022(claim: ClaimAudit) -> Iterator[Found]:
    """Only where the month before the first and the month after the last insured one have been delivered."""
    for klass, months, lines in by_cause(_short(claim)):
        yield of_lines(klass.class_no, lines, 本单位参保月份=months)


def _short(claim: ClaimAudit) -> Iterator[tuple[AuditClass, AuditLine, str]]:
    for klass, line in claim.placed():
        if line.group != EMPLOYEE_GROUP:
            continue
        here = sorted({each.month for each in claim.insurance.get(line.person, ()) if each.payer == claim.uscc})
        if not 1 <= len(here) <= MOST_MONTHS or not set(here) & set(klass.months):
            continue
        if {_next(here[0], -1), _next(here[-1], 1)} <= claim.coverage.insurance:
            yield klass, line, "、".join(here)


def _next(month: str, step: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + step
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
