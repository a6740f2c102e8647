"""APP-02 合同 · the employment contract of an apprentice runs at least a year."""

from datetime import date

from training_admin.apprenticeship.facts import Programme, ProgrammeContext
from training_admin.apprenticeship.parameters import APP_CONTRACT_MONTHS_MIN
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, Outcome, Scope, rule


@rule(
    id="APP-02",
    title="学徒劳动合同期限不少于规定月数",
    scope=Scope.LINE,
    cite=Citation(
        paper="人社部发〔2021〕39号；重庆市学徒制办法",
        article="培养对象",
        text="与企业签订一年以上劳动合同",
        standing=Standing.FOUND,
        local_standing=Standing.FOUND,
    ),
    effect=Effect.REJECT_LINE,
    period=Period(date(2018, 10, 12)),
    reason="劳动合同 {contract_months} 个月，至少需 {minimum} 个月。",
    would_pass="劳动合同期限不少于 {minimum} 个月时可通过。",
    figures=(APP_CONTRACT_MONTHS_MIN.key,),
    cases=(
        Case("合同满一年", "passed"),
        Case("合同十一个月", "failed", {"programme.contract_months": 11}),
    ),
)
def app_02(programme: Programme, context: ProgrammeContext) -> Outcome:
    """Months of the contract against the minimum; equal passes."""
    minimum = context.figures.at(APP_CONTRACT_MONTHS_MIN)
    if programme.contract_months >= minimum:
        return PASSED
    return Failed({"contract_months": programme.contract_months, "minimum": minimum})
