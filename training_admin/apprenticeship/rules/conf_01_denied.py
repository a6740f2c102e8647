"""CONF-01 本人确认 · an apprentice who says that it is not he holds his line."""

from datetime import date

from training_admin.apprenticeship.facts import ApprenticeFacts, ProgrammeContext
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, Outcome, Scope, rule


@rule(
    id="CONF-01",
    title="学徒本人没有否认",
    scope=Scope.LINE,
    cite=Citation(
        paper="本系统核验口径",
        article="本人确认",
        text="本人否认参加培养的，查清前暂缓",
        standing=Standing.ASSUMED,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.HOLD,
    period=Period(date(2018, 10, 12)),
    reason="学徒本人答复“不是我”。",
    would_pass="查清情况、本人更正答复后自动重新核验。",
    cases=(
        Case("没有否认", "passed"),
        Case("本人否认", "failed", {"apprentice.denied": True}),
    ),
)
def conf_01(apprentice: ApprenticeFacts, context: ProgrammeContext) -> Outcome:
    """What the apprentice himself said last."""
    del context
    return Failed({}) if apprentice.denied else PASSED
