"""DUP-01 不重复享受 · the same occupation and level was not paid from another fund."""

from collections.abc import Callable
from datetime import date

from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, rule
from training_admin.subsidy.context import ClassContext, History, HistoryCheck
from training_admin.subsidy.parameters import DUP_CROSS_FUND

PAID_ELSEWHERE = {
    "person": "p",
    "occupation": "6-18-02-04",
    "level": "4",
    "paid_on": "2025-05-01",
    "fund": "UI",
    "amount_fen": 120000,
}


@rule(
    id="DUP-01",
    title="同一培训未由其他资金补贴",
    scope=Scope.LINE,
    cite=Citation(
        paper="财社〔2023〕181号",
        article="第四条",
        text="同一人员同一事项不得重复享受就业补助资金、失业保险基金等同类补贴",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.REJECT_LINE,
    period=Period(date(2015, 1, 1)),
    reason="同一职业同一等级已于 {paid_on} 由其他资金（{fund}）补贴。",
    would_pass="同一职业同一等级未由其他资金补贴时可通过；如登记有误，请提交更正材料。",
    figures=(DUP_CROSS_FUND.key,),
    cases=(
        Case("没有其他资金记录", "passed"),
        Case("失业保险基金已补贴", "failed", {"line.payments": [PAID_ELSEWHERE]}),
        Case("其他资金补贴的是别的等级", "passed", {"line.payments": [{**PAID_ELSEWHERE, "level": "3"}]}),
        Case("没有职业编码的班级", "not_applicable", {"class.item": None}),
        Case("政策不作要求", "not_applicable", {"figures.dup.cross_fund": False}),
    ),
)
@HistoryCheck
def dup_01(context: ClassContext) -> Callable[[History], Outcome]:
    """Earlier payments of other funds for the occupation and level taught."""
    fund, occupation, level = context.fund, context.occupation, context.level
    if occupation is None or not context.figures.at(DUP_CROSS_FUND):
        answer = NotApplicable("no-occupation" if occupation is None else "not-required")
        return lambda _history: answer

    def check(history: History) -> Outcome:
        for payment in history.before:
            if payment.fund != fund and payment.occupation == occupation and payment.level == level:
                return Failed({"paid_on": payment.paid_on.isoformat(), "fund": payment.fund})
        return PASSED

    return check
