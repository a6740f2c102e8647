"""FILE-01 开班备案 · filed in time before the first session, and approved before it starts."""

from datetime import date

from training_admin.catalog.parameters import FILE_BEFORE_START_WORKDAYS
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, Outcome, Scope, rule
from training_admin.subsidy.context import ClassContext
from training_admin.subsidy.facts import ClassFacts


@rule(
    id="FILE-01",
    title="开班前按时备案",
    scope=Scope.CLASS,
    cite=Citation(
        paper="津人社局发〔2022〕20号；沪人社规〔2021〕4号",
        article="第二十四条",
        text="先备案、后培训、再申请补贴；开班前5个工作日备案",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.REJECT_CLASS,
    period=Period(date(2020, 1, 1)),
    reason="开班日 {start}，备案日 {filed_at}，审核通过日 {approved_at}，最晚应于 {latest} 备案（提前 {workdays} 个工作日）。",
    would_pass="须在开班前 {workdays} 个工作日（{latest} 及以前）由本企业备案，并在开班日前审核通过。",
    figures=(FILE_BEFORE_START_WORKDAYS.key,),
    cases=(
        Case("按时备案、开班前通过", "passed"),
        Case("恰在最晚日备案", "passed", {"class.filed_at": "2026-03-02"}),
        Case("晚一个工作日", "failed", {"class.filed_at": "2026-03-03"}),
        Case("按时备案、审核晚于开班日", "failed:HOLD", {"class.approved_at": "2026-03-10"}),
        Case("开班当日通过", "passed", {"class.approved_at": "2026-03-09"}),
        Case("按时备案、尚未审核", "failed:HOLD", {"class.approved_at": None}),
        Case("没有备案", "failed", {"class.filed": False}),
        Case("由其他企业备案", "failed", {"class.filed": False, "class.filed_by_other": True}),
        Case("备案日缺失", "failed", {"class.filed_at": None}),
    ),
)
def file_01(klass: ClassFacts, context: ClassContext) -> Outcome:
    """Late filing refuses the class; an approval after the start is the authority's delay and only holds it."""
    workdays = context.figures.at(FILE_BEFORE_START_WORKDAYS)
    if not klass.filed or klass.filed_at is None:
        cause = "OTHER_ENTERPRISE" if klass.filed_by_other else "NOT_FILED"
        return Failed({"start": None, "filed_at": None, "approved_at": None, "latest": None, "workdays": workdays, "cause": cause})
    latest = context.claim.calendar.latest_before(klass.start, workdays)
    figures = {
        "start": klass.start.isoformat(),
        "filed_at": klass.filed_at.isoformat(),
        "approved_at": None if klass.approved_at is None else klass.approved_at.isoformat(),
        "latest": latest.isoformat(),
        "workdays": workdays,
    }
    if klass.filed_at > latest:
        return Failed({**figures, "cause": "LATE"})
    if klass.approved_at is None or klass.approved_at > klass.start:
        return Failed({**figures, "cause": "APPROVAL"}, effect=Effect.HOLD)
    return PASSED
