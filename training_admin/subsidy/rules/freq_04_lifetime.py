"""FREQ-04 累计次数 · the employment fund pays at most so many trainings in a person's life."""

from collections.abc import Callable
from datetime import date

from training_admin.fund.facts import EMPLOYMENT_FUND
from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, NotApplicable, Outcome, Scope, rule
from training_admin.subsidy.context import ClassContext, History, HistoryCheck
from training_admin.subsidy.parameters import FREQ_MAX_LIFETIME_EMPFUND

OTHER_FUND = NotApplicable("other-fund")
PAID = {
    "person": "p",
    "occupation": "6-31-01-03",
    "level": "5",
    "paid_on": "2024-01-20",
    "fund": EMPLOYMENT_FUND,
    "amount_fen": 90000,
}


@rule(
    id="FREQ-04",
    title="就业补助资金累计补贴次数未超过上限",
    scope=Scope.LINE,
    cite=Citation(
        paper="财社〔2023〕181号",
        article="第五条、第六条",
        text="每人累计最多享受3次职业培训补贴",
        standing=Standing.FOUND,
        local_standing=Standing.FOUND,
    ),
    effect=Effect.REJECT_LINE,
    period=Period(date(2023, 12, 1)),
    reason="就业补助资金已累计补贴 {paid} 次，上限 {maximum} 次。",
    would_pass="累计补贴次数少于 {maximum} 次时可通过。",
    figures=(FREQ_MAX_LIFETIME_EMPFUND.key,),
    cases=(
        Case("地方教育附加专项资金不适用", "not_applicable"),
        Case("就业补助资金两次", "passed", {"item.fund": EMPLOYMENT_FUND, "line.payments": [PAID] * 2}),
        Case("就业补助资金三次", "failed", {"item.fund": EMPLOYMENT_FUND, "line.payments": [PAID] * 3}),
    ),
)
@HistoryCheck
def freq_04(context: ClassContext) -> Callable[[History], Outcome]:
    """Only classes that the employment fund would pay; earlier classes of this claim included."""
    if context.fund != EMPLOYMENT_FUND:
        return lambda _history: OTHER_FUND
    maximum = context.figures.at(FREQ_MAX_LIFETIME_EMPFUND)

    def check(history: History) -> Outcome:
        paid = len(history.same_fund)
        return PASSED if paid < maximum else Failed({"paid": paid, "maximum": maximum})

    return check
