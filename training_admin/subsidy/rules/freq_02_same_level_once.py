"""FREQ-02 同职业同等级一次 · the same occupation and level was never paid before."""

from collections.abc import Callable
from datetime import date

from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, rule
from training_admin.subsidy.context import ClassContext, History, HistoryCheck
from training_admin.subsidy.parameters import FREQ_SAME_OCC_LEVEL_ONCE

PAID = {
    "person": "p",
    "occupation": "6-18-02-04",
    "level": "4",
    "paid_on": "2024-01-20",
    "fund": "LES",
    "amount_fen": 90000,
}


@rule(
    id="FREQ-02",
    title="同一职业同一等级只补贴一次",
    scope=Scope.LINE,
    cite=Citation(
        paper="津人社局发〔2022〕20号",
        article="第十五条",
        text="同一职业同一等级只能享受一次补贴",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.REJECT_LINE,
    period=Period(date(2015, 1, 1)),
    reason="同一职业（{occupation}）同一等级已于 {paid_on} 补贴过。",
    would_pass="该职业该等级此前未补贴过时可通过；可申报其他职业或更高等级。",
    figures=(FREQ_SAME_OCC_LEVEL_ONCE.key,),
    cases=(
        Case("没有记录", "passed"),
        Case("同职业同等级已补贴", "failed", {"line.payments": [PAID]}),
        Case("同职业较低等级", "passed", {"line.payments": [{**PAID, "level": "5"}]}),
        Case("其他资金", "passed", {"line.payments": [{**PAID, "fund": "UI"}]}),
        Case("没有职业编码的班级", "not_applicable", {"class.item": None}),
        Case("政策不作要求", "not_applicable", {"figures.freq.same_occ_level_once": False}),
    ),
)
@HistoryCheck
def freq_02(context: ClassContext) -> Callable[[History], Outcome]:
    """Same fund, earlier classes of this claim included (part 15)."""
    occupation, level = context.occupation, context.level
    if occupation is None or not context.figures.at(FREQ_SAME_OCC_LEVEL_ONCE):
        answer = NotApplicable("no-occupation" if occupation is None else "not-required")
        return lambda _history: answer

    def check(history: History) -> Outcome:
        for payment in history.same_fund:
            if payment.occupation == occupation and payment.level == level:
                return Failed({"occupation": occupation, "paid_on": payment.paid_on.isoformat()})
        return PASSED

    return check
