"""APP-26 离职 · who leaves during the term did not complete, unless by work injury or the closure of the firm."""

from datetime import date

from training_admin.apprenticeship.facts import ApprenticeFacts, PersonOutcome, ProgrammeContext
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, Unknown, rule


@rule(
    id="APP-26",
    title="培养期内没有离职",
    scope=Scope.LINE,
    cite=Citation(
        paper="闽人社文〔2019〕220号（参照）",
        article="中途离职",
        text="中途离职的按未完成计；因工伤或企业关闭离职的按已完成月数计",
        standing=Standing.ASSUMED,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.WARN,
    period=Period(date(2018, 10, 12)),
    reason="{left_on} 离职，不属于工伤或企业关闭，按未完成计，应得为零。",
    would_pass="因工伤或企业关闭离职的，登记并核准后按已完成的月数计。",
    unknown="待比对：{missing}。",
    cases=(
        Case("没有离职", "not_applicable"),
        Case("自行离职", "failed", {"apprentice.outcome": "left", "apprentice.left_on": "2026-06-10"}),
        Case(
            "因工伤离职",
            "passed",
            {"apprentice.outcome": "left", "apprentice.left_on": "2026-06-10", "apprentice.excused": True, "apprentice.months_done": 3},
        ),
        Case(
            "因工伤离职，月数未登记",
            "unknown",
            {"apprentice.outcome": "left", "apprentice.left_on": "2026-06-10", "apprentice.excused": True},
        ),
    ),
)
def app_26(apprentice: ApprenticeFacts, context: ProgrammeContext) -> Outcome:
    """The amount follows from the months done, or is none; both are steps of the price."""
    del context
    if apprentice.outcome is not PersonOutcome.LEFT:
        return NotApplicable("stayed")
    if not apprentice.excused:
        return Failed({"left_on": None if apprentice.left_on is None else apprentice.left_on.isoformat()})
    return Unknown("months_done", "离职前已完成的月数") if apprentice.months_done is None else PASSED
