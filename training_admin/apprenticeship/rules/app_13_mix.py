"""APP-13 课程结构 · shares of general quality, basics and operation in the plan."""

from datetime import date

from training_admin.apprenticeship.facts import ProgrammeContext, ProgrammeFacts
from training_admin.apprenticeship.parameters import APP_SHARE_GENERAL, APP_SHARE_PRACTICE, APP_SHARE_THEORY_MIN
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.money import WHOLE_BP, ratio_down
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, Outcome, Scope, rule


@rule(
    id="APP-13",
    title="三类课程的占比在规定范围内",
    scope=Scope.CLASS,
    cite=Citation(
        paper="青浦区企业新型学徒制培训通知（2023-04-13）",
        article="课程结构",
        text="通用素质课程占10%至20%，专业基础课程不少于20%，操作技能课程占60%至70%",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.REJECT_CLASS,
    period=Period(date(2018, 10, 12)),
    reason="计划 {total_centihours} 课时中，通用素质占 {general_bp}（应为 {general_least_bp} 至 {general_most_bp}），"
    "专业基础占 {basics_bp}（不少于 {basics_least_bp}），"
    "操作技能占 {practice_bp}（应为 {practice_least_bp} 至 {practice_most_bp}）。",
    would_pass="通用素质占 {general_least_bp} 至 {general_most_bp}、专业基础不少于 {basics_least_bp}、"
    "操作技能占 {practice_least_bp} 至 {practice_most_bp} 时可通过。",
    figures=(
        APP_SHARE_GENERAL.key,
        APP_SHARE_THEORY_MIN.key,
        APP_SHARE_PRACTICE.key,
    ),
    cases=(
        Case("占比都在范围内", "passed"),
        Case("恰在两端", "passed", {"programme.planned": {"general": 1000, "basics": 2000, "practice": 7000}}),
        Case("通用素质偏少", "failed", {"programme.planned": {"general": 999, "basics": 2501, "practice": 6500}}),
        Case("通用素质偏多", "failed", {"programme.planned": {"general": 2001, "basics": 2000, "practice": 5999}}),
        Case("专业基础偏少", "failed", {"programme.planned": {"general": 1501, "basics": 1999, "practice": 6500}}),
        Case("操作技能偏少", "failed", {"programme.planned": {"general": 1500, "basics": 2501, "practice": 5999}}),
        Case("操作技能偏多", "failed", {"programme.planned": {"general": 1000, "basics": 1999, "practice": 7001}}),
        Case("没有计划课时", "failed", {"programme.planned": {}}),
    ),
)
def app_13(programme: ProgrammeFacts, context: ProgrammeContext) -> Outcome:
    """Shares of the planned hours, compared without rounding; a plan without hours has none of them."""
    planned, whole = programme.planned, programme.planned.total
    general_least, general_most = context.figures.at(APP_SHARE_GENERAL)
    practice_least, practice_most = context.figures.at(APP_SHARE_PRACTICE)
    basics_least = context.figures.at(APP_SHARE_THEORY_MIN)
    if (
        whole
        and general_least * whole <= planned.general * WHOLE_BP <= general_most * whole
        and basics_least * whole <= planned.basics * WHOLE_BP
        and practice_least * whole <= planned.practice * WHOLE_BP <= practice_most * whole
    ):
        return PASSED
    return Failed(
        {
            "total_centihours": whole,
            "general_bp": ratio_down(WHOLE_BP, planned.general, max(1, whole)),
            "basics_bp": ratio_down(WHOLE_BP, planned.basics, max(1, whole)),
            "practice_bp": ratio_down(WHOLE_BP, planned.practice, max(1, whole)),
            "general_least_bp": general_least,
            "general_most_bp": general_most,
            "basics_least_bp": basics_least,
            "practice_least_bp": practice_least,
            "practice_most_bp": practice_most,
        }
    )
