"""TR-02 年龄 · at least the minimum age and below the statutory retirement age on class start."""

from datetime import date

from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Number, Outcome, Scope, rule
from training_admin.kit.workdays import MONTHS_PER_YEAR, age_in_months
from training_admin.parties.retirement_age import limit_months
from training_admin.subsidy.context import ClassContext
from training_admin.subsidy.facts import LineFacts
from training_admin.subsidy.parameters import TR_AGE_MAX, TR_AGE_MIN

MEN, WOMEN_MANAGERIAL, WOMEN_WORKERS = "M", "F55", "F50"


@rule(
    id="TR-02",
    title="年满16周岁且未到法定退休年龄",
    scope=Scope.LINE,
    cite=Citation(
        paper="全国人大常委会关于实施渐进式延迟法定退休年龄的决定（2024-09-13）；天津操作手册",
        article="年龄条件",
        text="年满16周岁，未达到法定退休年龄",
        standing=Standing.FOUND,
        local_standing=Standing.KNOWN,
    ),
    effect=Effect.REJECT_LINE,
    period=Period(date(2019, 1, 1)),
    reason="开班日 {age_months}，要求年满 {min_months} 且未到法定退休年龄 {max_months}。",
    would_pass="开班日年满 {min_months} 且未到 {max_months} 时可通过；如证件或岗位类别有误，请更正后重新核验。",
    figures=(TR_AGE_MIN.key, TR_AGE_MAX.key),
    cases=(
        Case("在职年龄", "passed"),
        Case("当日满16周岁", "passed", {"line.birth": "2010-03-09"}),
        Case("差一日满16周岁", "failed", {"line.birth": "2010-03-10"}),
        Case("男，已到退休月", "failed", {"line.birth": "1965-12-20", "class.start": "2026-03-09"}),
        Case("女，两档之间", "failed:WARN", {"line.sex": "F", "line.birth": "1973-06-15"}),
        Case("女，已超过高档", "failed", {"line.sex": "F", "line.birth": "1969-01-15"}),
        Case("护照无出生日期", "not_applicable", {"line.birth": None, "line.sex": None}),
    ),
)
def tr_02(line: LineFacts, context: ClassContext) -> Outcome:
    """Above the limit from the month in which the retirement age is reached; women's post type is unknown: F55 decides."""
    if line.birth is None:
        return NotApplicable("no-birth-date")
    start = context.klass.start
    context.figures.at(TR_AGE_MAX)
    min_months = context.figures.at(TR_AGE_MIN) * MONTHS_PER_YEAR
    full_months = age_in_months(line.birth, start)
    reached = (start.year - line.birth.year) * MONTHS_PER_YEAR + start.month - line.birth.month
    max_months = limit_months(MEN if line.sex != "F" else WOMEN_MANAGERIAL, line.birth)
    figures: dict[str, Number] = {"age_months": full_months, "min_months": min_months, "max_months": max_months}
    if full_months < min_months or reached >= max_months:
        return Failed(figures)
    if line.sex == "F" and reached >= (lower := limit_months(WOMEN_WORKERS, line.birth)):
        return Failed({**figures, "max_months": lower}, effect=Effect.WARN)
    return PASSED
