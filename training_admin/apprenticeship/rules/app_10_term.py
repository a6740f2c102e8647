"""APP-10 期限 · the term of an apprenticeship: one to two years, up to three with a recorded reason."""

from datetime import date

from training_admin.apprenticeship.facts import ProgrammeContext, ProgrammeFacts
from training_admin.apprenticeship.parameters import APP_MONTHS_ABS_MAX, APP_MONTHS_MAX, APP_MONTHS_MIN
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, Outcome, Scope, rule


@rule(
    id="APP-10",
    title="培养期限在规定范围内",
    scope=Scope.CLASS,
    cite=Citation(
        paper="人社部发〔2018〕66号；人社部发〔2021〕39号",
        article="培养期限",
        text="培养期限为1至2年，特殊情况可延长到3年",
        standing=Standing.FOUND,
        local_standing=Standing.FOUND,
    ),
    effect=Effect.REJECT_CLASS,
    period=Period(date(2018, 10, 12)),
    reason="培养期限 {months} 个月，应为 {shortest} 至 {normal} 个月，有记录的特殊原因时最长 {longest} 个月。",
    would_pass="培养期限为 {shortest} 至 {normal} 个月，或登记特殊原因后不超过 {longest} 个月时可通过。",
    figures=(
        APP_MONTHS_MIN.key,
        APP_MONTHS_MAX.key,
        APP_MONTHS_ABS_MAX.key,
    ),
    cases=(
        Case("恰为一年", "passed"),
        Case("十一个月", "failed", {"programme.months": 11}),
        Case("恰为两年，无需原因", "passed", {"programme.months": 24}),
        Case("超过两年，有原因", "passed", {"programme.months": 25, "programme.reason_recorded": True}),
        Case("超过两年，没有原因", "failed", {"programme.months": 25}),
        Case("恰为三年", "passed", {"programme.months": 36, "programme.reason_recorded": True}),
        Case("超过三年", "failed", {"programme.months": 37, "programme.reason_recorded": True}),
    ),
)
def app_10(programme: ProgrammeFacts, context: ProgrammeContext) -> Outcome:
    """Months of the term between shortest and longest; above the normal longest only with a recorded reason."""
    shortest, longest = context.figures.at(APP_MONTHS_MIN), context.figures.at(APP_MONTHS_ABS_MAX)
    normal = context.figures.at(APP_MONTHS_MAX)
    reasoned = programme.months <= normal or programme.reason_recorded
    if reasoned and shortest <= programme.months <= longest:
        return PASSED
    return Failed({"months": programme.months, "shortest": shortest, "normal": normal, "longest": longest})
