"""FREQ-01 年度次数 · fewer paid trainings in the calendar year of class start than the limit."""

from collections.abc import Callable
from datetime import date

from training_admin.kit.dated import Citation, Period, Standing
from training_admin.kit.rulebook import PASSED, Case, Effect, Failed, Outcome, Scope, rule
from training_admin.subsidy.context import ClassContext, History, HistoryCheck
from training_admin.subsidy.parameters import FREQ_MAX_PER_YEAR

PAID = {"person": "p", "occupation": None, "level": None, "paid_on": "2026-01-20", "fund": "LES", "amount_fen": 90000}


@rule(
    id="FREQ-01",
    title="年度补贴次数未超过上限",
    scope=Scope.LINE,
    cite=Citation(
        paper="上海市线上职业培训补贴（2020—2022年）",
        article="补贴次数",
        text="同一人员每年享受补贴不超过3次",
        standing=Standing.FOUND,
        local_standing=Standing.ASSUMED,
    ),
    effect=Effect.REJECT_LINE,
    period=Period(date(2015, 1, 1)),
    reason="{year} 年已补贴 {paid} 次，本次申报中在先的班级 {earlier} 次，上限 {maximum} 次。",
    would_pass="当年补贴次数少于 {maximum} 次时可通过。",
    figures=(FREQ_MAX_PER_YEAR.key,),
    cases=(
        Case("当年没有记录", "passed"),
        Case("当年两次", "passed", {"line.payments": [PAID, PAID]}),
        Case("当年三次", "failed", {"line.payments": [PAID, PAID, PAID]}),
        Case("上年三次", "passed", {"line.payments": [{**PAID, "paid_on": "2025-12-31"}] * 3}),
        Case("其他资金三次", "passed", {"line.payments": [{**PAID, "fund": "UI"}] * 3}),
    ),
)
@HistoryCheck
def freq_01(context: ClassContext) -> Callable[[History], Outcome]:
    """Same fund, by payment date, plus earlier classes of this claim that pay (part 15)."""
    fund, year = context.fund, context.klass.start.year

    def check(history: History) -> Outcome:
        if not history.before and not history.earlier:
            return PASSED
        paid = sum(1 for payment in history.before if payment.fund == fund and payment.paid_on.year == year)
        earlier = len(history.earlier)
        maximum = context.figures.at(FREQ_MAX_PER_YEAR)
        if paid + earlier < maximum:
            return PASSED
        return Failed({"year": year, "paid": paid, "earlier": earlier, "maximum": maximum})

    return check
