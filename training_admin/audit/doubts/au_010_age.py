"""AU-010 年龄超出范围 · outside the age limits on class start."""

from collections.abc import Iterator

from training_admin.audit.check import Found, check, day_text, of_lines
from training_admin.audit.facts import AuditLine, ClaimAudit
from training_admin.kit.workdays import MONTHS_PER_YEAR, age_in_months
from training_admin.parties.retirement_age import limit_months
from training_admin.subsidy.parameters import TR_AGE_MIN

WOMEN = "F"


@check(
    id="AU-010",
    why="曾查出未满十八周岁和超过五十四周岁人员参加限龄项目",
    needs="证件号码中的出生日期和性别、开班日期",
    against="法定退休年龄表",
)
def au_010(claim: ClaimAudit) -> Iterator[Found]:
    """Too young, or in the month of the statutory retirement age or later; for women the higher limit decides, as in TR-02."""
    outside: dict[str, list[AuditLine]] = {}
    for klass, line in claim.placed():
        start, birth = klass.start, line.birth
        if start is None or birth is None:
            continue
        youngest = claim.policy.at(TR_AGE_MIN, start) * MONTHS_PER_YEAR
        reached = (start.year - birth.year) * MONTHS_PER_YEAR + start.month - birth.month
        oldest = limit_months("F55" if line.sex == WOMEN else "M", birth)
        if age_in_months(birth, start) < youngest or reached >= oldest:
            outside.setdefault(klass.class_no, []).append(line)
    for class_no, lines in outside.items():
        yield of_lines(class_no, lines, 开班日期=day_text(claim.class_of[class_no].start), 超龄或未满年龄人数=str(len(lines)))
