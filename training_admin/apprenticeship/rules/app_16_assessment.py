"""APP-16 评价 · certificate of a level, or completion, by a registered body."""

from datetime import date

from training_admin.apprenticeship.amounts import STANDARDS
from training_admin.apprenticeship.facts import ApprenticeFacts, PersonOutcome, ProgrammeContext
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, Unknown, rule


@rule(
    id="APP-16",
    title="经结业考核或职业技能等级认定",
    scope=Scope.LINE,
    cite=Citation(
        paper="人社部发〔2018〕66号；人社部发〔2021〕39号；津人社局发〔2022〕20号",
        article="考核评价",
        text="学徒培训期满，经备案的评价机构考核合格的取得职业技能等级证书或结业证书",
        standing=Standing.FOUND,
        local_standing=Standing.FOUND,
    ),
    effect=Effect.WARN,
    period=Period(date(2018, 10, 12)),
    reason="结业考核和等级认定未通过，按未完成计，应得为零。",
    would_pass="取得职业技能等级证书的按标准计，仅结业的按系数计。",
    unknown="待比对：{missing}。",
    cases=(
        Case("取得证书", "passed"),
        Case("仅结业", "passed", {"apprentice.outcome": "completed", "apprentice.obtained_level": ""}),
        Case("未通过", "failed", {"apprentice.outcome": "failed"}),
        Case("结果未登记", "unknown", {"apprentice.outcome": "open"}),
        Case("证书等级未登记", "unknown", {"apprentice.obtained_level": ""}),
        Case("离职", "not_applicable", {"apprentice.outcome": "left"}),
    ),
)
def app_16(apprentice: ApprenticeFacts, context: ProgrammeContext) -> Outcome:
    """The result as registered; it decides the price, so one that is not told yet is unknown."""
    del context
    outcome = apprentice.outcome
    if outcome is PersonOutcome.LEFT:
        return NotApplicable("left")
    if outcome is PersonOutcome.OPEN:
        return Unknown("result", "结业考核或等级认定结果")
    if outcome is PersonOutcome.CERTIFIED and apprentice.obtained_level not in STANDARDS:
        return Unknown("result", "取得证书的等级")
    return Failed({}) if outcome is PersonOutcome.FAILED else PASSED
