"""APP-09 目标等级 · the level aimed at is one for which the policy has a standard."""

from datetime import date

from training_admin.apprenticeship.amounts import STANDARDS
from training_admin.apprenticeship.facts import ApprenticeFacts, ProgrammeContext
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, Outcome, Scope, rule


@rule(
    id="APP-09",
    title="目标等级在补贴范围内",
    scope=Scope.LINE,
    cite=Citation(
        paper="人社部发〔2021〕39号；青浦区企业新型学徒制培训通知（2023-04-13）",
        article="培养目标",
        text="以培养中级工、高级工、技师、高级技师为主（青浦含初级工）",
        standing=Standing.FOUND,
        local_standing=Standing.FOUND,
    ),
    effect=Effect.REJECT_LINE,
    period=Period(date(2018, 10, 12)),
    reason="目标等级为{level}，本政策没有该等级的学徒制补贴标准。",
    would_pass="目标等级为本政策有补贴标准的等级时可通过。",
    cases=(
        Case("四级", "passed"),
        Case("五级", "passed", {"programme.level": "5"}),
        Case("学徒工", "failed", {"programme.level": "0"}),
        Case("特级技师", "failed", {"programme.level": "11"}),
    ),
)
def app_09(apprentice: ApprenticeFacts, context: ProgrammeContext) -> Outcome:
    """Which levels there are, the standards of the pack say; one that is only not in force on the day is VER-01."""
    del apprentice
    level = context.programme.level
    known = level in STANDARDS and STANDARDS[level].key in context.figures.policy.values
    return PASSED if known else Failed({"level": level})
