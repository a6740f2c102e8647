"""CONF-01 本人确认 · an apprentice who says that it is not he holds the programme."""

from datetime import date

from training_admin.apprenticeship.facts import ProgrammeContext, ProgrammeFacts
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, Outcome, Scope, rule


@rule(
    id="CONF-01",
    title="学徒本人确认事项没有待核实的",
    scope=Scope.CLASS,
    cite=Citation(
        paper="天津市职业培训操作手册（2019年）",
        article="附件7 培训过程确认书",
        text="培训过程由学员本人确认",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.HOLD,
    period=Period(date(2018, 10, 12)),
    reason="有学徒的本人确认事项尚待核实。",
    would_pass="由主管部门核实后重新核验。",
    cases=(
        Case("没有否认", "passed"),
        Case("本人否认", "failed", {"apprentice.denied": True}),
    ),
)
def conf_01(programme: ProgrammeFacts, context: ProgrammeContext) -> Outcome:
    """What the apprentices themselves said last; one who denies is not named, so that nobody calls him to account."""
    del context
    return Failed({}) if any(each.denied for each in programme.apprentices) else PASSED
