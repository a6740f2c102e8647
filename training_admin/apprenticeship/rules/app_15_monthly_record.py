"""APP-15 过程 · a record of every month that the apprentice was there for."""

from datetime import date

from training_admin.apprenticeship.facts import ApprenticeFacts, PersonOutcome, ProgrammeContext, months_of
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, rule


@rule(
    id="APP-15",
    title="每月培养记录完整",
    scope=Scope.LINE,
    cite=Citation(
        paper="人社部发〔2021〕39号；青浦区企业新型学徒制培训通知（2023-04-13）",
        article="备案与过程管理",
        text="一班一方案，逐月记录导师带教和授课课时，接受抽查",
        standing=Standing.FOUND,
        local_standing=Standing.FOUND,
    ),
    effect=Effect.HOLD,
    period=Period(date(2018, 10, 12)),
    reason="缺少培养记录的月份：{lacking}。",
    would_pass="补齐这些月份的导师带教和授课课时记录后自动重新核验。",
    cases=(
        Case("每月都有记录", "passed"),
        Case("没有记录", "failed", {"apprentice.months": []}),
        Case(
            "因工伤离职，此前都有记录",
            "passed",
            {"apprentice.outcome": "left", "apprentice.excused": True, "apprentice.left_on": "2026-06-10"},
        ),
        Case(
            "离职，按未完成计",
            "not_applicable",
            {"apprentice.outcome": "left", "apprentice.left_on": "2026-06-10", "apprentice.months": []},
        ),
    ),
)
def app_15(apprentice: ApprenticeFacts, context: ProgrammeContext) -> Outcome:
    """Months without any record; who left without excuse gets nothing, whatever was recorded of him."""
    if apprentice.outcome is PersonOutcome.LEFT and not apprentice.excused:
        return NotApplicable("left")
    recorded = {each.month for each in apprentice.months}
    lacking = [month for month in months_of(context.programme, apprentice) if month not in recorded]
    return Failed({"lacking": "、".join(lacking)}) if lacking else PASSED
