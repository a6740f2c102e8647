"""APP-11 学制 · credits and flexible study, apprentices registered part-time with the institution."""

from datetime import date

from training_admin.apprenticeship.facts import ProgrammeContext, ProgrammeFacts
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, Outcome, Scope, rule


@rule(
    id="APP-11",
    title="实行学分制和弹性学制并登记学籍",
    scope=Scope.CLASS,
    cite=Citation(
        paper="人社部发〔2018〕66号；武汉市学徒制办法",
        article="弹性学制和学分制",
        text="推行弹性学制和学分制，学徒在培训机构进行非全日制学籍登记",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.WARN,
    period=Period(date(2018, 10, 12)),
    reason="实行学分制：{credit_system}；登记非全日制学籍：{student_status}。",
    would_pass="培养方案写明学分，并由培训机构登记学徒学籍后不再提示。",
    cases=(
        Case("都有", "passed"),
        Case("没有学分制", "failed", {"programme.credit_system": False}),
        Case("没有学籍", "failed", {"programme.student_status": False}),
    ),
)
def app_11(programme: ProgrammeFacts, context: ProgrammeContext) -> Outcome:
    """Both are asked for; lacking either is only noted."""
    del context
    if programme.credit_system and programme.student_status:
        return PASSED
    return Failed({"credit_system": programme.credit_system, "student_status": programme.student_status})
