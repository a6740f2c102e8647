"""FREQ-03 高后不低 · no lower level after a higher one of the occupation was paid."""

from collections.abc import Callable
from datetime import date

from training_admin.catalog.facts import level_rank
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, rule
from training_admin.subsidy.context import ClassContext, History, HistoryCheck
from training_admin.subsidy.parameters import FREQ_NO_LOWER_AFTER_HIGHER

PAID = {
    "person": "p",
    "occupation": "6-18-02-04",
    "level": "3",
    "paid_on": "2024-01-20",
    "fund": "LES",
    "amount_fen": 90000,
}


@rule(
    id="FREQ-03",
    title="已享受较高等级后不再补贴较低等级",
    scope=Scope.LINE,
    cite=Citation(
        paper="津人社局发〔2022〕20号",
        article="第十五条",
        text="已享受较高等级补贴的，不再享受同职业较低等级补贴",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.REJECT_LINE,
    period=Period(date(2015, 1, 1)),
    reason="同一职业（{occupation}）已于 {paid_on} 补贴较高等级（{paid_level}），本次等级为 {level}。",
    would_pass="申报等级不低于已补贴的最高等级时可通过。",
    figures=(FREQ_NO_LOWER_AFTER_HIGHER.key,),
    cases=(
        Case("没有记录", "passed"),
        Case("已补贴较高等级", "failed", {"line.payments": [PAID]}),
        Case("已补贴较低等级", "passed", {"line.payments": [{**PAID, "level": "5"}]}),
        Case("其他职业较高等级", "passed", {"line.payments": [{**PAID, "occupation": "6-18-01-01"}]}),
        Case("记录没有等级", "passed", {"line.payments": [{**PAID, "level": None}]}),
        Case("没有等级的班级", "not_applicable", {"class.item": None}),
        Case("政策不作要求", "not_applicable", {"figures.freq.no_lower_after_higher": False}),
    ),
)
@HistoryCheck
def freq_03(context: ClassContext) -> Callable[[History], Outcome]:
    """Same fund, earlier classes of this claim included; levels are compared by rank (part 15, policy.md 5.1)."""
    occupation, level = context.occupation, context.level
    rank = None if level is None else level_rank(level)
    if occupation is None or rank is None or not context.figures.at(FREQ_NO_LOWER_AFTER_HIGHER):
        answer = NotApplicable("no-level" if rank is None else "not-required")
        return lambda _history: answer

    def check(history: History) -> Outcome:
        for payment in history.same_fund:
            if payment.occupation != occupation or payment.level is None:
                continue
            paid_rank = level_rank(payment.level)
            if paid_rank is not None and paid_rank > rank:
                return Failed(
                    {
                        "occupation": occupation,
                        "paid_on": payment.paid_on.isoformat(),
                        "paid_level": payment.level,
                        "level": level,
                    }
                )
        return PASSED

    return check
