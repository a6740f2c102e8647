"""TR-02 年龄 · at least the minimum age and below the statutory retirement age on class start."""

from collections.abc import Callable, Sequence
from datetime import date

from training_admin.kit.dated import Citation, NotInForce, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, Outcome, Scope, Unknown, rule
from training_admin.kit.workdays import MONTHS_PER_YEAR, add_months, age_in_months
from training_admin.parties.retirement_age import limit_months, lowest_limit_months
from training_admin.subsidy.context import ClassContext, LineCheck
from training_admin.subsidy.facts import LineFacts
from training_admin.subsidy.parameters import TR_AGE_MAX, TR_AGE_MIN

MEN, WOMEN_MANAGERIAL, WOMEN_WORKERS = "M", "F55", "F50"
NO_BIRTH_DATE = Unknown("birth_date", "出生日期")
NOBODY = (date.max, date.max, date.min)


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
    unknown="证件上没有{missing}，年龄须由受理人员核对证件原件。",
    figures=(TR_AGE_MIN.key, TR_AGE_MAX.key),
    cases=(
        Case("在职年龄", "passed"),
        Case("当日满16周岁", "passed", {"line.birth": "2010-03-09"}),
        Case("差一日满16周岁", "failed", {"line.birth": "2010-03-10"}),
        Case("男，已到退休月", "failed", {"line.birth": "1965-12-20", "class.start": "2026-03-09"}),
        Case("男，已满60周岁、未到延迟后的退休月", "passed", {"line.birth": "1966-01-15"}),
        Case("女，两档之间", "failed:WARN", {"line.sex": "F", "line.birth": "1973-06-15"}),
        Case("女，已超过高档", "failed", {"line.sex": "F", "line.birth": "1969-01-15"}),
        Case("护照无出生日期", "unknown", {"line.birth": None, "line.sex": None}),
    ),
)
@LineCheck
def tr_02(context: ClassContext) -> Callable[[Sequence[LineFacts]], list[Outcome]]:
    """Above the limit from the month in which the retirement age is reached; women's post type is unknown: F55 decides."""
    oldest_man, oldest_woman, youngest = _plainly_of_age(context)
    return lambda lines: [
        PASSED
        if line.birth is not None and (oldest_woman if line.sex == "F" else oldest_man) <= line.birth <= youngest
        else _by_the_month(line.birth, line.sex, context)
        for line in lines
    ]


def _plainly_of_age(context: ClassContext) -> tuple[date, date, date]:
    """Births that need no closer look on class start: from the earliest of men and of women, up to the latest of all."""
    start = context.klass.start
    this_month = start.replace(day=1)
    try:
        context.figures.at(TR_AGE_MAX)
        return (
            add_months(this_month, 1 - lowest_limit_months(MEN)),
            add_months(this_month, 1 - lowest_limit_months(WOMEN_WORKERS)),
            add_months(start, -context.figures.at(TR_AGE_MIN) * MONTHS_PER_YEAR),
        )
    except (NotInForce, ValueError):
        # No figure that day, or one that leads before the first year: everyone is looked at by the month.
        return NOBODY


def _by_the_month(birth: date | None, sex: str | None, context: ClassContext) -> Outcome:
    if birth is None:
        return NO_BIRTH_DATE
    start = context.klass.start
    context.figures.at(TR_AGE_MAX)
    min_months = context.figures.at(TR_AGE_MIN) * MONTHS_PER_YEAR
    full_months = age_in_months(birth, start)
    reached = (start.year - birth.year) * MONTHS_PER_YEAR + start.month - birth.month
    max_months = limit_months(MEN if sex != "F" else WOMEN_MANAGERIAL, birth)
    if full_months < min_months or reached >= max_months:
        return Failed({"age_months": full_months, "min_months": min_months, "max_months": max_months})
    if sex == "F" and reached >= (lower := limit_months(WOMEN_WORKERS, birth)):
        return Failed({"age_months": full_months, "min_months": min_months, "max_months": lower}, effect=Effect.WARN)
    return PASSED
