"""APP-03 窗口 · hired or transferred at most some months before the filing, and by the start of the term."""

from datetime import date

from training_admin.apprenticeship.facts import ApprenticeFacts, ProgrammeContext
from training_admin.apprenticeship.parameters import APP_SIGNED_WITHIN_MONTHS
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, Unknown, rule
from training_admin.kit.workdays import add_months


@rule(
    id="APP-03",
    title="招用或转岗在备案前规定月数内",
    scope=Scope.LINE,
    cite=Citation(
        paper="参照财社〔2023〕181号",
        article="第五条第二项",
        text="签订劳动合同之日起一年内参加培训的，给予补贴",
        standing=Standing.ASSUMED,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.REJECT_LINE,
    period=Period(date(2018, 10, 12)),
    reason="招用或转岗日为 {joined_on}，应在 {earliest} 至 {latest} 之间（备案前 {within} 个月内，不晚于开班日）。",
    would_pass="招用或转岗日在 {earliest} 至 {latest} 之间时可通过。",
    figures=(APP_SIGNED_WITHIN_MONTHS.key,),
    unknown="待比对：{missing}。",
    cases=(
        Case("备案前一个月招用", "passed"),
        Case("恰好一年前", "passed", {"apprentice.joined_on": "2025-02-10"}),
        Case("一年零一日前", "failed", {"apprentice.joined_on": "2025-02-09"}),
        Case("开班后才招用", "failed", {"apprentice.joined_on": "2026-03-03"}),
        Case("在岗职工", "not_applicable", {"apprentice.joined_as": "in_service"}),
        Case("日期未登记", "unknown", {"apprentice.joined_on": None}),
    ),
)
def app_03(apprentice: ApprenticeFacts, context: ProgrammeContext) -> Outcome:
    """The day of hiring or transfer against the day of filing; staff in service are asked for none."""
    if apprentice.joined_as == "in_service":
        return NotApplicable("in-service")
    if apprentice.joined_on is None:
        return Unknown("joined_on", "招用或转岗日期")
    within, programme = context.figures.at(APP_SIGNED_WITHIN_MONTHS), context.programme
    earliest = add_months(programme.filed_on, -within)
    if earliest <= apprentice.joined_on <= programme.start:
        return PASSED
    return Failed(
        {
            "joined_on": apprentice.joined_on.isoformat(),
            "earliest": earliest.isoformat(),
            "latest": programme.start.isoformat(),
            "within": within,
        }
    )
