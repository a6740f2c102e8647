"""APP-12 总课时 · hours taught over the term reach the yearly minimum of the level times months / 12."""

from datetime import date

from training_admin.apprenticeship.facts import Programme, ProgrammeContext
from training_admin.apprenticeship.parameters import (
    APP_HOURS_MIN_L1,
    APP_HOURS_MIN_L2,
    APP_HOURS_MIN_L3,
    APP_HOURS_MIN_L4,
    APP_HOURS_MIN_L5,
)
from training_admin.catalog.facts import CENTIHOURS_PER_HOUR
from training_admin.kit.dated import Citation, Parameter, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, rule
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
    reason="实际授课 {taught_centihours} 课时，{months} 个月至少需 {needed_centihours} 课时（每年 {yearly_hours} 课时）。",
    would_pass="总课时不少于 {needed_centihours} 课时时可通过。",
    figures=tuple(parameter.key for parameter in HOURS.values()),
    cases=(
        Case("课时未填，视为达到下限", "not_applicable"),
        Case("恰为下限", "passed", {"completion.taught_centihours": 50_000}),
        Case("不足下限", "failed", {"completion.taught_centihours": 49_999}),
        Case("一年半恰为下限", "passed", {"programme.months": 18, "completion.taught_centihours": 75_000}),
        Case("一年半不足下限", "failed", {"programme.months": 18, "completion.taught_centihours": 74_999}),
    ),
)
def app_12(programme: Programme, context: ProgrammeContext) -> Outcome:
    """Compared without rounding: the minimum of the filed level grows with the months (policy.md part 15)."""
    taught = context.completion.taught_centihours
    if taught is None:
        return NotApplicable("hours-not-told")
    yearly = context.figures.at(HOURS[programme.level])
    needed_parts = yearly * CENTIHOURS_PER_HOUR * programme.months
    if taught * MONTHS_PER_YEAR >= needed_parts:
        return PASSED
    needed = -(-needed_parts // MONTHS_PER_YEAR)
    return Failed({"taught_centihours": taught, "needed_centihours": needed, "yearly_hours": yearly, "months": programme.months})
