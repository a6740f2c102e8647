"""APP-08 班额 · apprentices of one programme."""

from datetime import date

from training_admin.apprenticeship.facts import ProgrammeContext, ProgrammeFacts
from training_admin.apprenticeship.parameters import APP_CLASS_MAX
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, Outcome, Scope, rule


@rule(
    id="APP-08",
    title="学徒班人数不超过上限",
    scope=Scope.CLASS,
    cite=Citation(
        paper="天津市企业新型学徒制办理指南",
        article="班额",
        text="每班不超过40人",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.REJECT_CLASS,
    period=Period(date(2018, 10, 12)),
    reason="学徒班 {enrolled} 人，最多 {most} 人。",
    would_pass="学徒班不超过 {most} 人时可通过；人数较多的，请分班备案。",
    figures=(APP_CLASS_MAX.key,),
    cases=(
        Case("一人", "passed"),
        Case("恰为上限", "passed", {"figures.app.class.max": 1}),
        Case("超过上限", "failed", {"figures.app.class.max": 0}),
    ),
)
def app_08(programme: ProgrammeFacts, context: ProgrammeContext) -> Outcome:
    """All apprentices filed, those who left included."""
    most, enrolled = context.figures.at(APP_CLASS_MAX), len(programme.apprentices)
    return PASSED if enrolled <= most else Failed({"enrolled": enrolled, "most": most})
