"""APP-12 总课时 · hours over the term reach the yearly minimum of the level times months / 12."""

from datetime import date

from training_admin.apprenticeship.facts import Hours, ProgrammeContext, ProgrammeFacts, Stage
from training_admin.apprenticeship.parameters import (
    APP_HOURS_MIN_L1,
    APP_HOURS_MIN_L2,
    APP_HOURS_MIN_L3,
    APP_HOURS_MIN_L4,
    APP_HOURS_MIN_L5,
)
from training_admin.catalog.facts import CENTIHOURS_PER_HOUR
from training_admin.catalog.parameters import CLASS_ONLINE_SHARE_MAX
from training_admin.kit.dated import Citation, Parameter, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, Unknown, rule
from training_admin.kit.workdays import MONTHS_PER_YEAR

HOURS: dict[str, Parameter[int]] = {
    "5": APP_HOURS_MIN_L5,
    "4": APP_HOURS_MIN_L4,
    "3": APP_HOURS_MIN_L3,
    "2": APP_HOURS_MIN_L2,
    "1": APP_HOURS_MIN_L1,
}


@rule(
    id="APP-12",
    title="总课时不少于规定下限",
    scope=Scope.CLASS,
    cite=Citation(
        paper="青浦区企业新型学徒制培训通知（2023-04-13）",
        article="课时要求",
        text="初级工不少于400课时，中级工不少于500课时，高级工及以上不少于600课时",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.REJECT_CLASS,
    period=Period(date(2018, 10, 12)),
    reason="{side}计入 {counted_centihours} 课时，{months} 个月至少需 {needed_centihours} 课时（每年 {yearly} 课时）。",
    would_pass="计划课时和实际授课课时都不少于 {needed_centihours} 课时（超过比例的线上课时不计）时可通过。",
    figures=(
        *(parameter.key for parameter in HOURS.values()),
        CLASS_ONLINE_SHARE_MAX.key,
    ),
    unknown="待比对：{missing}。",
    cases=(
        Case("计划和授课都恰为下限", "passed"),
        Case("计划不足下限", "failed", {"programme.planned": {"general": 7500, "basics": 10000, "practice": 32499}}),
        Case("授课不足下限", "failed", {"programme.taught": {"general": 7500, "basics": 10000, "practice": 32499}}),
        Case(
            "超过比例的线上课时不计", "failed", {"programme.taught": {"general": 7500, "basics": 10000, "practice": 32500, "online": 8751}}
        ),
        Case("授课课时未记录", "unknown", {"programme.taught": None}),
        Case("预拨时只看计划", "passed", {"stage": "advance", "programme.taught": None}),
        Case("一年半不足下限", "failed", {"programme.months": 18}),
        Case("等级没有课时规定", "not_applicable", {"programme.level": "0"}),
    ),
)
def app_12(programme: ProgrammeFacts, context: ProgrammeContext) -> Outcome:
    """The plan, and at the settlement what was taught; the minimum of the filed level grows with the months (policy.md part 15)."""
    if programme.level not in HOURS:
        return NotApplicable("no-minimum")
    outcome = _enough("计划", programme.planned, programme, context)
    if outcome is not PASSED or context.stage is Stage.ADVANCE:
        return outcome
    if programme.taught is None:
        return Unknown("taught_hours", "实际授课课时")
    return _enough("实际授课", programme.taught, programme, context)


def _enough(side: str, hours: Hours, programme: ProgrammeFacts, context: ProgrammeContext) -> Outcome:
    """Compared without rounding; online hours above their share are left out (APP-14)."""
    yearly = context.figures.at(HOURS[programme.level])
    counted = hours.total - (hours.surplus(context.figures.at(CLASS_ONLINE_SHARE_MAX)) if hours.online else 0)
    needed_parts = yearly * CENTIHOURS_PER_HOUR * programme.months
    if counted * MONTHS_PER_YEAR >= needed_parts:
        return PASSED
    needed = -(-needed_parts // MONTHS_PER_YEAR)
    figures = {"counted_centihours": counted, "needed_centihours": needed, "yearly": yearly, "months": programme.months}
    return Failed({"side": side, **figures})
