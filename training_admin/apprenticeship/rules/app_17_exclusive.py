"""APP-17 不重复 · no other training subsidy for the apprentice during the term."""

from datetime import date

from training_admin.apprenticeship.facts import ApprenticeFacts, ProgrammeContext
from training_admin.apprenticeship.parameters import APP_NO_OTHER_SUBSIDY
from training_admin.catalog.facts import STREAM_APPRENTICE
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, rule

PAID = {
    "person": "p",
    "occupation": "6-18-02-04",
    "level": "4",
    "paid_on": "2026-07-01",
    "fund": "LES",
    "amount_fen": 120000,
    "stream": "职业技能类",
}


@rule(
    id="APP-17",
    title="培养期内没有享受其他岗位或技能提升补贴",
    scope=Scope.LINE,
    cite=Citation(
        paper="武汉市学徒制办法",
        article="不重复享受",
        text="学徒培养期内不重复享受岗位技能提升等培训补贴",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.REJECT_LINE,
    period=Period(date(2018, 10, 12)),
    reason="培养期 {start} 至 {end} 内，已于 {paid_on} 由{fund}补贴其他培训 {paid_fen} 元。",
    would_pass="培养期内没有其他培训补贴记录时可通过；如登记有误，请提交更正材料。",
    figures=(APP_NO_OTHER_SUBSIDY.key,),
    cases=(
        Case("没有其他补贴", "passed"),
        Case("培养期内补贴过别的培训", "failed", {"apprentice.payments": [PAID]}),
        Case("开班前的补贴", "passed", {"apprentice.payments": [{**PAID, "paid_on": "2026-03-01"}]}),
        Case("学徒制自身的预拨", "passed", {"apprentice.payments": [{**PAID, "stream": "新型学徒制"}]}),
        Case("政策不作要求", "not_applicable", {"figures.app.no_other_subsidy": False}),
    ),
)
def app_17(apprentice: ApprenticeFacts, context: ProgrammeContext) -> Outcome:
    """Payments of any fund by their day, until the end of the term or the leaving; those of apprenticeships themselves are none."""
    if not context.figures.at(APP_NO_OTHER_SUBSIDY):
        return NotApplicable("not-required")
    start, end = context.programme.start, apprentice.left_on or context.programme.end
    for payment in apprentice.payments:
        if start <= payment.paid_on <= end and payment.stream != STREAM_APPRENTICE:
            return Failed(
                {
                    "start": start.isoformat(),
                    "end": end.isoformat(),
                    "paid_on": payment.paid_on.isoformat(),
                    "fund": payment.fund,
                    "paid_fen": payment.amount_fen,
                }
            )
    return PASSED
