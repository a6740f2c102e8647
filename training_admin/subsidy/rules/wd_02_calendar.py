"""WD-02 缺年历 · the working calendar of the years in question has been published, else the class waits."""

from datetime import date

from training_admin.catalog.parameters import FILE_BEFORE_START_WORKDAYS
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, rule
from training_admin.kit.workdays import NoCalendar
from training_admin.subsidy.context import ClassContext
from training_admin.subsidy.facts import ClassFacts


@rule(
    id="WD-02",
    title="工作日历已公布",
    scope=Scope.CLASS,
    cite=Citation(
        paper="行政许可法",
        article="第八十二条",
        text="期限以工作日计算，不含法定节假日",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.HOLD,
    period=Period(date(2015, 1, 1)),
    reason="{year} 年的放假安排尚未载入，无法计算工作日。",
    would_pass="载入 {year} 年放假安排后自动重新核验。",
    figures=(FILE_BEFORE_START_WORKDAYS.key,),
    cases=(
        Case("年历已载入", "passed"),
        Case("年历未载入", "failed", {"claim.calendar.years": [2025]}),
        Case("未备案的班级", "not_applicable", {"class.filed": False}),
    ),
)
def wd_02(klass: ClassFacts, context: ClassContext) -> Outcome:
    """Whether the working days before class start can be counted."""
    if not klass.registered:
        return NotApplicable("not-filed")
    try:
        context.claim.calendar.latest_before(klass.start, context.figures.at(FILE_BEFORE_START_WORKDAYS))
    except NoCalendar as missing:
        return Failed({"year": missing.year})
    return PASSED
